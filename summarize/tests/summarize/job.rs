use std::path::Path;
use std::sync::Mutex;

use model::{
    Disposal, Layout, MeetingId, Minutes, MinutesOrder, MinutesWish, Plan, PlanName, Processing, Profile, Recording,
    RecordingId, RecordingState, StageOutcome, TenantId, Timestamp, Transcript, UserId, next_step,
};
use store::{DatabaseUrl, MasterKey, ObjectSettings, SeededIds, Store, StoreSettings, Tenant};
use summarize::{Error, Meeting, MinutesWriter, rewrite_minutes, write_minutes};
use tempfile::TempDir;

use crate::scenes::{STARTED_AT, demo_meeting};

async fn open_store(directory: &Path) -> Store {
    let settings = StoreSettings {
        database: DatabaseUrl::Sqlite { path: directory.join("huiji.sqlite") },
        objects: ObjectSettings::Directory { path: directory.join("media") },
        master_key: MasterKey::load_or_create(&directory.join("master.key"), &SeededIds::new(1)).expect("a key"),
    };
    Store::open(settings).await.expect("a store")
}

/// A store with a recording of a meeting and its transcript.
pub(crate) struct Archive {
    pub(crate) store: Store,
    pub(crate) tenant_id: TenantId,
    pub(crate) recording_id: RecordingId,
    _directory: TempDir,
}

impl Archive {
    pub(crate) async fn of(scene: Meeting) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let store = open_store(directory.path()).await;
        let tenant_id = TenantId::new("acme").expect("valid");
        let plan = Plan::published(PlanName::Standard, 10);
        let tenant = Tenant { id: tenant_id.clone(), name: "Acme".to_owned(), plan };
        store.insert_tenant(&tenant, STARTED_AT).await.expect("stored");
        let (participants, transcript) = (scene.participants.clone(), scene.transcript.clone());
        let recording = recording(scene, &tenant_id);
        store.insert_recording(&recording, &participants, &[], STARTED_AT).await.expect("stored");
        store.save_transcript(&tenant_id, &transcript, later(310)).await.expect("stored");
        Self { store, tenant_id, recording_id: recording.id, _directory: directory }
    }

    pub(crate) async fn write(&self, now: Timestamp) -> Minutes {
        let writer = MinutesWriter::extractive();
        let written = write_minutes(&self.store, &writer, &self.tenant_id, &self.recording_id, now, &|_| {});
        written.await.expect("minutes")
    }

    pub(crate) async fn rewrite(&self, wish: MinutesWish) -> Minutes {
        let order = MinutesOrder { wish, user_id: UserId::new("host").expect("valid") };
        let writer = MinutesWriter::extractive();
        let (store, tenant_id) = (&self.store, &self.tenant_id);
        let written = rewrite_minutes(store, &writer, tenant_id, &self.recording_id, &order, later(350), &|_| {});
        written.await.expect("minutes")
    }

    pub(crate) async fn minutes(&self, version: Option<u32>) -> Minutes {
        let loaded = self.store.load_minutes(&self.tenant_id, &self.recording_id, version).await;
        loaded.expect("readable").expect("stored")
    }

    pub(crate) async fn transcript(&self) -> Transcript {
        let loaded = self.store.load_transcript(&self.tenant_id, &self.recording_id, None).await;
        loaded.expect("readable").expect("stored")
    }

    pub(crate) async fn needs_work(&self) -> bool {
        let loaded = self.store.load_recording(&self.tenant_id, &self.recording_id).await;
        next_step(&loaded.expect("readable").expect("stored")).is_some()
    }
}

fn recording(scene: Meeting, tenant_id: &TenantId) -> Recording {
    Recording {
        id: scene.transcript.recording_id,
        tenant_id: tenant_id.clone(),
        meeting_id: MeetingId::new("weekly").expect("valid"),
        title: scene.title,
        host_user_id: UserId::new("host").expect("valid"),
        language: scene.language,
        profile: Profile::High,
        layout: Layout::Auto,
        smart_minutes: true,
        time_zone: scene.time_zone,
        created_at: STARTED_AT,
        state: RecordingState::Sealed {
            started_at: STARTED_AT,
            stopped_at: later(200),
            sealed_at: later(201),
            duration_ms: 200_000,
        },
        processing: Processing::default(),
        disposal: Disposal::Active,
        version: 1,
    }
}

pub(crate) fn later(seconds: i64) -> Timestamp {
    STARTED_AT.plus_millis(seconds * 1000)
}

#[tokio::test]
async fn minutes_are_written_once_for_each_transcript() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = open_store(directory.path()).await;
    let tenant_id = TenantId::new("acme").expect("valid");
    let plan = Plan::published(PlanName::Standard, 10);
    store
        .insert_tenant(&Tenant { id: tenant_id.clone(), name: "Acme".to_owned(), plan }, STARTED_AT)
        .await
        .expect("stored");
    let scene = demo_meeting();
    let recording = recording(scene.clone(), &tenant_id);
    let writer = MinutesWriter::extractive();
    let write = |now| write_minutes(&store, &writer, &tenant_id, &recording.id, now, &|_| {});

    let missing = write(later(300)).await.expect_err("no recording");
    assert!(matches!(missing, Error::RecordingMissing { .. }) && !missing.is_transient());
    store.insert_recording(&recording, &scene.participants, &[], STARTED_AT).await.expect("stored");
    assert!(matches!(write(later(300)).await, Err(Error::TranscriptMissing { .. })));
    let mut transcript = scene.transcript;
    store.save_transcript(&tenant_id, &transcript, later(310)).await.expect("stored");

    let percent = Mutex::new(Vec::new());
    let note = |done| percent.lock().expect("not poisoned").push(done);
    let first = write_minutes(&store, &writer, &tenant_id, &recording.id, later(320), &note).await.expect("minutes");
    assert_eq!(*percent.lock().expect("not poisoned"), [5, 95]);
    assert_eq!((first.version, first.transcript_version, first.created_at), (1, 1, later(320)));
    assert_eq!((first.decisions.len(), first.action_items.len()), (5, 10));
    assert_eq!(store.load_minutes(&tenant_id, &recording.id, None).await.expect("loaded"), Some(first.clone()));
    let stored = store.load_recording(&tenant_id, &recording.id).await.expect("loaded").expect("exists");
    assert_eq!(stored.processing.minutes, StageOutcome::Done { version: 1 });

    assert_eq!(write(later(330)).await.expect("minutes"), first, "doing it again changes nothing");
    transcript.version = 2;
    transcript.utterances.pop();
    store.save_transcript(&tenant_id, &transcript, later(340)).await.expect("stored");
    let second = write(later(350)).await.expect("minutes");
    assert_eq!((second.version, second.transcript_version), (2, 2));
}

#[tokio::test]
async fn two_workers_write_one_version() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = open_store(directory.path()).await;
    let tenant_id = TenantId::new("acme").expect("valid");
    let plan = Plan::published(PlanName::Standard, 10);
    store
        .insert_tenant(&Tenant { id: tenant_id.clone(), name: "Acme".to_owned(), plan }, STARTED_AT)
        .await
        .expect("stored");
    let scene = demo_meeting();
    let recording = recording(scene.clone(), &tenant_id);
    store.insert_recording(&recording, &scene.participants, &[], STARTED_AT).await.expect("stored");
    store.save_transcript(&tenant_id, &scene.transcript, later(310)).await.expect("stored");
    let writer = MinutesWriter::extractive();
    let write = |now| write_minutes(&store, &writer, &tenant_id, &recording.id, now, &|_| {});
    let (one, other) = tokio::join!(write(later(320)), write(later(321)));
    assert_eq!(one.expect("minutes"), other.expect("minutes"));
    assert!(store.load_minutes(&tenant_id, &recording.id, Some(2)).await.expect("loaded").is_none());
}
