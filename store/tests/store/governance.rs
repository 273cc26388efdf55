use bytes::Bytes;
use model::{HoldId, HoldScope, Recording};
use store::{AuditEntry, AuditFilter, DisposalReason, Error, ObjectKey, RecordingLabels};

use crate::backend::{Backend, now};
use crate::holds::hold;
use crate::samples::{self, at, recording_id, user_id};

async fn insert_sealed(backend: &Backend, id: &str) -> Recording {
    let recording = Recording { state: samples::sealed(), ..samples::recording(&backend.tenant_id, id) };
    backend.store.insert_recording(&recording, &[], &[], at(1)).await.expect("inserted");
    recording
}

pub(crate) async fn a_hold_by_a_search_covers_what_it_found(backend: Backend) {
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    let (found, later, other) = (
        insert_sealed(&backend, "found").await,
        insert_sealed(&backend, "later").await,
        insert_sealed(&backend, "other").await,
    );
    let hold = hold(&backend, "hld", HoldScope::Query { query: "火箭".to_owned() });
    let foreign = recording_id("of-nobody");
    let placed = store.place_hold_on(&hold, &[found.id.clone(), foreign]).await.expect("placed");
    assert_eq!((placed.covered, placed.too_late), (1, Vec::new()));
    assert_eq!(store.list_holds(tenant_id).await.expect("read"), std::slice::from_ref(&hold));
    let extend = || store.extend_hold(tenant_id, &hold.id, std::slice::from_ref(&later.id), now());
    assert_eq!(extend().await.expect("extended"), 1);
    assert_eq!(extend().await.expect("again"), 0, "a recording comes under a hold once");
    let trash = |recording: &Recording| {
        let (id, reason) = (recording.id.clone(), DisposalReason::Person { user_id: user_id("host") });
        async move { store.trash_recording(tenant_id, &id, at(200), &reason, now()).await }
    };
    for recording in [&found, &later] {
        let error = trash(recording).await.expect_err("held");
        assert!(matches!(error, Error::Held { .. }), "{error}");
        let facts = store.load_retention_facts(tenant_id, &recording.id).await.expect("read").expect("there");
        assert!(facts.held_by.contains(&hold.id));
    }
    trash(&other).await.expect("not found by the search");
    store.request_hold_release(tenant_id, &hold.id, &user_id("counsel"), at(3)).await.expect("requested");
    store.release_hold(tenant_id, &hold.id, &user_id("partner"), at(4)).await.expect("released");
    let error = extend().await.expect_err("it is over");
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
    trash(&found).await.expect("no longer held");
    let extended: Vec<AuditEntry> = store.list_audit(tenant_id, None, 99).await.expect("read");
    assert_eq!(extended.iter().filter(|entry| entry.action == "hold.extend").count(), 1);
}

pub(crate) async fn the_audit_log_is_filtered(backend: Backend) {
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    for (second, actor, action, outcome) in [
        (1, "ann", "hold.place", "allowed"),
        (2, "bob", "hold.release", "denied"),
        (3, "ann", "holder.read", "allowed"),
        (4, "ann", "search", "allowed"),
    ] {
        let entry = AuditEntry {
            tenant_id: tenant_id.clone(),
            at: at(second),
            actor: actor.to_owned(),
            action: action.to_owned(),
            recording_id: (second == 4).then(|| recording_id("rec")),
            outcome: outcome.to_owned(),
            detail_json: serde_json::Value::Null,
        };
        store.append_audit(&entry).await.expect("appended");
    }
    let text = |text: &str| Some(text.to_owned());
    for (filter, expected) in [
        (AuditFilter::default(), vec![4, 3, 2, 1]),
        (AuditFilter { actor: text("bob"), ..AuditFilter::default() }, vec![2]),
        (AuditFilter { action: text("hold"), ..AuditFilter::default() }, vec![2, 1]),
        (AuditFilter { action: text("search"), ..AuditFilter::default() }, vec![4]),
        (AuditFilter { outcome: text("denied"), ..AuditFilter::default() }, vec![2]),
        (AuditFilter { recording_id: Some(recording_id("rec")), ..AuditFilter::default() }, vec![4]),
        (AuditFilter { from: Some(at(2)), until: Some(at(4)), ..AuditFilter::default() }, vec![3, 2]),
        (AuditFilter { before_seq: Some(3), actor: text("ann"), ..AuditFilter::default() }, vec![1]),
    ] {
        let page = store.list_audit_page(tenant_id, &filter, 9).await.expect("read");
        assert_eq!(page.iter().map(|(seq, _)| *seq).collect::<Vec<i64>>(), expected, "{filter:?}");
    }
    assert_eq!(store.list_audit_page(tenant_id, &AuditFilter::default(), 2).await.expect("read").len(), 2);
}

pub(crate) async fn storage_is_shared_out_and_the_trash_says_why(backend: Backend) {
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    let first = insert_sealed(&backend, "first").await;
    let second = Recording {
        state: samples::sealed(),
        host_user_id: user_id("other-host"),
        ..samples::recording(tenant_id, "second")
    };
    store.insert_recording(&second, &[], &[], at(1)).await.expect("inserted");
    let later = at(3 * 86_400);
    for (recording, length, written_at) in [(&first, 10, at(0)), (&second, 5_000, later)] {
        let content = Bytes::from(vec![7; length]);
        store.write_object(tenant_id, &recording.id, &ObjectKey::Events, content, written_at).await.expect("written");
    }
    let labels = RecordingLabels { department: Some("法务".to_owned()), ..RecordingLabels::default() };
    store.save_labels(tenant_id, &second.id, &labels).await.expect("saved");
    let hosts = store.storage_by_host(tenant_id, 9).await.expect("read");
    let owners: Vec<Option<&str>> = hosts.iter().map(|share| share.owner.as_deref()).collect();
    assert_eq!(owners, [Some("other-host"), Some(first.host_user_id.as_str())], "the largest first");
    let departments = store.storage_by_department(tenant_id, 9).await.expect("read");
    let owners: Vec<Option<&str>> = departments.iter().map(|share| share.owner.as_deref()).collect();
    assert_eq!(owners, [Some("法务"), None]);
    let total: u64 = hosts.iter().map(|share| share.stored_bytes).sum();
    assert_eq!(total, backend.bytes_stored());
    assert_eq!(departments.iter().map(|share| share.stored_bytes).sum::<u64>(), total);
    let growth = store.storage_growth(tenant_id, at(0)).await.expect("read");
    assert_eq!(growth.iter().map(|day| day.stored_bytes).sum::<u64>(), total);
    let days: Vec<i64> = growth.iter().map(|growth| growth.day.as_micros() / 86_400_000_000).collect();
    assert!(matches!(days.as_slice(), [first, last] if last - first == 3), "{growth:?}");
    assert_eq!(store.storage_growth(tenant_id, later).await.expect("read").len(), 1);

    let reason = DisposalReason::Person { user_id: user_id("admin") };
    store.trash_recording(tenant_id, &second.id, at(200), &reason, at(100)).await.expect("trashed");
    let held = hold(&backend, "hld", HoldScope::Recording { recording_id: second.id.clone() });
    store.place_hold(&held).await.expect("placed");
    let trash = store.list_trash_of(tenant_id, None).await.expect("read");
    let [trashed] = trash.as_slice() else { panic!("one is there: {trash:?}") };
    assert_eq!((&trashed.reason, trashed.trashed_at), (&Some(reason), Some(at(100))));
    assert_eq!(
        (trashed.stored_bytes, &trashed.held_by),
        (hosts[0].stored_bytes, &vec![HoldId::new("hld").expect("valid")])
    );
    assert!(store.list_trash_of(tenant_id, Some(&first.host_user_id)).await.expect("read").is_empty());
}
