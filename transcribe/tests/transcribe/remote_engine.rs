use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use model::{Language, Timestamp};
use serde_json::{Value, json};
use store::ManualClock;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::Barrier;
use transcribe::{
    AudioTranscriptions, AudioTranscriptionsSettings, DecodedSegment, Error, FallbackTranscriber, Transcriber,
    TranscriptBuilder,
};

use crate::demo_meeting::build;
use crate::fixtures::{demo_chunks, participant_id, roster, whisper};
use crate::scripted::ScriptedTranscriber;

/// What the server does with one request.
#[derive(Clone)]
enum Step {
    Answer(Value),
    Status(u16),
    /// Status 429 and when to come back.
    Busy(&'static str),
    Garbage,
    /// Never answers.
    Hang,
    /// Answers once this many requests are there at a time.
    Together(Arc<Barrier>),
    /// Transcribes with the fixture model.
    Transcribe,
}

#[derive(Clone, Default)]
struct Server {
    steps: Arc<Mutex<VecDeque<Step>>>,
    seen: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
    active: Arc<AtomicUsize>,
    active_max: Arc<AtomicUsize>,
}

async fn answer(State(server): State<Server>, headers: HeaderMap, body: Bytes) -> Response {
    let active = server.active.fetch_add(1, Ordering::SeqCst) + 1;
    server.active_max.fetch_max(active, Ordering::SeqCst);
    server.seen.lock().unwrap().push((headers, body.clone()));
    let step = {
        let mut steps = server.steps.lock().unwrap();
        if steps.len() > 1 { steps.pop_front().unwrap() } else { steps[0].clone() }
    };
    let response = match step {
        Step::Answer(answer) => axum::Json(answer).into_response(),
        Step::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Step::Busy(seconds) => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", seconds)]).into_response(),
        Step::Garbage => "<html>gateway</html>".into_response(),
        Step::Hang => std::future::pending().await,
        Step::Together(barrier) => {
            barrier.wait().await;
            axum::Json(json!({ "text": "together" })).into_response()
        }
        Step::Transcribe => axum::Json(transcribe_body(&body).await).into_response(),
    };
    server.active.fetch_sub(1, Ordering::SeqCst);
    response
}

fn find(body: &[u8], text: &str) -> Option<usize> {
    body.windows(text.len()).position(|window| window == text.as_bytes())
}

fn field(body: &[u8], name: &str) -> Option<String> {
    let head = format!("name=\"{name}\"\r\n\r\n");
    let start = find(body, &head)? + head.len();
    let length = find(&body[start..], "\r\n")?;
    String::from_utf8(body[start..start + length].to_vec()).ok()
}

/// Does what a transcription server does, with the words apart from their punctuation.
async fn transcribe_body(body: &[u8]) -> Value {
    let start = find(body, "RIFF").unwrap();
    let bytes = u32::from_le_bytes(body[start + 40..start + 44].try_into().unwrap()) as usize;
    let data = &body[start + 44..start + 44 + bytes];
    let samples: Vec<f32> =
        data.chunks_exact(2).map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0).collect();
    let language: Language = field(body, "language").unwrap().parse().unwrap();
    let decode = move || whisper().transcribe(&samples, language).unwrap();
    let segments = tokio::task::spawn_blocking(decode).await.unwrap();
    let seconds = |ms: u64| ms as f64 / 1000.0;
    let words = segments.iter().flat_map(|segment| &segment.words).map(|word| {
        let bare = word.text.trim().trim_end_matches(['.', ',', '?', '!', '。', '，', '？']);
        json!({ "word": bare, "start": seconds(word.start_ms), "end": seconds(word.end_ms) })
    });
    let words: Vec<Value> = words.collect();
    let segments = segments.iter().map(|segment| {
        let text: String = segment.words.iter().map(|word| word.text.as_str()).collect();
        let (first, last) = (segment.words.first().unwrap(), segment.words.last().unwrap());
        json!({ "start": seconds(first.start_ms), "end": seconds(last.end_ms), "text": text, "avg_logprob": -0.1 })
    });
    json!({ "language": language.as_str(), "segments": segments.collect::<Vec<Value>>(), "words": words })
}

/// A server that goes through its steps and stays at the last one.
struct Running {
    runtime: Runtime,
    server: Server,
    address: SocketAddr,
}

fn serve(steps: &[Step]) -> Running {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let server = Server::default();
    server.steps.lock().unwrap().extend(steps.iter().cloned());
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/v1/audio/transcriptions", post(answer)).with_state(server.clone());
    runtime.spawn(async move { axum::serve(listener, router).await });
    Running { runtime, server, address }
}

impl Running {
    fn settings(&self) -> AudioTranscriptionsSettings {
        AudioTranscriptionsSettings {
            api_key: Some("sk-secret".to_owned()),
            timeout_ms: 5_000,
            retry_delay_ms: 1,
            concurrency: 2,
            ..AudioTranscriptionsSettings::new(format!("http://{}/v1/", self.address), "whisper-1")
        }
    }

    fn client(&self) -> AudioTranscriptions {
        AudioTranscriptions::new(self.settings(), self.runtime.handle().clone()).unwrap()
    }

    fn requests(&self) -> usize {
        self.server.seen.lock().unwrap().len()
    }
}

static SECOND: [f32; 16_000] = [0.25; 16_000];

fn text(segments: &[DecodedSegment]) -> String {
    segments.iter().map(DecodedSegment::text).collect()
}

#[test]
fn the_request_says_everything_and_the_key_is_a_bearer_token() {
    let running = serve(&[Step::Answer(json!({ "text": "Hello.", "language": "chinese" }))]);
    let client = running.client();
    assert_eq!(text(&client.transcribe(&SECOND, Language::English).unwrap()), "Hello.");
    assert_eq!(client.detect_language(&SECOND).unwrap(), Some(Language::Mandarin));
    let seen = running.server.seen.lock().unwrap();
    let (headers, body) = &seen[0];
    assert_eq!(headers["authorization"], "Bearer sk-secret");
    assert!(headers["content-type"].to_str().unwrap().starts_with("multipart/form-data; boundary="));
    for (name, value) in
        [("model", "whisper-1"), ("response_format", "verbose_json"), ("language", "en"), ("temperature", "0")]
    {
        assert_eq!(field(body, name).as_deref(), Some(value));
    }
    let wave = find(body, "RIFF").unwrap();
    assert_eq!(body[wave + 40..wave + 44], 32_000_u32.to_le_bytes());
    assert_eq!(body[wave + 44..wave + 46], 8_191_i16.to_le_bytes());
    assert_eq!(field(&seen[1].1, "language"), None);
    assert!(!format!("{client:?}").contains("sk-secret"));
}

#[test]
fn a_busy_server_is_asked_again_and_a_refusal_is_final() {
    let hello = Step::Answer(json!({ "text": "hello" }));
    for (steps, requests) in [
        (vec![Step::Status(503), Step::Status(500), hello.clone()], 3),
        (vec![Step::Busy("0"), hello.clone()], 2),
        (vec![hello], 1),
    ] {
        let running = serve(&steps);
        assert_eq!(text(&running.client().transcribe(&SECOND, Language::English).unwrap()), "hello");
        assert_eq!(running.requests(), requests);
    }
    for (step, requests, transient) in [
        (Step::Status(400), 1, false),
        (Step::Status(401), 1, false),
        (Step::Garbage, 1, false),
        (Step::Status(502), 3, true),
    ] {
        let running = serve(&[step]);
        let error = running.client().transcribe(&SECOND, Language::English).unwrap_err();
        assert_eq!((running.requests(), error.is_transient()), (requests, transient), "{error}");
    }
}

#[test]
fn a_silent_server_is_given_up() {
    let running = serve(&[Step::Hang]);
    let settings = AudioTranscriptionsSettings { timeout_ms: 100, retries: 1, ..running.settings() };
    let client = AudioTranscriptions::new(settings, running.runtime.handle().clone()).unwrap();
    let error = client.transcribe(&SECOND, Language::English).unwrap_err();
    assert!(matches!(error, Error::RemoteUnreachable(_)), "{error}");
    assert_eq!(running.requests(), 2);
}

#[test]
fn no_more_requests_at_a_time_than_allowed() {
    // Each pair of requests waits for each other: fewer at a time would hang, more are counted.
    let running = serve(&[Step::Together(Arc::new(Barrier::new(2)))]);
    let client = running.client();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(text(&client.transcribe(&SECOND, Language::English).unwrap()), "together"));
        }
    });
    assert_eq!(running.requests(), 8);
    assert_eq!(running.server.active_max.load(Ordering::SeqCst), 2);
}

#[test]
fn the_local_model_takes_over_and_hands_back() {
    let hello = Step::Answer(json!({ "text": "remote" }));
    let running = serve(&[Step::Status(400), Step::Status(400), Step::Status(400), hello]);
    let clock = Arc::new(ManualClock::new(Timestamp::from_micros(0)));
    let local = Arc::new(ScriptedTranscriber::new(&[Ok("local"); 20], None));
    let both = FallbackTranscriber::new(
        Arc::new(running.client()),
        Arc::<ScriptedTranscriber>::clone(&local),
        Arc::<ManualClock>::clone(&clock),
    );
    let next = || text(&both.transcribe(&SECOND, Language::English).unwrap());
    let heard: Vec<String> = (0..5).map(|_| next()).collect();
    assert_eq!(heard, ["local"; 5]);
    assert_eq!(running.requests(), 3, "after three failures the server is left alone");
    clock.advance_ms(30_000);
    assert_eq!([next(), next()], ["remote", "remote"]);
    assert_eq!((running.requests(), local.heard_ms.lock().unwrap().len()), (5, 5));
    assert!(both.engine().contains("whisper-1") && both.engine().contains("scripted"));
}

#[test]
fn a_meeting_by_a_server_reads_like_one_by_the_local_model() {
    let running = serve(&[Step::Transcribe]);
    let transcribe = |transcriber: Arc<dyn Transcriber>| {
        let mut builder = TranscriptBuilder::new(transcriber, Language::English).unwrap();
        builder.set_roster(&roster(true));
        let chunks = demo_chunks(21_400).into_iter();
        builder.push(chunks.filter(|loaded| loaded.chunk.participant_id != participant_id("Alice")).collect()).unwrap();
        let transcript = build(builder);
        let texts = transcript.utterances.iter().map(|utterance| utterance.text.clone());
        (texts.collect::<Vec<String>>(), transcript)
    };
    // The fixture model needs a region for each window, and so does the one behind the server.
    let local = Arc::new(FallbackTranscriber::new(
        Arc::new(running.client()),
        whisper(),
        Arc::new(ManualClock::new(Timestamp::from_micros(0))),
    ));
    let (remote_texts, transcript) = transcribe(local);
    let (texts, _) = transcribe(whisper());
    assert_eq!(remote_texts, texts);
    assert_eq!(texts.len(), 3);
    assert_eq!(running.requests(), 3);
    let words = transcript.utterances.iter().flat_map(|utterance| &utterance.words);
    assert!(words.clone().all(|word| (word.confidence - 0.905).abs() < 0.01));
    assert!(words.clone().count() >= 9);
}

#[test]
fn settings_are_checked() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let good = AudioTranscriptionsSettings::new("https://speech.example.com/v1", "whisper-1");
    for wrong in [
        AudioTranscriptionsSettings { base_url: "speech.example.com".to_owned(), ..good.clone() },
        AudioTranscriptionsSettings { base_url: "ftp://speech.example.com".to_owned(), ..good.clone() },
        AudioTranscriptionsSettings { model: String::new(), ..good.clone() },
        AudioTranscriptionsSettings { concurrency: 0, ..good.clone() },
        AudioTranscriptionsSettings { timeout_ms: 0, ..good.clone() },
    ] {
        let error = AudioTranscriptions::new(wrong, runtime.handle().clone()).unwrap_err();
        assert!(matches!(error, Error::RemoteSetting { .. }) && !error.is_transient(), "{error}");
    }
    AudioTranscriptions::new(good, runtime.handle().clone()).unwrap();
}
