use axum::http::Method;
use model::Role;
use serde_json::{Value, json};

use crate::harness::{TestApi, live, sealed};

fn microphone() -> Value {
    json!({ "participant_id": "p1", "source": "microphone", "codec": "opus", "payload_type": 111,
        "clock_rate_hz": 48000, "ssrc": 3_735_928_559_u32,
        "srtp": { "profile": "AEAD_AES_128_GCM", "key_base64": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGw==" } })
}

#[tokio::test]
async fn tracks_come_change_and_go() {
    let api = TestApi::new().await;
    let key = api.add_api_key("ours").await;
    let recording = api.add_recording(live(), &[]).await;
    let tracks = format!("/api/v1/recordings/{}/tracks", recording.id);
    let added = api.post(tracks.as_str()).bearer(&key).json(&microphone()).send().await.ok(201);
    assert_eq!(added["address"], "127.0.0.1");
    assert_eq!((&added["rtp_port"], &added["rtcp_port"]), (&json!(40_000), &json!(40_001)));
    let stored = api.store.load_tracks(&recording.id).await.unwrap();
    assert_eq!(stored[0].srtp.as_ref().unwrap().key_and_salt, (0..28).collect::<Vec<u8>>());

    let view = api.get(format!("/api/v1/recordings/{}", recording.id)).bearer(&key).send().await.ok(200);
    let counted = &view["recorder"]["tracks"][0];
    assert_eq!((&counted["track_id"], &counted["packets_received"]), (&added["track_id"], &json!(0)));
    assert_eq!((&counted["participant_id"], &counted["source"]), (&json!("p1"), &json!("microphone")));

    let again = api.post(tracks.as_str()).bearer(&key).json(&microphone()).send().await.problem(409, "conflict");
    assert!(again["detail"].as_str().unwrap().contains("3735928559"), "{again}");

    let track = format!("{tracks}/{}", added["track_id"].as_str().unwrap());
    let patch = async |body: Value| api.request(Method::PATCH, track.as_str()).bearer(&key).json(&body).send().await;
    patch(json!({ "muted": true })).await.ok(204);
    patch(json!({ "ssrc": 7, "payload_type": 112 })).await.ok(204);
    patch(json!({ "payload_type": 128 })).await.problem(400, "invalid_request");
    assert_eq!(api.store.load_tracks(&recording.id).await.unwrap()[0].ssrc, 7);
    api.request(Method::DELETE, track.as_str()).bearer(&key).send().await.ok(204);
    api.request(Method::DELETE, track.as_str()).bearer(&key).send().await.problem(404, "not_found");
    let calls = api.recorder.take_calls();
    assert_eq!(calls, ["add microphone of p1", "mute microphone true", "update to ssrc 7 pt 112", "remove"]);
}

#[tokio::test]
async fn what_does_not_fit_is_named() {
    let api = TestApi::new().await;
    let key = api.add_api_key("ours").await;
    let recording = api.add_recording(live(), &[]).await;
    let tracks = format!("/api/v1/recordings/{}/tracks", recording.id);
    let check = async |change: Value, named: &str| {
        let mut body = microphone();
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let problem = api.post(tracks.as_str()).bearer(&key).json(&body).send().await.problem(400, "invalid_request");
        assert!(problem["detail"].as_str().unwrap().contains(named), "{named}: {problem}");
    };
    check(json!({ "codec": "vp8" }), "codec").await;
    check(json!({ "codec": "speex" }), "speex").await;
    check(json!({ "clock_rate_hz": 8000 }), "clock_rate_hz").await;
    check(json!({ "payload_type": 300 }), "payload_type").await;
    check(json!({ "ssrc": -1 }), "ssrc").await;
    check(json!({ "participant_id": "nobody" }), "nobody").await;
    check(json!({ "participant_id": "../p1" }), "participant_id").await;
    check(json!({ "srtp": { "profile": "AEAD_AES_128_GCM", "key_base64": "AAEC" } }), "srtp.key").await;
    check(json!({ "srtp": { "profile": "AEAD_AES_128_GCM", "key_base64": "!" } }), "key_base64").await;
    check(json!({ "bitrate": 1 }), "bitrate").await;
    assert!(api.store.load_tracks(&recording.id).await.unwrap().is_empty());
    assert!(api.recorder.take_calls().is_empty());
}

#[tokio::test]
async fn a_stopped_recording_takes_no_tracks() {
    let api = TestApi::new().await;
    let key = api.add_api_key("ours").await;
    let recording = api.add_recording(sealed(), &[]).await;
    let tracks = format!("/api/v1/recordings/{}/tracks", recording.id);
    let problem = api.post(tracks).bearer(&key).json(&microphone()).send().await.problem(409, "conflict");
    assert_eq!(problem["detail"], "the recording is sealed and takes no more media");
}

#[tokio::test]
async fn a_refused_track_leaves_no_row() {
    let api = TestApi::new().await;
    let key = api.add_api_key("ours").await;
    let recording = api.add_recording(live(), &[]).await;
    api.recorder.refuse("no port is free");
    let tracks = format!("/api/v1/recordings/{}/tracks", recording.id);
    api.post(tracks).bearer(&key).json(&microphone()).send().await.problem(503, "recorder_refused");
    assert!(api.store.load_tracks(&recording.id).await.unwrap().is_empty());
}

#[tokio::test]
async fn people_join_and_leave() {
    let api = TestApi::new().await;
    let key = api.add_api_key("ours").await;
    let late = api.add_user("ours", "late", Role::Member).await;
    let recording = api.add_recording(live(), &[]).await;
    let path = format!("/api/v1/recordings/{}", recording.id);
    api.get(path.as_str()).bearer(&late).send().await.problem(404, "not_found");
    let body = json!({ "id": "p9", "display_name": "Late", "user_id": "late", "language": "en" });
    let joined = api.post(format!("{path}/participants")).bearer(&key).json(&body).send().await.ok(201);
    assert_eq!(joined, body);
    let view = api.get(path.as_str()).bearer(&late).send().await.ok(200);
    assert_eq!(view["participants"].as_array().unwrap().len(), 2);
    let leave =
        async |id: &str| api.request(Method::DELETE, format!("{path}/participants/{id}")).bearer(&key).send().await;
    leave("p9").await.ok(204);
    leave("nobody").await.problem(404, "not_found");
    assert_eq!(api.recorder.take_calls(), ["joined p9", "left p9"]);
    let nameless = json!({ "id": "p10", "display_name": "a\u{7}b" });
    api.post(format!("{path}/participants")).bearer(&key).json(&nameless).send().await.problem(400, "invalid_request");
}
