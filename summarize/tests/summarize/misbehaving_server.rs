use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use model::{CitedLine, Minutes, MinutesEngine};
use serde_json::{Value, json};
use summarize::{ChatCompletions, ChatCompletionsSettings, MinutesWriter, WritingRecord, write_extractive_minutes};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::scenes::{STARTED_AT, conversation};

const LINES: &[(&str, &str)] = &[
    ("Alice", "Storage is eighty three percent full."),
    ("Bob", "The quota is forty six gigabytes."),
    ("Alice", "We decided to limit storage to sixty two gigabytes."),
    ("Alice", "Wang Wei should test the watermark before Friday."),
];
const TIMEOUT_MS: u64 = 300;

/// What the server does to one request.
#[derive(Clone)]
enum Act {
    Status(u16),
    RetryAfter(u16, u64),
    Say(String),
    Body(String),
    Hang,
}

#[derive(Clone)]
struct Server {
    /// In turn; the last one for ever.
    script: Arc<Vec<Act>>,
    /// Formats it answers 400 to, whatever the script says.
    refuses: &'static [&'static str],
    served: Arc<AtomicUsize>,
    formats: Arc<Mutex<Vec<String>>>,
}

async fn serve(State(server): State<Server>, Json(body): Json<Value>) -> Response {
    let bare = if body["tools"].is_array() { "tool" } else { "plain" };
    let format = body["response_format"]["type"].as_str().unwrap_or(bare).to_owned();
    server.formats.lock().expect("not poisoned").push(format.clone());
    if server.refuses.contains(&format.as_str()) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let turn = server.served.fetch_add(1, Ordering::Relaxed);
    let act = server.script.get(turn).or_else(|| server.script.last()).cloned().expect("a script");
    let status = |status| StatusCode::from_u16(status).expect("a status");
    match act {
        Act::Status(code) => status(code).into_response(),
        Act::RetryAfter(code, seconds) => (status(code), [("retry-after", seconds.to_string())]).into_response(),
        Act::Body(text) => text.into_response(),
        Act::Hang => std::future::pending().await,
        Act::Say(content) => Json(json!({
            "choices": [{ "index": 0, "message": { "role": "assistant", "content": content }, "finish_reason": "stop" }],
            "usage": { "prompt_tokens": 100, "completion_tokens": 20 },
        }))
        .into_response(),
    }
}

async fn write(script: Vec<Act>, refuses: &'static [&'static str]) -> (Minutes, WritingRecord, Vec<String>) {
    let server = Server { script: Arc::new(script), refuses, served: Arc::default(), formats: Arc::default() };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address: SocketAddr = listener.local_addr().expect("bound");
    let router = Router::new().route("/v1/chat/completions", post(serve)).with_state(server.clone());
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { axum::serve(listener, router).await.expect("serves") });
    let settings = ChatCompletionsSettings {
        base_url: format!("http://{address}/v1"),
        api_key: None,
        model: "tiny".to_owned(),
        timeout_ms: TIMEOUT_MS,
    };
    let writer = MinutesWriter::with_language_model(Arc::new(ChatCompletions::new(settings).expect("valid")));
    let written = writer.write(conversation(LINES), 1, STARTED_AT, &|_| {}).await;
    let (minutes, record) = written.expect("minutes, whatever the server does");
    tasks.shutdown().await;
    let formats = server.formats.lock().expect("not poisoned").clone();
    (minutes, record, formats)
}

fn fact(kind: &str, text: &str, evidence: &str, quote: &str) -> Value {
    json!({ "type": kind, "text": text, "owner": null, "due_text": null, "evidence": [evidence], "quote": quote })
}

fn good() -> Act {
    let facts = [fact("decision", "Storage is limited to 62 gigabytes.", "s0002", "limit storage to sixty two")];
    Act::Say(json!({ "facts": facts }).to_string())
}

fn summary() -> Act {
    Act::Say(json!({ "summary": [{ "text": "Storage is limited to 62 gigabytes.", "facts": ["F1"] }] }).to_string())
}

fn all_lines(minutes: &Minutes) -> impl Iterator<Item = &CitedLine> {
    let points = minutes.chapters.iter().flat_map(|chapter| &chapter.points);
    let items = minutes.action_items.iter().map(|item| &item.line);
    minutes.summary.iter().chain(points).chain(&minutes.decisions).chain(items)
}

fn check_complete(minutes: &Minutes) {
    assert!(minutes.decisions.iter().any(|line| line.text.contains("limit")), "{:?}", minutes.decisions);
    assert_eq!(minutes.action_items.len(), 1);
    assert!(!minutes.summary.is_empty() && !minutes.chapters.is_empty());
    assert!(all_lines(minutes).all(|line| !line.citations.is_empty()));
}

fn check_written_by_model(minutes: &Minutes) {
    check_complete(minutes);
    assert_eq!(minutes.engine, MinutesEngine::LanguageModel { model: "tiny".to_owned() });
    assert!(minutes.decisions.iter().any(|line| line.text == "Storage is limited to 62 gigabytes."));
}

fn check_written_by_rules(minutes: &Minutes) {
    check_complete(minutes);
    assert_eq!(*minutes, write_extractive_minutes(&conversation(LINES), 1, STARTED_AT));
}

#[tokio::test]
async fn formats_it_refuses_are_gone_down_once() {
    let (minutes, record, formats) = write(vec![good(), summary()], &["json_schema", "tool"]).await;
    check_written_by_model(&minutes);
    assert_eq!(formats, ["json_schema", "tool", "json_object", "json_object"]);
    assert_eq!((record.requests, record.input_tokens, record.output_tokens), (2, 200, 40));
    assert_eq!(record.failures, []);
    let (minutes, _, formats) = write(vec![good(), summary()], &["json_schema", "tool", "json_object"]).await;
    check_written_by_model(&minutes);
    assert_eq!(formats.last().map(String::as_str), Some("plain"));
}

#[tokio::test]
async fn half_json_is_asked_for_again() {
    let half = Act::Say("{\"facts\": [{\"type\": \"decision\", \"text\": \"Sto".to_owned());
    let (minutes, record, _) = write(vec![half.clone(), good(), summary()], &[]).await;
    check_written_by_model(&minutes);
    assert!(record.failures.len() == 1 && record.failures[0].asked_again, "{record:?}");
    let (minutes, record, _) = write(vec![half], &[]).await;
    check_written_by_rules(&minutes);
    assert!(record.failures.last().is_some_and(|failure| !failure.asked_again && failure.chapter == Some(0)));
}

#[tokio::test]
async fn a_busy_server_is_waited_for() {
    let busy = Act::RetryAfter(429, 0);
    let (minutes, record, _) = write(vec![busy.clone(), good(), busy, summary()], &[]).await;
    check_written_by_model(&minutes);
    assert_eq!(record.failures.iter().map(|failure| failure.chapter).collect::<Vec<_>>(), [Some(0), None]);
    assert!(record.failures.iter().all(|failure| failure.problem.contains("429") && failure.asked_again));
}

#[tokio::test]
async fn a_server_that_serves_nothing_leaves_the_rules() {
    for act in [
        Act::Status(500),
        Act::RetryAfter(429, 0),
        Act::Status(401),
        Act::Hang,
        Act::Body("<html>gateway</html>".to_owned()),
        Act::Body("{\"choices\":[]}".to_owned()),
        Act::Body(String::new()),
        Act::Say(String::new()),
        Act::Say("I cannot help with that.".to_owned()),
        Act::Say("{\"facts\": \"none\"}".to_owned()),
    ] {
        let (minutes, record, _) = write(vec![act], &[]).await;
        check_written_by_rules(&minutes);
        assert!(!record.failures.is_empty() && record.kept == 0, "{record:?}");
    }
}

#[tokio::test]
async fn a_summary_that_hangs_costs_only_the_summary() {
    let (minutes, record, _) = write(vec![good(), Act::Hang], &[]).await;
    check_written_by_model(&minutes);
    assert!(record.failures.iter().all(|failure| failure.chapter.is_none()), "{record:?}");
}

#[tokio::test]
async fn every_invention_is_rejected_with_its_reason() {
    let inventions = [
        fact("decision", "Storage is limited to 62 gigabytes.", "s0099", "limit storage"),
        fact("decision", "Storage is limited to 62 gigabytes.", "x1", "limit storage"),
        fact("decision", "Storage is limited to 62 gigabytes.", "s0002", "limit all recordings"),
        fact("number", "Storage is 84 percent full.", "s0000", "eighty three percent"),
        fact("number", "存储用了百分之八十四。", "s0000", "eighty three percent"),
        fact("point", "Bob limits the watermark.", "s0003", "test the watermark"),
        fact("point", "The Kubernetes cluster is full.", "s0000", "eighty three percent"),
        fact("point", "Everybody goes home early.", "s0000", "eighty three percent"),
        json!({ "type": "point", "text": "Nothing.", "owner": null, "due_text": null, "evidence": [], "quote": "x" }),
    ];
    let mut facts = inventions.to_vec();
    facts.push(fact("decision", "Storage is limited to 62 gigabytes.", "s0002", "limit storage"));
    let wrong_summary = json!({ "summary": [
        { "text": "Storage is limited to 63 gigabytes.", "facts": ["F1"] },
        { "text": "Storage is limited to 62 gigabytes.", "facts": ["F77"] },
    ] });
    let script = vec![Act::Say(json!({ "facts": facts }).to_string()), Act::Say(wrong_summary.to_string())];
    let (minutes, record, _) = write(script, &[]).await;
    check_written_by_model(&minutes);
    assert_eq!((record.claimed, record.kept), (inventions.len() + 1, 1), "{record:?}");
    assert_eq!(record.rejected.values().sum::<usize>(), inventions.len());
    for invented in ["84", "八十四", "63", "Kubernetes", "Everybody", "Bob limits"] {
        assert!(all_lines(&minutes).all(|line| !line.text.contains(invented)), "{invented}");
    }
    for reason in ["a number or date is not in the evidence", "a term is not in the evidence"] {
        assert!(record.rejected.contains_key(reason), "{reason} in {:?}", record.rejected);
    }
}
