use model::{Participant, ParticipantId, Recording, Relation, Role};
use serde_json::{Value, json};

use crate::artefacts::{minutes, transcript};
use crate::harness::{Answer, NOW, TestApi, sealed, tenant_id, user_id};

struct Reviewed {
    api: TestApi,
    recording: Recording,
    host: String,
}

impl Reviewed {
    async fn new() -> Self {
        let api = TestApi::new().await;
        let host = api.add_user("ours", "host", Role::Member).await;
        let relations = [("cohost", Relation::CoHost), ("viewer", Relation::Viewer), ("li", Relation::Participant)];
        let recording = api.add_recording(sealed(), &relations).await;
        let owner = Participant {
            id: ParticipantId::new("p1").unwrap(),
            display_name: "Li <Wei>".to_owned(),
            user_id: Some(user_id("li")),
            language: None,
        };
        api.store.upsert_participant(&recording.id, &owner).await.unwrap();
        let transcript = transcript(&recording, "move the launch");
        api.store.save_transcript(&tenant_id("ours"), &transcript, NOW).await.unwrap();
        api.store.save_minutes(&tenant_id("ours"), &minutes(&recording), NOW).await.unwrap();
        Self { api, recording, host }
    }

    fn path(&self, what: &str) -> String {
        format!("/api/v1/recordings/{}/minutes{what}", self.recording.id)
    }

    async fn review(&self, session: &str, base_version: u32, reviews: Value) -> Answer {
        let body = json!({ "base_version": base_version, "reviews": reviews });
        self.api.post(self.path("/reviews")).bearer(session).json(&body).send().await
    }

    async fn read(&self, what: &str) -> Value {
        self.api.get(self.path(what)).bearer(&self.host).send().await.ok(200)
    }
}

#[tokio::test]
async fn a_review_is_a_version_that_can_be_compared_and_taken_back() {
    let reviewed = Reviewed::new().await;
    let reviews = json!([
        { "line_id": 1, "verdict": "confirm" },
        { "line_id": 3, "verdict": "edit", "text": "The launch moves to March." },
        { "line_id": 4, "verdict": "reassign", "owner": null },
        { "line_id": 4, "verdict": "reschedule", "due_date": "2026-12-01" },
        { "line_id": 4, "verdict": "set_status", "status": "done" },
    ]);
    let second = reviewed.review(&reviewed.host, 1, reviews).await.ok(200);
    assert_eq!((&second["version"], &second["summary"][0]["review"]), (&json!(2), &json!("confirmed")));
    assert_eq!(second["decisions"][0]["text"], "The launch moves to March.");
    assert_eq!(second["decisions"][0]["verification"]["verification"], "weak");
    let item = &second["action_items"][0];
    assert_eq!(
        (&item["owner"], &item["due_date"], &item["status"]),
        (&Value::Null, &json!("2026-12-01"), &json!("done"))
    );

    let versions = reviewed.read("/versions").await;
    assert_eq!(versions["versions"][0]["author_name"], "host <name>");
    assert_eq!(versions["versions"][0]["revision"]["change"]["lines"], json!([1, 3, 4, 4, 4]));
    assert_eq!(versions["versions"][1]["author_name"], Value::Null);
    assert_eq!(reviewed.read("/versions/1").await["decisions"][0]["text"], "Move the launch.");
    reviewed.api.get(reviewed.path("/versions/9")).bearer(&reviewed.host).send().await.problem(404, "not_found");

    let body = json!({ "base_version": 2, "version": 1 });
    let back = reviewed.api.post(reviewed.path("/restorations")).bearer(&reviewed.host).json(&body).send().await;
    let back = back.ok(200);
    assert_eq!((&back["version"], &back["decisions"][0]["text"]), (&json!(3), &json!("Move the launch.")));
    assert_eq!(back["revision"]["change"], json!({ "change": "restored", "version": 1 }));
    assert_eq!(reviewed.read("").await, back);
}

#[tokio::test]
async fn of_two_reviewers_the_second_is_told_who_was_first() {
    let reviewed = Reviewed::new().await;
    let cohost = reviewed.api.add_user("ours", "cohost", Role::Member).await;
    let confirm = json!([{ "line_id": 1, "verdict": "confirm" }]);
    reviewed.review(&cohost, 1, confirm.clone()).await.ok(200);
    let problem = reviewed.review(&reviewed.host, 1, confirm).await.problem(409, "stale_version");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("version 2 by cohost"), "{detail}");
}

#[tokio::test]
async fn what_does_not_fit_is_refused_and_changes_nothing() {
    let reviewed = Reviewed::new().await;
    for (reviews, words) in [
        (json!([]), "nothing to do"),
        (json!([{ "line_id": 99, "verdict": "confirm" }]), "no line 99"),
        (json!([{ "line_id": 1, "verdict": "reassign", "owner": "p1" }]), "no action item"),
        (json!([{ "line_id": 4, "verdict": "reassign", "owner": "p9" }]), "nobody of this meeting"),
        (
            json!([{ "line_id": 1, "verdict": "confirm" }, { "line_id": 4, "verdict": "edit", "text": "" }]),
            "characters",
        ),
        (json!([{ "line_id": 1, "verdict": "praise" }]), "praise"),
    ] {
        let problem = reviewed.review(&reviewed.host, 1, reviews).await.problem(400, "invalid_request");
        assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
    }
    assert_eq!(reviewed.read("").await["version"], 1);
    let viewer = reviewed.api.add_user("ours", "viewer", Role::Member).await;
    let confirm = json!([{ "line_id": 1, "verdict": "confirm" }]);
    reviewed.review(&viewer, 1, confirm).await.problem(403, "forbidden");
}

#[tokio::test]
async fn writing_again_is_a_job_and_says_what_needs_a_language_model() {
    let reviewed = Reviewed::new().await;
    let rewrite = |body: Value| {
        let request = reviewed.api.post(reviewed.path("/rewrites")).bearer(&reviewed.host).json(&body);
        async move { request.send().await }
    };
    for (body, words) in [
        (json!({ "template": "general", "language": "zh" }), "needs a language model"),
        (json!({ "template": "general", "instructions": "be brief" }), "language model"),
        (json!({ "template": "general", "sections": ["summary"] }), "only with the template custom"),
        (json!({ "template": "custom", "sections": ["summary", "summary"] }), "each once"),
        (json!({ "template": "poem" }), "poem"),
    ] {
        let problem = rewrite(body).await.problem(400, "invalid_request");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(words) || detail.contains("configure a language model"), "{detail}");
    }
    let job = rewrite(json!({ "template": "custom", "sections": ["action_items", "risks"] })).await.ok(202);
    assert_eq!((&job["job"]["kind"], &job["job"]["state"]), (&json!("rewrite_minutes"), &json!("queued")));
    rewrite(json!({ "template": "weekly" })).await.problem(409, "conflict");
    let options = reviewed.read("/options").await;
    assert_eq!(options["language_model"], Value::Null);
    assert_eq!(options["templates"].as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn action_items_are_listed_for_their_owner_alone() {
    let reviewed = Reviewed::new().await;
    let owner = reviewed.api.add_user("ours", "li", Role::Member).await;
    let list = |session: String, query: &'static str| {
        let request = reviewed.api.get(format!("/api/v1/action-items{query}")).bearer(&session);
        async move { request.send().await.ok(200) }
    };
    let own = list(owner.clone(), "").await;
    assert_eq!(own["items"].as_array().unwrap().len(), 1);
    let entry = &own["items"][0];
    assert_eq!((&entry["item"]["id"], &entry["item"]["text"]), (&json!(4), &json!("Li Wei tells the vendor.")));
    assert_eq!((&entry["recording_title"], &entry["can_edit"]), (&json!("Launch 发布"), &json!(false)));
    assert_eq!(list(reviewed.host.clone(), "").await["items"], json!([]), "the host owns none");
    assert_eq!(list(owner.clone(), "?status=done").await["items"], json!([]));
    let done = json!([{ "line_id": 4, "verdict": "set_status", "status": "done" }]);
    reviewed.review(&reviewed.host, 1, done).await.ok(200);
    assert_eq!(list(owner.clone(), "").await["items"], json!([]));
    assert_eq!(list(owner, "?status=done").await["items"].as_array().unwrap().len(), 1);
}
