//! What transcribing a meeting costs by speakers' regions, beside the same model over whole tracks and over mixed sound.
//!
//! `transcription_cost` FIXTURES MINUTES RESULTS.json MACHINE COMMIT
//!
//! The model has the shape of `base` and random weights, made on the spot: it says nothing sensible, but each window costs
//! what it costs with the real one. Every window is decoded for the same number of tokens, so the figures compare windows
//! by their encoder pass and a decoder of equal length. The meeting is the demo meeting's lines, over and over, spoken in
//! turns by its four people, so that each speaks a quarter of the time.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that cannot go on stops, and it prints")]

#[path = "transcription_cost/random_model.rs"]
mod random_model;

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use model::{Language, MediaTime, Participant, ParticipantId, RecordingId, SpeechChunk, Timestamp};
use ogg::{PacketReader, PacketWriteEndInfo, PacketWriter};
use serde_json::json;
use transcribe::{DecodedSegment, DecodedWord, Error, LoadedChunk, Transcriber, TranscriptBuilder, WindowRule};
use whisper_rs::{FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters, WhisperState};

const SECOND: usize = 16_000;
const WINDOW: usize = 30 * SECOND;
/// About what half a minute of speech comes to, time stamps included.
const TOKENS: i32 = 100;
const TURN: usize = 10 * SECOND;
const PAUSE: usize = SECOND * 2 / 5;

/// whisper.cpp with a fixed length of decoding.
struct TimedWhisper {
    context: WhisperContext,
    idle_states: Mutex<Vec<WhisperState>>,
    windows: Mutex<u64>,
}

impl TimedWhisper {
    fn open(path: &Path) -> Self {
        let context = WhisperContext::new_with_params(path, WhisperContextParameters::default()).unwrap();
        Self { context, idle_states: Mutex::default(), windows: Mutex::default() }
    }

    fn decode(&self, samples: &[f32]) {
        let mut parameters = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
        parameters.set_n_threads(1);
        parameters.set_language(Some("en"));
        parameters.set_temperature_inc(0.0);
        parameters.set_no_context(true);
        parameters.set_no_timestamps(true);
        parameters.set_single_segment(true);
        parameters.set_max_tokens(TOKENS);
        parameters.set_print_progress(false);
        parameters.set_print_realtime(false);
        parameters.set_print_timestamps(false);
        let idle = self.idle_states.lock().unwrap().pop();
        let mut state = idle.unwrap_or_else(|| self.context.create_state().unwrap());
        state.full(parameters, samples).unwrap();
        self.idle_states.lock().unwrap().push(state);
        *self.windows.lock().unwrap() += 1;
    }

    /// Decodes sound from its start to its end, window after window.
    fn decode_all(&self, sound: &[f32]) {
        sound.chunks(WINDOW).for_each(|window| self.decode(window));
    }

    fn take_windows(&self) -> u64 {
        std::mem::take(&mut *self.windows.lock().unwrap())
    }
}

impl Transcriber for TimedWhisper {
    fn engine(&self) -> &'static str {
        "random base"
    }

    fn window_rule(&self) -> WindowRule {
        WindowRule::Packed { gap_ms_max: 30_000 }
    }

    fn workers(&self) -> usize {
        1
    }

    fn transcribe(&self, samples: &[f32], _language: Language) -> Result<Vec<DecodedSegment>, Error> {
        self.decode(samples);
        let word = DecodedWord { text: " word".to_owned(), start_ms: 300, end_ms: 600, confidence: 1.0 };
        Ok(vec![DecodedSegment { words: vec![word] }])
    }

    fn detect_language(&self, _samples: &[f32]) -> Result<Option<Language>, Error> {
        Ok(None)
    }
}

/// The sound of every line of the demo meeting, by speaker.
fn spoken_lines(fixtures: &Path) -> Vec<(String, Language, Vec<Vec<f32>>)> {
    let audio = fixtures.join("demo-meeting/audio");
    let index = std::fs::read_to_string(audio.join("index.tsv")).unwrap();
    let mut speakers: Vec<(String, Language, Vec<Vec<f32>>)> = Vec::new();
    for row in index.lines() {
        let fields: Vec<&str> = row.split('\t').collect();
        let name = fields[0].replace(' ', "");
        if speakers.iter().all(|(known, ..)| *known != name) {
            speakers.push((name, fields[1].parse().unwrap(), Vec::new()));
        }
    }
    for (name, _, lines) in &mut speakers {
        let track = decode_track(&std::fs::read(audio.join(format!("{name}.opus"))).unwrap());
        for row in index.lines().filter(|row| row.replace(' ', "").starts_with(name.as_str())) {
            let fields: Vec<&str> = row.split('\t').collect();
            let position = |text: &str| (text.parse::<f64>().unwrap() * SECOND as f64) as usize;
            lines.push(track[position(fields[2])..position(fields[3])].to_vec());
        }
    }
    speakers
}

fn decode_track(file: &[u8]) -> Vec<f32> {
    let mut reader = PacketReader::new(Cursor::new(file));
    let mut decoder = opus::Decoder::new(SECOND as u32, opus::Channels::Mono).unwrap();
    let mut track = Vec::new();
    let mut count = 0;
    while let Some(packet) = reader.read_packet().unwrap() {
        count += 1;
        if count > 2 {
            let mut samples = [0.0; SECOND / 8];
            let length = decoder.decode_float(&packet.data, &mut samples, false).unwrap();
            track.extend_from_slice(&samples[..length]);
        }
    }
    track
}

/// Lets the speakers take turns of about ten seconds; each is silent in the turns of the others.
fn hold_meeting(speakers: &[(String, Language, Vec<Vec<f32>>)], minutes: usize) -> Vec<Vec<f32>> {
    let mut tracks = vec![Vec::new(); speakers.len()];
    let mut next_lines = vec![0; speakers.len()];
    let mut now = 0;
    for speaker in (0..speakers.len()).cycle() {
        if now >= minutes * 60 * SECOND {
            break;
        }
        let end_of_turn = now + TURN;
        let lines = &speakers[speaker].2;
        tracks[speaker].resize(now, 0.0);
        while now < end_of_turn {
            let line = &lines[next_lines[speaker] % lines.len()];
            next_lines[speaker] += 1;
            let track: &mut Vec<f32> = &mut tracks[speaker];
            track.extend_from_slice(line);
            now = track.len() + PAUSE;
            track.resize(now, 0.0);
        }
    }
    for track in &mut tracks {
        track.resize(minutes * 60 * SECOND, 0.0);
    }
    tracks
}

/// Encodes a track as the chunks of a recorder.
fn chunks_of(participant_id: &ParticipantId, track: &[f32]) -> Vec<LoadedChunk> {
    let mut encoder = opus::Encoder::new(SECOND as u32, opus::Channels::Mono, opus::Application::Voip).unwrap();
    track
        .chunks(20 * SECOND)
        .zip(0..)
        .map(|(sound, sequence)| {
            let packets: Vec<Vec<u8>> =
                sound.chunks_exact(320).map(|frame| encoder.encode_vec_float(frame, 1_500).unwrap()).collect();
            let bytes = write_ogg(&packets);
            let chunk = SpeechChunk {
                participant_id: participant_id.clone(),
                sequence,
                start_ms: MediaTime::from_millis(sequence * 20_000),
                duration_ms: packets.len() as u64 * 20,
                bytes: bytes.len() as u64,
                sha256: String::new(),
            };
            LoadedChunk { chunk, bytes: Some(bytes) }
        })
        .collect()
}

fn write_ogg(packets: &[Vec<u8>]) -> Vec<u8> {
    let mut head = b"OpusHead\x01\x01".to_vec();
    head.extend([0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0]);
    let mut writer = PacketWriter::new(Vec::new());
    writer.write_packet(head, 1, PacketWriteEndInfo::EndPage, 0).unwrap();
    writer.write_packet(b"OpusTags\x04\0\0\0cost\0\0\0\0".to_vec(), 1, PacketWriteEndInfo::EndPage, 0).unwrap();
    for (packet, count) in packets.iter().zip(1_u64..) {
        let end = if count == packets.len() as u64 {
            PacketWriteEndInfo::EndStream
        } else if count % 50 == 0 {
            PacketWriteEndInfo::EndPage
        } else {
            PacketWriteEndInfo::NormalPacket
        };
        writer.write_packet(packet.clone(), 1, end, count * 960).unwrap();
    }
    writer.into_inner()
}

/// Returns the processor seconds that this process has used.
fn processor_seconds() -> f64 {
    let status = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = status.rsplit_once(") ").unwrap();
    let fields: Vec<&str> = fields.split(' ').collect();
    // utime and stime, in ticks of 10 ms.
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    ticks as f64 / 100.0
}

fn measure(name: &str, whisper: &TimedWhisper, work: impl FnOnce()) -> (f64, u64) {
    let before = processor_seconds();
    work();
    let (seconds, windows) = (processor_seconds() - before, whisper.take_windows());
    println!("{name}: {seconds:.1} processor seconds, {windows} windows");
    (seconds, windows)
}

fn transcribe_meeting(whisper: &Arc<TimedWhisper>, roster: &[Participant], chunks: Vec<LoadedChunk>) -> u64 {
    let mut builder = TranscriptBuilder::new(Arc::<TimedWhisper>::clone(whisper), Language::English).unwrap();
    builder.set_roster(roster);
    builder.push(chunks).unwrap();
    let transcript = builder.finish(RecordingId::new("cost").unwrap(), 1, Timestamp::from_micros(0));
    transcript.coverage.speech_ms
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [fixtures, minutes, results, machine, commit] = arguments.as_slice() else {
        panic!("transcription_cost FIXTURES MINUTES RESULTS.json MACHINE COMMIT");
    };
    let (fixtures, minutes) = (PathBuf::from(fixtures), minutes.parse::<usize>().unwrap());
    whisper_rs::install_logging_hooks();
    let directory = tempfile::tempdir().unwrap();
    let model_path = directory.path().join("random-base.bin");
    random_model::write_random_base(&fixtures.join("speech-model/micro-whisper.ggml.bin"), &model_path);
    let whisper = Arc::new(TimedWhisper::open(&model_path));

    let speakers = spoken_lines(&fixtures);
    let tracks = hold_meeting(&speakers, minutes);
    let mixed: Vec<f32> = (0..tracks[0].len()).map(|at| tracks.iter().map(|track| track[at]).sum()).collect();
    let roster: Vec<Participant> = speakers
        .iter()
        .map(|(name, language, _)| Participant {
            id: ParticipantId::new(name.clone()).unwrap(),
            display_name: name.clone(),
            user_id: None,
            language: Some(*language),
        })
        .collect();
    let chunks =
        roster.iter().zip(&tracks).flat_map(|(participant, track)| chunks_of(&participant.id, track)).collect();

    // The first state and the first pass pay for memory.
    whisper.decode(&mixed[..WINDOW]);
    whisper.take_windows();
    let mut speech_ms = 0;
    let (ours, our_windows) =
        measure("regions of each speaker", &whisper, || speech_ms = transcribe_meeting(&whisper, &roster, chunks));
    let (whole, whole_windows) =
        measure("four whole tracks", &whisper, || tracks.iter().for_each(|track| whisper.decode_all(track)));
    let (mix, mix_windows) = measure("mixed sound", &whisper, || whisper.decode_all(&mixed));
    let share = speech_ms as f64 / (minutes * 60_000 * tracks.len()) as f64;
    println!("speech found: {:.1} % of the four tracks", share * 100.0);

    let figure = |label: String, wanted: f64, peer: &str, peer_value: f64| {
        json!({ "label": label, "value": ours, "unit": "processor seconds", "wanted": wanted, "peer": peer,
                "peer_value": peer_value, "ratio": ours / peer_value })
    };
    let meeting = format!("{minutes} min, 4 tracks, speech {:.0} % of each, {our_windows} windows", share * 100.0);
    let report = json!({
        "machine": machine,
        "commit": commit,
        "figures": [
            figure(format!("Transcribing a meeting ({meeting}), base in shape"), 0.33,
                &format!("the same model over the whole tracks ({whole_windows} windows)"), whole),
            figure(format!("Transcribing a meeting ({meeting}), base in shape"), 1.25,
                &format!("the same model over mixed sound, which knows no speakers ({mix_windows} windows)"), mix),
        ],
    });
    std::fs::write(results, serde_json::to_string_pretty(&report).unwrap() + "\n").unwrap();
}
