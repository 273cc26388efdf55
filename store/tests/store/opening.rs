use bytes::Bytes;
use store::{Error, MasterKey, ObjectKey, ObjectSettings, Store, StoreSettings};
use tokio::task::JoinSet;

use crate::backend::{Backend, now};
use crate::samples::at;

pub(crate) async fn everything_survives_a_restart(backend: Backend) {
    let recording = backend.insert_recording("rec").await;
    let content = Bytes::from_static(b"kept");
    let (tenant_id, key) = (&backend.tenant_id, &ObjectKey::Events);
    backend.store.write_object(tenant_id, &recording.id, key, content.clone(), now()).await.expect("written");
    backend.store.close().await;
    let error = backend.store.load_recording(tenant_id, &recording.id).await.expect_err("closed");
    assert!(matches!(error, Error::Database { .. }), "{error}");
    let store = backend.reopen().await;
    assert_eq!(store.load_recording(tenant_id, &recording.id).await.expect("read"), Some(recording.clone()));
    assert_eq!(store.read_object(tenant_id, &recording.id, key).await.expect("read"), content);
    store.check_objects().await.expect("the object store can be used");
}

pub(crate) async fn processes_may_open_together(backend: Backend) {
    let settings = StoreSettings { database: backend.empty_database().await, ..backend.settings.clone() };
    let mut openers = JoinSet::new();
    for _ in 0..5 {
        let settings = settings.clone();
        openers.spawn(async move { Store::open(settings).await.expect("opens beside the others") });
    }
    let stores = openers.join_all().await;
    assert!(stores[4].list_tenants().await.expect("the schema is there").is_empty());
    Store::open(settings).await.expect("and once more, with nothing left to do");
}

pub(crate) async fn another_master_key_is_named(backend: Backend) {
    let recording = backend.insert_recording("rec").await;
    let key = &ObjectKey::Events;
    let written =
        backend.store.write_object(&backend.tenant_id, &recording.id, key, Bytes::from_static(b"x"), now()).await;
    written.expect("written");
    let master_key = MasterKey::parse(&"77".repeat(32)).expect("valid");
    let store = Store::open(StoreSettings { master_key, ..backend.settings.clone() }).await.expect("opens");
    let error = store.read_object(&backend.tenant_id, &recording.id, key).await.expect_err("another key");
    assert!(matches!(error, Error::WrongMasterKey { .. }), "{error}");
    backend.insert_recording("rec2").await;
    backend
        .sql("UPDATE data_keys SET wrapped_key = (SELECT wrapped_key FROM data_keys WHERE recording_id = 'rec2')")
        .await;
    let error =
        backend.store.read_object(&backend.tenant_id, &recording.id, key).await.expect_err("another's data key");
    assert!(matches!(error, Error::DataKey { .. }), "{error}");
}

pub(crate) async fn a_newer_schema_is_refused(backend: Backend) {
    backend.sql("INSERT INTO schema_migrations (version, sha256) VALUES (999, 'x')").await;
    let error = Store::open(backend.settings.clone()).await.expect_err("a newer huiji was here");
    assert!(matches!(error, Error::Schema { version: 999, .. }), "{error}");
    backend.sql("DELETE FROM schema_migrations WHERE version = 999").await;
    backend.sql("UPDATE schema_migrations SET sha256 = 'edited'").await;
    let error = Store::open(backend.settings.clone()).await.expect_err("another text");
    assert!(matches!(error, Error::Schema { version: 1, .. }), "{error}");
}

pub(crate) async fn a_dead_object_store_is_a_transient_error(backend: Backend) {
    let recording = backend.insert_recording("rec").await;
    let closed_port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("bound").port()
    };
    let objects = ObjectSettings::S3 {
        endpoint: Some(format!("http://127.0.0.1:{closed_port}")),
        region: "us-east-1".to_owned(),
        bucket: "b".to_owned(),
        prefix: String::new(),
        access_key_id: "id".to_owned(),
        secret_access_key: "hunter2".to_owned(),
    };
    let settings = StoreSettings { objects, ..backend.settings.clone() };
    let store = Store::open(settings.clone()).await.expect("opens without asking it");
    let key = &ObjectKey::Events;
    let written = store.write_object(&backend.tenant_id, &recording.id, key, Bytes::from_static(b"x"), at(1)).await;
    let error = written.expect_err("nobody listens");
    assert!(matches!(&error, Error::Object { action: "write", key, .. } if key == "acme/rec/events.jsonl"), "{error}");
    assert!(error.is_transient());
    assert_eq!(store.list_objects(&recording.id).await.expect("listed"), [], "what is not written is not listed");
    assert!(!format!("{store:?} {settings:?}").contains("hunter2"), "Debug hides the secret");

    let file = backend.file_of("a-file");
    std::fs::create_dir_all(file.parent().expect("a parent")).expect("a directory");
    std::fs::write(&file, "no directory").expect("written");
    let objects = ObjectSettings::Directory { path: file.join("objects") };
    let error = Store::open(StoreSettings { objects, ..backend.settings.clone() }).await.expect_err("not a directory");
    assert!(matches!(&error, Error::MediaDirectory { path, .. } if path.ends_with("a-file/objects")), "{error}");
}
