use model::{JobPayload, Plan, PlanName, Recording, Role};
use serde_json::json;
use store::{ApiKey, AuditEntry, Error, IdSource as _, PlaybackSession, Tenant, Usage, User};

use crate::backend::{Backend, now};
use crate::samples::{self, at, recording_id, tenant_id, user_id};

pub(crate) async fn accounts_and_sign_ins(backend: Backend) {
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    let user = |id: &str, user_name: &str| User {
        id: user_id(id),
        tenant_id: tenant_id.clone(),
        user_name: user_name.to_owned(),
        display_name: "李雷".to_owned(),
        role: Role::Compliance,
        password_hash: (id == "u1").then(|| "$argon2id$v=19$…".to_owned()),
    };
    let (first, second) = (user("u1", "lilei"), user("u2", "hanmeimei"));
    for user in [&first, &second] {
        store.insert_user(user).await.expect("inserted");
    }
    let error = store.insert_user(&user("u3", "lilei")).await.expect_err("the name is taken");
    assert!(matches!(error, Error::Conflict { what: "user", .. }), "{error}");
    assert_eq!(store.load_user(tenant_id, &first.id).await.expect("read"), Some(first.clone()));
    assert_eq!(store.load_user(&samples::tenant_id("other"), &first.id).await.expect("read"), None);
    assert_eq!(store.find_user_by_name("hanmeimei").await.expect("read"), Some(second.clone()));
    assert_eq!(store.find_user_by_name("nobody").await.expect("read"), None);
    assert_eq!(store.list_users(tenant_id).await.expect("listed"), [second, first.clone()]);
    assert!(!format!("{first:?}").contains("argon2"), "Debug hides the hash");

    store.insert_sign_in("aa", &first.id, tenant_id, at(200)).await.expect("inserted");
    assert_eq!(store.find_sign_in("aa", at(199)).await.expect("read"), Some(first));
    assert_eq!(store.find_sign_in("aa", at(200)).await.expect("read"), None, "expired");
    assert_eq!(store.find_sign_in("bb", at(1)).await.expect("read"), None, "unknown");
    for _ in 0..2 {
        store.delete_sign_in("aa").await.expect("deleted, also again");
    }
    assert_eq!(store.find_sign_in("aa", at(1)).await.expect("read"), None);
}

pub(crate) async fn api_keys_and_playback_sessions(backend: Backend) {
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    let api_key = ApiKey {
        id: backend.ids.api_key_id(),
        tenant_id: tenant_id.clone(),
        name: "SFU".to_owned(),
        role: Role::Service,
        secret_sha256: "cc".to_owned(),
    };
    store.insert_api_key(&api_key).await.expect("inserted");
    assert_eq!(store.find_api_key("cc").await.expect("read"), Some(api_key.clone()));
    assert_eq!(store.find_api_key("dd").await.expect("read"), None);
    let error = store.insert_api_key(&api_key).await.expect_err("taken");
    assert!(matches!(error, Error::Conflict { what: "API key", .. }), "{error}");

    let recording = backend.insert_recording("rec").await;
    let session = PlaybackSession {
        id: backend.ids.playback_session_id(),
        tenant_id: tenant_id.clone(),
        recording_id: recording.id,
        user_id: user_id("viewer"),
        link_id: None,
        viewer_name: "王 Viewer".to_owned(),
        viewer_role: Role::Compliance,
        token_sha256: "ee".to_owned(),
        created_at: at(100),
        expires_at: at(200),
    };
    store.insert_playback_session(&session).await.expect("inserted");
    assert_eq!(store.find_playback_session("ee", at(199)).await.expect("read"), Some(session.clone()));
    assert_eq!(store.find_playback_session("ee", at(200)).await.expect("read"), None, "expired");
    let error = store.revoke_playback_session(&samples::tenant_id("other"), &session.id, now()).await;
    assert!(matches!(error, Err(Error::NotFound { .. })), "not theirs: {error:?}");
    for _ in 0..2 {
        store.revoke_playback_session(tenant_id, &session.id, at(150)).await.expect("revoked, also again");
    }
    assert_eq!(store.find_playback_session("ee", at(151)).await.expect("read"), None, "revoked");
    let listed = store.list_playback_sessions(&session.recording_id).await.expect("listed");
    assert_eq!(listed, [session], "whoever traces a leak sees every session");
}

pub(crate) async fn plans_and_usage(backend: Backend) {
    let store = &backend.store;
    let other =
        Tenant { id: tenant_id("other"), name: "Other".to_owned(), plan: Plan::published(PlanName::Standard, 7) };
    store.insert_tenant(&other, at(9)).await.expect("inserted");
    assert_eq!(store.load_tenant(&other.id).await.expect("read"), Some(other.clone()));
    assert_eq!(store.load_tenant(&tenant_id("nobody")).await.expect("read"), None);
    assert_eq!(store.list_tenants().await.expect("listed"), [backend.tenant_id.clone(), other.id.clone()]);
    let error = store.insert_tenant(&other, at(9)).await.expect_err("taken");
    assert!(matches!(error, Error::Conflict { what: "tenant", .. }), "{error}");
    let flagship = Plan::published(PlanName::Flagship, 3);
    store.save_plan(&other.id, &flagship).await.expect("saved");
    assert_eq!(store.load_tenant(&other.id).await.expect("read").expect("it exists").plan, flagship);
    let error = store.save_plan(&tenant_id("nobody"), &flagship).await.expect_err("no such tenant");
    assert!(matches!(error, Error::NotFound { what: "tenant", .. }), "{error}");

    for (id, created_at, smart_minutes) in [("old", at(10), true), ("new", at(20), true), ("plain", at(30), false)] {
        let recording = Recording { created_at, smart_minutes, ..samples::recording(&backend.tenant_id, id) };
        store.insert_recording(&recording, &[], &[], now()).await.expect("inserted");
    }
    let usage = store.tenant_usage(&backend.tenant_id, at(20)).await.expect("read");
    assert_eq!(usage, Usage { stored_bytes: 0, smart_recordings: 1 });
    assert_eq!(store.tenant_usage(&other.id, at(0)).await.expect("read"), Usage::default());
    assert_eq!(JobPayload::KINDS.len(), 4);
}

pub(crate) async fn the_audit_log_is_ordered(backend: Backend) {
    let store = &backend.store;
    let entry = |number: i64| AuditEntry {
        tenant_id: backend.tenant_id.clone(),
        at: at(5),
        actor: "usr_1".to_owned(),
        action: "playback.start".to_owned(),
        recording_id: (number % 2 == 0).then(|| recording_id("rec")),
        outcome: "denied".to_owned(),
        detail_json: json!({ "number": number, "reason": "没有权限" }),
    };
    for number in 0..5 {
        store.append_audit(&entry(number)).await.expect("appended");
    }
    let newest = store.list_audit(&backend.tenant_id, None, 2).await.expect("listed");
    assert_eq!(newest, [entry(4), entry(3)]);
    let of_recording = store.list_audit(&backend.tenant_id, Some(&recording_id("rec")), 10).await.expect("listed");
    assert_eq!(of_recording, [entry(4), entry(2), entry(0)]);
    let nowhere = AuditEntry { tenant_id: tenant_id("nobody"), ..entry(0) };
    let error = store.append_audit(&nowhere).await.expect_err("no such tenant");
    assert!(matches!(error, Error::NotFound { what: "tenant", .. }), "{error}");
}
