use model::{
    ActionStatus, JobPayload, LineId, LineReview, LineVerdict, Minutes, MinutesAuthor, Participant, Recording,
    Relation, StageOutcome, TranscriptEdit, next_step,
};
use store::{Error, ObjectKey, OutboxKind, Stage, TranscriptVersion};
use tokio::task::JoinSet;

use crate::backend::{Backend, now};
use crate::samples;

async fn load(backend: &Backend, recording: &Recording) -> Recording {
    let loaded = backend.store.load_recording(&backend.tenant_id, &recording.id).await;
    loaded.expect("read").expect("it exists")
}

pub(crate) async fn versions_follow_one_another(backend: Backend) {
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    let recording = backend.insert_recording("rec").await;
    let sealed = Recording { state: samples::sealed(), ..recording };
    let recording = store.save_recording(&sealed).await.expect("saved");
    let first = samples::transcript(&recording, 1, "我们决定下周发布");
    let second = samples::transcript(&recording, 2, "corrected");
    let error = store.save_transcript(tenant_id, &second, now()).await.expect_err("one is missing");
    assert!(matches!(error, Error::Conflict { what: "transcript", .. }), "{error}");
    assert_eq!(store.load_transcript(tenant_id, &recording.id, None).await.expect("read"), None);
    for _ in 0..2 {
        store.save_transcript(tenant_id, &first, now()).await.expect("saved, also again");
    }
    let changed = samples::transcript(&recording, 1, "other words");
    let error = store.save_transcript(tenant_id, &changed, now()).await.expect_err("a version never changes");
    assert!(matches!(error, Error::Conflict { .. }), "{error}");
    let loaded = load(&backend, &recording).await;
    assert_eq!(loaded.processing.transcript, StageOutcome::Done { version: 1 });
    assert_eq!(loaded.version, recording.version + 1, "saving again is no change");
    assert!(matches!(next_step(&loaded), Some(JobPayload::Summarize { .. })));

    store.save_transcript(tenant_id, &second, now()).await.expect("saved");
    store.save_minutes(tenant_id, &samples::minutes(&recording, 1), now()).await.expect("saved");
    for (version, expected) in [(None, Some(&second)), (Some(1), Some(&first)), (Some(3), None)] {
        let loaded = store.load_transcript(tenant_id, &recording.id, version).await.expect("read");
        assert_eq!(loaded.as_ref(), expected, "{version:?}");
    }
    let minutes = store.load_minutes(tenant_id, &recording.id, None).await.expect("read");
    assert_eq!(minutes, Some(samples::minutes(&recording, 1)));
    let nobody = samples::tenant_id("nobody");
    assert_eq!(store.load_transcript(&nobody, &recording.id, None).await.expect("read"), None);
    let outbox = store.read_outbox(tenant_id, 0, 100).await.expect("read");
    let kinds: Vec<_> = outbox.iter().map(|entry| entry.kind).collect();
    let (row, transcript) = (OutboxKind::Recording, OutboxKind::Transcript);
    assert_eq!(kinds, [row, row, transcript, transcript, OutboxKind::Minutes]);
    let work = store.list_recordings_needing_work(10).await.expect("listed");
    let next: Vec<Option<JobPayload>> = work.iter().map(next_step).collect();
    let recheck = Some(JobPayload::Summarize { recording_id: recording.id.clone() });
    assert_eq!(next, [recheck], "these minutes are of the first transcript");
    let checked = Minutes { transcript_version: 2, ..samples::minutes(&recording, 2) };
    store.save_minutes(tenant_id, &checked, now()).await.expect("saved");
    assert!(store.list_recordings_needing_work(10).await.expect("listed").is_empty(), "everything is done");
    let third = samples::transcript(&recording, 3, "we will decide");
    store.save_transcript(tenant_id, &third, now()).await.expect("saved");
    let behind = load(&backend, &recording).await;
    assert_eq!(behind.processing.minutes, StageOutcome::Done { version: 2 }, "there are minutes all the same");
    assert!(matches!(next_step(&behind), Some(JobPayload::Summarize { .. })), "to be checked again");
}

pub(crate) async fn minutes_say_who_made_them_and_whose_the_items_are(backend: Backend) {
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    let recording = samples::recording(tenant_id, "rec");
    let owner = Participant {
        id: samples::participant_id("p1"),
        display_name: "Alice".to_owned(),
        user_id: Some(samples::user_id("alice")),
        language: None,
    };
    let relations = [(samples::user_id("alice"), Relation::Participant)];
    store.insert_recording(&recording, &[owner], &relations, now()).await.expect("inserted");
    store.save_transcript(tenant_id, &samples::transcript(&recording, 1, "we decide"), now()).await.expect("saved");
    let first = samples::minutes(&recording, 1);
    store.save_minutes(tenant_id, &first, now()).await.expect("saved");
    let open = |user: &str| {
        let (store, tenant_id, user_id) = (store.clone(), tenant_id.clone(), samples::user_id(user));
        async move {
            let listed = store.list_action_items(&tenant_id, &user_id, ActionStatus::Open, 10).await.expect("listed");
            listed.into_iter().map(|place| (place.line_id, place.due_date)).collect::<Vec<_>>()
        }
    };
    assert_eq!(open("alice").await, [(LineId(1), Some("2026-12-01".to_owned()))]);
    assert_eq!(open("bob").await, []);
    let done = LineReview { line_id: LineId(1), verdict: LineVerdict::SetStatus { status: ActionStatus::Done } };
    let second = first.clone().reviewed(&[done], samples::user_id("host"), samples::at(95)).expect("fits");
    store.save_minutes(tenant_id, &second, now()).await.expect("saved");
    assert_eq!(open("alice").await, [], "done");
    let late = first.reviewed(
        &[LineReview { line_id: LineId(1), verdict: LineVerdict::Reject }],
        samples::user_id("bob"),
        samples::at(96),
    );
    let error = store.save_minutes(tenant_id, &late.expect("fits"), now()).await.expect_err("version 2 is taken");
    assert!(matches!(error, Error::Conflict { .. }), "{error}");
    let versions = store.list_minutes_versions(&recording.id).await.expect("listed");
    let authors: Vec<_> = versions.iter().map(|version| (version.version, version.revision.author.clone())).collect();
    let host = MinutesAuthor::Person { user_id: samples::user_id("host") };
    assert_eq!(authors, [(2, host), (1, MinutesAuthor::Huiji)]);
}

pub(crate) async fn of_many_writers_of_a_version_one_wins(backend: Backend) {
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    let recording = backend.insert_recording("rec").await;
    let mut writers = JoinSet::new();
    for number in 0..10 {
        let (store, tenant_id) = (store.clone(), tenant_id.clone());
        let transcript = samples::transcript(&recording, 1, &format!("writer {number}"));
        writers.spawn(async move { store.save_transcript(&tenant_id, &transcript, now()).await.map(|()| transcript) });
    }
    let mut winners = Vec::new();
    while let Some(saved) = writers.join_next().await {
        match saved.expect("no panic") {
            Ok(transcript) => winners.push(transcript),
            Err(error) => assert!(matches!(error, Error::Conflict { .. }), "{error}"),
        }
    }
    assert_eq!(winners.len(), 1);
    let loaded = store.load_transcript(tenant_id, &recording.id, None).await.expect("the winner's object is stored");
    assert_eq!(loaded.as_ref(), winners.first());
}

pub(crate) async fn edits_name_their_author_and_what_they_changed(backend: Backend) {
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    let recording = backend.insert_recording("rec").await;
    let first = samples::transcript(&recording, 1, "we decide");
    store.save_transcript(tenant_id, &first, now()).await.expect("saved");
    let (alice, bob) = (samples::user_id("alice"), samples::user_id("bob"));
    let utterance_id = first.utterances[0].id.clone();
    let edit = TranscriptEdit::CorrectUtterance { utterance_id: utterance_id.clone(), text: "we decided".to_owned() };
    let second = first.edited(edit.clone(), &[], alice.clone(), samples::at(90)).expect("edited");
    store.save_transcript(tenant_id, &second, samples::at(90)).await.expect("saved");
    // Somebody else edits what is no longer the latest.
    let late = first.edited(edit, &[], bob.clone(), samples::at(91)).expect("edited");
    let error = store.save_transcript(tenant_id, &late, samples::at(91)).await.expect_err("version 2 is taken");
    assert!(matches!(error, Error::Conflict { .. }), "{error}");
    let third = second.restored(first.clone(), bob.clone(), samples::at(92)).expect("restored");
    store.save_transcript(tenant_id, &third, samples::at(92)).await.expect("saved");

    let versions = store.list_transcript_versions(tenant_id, &recording.id).await.expect("listed");
    let version = |version, created_at, author, edit_kind: Option<&str>, restored_version| TranscriptVersion {
        version,
        created_at,
        author,
        edit_kind: edit_kind.map(str::to_owned),
        restored_version,
    };
    let expected = [
        version(1, now(), None, None, None),
        version(2, samples::at(90), Some(alice), Some("correct_utterance"), None),
        version(3, samples::at(92), Some(bob), Some("restore_version"), Some(1)),
    ];
    assert_eq!(versions, expected);
    let nobody = samples::tenant_id("nobody");
    assert_eq!(store.list_transcript_versions(&nobody, &recording.id).await.expect("listed"), []);
    let difference = store.compare_transcript_versions(tenant_id, &recording.id, 1, 2).await.expect("read");
    let difference = difference.expect("both exist");
    assert_eq!(difference.changed_utterance_ids(), [utterance_id].into());
    assert_eq!(difference.utterances[0].after.as_ref().expect("there").text, "we decided");
    assert_eq!(store.compare_transcript_versions(tenant_id, &recording.id, 1, 9).await.expect("read"), None);
}

pub(crate) async fn a_crash_before_the_row_heals(backend: Backend) {
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    let recording = backend.insert_recording("rec").await;
    let path = ObjectKey::Transcript { version: 1 }.text(tenant_id, &recording.id);
    backend.plant(&path, b"the object of a transaction that never was");
    assert_eq!(store.load_transcript(tenant_id, &recording.id, None).await.expect("read"), None);
    let transcript = samples::transcript(&recording, 1, "again");
    store.save_transcript(tenant_id, &transcript, now()).await.expect("saved over what was left behind");
    assert_eq!(store.load_transcript(tenant_id, &recording.id, None).await.expect("read"), Some(transcript));
}

pub(crate) async fn a_stage_fails_unless_it_is_done(backend: Backend) {
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    let recording = backend.insert_recording("rec").await;
    store.fail_stage(tenant_id, &recording.id, Stage::Transcript, "no model").await.expect("noted");
    let failed = load(&backend, &recording).await;
    assert_eq!(failed.processing.transcript, StageOutcome::Failed { problem: "no model".to_owned() });
    assert_eq!(failed.processing.minutes, StageOutcome::Waiting);
    let transcript = samples::transcript(&recording, 1, "found a model");
    store.save_transcript(tenant_id, &transcript, now()).await.expect("a later attempt succeeds");
    let error = store.fail_stage(tenant_id, &recording.id, Stage::Transcript, "too late").await;
    assert!(matches!(error, Err(Error::Conflict { .. })), "{error:?}");
    let done = load(&backend, &recording).await.processing;
    assert_eq!(done.transcript, StageOutcome::Done { version: 1 });
}

/// A reader that remembers the last number it saw must meet every note, however many transactions write at once.
pub(crate) async fn the_outbox_never_skips(backend: Backend) {
    const WRITERS: i64 = 6;
    const SAVES: i64 = 8;
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    let mut writers = JoinSet::new();
    for number in 0..WRITERS {
        let recording = backend.insert_recording(&format!("rec{number}")).await;
        let store = store.clone();
        writers.spawn(async move {
            let mut recording = recording;
            for _ in 0..SAVES {
                recording = store.save_recording(&recording).await.expect("saved");
            }
        });
    }
    let mut seen = Vec::new();
    let total = WRITERS * (SAVES + 1);
    loop {
        let finished = writers.is_empty();
        let after = seen.last().copied().unwrap_or(0);
        let entries = store.read_outbox(tenant_id, after, 7).await.expect("read");
        if entries.is_empty() && finished {
            break;
        }
        seen.extend(entries.iter().map(|entry| entry.seq));
        while let Some(outcome) = writers.try_join_next() {
            outcome.expect("no panic");
        }
    }
    assert_eq!(seen, (1..=total).collect::<Vec<_>>());
    assert_eq!(store.last_outbox_seq(tenant_id).await.expect("read"), total);
    let of_first = store.last_outbox_seq_of(&samples::recording_id("rec0")).await.expect("read");
    assert!(of_first > 0 && of_first <= total);
    assert_eq!(store.last_outbox_seq_of(&samples::recording_id("none")).await.expect("read"), 0);
}
