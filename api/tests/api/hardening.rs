use std::io;
use std::sync::{Arc, Mutex};

use axum::http::Method;
use model::{Relation, Rendition, Role};
use serde_json::json;
use store::User;
use tracing_subscriber::fmt::MakeWriter;

use crate::artefacts::{publish_segment, transcript, write_init};
use crate::harness::{NOW, TestApi, sealed, tenant_id, user_id};

/// Collects what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Everything is logged that can be, by every crate, while secrets and names go in and out; none of them is in the log.
#[tokio::test]
async fn neither_secrets_nor_names_nor_speech_are_logged() {
    let log = Log::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).with_ansi(false);
    let _guard = tracing::subscriber::set_default(subscriber.finish());
    let api = TestApi::new().await;
    let user = User {
        id: user_id("host"),
        tenant_id: tenant_id("ours"),
        user_name: "secret-user-name".to_owned(),
        display_name: "SecretDisplayName".to_owned(),
        role: Role::Member,
        password_hash: Some(api::hash_password("secret-password", [9; 16]).unwrap()),
    };
    api.store.insert_user(&user).await.unwrap();
    let body = json!({ "user_name": "secret-user-name", "password": "secret-wrong-password" });
    api.post("/api/v1/session").json(&body).send().await.problem(401, "unauthenticated");
    let body = json!({ "user_name": "secret-user-name", "password": "secret-password" });
    let session = api.post("/api/v1/session").json(&body).send().await.ok(200);
    let token = session["token"].as_str().unwrap().to_owned();
    let recording = api.add_recording(sealed(), &[("viewer", Relation::Viewer)]).await;
    for rendition in [Rendition::Video, Rendition::Audio] {
        write_init(&api, &recording, rendition, 0).await;
        publish_segment(&api, &recording, rendition, 0, 0).await;
    }
    api.store.save_transcript(&tenant_id("ours"), &transcript(&recording, "secretspokenword move"), NOW).await.unwrap();
    let path = format!("/api/v1/recordings/{}", recording.id);
    let opened = api.post(format!("{path}/playback")).bearer(&token).send().await.ok(201);
    let master = opened["master_url"].as_str().unwrap().to_owned();
    let playback_secret = master.split('/').nth(2).unwrap().to_owned();
    let link = json!({ "audience": "anyone", "password": "secret-link-password",
        "rights": { "transcript": true, "minutes": true, "download": true } });
    let made = api.post(format!("{path}/links")).bearer(&token).json(&link).send().await.ok(201);
    let link_secret = made["path"].as_str().unwrap().strip_prefix("/s#").unwrap().to_owned();
    let open = json!({ "token": link_secret, "password": "secret-link-password", "name": "SecretVisitorName" });
    api.post("/api/v1/links/open").json(&open).send().await.ok(201);
    for (method, path) in [
        (Method::GET, master.clone()),
        (Method::GET, master.replace("master.m3u8", "video/0000000000.m4s")),
        (Method::GET, master.replace("master.m3u8", "captions.vtt")),
        (Method::GET, master.replace("master.m3u8", "nothing")),
        (Method::GET, format!("{path}/transcript")),
        (Method::GET, format!("{path}/exports/transcript.srt")),
        (Method::GET, format!("{path}/views")),
        (Method::GET, "/api/v1/search?q=secretspokenword".to_owned()),
        (Method::GET, "/api/v1/people?q=SecretDisplayName".to_owned()),
        (Method::GET, "/api/v1/nothing/secret-path".to_owned()),
    ] {
        api.request(method, path).bearer(&token).send().await;
    }
    tracing::debug!("the log works");
    let text = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(text.contains("the log works") && text.contains("request refused"), "{text}");
    require_absent(&text, &[&token, &playback_secret, &link_secret]);
}

fn require_absent(text: &str, made: &[&str]) {
    let chosen = [
        "secret-user-name",
        "SecretDisplayName",
        "secret-password",
        "secret-wrong-password",
        "secretspokenword",
        "secret-link-password",
        "SecretVisitorName",
        "Li <Wei>",
        "Launch 发布",
    ];
    for secret in chosen.iter().chain(made) {
        let line = text.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret} is logged: {line:?}");
    }
}

#[tokio::test]
async fn asking_in_a_loop_is_slowed_down_for_the_one_who_does() {
    let api = TestApi::new().await;
    let viewer = api.add_user("ours", "viewer", Role::Member).await;
    let other = api.add_user("ours", "other", Role::Member).await;
    let recording = api.add_recording(sealed(), &[("viewer", Relation::Viewer), ("other", Relation::Viewer)]).await;
    write_init(&api, &recording, Rendition::Video, 0).await;
    publish_segment(&api, &recording, Rendition::Video, 0, 0).await;
    let open = async |token: &str| {
        let path = format!("/api/v1/recordings/{}/playback", recording.id);
        let opened = api.post(path).bearer(token).send().await.ok(201);
        opened["master_url"].as_str().unwrap().replace("master.m3u8", "video/playlist.m3u8")
    };
    let (playlist, others) = (open(&viewer).await, open(&other).await);
    let mut allowed = 0;
    let refused = loop {
        let answer = api.get(&*playlist).send().await;
        if answer.status != 200 {
            break answer;
        }
        allowed += 1;
        assert!(allowed < 10_000, "nothing ends the loop");
    };
    refused.problem(429, "too_many_requests");
    assert_eq!(refused.header("retry-after"), "1");
    assert!(allowed >= 100, "a player that seeks about is not slowed: {allowed}");
    assert_eq!(api.get(&*others).send().await.status, 200, "nobody else is");
    api.clock.advance_ms(1_000);
    assert_eq!(api.get(&*playlist).send().await.status, 200);
    let mut allowed = 0;
    while api.get("/api/v1/session").bearer(&viewer).send().await.status == 200 {
        allowed += 1;
        assert!(allowed < 10_000, "nothing ends the loop");
    }
    assert!(allowed >= 300, "a page that loads is not slowed: {allowed}");
    api.get("/api/v1/session").bearer(&other).send().await.ok(200);
}

#[tokio::test]
async fn every_answer_is_hardened_and_has_an_id() {
    let api = TestApi::new().await;
    let mut ids = std::collections::HashSet::new();
    for path in ["/api/v1/health", "/api/v1/plan", "/api/v1/nothing", "/p/none/master.m3u8", "/nothing"] {
        let answer = api.get(path).send().await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert!(!answer.header("referrer-policy").is_empty(), "{path}");
        assert!(answer.header("cache-control").contains("no-"), "{path}: {answer:?}");
        assert!(ids.insert(answer.header("x-request-id").to_owned()), "{path}: an id of its own");
    }
}
