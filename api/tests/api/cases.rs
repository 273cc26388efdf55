use std::collections::BTreeMap;

use api::CaseExporter;
use axum::http::Method;
use bytes::Bytes;
use model::{Recording, Role};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use store::ObjectKey;

use crate::artefacts::{minutes, transcript};
use crate::harness::{NOW, TestApi, sealed, tenant_id};

async fn change(api: &TestApi, token: &str, case: &str, body: Value) -> crate::harness::Answer {
    api.request(Method::POST, format!("/api/v1/cases/{case}/changes")).bearer(token).json(&body).send().await
}

async fn evidence(api: &TestApi) -> Recording {
    let (recording, ours) = (api.add_recording(sealed(), &[]).await, tenant_id("ours"));
    api.store.save_transcript(&ours, &transcript(&recording, "we move the rocket"), NOW).await.unwrap();
    api.store.save_minutes(&ours, &minutes(&recording), NOW).await.unwrap();
    let events = Bytes::from_static(b"{}\n");
    api.store.write_object(&ours, &recording.id, &ObjectKey::Events, events, NOW).await.unwrap();
    api.indexer.catch_up(&ours).await.unwrap();
    recording
}

#[tokio::test]
async fn compliance_reads_what_belongs_to_its_case_and_each_look_is_logged() {
    let api = TestApi::new().await;
    let counsel = api.add_user("ours", "counsel", Role::Compliance).await;
    let partner = api.add_user("ours", "partner", Role::Compliance).await;
    api.add_user("ours", "host", Role::Member).await;
    let recording = evidence(&api).await;
    let read = async |token: &str| {
        api.get(format!("/api/v1/recordings/{}/transcript", recording.id)).bearer(token).send().await
    };
    read(&counsel).await.problem(403, "forbidden");
    let case = api.post("/api/v1/cases").bearer(&counsel).json(&json!({ "name": "案件 7" })).send().await.ok(201);
    let case = case["id"].as_str().unwrap();
    let csv = api.get(format!("/api/v1/cases/{case}/search.csv?q=rocket")).bearer(&counsel).send().await;
    assert!(csv.text().contains("\"we move the rocket\""), "{}", csv.text());
    let add = json!({ "change": "add_recording", "recording_id": recording.id.as_str() });
    let file = change(&api, &counsel, case, add).await.ok(200);
    assert_eq!(file["recordings"][0]["recording_id"], recording.id.as_str());
    read(&counsel).await.ok(200);
    read(&partner).await.problem(403, "forbidden");
    api.get(format!("/api/v1/cases/{case}")).bearer(&partner).send().await.problem(404, "not_found");
    let member = json!({ "change": "add_member", "user": "partner" });
    change(&api, &counsel, case, member).await.ok(200);
    read(&partner).await.ok(200);
    let host = json!({ "change": "add_member", "user": "host" });
    change(&api, &counsel, case, host).await.problem(400, "invalid_request");
    change(&api, &partner, case, json!({ "change": "close" })).await.ok(200);
    read(&counsel).await.problem(403, "forbidden");
    let entries = api.store.list_audit(&tenant_id("ours"), None, 100).await.unwrap();
    let count =
        |action: &str| entries.iter().filter(|entry| entry.action == action && entry.outcome == "allowed").count();
    assert_eq!((count("transcript.read"), count("search.export"), count("case.close")), (2, 1, 1));
}

/// Takes a tar archive apart.
fn files_of(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut rest = archive;
    while rest[0] != 0 {
        let text = |from: usize, to: usize| {
            std::str::from_utf8(&rest[from..to]).unwrap().trim_end_matches(['\0', ' ']).to_owned()
        };
        assert_eq!(text(257, 262), "ustar");
        let sum = usize::from_str_radix(&text(148, 155), 8).unwrap();
        let spaced = rest[..148].iter().chain(&[b' '; 8]).chain(&rest[156..512]).map(|byte| usize::from(*byte));
        assert_eq!(spaced.sum::<usize>(), sum);
        let length = usize::from_str_radix(&text(124, 135), 8).unwrap();
        files.insert(text(0, 100), rest[512..512 + length].to_vec());
        rest = &rest[512 + length.div_ceil(512) * 512..];
    }
    assert_eq!(rest.len(), 1024);
    files
}

#[tokio::test]
async fn evidence_is_exported_with_hashes_and_a_signature_and_is_the_same_each_time() {
    let api = TestApi::new().await;
    let counsel = api.add_user("ours", "counsel", Role::Compliance).await;
    let recording = evidence(&api).await;
    let case = api.post("/api/v1/cases").bearer(&counsel).json(&json!({ "name": "Case 7" })).send().await.ok(201);
    let case = case["id"].as_str().unwrap();
    let exports = format!("/api/v1/cases/{case}/exports");
    api.post(exports.as_str()).bearer(&counsel).send().await.problem(409, "conflict");
    let add = json!({ "change": "add_recording", "recording_id": recording.id.as_str() });
    change(&api, &counsel, case, add).await.ok(200);
    let export = api.post(exports.as_str()).bearer(&counsel).send().await.ok(202);
    let bundle = format!("{exports}/{}/bundle.tar", export["id"].as_str().unwrap());
    api.get(bundle.as_str()).bearer(&counsel).send().await.problem(409, "not_ready");
    let exporter = CaseExporter { store: api.store.clone(), clock: std::sync::Arc::clone(&api.clock) as _ };
    assert!(exporter.work_once().await.unwrap());
    assert!(!exporter.work_once().await.unwrap(), "nothing else is waiting");
    let file = api.get(format!("/api/v1/cases/{case}")).bearer(&counsel).send().await.ok(200);
    assert_eq!((&file["exports"][0]["state"], &file["exports"][0]["progress_percent"]), (&json!("done"), &json!(100)));

    let first = api.get(bundle.as_str()).bearer(&counsel).send().await;
    assert_eq!(first.header("content-length"), first.body.len().to_string());
    let files = files_of(&first.body);
    let text = |name: &str| String::from_utf8(files[name].clone()).unwrap();
    let manifest: Value = serde_json::from_str(&text("manifest.json")).unwrap();
    let listed = manifest["files"].as_array().unwrap();
    assert_eq!(listed.len() + 5, files.len(), "README, manifest, signature, key and sums are beside it");
    for entry in listed {
        let content = &files[entry["path"].as_str().unwrap()];
        let hex = hex::encode(Sha256::digest(content));
        assert_eq!(
            (entry["sha256"].as_str().unwrap(), entry["bytes"].as_u64().unwrap()),
            (hex.as_str(), content.len() as u64)
        );
        assert!(text("SHA256SUMS").contains(&format!("{hex}  {}", entry["path"].as_str().unwrap())));
    }
    assert!(text(&format!("{}/transcript-v1.vtt", recording.id)).contains("rocket"));
    assert!(text("audit.jsonl").contains("case.add_recording"));
    assert!(store::verify_case_manifest(&text("manifest.json"), &api.store.public_key(), &text("manifest.sig")));
    let changed = text("manifest.json").replace("\"bytes\"", "\"Bytes\"");
    assert!(!store::verify_case_manifest(&changed, &api.store.public_key(), &text("manifest.sig")));
    let second = api.get(bundle.as_str()).bearer(&counsel).send().await;
    assert_eq!(first.body, second.body, "the same evidence gives the same bytes");
}
