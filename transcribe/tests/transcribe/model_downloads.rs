use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use transcribe::{Error, KnownModel, ModelPresence, ModelStore};

use crate::fixtures::model_path;

/// A mirror with the fixture model under the name of a published one.
#[derive(Clone)]
struct Mirror {
    content: Arc<Vec<u8>>,
    knows_ranges: bool,
    /// Each answer breaks off after so many bytes.
    bytes_per_answer: usize,
    /// Where each answer began.
    starts: Arc<Mutex<Vec<usize>>>,
}

async fn answer(State(mirror): State<Mirror>, headers: HeaderMap) -> Response {
    let range = headers.get("range").and_then(|range| range.to_str().ok());
    let start = range.and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
    let start: usize = start.filter(|_| mirror.knows_ranges).unwrap_or(0);
    mirror.starts.lock().unwrap().push(start);
    let end = start.saturating_add(mirror.bytes_per_answer).min(mirror.content.len());
    let length = mirror.content.len() - start;
    // The connection breaks when the body ends before the length it was announced with.
    let broken = (end < mirror.content.len()).then(|| Err(std::io::Error::other("the line is cut")));
    let pieces: Vec<_> = std::iter::once(Ok(mirror.content[start..end].to_vec())).chain(broken).collect();
    let body = Body::from_stream(tokio_stream(pieces));
    let headers = [("content-length", length.to_string())];
    if start > 0 {
        let content_range = format!("bytes {start}-{}/{}", mirror.content.len() - 1, mirror.content.len());
        return (StatusCode::PARTIAL_CONTENT, headers, [("content-range", content_range)], body).into_response();
    }
    (StatusCode::OK, headers, body).into_response()
}

fn tokio_stream<T: Send + 'static>(pieces: Vec<T>) -> impl futures_util::Stream<Item = T> {
    futures_util::stream::iter(pieces)
}

async fn serve(mirror: Mirror) -> (String, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let router = Router::new().route("/models/ggml-tiny.bin", get(answer)).with_state(mirror);
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
    (format!("http://{address}/models/"), tasks)
}

fn fixture() -> Vec<u8> {
    std::fs::read(model_path()).unwrap()
}

/// A published model whose content is the fixture's.
fn known() -> KnownModel {
    let micro = KnownModel::find("micro").unwrap();
    KnownModel { name: "tiny", file_name: "ggml-tiny.bin", is_published: true, ..*micro }
}

fn mirror(content: Vec<u8>, knows_ranges: bool, bytes_per_answer: usize) -> Mirror {
    Mirror { content: Arc::new(content), knows_ranges, bytes_per_answer, starts: Arc::default() }
}

#[tokio::test]
async fn a_model_is_fetched_once_and_verified() {
    let directory = tempfile::tempdir().unwrap();
    let store = ModelStore::new(directory.path().join("models"));
    let mirror = mirror(fixture(), true, usize::MAX);
    let (source, _tasks) = serve(mirror.clone()).await;
    assert_eq!(store.presence(&known()).await.unwrap(), ModelPresence::Missing);
    let seen = AtomicU64::new(0);
    let progress = |here: u64, total: u64| {
        assert!(here >= seen.swap(here, Ordering::Relaxed) && here <= total);
    };
    let path = store.pull(&known(), &source, &progress).await.unwrap();
    assert_eq!(seen.load(Ordering::Relaxed), known().bytes);
    assert_eq!(std::fs::read(&path).unwrap(), fixture());
    assert_eq!(store.presence(&known()).await.unwrap(), ModelPresence::Present);
    store.verify(&known()).await.unwrap();
    store.pull(&known(), &source, &|_, _| {}).await.unwrap();
    assert_eq!(*mirror.starts.lock().unwrap(), [0]);
}

#[tokio::test]
async fn a_broken_line_is_taken_up_where_it_broke() {
    let directory = tempfile::tempdir().unwrap();
    let store = ModelStore::new(directory.path());
    let mirror = mirror(fixture(), true, 3_000_000);
    let (source, _tasks) = serve(mirror.clone()).await;
    store.pull(&known(), &source, &|_, _| {}).await.unwrap();
    store.verify(&known()).await.unwrap();
    let starts = mirror.starts.lock().unwrap().clone();
    assert_eq!(starts[0], 0);
    assert!(starts.len() >= 3 && starts.is_sorted() && starts[1] > 0, "{starts:?}");
}

#[tokio::test]
async fn an_earlier_call_is_taken_up_by_the_next() {
    let directory = tempfile::tempdir().unwrap();
    let store = ModelStore::new(directory.path());
    std::fs::write(directory.path().join("ggml-tiny.bin.part"), &fixture()[..5_000_000]).unwrap();
    assert_eq!(store.presence(&known()).await.unwrap(), ModelPresence::Partial { bytes: 5_000_000 });
    for (knows_ranges, start) in [(true, 5_000_000), (false, 0)] {
        std::fs::write(directory.path().join("ggml-tiny.bin.part"), &fixture()[..5_000_000]).unwrap();
        let mirror = mirror(fixture(), knows_ranges, usize::MAX);
        let (source, _tasks) = serve(mirror.clone()).await;
        let path = store.pull(&known(), &source, &|_, _| {}).await.unwrap();
        assert_eq!(*mirror.starts.lock().unwrap(), [start]);
        std::fs::remove_file(path).unwrap();
    }
}

fn files(directory: &Path) -> usize {
    std::fs::read_dir(directory).unwrap().count()
}

#[tokio::test]
async fn another_file_is_refused_and_not_kept() {
    let mut changed = fixture();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    let longer = [fixture(), vec![0; 10]].concat();
    for content in [changed, longer, fixture()[..1_000_000].to_vec()] {
        let directory = tempfile::tempdir().unwrap();
        let store = ModelStore::new(directory.path());
        let (source, _tasks) = serve(mirror(content, true, usize::MAX)).await;
        let error = store.pull(&known(), &source, &|_, _| {}).await.unwrap_err();
        assert!(matches!(error, Error::ModelInvalid { .. } | Error::ModelDownload(_)), "{error}");
        assert!(!store.path(&known()).exists());
        assert!(store.presence(&known()).await.unwrap() != ModelPresence::Present);
    }
}

#[tokio::test]
async fn a_mirror_without_the_model_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let store = ModelStore::new(directory.path());
    let (source, _tasks) = serve(mirror(fixture(), true, usize::MAX)).await;
    let other = KnownModel { file_name: "ggml-base.bin", ..known() };
    let error = store.pull(&other, &source, &|_, _| {}).await.unwrap_err();
    assert!(matches!(error, Error::ModelDownload(_)) && error.is_transient(), "{error}");
    let micro = KnownModel::find("micro").unwrap();
    let error = store.pull(micro, &source, &|_, _| {}).await.unwrap_err();
    assert!(error.to_string().contains("--file"), "{error}");
    assert_eq!(files(directory.path()), 0);
}

#[tokio::test]
async fn a_file_is_imported_when_it_is_the_model() {
    let directory = tempfile::tempdir().unwrap();
    let store = ModelStore::new(directory.path().join("models"));
    let micro = KnownModel::find("micro").unwrap();
    let path = store.import(micro, &model_path()).await.unwrap();
    assert_eq!(path, store.path(micro));
    store.verify(micro).await.unwrap();
    let other = directory.path().join("other.bin");
    std::fs::write(&other, &fixture()[..1_000]).unwrap();
    let error = store.import(KnownModel::find("tiny").unwrap(), &other).await.unwrap_err();
    assert!(matches!(error, Error::ModelInvalid { .. }), "{error}");
    assert_eq!(files(&directory.path().join("models")), 1);
}
