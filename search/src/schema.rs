use model::{MediaTime, ParticipantId, UtteranceId};
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TantivyDocument, TextFieldIndexing, TextOptions,
    Value,
};

use crate::document::{HitKind, IndexDocument, RecordingDocuments, Speaker};
use crate::normal_text::NormalText;
use crate::tokenizer::FieldTokenizer;

/// Grows when documents are written differently; an index of another version is built anew.
pub(crate) const SCHEMA_VERSION: u32 = 2;

/// The names of the columns that are read by segment.
pub(crate) const RECORDING_COLUMN: &str = "recording";
pub(crate) const RECORDED_AT_COLUMN: &str = "recorded_at_ms";
pub(crate) const START_COLUMN: &str = "start_ms";
pub(crate) const HOST_COLUMN: &str = "host";
pub(crate) const SPEAKER_COLUMN: &str = "stored_speaker_name";

/// The fields of a document. The four text fields hold the same text, cut in four ways.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    pub(crate) recording: Field,
    pub(crate) recorded_at_ms: Field,
    pub(crate) kind: Field,
    pub(crate) host: Field,
    pub(crate) speaker_id: Field,
    pub(crate) speaker_name: Field,
    pub(crate) characters: Field,
    pub(crate) words: Field,
    pub(crate) syllables: Field,
    pub(crate) stems: Field,
    start_ms: Field,
    end_ms: Field,
    utterance_id: Field,
    stored_speaker_name: Field,
    stored_text: Field,
}

impl Fields {
    pub(crate) fn schema() -> (Schema, Self) {
        let text = |tokenizer: FieldTokenizer, option| {
            let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer.name()).set_index_option(option);
            TextOptions::default().set_indexing_options(indexing)
        };
        let (frequencies, positions) = (IndexRecordOption::WithFreqs, IndexRecordOption::WithFreqsAndPositions);
        let mut builder = Schema::builder();
        let fields = Self {
            recording: builder.add_text_field(RECORDING_COLUMN, STRING | FAST),
            recorded_at_ms: builder.add_i64_field(RECORDED_AT_COLUMN, INDEXED | FAST),
            host: builder.add_text_field(HOST_COLUMN, STRING | FAST),
            kind: builder.add_u64_field("kind", INDEXED | STORED),
            speaker_id: builder.add_text_field("speaker_id", STRING | STORED),
            speaker_name: builder.add_text_field("speaker_name", text(FieldTokenizer::Characters, positions)),
            characters: builder.add_text_field("characters", text(FieldTokenizer::Characters, positions)),
            words: builder.add_text_field("words", text(FieldTokenizer::Words, frequencies)),
            syllables: builder.add_text_field("syllables", text(FieldTokenizer::Syllables, positions)),
            stems: builder.add_text_field("stems", text(FieldTokenizer::Stems, frequencies)),
            start_ms: builder.add_u64_field(START_COLUMN, STORED | FAST),
            end_ms: builder.add_u64_field("end_ms", STORED),
            utterance_id: builder.add_text_field("utterance_id", STORED),
            stored_speaker_name: builder.add_text_field(SPEAKER_COLUMN, STORED | FAST),
            stored_text: builder.add_text_field("stored_text", STORED),
        };
        (builder.build(), fields)
    }

    pub(crate) fn encode(&self, recording: &RecordingDocuments, document: &IndexDocument) -> TantivyDocument {
        let normal = NormalText::new(&document.text);
        let mut encoded = TantivyDocument::default();
        encoded.add_text(self.recording, recording.recording_id.as_str());
        encoded.add_i64(self.recorded_at_ms, recording.recorded_at.as_millis());
        if let Some(host) = &recording.host {
            encoded.add_text(self.host, host.as_str());
        }
        encoded.add_u64(self.kind, document.kind as u64);
        encoded.add_u64(self.start_ms, document.start_ms.as_millis());
        encoded.add_u64(self.end_ms, document.end_ms.as_millis());
        for field in [self.characters, self.words, self.syllables, self.stems] {
            encoded.add_text(field, normal.as_str());
        }
        encoded.add_text(self.stored_text, &document.text);
        if let Some(speaker) = &document.speaker {
            encoded.add_text(self.speaker_id, speaker.id.as_str());
            encoded.add_text(self.speaker_name, NormalText::new(&speaker.name).as_str());
            encoded.add_text(self.stored_speaker_name, &speaker.name);
        }
        if let Some(utterance_id) = &document.utterance_id {
            encoded.add_text(self.utterance_id, utterance_id.as_str());
        }
        encoded
    }

    /// Reads back what was stored; none when the document is not one of ours.
    pub(crate) fn decode(&self, document: &TantivyDocument) -> Option<IndexDocument> {
        let number = |field| document.get_first(field).and_then(|value| value.as_u64());
        let text = |field| document.get_first(field).and_then(|value| value.as_str());
        let kind = number(self.kind)?;
        let speaker = match (text(self.speaker_id), text(self.stored_speaker_name)) {
            (Some(id), Some(name)) => Some(Speaker { id: ParticipantId::new(id).ok()?, name: name.to_owned() }),
            _ => None,
        };
        let utterance_id = match text(self.utterance_id) {
            Some(id) => Some(UtteranceId::new(id).ok()?),
            None => None,
        };
        Some(IndexDocument {
            kind: HitKind::ALL.into_iter().find(|candidate| *candidate as u64 == kind)?,
            start_ms: MediaTime::from_millis(number(self.start_ms)?),
            end_ms: MediaTime::from_millis(number(self.end_ms)?),
            speaker,
            utterance_id,
            text: text(self.stored_text)?.to_owned(),
        })
    }
}
