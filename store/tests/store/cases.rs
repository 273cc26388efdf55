use model::{Case, CaseExport, CaseId, CaseState, ExportId, ExportPlan, ExportState, HoldScope, RecordingId};
use store::{CaseChange, Error, verify_case_manifest};

use crate::backend::{Backend, now};
use crate::holds::hold;
use crate::samples::{at, recording_id, user_id};

fn case(backend: &Backend, id: &str) -> Case {
    Case {
        id: CaseId::new(id).expect("valid"),
        tenant_id: backend.tenant_id.clone(),
        name: "案件".to_owned(),
        description: String::new(),
        opened_by: user_id("counsel"),
        opened_at: now(),
        state: CaseState::Open,
    }
}

/// Opens a case with one recording.
pub(crate) async fn insert_case(backend: &Backend, id: &str, recording_id: &RecordingId) -> Case {
    let case = case(backend, id);
    backend.store.open_case(&case).await.expect("opened");
    change(backend, &case.id, CaseChange::AddRecording(recording_id.clone())).await.expect("added");
    case
}

async fn change(backend: &Backend, case_id: &CaseId, change: CaseChange) -> Result<(), Error> {
    backend.store.change_case(&backend.tenant_id, case_id, &change, &user_id("counsel"), at(5)).await
}

pub(crate) async fn a_case_opens_its_recordings_to_its_members_while_it_is_open(backend: Backend) {
    let (store, tenant_id) = (&backend.store, &backend.tenant_id);
    let recording = backend.insert_recording("rec").await;
    let case = insert_case(&backend, "cas", &recording.id).await;
    let is_open_to = |person: &str| {
        let person = user_id(person);
        async move { store.is_in_case_of(&recording_id("rec"), &person).await.expect("read") }
    };
    assert!(is_open_to("counsel").await && !is_open_to("partner").await);
    change(&backend, &case.id, CaseChange::AddMember(user_id("partner"))).await.expect("added");
    change(&backend, &case.id, CaseChange::AddMember(user_id("partner"))).await.expect("again");
    assert!(is_open_to("partner").await);
    change(&backend, &case.id, CaseChange::RemoveMember(user_id("counsel"))).await.expect("removed");
    assert!(!is_open_to("counsel").await);
    let last = change(&backend, &case.id, CaseChange::RemoveMember(user_id("partner"))).await;
    assert!(matches!(last, Err(Error::Conflict { what: "case", .. })), "{last:?}");
    let nothing = change(&backend, &case.id, CaseChange::AddRecording(recording_id("nobody"))).await;
    assert!(matches!(nothing, Err(Error::NotFound { .. })), "{nothing:?}");

    let held = hold(&backend, "hld", HoldScope::Tenant);
    store.place_hold(&held).await.expect("placed");
    change(&backend, &case.id, CaseChange::AddHold(held.id.clone())).await.expect("added");
    assert_eq!(store.case_holds(&case.id).await.expect("read"), std::slice::from_ref(&held.id));
    for query in ["预算", "budget"] {
        let search = CaseChange::SaveSearch { name: "money".to_owned(), query: query.to_owned() };
        change(&backend, &case.id, search).await.expect("saved");
    }
    let searches = store.case_searches(&case.id).await.expect("read");
    assert_eq!(searches.iter().map(|search| search.query.as_str()).collect::<Vec<_>>(), ["budget"]);
    assert_eq!(store.list_cases_of(tenant_id, &user_id("partner")).await.expect("read"), std::slice::from_ref(&case));
    assert_eq!(store.list_cases_of(tenant_id, &user_id("counsel")).await.expect("read"), []);

    change(&backend, &case.id, CaseChange::Close).await.expect("closed");
    assert!(!is_open_to("partner").await, "a closed case opens nothing");
    let closed = change(&backend, &case.id, CaseChange::AddMember(user_id("counsel"))).await;
    assert!(matches!(closed, Err(Error::Conflict { .. })), "{closed:?}");
    let loaded = store.load_case(tenant_id, &case.id).await.expect("read").expect("there");
    assert_eq!(loaded.state, CaseState::Closed { closed_by: user_id("counsel"), closed_at: at(5) });
    let entries = store.list_audit(tenant_id, None, 99).await.expect("read");
    let count = |action: &str| entries.iter().filter(|entry| entry.action == action).count();
    assert_eq!((count("case.open"), count("case.add_member"), count("case.close")), (1, 2, 1));
}

pub(crate) async fn an_export_is_leased_finished_and_signed(backend: Backend) {
    let store = &backend.store;
    let recording = backend.insert_recording("rec").await;
    let case = insert_case(&backend, "cas", &recording.id).await;
    let export = CaseExport {
        id: ExportId::new("exp").expect("valid"),
        case_id: case.id.clone(),
        tenant_id: backend.tenant_id.clone(),
        plan: ExportPlan { recordings: vec![recording.id.clone()], ..ExportPlan::default() },
        state: ExportState::Queued,
        progress_percent: 0,
        requested_by: user_id("counsel"),
        requested_at: at(1),
    };
    store.insert_case_export(&export).await.expect("inserted");
    assert_eq!(store.list_case_exports(&case.id).await.expect("read"), std::slice::from_ref(&export));
    let first = store.claim_case_export(at(10)).await.expect("read").expect("waiting");
    assert_eq!((first.attempt, &first.export.state), (1, &ExportState::Running));
    assert_eq!(store.claim_case_export(at(20)).await.expect("read"), None, "it is leased");
    // Its worker is not heard of any more.
    let second = store.claim_case_export(at(100)).await.expect("read").expect("waiting again");
    assert!(!store.report_case_export(&first, 50, at(101)).await.expect("read"), "the first has lost it");
    assert!(store.report_case_export(&second, 60, at(101)).await.expect("read"));
    let late = store.finish_case_export(&first, "{}", at(102)).await;
    assert!(matches!(late, Err(Error::Conflict { what: "case export", .. })), "{late:?}");
    store.fail_case_export(&second, "the store was out", at(102)).await.expect("noted");
    let third = store.claim_case_export(at(200)).await.expect("read").expect("tried again");
    store.finish_case_export(&third, "{\"files\":[]}", at(201)).await.expect("finished");
    let done = store.load_case_export(&case.id, &export.id).await.expect("read").expect("there");
    let ExportState::Done { manifest, public_key, signature, .. } = done.state else { panic!("{done:?}") };
    assert!(verify_case_manifest(&manifest, &public_key, &signature));
    assert!(!verify_case_manifest("{}", &public_key, &signature));
    assert_eq!(public_key, store.public_key());
    assert_eq!(store.claim_case_export(at(999)).await.expect("read"), None);
}
