use bytes::Bytes;
use model::{Recording, Rendition};
use store::{CipherError, Error, ObjectKey};
use tokio::task::JoinSet;

use crate::backend::{Backend, now};
use crate::samples::{self, at, tenant_id};

const INIT: ObjectKey = ObjectKey::Init { rendition: Rendition::Video, epoch: 0 };

fn content(length: usize) -> Bytes {
    (0..length).map(|index| (index * 7 + index / 256) as u8).collect()
}

pub(crate) async fn content_returns_whole_and_in_ranges(backend: Backend) {
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    let recording = backend.insert_recording("rec").await;
    for (epoch, length) in [(0, 0), (1, 1), (2, 65_536), (3, 300_001)] {
        let (key, content) = (ObjectKey::Init { rendition: Rendition::Audio, epoch }, content(length));
        let object = store.write_object(tenant_id, &recording.id, &key, content.clone(), now()).await.expect("written");
        assert_eq!((object.bytes, &object.sha256), (length as u64, &samples::sha256(&content)));
        assert_eq!(object.path, format!("acme/rec/audio/init-{epoch}.mp4"));
        assert_eq!(std::fs::metadata(backend.file_of(&object.path)).expect("a file").len(), object.stored_bytes);
        assert_eq!(store.read_object(tenant_id, &recording.id, &key).await.expect("read"), content);
        assert_eq!(store.object(&recording.id, &key).await.expect("read"), Some(object));
        let end = length as u64;
        let ranges =
            [0..0, 0..end, 0..end.min(1), end.saturating_sub(1)..end, end / 3..end / 2, end / 2..end, end..end];
        for range in ranges {
            let expected = content.slice(range.start as usize..range.end as usize);
            let read = store.read_object_range(tenant_id, &recording.id, &key, range.clone()).await;
            assert_eq!(read.expect("read"), expected, "{range:?} of {length}");
        }
        let error = store.read_object_range(tenant_id, &recording.id, &key, 0..end + 1).await.expect_err("too far");
        assert!(matches!(error, Error::Range { .. }), "{error}");
    }
    let listed = store.list_objects(&recording.id).await.expect("listed");
    let paths: Vec<&str> = listed.iter().map(|object| object.path.as_str()).collect();
    assert!(paths.len() == 4 && paths.is_sorted(), "{paths:?}");
}

pub(crate) async fn content_is_unreadable_at_rest(backend: Backend) {
    let recording = backend.insert_recording("rec").await;
    let secret = Bytes::from_static(b"the acquisition closes on Friday");
    let object =
        backend.store.write_object(&backend.tenant_id, &recording.id, &ObjectKey::Events, secret.clone(), now());
    let stored = std::fs::read(backend.file_of(&object.await.expect("written").path)).expect("a file");
    assert!(stored.starts_with(b"HUIJI\x01"), "the header names format and version");
    assert!(!stored.windows(8).any(|window| secret.windows(8).any(|part| part == window)));
    let other = tenant_id("other");
    backend.insert_tenant(&other).await;
    let error = backend.store.read_object(&other, &recording.id, &ObjectKey::Events).await.expect_err("not theirs");
    assert!(matches!(error, Error::NotFound { what: "object", .. }), "{error}");
}

pub(crate) async fn damage_is_named(backend: Backend) {
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    let recording = backend.insert_recording("rec").await;
    let write = async |key: &ObjectKey, length| {
        let written = store.write_object(tenant_id, &recording.id, key, content(length), now()).await.expect("written");
        (std::fs::read(backend.file_of(&written.path)).expect("a file"), written.path)
    };
    let read = async || store.read_object(tenant_id, &recording.id, &INIT).await.expect_err("damaged");
    let (stored, path) = write(&INIT, 200_000).await;

    let mut changed = stored.clone();
    changed[100_000] ^= 4;
    backend.plant(&path, &changed);
    let error = read().await;
    let inauthentic = CipherError::Inauthentic { chunk: 1 };
    assert!(matches!(&error, Error::Decrypt { key, source } if *key == path && *source == inauthentic), "{error:?}");
    let part = store.read_object_range(tenant_id, &recording.id, &INIT, 0..60_000).await.expect("chunk 0 is whole");
    assert_eq!(part, content(60_000));

    backend.plant(&path, &stored[..stored.len() - 10]);
    let error = read().await;
    assert!(matches!(&error, Error::ObjectDamaged { key, .. } if *key == path), "{error:?}");
    let error = store.read_object_range(tenant_id, &recording.id, &INIT, 199_000..200_000).await.expect_err("cut off");
    assert!(matches!(error, Error::Decrypt { source: CipherError::WrongLength { .. }, .. }), "{error:?}");

    let (other, _) = write(&ObjectKey::Events, 200_000).await;
    backend.plant(&path, &other);
    let error = read().await;
    assert!(matches!(error, Error::Decrypt { source: CipherError::Inauthentic { chunk: 0 }, .. }), "moved: {error:?}");

    std::fs::remove_file(backend.file_of(&path)).expect("removed");
    let error = read().await;
    assert!(matches!(&error, Error::ObjectMissing { key } if *key == path), "{error:?}");
    assert!(!error.is_transient());

    write(&INIT, 200_000).await;
    let whole = store.read_object(tenant_id, &recording.id, &INIT).await.expect("writing it again heals it");
    assert_eq!(whole, content(200_000));
}

pub(crate) async fn immutable_objects_stay(backend: Backend) {
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    let recording = backend.insert_recording("rec").await;
    let mut writers = JoinSet::new();
    for number in 0..8_usize {
        let (store, tenant_id, recording) = (store.clone(), tenant_id.clone(), recording.clone());
        let content = content(1000 + number % 2);
        writers.spawn(async move { store.write_object(&tenant_id, &recording.id, &INIT, content, now()).await });
    }
    let mut lengths = Vec::new();
    while let Some(written) = writers.join_next().await {
        match written.expect("no panic") {
            Ok(object) => lengths.push(object.bytes as usize),
            Err(error) => assert!(matches!(error, Error::Conflict { what: "object", .. }), "{error}"),
        }
    }
    assert_eq!(lengths.len(), 4, "the writers of the first content");
    let read = store.read_object(tenant_id, &recording.id, &INIT).await.expect("read");
    assert!(lengths.iter().all(|length| *length == read.len()) && read == content(read.len()));

    for length in [10, 20] {
        let key = &ObjectKey::Manifest;
        store.write_object(tenant_id, &recording.id, key, content(length), now()).await.expect("written anew");
        assert_eq!(store.read_object(tenant_id, &recording.id, key).await.expect("read"), content(length));
    }
}

pub(crate) async fn a_crash_between_object_and_row_heals(backend: Backend) {
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    let recording = backend.insert_recording("rec").await;
    let path = INIT.text(tenant_id, &recording.id);
    backend.plant(&path, b"left behind by a process that died before its row");
    let error = store.read_object(tenant_id, &recording.id, &INIT).await.expect_err("what has no row is not there");
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
    store.write_object(tenant_id, &recording.id, &INIT, content(500), now()).await.expect("written over");
    assert_eq!(store.read_object(tenant_id, &recording.id, &INIT).await.expect("read"), content(500));
    // The file of a crash that came before the name was given is no object and disturbs nothing.
    backend.plant("acme/rec/video/init-1.part-1-1", b"half");
    assert_eq!(store.list_objects(&recording.id).await.expect("listed").len(), 1);
}

pub(crate) async fn the_ledger_counts_what_is_stored(backend: Backend) {
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    let recording = backend.insert_recording("rec").await;
    let usage = async || store.tenant_usage(tenant_id, at(0)).await.expect("read").stored_bytes;
    assert_eq!(usage().await, 0);
    let write = async |recording: &Recording, key: &ObjectKey, length| {
        let written = store.write_object(tenant_id, &recording.id, key, content(length), now()).await;
        written.expect("written").stored_bytes
    };
    let init = write(&recording, &INIT, 1000).await;
    assert_eq!(init, 32 + 1000 + 16);
    write(&recording, &INIT, 1000).await;
    assert_eq!(usage().await, init, "the same object counts once");
    write(&recording, &ObjectKey::Manifest, 5000).await;
    let manifest = write(&recording, &ObjectKey::Manifest, 10).await;
    assert_eq!(usage().await, init + manifest, "what is replaced no longer counts");
    let second = backend.insert_recording("rec2").await;
    let other = write(&second, &INIT, 1).await;
    assert_eq!(usage().await, init + manifest + other);
}

pub(crate) async fn a_large_file_becomes_an_object(backend: Backend) {
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    let recording = backend.insert_recording("rec").await;
    let directory = tempfile::tempdir().expect("a directory");
    let source = directory.path().join("remuxed.mp4");
    let key = &ObjectKey::DownloadMp4;
    // More than two parts of an S3 upload, the end in the middle of a chunk; then nothing at all.
    for length in [40_000_001, 0] {
        let content = content(length);
        std::fs::write(&source, &content).expect("written");
        let object = store.write_object_file(tenant_id, &recording.id, key, &source, now()).await.expect("written");
        assert_eq!((object.bytes, &object.sha256), (length as u64, &samples::sha256(&content)));
        assert_eq!(store.object(&recording.id, key).await.expect("read"), Some(object.clone()));
        assert_eq!(std::fs::metadata(backend.file_of(&object.path)).expect("a file").len(), object.stored_bytes);
        assert!(store.read_object(tenant_id, &recording.id, key).await.expect("read") == content);
        let middle = length as u64 / 2..length as u64 / 2 + length.min(100) as u64;
        let read = store.read_object_range(tenant_id, &recording.id, key, middle.clone()).await.expect("read");
        assert_eq!(read, content.slice(middle.start as usize..middle.end as usize));
    }
    let left: Vec<_> =
        std::fs::read_dir(directory.path()).expect("listed").flatten().map(|entry| entry.path()).collect();
    assert_eq!(left, std::slice::from_ref(&source), "the encrypted copy is gone");
    let missing = directory.path().join("none.mp4");
    let error = store.write_object_file(tenant_id, &recording.id, key, &missing, now()).await.expect_err("no file");
    assert!(matches!(&error, Error::SourceFile { path, .. } if path.ends_with("none.mp4")), "{error}");
    let error = store.write_object_file(tenant_id, &recording.id, &INIT, &source, now()).await.expect_err("immutable");
    assert!(matches!(error, Error::Conflict { what: "object", .. }), "{error}");
}
