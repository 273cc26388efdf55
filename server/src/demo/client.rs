use std::time::Duration;

use anyhow::{Context, bail};
use model::{MediaAddress, Minutes, RecordingId, Transcript};
use reqwest::{Client, Method};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const REQUEST_TIMEOUT: Duration = Duration::from_secs(40);

/// Speaks to the public HTTP API the way a meeting platform would.
pub(super) struct ApiClient {
    client: Client,
    base: String,
    api_key: String,
}

impl ApiClient {
    pub(super) fn new(base: String, api_key: String) -> anyhow::Result<Self> {
        let client = Client::builder().timeout(REQUEST_TIMEOUT).no_proxy().build().context("make an HTTP client")?;
        Ok(Self { client, base, api_key })
    }

    pub(super) async fn create_recording(&self, body: &Value) -> anyhow::Result<RecordingId> {
        let view: Value = self.call(Method::POST, "/recordings", Some(body)).await.context("create a recording")?;
        let id = view["id"].as_str().context("the answer has no id")?;
        RecordingId::new(id).context("the answer's id is malformed")
    }

    pub(super) async fn recording(&self, recording_id: &RecordingId) -> anyhow::Result<Value> {
        self.call(Method::GET, &format!("/recordings/{recording_id}"), None).await.context("read the recording")
    }

    /// Adds a track; returns its id and where to send it.
    pub(super) async fn add_track(
        &self,
        recording_id: &RecordingId,
        body: &Value,
    ) -> anyhow::Result<(String, MediaAddress)> {
        let path = format!("/recordings/{recording_id}/tracks");
        let view: Value = self.call(Method::POST, &path, Some(body)).await.context("add a track")?;
        let track_id = view["track_id"].as_str().context("the answer has no track_id")?.to_owned();
        let address = serde_json::from_value(view).context("the answer has no address")?;
        Ok((track_id, address))
    }

    pub(super) async fn remove_track(&self, recording_id: &RecordingId, track_id: &str) -> anyhow::Result<()> {
        self.call_without_answer(Method::DELETE, &format!("/recordings/{recording_id}/tracks/{track_id}"), None).await
    }

    pub(super) async fn set_muted(
        &self,
        recording_id: &RecordingId,
        track_id: &str,
        muted: bool,
    ) -> anyhow::Result<()> {
        let path = format!("/recordings/{recording_id}/tracks/{track_id}");
        self.call_without_answer(Method::PATCH, &path, Some(&json!({ "muted": muted }))).await
    }

    pub(super) async fn join(&self, recording_id: &RecordingId, participant: &Value) -> anyhow::Result<()> {
        let path = format!("/recordings/{recording_id}/participants");
        self.call_without_answer(Method::POST, &path, Some(participant)).await
    }

    pub(super) async fn leave(&self, recording_id: &RecordingId, participant_id: &str) -> anyhow::Result<()> {
        let path = format!("/recordings/{recording_id}/participants/{participant_id}");
        self.call_without_answer(Method::DELETE, &path, None).await
    }

    pub(super) async fn stop(&self, recording_id: &RecordingId) -> anyhow::Result<()> {
        self.call_without_answer(Method::POST, &format!("/recordings/{recording_id}/stop"), None).await
    }

    pub(super) async fn transcript(&self, recording_id: &RecordingId) -> anyhow::Result<Transcript> {
        let view: Value = self.call(Method::GET, &format!("/recordings/{recording_id}/transcript"), None).await?;
        artefact(view).context("read the transcript")
    }

    pub(super) async fn minutes(&self, recording_id: &RecordingId) -> anyhow::Result<Minutes> {
        let view: Value = self.call(Method::GET, &format!("/recordings/{recording_id}/minutes"), None).await?;
        artefact(view).context("read the minutes")
    }

    async fn call<T: DeserializeOwned>(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<T> {
        let response = self.send(method, path, body).await?;
        response.json().await.with_context(|| format!("understand the answer to {path}"))
    }

    async fn call_without_answer(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<()> {
        self.send(method, path, body).await.map(drop)
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<reqwest::Response> {
        let mut request =
            self.client.request(method.clone(), format!("{}/api/v1{path}", self.base)).bearer_auth(&self.api_key);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.with_context(|| format!("{method} {path}"))?;
        let status = response.status();
        if !status.is_success() {
            let problem = response.text().await.with_context(|| format!("{method} {path}"))?;
            bail!("{method} {path} was answered {status}: {problem}");
        }
        Ok(response)
    }
}

/// Reads an artefact from its API form, in which wall-clock times are text.
fn artefact<T: DeserializeOwned>(mut view: Value) -> anyhow::Result<T> {
    // The demo compares what was said and written, not when the artefact was made.
    view["created_at"] = json!(0);
    serde_json::from_value(view).context("understand the artefact")
}
