use model::{Relation, Role};
use serde_json::Value;

use crate::artefacts::{minutes, transcript};
use crate::harness::{NOW, TestApi, sealed, tenant_id};
use crate::matrix::add_case;

#[tokio::test]
async fn hits_come_from_recordings_one_may_see() {
    let api = TestApi::new().await;
    let viewer = api.add_user("ours", "viewer", Role::Member).await;
    let stranger = api.add_user("ours", "stranger", Role::Member).await;
    let compliance = api.add_user("ours", "compliance", Role::Compliance).await;
    let admin = api.add_user("ours", "admin", Role::Admin).await;
    let elsewhere = api.add_user("theirs", "elsewhere", Role::Compliance).await;
    let seen = api.add_recording(sealed(), &[("viewer", Relation::Viewer)]).await;
    let hidden = api.add_recording(sealed(), &[]).await;
    for recording in [&seen, &hidden] {
        let transcript = transcript(recording, "we move the rocket to the hangar");
        api.store.save_transcript(&tenant_id("ours"), &transcript, NOW).await.unwrap();
        api.store.save_minutes(&tenant_id("ours"), &minutes(recording), NOW).await.unwrap();
    }
    api.indexer.catch_up(&tenant_id("ours")).await.unwrap();

    let find =
        async |token: &str, query: &str| api.get(format!("/api/v1/search?{query}")).bearer(token).send().await.ok(200);
    let total = |page: &Value| page["total_recordings"].as_u64().unwrap();
    let page = find(&viewer, "q=rocket").await;
    assert_eq!(total(&page), 1);
    let group = &page["groups"][0];
    assert_eq!(group["recording_id"], seen.id.as_str());
    assert_eq!((&group["host_name"], &group["started_at"]), (&"host".into(), &"2026-03-02T09:00:00.000Z".into()));
    let hit = &group["hits"][0];
    assert_eq!((&hit["kind"], &hit["speaker_name"]), (&"utterance".into(), &"Li <Wei>".into()));
    assert_eq!(hit["highlights"], serde_json::json!([{ "start": 12, "end": 18 }]));
    assert_eq!(total(&find(&stranger, "q=rocket").await), 0);
    assert_eq!(total(&find(&admin, "q=rocket").await), 0);
    assert_eq!(total(&find(&elsewhere, "q=rocket").await), 0);
    assert_eq!(total(&find(&compliance, "q=rocket").await), 0, "outside a case compliance sees what others see");
    let case_id = add_case(&api, "compliance").await;
    let find_in_case = async |query: &str| {
        api.get(format!("/api/v1/cases/{case_id}/search?{query}")).bearer(&compliance).send().await.ok(200)
    };
    let all = find_in_case("q=rocket&page_size=1&sort=time").await;
    assert_eq!(total(&all), 2);
    assert_eq!(all["facets"]["hosts"], serde_json::json!([{ "value": "host", "recordings": 2, "hits": 2 }]));
    let token = all["next_page_token"].as_str().unwrap();
    let rest = find_in_case(&format!("q=rocket&page_size=1&sort=time&page_token={token}")).await;
    assert_eq!(rest["next_page_token"], Value::Null);
    assert_ne!(rest["groups"][0]["recording_id"], all["groups"][0]["recording_id"]);
    let audit = api.store.list_audit(&tenant_id("ours"), None, 100).await.unwrap();
    assert!(audit.iter().any(|entry| entry.action == "search" && entry.actor == "compliance"));

    let view = api.get(format!("/api/v1/recordings/{}", seen.id)).bearer(&viewer).send().await.ok(200);
    assert_eq!(view["processing"]["searchable"], true);
}

#[tokio::test]
async fn every_query_text_is_accepted_and_every_bad_parameter_named() {
    let api = TestApi::new().await;
    let viewer = api.add_user("ours", "viewer", Role::Member).await;
    let ask = async |query: &str| api.get(format!("/api/v1/search?{query}")).bearer(&viewer).send().await;
    for query in ["q=", "q=a%3A(%5E", "q=%22", "q=-", "q=%F0%9F%98%80", "q=tenant_id%3Atheirs", "q=%ff"] {
        ask(query).await.ok(200);
    }
    for (query, named) in [
        ("", "q"),
        ("q=a&page_size=0", "page_size"),
        ("q=a&page_token=x", "page_token"),
        ("q=a&from=yesterday", "from"),
        ("q=a&sort=size", "sort"),
        ("q=a&color=red", "color"),
    ] {
        let problem = ask(query).await.problem(400, "invalid_request");
        assert!(problem["detail"].as_str().unwrap().contains(named), "{query}: {problem}");
    }
}
