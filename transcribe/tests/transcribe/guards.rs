use model::{Coverage, Error, Language, SuppressionReason, Timestamp, Transcript, TranscriptEdit, UserId};
use transcribe::{LoadedChunk, TranscriptBuilder};

use crate::demo_meeting::build;
use crate::fixtures::{chunk, chunks_of, demo_chunks, encode, participant_id, roster, whisper};

pub(crate) fn assert_adds_up(coverage: &Coverage) {
    let parts = [coverage.transcribed_ms, coverage.suppressed_ms, coverage.wordless_ms, coverage.failed_ms];
    assert_eq!(parts.iter().sum::<u64>() + coverage.waiting_ms, coverage.speech_ms, "{coverage:?}");
    let suppressed_ms: u64 = coverage.suppressed.iter().map(|suppressed| suppressed.speech_ms).sum();
    assert_eq!(suppressed_ms, coverage.suppressed_ms, "{coverage:?}");
    let failed_ms: u64 = coverage.failed.iter().map(|failed| failed.duration_ms).sum();
    assert_eq!(failed_ms, coverage.failed_ms, "{coverage:?}");
}

const SECOND: usize = 16_000;

/// Noise by a fixed generator, so that the test hears the same every time.
fn noise(seconds: usize, amplitude: f32) -> Vec<f32> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    (0..seconds * SECOND)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            amplitude * ((state >> 40) as f32 / (1_u64 << 23) as f32 - 1.0)
        })
        .collect()
}

fn brown_noise(seconds: usize) -> Vec<f32> {
    let mut level = 0.0;
    let step = |white: f32| {
        level = 0.995 * level + 0.05 * white;
        level
    };
    noise(seconds, 1.0).into_iter().map(step).collect()
}

fn clicks(seconds: usize) -> Vec<f32> {
    let strength = |index: usize| (-((index % 2_900) as f32) / 40.0).exp();
    noise(seconds, 0.6).into_iter().enumerate().map(|(index, white)| white * strength(index)).collect()
}

/// Adds up sines that are on while `gate` says so.
fn tones(seconds: usize, pitches: &[f32], gate: impl Fn(f32) -> f32) -> Vec<f32> {
    let at = |index: usize| {
        let time = index as f32 / SECOND as f32;
        let sum: f32 = pitches.iter().map(|pitch| (std::f32::consts::TAU * pitch * time).sin()).sum();
        0.4 * gate(time) * sum / pitches.len() as f32
    };
    (0..seconds * SECOND).map(at).collect()
}

#[test]
fn ten_minutes_of_noise_tones_and_silence_hold_no_words() {
    let sounds = [
        vec![0.0; 60 * SECOND],
        noise(60, 0.003),
        noise(60, 0.03),
        noise(60, 0.3),
        brown_noise(60),
        clicks(60),
        tones(60, &[440.0], |_| 1.0),
        // A telephone that rings.
        tones(60, &[440.0, 480.0], |time| f32::from(u8::from(time % 6.0 < 2.0))),
        // A melody of struck notes and one of chords.
        tones(60, &[523.0], |time| (-4.0 * (time % 0.5)).exp()),
        tones(60, &[262.0, 330.0, 392.0], |time| (-2.0 * (time % 1.0)).exp()),
    ];
    let mut builder = TranscriptBuilder::new(whisper(), Language::English).unwrap();
    let speakers = sounds.iter().zip(0..);
    let chunks =
        speakers.map(|(sound, index)| chunk(&participant_id(&format!("p{index}")), 0, 0, 60_000, encode(sound)));
    builder.push(chunks.collect()).unwrap();
    let transcript = build(builder);
    let heard: Vec<_> = transcript.utterances.iter().map(|heard| (&heard.participant_id, &heard.text)).collect();
    assert!(heard.is_empty(), "{heard:?} {:?}", transcript.coverage);
    assert_eq!(transcript.coverage.failed_ms, 0);
    assert_adds_up(&transcript.coverage);
    // Nine tenths never reach the engine.
    assert!(transcript.coverage.speech_ms <= 60_000, "{:?}", transcript.coverage);
}

/// Bob's loudspeaker plays what Alice says, quietly and late, into his own microphone.
fn with_loudspeaker(until_ms: u64) -> Vec<LoadedChunk> {
    let alice: Vec<LoadedChunk> = chunks_of(crate::fixtures::DEMO_AUDIO, &roster(true)[..1], until_ms);
    let mut decoder = opus::Decoder::new(16_000, opus::Channels::Mono).unwrap();
    let mut heard = vec![0.0; 150 * 16];
    for loaded in &alice {
        for packet in crate::fixtures::packets(loaded.bytes.as_ref().unwrap()) {
            let mut samples = [0.0; 1_920];
            let length = decoder.decode_float(&packet, &mut samples, false).unwrap();
            heard.extend(samples[..length].iter().map(|sample| sample * 0.15));
        }
    }
    heard.truncate(heard.len() / 320 * 320);
    let length_ms = heard.len() as u64 / 16;
    let mut chunks = alice;
    chunks.push(chunk(&participant_id("Bob"), 0, 0, length_ms, encode(&heard)));
    chunks
}

fn transcribe_with_loudspeaker() -> Transcript {
    let mut builder = TranscriptBuilder::new(whisper(), Language::English).unwrap();
    builder.set_roster(&roster(true));
    builder.push(with_loudspeaker(12_000)).unwrap();
    build(builder)
}

#[test]
fn a_loudspeakers_echo_is_suppressed_and_can_be_restored() {
    let transcript = transcribe_with_loudspeaker();
    let alice = participant_id("Alice");
    assert_eq!(transcript.utterances.len(), 4, "{:?}", transcript.utterances);
    assert!(transcript.utterances.iter().all(|utterance| utterance.participant_id == alice));
    let coverage = &transcript.coverage;
    assert_adds_up(coverage);
    assert_eq!(coverage.suppressed.len(), 4);
    assert!(coverage.suppressed.iter().all(|suppressed| suppressed.reason == SuppressionReason::Echo));

    let echo = &coverage.suppressed[0];
    assert_eq!(echo.utterance.text, "Good morning everyone.");
    let restore = |transcript: &Transcript| {
        let edit = TranscriptEdit::RestoreSuppressed { utterance_id: echo.utterance.id.clone() };
        transcript.edited(edit, &roster(true), UserId::new("alice").unwrap(), Timestamp::from_micros(7))
    };
    let restored = restore(&transcript).unwrap();
    assert_eq!((restored.version, restored.utterances.len()), (2, 5));
    assert!(restored.utterances.contains(&echo.utterance));
    assert!(restored.utterances.is_sorted_by_key(|utterance| utterance.start_ms));
    assert_eq!(restored.coverage.suppressed.len(), 3);
    assert_adds_up(&restored.coverage);
    assert!(matches!(restore(&restored), Err(Error::EditTargetMissing { .. })));
}

#[test]
fn speech_that_waits_is_counted_as_waiting() {
    let mut builder = TranscriptBuilder::new(whisper(), Language::English).unwrap();
    // Nobody said which language, and no sentence yet is long enough to tell.
    builder.push(demo_chunks(2_500)).unwrap();
    let so_far = builder.coverage();
    assert!(so_far.waiting_ms > 1_000, "{so_far:?}");
    assert_eq!(so_far.waiting_ms, so_far.speech_ms, "{so_far:?}");
    let transcript = build(builder);
    assert_eq!(transcript.coverage.waiting_ms, 0);
    assert_eq!(transcript.utterances.len(), 1);
    assert_adds_up(&transcript.coverage);
}
