use model::{Recording, Relation, Rendition, Role};
use serde_json::Value;

use crate::artefacts::{publish_segment, transcript, write_init};
use crate::harness::{NOW, TestApi, live, sealed, tenant_id, user_id};

async fn open(api: &TestApi, recording: &Recording, token: &str) -> Value {
    api.post(format!("/api/v1/recordings/{}/playback", recording.id)).bearer(token).send().await.ok(201)
}

async fn with_segments(api: &TestApi, recording: &Recording) {
    for rendition in [Rendition::Video, Rendition::Audio] {
        write_init(api, recording, rendition, 0).await;
        for sequence in 0..2 {
            publish_segment(api, recording, rendition, 0, sequence).await;
        }
    }
}

#[tokio::test]
async fn a_viewer_plays_what_is_published() {
    let api = TestApi::new().await;
    let viewer = api.add_user("ours", "viewer", Role::Member).await;
    let recording = api.add_recording(sealed(), &[("viewer", Relation::Viewer)]).await;
    let not_ready = api.post(format!("/api/v1/recordings/{}/playback", recording.id)).bearer(&viewer);
    not_ready.send().await.problem(409, "not_ready");
    with_segments(&api, &recording).await;
    let session = open(&api, &recording, &viewer).await;
    assert_eq!(session["captions_url"], Value::Null);
    let base = session["master_url"].as_str().unwrap().strip_suffix("master.m3u8").unwrap().to_owned();
    assert_eq!(base.len(), "/p/".len() + 43 + 1);

    let master = api.get(format!("{base}master.m3u8")).send().await;
    assert_eq!(master.header("content-type"), "application/vnd.apple.mpegurl");
    assert_eq!(master.header("referrer-policy"), "no-referrer");
    assert_eq!(master.header("cache-control"), "private, no-cache");
    insta::assert_snapshot!("master", master.text());
    let playlist = api.get(format!("{base}video/playlist.m3u8")).send().await;
    insta::assert_snapshot!("video", playlist.text());

    let init = api.get(format!("{base}audio/init-0.mp4")).send().await;
    assert_eq!((init.status.as_u16(), init.header("content-type")), (200, "audio/mp4"));
    let segment = api.get(format!("{base}video/0000000001.m4s")).send().await;
    assert_eq!(segment.header("content-type"), "video/mp4");
    assert_eq!(segment.header("cache-control"), "private, max-age=10");
    assert!(segment.text().starts_with("video segment 1 video"));
    let part = api.get(format!("{base}video/0000000001.m4s")).header("range", "bytes=6-14").send().await;
    assert_eq!((part.status.as_u16(), part.text()), (206, "segment 1"));
    assert_eq!(part.header("content-range"), "bytes 6-14/1600");
    let beyond = api.get(format!("{base}video/0000000001.m4s")).header("range", "bytes=1600-").send().await;
    beyond.problem(416, "range_not_satisfiable");
    assert_eq!(beyond.header("content-range"), "bytes */1600");

    api.store.save_transcript(&tenant_id("ours"), &transcript(&recording, "move the launch"), NOW).await.unwrap();
    let captions = open(&api, &recording, &viewer).await["captions_url"].as_str().unwrap().to_owned();
    let captions = api.get(captions).send().await;
    assert_eq!(captions.header("content-type"), "text/vtt; charset=utf-8");
    assert!(captions.text().contains("move the launch"));
}

#[tokio::test]
async fn a_restarted_recorder_is_a_discontinuity_and_a_live_list_stays_open() {
    let api = TestApi::new().await;
    let host = api.add_user("ours", "host", Role::Member).await;
    let recording = api.add_recording(live(), &[]).await;
    with_segments(&api, &recording).await;
    write_init(&api, &recording, Rendition::Video, 1).await;
    publish_segment(&api, &recording, Rendition::Video, 1, 2).await;
    let session = open(&api, &recording, &host).await;
    let playlist = session["master_url"].as_str().unwrap().replace("master.m3u8", "video/playlist.m3u8");
    let text = api.get(playlist.as_str()).send().await.text().to_owned();
    assert!(text.contains("#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"init-1.mp4\"\n"), "{text}");
    assert!(!text.contains("ENDLIST"), "{text}");
    publish_segment(&api, &recording, Rendition::Video, 1, 3).await;
    let grown = api.get(playlist).send().await.text().to_owned();
    assert!(grown.starts_with(&text) && grown.len() > text.len(), "a list only grows at its end: {grown}");
}

#[tokio::test]
async fn a_session_that_is_unknown_expired_or_taken_away_is_not_found() {
    let api = TestApi::new().await;
    let viewer = api.add_user("ours", "viewer", Role::Member).await;
    let recording = api.add_recording(sealed(), &[("viewer", Relation::Viewer)]).await;
    with_segments(&api, &recording).await;
    let session = open(&api, &recording, &viewer).await;
    assert_eq!(session["expires_at"], "2026-03-02T21:00:00.000Z");
    let master = session["master_url"].as_str().unwrap();
    let base = master.strip_suffix("master.m3u8").unwrap();
    let details = async |path: String| api.get(path).send().await.problem(404, "not_found")["detail"].clone();
    let unknown = details("/p/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/master.m3u8".to_owned()).await;
    for file in [
        "video/0000000009.m4s",
        "video/1.m4s",
        "text/playlist.m3u8",
        "video/..%2F..%2Fmanifest.json",
        "video/init-7.mp4",
        "speech/p1",
        "captions.vtt",
        "%2e%2e/master.m3u8",
        "video/%00",
        "video/%ff.m4s",
    ] {
        let answer = api.get(format!("{base}{file}")).send().await;
        assert!(matches!(answer.status.as_u16(), 404 | 400), "{file}: {answer:?}");
    }
    api.clock.advance_ms(12 * 3_600_000 - 1);
    api.get(master).send().await.problem_free();
    api.clock.advance_ms(1);
    assert_eq!(details(master.to_owned()).await, unknown);
    api.clock.set(NOW);
    api.get(master).send().await.problem_free();
    let mut moved = api.store.load_recording(&tenant_id("ours"), &recording.id).await.unwrap().unwrap();
    moved.disposal = model::Disposal::Trashed { until: NOW.plus_millis(1) };
    api.store.save_recording(&moved).await.unwrap();
    assert_eq!(details(master.to_owned()).await, unknown);
    assert_eq!(api.store.load_relation(&recording.id, &user_id("viewer")).await.unwrap(), Some(Relation::Viewer));
}

impl crate::harness::Answer {
    fn problem_free(&self) {
        assert_eq!(self.status, 200, "{self:?}");
    }
}
