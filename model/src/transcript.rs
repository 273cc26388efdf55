use serde::{Deserialize, Serialize};

use crate::{Language, MediaTime, ParticipantId, RecordingId, Timestamp, UtteranceId};

/// What was said in a recording, by whom and when. Utterances are ordered by start, then by participant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    /// The version of this schema.
    pub schema: u32,
    /// The recording.
    pub recording_id: RecordingId,
    /// Counts versions from one; an edit makes a new one.
    pub version: u32,
    /// The engine and model, such as `whisper.cpp micro-whisper`.
    pub engine: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Everything that was said.
    pub utterances: Vec<Utterance>,
    /// How much of the speech it covers.
    pub coverage: Coverage,
}

impl Transcript {
    /// The version of the schema written today.
    pub const SCHEMA: u32 = 1;
}

/// One stretch of speech of one person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Utterance {
    /// Stable across versions.
    pub id: UtteranceId,
    /// Who spoke; exact, because every microphone is its own track.
    pub participant_id: ParticipantId,
    /// The language it was decoded in.
    pub language: Language,
    /// Where it starts.
    pub start_ms: MediaTime,
    /// Where it ends.
    pub end_ms: MediaTime,
    /// What was said. Untrusted text: escape it wherever it is rendered.
    pub text: String,
    /// Mean token probability, 0 to 1.
    pub confidence: f32,
    /// The words with their times.
    pub words: Vec<Word>,
}

/// A word (a character or more in Chinese) and when it was said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// As written in the utterance, punctuation attached.
    pub text: String,
    /// Where it starts.
    pub start_ms: MediaTime,
    /// Where it ends.
    pub end_ms: MediaTime,
    /// Mean token probability, 0 to 1.
    pub confidence: f32,
}

/// How much of the speech found was transcribed, in milliseconds. The parts add up to `speech_ms`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Speech found by voice activity detection.
    pub speech_ms: u64,
    /// Speech that gave text.
    pub transcribed_ms: u64,
    /// Speech whose text was suppressed as invented.
    pub suppressed_ms: u64,
    /// Speech the engine found no words in.
    pub wordless_ms: u64,
    /// Speech that could not be decoded after all retries.
    pub failed_ms: u64,
}
