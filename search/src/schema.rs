use std::borrow::Cow;

use model::{MediaTime, ParticipantId, UtteranceId};
use serde::{Deserialize, Serialize};
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, Schema, TantivyDocument, TextFieldIndexing, TextOptions, Value,
};

use crate::document::{HitKind, IndexDocument, RecordingDocuments, Speaker};
use crate::normal_text::NormalText;
use crate::tokenizer::FieldTokenizer;

/// Grows when documents are written differently; an index of another version is built anew.
pub(crate) const SCHEMA_VERSION: u32 = 3;

/// The names of the columns that are read by segment.
pub(crate) const RECORDING_COLUMN: &str = "recording";
pub(crate) const RECORDED_AT_COLUMN: &str = "recorded_at_ms";
pub(crate) const START_COLUMN: &str = "start_ms";
pub(crate) const HOST_COLUMN: &str = "host";
pub(crate) const SPEAKER_COLUMN: &str = "speaker";

/// The fields of a document. The three text fields hold the same text, cut in three ways. What is shown of a hit is stored in
/// one piece: fields of their own would cost more than they hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    pub(crate) recording: Field,
    pub(crate) recorded_at_ms: Field,
    pub(crate) kind: Field,
    pub(crate) host: Field,
    pub(crate) speaker_id: Field,
    pub(crate) speaker_name: Field,
    pub(crate) characters: Field,
    pub(crate) pairs: Field,
    pub(crate) stems: Field,
    pub(crate) marks: Field,
    start_ms: Field,
    speaker: Field,
    stored: Field,
}

impl Fields {
    pub(crate) fn schema() -> (Schema, Self) {
        let text = |tokenizer: FieldTokenizer, option| {
            let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer.name()).set_index_option(option);
            TextOptions::default().set_indexing_options(indexing)
        };
        let (basic, frequencies) = (IndexRecordOption::Basic, IndexRecordOption::WithFreqs);
        let positions = IndexRecordOption::WithFreqsAndPositions;
        // Lengths weigh in scores only, and these fields have none.
        let raw = TextFieldIndexing::default().set_tokenizer("raw").set_index_option(basic).set_fieldnorms(false);
        let name = TextOptions::default().set_indexing_options(raw);
        let speaker_names = TextFieldIndexing::default().set_tokenizer(FieldTokenizer::Characters.name());
        let speaker_names = speaker_names.set_index_option(positions).set_fieldnorms(false);
        let mut builder = Schema::builder();
        let fields = Self {
            recording: builder.add_text_field(RECORDING_COLUMN, name.clone() | FAST),
            recorded_at_ms: builder.add_i64_field(RECORDED_AT_COLUMN, INDEXED | FAST),
            host: builder.add_text_field(HOST_COLUMN, name.clone() | FAST),
            kind: builder.add_u64_field("kind", INDEXED),
            speaker_id: builder.add_text_field("speaker_id", name.clone()),
            speaker_name: builder
                .add_text_field("speaker_name", TextOptions::default().set_indexing_options(speaker_names)),
            characters: builder.add_text_field("characters", text(FieldTokenizer::Characters, positions)),
            pairs: builder.add_text_field("pairs", text(FieldTokenizer::Pairs, basic)),
            stems: builder.add_text_field("stems", text(FieldTokenizer::Stems, frequencies)),
            marks: builder.add_text_field("marks", name),
            start_ms: builder.add_u64_field(START_COLUMN, FAST),
            speaker: builder.add_text_field(SPEAKER_COLUMN, TextOptions::default() | FAST),
            stored: builder.add_bytes_field("stored", STORED),
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
        for field in [self.characters, self.pairs, self.stems] {
            encoded.add_text(field, normal.as_str());
        }
        if document.kind == HitKind::Title {
            for mark in &recording.marks {
                encoded.add_text(self.marks, mark.as_str());
            }
        }
        if let Some(speaker) = &document.speaker {
            encoded.add_text(self.speaker_id, speaker.id.as_str());
            encoded.add_text(self.speaker_name, NormalText::new(&speaker.name).as_str());
            encoded.add_text(self.speaker, &speaker.name);
        }
        encoded.add_bytes(self.stored, &Stored::of(document).to_bytes());
        encoded
    }

    /// Reads back what was stored; none when the document is not one of ours.
    pub(crate) fn decode(&self, document: &TantivyDocument) -> Option<IndexDocument> {
        let bytes = document.get_first(self.stored).and_then(|value| value.as_bytes())?;
        serde_json::from_slice::<Stored<'_>>(bytes).ok()?.document()
    }
}

/// What is shown of a hit, as a JSON array: no names of fields, and the text as it was said.
#[derive(Serialize, Deserialize)]
struct Stored<'a>(
    u64,
    u64,
    u64,
    #[serde(borrow)] Option<(Cow<'a, str>, Cow<'a, str>)>,
    #[serde(borrow)] Option<Cow<'a, str>>,
    #[serde(borrow)] Cow<'a, str>,
);

impl<'a> Stored<'a> {
    fn of(document: &'a IndexDocument) -> Self {
        let (start_ms, end_ms) = (document.start_ms.as_millis(), document.end_ms.as_millis());
        let speaker = document.speaker.as_ref();
        Self(
            document.kind as u64,
            start_ms,
            end_ms.saturating_sub(start_ms),
            speaker.map(|speaker| (Cow::from(speaker.id.as_str()), Cow::from(speaker.name.as_str()))),
            document.utterance_id.as_ref().map(|id| Cow::from(id.as_str())),
            Cow::from(document.text.as_str()),
        )
    }

    fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("numbers and texts have a JSON form")
    }

    fn document(self) -> Option<IndexDocument> {
        let Self(kind, start_ms, length_ms, speaker, utterance_id, text) = self;
        let speaker = match speaker {
            Some((id, name)) => Some(Speaker { id: ParticipantId::new(id).ok()?, name: name.into_owned() }),
            None => None,
        };
        let utterance_id = match utterance_id {
            Some(id) => Some(UtteranceId::new(id).ok()?),
            None => None,
        };
        Some(IndexDocument {
            kind: HitKind::ALL.into_iter().find(|candidate| *candidate as u64 == kind)?,
            start_ms: MediaTime::from_millis(start_ms),
            end_ms: MediaTime::from_millis(start_ms + length_ms),
            speaker,
            utterance_id,
            text: text.into_owned(),
        })
    }
}
