//! Small artefacts to put into the store.

use bytes::Bytes;
use model::{
    ActionItem, ActionStatus, Chapter, Citation, CitedLine, Coverage, Language, LineId, MediaSegment, MediaTime,
    Minutes, MinutesEngine, MinutesRevision, MinutesTemplate, ParticipantId, Provenance, Recording, Rendition,
    ReviewState, Transcript, Utterance, UtteranceId, Verification, Word,
};
use store::ObjectKey;

use crate::harness::{NOW, TestApi};

pub(crate) fn transcript(recording: &Recording, text: &str) -> Transcript {
    let words: Vec<Word> = text
        .split(' ')
        .enumerate()
        .map(|(index, word)| {
            let start_ms = MediaTime::from_millis(1_000 + index as u64 * 400);
            Word { text: word.to_owned(), start_ms, end_ms: start_ms + 400, confidence: 0.5 }
        })
        .collect();
    Transcript {
        schema: Transcript::SCHEMA,
        recording_id: recording.id.clone(),
        version: 1,
        engine: "test".to_owned(),
        created_at: NOW,
        utterances: vec![Utterance {
            id: UtteranceId::new("u1").unwrap(),
            participant_id: ParticipantId::new("p1").unwrap(),
            language: Language::English,
            start_ms: MediaTime::from_millis(1_000),
            end_ms: words.last().unwrap().end_ms,
            text: text.to_owned(),
            confidence: 0.5,
            words,
        }],
        coverage: Coverage { speech_ms: 2_000, transcribed_ms: 2_000, ..Coverage::default() },
        speaker_names: std::collections::BTreeMap::new(),
        revision: None,
    }
}

pub(crate) fn minutes(recording: &Recording) -> Minutes {
    let line = |id: u32, text: &str| CitedLine {
        id: LineId(id),
        text: text.to_owned(),
        citations: vec![Citation {
            utterance_id: UtteranceId::new("u1").unwrap(),
            quote: "move the launch".to_owned(),
            start_ms: MediaTime::from_millis(1_000),
        }],
        verification: Verification::Verified,
        provenance: Provenance { transcript_version: 1, ..Provenance::default() },
        review: ReviewState::Proposed,
    };
    Minutes {
        schema: Minutes::SCHEMA,
        recording_id: recording.id.clone(),
        version: 1,
        transcript_version: 1,
        engine: MinutesEngine::Extractive,
        language: Language::English,
        created_at: NOW,
        revision: MinutesRevision::default(),
        template: MinutesTemplate::General,
        sections: MinutesTemplate::general_sections(),
        lines_numbered: 4,
        model_usage: None,
        title: recording.title.clone(),
        summary: vec![line(1, "The launch moves.")],
        chapters: vec![Chapter {
            title: "Launch".to_owned(),
            start_ms: MediaTime::ZERO,
            end_ms: MediaTime::from_millis(10_000),
            points: vec![line(2, "The launch moves to *March*.")],
        }],
        decisions: vec![line(3, "Move the launch.")],
        action_items: vec![ActionItem {
            line: line(4, "Li Wei tells the vendor."),
            owner: Some(ParticipantId::new("p1").unwrap()),
            due_text: None,
            due_date: None,
            status: ActionStatus::Open,
        }],
        open_questions: Vec::new(),
        risks: Vec::new(),
        numbers: Vec::new(),
        speakers: Vec::new(),
        keywords: vec!["launch".to_owned()],
    }
}

/// Publishes a segment with made-up content, as the recorder would.
pub(crate) async fn publish_segment(
    api: &TestApi,
    recording: &Recording,
    rendition: Rendition,
    epoch: u32,
    sequence: u64,
) {
    let content = Bytes::from(format!("{rendition} segment {sequence} ").repeat(100));
    let key = ObjectKey::Segment { rendition, sequence };
    let stored = api.store.write_object(&recording.tenant_id, &recording.id, &key, content, NOW).await.unwrap();
    let segment = MediaSegment {
        rendition,
        epoch,
        sequence,
        start_us: sequence * 4_000_000,
        duration_us: 4_000_000,
        bytes: stored.bytes,
        sha256: stored.sha256,
    };
    api.store.stage_segment(&recording.id, &segment, NOW).await.unwrap();
    api.store.publish_segment(&recording.id, rendition, sequence, NOW).await.unwrap();
}

/// Writes the CMAF header of a rendition: H.264 high profile level 3.1, or AAC-LC.
pub(crate) async fn write_init(api: &TestApi, recording: &Recording, rendition: Rendition, epoch: u32) {
    let content = match rendition {
        Rendition::Video => video_init(),
        Rendition::Audio => audio_init(),
    };
    let key = ObjectKey::Init { rendition, epoch };
    api.store.write_object(&recording.tenant_id, &recording.id, &key, content.into(), NOW).await.unwrap();
}

fn video_init() -> Vec<u8> {
    let mut entry = vec![0; 24];
    entry.extend(1280_u16.to_be_bytes());
    entry.extend(720_u16.to_be_bytes());
    entry.resize(78, 0);
    entry.extend(mp4_box(*b"avcC", &[1, 0x64, 0x00, 0x1f, 0xff]));
    header(&mp4_box(*b"avc1", &entry))
}

fn audio_init() -> Vec<u8> {
    let mut entry = vec![0; 28];
    let mut esds = vec![0, 0, 0, 0, 0x03, 0x19, 0, 1, 0, 0x04, 0x11, 0x40, 0x15];
    esds.extend([0; 11]);
    esds.extend([0x05, 0x02, 0x12, 0x10, 0x06, 0x01, 0x02]);
    entry.extend(mp4_box(*b"esds", &esds));
    header(&mp4_box(*b"mp4a", &entry))
}

fn header(sample_entry: &[u8]) -> Vec<u8> {
    let stsd = [&[0, 0, 0, 0, 0, 0, 0, 1], sample_entry].concat();
    let names = [*b"stsd", *b"stbl", *b"minf", *b"mdia", *b"trak", *b"moov"];
    names.into_iter().fold(stsd, |content, name| mp4_box(name, &content))
}

fn mp4_box(name: [u8; 4], content: &[u8]) -> Vec<u8> {
    [&(content.len() as u32 + 8).to_be_bytes(), name.as_slice(), content].concat()
}
