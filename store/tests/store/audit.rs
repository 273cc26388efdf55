use serde_json::json;
use store::{AuditCheckpoint, AuditEntry, AuditLog, AuditProblem, AuditRecord, Error, verify_audit};

use crate::backend::Backend;
use crate::samples::{at, recording_id, tenant_id};

/// A way to change an entry.
type Change = fn(&mut AuditRecord);

const ENTRIES: i64 = 12;

fn entry(backend: &Backend, number: i64) -> AuditEntry {
    AuditEntry {
        tenant_id: backend.tenant_id.clone(),
        at: at(number),
        actor: format!("usr_{number}"),
        action: "playback.start".to_owned(),
        recording_id: (number % 2 == 0).then(|| recording_id("rec")),
        outcome: "allowed".to_owned(),
        detail_json: json!({ "number": number, "name": "王伟" }),
    }
}

/// A log with a checkpoint in its middle, which is also kept elsewhere.
async fn written(backend: &Backend) -> (AuditLog, AuditCheckpoint) {
    let store = &backend.store;
    assert_eq!(store.checkpoint_audit(&backend.tenant_id, at(0)).await.expect("nothing to sign"), None);
    for number in 0..ENTRIES {
        store.append_audit(&entry(backend, number)).await.expect("appended");
        if number == ENTRIES / 2 {
            let checkpoint = store.checkpoint_audit(&backend.tenant_id, at(99)).await.expect("signed");
            assert_eq!(checkpoint.map(|checkpoint| checkpoint.seq), Some(number + 1));
            assert_eq!(store.checkpoint_audit(&backend.tenant_id, at(100)).await.expect("nothing came"), None);
        }
    }
    let log = store.load_audit_log(&backend.tenant_id).await.expect("read");
    let kept = log.checkpoints[0].clone();
    (log, kept)
}

pub(crate) async fn every_change_of_the_log_is_found(backend: Backend) {
    let (log, kept) = written(&backend).await;
    let key = backend.store.public_key();
    let problems = |log: &AuditLog| verify_audit(log, std::slice::from_ref(&kept), &key).problems;
    let report = verify_audit(&log, std::slice::from_ref(&kept), &key);
    assert_eq!((report.entries, report.checkpoints, report.covered_until), (12, 2, 7));
    assert_eq!(report.problems, []);
    let places = 0..log.records.len();

    let changes: [(&str, Change); 9] = [
        ("seq", |record| record.seq += 100),
        ("at", |record| record.at = at(5_000)),
        ("actor", |record| record.actor.push('x')),
        ("action", |record| record.action.push('x')),
        ("recording", |record| record.recording_id = Some(recording_id("rex"))),
        ("outcome", |record| "denied".clone_into(&mut record.outcome)),
        ("detail", |record| record.detail_json = record.detail_json.replace("number", "numbex")),
        ("erased in secret", |record| (record.actor, record.salt) = ("erased".to_owned(), None)),
        ("unbound", |record| (record.commitment, record.chain) = (None, None)),
    ];
    for place in places.clone() {
        for (what, change) in changes {
            let mut changed = log.clone();
            change(&mut changed.records[place]);
            assert_ne!(problems(&changed), [], "{what} of entry {}", place + 1);
        }
        let mut removed = log.clone();
        removed.records.remove(place);
        assert!(problems(&removed).contains(&AuditProblem::Missing { seq: place as i64 + 1 }), "entry {}", place + 1);
        let mut repeated = log.clone();
        repeated.records.insert(place, log.records[place].clone());
        assert_ne!(problems(&repeated), [], "entry {} twice", place + 1);
        for other in places.clone().filter(|other| *other != place) {
            let mut swapped = log.clone();
            swapped.records.swap(place, other);
            assert_ne!(problems(&swapped), [], "{place} and {other} change places");
            // With each other's numbers, so that the order looks right.
            (swapped.records[place].seq, swapped.records[other].seq) = (place as i64 + 1, other as i64 + 1);
            assert_ne!(problems(&swapped), [], "{place} and {other} change content");
        }
    }
}

pub(crate) async fn a_log_cut_or_written_anew_does_not_fit_its_checkpoint(backend: Backend) {
    let (log, kept) = written(&backend).await;
    let key = backend.store.public_key();
    let mut cut = log.clone();
    cut.records.truncate(3);
    cut.checkpoints.clear();
    assert!(!verify_audit(&cut, &[], &key).problems.is_empty(), "the counter tells");
    cut.last_seq = 3;
    assert_eq!(verify_audit(&cut, &[], &key).problems, [], "nothing inside tells of a log that was wound back");
    let problems = verify_audit(&cut, std::slice::from_ref(&kept), &key).problems;
    assert_eq!(problems, [AuditProblem::Contradicted { seq: 7 }], "what is kept elsewhere does");

    // Somebody with the database, but without the key, writes another log with hashes that fit.
    let other = written_anew(&backend).await;
    assert_eq!(verify_audit(&other, &[], &key).problems, []);
    let problems = verify_audit(&other, std::slice::from_ref(&kept), &key).problems;
    assert_eq!(problems, [AuditProblem::Contradicted { seq: 7 }]);
    let forged = AuditCheckpoint { chain: other.records[6].chain.clone().expect("bound"), ..kept };
    assert_eq!(verify_audit(&other, &[forged], &key).problems, [AuditProblem::Unsigned { seq: 7 }]);
    let stranger = verify_audit(&log, &[], &"00".repeat(32)).problems;
    assert_eq!(stranger, [AuditProblem::Unsigned { seq: 7 }]);
}

/// The log of another tenant under this one's name.
async fn written_anew(backend: &Backend) -> AuditLog {
    let first = backend.store.load_audit_log(&backend.tenant_id).await.expect("read").records[0].clone();
    let fresh = crate::backend::Servers::embedded().backend().await;
    for number in 0..ENTRIES {
        fresh.store.append_audit(&entry(&fresh, number)).await.expect("appended");
    }
    let log = fresh.store.load_audit_log(&fresh.tenant_id).await.expect("read");
    assert_eq!(log.records[0].seq, first.seq);
    log
}

pub(crate) async fn the_log_is_only_appended_to_but_forgets_names(backend: Backend) {
    let (log, kept) = written(&backend).await;
    let (store, tenant) = (&backend.store, &backend.tenant_id);
    for statement in [
        "DELETE FROM audit_entries",
        "UPDATE audit_entries SET outcome = 'denied'",
        "UPDATE audit_entries SET actor = 'somebody'",
        "UPDATE audit_entries SET seq = seq + 100",
        "UPDATE audit_entries SET chain = NULL",
        "DELETE FROM audit_checkpoints",
        "UPDATE audit_checkpoints SET chain = ''",
    ] {
        backend.try_sql(statement).await.expect_err(statement);
    }
    assert_eq!(store.load_audit_log(tenant).await.expect("read"), log);
    store.erase_audit(tenant, 4, "dpo", at(200)).await.expect("erased");
    let erased = store.load_audit_log(tenant).await.expect("read");
    assert!(!format!("{:?}", erased.records[3]).contains("usr_3"));
    let report = verify_audit(&erased, &[kept], &store.public_key());
    assert_eq!((report.erased, report.problems), (1, vec![]));
    for (tenant, seq) in [(tenant, 4), (tenant, 99), (tenant, ENTRIES + 1), (&tenant_id("other"), 1)] {
        let error = store.erase_audit(tenant, seq, "dpo", at(201)).await.expect_err("nothing to erase");
        assert!(matches!(error, Error::NotFound { .. }), "{error}");
    }
    // Without the entry that says so it would be a secret.
    let mut secret = erased.clone();
    secret.records.pop();
    secret.last_seq -= 1;
    let problems = verify_audit(&secret, &[], &store.public_key()).problems;
    assert_eq!(problems, [AuditProblem::ErasedInSecret { seq: 4 }]);

    let lines = erased.to_lines().expect("lines");
    assert_eq!(AuditLog::from_lines(lines.iter().map(String::as_str)), Some(erased));
    for bad in [vec!["{}"], vec![], lines[1..].iter().map(String::as_str).collect()] {
        assert_eq!(AuditLog::from_lines(bad), None);
    }
}
