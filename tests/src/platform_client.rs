use std::time::Duration;

use anyhow::Context;
use reqwest::{Client, Method};
use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::time::{sleep, timeout};

const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
const PATIENCE: Duration = Duration::from_secs(90);
const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// Calls the API as a meeting platform does, with an API key. What fails fails the test.
pub struct PlatformClient {
    runtime: Runtime,
    client: Client,
    url: String,
    key: String,
}

impl PlatformClient {
    /// Prepares to call a server.
    ///
    /// # Errors
    /// When the system refuses threads or sockets.
    pub fn new(url: &str, key: &str) -> anyhow::Result<Self> {
        let client = Client::builder().timeout(REQUEST_TIMEOUT).no_proxy().build().context("make a client")?;
        let runtime = Runtime::new().context("start a runtime")?;
        Ok(Self { runtime, client, url: url.to_owned(), key: key.to_owned() })
    }

    /// Posts a body and returns the answer.
    ///
    /// # Panics
    /// When it is refused.
    pub fn post(&self, path: &str, body: &Value) -> Value {
        self.runtime.block_on(self.ask(Method::POST, path, Some(body))).unwrap_or_else(|error| panic!("{error:#}"))
    }

    /// Reads something.
    ///
    /// # Panics
    /// When it is refused.
    #[must_use]
    pub fn get(&self, path: &str) -> Value {
        self.runtime.block_on(self.ask(Method::GET, path, None)).unwrap_or_else(|error| panic!("{error:#}"))
    }

    /// Reads something until it is as wanted.
    ///
    /// # Panics
    /// When it is not for a minute and a half.
    pub fn until(&self, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let wait = async {
            loop {
                // What is not there yet is refused.
                if let Ok(answer) = self.ask(Method::GET, path, None).await
                    && wanted(&answer)
                {
                    return answer;
                }
                sleep(POLL_INTERVAL).await;
            }
        };
        self.runtime
            .block_on(async { timeout(PATIENCE, wait).await })
            .unwrap_or_else(|_| panic!("{path} is never as wanted"))
    }

    /// Downloads a file.
    ///
    /// # Panics
    /// When it is refused.
    #[must_use]
    pub fn download(&self, path: &str) -> Vec<u8> {
        let fetch = async {
            let response = self.client.get(format!("{}{path}", self.url)).bearer_auth(&self.key).send().await?;
            response.error_for_status()?.bytes().await
        };
        self.runtime.block_on(fetch).unwrap_or_else(|error| panic!("{path}: {error}")).to_vec()
    }

    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let mut request = self.client.request(method, format!("{}{path}", self.url)).bearer_auth(&self.key);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.with_context(|| path.to_owned())?;
        let status = response.status();
        let text = response.text().await.with_context(|| path.to_owned())?;
        anyhow::ensure!(status.is_success(), "{path} answered {status}: {text}");
        serde_json::from_str(&text).with_context(|| format!("{path} answered {text}"))
    }
}
