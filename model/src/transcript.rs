use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::closed_set::closed_set;
use crate::{Language, MediaTime, Participant, ParticipantId, RecordingId, Revision, Timestamp, UtteranceId};

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
    /// Speakers whom somebody renamed; everybody else goes by the roster. Untrusted text.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub speaker_names: BTreeMap<ParticipantId, String>,
    /// How this version came out of the one before; none for what an engine wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<Revision>,
}

impl Transcript {
    /// The version of the schema written today.
    pub const SCHEMA: u32 = 1;

    /// Gives the people of a roster the names they go by in this transcript.
    pub fn rename_roster(&self, roster: &mut [Participant]) {
        for participant in roster {
            if let Some(name) = self.speaker_names.get(&participant.id) {
                participant.display_name.clone_from(name);
            }
        }
    }
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
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
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
    /// Speech not decoded yet; none once the transcript is done.
    #[serde(default)]
    pub waiting_ms: u64,
    /// What was suppressed, by start.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suppressed: Vec<SuppressedSpeech>,
    /// What could not be decoded, by start.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<FailedSpeech>,
}

/// Text that was kept out of the utterances because nobody seems to have said it. It stays in the transcript, so that the
/// decision can be looked at and taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SuppressedSpeech {
    /// Why.
    pub reason: SuppressionReason,
    /// The utterance it would have been.
    pub utterance: Utterance,
    /// How much speech counts as suppressed with it, in milliseconds; none when other text covers the same speech.
    pub speech_ms: u64,
}

closed_set! {
    /// Why text is kept out of a transcript.
    pub enum SuppressionReason as "suppression reason" {
        /// It has no letters, or only names a sound.
        NotSpeech = "not_speech",
        /// It repeats itself over and over.
        Loop = "loop",
        /// Nobody speaks that fast.
        ImpossibleRate = "impossible_rate",
        /// It is a phrase that engines are known to invent, and little speaks for it.
        PhantomPhrase = "phantom_phrase",
        /// It lies where no voice was heard.
        OutsideSpeech = "outside_speech",
        /// Another participant said it louder at the same time: it came through a loudspeaker.
        Echo = "echo",
        /// It repeats what the engine was told of names and terms.
        PromptEcho = "prompt_echo",
        /// Somebody who listened took it out.
        RemovedByEditor = "removed_by_editor",
    }
}

/// Speech that could not be decoded after all retries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FailedSpeech {
    /// Whose.
    pub participant_id: ParticipantId,
    /// Where it starts.
    pub start_ms: MediaTime,
    /// How long it is, in milliseconds.
    pub duration_ms: u64,
    /// What the last attempt came to.
    pub problem: String,
}
