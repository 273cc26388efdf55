use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::Error;
use crate::language_model::{Completion, CompletionFuture, CompletionRequest, LanguageModel};

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
    Tool,
    Object,
    Plain,
}

impl AnswerFormat {
    const LADDER: [Self; 4] = [Self::Schema, Self::Tool, Self::Object, Self::Plain];
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

    async fn answer(&self, request: &CompletionRequest) -> Result<Completion, Error> {
        let first = self.format.load(Ordering::Relaxed);
        let mut refused = None;
        for (rung, format) in AnswerFormat::LADDER.into_iter().enumerate().skip(first) {
            match self.post(request, format).await {
                Ok(answer) => {
                    self.format.store(rung, Ordering::Relaxed);
                    return Ok(answer);
                }
                Err(error @ Error::ModelRefused { status: 400 | 404 | 415 | 422 | 501, .. }) => refused = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(refused.unwrap_or_else(|| self.unusable("the server refused every request")))
    }

    async fn post(&self, request: &CompletionRequest, format: AnswerFormat) -> Result<Completion, Error> {
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
            let seconds =
                response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
            return Err(Error::ModelRefused {
                model: self.settings.model.clone(),
                status: response.status().as_u16(),
                retry_after_ms: seconds.map(|seconds| seconds.saturating_mul(1000)),
            });
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
        let calls = choice.message.tool_calls.unwrap_or_default().into_iter();
        let text = calls.map(|call| call.function.arguments).next().or(choice.message.content);
        let usage = envelope.usage.unwrap_or_default();
        Ok(Completion {
            text: text.filter(|text| !text.is_empty()).ok_or_else(|| self.unusable("it has no content"))?,
            input_tokens: usage.prompt_tokens,
            output_tokens: usage.completion_tokens,
        })
    }

    fn body(&self, request: &CompletionRequest, format: AnswerFormat) -> Value {
        let mut instructions = request.instructions.clone();
        if matches!(format, AnswerFormat::Object | AnswerFormat::Plain) {
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
        match format {
            AnswerFormat::Schema => {
                body["response_format"] = json!({
                    "type": "json_schema",
                    "json_schema": { "name": "answer", "strict": true, "schema": request.schema },
                });
            }
            AnswerFormat::Tool => {
                body["tools"] = json!([{
                    "type": "function",
                    "function": { "name": "answer", "description": "Gives the answer.", "parameters": request.schema },
                }]);
                body["tool_choice"] = json!({ "type": "function", "function": { "name": "answer" } });
            }
            AnswerFormat::Object => body["response_format"] = json!({ "type": "json_object" }),
            AnswerFormat::Plain => {}
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
    usage: Option<Usage>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Usage {
    prompt_tokens: u64,
    completion_tokens: u64,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
    tool_calls: Option<Vec<ToolCall>>,
}

#[derive(Deserialize)]
struct ToolCall {
    function: FunctionCall,
}

#[derive(Deserialize)]
struct FunctionCall {
    arguments: String,
}
