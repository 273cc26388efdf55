use std::path::Path;
use std::sync::Mutex;

use model::{
    Disposal, Layout, MeetingId, Plan, PlanName, Processing, Profile, Recording, RecordingState, StageOutcome,
    TenantId, Timestamp, UserId,
};
use store::{DatabaseUrl, MasterKey, ObjectSettings, SeededIds, Store, StoreSettings, Tenant};
use summarize::{Error, MinutesWriter, write_minutes};

use crate::scenes::{STARTED_AT, demo_meeting};

async fn open_store(directory: &Path) -> Store {
    let settings = StoreSettings {
        database: DatabaseUrl::Sqlite { path: directory.join("huiji.sqlite") },
        objects: ObjectSettings::Directory { path: directory.join("media") },
        master_key: MasterKey::load_or_create(&directory.join("master.key"), &SeededIds::new(1)).expect("a key"),
    };
    Store::open(settings).await.expect("a store")
}

fn recording(tenant_id: &TenantId) -> Recording {
    let scene = demo_meeting();
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

fn later(seconds: i64) -> Timestamp {
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
    let recording = recording(&tenant_id);
    let scene = demo_meeting();
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
    let recording = recording(&tenant_id);
    let scene = demo_meeting();
    store.insert_recording(&recording, &scene.participants, &[], STARTED_AT).await.expect("stored");
    store.save_transcript(&tenant_id, &scene.transcript, later(310)).await.expect("stored");
    let writer = MinutesWriter::extractive();
    let write = |now| write_minutes(&store, &writer, &tenant_id, &recording.id, now, &|_| {});
    let (one, other) = tokio::join!(write(later(320)), write(later(321)));
    assert_eq!(one.expect("minutes"), other.expect("minutes"));
    assert!(store.load_minutes(&tenant_id, &recording.id, Some(2)).await.expect("loaded").is_none());
}
