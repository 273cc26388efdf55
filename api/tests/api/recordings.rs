use model::{Plan, PlanName, Relation, Role};
use serde_json::{Value, json};

use crate::harness::{TestApi, live, sealed, tenant_id, user_id};

fn new_recording() -> Value {
    json!({
        "meeting_id": "meeting-42", "title": "周会 <1>", "host_user_id": "host", "co_host_user_ids": ["cohost"],
        "roster": [
            { "id": "p1", "display_name": "李伟", "user_id": "host", "language": "zh" },
            { "id": "p2", "display_name": "Anna", "user_id": "anna" },
            { "id": "p3", "display_name": "Guest" },
        ],
        "language": "zh", "profile": "high", "layout": "speaker", "smart_minutes": true,
        "time_zone": "Asia/Shanghai",
    })
}

#[tokio::test]
async fn the_platform_records_a_meeting() {
    let api = TestApi::new().await;
    let key = api.add_api_key("ours").await;
    let created = api.post("/api/v1/recordings").bearer(&key).json(&new_recording()).send().await.ok(201);
    insta::assert_json_snapshot!(created);
    assert_eq!(api.recorder.take_calls(), ["3 in the roster", "start"]);
    let path = format!("/api/v1/recordings/{}", created["id"].as_str().unwrap());

    let control = async |verb: &str| api.post(format!("{path}/{verb}")).bearer(&key).send().await;
    let paused = control("pause").await.ok(200);
    assert_eq!((&paused["state"], &paused["paused_at"]), (&json!("paused"), &json!("2026-03-02T09:00:00.000Z")));
    control("pause").await.ok(200);
    assert_eq!(control("resume").await.ok(200)["state"], "live");
    control("resume").await.ok(200);
    api.clock.advance_ms(60_000);
    let stopped = control("stop").await.ok(200);
    assert_eq!((&stopped["state"], &stopped["stopped_at"]), (&json!("finalizing"), &json!("2026-03-02T09:01:00.000Z")));
    assert_eq!(stopped["recorder"], Value::Null);
    control("stop").await.ok(200);
    assert_eq!(api.recorder.take_calls(), ["pause", "resume", "stop"], "repeating changes nothing");
    let conflict = control("pause").await.problem(409, "conflict");
    assert_eq!(conflict["detail"], "recording cannot pause while finalizing");

    let recording_id = created["id"].as_str().unwrap().parse().unwrap();
    let mut relations = api.store.load_relations(&recording_id).await.unwrap();
    relations.sort();
    let expected = [("anna", Relation::Participant), ("cohost", Relation::CoHost), ("host", Relation::Host)];
    assert_eq!(relations, expected.map(|(user, relation)| (user_id(user), relation)));
    let audit = api.store.list_audit(&tenant_id("ours"), Some(&recording_id), 100).await.unwrap();
    let actions: Vec<&str> = audit.iter().rev().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions[..2], ["recording.create", "recording.control"]);
}

#[tokio::test]
async fn people_start_recordings_of_their_own_meetings_only() {
    let api = TestApi::new().await;
    let host = api.add_user("ours", "host", Role::Member).await;
    let other = api.add_user("ours", "other", Role::Member).await;
    api.post("/api/v1/recordings").bearer(&host).json(&new_recording()).send().await.ok(201);
    api.post("/api/v1/recordings").bearer(&other).json(&new_recording()).send().await.problem(403, "forbidden");
}

#[tokio::test]
async fn a_plan_limit_is_named_in_the_callers_language() {
    let api = TestApi::new().await;
    api.add_tenant("small", Plan::published(PlanName::Free, 1)).await;
    let key = api.add_api_key("small").await;
    let create = async |body: &Value, language: &str| {
        let request = api.post("/api/v1/recordings").bearer(&key).header("accept-language", language);
        request.json(body).send().await
    };
    create(&new_recording(), "en").await.ok(201);
    create(&new_recording(), "en").await.ok(201);
    let refused = create(&new_recording(), "en-GB,en;q=0.9").await.problem(402, "quota_exceeded");
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("2 of 2") && detail.contains("free"), "{detail}");
    let refused = create(&new_recording(), "zh-CN,zh;q=0.9,en;q=0.8").await.problem(402, "quota_exceeded");
    assert!(refused["detail"].as_str().unwrap().contains("免费版"), "{refused}");
    let mut plain = new_recording();
    plain["smart_minutes"] = json!(false);
    create(&plain, "en").await.ok(201);

    let plan = api.get("/api/v1/plan").bearer(&key).send().await.ok(200);
    insta::assert_json_snapshot!(plan);
}

#[tokio::test]
async fn a_recorder_that_refuses_leaves_a_failed_recording() {
    let api = TestApi::new().await;
    let key = api.add_api_key("ours").await;
    api.recorder.refuse("4 of 4 mixes are running on this machine");
    let refused = api.post("/api/v1/recordings").bearer(&key).json(&new_recording()).send().await;
    let problem = refused.problem(503, "recorder_refused");
    assert_eq!(problem["detail"], "the recorder refused: 4 of 4 mixes are running on this machine");
    let listed = api.get("/api/v1/recordings").bearer(&key).send().await.ok(200);
    assert_eq!(listed["recordings"][0]["state"], "failed");
    assert_eq!(listed["recordings"][0]["failure_reason"], "recorder_start");
}

#[tokio::test]
async fn lists_are_filtered_paged_and_cut_down_to_what_one_may_see() {
    let api = TestApi::new().await;
    let key = api.add_api_key("ours").await;
    let viewer = api.add_user("ours", "viewer", Role::Member).await;
    let compliance = api.add_user("ours", "compliance", Role::Compliance).await;
    let elsewhere = api.add_user("theirs", "elsewhere", Role::Compliance).await;
    for _ in 0..3 {
        api.add_recording(live(), &[]).await;
    }
    let seen = api.add_recording(sealed(), &[("viewer", Relation::Viewer)]).await;
    let list = async |token: &str, query: &str| {
        api.get(format!("/api/v1/recordings{query}")).bearer(token).send().await.ok(200)
    };
    let count = |page: &Value| page["recordings"].as_array().unwrap().len();
    assert_eq!(count(&list(&key, "").await), 4);
    assert_eq!(count(&list(&compliance, "").await), 4);
    assert_eq!(count(&list(&elsewhere, "").await), 0);
    let visible = list(&viewer, "").await;
    assert_eq!(count(&visible), 1);
    assert_eq!(visible["recordings"][0]["id"], seen.id.as_str());
    let permissions = json!({ "can_control": false, "can_view": true, "can_download": false,
        "can_edit_transcript": false, "can_review_minutes": false, "can_review_transcript": false,
        "can_read_transcript": true, "can_read_minutes": true, "can_share": false, "can_read_view_log": false,
        "can_trash": false });
    assert_eq!(visible["recordings"][0]["permissions"], permissions);
    assert_eq!(count(&list(&key, "?state=live").await), 3);
    assert_eq!(count(&list(&key, "?state=live,sealed&title=%E5%8F%91%E5%B8%83").await), 4);
    assert_eq!(count(&list(&key, "?title=nothing").await), 0);
    assert_eq!(count(&list(&key, "?host=host&from=2026-03-02&to=2026-03-03").await), 4);
    assert_eq!(count(&list(&key, "?to=2026-03-02T08:00:00Z").await), 0);
    let first = list(&key, "?page_size=3").await;
    let token = first["next_page_token"].as_str().unwrap();
    let second = list(&key, &format!("?page_size=3&page_token={token}")).await;
    assert_eq!((count(&first), count(&second)), (3, 1));
    assert_eq!(second["next_page_token"], Value::Null);
}

#[tokio::test]
async fn the_layout_is_changed_and_kept() {
    let api = TestApi::new().await;
    let host = api.add_user("ours", "host", Role::Member).await;
    let recording = api.add_recording(live(), &[]).await;
    let path = format!("/api/v1/recordings/{}/layout", recording.id);
    let put =
        async |body: Value| api.request(axum::http::Method::PUT, path.as_str()).bearer(&host).json(&body).send().await;
    assert_eq!(put(json!({ "layout": "screen" })).await.ok(200)["layout"], "screen");
    assert_eq!(api.recorder.take_calls(), ["layout screen"]);
    let problem = put(json!({ "layout": "mosaic" })).await.problem(400, "invalid_request");
    assert!(problem["detail"].as_str().unwrap().contains("mosaic"), "{problem}");
}

/// What is running is finished whatever the plan says; only the next one is refused.
#[tokio::test]
async fn a_full_plan_refuses_the_next_recording_and_not_the_running_one() {
    let api = TestApi::new().await;
    api.add_tenant("full", Plan::published(PlanName::Free, 0)).await;
    let (ours, full) = (api.add_api_key("ours").await, api.add_api_key("full").await);
    let running = api.add_recording(live(), &[]).await;
    let seen = api.get(format!("/api/v1/recordings/{}", running.id)).bearer(&ours).send().await.ok(200);
    assert_eq!(seen["plan_minutes_left"], 12_578, "100 GB at 720p15");
    api.post("/api/v1/recordings").bearer(&full).json(&new_recording()).send().await.problem(402, "quota_exceeded");
}
