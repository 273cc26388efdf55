use std::collections::BTreeSet;

use axum::http::Method;
use model::{Recording, Relation, Rendition, Role, ShareRights, ShareScope, Sharing};
use serde_json::{Value, json};

use crate::artefacts::{publish_segment, write_init};
use crate::harness::{Answer, NOW, TestApi, TestRequest, sealed, user_id};
use crate::matrix::add_case_with;

const UNMARKED: &str = "video segment";

async fn watermarked(api: &TestApi) -> Recording {
    let recording = api.add_recording(sealed(), &[("viewer", Relation::Viewer)]).await;
    for rendition in [Rendition::Video, Rendition::Audio] {
        write_init(api, &recording, rendition, 0).await;
        for sequence in 0..3 {
            publish_segment(api, &recording, rendition, 0, sequence).await;
        }
    }
    let sharing = Sharing {
        scope: ShareScope::Participants,
        rights: ShareRights { transcript: true, minutes: true, download: true },
        takes_requests: false,
        watermark: true,
    };
    api.store.save_sharing(&recording.tenant_id, &recording.id, &sharing, (&user_id("host"), NOW)).await.unwrap();
    recording
}

async fn open(api: &TestApi, recording: &Recording, token: &str) -> String {
    let opened = api.post(format!("/api/v1/recordings/{}/playback", recording.id)).bearer(token).send().await.ok(201);
    opened["master_url"].as_str().unwrap().replace("master.m3u8", "")
}

#[tokio::test]
async fn each_session_gets_its_own_name_in_every_segment() {
    let api = TestApi::new().await;
    let recording = watermarked(&api).await;
    let host = api.add_user("ours", "host", Role::Member).await;
    let viewer = api.add_user("ours", "viewer", Role::Member).await;
    let compliance = api.add_user("ours", "compliance", Role::Compliance).await;
    add_case_with(&api, "compliance", &recording).await;
    for (name, token) in [("host", &host), ("viewer", &viewer), ("compliance", &compliance)] {
        let base = open(&api, &recording, token).await;
        let playlist = api.get(format!("{base}video/playlist.m3u8")).send().await;
        assert_eq!(playlist.text().matches(".m4s").count(), 3);
        for sequence in 0..3 {
            let segment = api.get(format!("{base}video/{sequence:010}.m4s")).send().await;
            assert_eq!(segment.status, 200);
            let expected = format!("marked {sequence} for {name} <name> {name} 2026-03-02 09:00;");
            assert!(segment.text().starts_with(&expected), "{}", segment.text());
            assert!(!segment.text().contains(UNMARKED));
        }
        let sound = api.get(format!("{base}audio/0000000001.m4s")).send().await;
        assert!(sound.text().starts_with("audio segment 1"), "sound has no picture to mark");
        assert_eq!(api.get(format!("{base}master.m3u8")).send().await.status, 200);
    }
    assert_eq!(api.marking.calls(), 9, "each segment is marked once for each session");
    let base = open(&api, &recording, &viewer).await;
    let both = [api.get(format!("{base}video/0000000001.m4s")), api.get(format!("{base}video/0000000001.m4s"))];
    let [first, second] = both.map(TestRequest::send);
    let (first, second) = tokio::join!(first, second);
    assert_eq!((first.status.as_u16(), first.body), (200, second.body));
    assert_eq!(api.marking.calls(), 10, "two who ask at the same time wait for the same work");
}

const RANGES: &[&str] =
    &["bytes=0-", "bytes=0-0", "bytes=5-20", "bytes=-16", "bytes=-99999", "bytes=0-1,3-4", "bytes=7-5", "lines=1-2"];

/// What somebody might hope to find below a playback session.
const FILES: &[&str] = &[
    "video/init-0.mp4",
    "audio/init-0.mp4",
    "video/0.m4s",
    "video/0000000000.mp4",
    "video/0000000000.m4s/",
    "video/0000000000.m4s?unmarked=1",
    "video/%30000000000.m4s",
    "audio/0000000000.m4s/../../video/0000000000.m4s",
    "audio/..%2Fvideo%2F0000000000.m4s",
    "Video/0000000000.m4s",
    "video%2F0000000000.m4s",
    "video/./0000000000.m4s",
    "media/0000000000.m4s",
    "thumbnail.jpg",
    "storyboard.vtt",
    "video/manifest.json",
    "recording.mp4",
    "video/download.mp4",
    "video/0000000009.m4s",
    "video/4294967296.m4s",
];

/// Counts tricks, and fails when one yields a stored byte of the picture.
#[derive(Default)]
struct Tricks {
    tried: usize,
}

impl Tricks {
    fn check(&mut self, trick: &str, answer: &Answer) {
        self.tried += 1;
        let body = String::from_utf8_lossy(&answer.body);
        assert!(!body.contains(UNMARKED), "{trick} yields {body}");
    }
}

/// Whatever is tried with a playback session, no stored byte of the picture comes out.
#[tokio::test]
async fn no_trick_yields_an_unmarked_byte() {
    let api = TestApi::new().await;
    let recording = watermarked(&api).await;
    let viewer = api.add_user("ours", "viewer", Role::Member).await;
    let base = open(&api, &recording, &viewer).await;
    let other = api.add_recording(sealed(), &[("viewer", Relation::Viewer)]).await;
    write_init(&api, &other, Rendition::Video, 0).await;
    publish_segment(&api, &other, Rendition::Video, 0, 0).await;
    let unmarked_base = open(&api, &other, &viewer).await;
    // The session of a recording without a watermark does deliver what is stored, so the search below can find it.
    let control = api.get(format!("{unmarked_base}video/0000000000.m4s")).send().await;
    assert!(control.text().contains(UNMARKED), "the search works");
    let mut tricks = Tricks::default();
    let segment = format!("{base}video/0000000000.m4s");
    for range in RANGES {
        tricks.check(range, &api.get(&*segment).header("range", range).send().await);
        tricks.check(range, &api.get(format!("{base}video/init-0.mp4")).header("range", range).send().await);
    }
    for file in FILES {
        tricks.check(file, &api.get(format!("{base}{file}")).send().await);
    }
    for header in ["if-none-match", "if-range", "x-original-url", "x-forwarded-host", "accept-encoding"] {
        tricks.check(header, &api.get(&*segment).header(header, "*").send().await);
    }
    for method in [Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS, Method::PATCH] {
        tricks.check(method.as_str(), &api.request(method.clone(), &*segment).send().await);
    }
    let swapped = unmarked_base.replace("/p/", "/p/x");
    tricks.check("foreign session", &api.get(format!("{swapped}video/0000000000.m4s")).send().await);
    let id = format!("/p/{}/video/0000000000.m4s", recording.id);
    tricks.check("id as secret", &api.get(id).send().await);
    for method in [Method::GET, Method::POST] {
        let answer = api.request(method, format!("{base}recording.mp4")).send().await;
        answer.problem(403, "watermark_required");
    }
    assert!(tricks.tried >= 45, "{} tricks", tricks.tried);
}

/// Neither hosts nor services nor visitors take away a file without a name in it.
#[tokio::test]
async fn no_file_is_taken_away_without_a_name() {
    let api = TestApi::new().await;
    let recording = watermarked(&api).await;
    let host = api.add_user("ours", "host", Role::Member).await;
    let viewer = api.add_user("ours", "viewer", Role::Member).await;
    let key = api.add_api_key("ours").await;
    let mut tricks = Tricks::default();
    for token in [&host, &viewer, &key] {
        for (method, path) in [(Method::POST, "mp4"), (Method::GET, "recording.mp4")] {
            let path = format!("/api/v1/recordings/{}/exports/{path}", recording.id);
            let answer = api.request(method, path).bearer(token).send().await;
            answer.problem(403, "watermark_required");
            tricks.check("download", &answer);
        }
    }
    let secret = link(&api, &recording, &host).await;
    let opened = api.post("/api/v1/links/open").json(&json!({ "token": secret, "name": "访客" })).send().await.ok(201);
    assert_eq!(opened["download_url"], Value::Null);
    let base = opened["playback"]["master_url"].as_str().unwrap().replace("master.m3u8", "");
    let seen = api.get(format!("{base}video/0000000000.m4s")).send().await;
    assert!(seen.text().starts_with("marked 0 for 访客 "), "{}", seen.text());
    tricks.check("link", &seen);
    tricks.check("download by link", &api.get(format!("{base}recording.mp4")).send().await);
}

async fn link(api: &TestApi, recording: &Recording, host: &str) -> String {
    let body = json!({ "audience": "anyone", "rights": { "transcript": true, "minutes": true, "download": true } });
    let links = format!("/api/v1/recordings/{}/links", recording.id);
    let made = api.post(links).bearer(host).json(&body).send().await.ok(201);
    made["path"].as_str().unwrap().strip_prefix("/s#").unwrap().to_owned()
}

#[tokio::test]
async fn a_visitor_without_a_name_gets_no_watermarked_picture() {
    let api = TestApi::new().await;
    let recording = watermarked(&api).await;
    let host = api.add_user("ours", "host", Role::Member).await;
    let secret = link(&api, &recording, &host).await;
    let nameless = api.post("/api/v1/links/open").json(&json!({ "token": secret, "name": " " })).send().await;
    nameless.problem(403, "watermark_required");
}

#[tokio::test]
async fn pictures_that_cannot_be_marked_are_not_delivered() {
    let api = TestApi::new().await;
    let recording = watermarked(&api).await;
    let viewer = api.add_user("ours", "viewer", Role::Member).await;
    let base = open(&api, &recording, &viewer).await;
    api.marking.fail(true);
    let failed = api.get(format!("{base}video/0000000000.m4s")).send().await;
    failed.problem(500, "internal");
    assert!(!failed.text().contains(UNMARKED) && !failed.text().contains("stand-in"));
    api.marking.fail(false);
    assert_eq!(api.get(format!("{base}video/0000000000.m4s")).send().await.status, 200, "a failure is not kept");
    let without = TestApi::without_marking().await;
    let recording = watermarked(&without).await;
    let viewer = without.add_user("ours", "viewer", Role::Member).await;
    let base = open(&without, &recording, &viewer).await;
    without.get(format!("{base}video/0000000000.m4s")).send().await.problem(403, "watermark_required");
}

#[tokio::test]
async fn an_administrators_watermark_counts_for_every_recording_at_once() {
    let api = TestApi::new().await;
    let admin = api.add_user("ours", "admin", Role::Admin).await;
    let host = api.add_user("ours", "host", Role::Member).await;
    let recording = api.add_recording(sealed(), &[]).await;
    write_init(&api, &recording, Rendition::Video, 0).await;
    publish_segment(&api, &recording, Rendition::Video, 0, 0).await;
    let base = open(&api, &recording, &host).await;
    let mut seen = BTreeSet::new();
    for always in [false, true] {
        let policy = json!({ "links": "anyone", "link_days_max": null, "watermark_always": always });
        api.request(Method::PUT, "/api/v1/sharing-policy").bearer(&admin).json(&policy).send().await.ok(200);
        let segment = api.get(format!("{base}video/0000000000.m4s")).send().await;
        seen.insert((always, segment.text().starts_with("marked 0 for host")));
    }
    assert_eq!(seen, BTreeSet::from([(false, false), (true, true)]), "also for a session that plays already");
}
