use std::time::Duration;

use axum::body::Body;
use http_body_util::BodyExt as _;
use model::{JobPayload, RecordingEvent, Relation, Role};
use serde_json::Value;
use store::IdSource as _;
use tokio::time::timeout;

use crate::harness::{NOW, TestApi, live, tenant_id};

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
