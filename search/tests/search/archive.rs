use std::path::PathBuf;
use std::time::Duration;

use model::{
    ActionItem, ActionStatus, Citation, CitedLine, Coverage, Disposal, Language, Layout, LineId, MediaTime, MeetingId,
    Minutes, MinutesEngine, MinutesRevision, MinutesTemplate, Participant, ParticipantId, Plan, PlanName, Processing,
    Profile, Provenance, Recording, RecordingId, RecordingState, ReviewState, TenantId, Timestamp, Transcript, UserId,
    Utterance, UtteranceId, Verification,
};
use search::{Hit, Indexer, Search, SearchRequest, SearchResults, Visibility};
use store::{DatabaseUrl, MasterKey, ObjectSettings, Store, StoreSettings, Tenant};
use tempfile::TempDir;
use tokio::time::Instant;

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_700_000_000_000_000 + seconds * 1_000_000)
}

pub(crate) fn recording_id(id: &str) -> RecordingId {
    RecordingId::new(id).expect("valid")
}

/// A line somebody said: who, in which language, when, what.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) speaker: String,
    pub(crate) language: Language,
    pub(crate) start_ms: u64,
    pub(crate) text: String,
}

impl Line {
    pub(crate) fn new(text: &str) -> Self {
        Self { speaker: "Alice".to_owned(), language: Language::Mandarin, start_ms: 1000, text: text.to_owned() }
    }
}

/// A store with one tenant, and the search beside it.
pub(crate) struct Archive {
    pub(crate) store: Store,
    pub(crate) search: Search,
    pub(crate) indexer: Indexer,
    pub(crate) tenant_id: TenantId,
    directory: TempDir,
}

impl Archive {
    pub(crate) async fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let settings = StoreSettings {
            database: DatabaseUrl::Sqlite { path: directory.path().join("huiji.db") },
            objects: ObjectSettings::Directory { path: directory.path().join("objects") },
            master_key: MasterKey::parse(&"5a".repeat(32)).expect("valid"),
        };
        let store = Store::open(settings).await.expect("the store opens");
        let tenant_id = TenantId::new("acme").expect("valid");
        let plan = Plan::published(PlanName::Free, 1);
        let tenant = Tenant { id: tenant_id.clone(), name: "Acme".to_owned(), plan };
        store.insert_tenant(&tenant, at(0)).await.expect("new");
        let search = Search::open(directory.path().join("index")).expect("the index opens");
        let indexer = Indexer::new(search.clone(), store.clone());
        Self { store, search, indexer, tenant_id, directory }
    }

    /// Opens the index again, as after a restart.
    pub(crate) fn reopen(&mut self) {
        self.search = Search::open(self.directory.path().join("index")).expect("the index opens");
        self.indexer = Indexer::new(self.search.clone(), self.store.clone());
    }

    /// Returns the directory of the generation in use.
    pub(crate) fn generation(&self) -> PathBuf {
        let tenant = self.directory.path().join("index/acme");
        let name = std::fs::read_to_string(tenant.join("CURRENT")).expect("there is an index");
        tenant.join(name)
    }

    pub(crate) async fn record(&self, id: &str, title: &str, created_s: i64, lines: &[Line]) -> Recording {
        let recording = Recording {
            id: recording_id(id),
            tenant_id: self.tenant_id.clone(),
            meeting_id: MeetingId::new("weekly").expect("valid"),
            title: title.to_owned(),
            host_user_id: UserId::new("host").expect("valid"),
            language: Language::English,
            profile: Profile::High,
            layout: Layout::Auto,
            smart_minutes: true,
            time_zone: "Asia/Shanghai".to_owned(),
            created_at: at(created_s),
            state: RecordingState::Sealed {
                started_at: at(created_s + 1),
                stopped_at: at(created_s + 200),
                sealed_at: at(created_s + 201),
                duration_ms: 199_000,
            },
            processing: Processing::default(),
            disposal: Disposal::Active,
            version: 1,
        };
        let mut participants: Vec<Participant> = Vec::new();
        for line in lines {
            if participants.iter().all(|person| person.display_name != line.speaker) {
                participants.push(Participant {
                    id: participant_id(&line.speaker),
                    display_name: line.speaker.clone(),
                    user_id: None,
                    language: Some(line.language),
                });
            }
        }
        self.store.insert_recording(&recording, &participants, &[], at(created_s)).await.expect("new");
        if !lines.is_empty() {
            self.say(&recording.id, 1, lines).await;
        }
        recording
    }

    pub(crate) async fn say(&self, recording_id: &RecordingId, version: u32, lines: &[Line]) {
        let utterance = |(number, line): (usize, &Line)| Utterance {
            id: UtteranceId::new(format!("u{number}")).expect("valid"),
            participant_id: participant_id(&line.speaker),
            language: line.language,
            start_ms: MediaTime::from_millis(line.start_ms),
            end_ms: MediaTime::from_millis(line.start_ms + 1500),
            text: line.text.clone(),
            confidence: 0.9,
            words: Vec::new(),
        };
        let transcript = Transcript {
            schema: Transcript::SCHEMA,
            recording_id: recording_id.clone(),
            version,
            engine: "test".to_owned(),
            created_at: at(300),
            utterances: lines.iter().enumerate().map(utterance).collect(),
            coverage: Coverage::default(),
            speaker_names: std::collections::BTreeMap::new(),
            revision: None,
        };
        self.store.save_transcript(&self.tenant_id, &transcript, at(300)).await.expect("the next version");
    }

    pub(crate) async fn write_minutes(&self, recording_id: &RecordingId, summary: &str, action: &str) {
        let cited = |text: &str| CitedLine {
            id: LineId::UNNUMBERED,
            text: text.to_owned(),
            citations: vec![Citation {
                utterance_id: UtteranceId::new("u3").expect("valid"),
                quote: "…".to_owned(),
                start_ms: MediaTime::from_millis(34_500),
            }],
            verification: Verification::Verified,
            provenance: Provenance::default(),
            review: ReviewState::Proposed,
        };
        let minutes = Minutes {
            schema: Minutes::SCHEMA,
            recording_id: recording_id.clone(),
            version: 1,
            transcript_version: 1,
            engine: MinutesEngine::Extractive,
            language: Language::Mandarin,
            created_at: at(301),
            revision: MinutesRevision::default(),
            template: MinutesTemplate::General,
            sections: MinutesTemplate::general_sections(),
            lines_numbered: 0,
            model_usage: None,
            title: "Minutes".to_owned(),
            summary: vec![cited(summary)],
            chapters: Vec::new(),
            decisions: vec![CitedLine { review: ReviewState::Rejected, ..cited("thrown out by a reviewer") }],
            action_items: vec![ActionItem {
                line: cited(action),
                owner: None,
                due_text: None,
                due_date: None,
                status: ActionStatus::Open,
            }],
            open_questions: Vec::new(),
            risks: Vec::new(),
            numbers: Vec::new(),
            speakers: Vec::new(),
            keywords: Vec::new(),
        };
        self.store.save_minutes(&self.tenant_id, &minutes, at(301)).await.expect("the first version");
    }

    pub(crate) async fn catch_up(&self) {
        let seq = self.indexer.catch_up(&self.tenant_id).await.expect("the index follows");
        assert_eq!(seq, self.store.last_outbox_seq(&self.tenant_id).await.expect("readable"));
        assert_eq!(self.search.indexed_seq(&self.tenant_id).await.expect("readable"), Some(seq));
    }

    pub(crate) async fn ask(&self, query: &str) -> SearchResults {
        self.ask_as(Visibility::All, query).await
    }

    pub(crate) async fn ask_as(&self, visibility: Visibility, query: &str) -> SearchResults {
        let request =
            SearchRequest { query: query.to_owned(), recordings_max: 100, hits_max: 50, ..SearchRequest::default() };
        let deadline = Instant::now() + Duration::from_secs(30);
        self.search.search(&self.tenant_id, visibility, request, deadline).await.expect("an answer")
    }

    pub(crate) async fn hits(&self, query: &str) -> Vec<Hit> {
        self.ask(query).await.groups.into_iter().flat_map(|group| group.hits).collect()
    }

    pub(crate) async fn texts(&self, query: &str) -> Vec<String> {
        self.hits(query).await.into_iter().map(|hit| hit.text).collect()
    }
}

fn participant_id(name: &str) -> ParticipantId {
    ParticipantId::new(name.replace(' ', "-")).expect("valid")
}
