use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use summarize::{ChatCompletions, ChatCompletionsSettings, CompletionRequest, Error, LanguageModel};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// A chat-completions server that takes only the given answer format.
#[derive(Clone)]
struct ChatServer {
    accepts: &'static str,
    answer: Value,
    seen: Arc<Mutex<Vec<SeenRequest>>>,
}

/// The key and the body of a request.
type SeenRequest = (Option<String>, Value);

async fn complete(
    State(server): State<ChatServer>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> (StatusCode, Json<Value>) {
    let key = headers.get("authorization").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let plain = if body["tools"].is_array() { "tool" } else { "plain" };
    let format = body["response_format"]["type"].as_str().unwrap_or(plain).to_owned();
    server.seen.lock().expect("not poisoned").push((key, body));
    match server.accepts {
        "nothing" => (StatusCode::TOO_MANY_REQUESTS, Json(json!({}))),
        accepts if accepts == format => (StatusCode::OK, Json(server.answer)),
        _ => (StatusCode::BAD_REQUEST, Json(json!({ "error": "unknown response_format" }))),
    }
}

async fn start(accepts: &'static str, answer: Value) -> (ChatServer, SocketAddr, JoinSet<()>) {
    let server = ChatServer { accepts, answer, seen: Arc::default() };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    let router = Router::new().route("/v1/chat/completions", post(complete)).with_state(server.clone());
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { axum::serve(listener, router).await.expect("serves") });
    (server, address, tasks)
}

fn client(address: SocketAddr) -> ChatCompletions {
    ChatCompletions::new(ChatCompletionsSettings {
        base_url: format!("http://{address}/v1/"),
        api_key: Some("sk-secret".to_owned()),
        model: "tiny".to_owned(),
        timeout_ms: 5_000,
    })
    .expect("valid settings")
}

fn request() -> CompletionRequest {
    CompletionRequest {
        instructions: "List facts.".to_owned(),
        material: "s0000|P1|0|Hello.".to_owned(),
        schema: json!({ "type": "object" }),
        output_tokens_max: 100,
    }
}

fn envelope(content: &str, finish_reason: &str) -> Value {
    json!({ "id": "x", "choices": [{ "index": 0, "message": { "role": "assistant", "content": content }, "finish_reason": finish_reason }] })
}

#[tokio::test]
async fn the_strictest_format_the_server_takes_is_found_and_kept() {
    for (accepts, first, second) in [("json_schema", 1, 1), ("tool", 2, 1), ("json_object", 3, 1), ("plain", 4, 1)] {
        let (server, address, _tasks) = start(accepts, envelope("{\"facts\":[]}", "stop")).await;
        let client = client(address);
        assert_eq!(client.complete(&request()).await.expect("an answer").text, "{\"facts\":[]}");
        assert_eq!(server.seen.lock().expect("not poisoned").len(), first, "{accepts}");
        client.complete(&request()).await.expect("an answer");
        let seen = server.seen.lock().expect("not poisoned");
        assert_eq!(seen.len(), first + second, "{accepts}");
        let (key, body) = seen.last().expect("seen");
        assert_eq!(key.as_deref(), Some("Bearer sk-secret"));
        assert_eq!(body["model"], "tiny");
        assert_eq!(body["messages"][1]["content"], request().material);
    }
}

#[tokio::test]
async fn refusals_and_nonsense_are_told_apart() {
    let (_, address, _tasks) = start("nothing", Value::Null).await;
    let refused = client(address).complete(&request()).await.expect_err("refused");
    assert!(matches!(refused, Error::ModelRefused { status: 429, .. }) && refused.is_transient());
    for answer in [json!({}), json!({ "choices": [] }), envelope("{", "length")] {
        let (_, address, _tasks) = start("json_schema", answer).await;
        let unusable = client(address).complete(&request()).await.expect_err("unusable");
        assert!(matches!(unusable, Error::ModelAnswer { .. }) && !unusable.is_transient(), "{unusable}");
    }
}

#[tokio::test]
async fn a_silent_server_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let settings = ChatCompletionsSettings {
        base_url: format!("http://{}", listener.local_addr().expect("bound")),
        api_key: None,
        model: "tiny".to_owned(),
        timeout_ms: 100,
    };
    let silent = ChatCompletions::new(settings).expect("valid").complete(&request()).await.expect_err("no answer");
    assert!(matches!(silent, Error::ModelUnreachable { .. }) && silent.is_transient());
}

#[test]
fn settings_are_checked_and_keep_the_key_to_themselves() {
    let settings = ChatCompletionsSettings {
        base_url: "https://api.example.com/v1".to_owned(),
        api_key: Some("sk-secret".to_owned()),
        model: "tiny".to_owned(),
        timeout_ms: 1_000,
    };
    assert!(!format!("{settings:?}").contains("sk-secret"));
    assert!(ChatCompletions::new(settings.clone()).is_ok());
    for broken in [
        ChatCompletionsSettings { base_url: "api.example.com".to_owned(), ..settings.clone() },
        ChatCompletionsSettings { base_url: "ftp://example.com".to_owned(), ..settings.clone() },
        ChatCompletionsSettings { model: String::new(), ..settings.clone() },
        ChatCompletionsSettings { timeout_ms: 0, ..settings },
    ] {
        assert!(matches!(ChatCompletions::new(broken), Err(Error::Setting { .. })));
    }
}
