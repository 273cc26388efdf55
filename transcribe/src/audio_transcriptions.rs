use std::time::Duration;

use model::Language;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::Error;
use crate::audio::SAMPLES_PER_MS;
use crate::remote_answer::RemoteAnswer;
use crate::remote_form::RemoteForm;
use crate::transcriber::{DecodedSegment, Transcriber};
use crate::window::WindowRule;

/// A speech recogniser behind the OpenAI `/v1/audio/transcriptions` protocol, as many servers speak it.
///
/// Its calls block and must come from threads that may, as [`Transcriber`] says; the requests run on the runtime whose
/// handle it was given.
#[derive(Debug)]
pub struct AudioTranscriptions {
    settings: AudioTranscriptionsSettings,
    client: reqwest::Client,
    runtime: Handle,
    permits: Semaphore,
    engine: String,
}

/// Where the server is and how it is to be used.
#[derive(Clone)]
pub struct AudioTranscriptionsSettings {
    /// The address before `/audio/transcriptions`, such as `https://speech.example.com/v1`.
    pub base_url: String,
    /// Sent as a bearer token.
    pub api_key: Option<String>,
    /// The model's name on the server.
    pub model: String,
    /// The time for one request, in milliseconds.
    pub timeout_ms: u64,
    /// Requests after the first when the server is busy or unreachable.
    pub retries: u32,
    /// The pause before the first retry, in milliseconds; it doubles each time.
    pub retry_delay_ms: u64,
    /// Requests at a time.
    pub concurrency: usize,
}

impl std::fmt::Debug for AudioTranscriptionsSettings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("AudioTranscriptionsSettings")
            .field("base_url", &self.base_url)
            .field("model", &self.model)
            .finish_non_exhaustive()
    }
}

impl AudioTranscriptionsSettings {
    /// Returns settings for a server and a model on it: a minute for each request, two retries, four requests at a time.
    #[must_use]
    pub fn new(base_url: impl Into<String>, model: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            api_key: None,
            model: model.into(),
            timeout_ms: 60_000,
            retries: 2,
            retry_delay_ms: 500,
            concurrency: 4,
        }
    }
}

const CONNECT_TIMEOUT_MS: u64 = 5_000;
const RETRY_AFTER_MS_MAX: u64 = 10_000;
const ANSWER_BYTES_MAX: usize = 4 << 20;
/// The longest silence between regions that share a request; beyond it the topic may have changed.
const PACKED_GAP_MS_MAX: u64 = 30_000;
/// Servers refuse less than 0.1 s.
const SAMPLES_MIN: usize = 1_600;

impl AudioTranscriptions {
    /// Prepares the connection; nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::RemoteSetting`] when the address is no HTTP address, the model has no name, or a number is zero.
    pub fn new(settings: AudioTranscriptionsSettings, runtime: Handle) -> Result<Self, Error> {
        let wrong = |setting, problem: &str| Error::RemoteSetting { setting, problem: problem.to_owned() };
        let url = reqwest::Url::parse(&settings.base_url).map_err(|error| wrong("base_url", &error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong("base_url", "must begin with http:// or https://"));
        }
        if settings.model.is_empty() {
            return Err(wrong("model", "must name a model"));
        }
        if settings.timeout_ms == 0 || settings.concurrency == 0 {
            return Err(wrong("timeout_ms and concurrency", "must be greater than zero"));
        }
        let client = reqwest::Client::builder()
            .timeout(Duration::from_millis(settings.timeout_ms))
            .connect_timeout(Duration::from_millis(CONNECT_TIMEOUT_MS.min(settings.timeout_ms)))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(Error::RemoteUnreachable)?;
        Ok(Self {
            permits: Semaphore::new(settings.concurrency),
            engine: format!("{} by a transcription server", settings.model),
            settings,
            client,
            runtime,
        })
    }

    fn ask(&self, samples: &[f32], language: Option<Language>) -> Result<RemoteAnswer, Error> {
        let form = RemoteForm::new(&self.settings.model, samples, language);
        self.runtime.block_on(self.ask_until_answered(&form))
    }

    async fn ask_until_answered(&self, form: &RemoteForm) -> Result<RemoteAnswer, Error> {
        let _permit = self.permits.acquire().await.expect("the semaphore is never closed");
        let mut retries = 0;
        loop {
            let error = match self.post(form).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            if !error.is_transient() || retries == self.settings.retries {
                return Err(error);
            }
            let delay_ms = match error {
                Error::RemoteRefused { retry_after_ms: Some(retry_after_ms), .. } => retry_after_ms,
                _ => self.settings.retry_delay_ms << retries.min(10),
            };
            retries += 1;
            tokio::time::sleep(Duration::from_millis(delay_ms.min(RETRY_AFTER_MS_MAX))).await;
        }
    }

    async fn post(&self, form: &RemoteForm) -> Result<RemoteAnswer, Error> {
        let url = format!("{}/audio/transcriptions", self.settings.base_url.trim_end_matches('/'));
        let mut request = self.client.post(url).header("content-type", RemoteForm::content_type()).body(form.body());
        if let Some(key) = &self.settings.api_key {
            request = request.bearer_auth(key);
        }
        let unreachable = |source: reqwest::Error| Error::RemoteUnreachable(source.without_url());
        let mut response = request.send().await.map_err(unreachable)?;
        if !response.status().is_success() {
            let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
            let retry_after_ms =
                retry_after.and_then(|text| text.trim().parse::<u64>().ok()).map(|s| s.saturating_mul(1000));
            return Err(Error::RemoteRefused { status: response.status().as_u16(), retry_after_ms });
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if bytes.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(Error::RemoteAnswer { problem: "it is longer than 4 MiB".to_owned() });
            }
            bytes.extend_from_slice(&chunk);
        }
        RemoteAnswer::parse(&bytes)
    }
}

impl Transcriber for AudioTranscriptions {
    fn engine(&self) -> &str {
        &self.engine
    }

    fn window_rule(&self) -> WindowRule {
        WindowRule::Packed { gap_ms_max: PACKED_GAP_MS_MAX }
    }

    fn workers(&self) -> usize {
        self.settings.concurrency
    }

    fn transcribe(&self, samples: &[f32], language: Language) -> Result<Vec<DecodedSegment>, Error> {
        if samples.len() < SAMPLES_MIN {
            return Ok(Vec::new());
        }
        let answer = self.ask(samples, Some(language))?;
        answer.into_segments(samples.len() as u64 / SAMPLES_PER_MS)
    }

    fn detect_language(&self, samples: &[f32]) -> Result<Option<Language>, Error> {
        if samples.len() < SAMPLES_MIN {
            return Ok(None);
        }
        Ok(self.ask(samples, None)?.language())
    }
}
