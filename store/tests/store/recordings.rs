use std::time::Duration;

use model::{
    Disposal, FailureReason, JobPayload, Participant, Recording, RecordingState, Relation, StageOutcome, Timestamp,
};
use store::{ChangeKind, Error, IdSource as _, Page, RecordingFilter};
use tokio::task::JoinSet;

use crate::backend::{Backend, now};
use crate::samples::{self, at, recording_id, tenant_id, user_id};

pub(crate) async fn every_state_returns_as_saved(backend: Backend) {
    let (started_at, stopped_at) = (at(2), at(60));
    let states = [
        RecordingState::Live { started_at },
        RecordingState::Paused { started_at, paused_at: at(3) },
        RecordingState::Finalizing { started_at, stopped_at },
        samples::sealed(),
        RecordingState::Failed { started_at: None, failed_at: at(9), reason: FailureReason::NoMedia },
    ];
    let mut recording = backend.insert_recording("rec").await;
    assert_eq!(load(&backend, "rec").await, recording);
    for state in states {
        recording.state = state;
        "Q4 预算 \u{1F600} 'quoted' \\".clone_into(&mut recording.title);
        recording.processing.transcript = StageOutcome::Failed { problem: "no model".to_owned() };
        recording.disposal = Disposal::Trashed { until: at(99) };
        let saved = backend.store.save_recording(&recording).await.expect("saved");
        recording.version += 1;
        assert_eq!(saved, recording);
        assert_eq!(load(&backend, "rec").await, recording);
    }
}

pub(crate) async fn a_recording_belongs_to_its_tenant(backend: Backend) {
    let recording = backend.insert_recording("rec").await;
    let other = tenant_id("other");
    backend.insert_tenant(&other).await;
    assert_eq!(backend.store.load_recording(&other, &recording.id).await.expect("read"), None);
    let stolen = Recording { tenant_id: other, ..recording.clone() };
    let error = backend.store.save_recording(&stolen).await.expect_err("another tenant's");
    assert!(matches!(error, Error::NotFound { what: "recording", .. }), "{error}");
    let error = backend.store.insert_recording(&recording, &[], &[], now()).await.expect_err("the id is taken");
    assert!(matches!(error, Error::Conflict { what: "recording", .. }), "{error}");
    let nowhere = samples::recording(&tenant_id("nobody"), "rec2");
    let error = backend.store.insert_recording(&nowhere, &[], &[], now()).await.expect_err("no such tenant");
    assert!(matches!(error, Error::NotFound { what: "tenant", .. }), "{error}");
}

pub(crate) async fn of_many_savers_of_a_version_one_wins(backend: Backend) {
    let recording = backend.insert_recording("rec").await;
    let mut savers = JoinSet::new();
    for number in 0..12 {
        let store = backend.store.clone();
        let recording = Recording { title: format!("saver {number}"), ..recording.clone() };
        savers.spawn(async move { store.save_recording(&recording).await });
    }
    let mut winners = Vec::new();
    while let Some(saved) = savers.join_next().await {
        match saved.expect("no panic") {
            Ok(saved) => winners.push(saved),
            Err(Error::Conflict { what: "recording", id, problem }) => {
                assert_eq!(
                    (id.as_str(), problem.as_str()),
                    ("rec", "version 2 is stored, version 1 was to be replaced")
                );
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(winners.len(), 1);
    assert_eq!(load(&backend, "rec").await, winners[0]);
}

pub(crate) async fn lists_page_newest_first_without_gaps(backend: Backend) {
    let mut expected = Vec::new();
    for number in 0..23_i64 {
        // Three at a time were asked for in the same microsecond.
        let mut recording = samples::recording(&backend.tenant_id, &format!("rec{number:02}"));
        recording.created_at = Timestamp::from_micros(number / 3);
        backend.store.insert_recording(&recording, &[], &[], now()).await.expect("inserted");
        expected.push((recording.created_at, recording.id));
    }
    expected.sort_by(|left, right| right.cmp(left));
    let (mut listed, mut page) = (Vec::new(), Page { size: 5, token: None });
    loop {
        let found = backend.store.list_recordings(&backend.tenant_id, &RecordingFilter::default(), &page).await;
        let found = found.expect("listed");
        assert!(found.recordings.len() <= 5);
        listed.extend(found.recordings.into_iter().map(|recording| (recording.created_at, recording.id)));
        match found.next {
            None => break,
            next => page.token = next.map(|token| token.to_string().parse().expect("a token survives its text")),
        }
    }
    assert_eq!(listed, expected);
}

pub(crate) async fn filters_narrow_a_list(backend: Backend) {
    let store = &backend.store;
    for (number, title) in [(0, "Budget 100%"), (1, "ÜBERSICHT"), (2, "周会_预算"), (3, "budget review")] {
        let mut recording = samples::recording(&backend.tenant_id, &format!("rec{number}"));
        title.clone_into(&mut recording.title);
        recording.created_at = at(number);
        recording.host_user_id = user_id(if number == 3 { "boss" } else { "host" });
        let guests = if number == 2 { vec![(user_id("guest"), Relation::Viewer)] } else { vec![] };
        store.insert_recording(&recording, &[], &guests, now()).await.expect("inserted");
    }
    let live = RecordingState::Live { started_at: at(1) };
    store.save_recording(&Recording { state: live, ..load(&backend, "rec1").await }).await.expect("saved");
    let mut trashed = load(&backend, "rec0").await;
    trashed.version = store.save_recording(&trashed).await.expect("saved").version;

    let check = async |filter: RecordingFilter, expected: &[&str]| {
        let page = store.list_recordings(&backend.tenant_id, &filter, &Page::default()).await.expect("listed");
        let found: Vec<&str> = page.recordings.iter().map(|recording| recording.id.as_str()).collect();
        assert_eq!(found, expected, "{filter:?}");
    };
    let title = |text: &str| RecordingFilter { title_contains: Some(text.to_owned()), ..RecordingFilter::default() };
    check(RecordingFilter::default(), &["rec3", "rec2", "rec1", "rec0"]).await;
    check(title("BUDGET"), &["rec3", "rec0"]).await;
    check(title("übersicht"), &["rec1"]).await;
    check(title("会_预"), &["rec2"]).await;
    check(title("%"), &["rec0"]).await;
    check(title("t_1"), &[]).await;
    let filter = RecordingFilter { states: vec!["live".to_owned(), "paused".to_owned()], ..Default::default() };
    check(filter, &["rec1"]).await;
    let filter = RecordingFilter { host_user_id: Some(user_id("boss")), ..Default::default() };
    check(filter, &["rec3"]).await;
    let filter = RecordingFilter { visible_to: Some(user_id("guest")), ..Default::default() };
    check(filter, &["rec2"]).await;
    let filter = RecordingFilter { created_from: Some(at(1)), created_until: Some(at(3)), ..Default::default() };
    check(filter, &["rec2", "rec1"]).await;
    let visible = store.list_visible_recording_ids(&backend.tenant_id, &user_id("host")).await.expect("listed");
    assert_eq!(visible, ["rec0", "rec1", "rec2"].map(recording_id));

    trashed.disposal = Disposal::Trashed { until: at(5) };
    store.save_recording(&trashed).await.expect("saved");
    check(title("budget"), &["rec3"]).await;
}

pub(crate) async fn work_and_unfinished_recordings_are_found(backend: Backend) {
    let store = &backend.store;
    for id in ["requested", "sealed", "failed"] {
        backend.insert_recording(id).await;
    }
    let failed = RecordingState::Failed { started_at: None, failed_at: at(3), reason: FailureReason::RecorderLost };
    for (id, state) in [("sealed", samples::sealed()), ("failed", failed)] {
        store.save_recording(&Recording { state, ..load(&backend, id).await }).await.expect("saved");
    }
    let ids = |recordings: Vec<Recording>| recordings.into_iter().map(|found| found.id.to_string()).collect::<Vec<_>>();
    assert_eq!(ids(store.list_unfinished_recordings().await.expect("listed")), ["requested"]);
    assert_eq!(ids(store.list_recordings_needing_work(10).await.expect("listed")), ["sealed"]);
    let payload = JobPayload::Transcribe { recording_id: recording_id("sealed") };
    store.enqueue_job(&backend.tenant_id, backend.ids.job_id(), &payload, now()).await.expect("added");
    assert!(store.list_recordings_needing_work(10).await.expect("listed").is_empty(), "its job is queued");
    let claimed = store.claim_job(&["transcribe"], now(), 1000).await.expect("claimed").expect("a job");
    store.complete_job(&claimed, now()).await.expect("done");
    assert_eq!(ids(store.list_recordings_needing_work(10).await.expect("listed")), ["sealed"], "nothing was written");
}

pub(crate) async fn roster_and_relations_are_kept(backend: Backend) {
    let store = &backend.store;
    let person = |id: &str, name: &str| Participant {
        id: samples::participant_id(id),
        display_name: name.to_owned(),
        user_id: (id == "zoe").then(|| user_id("usr_zoe")),
        language: (id == "zoe").then_some(model::Language::Mandarin),
    };
    let recording = samples::recording(&backend.tenant_id, "rec");
    let relations = [(user_id("host"), Relation::Host), (user_id("usr_zoe"), Relation::Participant)];
    let roster = [person("zoe", "佐伊"), person("abe", "Abe")];
    store.insert_recording(&recording, &roster, &relations, now()).await.expect("inserted");
    assert_eq!(store.load_participants(&recording.id).await.expect("read"), roster);
    store.upsert_participant(&recording.id, &person("late", "Late")).await.expect("added");
    store.upsert_participant(&recording.id, &person("abe", "Abraham")).await.expect("changed");
    let roster = [person("zoe", "佐伊"), person("abe", "Abraham"), person("late", "Late")];
    assert_eq!(store.load_participants(&recording.id).await.expect("read"), roster);

    assert_eq!(store.load_relations(&recording.id).await.expect("read"), relations);
    store.upsert_relation(&recording.id, &user_id("usr_zoe"), Relation::CoHost).await.expect("changed");
    let relation = store.load_relation(&recording.id, &user_id("usr_zoe")).await.expect("read");
    assert_eq!(relation, Some(Relation::CoHost));
    assert_eq!(store.load_relation(&recording.id, &user_id("nobody")).await.expect("read"), None);
    let error = store.upsert_participant(&recording_id("none"), &roster[0]).await.expect_err("no such recording");
    assert!(matches!(error, Error::NotFound { what: "recording", .. }), "{error}");
}

pub(crate) async fn changes_are_announced_after_their_commit(backend: Backend) {
    let recording = backend.insert_recording("rec").await;
    let mut changes = backend.store.changes();
    let store = backend.store.clone();
    let saved = tokio::time::timeout(Duration::from_secs(10), async {
        let (saved, change) = tokio::join!(store.save_recording(&recording), changes.recv());
        let change = change.expect("a change");
        assert_eq!((change.kind, &change.recording_id), (ChangeKind::Recording, &recording.id));
        assert_eq!(change.tenant_id, backend.tenant_id);
        saved.expect("saved")
    });
    let saved = saved.await.expect("announced");
    backend.store.save_recording(&recording).await.expect_err("an old version");
    assert!(changes.try_recv().is_err(), "what failed is not announced");
    assert_eq!(load(&backend, "rec").await, saved);
}

async fn load(backend: &Backend, id: &str) -> Recording {
    let recording = backend.store.load_recording(&backend.tenant_id, &recording_id(id)).await;
    recording.expect("read").expect("it exists")
}
