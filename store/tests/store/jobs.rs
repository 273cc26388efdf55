use std::collections::HashMap;
use std::time::Duration;

use model::{JobId, JobPayload, JobState};
use store::{ClaimedJob, Error, IdSource as _};
use tokio::task::JoinSet;

use crate::backend::{Backend, now};
use crate::samples::{at, recording_id, tenant_id};

const KINDS: &[&str] = JobPayload::KINDS;
const LEASE_MS: u64 = 10_000;

fn transcribe(id: &str) -> JobPayload {
    JobPayload::Transcribe { recording_id: recording_id(id) }
}

async fn enqueue(backend: &Backend, payload: &JobPayload) -> JobId {
    let added = backend.store.enqueue_job(&backend.tenant_id, backend.ids.job_id(), payload, now()).await;
    added.expect("added")
}

async fn claim(backend: &Backend, seconds: i64) -> Option<ClaimedJob> {
    backend.store.claim_job(KINDS, at(seconds), LEASE_MS).await.expect("claimed")
}

pub(crate) async fn a_recording_has_one_live_job_of_a_kind(backend: Backend) {
    let store = &backend.store;
    let recording = backend.insert_recording("rec").await;
    let mut adders = JoinSet::new();
    for _ in 0..8 {
        let (store, tenant_id, id) = (store.clone(), backend.tenant_id.clone(), backend.ids.job_id());
        adders.spawn(async move { store.enqueue_job(&tenant_id, id, &transcribe("rec"), now()).await.expect("added") });
    }
    let ids = adders.join_all().await;
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let summarize = JobPayload::Summarize { recording_id: recording.id.clone() };
    assert_ne!(enqueue(&backend, &summarize).await, ids[0], "another kind is another job");
    let claimed = store.claim_job(&["transcribe"], now(), LEASE_MS).await.expect("claimed").expect("a job");
    assert_eq!(enqueue(&backend, &transcribe("rec")).await, ids[0], "a running job counts");
    store.complete_job(&claimed, now()).await.expect("done");
    assert_ne!(enqueue(&backend, &transcribe("rec")).await, ids[0], "a finished job does not");
    assert_eq!(store.list_jobs(&recording.id).await.expect("listed").len(), 3);
    let stranger = tenant_id("stranger");
    let error =
        store.enqueue_job(&stranger, backend.ids.job_id(), &transcribe("rec"), now()).await.expect_err("not theirs");
    assert!(matches!(error, Error::NotFound { what: "recording", .. }), "{error}");
    assert_eq!(store.load_job(&stranger, &ids[0]).await.expect("read"), None);
}

pub(crate) async fn no_two_claimers_get_the_same_job(backend: Backend) {
    const JOBS: usize = 30;
    for number in 0..JOBS {
        backend.insert_recording(&format!("rec{number}")).await;
        enqueue(&backend, &transcribe(&format!("rec{number}"))).await;
    }
    let mut claimers = JoinSet::new();
    for _ in 0..6 {
        let store = backend.store.clone();
        claimers.spawn(async move {
            let mut claimed = Vec::new();
            // PostgreSQL passes locked rows, so an empty answer may only mean that all are being claimed right now.
            let mut empty_answers = 0;
            while empty_answers < 3 {
                match store.claim_job(KINDS, now(), LEASE_MS).await.expect("claimed") {
                    Some(job) => claimed.push(job),
                    None => empty_answers += 1,
                }
            }
            claimed
        });
    }
    let mut times_claimed: HashMap<JobId, u32> = HashMap::new();
    for claimed in claimers.join_all().await.into_iter().flatten() {
        assert_eq!(claimed.attempt, 1);
        *times_claimed.entry(claimed.job.id).or_default() += 1;
    }
    assert_eq!(times_claimed.len(), JOBS);
    assert!(times_claimed.values().all(|times| *times == 1), "{times_claimed:?}");
}

pub(crate) async fn a_lost_lease_changes_nothing(backend: Backend) {
    let store = &backend.store;
    backend.insert_recording("rec").await;
    let id = enqueue(&backend, &transcribe("rec")).await;
    let first = claim(&backend, 100).await.expect("a job");
    assert_eq!(first.job.state, JobState::Running { lease_until: at(110) });
    assert_eq!(claim(&backend, 109).await, None, "the lease holds");
    store.heartbeat_job(&first, 40, at(109), LEASE_MS).await.expect("prolonged");
    assert_eq!(claim(&backend, 118).await, None, "the lease was prolonged");
    let second = claim(&backend, 119).await.expect("the lease ran out");
    assert_eq!((second.attempt, &second.job.id, second.job.progress_percent), (2, &id, 0));

    let late = [
        store.heartbeat_job(&first, 90, at(120), LEASE_MS).await,
        store.complete_job(&first, at(120)).await,
        store.retry_job(&first, "late", at(120), at(120)).await,
        store.bury_job(&first, "late", at(120)).await,
    ];
    for outcome in late {
        assert!(matches!(outcome, Err(Error::LeaseLost { attempt: 1, .. })), "{outcome:?}");
    }
    let job = store.load_job(&backend.tenant_id, &id).await.expect("read").expect("it exists");
    assert_eq!(job, second.job, "the late worker changed nothing");
    store.complete_job(&second, at(121)).await.expect("done");
    let error = store.complete_job(&second, at(122)).await.expect_err("it has ended");
    assert!(matches!(error, Error::LeaseLost { attempt: 2, .. }), "{error}");
    let job = store.load_job(&backend.tenant_id, &id).await.expect("read").expect("it exists");
    assert_eq!((job.state, job.progress_percent), (JobState::Done { finished_at: at(121) }, 100));
    assert_eq!(claim(&backend, 10_000).await, None);
}

pub(crate) async fn failed_jobs_wait_and_die(backend: Backend) {
    let store = &backend.store;
    for id in ["rec", "rec2"] {
        backend.insert_recording(id).await;
    }
    let id = enqueue(&backend, &transcribe("rec")).await;
    let first = claim(&backend, 100).await.expect("a job");
    store.retry_job(&first, "whisper ran out of memory", at(130), at(101)).await.expect("given back");
    assert_eq!(claim(&backend, 129).await, None, "too early");
    let younger = enqueue(&backend, &transcribe("rec2")).await;
    let second = claim(&backend, 131).await.expect("a job");
    assert_eq!(second.job.id, younger, "the one that has been due the longest comes first");
    let third = claim(&backend, 131).await.expect("a job");
    assert_eq!((&third.job.id, third.attempt), (&id, 2));
    assert_eq!(third.job.last_problem.as_deref(), Some("whisper ran out of memory"));
    store.bury_job(&third, "again", at(140)).await.expect("given up");
    let job = store.load_job(&backend.tenant_id, &id).await.expect("read").expect("it exists");
    assert_eq!((job.state, job.last_problem.as_deref()), (JobState::Dead { finished_at: at(140) }, Some("again")));
    assert_eq!(store.claim_job(&["summarize"], at(10_000), LEASE_MS).await.expect("claimed"), None, "other kinds only");
    assert_eq!(store.claim_job(&[], at(10_000), LEASE_MS).await.expect("claimed"), None);
}

pub(crate) async fn adding_a_job_wakes_workers(backend: Backend) {
    backend.insert_recording("rec").await;
    let woken = backend.store.job_added().notified();
    enqueue(&backend, &transcribe("rec")).await;
    tokio::time::timeout(Duration::from_secs(10), woken).await.expect("woken by a job added after the future was made");
    let woken = backend.store.job_added().notified();
    let claimed = claim(&backend, 100).await.expect("a job");
    backend.store.retry_job(&claimed, "once more", at(100), at(100)).await.expect("given back");
    tokio::time::timeout(Duration::from_secs(10), woken).await.expect("woken by a job given back");
}
