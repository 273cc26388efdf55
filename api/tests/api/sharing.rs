use model::{Recording, Relation, Rendition, Role};
use serde_json::{Value, json};

use crate::artefacts::{minutes, publish_segment, transcript, write_init};
use crate::harness::{NOW, TestApi, sealed, tenant_id, user_id};

struct Shared {
    api: TestApi,
    recording: Recording,
    host: String,
    path: String,
}

/// A sealed recording with a transcript and minutes, which `viewer` was named a viewer of and `person` took part in.
async fn shared() -> Shared {
    let api = TestApi::new().await;
    let host = api.add_user("ours", "host", Role::Member).await;
    let relations = [("viewer", Relation::Viewer), ("person", Relation::Participant)];
    let recording = api.add_recording(sealed(), &relations).await;
    for rendition in [Rendition::Video, Rendition::Audio] {
        write_init(&api, &recording, rendition, 0).await;
        publish_segment(&api, &recording, rendition, 0, 0).await;
    }
    let tenant_id = tenant_id("ours");
    api.store.save_transcript(&tenant_id, &transcript(&recording, "move the launch"), NOW).await.unwrap();
    api.store.save_minutes(&tenant_id, &minutes(&recording), NOW).await.unwrap();
    let path = format!("/api/v1/recordings/{}", recording.id);
    Shared { api, recording, host, path }
}

impl Shared {
    async fn share(&self, scope: &str, rights: &Value, takes_requests: bool) -> Value {
        let body = json!({ "scope": scope, "rights": rights, "takes_requests": takes_requests,
            "watermark": false });
        self.api
            .request(axum::http::Method::PUT, format!("{}/sharing", self.path))
            .bearer(&self.host)
            .json(&body)
            .send()
            .await
            .ok(200)
    }

    async fn link(&self, more: Value) -> (String, String) {
        let mut body = json!({ "audience": "anyone", "rights": rights(true, true, true) });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let path = format!("{}/links", self.path);
        let made = self.api.post(path).bearer(&self.host).json(&body).send().await.ok(201);
        let secret = made["path"].as_str().unwrap().strip_prefix("/s#").unwrap().to_owned();
        assert_eq!(secret.len(), 22, "128 bits");
        (secret, made["link"]["id"].as_str().unwrap().to_owned())
    }

    fn open(&self, body: &Value) -> crate::harness::TestRequest<'_> {
        self.api.post("/api/v1/links/open").json(body)
    }

    async fn plays(&self, token: &str) -> u16 {
        self.api.post(format!("{}/playback", self.path)).bearer(token).send().await.status.as_u16()
    }
}

fn rights(transcript: bool, minutes: bool, download: bool) -> Value {
    json!({ "transcript": transcript, "minutes": minutes, "download": download })
}

#[tokio::test]
async fn whoever_loses_the_right_stops_with_the_next_segment() {
    let shared = shared().await;
    let api = &shared.api;
    let viewer = api.add_user("ours", "viewer", Role::Member).await;
    let person = api.add_user("ours", "person", Role::Member).await;
    let opened = async |token: &str| {
        let path = format!("{}/playback", shared.path);
        let opened = api.post(path).bearer(token).send().await.ok(201);
        opened["master_url"].as_str().unwrap().replace("master.m3u8", "")
    };
    let fetch = async |base: &str, file: &str| api.get(format!("{base}{file}")).send().await.status.as_u16();
    let (of_viewer, of_person, of_host) = (opened(&viewer).await, opened(&person).await, opened(&shared.host).await);
    for base in [&of_viewer, &of_person, &of_host] {
        assert_eq!(fetch(base, "video/0000000000.m4s").await, 200);
        assert_eq!(fetch(base, "standing").await, 204);
    }
    shared.share("named", &rights(true, true, false), false).await;
    let statuses = [
        fetch(&of_viewer, "video/0000000000.m4s").await,
        fetch(&of_person, "video/0000000000.m4s").await,
        fetch(&of_person, "standing").await,
        fetch(&of_host, "video/0000000000.m4s").await,
    ];
    assert_eq!(statuses, [200, 404, 404, 200], "by scope");
    let path = format!("{}/viewers/viewer", shared.path);
    api.request(axum::http::Method::DELETE, path).bearer(&shared.host).send().await.ok(204);
    assert_eq!(fetch(&of_viewer, "video/0000000000.m4s").await, 404, "no longer named");
    assert_eq!(fetch(&of_host, "standing").await, 204, "nobody else is disturbed");
    let audit = api.store.list_audit(&tenant_id("ours"), Some(&shared.recording.id), 99).await.unwrap();
    let changes: Vec<&str> =
        audit.iter().filter(|entry| entry.action == "sharing.change").map(|entry| entry.outcome.as_str()).collect();
    assert_eq!(changes, ["done", "allowed", "done", "allowed"]);
    let segment = api.get(format!("{of_host}video/0000000000.m4s")).send().await;
    assert_eq!(segment.header("cache-control"), "private, max-age=10", "a browser does not keep it for long");
}

#[tokio::test]
async fn text_has_rights_apart_from_the_picture() {
    let shared = shared().await;
    let api = &shared.api;
    let viewer = api.add_user("ours", "viewer", Role::Member).await;
    let status =
        async |path: &str| api.get(format!("{}{path}", shared.path)).bearer(&viewer).send().await.status.as_u16();
    let check = async |given: Value, expected: [u16; 5]| {
        shared.share("participants", &given, false).await;
        let found = [
            status("/transcript").await,
            status("/minutes").await,
            status("/exports/transcript.srt").await,
            status("/exports/minutes.md").await,
            status("").await,
        ];
        assert_eq!(found, expected, "{given}");
        assert_eq!(shared.plays(&viewer).await, 201);
        let session = api.post(format!("{}/playback", shared.path)).bearer(&viewer).send().await.ok(201);
        assert_eq!(session["captions_url"].is_null(), expected[0] != 200, "captions are the transcript");
        let captions = session["master_url"].as_str().unwrap().replace("master.m3u8", "captions.vtt");
        assert_eq!(api.get(captions).send().await.status.as_u16(), expected[0]);
    };
    check(rights(false, false, false), [403, 403, 403, 403, 200]).await;
    check(rights(true, false, false), [200, 403, 403, 403, 200]).await;
    check(rights(true, false, true), [200, 403, 200, 403, 200]).await;
    check(rights(false, true, true), [403, 200, 403, 200, 200]).await;
    let view = api.get(&*shared.path).bearer(&viewer).send().await.ok(200);
    assert_eq!(view["permissions"]["can_read_transcript"], false);
    assert_eq!(view["permissions"]["can_read_minutes"], true);
    assert_eq!(view["permissions"]["can_share"], false);
    // What may not be read is not found either.
    assert_eq!(api.store.list_visible_recording_ids(&tenant_id("ours"), &user_id("viewer")).await.unwrap(), Vec::new());
}

#[tokio::test]
async fn who_is_not_designated_asks_and_waits() {
    let shared = shared().await;
    let api = &shared.api;
    let stranger = api.add_user("ours", "stranger", Role::Member).await;
    let person = api.add_user("ours", "person", Role::Member).await;
    let read = async |token: &str| api.get(&*shared.path).bearer(token).send().await;
    let ask = async |token: &str| {
        let path = format!("{}/access-requests", shared.path);
        api.post(path).bearer(token).json(&json!({ "reason": "请让我看" })).send().await
    };
    read(&stranger).await.problem(404, "not_found");
    ask(&stranger).await.problem(404, "not_found");
    shared.share("only_me", &rights(true, true, false), true).await;
    read(&stranger).await.problem(403, "not_designated_viewer");
    read(&person).await.problem(403, "not_designated_viewer");
    let listed = api.get("/api/v1/recordings").bearer(&person).send().await.ok(200);
    assert_eq!(listed["recordings"], json!([]), "what does not open is not listed");
    ask(&stranger).await.ok(202);
    read(&stranger).await.problem(403, "approval_needed");
    let sharing = api.get(format!("{}/sharing", shared.path)).bearer(&shared.host).send().await.ok(200);
    assert_eq!(sharing["requests"][0]["person"]["display_name"], "stranger <name>");
    assert_eq!(sharing["requests"][0]["reason"], "请让我看");
    let answer = async |grant: bool| {
        let path = format!("{}/access-requests/stranger", shared.path);
        let request = api.request(axum::http::Method::PUT, path).bearer(&shared.host);
        request.json(&json!({ "grant": grant })).send().await
    };
    answer(false).await.ok(204);
    answer(true).await.problem(404, "not_found");
    read(&stranger).await.problem(403, "not_designated_viewer");
    ask(&stranger).await.ok(202);
    answer(true).await.ok(204);
    read(&stranger).await.problem(403, "not_designated_viewer");
    let sharing = shared.share("named", &rights(true, true, false), true).await;
    let viewers: Vec<&str> =
        sharing["viewers"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(viewers, ["stranger", "viewer"]);
    read(&stranger).await.ok(200);
    ask(&stranger).await.problem(403, "forbidden");
}

#[tokio::test]
async fn a_link_opens_what_it_was_given() {
    let shared = shared().await;
    let api = &shared.api;
    let (secret, link_id) = shared.link(json!({ "rights": rights(true, false, true), "views_max": 2 })).await;
    let opened = shared.open(&json!({ "token": secret, "name": " 王访客\u{7} " })).send().await.ok(201);
    assert_eq!(opened["recording"]["title"], "Launch 发布");
    assert_eq!(opened["recording"]["participants"][0]["display_name"], "Li <Wei>");
    assert_eq!(opened["minutes_url"], Value::Null);
    let text = |field: &str| opened[field].as_str().unwrap().to_owned();
    let said = api.get(text("transcript_url")).send().await.ok(200);
    assert_eq!(said["utterances"][0]["text"], "move the launch");
    let master = opened["playback"]["master_url"].as_str().unwrap().to_owned();
    assert_eq!(api.get(&*master).send().await.status, 200);
    assert_eq!(api.get(opened["playback"]["captions_url"].as_str().unwrap()).send().await.status, 200);
    api.get(master.replace("master.m3u8", "minutes.json")).send().await.problem(403, "forbidden");
    api.get(text("download_url")).send().await.problem(409, "not_ready");
    assert_eq!(api.post(text("download_url")).send().await.ok(202)["job"]["kind"], "export_mp4");

    let log = api.get(format!("{}/views", shared.path)).bearer(&shared.host).send().await.ok(200);
    let opening = log["entries"].as_array().unwrap().iter().find(|entry| entry["action"] == "link.open").unwrap();
    assert_eq!(opening["who"]["display_name"], "王访客");
    assert_eq!((&opening["who"]["id"], &opening["link_id"]), (&json!(link_id), &json!(link_id)));
    let entries = api.store.list_audit(&tenant_id("ours"), Some(&shared.recording.id), 99).await.unwrap();
    let audit = format!("{entries:?}");
    assert!(!audit.contains("王访客") && !audit.contains(&secret), "neither names nor secrets are in the audit log");

    let stranger = api.add_user("theirs", "elsewhere", Role::Member).await;
    shared.open(&json!({ "token": secret })).bearer(&stranger).send().await.ok(201);
    shared.open(&json!({ "token": secret })).send().await.problem(404, "link_expired");
    assert_eq!(api.get(&*master).send().await.status, 200, "what was opened plays on when no more may be opened");
    let path = format!("{}/links/{link_id}", shared.path);
    api.request(axum::http::Method::DELETE, path).bearer(&shared.host).send().await.ok(204);
    assert_eq!(api.get(&*master).send().await.status, 404, "until the link is taken back");
}

#[tokio::test]
async fn links_that_open_nothing_answer_alike() {
    let shared = shared().await;
    let api = &shared.api;
    let (with_password, _) = shared.link(json!({ "password": "密码88" })).await;
    let (short_lived, _) = shared.link(json!({ "expires_at": "2026-03-02T09:01:00Z" })).await;
    let (revoked, id) = shared.link(json!({})).await;
    let path = format!("{}/links/{id}", shared.path);
    api.request(axum::http::Method::DELETE, path).bearer(&shared.host).send().await.ok(204);
    shared.open(&json!({ "token": with_password })).send().await.problem(403, "password_needed");
    let playing = shared.open(&json!({ "token": short_lived })).send().await.ok(201);
    assert_eq!(playing["playback"]["expires_at"], "2026-03-02T09:01:00.000Z", "no longer than the link");
    api.clock.advance_ms(60_000);
    let mut bodies = Vec::new();
    for body in [
        json!({ "token": "never-given-out" }),
        json!({ "token": "" }),
        json!({ "token": with_password, "password": "wrong" }),
        json!({ "token": short_lived }),
        json!({ "token": revoked }),
        json!({ "token": revoked, "password": "x" }),
    ] {
        let mut problem = shared.open(&body).send().await.problem(404, "link_expired");
        problem.as_object_mut().unwrap().remove("request_id");
        bodies.push(problem);
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "{bodies:#?}");
    shared.open(&json!({ "token": with_password, "password": "密码88" })).send().await.ok(201);
    for bad in [
        json!({ "password": "abc" }),
        json!({ "expires_at": "2020-01-01T00:00:00Z" }),
        json!({ "expires_at": "soon" }),
        json!({ "views_max": 0 }),
    ] {
        let mut body = json!({ "audience": "anyone", "rights": rights(true, true, false) });
        body.as_object_mut().unwrap().extend(bad.as_object().unwrap().clone());
        let answer = api.post(format!("{}/links", shared.path)).bearer(&shared.host).json(&body).send().await;
        answer.problem(400, "invalid_request");
    }
}

#[tokio::test]
async fn guessing_is_slowed_down_for_the_guesser_only() {
    let shared = shared().await;
    let (secret, _) = shared.link(json!({ "password": "right-one" })).await;
    let from = |address: &str, password: &str| {
        let body = json!({ "token": secret, "password": password });
        shared.open(&body).peer(address)
    };
    for _ in 0..5 {
        from("10.0.0.1:1", "guess").send().await.problem(404, "link_expired");
    }
    let slowed = from("10.0.0.1:2", "right-one").send().await;
    slowed.problem(429, "too_many_attempts");
    assert_eq!(slowed.header("retry-after"), "1");
    from("10.0.0.2:1", "right-one").send().await.ok(201);
    shared.api.clock.advance_ms(1_000);
    from("10.0.0.1:3", "right-one").send().await.ok(201);
}

#[tokio::test]
async fn an_administrator_bounds_links_at_once() {
    let shared = shared().await;
    let api = &shared.api;
    let admin = api.add_user("ours", "admin", Role::Admin).await;
    let member = api.add_user("ours", "member", Role::Member).await;
    let (anyone, _) = shared.link(json!({})).await;
    let (inside, _) = shared.link(json!({ "audience": "organisation" })).await;
    shared.open(&json!({ "token": inside })).send().await.problem(401, "unauthenticated");
    let elsewhere = api.add_user("theirs", "elsewhere", Role::Admin).await;
    shared.open(&json!({ "token": inside })).bearer(&elsewhere).send().await.problem(404, "link_expired");
    let key = api.add_api_key("ours").await;
    shared.open(&json!({ "token": inside })).bearer(&key).send().await.problem(404, "link_expired");
    shared.open(&json!({ "token": inside })).bearer(&member).send().await.ok(201);
    let outside = shared.open(&json!({ "token": anyone })).send().await.ok(201);
    let master = outside["playback"]["master_url"].as_str().unwrap();
    let policy = json!({ "links": "organisation", "link_days_max": 7, "watermark_always": false });
    let change = api.request(axum::http::Method::PUT, "/api/v1/sharing-policy").bearer(&admin).json(&policy);
    assert_eq!(change.send().await.ok(200), policy);
    assert_eq!(api.get("/api/v1/sharing-policy").bearer(&member).send().await.ok(200), policy);
    assert_eq!(api.get(master).send().await.status, 404, "what plays outside stops");
    shared.open(&json!({ "token": anyone })).send().await.problem(404, "link_expired");
    shared.open(&json!({ "token": inside })).bearer(&member).send().await.ok(201);
    let body = json!({ "audience": "anyone", "rights": rights(true, true, false) });
    let refused = api.post(format!("{}/links", shared.path)).bearer(&shared.host).json(&body).send().await;
    refused.problem(403, "forbidden");
    let far = json!({ "audience": "organisation", "rights": rights(true, true, false),
        "expires_at": "2026-04-02T09:00:00Z" });
    let refused = api.post(format!("{}/links", shared.path)).bearer(&shared.host).json(&far).send().await;
    refused.problem(400, "invalid_request");
    let (_, id) = shared.link(json!({ "audience": "organisation" })).await;
    let sharing = api.get(format!("{}/sharing", shared.path)).bearer(&shared.host).send().await.ok(200);
    let newest = sharing["links"].as_array().unwrap().iter().find(|link| link["id"] == id.as_str()).unwrap();
    assert_eq!(newest["expires_at"], "2026-03-09T09:00:00.000Z", "the policy's own end");
}

#[tokio::test]
async fn people_are_looked_up_and_named() {
    let shared = shared().await;
    let api = &shared.api;
    api.add_user("ours", "zhang", Role::Member).await;
    api.add_user("theirs", "zhao", Role::Member).await;
    let found = api.get("/api/v1/people?q=ZHA").bearer(&shared.host).send().await.ok(200);
    assert_eq!(found["people"], json!([{ "id": "zhang", "display_name": "zhang <name>" }]));
    let name = async |user: &str| {
        let path = format!("{}/viewers/{user}", shared.path);
        api.request(axum::http::Method::PUT, path).bearer(&shared.host).send().await
    };
    name("zhang").await.ok(204);
    name("a%20b").await.problem(400, "invalid_user");
    let sharing = api.get(format!("{}/sharing", shared.path)).bearer(&shared.host).send().await.ok(200);
    let viewers: Vec<&str> =
        sharing["viewers"].as_array().unwrap().iter().map(|one| one["display_name"].as_str().unwrap()).collect();
    assert_eq!(viewers, ["viewer", "zhang <name>"], "an account known by its tokens only goes by its id");
}
