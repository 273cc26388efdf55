use model::{LinkAudience, Participant, RecordingId, Relation, ShareLinkId, ShareRights, ShareScope, Sharing};
use serde_json::Value;
use store::{AccessRequestState, AuditEntry, Error, Page, RecordingFilter, ShareLink};

use crate::backend::{Backend, now};
use crate::samples::{self, at, user_id};

pub(crate) fn link(backend: &Backend, recording_id: &RecordingId, id: &str) -> ShareLink {
    ShareLink {
        id: ShareLinkId::new(id).expect("valid"),
        tenant_id: backend.tenant_id.clone(),
        recording_id: recording_id.clone(),
        token_sha256: format!("secret of {id}"),
        audience: LinkAudience::Anyone,
        rights: ShareRights { transcript: true, minutes: false, download: false },
        password_hash: Some("$argon2id$".to_owned()),
        created_by: user_id("host"),
        created_at: at(100),
        expires_at: Some(at(200)),
        views_max: Some(3),
        views: 0,
        revoked_at: None,
    }
}

pub(crate) async fn what_is_shared_decides_what_is_listed(backend: Backend) {
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    let recording = samples::recording(tenant_id, "rec");
    let id = &recording.id;
    let person = Participant {
        id: samples::participant_id("p1"),
        display_name: "P".to_owned(),
        user_id: Some(user_id("person")),
        language: None,
    };
    let relations = [(user_id("person"), Relation::Participant), (user_id("named"), Relation::Viewer)];
    store.insert_recording(&recording, &[person], &relations, at(1)).await.expect("inserted");
    assert_eq!(store.load_sharing(id).await.expect("read"), Sharing::default());
    let check = async |scope: ShareScope, transcript: bool, listed: [bool; 3], found: [bool; 3]| {
        let rights = ShareRights { transcript, minutes: true, download: true };
        let sharing = Sharing { scope, rights, takes_requests: true, watermark: false };
        store.save_sharing(tenant_id, id, &sharing, (&user_id("host"), now())).await.expect("saved");
        assert_eq!(store.load_sharing(id).await.expect("read"), sharing);
        for (index, name) in ["host", "person", "named"].iter().enumerate() {
            let filter = RecordingFilter { visible_to: Some(user_id(name)), ..Default::default() };
            let page = store.list_recordings(tenant_id, &filter, &Page::default()).await.expect("listed");
            assert_eq!(page.recordings.len(), usize::from(listed[index]), "{name} {scope} listed");
            let visible = store.list_visible_recording_ids(tenant_id, &user_id(name)).await.expect("listed");
            assert_eq!(visible.len(), usize::from(found[index]), "{name} {scope} found");
        }
    };
    check(ShareScope::OnlyMe, true, [true, false, false], [true, false, false]).await;
    check(ShareScope::Named, true, [true, false, true], [true, false, true]).await;
    check(ShareScope::Participants, true, [true; 3], [true; 3]).await;
    check(ShareScope::Organisation, false, [true; 3], [true, false, false]).await;

    store.name_viewer(id, &user_id("person")).await.expect("named");
    store.name_viewer(id, &user_id("newcomer")).await.expect("named");
    check(ShareScope::Named, true, [true; 3], [true; 3]).await;
    for name in ["person", "newcomer", "stranger"] {
        store.unname_viewer(id, &user_id(name)).await.expect("taken back");
    }
    let relation = async |name: &str| store.load_relation(id, &user_id(name)).await.expect("read");
    assert_eq!(relation("person").await, Some(Relation::Participant), "who was there was there");
    assert_eq!(relation("newcomer").await, None);
    store.upsert_relation(id, &user_id("second"), Relation::CoHost).await.expect("saved");
    store.name_viewer(id, &user_id("second")).await.expect("harmless");
    store.unname_viewer(id, &user_id("second")).await.expect("harmless");
    assert_eq!(relation("second").await, Some(Relation::CoHost));
}

pub(crate) async fn a_link_is_opened_as_often_as_it_may(backend: Backend) {
    let store = &backend.store;
    let recording = backend.insert_recording("rec").await;
    let link = link(&backend, &recording.id, "lnk");
    store.insert_share_link(&link).await.expect("inserted");
    let error = store.insert_share_link(&link).await.expect_err("taken");
    assert!(matches!(error, Error::Conflict { what: "share link", .. }), "{error}");
    assert_eq!(store.find_share_link("secret of lnk").await.expect("read"), Some(link.clone()));
    assert_eq!(store.load_share_link(&link.id).await.expect("read"), Some(link.clone()));
    assert_eq!(store.find_share_link("another").await.expect("read"), None);
    let mut opening = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (store, id) = (store.clone(), link.id.clone());
        opening.spawn(async move { store.count_link_view(&id, at(150)).await.expect("counted") });
    }
    let opened = opening.join_all().await.into_iter().filter(|opened| *opened).count();
    assert_eq!(opened, 3, "its cap");
    let other = ShareLink { views_max: None, ..self::link(&backend, &recording.id, "lnk2") };
    store.insert_share_link(&other).await.expect("inserted");
    assert!(store.count_link_view(&other.id, at(199)).await.expect("counted"));
    assert!(!store.count_link_view(&other.id, at(200)).await.expect("counted"), "expired");
    let elsewhere = store.revoke_share_link(&samples::recording_id("other"), &other.id, now()).await;
    assert!(matches!(elsewhere, Err(Error::NotFound { .. })), "{elsewhere:?}");
    for second in [120, 130] {
        store.revoke_share_link(&recording.id, &other.id, at(second)).await.expect("revoked, also again");
    }
    assert!(!store.count_link_view(&other.id, at(140)).await.expect("counted"), "revoked");
    let listed = store.list_share_links(&recording.id).await.expect("listed");
    let seen: Vec<(u32, Option<_>)> = listed.iter().map(|link| (link.views, link.revoked_at)).collect();
    assert_eq!(seen, [(3, None), (1, Some(at(120)))]);
}

pub(crate) async fn who_asks_waits_until_it_is_decided(backend: Backend) {
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    let id = backend.insert_recording("rec").await.id;
    let (guest, host) = (user_id("guest"), user_id("host"));
    let state = async || store.load_access_request(&id, &guest).await.expect("read").map(|request| request.state);
    assert_eq!(state().await, None);
    let decide = async |state| store.decide_access_request(&id, &guest, state, (&host, now())).await;
    assert!(matches!(decide(AccessRequestState::Granted).await, Err(Error::NotFound { .. })));
    store.save_access_request(tenant_id, &id, &guest, ("我要看", at(5))).await.expect("saved");
    assert_eq!(state().await, Some(AccessRequestState::Waiting));
    decide(AccessRequestState::Refused).await.expect("decided");
    assert_eq!(state().await, Some(AccessRequestState::Refused));
    assert!(matches!(decide(AccessRequestState::Granted).await, Err(Error::NotFound { .. })), "decided once");
    store.save_access_request(tenant_id, &id, &guest, ("please", at(6))).await.expect("asked again");
    let listed = store.list_access_requests(&id).await.expect("listed");
    assert_eq!((listed.len(), listed[0].reason.as_str(), listed[0].asked_at), (1, "please", at(6)));
    assert_eq!(listed[0].state, AccessRequestState::Waiting);
}

pub(crate) async fn the_view_log_holds_views_only(backend: Backend) {
    let store = &backend.store;
    let id = samples::recording_id("rec");
    for action in ["playback.start", "recording.read", "download.mp4", "playback.starts"] {
        let entry = AuditEntry {
            tenant_id: backend.tenant_id.clone(),
            at: at(5),
            actor: "usr_1".to_owned(),
            action: action.to_owned(),
            recording_id: Some(id.clone()),
            outcome: "allowed".to_owned(),
            detail_json: Value::Null,
        };
        store.append_audit(&entry).await.expect("appended");
    }
    let views =
        store.list_audit_of(&backend.tenant_id, &id, &["playback.start", "download.mp4"], 9).await.expect("read");
    let actions: Vec<&str> = views.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["download.mp4", "playback.start"]);
    assert_eq!(store.list_audit_of(&backend.tenant_id, &id, &["playback.start"], 0).await.expect("read").len(), 0);
}
