use std::time::Duration;

use axum::body::Body;
use http_body_util::BodyExt as _;
use model::{JobPayload, LiveTranscript, Recording, RecordingEvent, Relation, Role, UtteranceId};
use serde_json::{Value, json};
use store::IdSource as _;
use tokio::time::timeout;

use crate::artefacts::transcript;
use crate::harness::{NOW, TestApi, live, tenant_id};
use crate::matrix::add_case_with;

const PATIENCE: Duration = Duration::from_secs(10);

/// Reads server-sent events.
struct Events {
    body: Body,
    text: String,
}

impl Events {
    async fn open(api: &TestApi, path: &str, token: &str) -> Self {
        let response = api.get(path).bearer(token).response().await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body(), text: String::new() }
    }

    /// Returns the next event and its data; none at the end of the stream.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                let found = (field("event: "), field("data: "));
                let rest = rest.to_owned();
                self.text = rest;
                if let (Some(name), Some(data)) = found {
                    return Some((name, serde_json::from_str(&data).unwrap()));
                }
                continue;
            }
            let frame = timeout(PATIENCE, self.body.frame()).await.expect("an event in time")?.unwrap();
            self.text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        }
    }
}

#[tokio::test]
async fn a_recording_is_followed_as_it_changes() {
    let api = TestApi::new().await;
    let viewer = api.add_user("ours", "viewer", Role::Member).await;
    let mut recording = api.add_recording(live(), &[("viewer", Relation::Viewer)]).await;
    let other = api.add_recording(live(), &[]).await;
    let mut events = Events::open(&api, &format!("/api/v1/recordings/{}/events", recording.id), &viewer).await;
    let (name, view) = events.next().await.unwrap();
    assert_eq!((name.as_str(), &view["state"]), ("recording", &"live".into()));

    let enqueue = async |id: &model::RecordingId| {
        let payload = JobPayload::Transcribe { recording_id: id.clone() };
        api.store.enqueue_job(&tenant_id("ours"), api.ids.job_id(), &payload, NOW).await.unwrap();
    };
    enqueue(&other.id).await;
    recording.state = recording.state.apply(RecordingEvent::Pause { at: NOW }).unwrap();
    api.store.save_recording(&recording).await.unwrap();
    let (name, view) = events.next().await.unwrap();
    assert_eq!((name.as_str(), &view["state"]), ("recording", &"paused".into()));
    enqueue(&recording.id).await;
    assert_eq!(events.next().await.unwrap().0, "recording");
    let (name, job) = events.next().await.unwrap();
    assert_eq!((name.as_str(), &job["kind"]), ("job", &"transcribe".into()));

    api.shutdown.cancel();
    assert_eq!(events.next().await, None, "a server that shuts down ends its streams");
}

#[tokio::test]
async fn a_list_is_followed_as_far_as_one_may_see() {
    let api = TestApi::new().await;
    let viewer = api.add_user("ours", "viewer", Role::Member).await;
    let mut hidden = api.add_recording(live(), &[]).await;
    let mut seen = api.add_recording(live(), &[("viewer", Relation::Viewer)]).await;
    let mut events = Events::open(&api, "/api/v1/recordings/events", &viewer).await;
    for recording in [&mut hidden, &mut seen] {
        recording.state = recording.state.clone().apply(RecordingEvent::Pause { at: NOW }).unwrap();
        api.store.save_recording(recording).await.unwrap();
    }
    let (name, view) = events.next().await.unwrap();
    assert_eq!((name.as_str(), &view["id"]), ("recording", &seen.id.as_str().into()));
}

/// A live transcript with a line for each text; the last one is not finished.
fn heard(recording: &Recording, texts: &[(&str, &str)]) -> LiveTranscript {
    let mut transcript = transcript(recording, "x");
    transcript.version = 0;
    let line = transcript.utterances[0].clone();
    transcript.utterances = texts
        .iter()
        .map(|(id, text)| model::Utterance {
            id: UtteranceId::new(*id).unwrap(),
            text: (*text).to_owned(),
            ..line.clone()
        })
        .collect();
    let provisional = transcript.utterances.last().map(|last| last.id.clone()).into_iter().collect();
    LiveTranscript { transcript, provisional, backlog_ms: 1_500, real_time_factor: Some(0.25) }
}

#[tokio::test]
async fn what_is_heard_is_followed_by_who_may_read_it() {
    let api = TestApi::new().await;
    let viewer = api.add_user("ours", "viewer", Role::Member).await;
    let compliance = api.add_user("ours", "compliance", Role::Compliance).await;
    let recording = api.add_recording(live(), &[("viewer", Relation::Viewer)]).await;
    add_case_with(&api, "compliance", &recording).await;
    let path = format!("/api/v1/recordings/{}", recording.id);
    let publish = async |texts: &[(&str, &str)]| {
        api.store.publish_live_transcript(&tenant_id("ours"), heard(&recording, texts), NOW).await.unwrap();
    };
    let silent = api.get(format!("{path}/transcript/live")).bearer(&viewer).send().await.ok(200);
    assert_eq!((&silent["whole"], &silent["utterances"]), (&json!(true), &json!([])));
    publish(&[("l1", "good morning"), ("l2", "we need")]).await;

    let mut events = Events::open(&api, &format!("{path}/events"), &viewer).await;
    assert_eq!(events.next().await.unwrap().0, "recording");
    let (name, first) = events.next().await.unwrap();
    assert_eq!((name.as_str(), &first["whole"]), ("live_transcript", &json!(true)));
    let ids = |view: &Value| -> Vec<Value> {
        view["utterances"].as_array().unwrap().iter().map(|utterance| utterance["id"].clone()).collect()
    };
    assert_eq!((ids(&first), &first["provisional_ids"]), (vec![json!("l1"), json!("l2")], &json!(["l2"])));
    assert_eq!((&first["backlog_ms"], &first["real_time_factor"]), (&json!(1_500), &json!(0.25)));

    publish(&[("l1", "good morning"), ("l3", "we need more"), ("l4", "yes")]).await;
    let (_, second) = events.next().await.unwrap();
    assert_eq!((&second["whole"], ids(&second)), (&json!(false), vec![json!("l3"), json!("l4")]));
    assert_eq!(second["removed_ids"], json!(["l2"]));
    let whole = api.get(format!("{path}/transcript/live")).bearer(&viewer).send().await.ok(200);
    assert_eq!((&whole["whole"], ids(&whole).len()), (&json!(true), 3));

    let mut audited = Events::open(&api, &format!("{path}/events"), &compliance).await;
    assert_eq!(audited.next().await.unwrap().0, "recording");
    assert_eq!(audited.next().await.unwrap().0, "live_transcript");
    publish(&[("l5", "one more")]).await;
    assert_eq!(audited.next().await.unwrap().1["utterances"][0]["text"], "one more");
    let audit = api.store.list_audit(&tenant_id("ours"), Some(&recording.id), 100).await.unwrap();
    let readings = audit.iter().filter(|entry| entry.action == "transcript.read" && entry.actor == "compliance");
    assert_eq!(readings.count(), 1, "following is one reading");

    let service = api.add_api_key("theirs").await;
    api.get(format!("{path}/transcript/live")).bearer(&service).send().await.problem(404, "not_found");
    api.store.forget_live_transcript(&recording.id);
    let silent = api.get(format!("{path}/transcript/live")).bearer(&viewer).send().await.ok(200);
    assert_eq!(silent["utterances"], json!([]));
}
