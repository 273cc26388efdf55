use std::sync::atomic::Ordering;

use jiff::tz::TimeZone;
use model::{Deletion, HoldId, RetentionPolicy, RetentionRule, RuleId, RuleScope, UserId};
use storage_policies::{SweepReport, simulate};

use crate::archive::{Archive, day};

fn policy() -> RetentionPolicy {
    let rule = RetentionRule {
        id: RuleId::new("month").expect("valid"),
        name: "A month".to_owned(),
        scope: RuleScope::Tenant,
        keep_days: 0,
        deletion: Deletion::After { days: 30 },
    };
    RetentionPolicy { rules: vec![rule], trash_days: 7 }
}

async fn saved() -> Archive {
    let archive = Archive::new().await;
    let admin = UserId::new("admin").expect("valid");
    archive.store.save_retention_policy(&archive.tenant_id, &policy(), 0, &admin, day(0)).await.expect("saved");
    archive
}

async fn release(archive: &Archive, hold_id: &HoldId) {
    let by = |name: &str| UserId::new(name).expect("valid");
    let (store, tenant_id) = (&archive.store, &archive.tenant_id);
    store.request_hold_release(tenant_id, hold_id, &by("counsel"), day(1)).await.expect("requested");
    store.release_hold(tenant_id, hold_id, &by("partner"), day(1)).await.expect("released");
}

#[tokio::test]
async fn a_recording_goes_through_the_trash_to_a_certificate() {
    let archive = saved().await;
    let old = archive.record("old", 1).await;
    let young = archive.record("young", 20).await;
    let held = archive.record("held", 1).await;
    let hold_id = archive.hold(&held).await;
    let policy = policy();
    let facts = archive.store.list_retention_facts(&archive.tenant_id, None, 9).await.expect("read");
    let holds = archive.store.list_holds(&archive.tenant_id).await.expect("read");
    let foreseen = simulate(&facts, &policy, &holds, day(30), day(60), &TimeZone::UTC);

    assert_eq!(archive.sweep(day(30)).await, SweepReport { kept: 2, held: 1, ..SweepReport::default() });
    let report = archive.sweep(day(31)).await;
    assert_eq!(report.trashed, [(old.clone(), policy.rules[0].id.clone())]);
    assert_eq!(archive.sweep(day(37)).await, SweepReport { kept: 2, held: 1, ..SweepReport::default() });
    let report = archive.sweep(day(38)).await;
    let [(purged, certificate_id)] = report.purged.as_slice() else { panic!("one is purged: {report:?}") };
    assert_eq!(*purged, old);
    assert_eq!(archive.disposal(&old).await, "purged");
    let signed = archive.store.load_certificate(&archive.tenant_id, &old).await.expect("read").expect("there");
    let certificate = signed.verify(&archive.store.public_key()).expect("valid");
    assert_eq!((&certificate.id, certificate.objects.len()), (certificate_id, 1));
    let [going, later] = foreseen.going.as_slice() else { panic!("two go: {foreseen:?}") };
    assert_eq!((going.trashed_at, going.purged_at), (Some(day(31)), Some(day(38))), "as the simulator said");
    assert_eq!((&later.recording_id, later.purged_at), (&young, Some(day(57))));
    assert_eq!(foreseen.blocked[0].recording_id, held);

    assert_eq!((archive.disposal(&young).await, archive.disposal(&held).await), ("active", "active"));
    release(&archive, &hold_id).await;
    assert_eq!(archive.sweep(day(39)).await.trashed.len(), 1, "the hold is over");
    assert_eq!(archive.disposal(&held).await, "trashed");
}

#[tokio::test]
async fn a_hold_that_comes_while_it_lies_in_the_trash_keeps_it_there() {
    let archive = saved().await;
    let recording = archive.record("rec", 1).await;
    assert_eq!(archive.sweep(day(31)).await.trashed.len(), 1);
    archive.hold(&recording).await;
    assert_eq!(archive.sweep(day(99)).await, SweepReport { held: 1, ..SweepReport::default() });
    assert_eq!(archive.disposal(&recording).await, "trashed");
}

#[tokio::test]
async fn what_broke_off_is_taken_up_again() {
    let archive = saved().await;
    let recording = archive.record("rec", 1).await;
    archive.sweep(day(31)).await;
    archive.index.is_broken.store(true, Ordering::SeqCst);
    let report = archive.sweep(day(38)).await;
    let [(failed, problem)] = report.failed.as_slice() else { panic!("one fails: {report:?}") };
    assert_eq!(*failed, recording);
    assert!(problem.ends_with("the disk is full"), "{problem}");
    assert_eq!(archive.disposal(&recording).await, "purging");
    archive.index.is_broken.store(false, Ordering::SeqCst);
    assert_eq!(archive.sweep(day(38)).await.purged.len(), 1);
    assert_eq!((archive.disposal(&recording).await, archive.index.erasures.load(Ordering::SeqCst)), ("purged", 1));
    assert_eq!(archive.sweep(day(39)).await, SweepReport::default(), "nothing is left to look at");
}
