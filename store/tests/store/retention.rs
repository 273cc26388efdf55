use std::collections::BTreeSet;

use model::{Deletion, Disposal, Participant, Recording, Relation, RetentionPolicy, RetentionRule, RuleId, RuleScope};
use store::{DisposalReason, Error, ObjectKey, RecordingLabels};

use crate::backend::{Backend, now};
use crate::samples::{self, at, recording_id, user_id};

pub(crate) async fn a_policy_is_saved_over_what_was_seen(backend: Backend) {
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    assert_eq!(store.load_retention_policy(tenant_id).await.expect("read"), (RetentionPolicy::default(), 0));
    let rule = RetentionRule {
        id: RuleId::new("year").expect("valid"),
        name: "一年".to_owned(),
        scope: RuleScope::Department { department: "法务".to_owned() },
        keep_days: 30,
        deletion: Deletion::After { days: 365 },
    };
    let policy = RetentionPolicy { rules: vec![rule], trash_days: 7 };
    let save = |policy: RetentionPolicy, version| async move {
        store.save_retention_policy(tenant_id, &policy, version, &user_id("admin"), now()).await
    };
    let conflict = |outcome: Result<(), Error>| {
        assert!(matches!(outcome, Err(Error::Conflict { what: "retention policy", .. })), "{outcome:?}");
    };
    conflict(save(policy.clone(), 1).await);
    save(policy.clone(), 0).await.expect("the first");
    conflict(save(RetentionPolicy::default(), 0).await);
    assert_eq!(store.load_retention_policy(tenant_id).await.expect("read"), (policy.clone(), 1));
    save(RetentionPolicy::default(), 1).await.expect("over what was seen");
    conflict(save(policy, 1).await);
    assert_eq!(store.load_retention_policy(tenant_id).await.expect("read"), (RetentionPolicy::default(), 2));
    let audit = store.list_audit(tenant_id, None, 9).await.expect("read");
    assert_eq!(audit.iter().filter(|entry| entry.action == "retention.save").count(), 2);
}

pub(crate) async fn facts_say_what_rules_go_by(backend: Backend) {
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    let guest = |id: &str, user: Option<&str>| Participant {
        id: samples::participant_id(id),
        display_name: id.to_owned(),
        user_id: user.map(user_id),
        language: None,
    };
    let recording = Recording { state: samples::sealed(), ..samples::recording(tenant_id, "rec1") };
    let roster = [guest("p1", Some("guest")), guest("p2", None)];
    let relations = [(user_id("viewer"), Relation::Viewer), (user_id("guest"), Relation::Participant)];
    store.insert_recording(&recording, &roster, &relations, at(1)).await.expect("inserted");
    backend.insert_recording("rec2").await;
    let tags = BTreeSet::from(["董事会".to_owned()]);
    let labels = RecordingLabels { department: Some("legal".to_owned()), meeting_kind: None, tags };
    store.save_labels(tenant_id, &recording.id, &labels).await.expect("saved");
    store.save_labels(tenant_id, &recording.id, &labels).await.expect("again");
    assert_eq!(store.load_labels(&recording.id).await.expect("read"), labels);
    let error = store.save_labels(&samples::tenant_id("other"), &recording.id, &labels).await.expect_err("not theirs");
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
    let content = bytes::Bytes::from_static(b"events");
    let object = store.write_object(tenant_id, &recording.id, &ObjectKey::Events, content, now()).await;
    let reason = DisposalReason::Person { user_id: user_id("host") };
    store.trash_recording(tenant_id, &recording.id, at(90), &reason, now()).await.expect("trashed");

    let facts = store.list_retention_facts(tenant_id, None, 9).await.expect("read");
    let [first, second] = facts.as_slice() else { panic!("two recordings: {facts:?}") };
    assert_eq!(first.people, BTreeSet::from([user_id("guest"), user_id("viewer")]));
    assert_eq!((first.department.as_deref(), &first.tags), (Some("legal"), &labels.tags));
    assert_eq!((first.ended_at, second.ended_at), (Some(at(60)), None));
    assert_eq!(first.stored_bytes, object.expect("written").stored_bytes);
    assert_eq!((&first.disposal, &second.disposal), (&Disposal::Trashed { until: at(90) }, &Disposal::Active));
    let page = store.list_retention_facts(tenant_id, Some(&recording_id("rec1")), 1).await.expect("read");
    assert_eq!(page, std::slice::from_ref(second));
}
