use std::collections::BTreeMap;

use model::{Language, Transcript};
use serde::Serialize;
use utoipa::ToSchema;

use super::closed_set_schemas as schemas;
use super::time_text::time_text;

/// What was said, by whom and when, ordered by start.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Transcript)]
pub(crate) struct TranscriptView {
    pub(crate) schema: u32,
    pub(crate) recording_id: String,
    pub(crate) version: u32,
    /// The engine and model.
    pub(crate) engine: String,
    pub(crate) created_at: String,
    pub(crate) utterances: Vec<UtteranceView>,
    pub(crate) coverage: CoverageView,
    /// Speakers whom somebody renamed, by participant id; everybody else goes by the roster.
    pub(crate) speaker_names: BTreeMap<String, String>,
}

/// One stretch of speech of one person.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Utterance)]
pub(crate) struct UtteranceView {
    pub(crate) id: String,
    pub(crate) participant_id: String,
    #[schema(value_type = schemas::Language)]
    pub(crate) language: Language,
    pub(crate) start_ms: u64,
    pub(crate) end_ms: u64,
    pub(crate) text: String,
    /// Mean token probability, 0 to 1.
    pub(crate) confidence: f32,
    pub(crate) words: Vec<WordView>,
}

/// A word (a character or more in Chinese) and when it was said.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Word)]
pub(crate) struct WordView {
    pub(crate) text: String,
    pub(crate) start_ms: u64,
    pub(crate) end_ms: u64,
    pub(crate) confidence: f32,
}

/// How much of the speech found was transcribed. The parts add up to `speech_ms`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Coverage)]
#[expect(clippy::struct_field_names, reason = "the unit belongs to the name")]
pub(crate) struct CoverageView {
    pub(crate) speech_ms: u64,
    pub(crate) transcribed_ms: u64,
    /// Text suppressed as invented.
    pub(crate) suppressed_ms: u64,
    pub(crate) wordless_ms: u64,
    pub(crate) failed_ms: u64,
}

impl From<Transcript> for TranscriptView {
    fn from(transcript: Transcript) -> Self {
        Self {
            schema: transcript.schema,
            recording_id: transcript.recording_id.into(),
            version: transcript.version,
            engine: transcript.engine,
            created_at: time_text(transcript.created_at),
            utterances: transcript.utterances.into_iter().map(UtteranceView::from).collect(),
            coverage: CoverageView {
                speech_ms: transcript.coverage.speech_ms,
                transcribed_ms: transcript.coverage.transcribed_ms,
                suppressed_ms: transcript.coverage.suppressed_ms,
                wordless_ms: transcript.coverage.wordless_ms,
                failed_ms: transcript.coverage.failed_ms,
            },
            speaker_names: transcript.speaker_names.into_iter().map(|(id, name)| (id.into(), name)).collect(),
        }
    }
}

impl From<model::Utterance> for UtteranceView {
    fn from(utterance: model::Utterance) -> Self {
        Self {
            id: utterance.id.into(),
            participant_id: utterance.participant_id.into(),
            language: utterance.language,
            start_ms: utterance.start_ms.as_millis(),
            end_ms: utterance.end_ms.as_millis(),
            text: utterance.text,
            confidence: utterance.confidence,
            words: utterance.words.into_iter().map(WordView::from).collect(),
        }
    }
}

impl From<model::Word> for WordView {
    fn from(word: model::Word) -> Self {
        Self {
            text: word.text,
            start_ms: word.start_ms.as_millis(),
            end_ms: word.end_ms.as_millis(),
            confidence: word.confidence,
        }
    }
}
