use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::Error;
use crate::language_model::{CompletionFuture, CompletionRequest, LanguageModel};

/// An answer longer than this is nonsense.
const ANSWER_BYTES_MAX: usize = 4 << 20;
const CONNECT_TIMEOUT_MS: u64 = 10_000;

/// How to reach a server that speaks the OpenAI chat-completions protocol.
#[derive(Clone)]
pub struct ChatCompletionsSettings {
    /// The address up to and without `/chat/completions`, such as `https://api.example.com/v1`.
    pub base_url: String,
    /// Sent as bearer token; none for local servers.
    pub api_key: Option<String>,
    /// The model's name.
    pub model: String,
    /// The longest wait for one answer, in milliseconds.
    pub timeout_ms: u64,
}

impl fmt::Debug for ChatCompletionsSettings {
    /// Leaves the key out.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ChatCompletionsSettings")
            .field("base_url", &self.base_url)
            .field("model", &self.model)
            .field("timeout_ms", &self.timeout_ms)
            .finish_non_exhaustive()
    }
}

/// A language model behind the OpenAI chat-completions protocol.
///
/// Servers differ in how they are told to answer in JSON; the strictest way that the server takes is found once and kept.
#[derive(Debug)]
pub struct ChatCompletions {
    settings: ChatCompletionsSettings,
    client: reqwest::Client,
    /// Place in [`AnswerFormat::LADDER`].
    format: AtomicUsize,
}

#[derive(Debug, Clone, Copy)]
enum AnswerFormat {
    Schema,
    Object,
    Plain,
}

impl AnswerFormat {
    const LADDER: [Self; 3] = [Self::Schema, Self::Object, Self::Plain];
}

impl ChatCompletions {
    /// Prepares the connection; nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Setting`] when the address is no HTTP address, the model has no name, or the timeout is zero.
    pub fn new(settings: ChatCompletionsSettings) -> Result<Self, Error> {
        let setting = |setting, problem: &str| Error::Setting { setting, problem: problem.to_owned() };
        let url = reqwest::Url::parse(&settings.base_url).map_err(|error| setting("base_url", &error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(setting("base_url", "must begin with http:// or https://"));
        }
        if settings.model.is_empty() {
            return Err(setting("model", "must name a model"));
        }
        if settings.timeout_ms == 0 {
            return Err(setting("timeout_ms", "must be greater than zero"));
        }
        let client = reqwest::Client::builder()
            .timeout(Duration::from_millis(settings.timeout_ms))
            .connect_timeout(Duration::from_millis(CONNECT_TIMEOUT_MS.min(settings.timeout_ms)))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|source| Error::ModelUnreachable { model: settings.model.clone(), source })?;
        Ok(Self { settings, client, format: AtomicUsize::new(0) })
    }

    async fn answer(&self, request: &CompletionRequest) -> Result<String, Error> {
        let first = self.format.load(Ordering::Relaxed);
        let mut refused = None;
        for (rung, format) in AnswerFormat::LADDER.into_iter().enumerate().skip(first) {
            match self.post(request, format).await {
                Ok(answer) => {
                    self.format.store(rung, Ordering::Relaxed);
                    return Ok(answer);
                }
                Err(Error::ModelRefused { model, status }) if matches!(status, 400 | 404 | 415 | 422 | 501) => {
                    refused = Some(Error::ModelRefused { model, status });
                }
                Err(error) => return Err(error),
            }
        }
        Err(refused.unwrap_or_else(|| self.unusable("the server refused every request")))
    }

    async fn post(&self, request: &CompletionRequest, format: AnswerFormat) -> Result<String, Error> {
        let url = format!("{}/chat/completions", self.settings.base_url.trim_end_matches('/'));
        let mut builder = self.client.post(url).json(&self.body(request, format));
        if let Some(key) = &self.settings.api_key {
            builder = builder.bearer_auth(key);
        }
        let unreachable = |source: reqwest::Error| Error::ModelUnreachable {
            model: self.settings.model.clone(),
            source: source.without_url(),
        };
        let mut response = builder.send().await.map_err(unreachable)?;
        if !response.status().is_success() {
            return Err(Error::ModelRefused { model: self.settings.model.clone(), status: response.status().as_u16() });
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if bytes.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(self.unusable("it is longer than 4 MiB"));
            }
            bytes.extend_from_slice(&chunk);
        }
        let envelope: Envelope =
            serde_json::from_slice(&bytes).map_err(|_| self.unusable("it is no chat completion"))?;
        let choice = envelope.choices.into_iter().next().ok_or_else(|| self.unusable("it has no choices"))?;
        if choice.finish_reason.as_deref() == Some("length") {
            return Err(self.unusable("it was cut at the longest length"));
        }
        choice.message.content.ok_or_else(|| self.unusable("it has no content"))
    }

    fn body(&self, request: &CompletionRequest, format: AnswerFormat) -> Value {
        let mut instructions = request.instructions.clone();
        let format = match format {
            AnswerFormat::Schema => json!({
                "type": "json_schema",
                "json_schema": { "name": "answer", "strict": true, "schema": request.schema },
            }),
            AnswerFormat::Object => json!({ "type": "json_object" }),
            AnswerFormat::Plain => Value::Null,
        };
        if !format.get("json_schema").is_some_and(Value::is_object) {
            instructions.push_str("\nAnswer with one JSON object of this schema and nothing else:\n");
            instructions.push_str(&request.schema.to_string());
        }
        let mut body = json!({
            "model": self.settings.model,
            "messages": [
                { "role": "system", "content": instructions },
                { "role": "user", "content": request.material },
            ],
            "temperature": 0,
            "max_tokens": request.output_tokens_max,
        });
        if let (Some(fields), false) = (body.as_object_mut(), format.is_null()) {
            fields.insert("response_format".to_owned(), format);
        }
        body
    }

    fn unusable(&self, problem: &str) -> Error {
        Error::ModelAnswer { model: self.settings.model.clone(), problem: problem.to_owned() }
    }
}

impl LanguageModel for ChatCompletions {
    fn name(&self) -> &str {
        &self.settings.model
    }

    fn complete<'a>(&'a self, request: &'a CompletionRequest) -> CompletionFuture<'a> {
        Box::pin(self.answer(request))
    }
}

#[derive(Deserialize)]
struct Envelope {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
}
