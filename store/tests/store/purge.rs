use std::future::{Future, poll_fn};
use std::path::Path;
use std::pin::Pin;
use std::task::Poll;

use bytes::Bytes;
use model::{Disposal, HoldScope, Participant, Recording, RecordingId, Rendition};
use store::{DisposalReason, ErasedIndex, Error, IdSource as _, ObjectKey, SeededIds, SignedCertificate, Store};

use crate::backend::{Backend, now};
use crate::holds::hold;
use crate::samples::{self, at, user_id};

const SECRET: &str = "绝密marker9f3c";

fn by_person() -> DisposalReason {
    DisposalReason::Person { user_id: user_id("host") }
}

/// A recording whose every kind of text holds the secret.
async fn insert_secret(backend: &Backend, id: &str) -> Recording {
    let title = format!("{SECRET} title");
    let recording = Recording { title, state: samples::sealed(), ..samples::recording(&backend.tenant_id, id) };
    let guest = Participant {
        id: samples::participant_id("p1"),
        display_name: format!("{SECRET} guest"),
        user_id: Some(user_id("guest")),
        language: None,
    };
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    store.insert_recording(&recording, &[guest], &[], at(1)).await.expect("inserted");
    let content = Bytes::from(format!("{SECRET} content"));
    for sequence in 0..3 {
        let key = ObjectKey::Segment { rendition: Rendition::Audio, sequence };
        store.write_object(tenant_id, &recording.id, &key, content.clone(), now()).await.expect("written");
    }
    store.save_transcript(tenant_id, &samples::transcript(&recording, 1, SECRET), now()).await.expect("saved");
    store.load_recording(tenant_id, &recording.id).await.expect("read").expect("there")
}

async fn trash(backend: &Backend, id: &RecordingId) {
    let trashed = backend.store.trash_recording(&backend.tenant_id, id, at(200), &by_person(), now()).await;
    assert_eq!(trashed.expect("trashed").disposal, Disposal::Trashed { until: at(200) });
}

/// Does what is left of a purge, whatever was done before.
async fn purge(store: &Store, backend: &Backend, id: &RecordingId) -> Result<SignedCertificate, Error> {
    let tenant_id = &backend.tenant_id;
    let recording = store.load_recording(tenant_id, id).await?.expect("the row stays");
    if matches!(recording.disposal, Disposal::Trashed { .. }) {
        store.begin_purge(tenant_id, id, &DisposalReason::TrashOver, at(200)).await?;
    }
    store.delete_purged_objects(tenant_id, id).await?;
    let index = ErasedIndex { outbox_seq: 7, removed_files: vec!["a.store".to_owned()] };
    store.finish_purge(tenant_id, id, index, backend.ids.certificate_id(), at(201)).await
}

fn files_below(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).into_iter().flatten() {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push((path.display().to_string(), std::fs::read(&path).expect("readable")));
        }
    }
    files
}

fn holds_text(content: &[u8], text: &str) -> bool {
    content.windows(text.len()).any(|window| window == text.as_bytes())
}

pub(crate) async fn a_purge_leaves_nothing_but_its_certificate(backend: Backend) {
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    let recording = insert_secret(&backend, "rec").await;
    let kept = backend.insert_recording("kept").await;
    store
        .write_object(tenant_id, &kept.id, &ObjectKey::Events, Bytes::from_static(b"kept"), now())
        .await
        .expect("written");
    backend.plant("acme/rec/left/behind", b"by a crash");
    let objects = store.list_objects(&recording.id).await.expect("listed");
    let rows = backend.dump().await;
    assert!(rows.iter().any(|row| row.contains(SECRET)), "the search for the secret works");
    trash(&backend, &recording.id).await;
    let signed = purge(store, &backend, &recording.id).await.expect("purged");

    assert!(files_below(&backend.file_of("acme/rec")).is_empty());
    assert_eq!(files_below(&backend.file_of("acme/kept")).len(), 1, "nothing else went");
    for row in backend.dump().await {
        assert!(!row.contains(SECRET), "{row}");
    }
    for (file, content) in backend.database_files() {
        assert!(!holds_text(&content, SECRET), "{file} still holds the secret");
    }
    let certificate = signed.verify(&store.public_key()).expect("valid");
    assert_eq!(certificate.objects.len(), 4);
    for (certified, object) in certificate.objects.iter().zip(&objects) {
        assert_eq!((&certified.path, &certified.sha256), (&object.path, &object.sha256));
    }
    assert_eq!((certificate.begun_at, certificate.finished_at), (at(200), at(201)));
    assert_eq!((certificate.trashed_for, certificate.purged_for), (Some(by_person()), DisposalReason::TrashOver));
    assert_eq!((certificate.rows["objects"], certificate.rows["participants"]), (4, 1));
    assert!(!signed.body.contains(SECRET));

    let stored = store.load_recording(tenant_id, &recording.id).await.expect("read").expect("the row stays");
    assert_eq!(stored.disposal, Disposal::Purged { certificate: certificate.id.clone() });
    assert_eq!(store.load_certificate(tenant_id, &recording.id).await.expect("read"), Some(signed.clone()));
    assert_eq!(store.list_certificates(tenant_id, 9).await.expect("read"), std::slice::from_ref(&signed));
    assert_eq!(store.tenant_usage(tenant_id, at(0)).await.expect("read").stored_bytes, backend.bytes_stored());
    let error = store.read_object(tenant_id, &recording.id, &ObjectKey::Transcript { version: 1 }).await;
    assert!(matches!(error, Err(Error::NotFound { .. })), "{error:?}");
    let again = purge(store, &backend, &recording.id).await.expect_err("only once");
    assert!(matches!(again, Error::Conflict { .. }), "{again}");

    let changed = SignedCertificate { body: signed.body.replace("\"rec\"", "\"rex\""), ..signed.clone() };
    for (certificate, key) in [(&changed, store.public_key()), (&signed, "00".repeat(32))] {
        let error = certificate.verify(&key).expect_err("not valid");
        assert!(matches!(error, Error::Certificate { .. }), "{error}");
    }
    for statement in ["DELETE FROM deletion_certificates", "UPDATE deletion_certificates SET body = ''"] {
        backend.try_sql(statement).await.expect_err(statement);
    }
}

pub(crate) async fn a_purge_has_its_order(backend: Backend) {
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    let live = backend.insert_recording("live").await;
    let error = store.trash_recording(tenant_id, &live.id, at(200), &by_person(), now()).await.expect_err("not over");
    assert!(matches!(error, Error::Conflict { what: "recording", .. }), "{error}");
    let recording = insert_secret(&backend, "rec").await;
    let id = &recording.id;
    let refused = |outcome: Result<(), Error>| {
        assert!(matches!(outcome, Err(Error::Conflict { what: "recording", .. })), "{outcome:?}");
    };
    refused(store.begin_purge(tenant_id, id, &by_person(), at(300)).await.map(drop));
    refused(store.delete_purged_objects(tenant_id, id).await);
    let finish = || store.finish_purge(tenant_id, id, ErasedIndex::default(), "crt".to_owned(), at(301));
    refused(finish().await.map(drop));
    refused(store.restore_recording(tenant_id, id, &user_id("host"), now()).await.map(drop));
    trash(&backend, id).await;
    assert_eq!(store.list_trash(tenant_id).await.expect("listed").len(), 1);
    refused(store.begin_purge(tenant_id, id, &DisposalReason::TrashOver, at(199)).await.map(drop));
    let purging = store.begin_purge(tenant_id, id, &by_person(), at(150)).await.expect("a person may be early");
    assert_eq!(store.list_purging().await.expect("listed"), std::slice::from_ref(&purging));
    refused(store.restore_recording(tenant_id, id, &user_id("host"), now()).await.map(drop));
    refused(finish().await.map(drop));
    refused(store.save_recording(&purging).await.map(drop));
    let key = ObjectKey::Transcript { version: 1 };
    let error = store.read_object(tenant_id, id, &key).await.expect_err("the key is gone");
    assert!(matches!(error, Error::NotFound { what: "data key of recording", .. }), "{error}");
    // Whoever still works on it comes too late.
    store.write_object(tenant_id, id, &ObjectKey::Events, Bytes::from_static(b"x"), now()).await.expect_err("no key");
    store.stage_segment(id, &samples::segment(Rendition::Video, 0, b"x"), now()).await.expect_err("too late");
    // A hold that comes now is told so, and does not keep what is unreadable from being cleared away.
    let placed = store.place_hold(&hold(&backend, "hld", HoldScope::Tenant)).await.expect("placed");
    assert_eq!(placed.too_late, std::slice::from_ref(id));
    store.delete_purged_objects(tenant_id, id).await.expect("deleted");
    finish().await.expect("finished");
}

/// Polls a future so many times and then drops it, as a crash would.
async fn crash_after<T>(polls: usize, mut future: Pin<Box<dyn Future<Output = T> + Send + '_>>) -> Option<T> {
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

pub(crate) async fn a_purge_survives_a_crash_at_any_step(backend: Backend) {
    let tenant_id = &backend.tenant_id;
    let (mut crashes, mut polls) = (0, 1);
    loop {
        let id = format!("rec{polls}");
        let recording = insert_secret(&backend, &id).await;
        trash(&backend, &recording.id).await;
        let whole = crash_after(polls, Box::pin(purge(&backend.store, &backend, &recording.id))).await;
        // The next process finds what is left to do.
        let next = backend.reopen().await;
        let stored = next.load_recording(tenant_id, &recording.id).await.expect("read").expect("the row stays");
        let has_key = backend.texts(&format!("SELECT recording_id FROM data_keys WHERE recording_id = '{id}'")).await;
        let is_trashed = matches!(stored.disposal, Disposal::Trashed { .. });
        assert_eq!(has_key.len() == 1, is_trashed, "the key goes with the decision, at {polls} polls");
        if !matches!(stored.disposal, Disposal::Purged { .. }) {
            crashes += 1;
            purge(&next, &backend, &recording.id).await.expect("goes on where it was");
        }
        let signed = next.load_certificate(tenant_id, &recording.id).await.expect("read").expect("one certificate");
        assert_eq!(signed.verify(&next.public_key()).expect("valid").objects.len(), 4, "at {polls} polls");
        assert!(files_below(&backend.file_of(&format!("acme/{id}"))).is_empty());
        next.close().await;
        if matches!(whole, Some(Ok(_))) {
            break;
        }
        // Every point of the short beginning, then closer together than any step is long.
        polls += 1 + polls / 8;
    }
    assert!(crashes > 5, "{crashes} crashes");
    assert!(backend.dump().await.iter().all(|row| !row.contains(SECRET)));
}

/// However writes, deletions and crashes fall, the ledger says what lies there.
pub(crate) async fn the_ledger_equals_what_lies_there(backend: Backend) {
    const OPERATIONS: u64 = 1000;
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    let chance = SeededIds::new(7);
    let mut recordings = Vec::new();
    for number in 0..OPERATIONS {
        let [kind, which, size, polls, ..] = chance.random_bytes();
        if recordings.is_empty() || kind < 8 {
            let recording =
                Recording { state: samples::sealed(), ..samples::recording(tenant_id, &format!("rec{number}")) };
            store.insert_recording(&recording, &[], &[], at(1)).await.expect("inserted");
            recordings.push(recording.id);
            continue;
        }
        let place = usize::from(which) % recordings.len();
        let id = recordings[place].clone();
        if kind < 20 {
            trash(&backend, &id).await;
            if kind < 14 {
                store.restore_recording(tenant_id, &id, &user_id("host"), now()).await.expect("restored");
                continue;
            }
            recordings.remove(place);
            if crash_after(usize::from(polls), Box::pin(purge(store, &backend, &id))).await.is_none() {
                let stored = store.load_recording(tenant_id, &id).await.expect("read").expect("there");
                if !matches!(stored.disposal, Disposal::Purged { .. }) {
                    purge(store, &backend, &id).await.expect("goes on");
                }
            }
            continue;
        }
        let content = Bytes::from(vec![kind; usize::from(size) * 9]);
        let key = match kind % 3 {
            0 => ObjectKey::Segment { rendition: Rendition::Video, sequence: number },
            1 => ObjectKey::DownloadMp4,
            _ => ObjectKey::Events,
        };
        let write = || store.write_object(tenant_id, &id, &key, content.clone(), now());
        if crash_after(usize::from(polls % 12), Box::pin(write())).await.is_none() {
            write().await.expect("written after the crash");
        }
    }
    let ledger = store.storage_ledger(tenant_id).await.expect("read");
    let counted: u64 = ledger.iter().map(|line| line.stored_bytes).sum();
    assert!(counted > 100_000, "{ledger:?}");
    assert_eq!(counted, backend.bytes_stored(), "{ledger:?}");
    assert_eq!(counted, store.tenant_usage(tenant_id, at(0)).await.expect("read").stored_bytes);
    assert!(ledger.iter().all(|line| !line.is_held && line.disposal == "active"), "{ledger:?}");
    store.place_hold(&hold(&backend, "hld", HoldScope::Tenant)).await.expect("placed");
    assert!(store.storage_ledger(tenant_id).await.expect("read").iter().all(|line| line.is_held));
}
