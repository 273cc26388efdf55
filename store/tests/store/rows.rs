use std::time::Duration;

use model::{JobPayload, MediaTime, Participant, Rendition, TimelineEvent, TimelineEventKind};
use store::{Error, IdSource as _, Page, RecordingFilter};
use tokio::task::JoinSet;

use crate::backend::{Backend, now};
use crate::samples::{self, at};

/// What Huiji never writes is an error that says where it stands, whichever way it is read.
pub(crate) async fn corrupt_rows_are_named(backend: Backend) {
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    let recording = backend.insert_recording("rec").await;
    let id = &recording.id;
    let participant =
        Participant { id: samples::participant_id("p"), display_name: "P".to_owned(), user_id: None, language: None };
    store.upsert_participant(id, &participant).await.expect("added");
    store.insert_track(id, &samples::track("trk"), now()).await.expect("added");
    store.stage_segment(id, &samples::segment(Rendition::Video, 3, b"x"), now()).await.expect("staged");
    let event = TimelineEvent {
        at_ms: MediaTime::ZERO,
        at: at(1),
        kind: TimelineEventKind::Left { participant_id: participant.id },
    };
    store.append_timeline_event(id, &event).await.expect("appended");
    let payload = JobPayload::Transcribe { recording_id: id.clone() };
    let job_id = store.enqueue_job(tenant_id, backend.ids.job_id(), &payload, now()).await.expect("added");

    let check = async |damage: &str, expected: (&str, &str, &str), outcome: Result<(), Error>| match outcome {
        Err(Error::CorruptRow { table, id, column, problem }) => {
            assert_eq!((table, id.as_str(), column), expected, "{damage}: {problem}");
        }
        other => panic!("{damage}: {other:?}"),
    };
    let damage = "UPDATE timeline_events SET event_json = '{\"at_ms\":1}'";
    backend.sql(damage).await;
    let read = store.list_timeline_events(id).await.map(drop);
    check(damage, ("timeline_events", "rec/1", "event_json"), read).await;
    let damage = "UPDATE participants SET user_id = '../etc'";
    backend.sql(damage).await;
    check(damage, ("participants", "rec/p", "user_id"), store.load_participants(id).await.map(drop)).await;
    let damage = "UPDATE tracks SET payload_type = 300";
    backend.sql(damage).await;
    check(damage, ("tracks", "rec/trk", "payload_type"), store.load_tracks(id).await.map(drop)).await;
    let damage = "UPDATE segments SET bytes = -1";
    backend.sql(damage).await;
    check(damage, ("segments", "rec/video/3", "bytes"), store.list_segments(id, None).await.map(drop)).await;
    let damage = "UPDATE jobs SET state = 'sleeping'";
    backend.sql(damage).await;
    check(damage, ("jobs", job_id.as_str(), "state"), store.load_job(tenant_id, &job_id).await.map(drop)).await;
    let damage = "UPDATE tenants SET plan_json = '{}'";
    backend.sql(damage).await;
    check(damage, ("tenants", "acme", "plan_json"), store.load_tenant(tenant_id).await.map(drop)).await;
    for (damage, column) in [
        ("UPDATE recordings SET state = 'sealed'", "state"),
        ("UPDATE recordings SET state = 'requested', smart_minutes = 2", "smart_minutes"),
        ("UPDATE recordings SET smart_minutes = 1, state_json = 'nonsense'", "state_json"),
    ] {
        backend.sql(damage).await;
        let expected = ("recordings", "rec", column);
        check(damage, expected, store.load_recording(tenant_id, id).await.map(drop)).await;
        let listed = store.list_recordings(tenant_id, &RecordingFilter::default(), &Page::default()).await;
        check(damage, expected, listed.map(drop)).await;
    }
}

/// A request that is cancelled at any point leaves neither half a change nor a connection that nobody can use.
pub(crate) async fn abandoned_calls_leave_the_store_usable(backend: Backend) {
    let mut recording = backend.insert_recording("rec").await;
    let mut other = backend.insert_recording("other").await;
    for number in 0..60_u64 {
        let changed = model::Recording { title: format!("title {number}"), ..recording.clone() };
        let patience = Duration::from_micros(number * 60);
        let outcome = tokio::time::timeout(patience, backend.store.save_recording(&changed)).await;
        // A commit that was under way when its caller gave up may still land. This save waits for it: on SQLite for the
        // writer, on PostgreSQL for the tenant's row.
        other = backend.store.save_recording(&other).await.expect("saved");
        let stored = backend.store.load_recording(&backend.tenant_id, &recording.id).await;
        let stored = stored.expect("read").expect("it exists");
        if let Ok(saved) = outcome {
            assert_eq!(stored, saved.expect("saved"));
        }
        let notes = backend.store.read_outbox(&backend.tenant_id, 0, 1000).await.expect("read");
        let notes = notes.iter().filter(|note| note.recording_id == recording.id).count();
        assert_eq!(notes as i64, stored.version, "row and note change together");
        recording = stored;
    }
    backend.store.save_recording(&recording).await.expect("the store still works");
}

pub(crate) async fn many_writers_never_meet_a_busy_database(backend: Backend) {
    const WRITERS: u64 = 40;
    let recording = backend.insert_recording("rec").await;
    // A second store on the same database stands for a second process.
    let stores = [backend.store.clone(), backend.reopen().await];
    let mut writers = JoinSet::new();
    for sequence in 0..WRITERS {
        let (store, id) = (stores[sequence as usize % 2].clone(), recording.id.clone());
        writers.spawn(async move {
            let segment = samples::segment(Rendition::Audio, sequence, b"x");
            store.stage_segment(&id, &segment, now()).await.expect("staged");
            store.list_segments(&id, None).await.expect("listed");
        });
    }
    writers.join_all().await;
    assert_eq!(stores[1].list_segments(&recording.id, None).await.expect("listed").len() as u64, WRITERS);
}
