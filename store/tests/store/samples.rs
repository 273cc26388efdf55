use bytes::Bytes;
use model::{
    ActionItem, ActionStatus, Citation, CitedLine, Codec, Coverage, Disposal, Language, Layout, LineId, MediaSegment,
    MediaTime, MeetingId, Minutes, MinutesEngine, MinutesRevision, MinutesTemplate, ParticipantId, Processing, Profile,
    Provenance, Recording, RecordingId, RecordingState, Rendition, ReviewState, SpeechChunk, TenantId, Timestamp,
    Track, TrackId, TrackSource, Transcript, UserId, Utterance, UtteranceId, Verification, Word,
};
use sha2::{Digest, Sha256};

/// The moment so many seconds after the tests' beginning of time.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_700_000_000_000_000 + seconds * 1_000_000)
}

pub(crate) fn tenant_id(id: &str) -> TenantId {
    TenantId::new(id).expect("valid")
}

pub(crate) fn recording_id(id: &str) -> RecordingId {
    RecordingId::new(id).expect("valid")
}

pub(crate) fn user_id(id: &str) -> UserId {
    UserId::new(id).expect("valid")
}

pub(crate) fn participant_id(id: &str) -> ParticipantId {
    ParticipantId::new(id).expect("valid")
}

pub(crate) fn recording(tenant_id: &TenantId, id: &str) -> Recording {
    Recording {
        id: recording_id(id),
        tenant_id: tenant_id.clone(),
        meeting_id: MeetingId::new("weekly").expect("valid"),
        title: "Weekly 周会".to_owned(),
        host_user_id: user_id("host"),
        language: Language::English,
        profile: Profile::High,
        layout: Layout::Auto,
        smart_minutes: true,
        time_zone: "Asia/Shanghai".to_owned(),
        created_at: at(1),
        state: RecordingState::Requested,
        processing: Processing::default(),
        disposal: Disposal::Active,
        version: 1,
    }
}

pub(crate) fn sealed() -> RecordingState {
    RecordingState::Sealed { started_at: at(2), stopped_at: at(60), sealed_at: at(61), duration_ms: 58_000 }
}

pub(crate) fn sha256(content: &[u8]) -> String {
    format!("{:x}", Bytes::copy_from_slice(&Sha256::digest(content)))
}

pub(crate) fn segment(rendition: Rendition, sequence: u64, content: &[u8]) -> MediaSegment {
    MediaSegment {
        rendition,
        epoch: 0,
        sequence,
        start_us: sequence * 4_000_000,
        duration_us: 4_000_000,
        bytes: content.len() as u64,
        sha256: sha256(content),
    }
}

pub(crate) fn speech_chunk(participant: &str, sequence: u64, start_ms: u64, content: &[u8]) -> SpeechChunk {
    SpeechChunk {
        participant_id: participant_id(participant),
        sequence,
        start_ms: MediaTime::from_millis(start_ms),
        duration_ms: 30_000,
        bytes: content.len() as u64,
        sha256: sha256(content),
    }
}

pub(crate) fn track(id: &str) -> Track {
    Track {
        id: TrackId::new(id).expect("valid"),
        participant_id: participant_id("p1"),
        source: TrackSource::Microphone,
        codec: Codec::Opus,
        payload_type: 111,
        clock_rate_hz: 48_000,
        ssrc: u32::MAX,
        srtp: None,
        feed: model::TrackFeed::default(),
    }
}

pub(crate) fn transcript(recording: &Recording, version: u32, text: &str) -> Transcript {
    let (start_ms, end_ms) = (MediaTime::from_millis(10), MediaTime::from_millis(900));
    Transcript {
        schema: Transcript::SCHEMA,
        recording_id: recording.id.clone(),
        version,
        engine: "test".to_owned(),
        created_at: at(70),
        utterances: vec![Utterance {
            id: UtteranceId::new("u1").expect("valid"),
            participant_id: participant_id("p1"),
            language: Language::Mandarin,
            start_ms,
            end_ms,
            text: text.to_owned(),
            confidence: 0.75,
            words: vec![Word { text: text.to_owned(), start_ms, end_ms, confidence: 0.75 }],
        }],
        coverage: Coverage { speech_ms: 890, transcribed_ms: 890, ..Coverage::default() },
        speaker_names: std::collections::BTreeMap::new(),
        revision: None,
    }
}

pub(crate) fn minutes(recording: &Recording, version: u32) -> Minutes {
    Minutes {
        schema: Minutes::SCHEMA,
        recording_id: recording.id.clone(),
        version,
        transcript_version: 1,
        engine: MinutesEngine::Extractive,
        language: Language::English,
        created_at: at(80),
        revision: MinutesRevision::default(),
        template: MinutesTemplate::General,
        sections: MinutesTemplate::general_sections(),
        lines_numbered: 1,
        model_usage: None,
        title: recording.title.clone(),
        summary: Vec::new(),
        chapters: Vec::new(),
        decisions: Vec::new(),
        action_items: vec![ActionItem {
            line: CitedLine {
                id: LineId(1),
                text: "Send the budget.".to_owned(),
                citations: vec![Citation {
                    utterance_id: UtteranceId::new("u1").expect("valid"),
                    quote: "the budget".to_owned(),
                    start_ms: MediaTime::ZERO,
                }],
                verification: Verification::Verified,
                provenance: Provenance { transcript_version: 1, ..Provenance::default() },
                review: ReviewState::Proposed,
            },
            owner: Some(participant_id("p1")),
            due_text: None,
            due_date: Some("2026-12-01".to_owned()),
            status: ActionStatus::Open,
        }],
        open_questions: Vec::new(),
        risks: Vec::new(),
        numbers: Vec::new(),
        speakers: Vec::new(),
        keywords: vec!["budget".to_owned()],
    }
}
