use axum::http::Method;
use model::{Recording, Relation, Role};
use serde_json::{Value, json};

use crate::artefacts::transcript;
use crate::harness::{Answer, NOW, TestApi, sealed, tenant_id};

const DAY_MS: i64 = 86_400_000;

/// The people of these tests, with their session tokens.
struct Team {
    host: String,
    admin: String,
    counsel: String,
    partner: String,
}

async fn team(api: &TestApi) -> Team {
    Team {
        host: api.add_user("ours", "host", Role::Member).await,
        admin: api.add_user("ours", "admin", Role::Admin).await,
        counsel: api.add_user("ours", "counsel", Role::Compliance).await,
        partner: api.add_user("ours", "partner", Role::Compliance).await,
    }
}

async fn post(api: &TestApi, token: &str, path: &str) -> Answer {
    api.post(format!("/api/v1/{path}")).bearer(token).send().await
}

async fn send(api: &TestApi, token: &str, method: Method, path: &str, body: &Value) -> Answer {
    api.request(method, format!("/api/v1/{path}")).bearer(token).json(body).send().await
}

async fn get(api: &TestApi, token: &str, path: &str) -> Value {
    api.get(format!("/api/v1/{path}")).bearer(token).send().await.ok(200)
}

async fn place(api: &TestApi, token: &str, scope: Value) -> Value {
    let body = json!({ "scope": scope, "reason": "案件 7" });
    send(api, token, Method::POST, "holds", &body).await.ok(201)
}

async fn say(api: &TestApi, recording: &Recording, text: &str) {
    api.store.save_transcript(&tenant_id("ours"), &transcript(recording, text), NOW).await.unwrap();
    api.indexer.catch_up(&tenant_id("ours")).await.unwrap();
}

#[tokio::test]
async fn a_recording_goes_to_the_trash_and_comes_back() {
    let api = TestApi::new().await;
    let team = team(&api).await;
    let viewer = api.add_user("ours", "viewer", Role::Member).await;
    let recording = api.add_recording(sealed(), &[("viewer", Relation::Viewer)]).await;
    let path = |verb: &str| format!("recordings/{}/{verb}", recording.id);
    post(&api, &viewer, &path("trash")).await.problem(403, "forbidden");
    post(&api, &team.host, &path("restore")).await.problem(409, "conflict");
    post(&api, &team.host, &path("trash")).await.ok(204);
    post(&api, &team.host, &path("trash")).await.problem(409, "conflict");
    for (token, expected) in [(&team.host, 1), (&team.admin, 1), (&viewer, 0), (&team.counsel, 0)] {
        let trash = get(&api, token, "trash").await;
        assert_eq!(trash["recordings"].as_array().unwrap().len(), expected);
    }
    let trash = get(&api, &team.admin, "trash").await;
    let trashed = &trash["recordings"][0];
    assert_eq!((&trashed["trashed_by"]["id"], &trashed["rule_id"]), (&json!("host"), &Value::Null));
    assert_eq!(trashed["until"], "2026-04-01T09:00:00.000Z", "thirty days later");
    let denied = api.get(format!("/api/v1/{}", path("transcript"))).bearer(&team.host).send().await;
    denied.problem(403, "forbidden");
    post(&api, &team.admin, &path("restore")).await.ok(204);
    assert_eq!(get(&api, &team.host, "trash").await["recordings"], json!([]));

    let page = get(&api, &team.counsel, "audit?action=recording").await;
    let actions: Vec<&str> =
        page["entries"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(actions[..2], ["recording.restore", "recording.trash"], "{page}");
}

#[tokio::test]
async fn a_hold_is_a_conflict_that_says_what_to_do_and_takes_two_people_to_end() {
    let api = TestApi::new().await;
    let team = team(&api).await;
    let recording = api.add_recording(sealed(), &[]).await;
    let trash = format!("recordings/{}/trash", recording.id);
    let placed = place(&api, &team.counsel, json!({ "scope": "person", "user": "host" })).await;
    assert_eq!((&placed["covered"], &placed["too_late"]), (&json!(1), &json!([])));
    let hold_id = placed["hold"]["id"].as_str().unwrap();
    assert_eq!(placed["hold"]["scope_name"], "host <name>");
    let problem = post(&api, &team.host, &trash).await.problem(409, "held");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains(hold_id) && detail.contains("compliance team"), "{detail}");

    let step = async |token: &str, verb: &str| post(&api, token, &format!("holds/{hold_id}/{verb}")).await;
    step(&team.admin, "request-release").await.problem(403, "forbidden");
    step(&team.counsel, "release").await.problem(409, "conflict");
    assert_eq!(step(&team.counsel, "request-release").await.ok(200)["state"], "release_requested");
    step(&team.counsel, "release").await.problem(409, "conflict");
    post(&api, &team.host, &trash).await.problem(409, "held");
    assert_eq!(step(&team.partner, "withdraw-release").await.ok(200)["state"], "active");
    step(&team.counsel, "request-release").await.ok(200);
    let released = step(&team.partner, "release").await.ok(200);
    assert_eq!((&released["state"], &released["released_by"]["id"]), (&json!("released"), &json!("partner")));
    post(&api, &team.host, &trash).await.ok(204);
    assert_eq!(get(&api, &team.admin, "holds").await["holds"].as_array().unwrap().len(), 1);
    for scope in [
        json!({ "scope": "recording", "recording_id": "rec_nobody" }),
        json!({ "scope": "query", "query": " " }),
        json!({ "scope": "galaxy" }),
    ] {
        let body = json!({ "scope": scope, "reason": "x" });
        send(&api, &team.counsel, Method::POST, "holds", &body).await.problem(400, "invalid_request");
    }
}

#[tokio::test]
async fn a_hold_by_a_search_covers_what_is_said_later() {
    let api = TestApi::new().await;
    let team = team(&api).await;
    let early = api.add_recording(sealed(), &[]).await;
    let late = api.add_recording(sealed(), &[]).await;
    let other = api.add_recording(sealed(), &[]).await;
    say(&api, &early, "the rocket stays in the hangar").await;
    say(&api, &other, "nothing of interest").await;
    let placed = place(&api, &team.counsel, json!({ "scope": "query", "query": "rocket" })).await;
    assert_eq!(placed["covered"], 1);
    say(&api, &late, "another rocket").await;
    for (recording, expected) in [(&early, 409), (&late, 409), (&other, 204)] {
        let answer = post(&api, &team.host, &format!("recordings/{}/trash", recording.id)).await;
        assert_eq!(answer.status.as_u16(), expected, "{answer:?}");
    }
}

#[tokio::test]
async fn rules_are_simulated_before_they_are_saved() {
    let api = TestApi::new().await;
    let team = team(&api).await;
    let going = api.add_recording(sealed(), &[]).await;
    let held = api.add_recording(sealed(), &[]).await;
    let tagged = api.add_recording(sealed(), &[]).await;
    let scope = json!({ "scope": "recording", "recording_id": held.id.as_str() });
    place(&api, &team.counsel, scope).await;
    let labels = json!({ "department": "法务", "meeting_kind": null, "tags": ["董事会"] });
    let path = format!("recordings/{}/labels", tagged.id);
    send(&api, &team.host, Method::PUT, &path, &labels).await.ok(204);
    assert_eq!(get(&api, &team.admin, &path).await, labels);
    let policy = json!({ "trash_days": 7, "rules": [
        { "name": "一个月", "scope": { "scope": "tenant" }, "keep_days": 0,
          "deletion": { "deletion": "after", "days": 30 } },
        { "name": "董事会", "scope": { "scope": "tag", "tag": "董事会" }, "keep_days": 365,
          "deletion": { "deletion": "never" } },
    ] });
    let request = json!({ "policy": policy, "days": 60 });
    let simulation = send(&api, &team.admin, Method::POST, "retention/simulation", &request).await.ok(200);
    assert_eq!(simulation["going"][0]["recording_id"], going.id.as_str());
    assert_eq!(simulation["blocked"][0]["recording_id"], held.id.as_str());
    assert_eq!((&simulation["going_total"], &simulation["staying"]["recordings"]), (&json!(1), &json!(2)));
    let days: Vec<&str> =
        simulation["days"].as_array().unwrap().iter().map(|day| day["day"].as_str().unwrap()).collect();
    assert_eq!(days, ["2026-04-01", "2026-04-08"]);
    assert_eq!(get(&api, &team.admin, "retention").await["version"], 0, "nothing was saved");

    let save = async |policy: &Value, version: i64| {
        let body = json!({ "policy": policy, "version": version });
        send(&api, &team.admin, Method::PUT, "retention", &body).await
    };
    let saved = save(&policy, 0).await.ok(200);
    save(&policy, 0).await.problem(409, "conflict");
    let mut changed = saved["policy"].clone();
    changed["rules"].as_array_mut().unwrap().remove(0);
    changed["rules"][0]["name"] = json!("Board");
    let saved = save(&changed, 1).await.ok(200);
    assert_eq!(get(&api, &team.counsel, "retention").await, saved);
    let mut wrong = changed.clone();
    wrong["rules"][0]["keep_days"] = json!(40_000);
    save(&wrong, 2).await.problem(400, "invalid_request");
    wrong["rules"][0]["name"] = json!("");
    save(&wrong, 2).await.problem(400, "invalid_request");
}

#[tokio::test]
async fn a_purge_needs_an_admin_and_leaves_a_certificate() {
    let api = TestApi::new().await;
    let team = team(&api).await;
    let recording = api.add_recording(sealed(), &[]).await;
    let keep = json!({ "policy": { "trash_days": 30, "rules": [{ "name": "十天", "scope": { "scope": "tenant" },
        "keep_days": 10, "deletion": { "deletion": "unspecified" } }] }, "version": 0 });
    send(&api, &team.admin, Method::PUT, "retention", &keep).await.ok(200);
    let path = |verb: &str| format!("recordings/{}/{verb}", recording.id);
    post(&api, &team.admin, &path("purge")).await.problem(409, "conflict");
    post(&api, &team.host, &path("trash")).await.ok(204);
    post(&api, &team.host, &path("purge")).await.problem(403, "forbidden");
    let retained = post(&api, &team.admin, &path("purge")).await.problem(409, "retained");
    assert!(retained["detail"].as_str().unwrap().contains("十天"), "{retained}");
    // Sessions of the tests last an hour.
    api.clock.advance_ms(11 * DAY_MS);
    let admin = api.add_session("admin", api.now()).await;
    let counsel = api.add_session("counsel", api.now()).await;
    post(&api, &admin, &path("purge")).await.ok(202);
    post(&api, &admin, &path("restore")).await.problem(404, "not_found");

    let (store, ours) = (&api.store, tenant_id("ours"));
    store.delete_purged_objects(&ours, &recording.id).await.unwrap();
    let index = store::ErasedIndex::default();
    store.finish_purge(&ours, &recording.id, index, "crt_1".to_owned(), api.now()).await.unwrap();
    let list = get(&api, &counsel, "certificates").await;
    let certificate = &list["certificates"][0];
    assert_eq!((&certificate["id"], &certificate["by"]["id"]), (&json!("crt_1"), &json!("admin")));
    let signed = get(&api, &admin, &format!("certificates/{}", recording.id)).await;
    let verify = async |body: &Value| send(&api, &counsel, Method::POST, "certificates/verify", body).await.ok(200);
    assert_eq!(verify(&signed).await["valid"], true);
    let mut changed = signed.clone();
    changed["body"] = json!(signed["body"].as_str().unwrap().replace("crt_1", "crt_2"));
    assert_eq!(verify(&changed).await["valid"], false);
}

#[tokio::test]
async fn the_audit_log_is_filtered_paged_checked_and_exported() {
    let api = TestApi::new().await;
    let team = team(&api).await;
    for number in 0..3 {
        place(&api, &team.counsel, json!({ "scope": "meeting", "meeting_id": format!("m{number}") })).await;
    }
    let first = get(&api, &team.counsel, "audit?action=hold&page_size=2").await;
    assert_eq!(first["entries"].as_array().unwrap().len(), 2);
    assert_eq!(first["entries"][0]["actor"]["name"], "counsel <name>");
    let token = first["next_page_token"].as_str().unwrap();
    let rest = get(&api, &team.counsel, &format!("audit?action=hold&page_size=2&page_token={token}")).await;
    assert_eq!((rest["entries"].as_array().unwrap().len(), &rest["next_page_token"]), (1, &Value::Null));
    for nothing in ["audit?actor=nobody", "audit?to=2020-01-01", "audit?outcome=denied", "audit?action=hol"] {
        assert_eq!(get(&api, &team.counsel, nothing).await["entries"], json!([]), "{nothing}");
    }
    let report = get(&api, &team.counsel, "audit/verification").await;
    assert_eq!((&report["intact"], &report["problems"]), (&json!(true), &json!([])));
    let exported = api.get("/api/v1/audit/export").bearer(&team.counsel).send().await;
    let log = store::AuditLog::from_lines(exported.text().lines()).unwrap();
    assert!(store::verify_audit(&log, &[], &api.store.public_key()).problems.is_empty());
    assert!(log.records.iter().any(|record| record.action == "audit.export"), "the export is in the log itself");
}

#[tokio::test]
async fn storage_is_told_by_class_host_and_department_with_a_forecast() {
    let api = TestApi::new().await;
    let team = team(&api).await;
    let recording = api.add_recording(sealed(), &[]).await;
    say(&api, &recording, "a few words").await;
    let labels = json!({ "department": "sales", "meeting_kind": null, "tags": [] });
    let path = format!("recordings/{}/labels", recording.id);
    send(&api, &team.admin, Method::PUT, &path, &labels).await.ok(204);
    let report = get(&api, &team.admin, "storage").await;
    let used = report["used_bytes"].as_u64().unwrap();
    assert!(used > 0);
    assert_eq!(report["ledger"][0]["class"], "artefact");
    assert_eq!(
        (&report["hosts"][0]["host"]["id"], &report["hosts"][0]["stored_bytes"]),
        (&json!("host"), &json!(used))
    );
    assert_eq!(report["departments"][0]["department"], "sales");
    assert_eq!(report["daily_growth_bytes"], used);
    let forecast = report["forecast"].as_array().unwrap();
    assert_eq!((forecast.len(), &forecast[0]["stored_bytes"]), (181, &json!(used)));
    assert_eq!((&report["level"], &report["full_on"]), (&json!("ample"), &Value::Null));
}
