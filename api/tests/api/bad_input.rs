use axum::http::Method;
use serde_json::json;

use crate::harness::{TestApi, live};

#[tokio::test]
async fn bodies_that_do_not_fit_are_refused_by_name() {
    let api = TestApi::new().await;
    let key = api.add_api_key("ours").await;
    let post = || api.post("/api/v1/recordings").bearer(&key);
    let valid = json!({ "meeting_id": "m", "title": "t", "host_user_id": "host", "language": "en" });
    let with = |name: &str, value: serde_json::Value| {
        let mut body = valid.clone();
        body[name] = value;
        body
    };
    let check = async |body: serde_json::Value, named: &str| {
        let problem = post().json(&body).send().await.problem(400, "invalid_request");
        assert!(problem["detail"].as_str().unwrap().contains(named), "{named}: {problem}");
    };
    check(with("color", json!("red")), "color").await;
    check(json!({}), "meeting_id").await;
    check(with("title", json!("")), "title").await;
    check(with("title", json!("x".repeat(257))), "title").await;
    check(with("title", json!(7)), "title").await;
    check(with("meeting_id", json!("../m")), "meeting").await;
    check(with("language", json!("fr")), "fr").await;
    check(with("time_zone", json!("Mars/Olympus")), "Mars/Olympus").await;
    check(with("roster", json!([{ "id": "p", "display_name": "" }])), "display_name").await;
    check(with("roster", json!([{ "id": "p", "display_name": "a", "role": "x" }])), "role").await;
    let twice = json!([{ "id": "p", "display_name": "a" }, { "id": "p", "display_name": "b" }]);
    check(with("roster", twice), "twice").await;
    check(json!([1, 2]), "").await;

    post().header("content-type", "application/json").body("{\"title\":").send().await.problem(400, "invalid_request");
    let not_utf8 = b"{\"title\":\"\xff\"}".to_vec();
    post().header("content-type", "application/json").body(not_utf8).send().await.problem(400, "invalid_request");
    post().header("content-type", "text/plain").body("x").send().await.problem(415, "unsupported_media_type");
    let large = json!({ "title": "x".repeat(2 * 1024 * 1024) });
    let problem = post().json(&large).send().await.problem(413, "payload_too_large");
    assert_eq!(problem["detail"], "the body is larger than 1048576 bytes");
    assert!(api.recorder.take_calls().is_empty());
    let listed = api.get("/api/v1/recordings").bearer(&key).send().await.ok(200);
    assert_eq!(listed["recordings"], json!([]));
}

#[tokio::test]
async fn ids_that_name_nothing_are_not_found() {
    let api = TestApi::new().await;
    let key = api.add_api_key("ours").await;
    let foreign_key = api.add_api_key("theirs").await;
    let recording = api.add_recording(live(), &[]).await;
    let unknown = api.get("/api/v1/recordings/rec_unknown").bearer(&key).send().await.problem(404, "not_found");
    let foreign = api.get(format!("/api/v1/recordings/{}", recording.id)).bearer(&foreign_key).send().await;
    assert_eq!(foreign.problem(404, "not_found")["detail"], unknown["detail"]);
    for id in ["..%2F..%2Fetc", "%2e%2e", "a%20b", "%E5%90%8D", &"x".repeat(65), "a%00b"] {
        let answer = api.get(format!("/api/v1/recordings/{id}")).bearer(&key).send().await;
        assert_eq!(answer.problem(404, "not_found")["detail"], unknown["detail"], "{id}");
    }
    let not_utf8 = api.get("/api/v1/recordings/%ff").bearer(&key).send().await;
    not_utf8.problem(404, "not_found");
}

#[tokio::test]
async fn pages_and_methods_that_do_not_exist_are_problems() {
    let api = TestApi::new().await;
    api.get("/api/v1/nothing").send().await.problem(404, "not_found");
    api.get("/nothing").send().await.problem(404, "not_found");
    api.get("/p/x").send().await.problem(404, "not_found");
    api.request(Method::PUT, "/api/v1/health").send().await.problem(405, "method_not_allowed");
    let key = api.add_api_key("ours").await;
    for query in ["page_size=0", "page_size=201", "page_size=x", "state=asleep", "page_token=x", "from=x", "color=red"]
    {
        let answer = api.get(format!("/api/v1/recordings?{query}")).bearer(&key).send().await;
        let name = query.split('=').next().unwrap();
        let problem = answer.problem(400, "invalid_request");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(name) || query == "page_size=x", "{query}: {detail}");
    }
}

#[tokio::test]
async fn answers_are_hardened() {
    let api = TestApi::new().await;
    let answer = api.get("/api/v1/health").send().await;
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("x-frame-options"), "DENY");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.header("x-request-id").starts_with("req_"));
}

#[tokio::test]
async fn what_is_wrong_inside_stays_inside() {
    let api = TestApi::new().await;
    let key = api.add_api_key("ours").await;
    api.store.close().await;
    let answer = api.get("/api/v1/plan").bearer(&key).send().await;
    assert!(answer.status.is_server_error(), "{answer:?}");
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    assert!(!detail.contains("database") && !detail.contains("pool"), "{detail}");
}
