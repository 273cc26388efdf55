use std::sync::Arc;

use model::{Language, SuppressionReason};
use transcribe::{LoadedChunk, TranscriptBuilder, WhisperSettings, WhisperTranscriber};

use crate::demo_meeting::build;
use crate::fixtures::{CHUNK_MS, demo_chunks, model_path, participant_id, roster};
use crate::guards::assert_adds_up;
use crate::scripted::ScriptedTranscriber;

/// The chunks of Alice, who starts to speak in the first second.
fn alice(until_ms: u64) -> Vec<LoadedChunk> {
    let alice = participant_id("Alice");
    demo_chunks(until_ms).into_iter().filter(|loaded| loaded.chunk.participant_id == alice).collect()
}

fn build_scripted(
    answers: &[Result<&'static str, ()>],
    chunks: Vec<LoadedChunk>,
) -> (model::Transcript, Vec<(u64, Language)>) {
    let transcriber = Arc::new(ScriptedTranscriber::new(answers, None));
    let mut builder =
        TranscriptBuilder::new(Arc::<ScriptedTranscriber>::clone(&transcriber), Language::English).unwrap();
    builder.set_roster(&roster(true));
    builder.push(chunks).unwrap();
    let transcript = build(builder);
    let heard = transcriber.heard_ms.lock().unwrap().clone();
    (transcript, heard)
}

type BreakChunk = fn(&mut LoadedChunk);

#[test]
fn a_broken_chunk_costs_its_own_time_only() {
    let whole = build_scripted(&[Ok("one two"); 20], alice(60_000)).0;
    assert_eq!(whole.coverage.failed_ms, 0);
    let break_ways: [(&str, BreakChunk); 6] = [
        ("garbage", |loaded| loaded.bytes = Some(vec![0xa5; 5_000])),
        ("empty", |loaded| loaded.bytes = Some(Vec::new())),
        ("truncated", |loaded| loaded.bytes.as_mut().unwrap().truncate(9_000)),
        ("flipped", |loaded| loaded.bytes.as_mut().unwrap()[10_000] ^= 0xff),
        ("lost", |loaded| loaded.bytes = None),
        ("not opus", |loaded| {
            let bytes = loaded.bytes.as_mut().unwrap();
            bytes[28..36].copy_from_slice(b"OpusHeap");
        }),
    ];
    for (name, break_chunk) in break_ways {
        let mut chunks = alice(60_000);
        break_chunk(&mut chunks[1]);
        let (transcript, _) = build_scripted(&[Ok("one two"); 20], chunks);
        assert_eq!(transcript.coverage.failed_ms, CHUNK_MS, "{name}");
        assert_adds_up(&transcript.coverage);
        let starts = |transcript: &model::Transcript, from_ms: u64, until_ms: u64| -> Vec<u64> {
            let starts = transcript.utterances.iter().map(|utterance| utterance.start_ms.as_millis());
            starts.filter(|start| (from_ms..until_ms).contains(start)).collect()
        };
        assert!(!starts(&whole, 20_000, 40_000).is_empty());
        assert_eq!(starts(&transcript, 0, 18_000), starts(&whole, 0, 18_000), "{name}");
        // The detector remembers what it heard before, so an onset after the loss may move by a few of its frames.
        let (after, whole_after) = (starts(&transcript, 40_000, 60_000), starts(&whole, 40_000, 60_000));
        assert_eq!(after.len(), whole_after.len(), "{name}");
        assert!(after.iter().zip(&whole_after).all(|(left, right)| left.abs_diff(*right) <= 120), "{name}");
        assert!(starts(&transcript, 21_000, 40_000).is_empty(), "{name}");
    }
}

#[test]
fn every_window_is_accounted_for() {
    // Alice's first four lines are four regions; a failed one is tried twice, and once more at the end.
    let answers = [Ok("Good morning."), Err(()), Err(()), Ok("(music)"), Ok(""), Err(())];
    let (transcript, heard) = build_scripted(&answers, alice(13_000));
    let coverage = transcript.coverage;
    assert_eq!(heard.len(), 6, "{heard:?}");
    assert_eq!(coverage.transcribed_ms, heard[0].0);
    assert_eq!(coverage.failed_ms, heard[1].0);
    assert_eq!(coverage.suppressed_ms, heard[3].0);
    assert_eq!(coverage.wordless_ms, heard[4].0);
    assert_adds_up(&coverage);
    assert_eq!(transcript.utterances.len(), 1);
    let [suppressed] = coverage.suppressed.as_slice() else { panic!("{coverage:?}") };
    assert_eq!((suppressed.reason, suppressed.utterance.text.as_str()), (SuppressionReason::NotSpeech, "(music)"));
    let [failed] = coverage.failed.as_slice() else { panic!("{coverage:?}") };
    assert_eq!(failed.participant_id, participant_id("Alice"));
    // Her second line starts at 2.86 s, the region a little before.
    assert!((2_500..2_860).contains(&failed.start_ms.as_millis()), "{failed:?}");
    assert!(failed.problem.contains("transcribe a window: "), "{failed:?}");
}

#[test]
fn a_failed_window_gets_a_last_chance_in_its_own_place() {
    let answers = [Ok("first"), Err(()), Err(()), Ok("third"), Ok("fourth"), Ok("second")];
    let (transcript, _) = build_scripted(&answers, alice(13_000));
    let texts: Vec<&str> = transcript.utterances.iter().map(|utterance| utterance.text.as_str()).collect();
    assert_eq!(texts, ["first", "second", "third", "fourth"]);
    assert_eq!(transcript.coverage.failed, []);
    assert_adds_up(&transcript.coverage);
}

#[test]
fn one_failed_attempt_is_no_failure() {
    let (transcript, _) = build_scripted(&[Err(()), Ok("Good morning.")], alice(2_500));
    assert_eq!(transcript.coverage.failed_ms, 0);
    assert_eq!(transcript.utterances[0].text, "Good morning.");
}

#[test]
fn an_utterance_across_two_chunks_is_not_cut() {
    // From 18.6 s to 21.2 s Alice says one line.
    let (_, heard) = build_scripted(&[Ok("one"); 20], alice(40_000));
    let (_, heard_of_one_chunk) = build_scripted(&[Ok("one"); 20], {
        let mut chunks = alice(40_000);
        chunks.remove(1);
        chunks
    });
    assert_eq!(heard.len(), 6, "{heard:?}");
    assert_eq!(heard_of_one_chunk.len(), 5, "{heard_of_one_chunk:?}");
    assert!(heard[4].0 > heard_of_one_chunk[4].0 + 800, "{heard:?} {heard_of_one_chunk:?}");
}

#[test]
fn language_is_the_rosters_then_heard_then_the_meetings() {
    let language_of = |roster_knows: bool, detected, meeting| {
        let transcriber = Arc::new(ScriptedTranscriber::new(&[Ok("one"); 20], detected));
        let mut builder = TranscriptBuilder::new(Arc::<ScriptedTranscriber>::clone(&transcriber), meeting).unwrap();
        builder.set_roster(&roster(roster_knows));
        builder.push(alice(13_000)).unwrap();
        let transcript = build(builder);
        assert_eq!(transcript.utterances.len(), 4);
        let heard = transcriber.heard_ms.lock().unwrap();
        assert!(heard.iter().all(|(_, language)| *language == heard[0].1));
        heard[0].1
    };
    let (english, mandarin) = (Language::English, Language::Mandarin);
    assert_eq!(language_of(true, Some(mandarin), mandarin), english);
    assert_eq!(language_of(false, Some(mandarin), english), mandarin);
    assert_eq!(language_of(false, None, mandarin), mandarin);
}

#[test]
fn a_broken_model_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cut.bin");
    let bytes = std::fs::read(model_path()).unwrap();
    for length in [0, 40, 1_000, bytes.len() / 2, bytes.len() - 1] {
        std::fs::write(&path, &bytes[..length]).unwrap();
        let Err(error) = WhisperTranscriber::open(&path, WhisperSettings::default()) else {
            panic!("{length} bytes of a model must not load");
        };
        let message = error.to_string();
        assert!(message.contains("cut.bin") && message.contains("huiji models pull"), "{message}");
    }
}
