use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use api::{MarkText, PictureMarking, PictureMarkingError};
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::Semaphore;
use watermark::{Mark, MarkStyle, PictureMarker, TextCoverage};

/// Text this high stays readable when a picture is filmed from a screen.
const PICTURE_HEIGHTS_PER_LINE: u32 = 30;
/// Longer lines end in an ellipsis.
const LINE_WIDTH_PERCENT_MAX: u32 = 60;
const KEPT_MAX: usize = 64;

/// Lets the API mark pictures, as many at a time as there are processors.
#[derive(Clone)]
pub(crate) struct PictureMarks(Arc<Inner>);

struct Inner {
    turns: Semaphore,
    markers: Mutex<HashMap<Bytes, Arc<PictureMarker>>>,
    marks: Mutex<HashMap<(String, u32), Arc<Mark>>>,
}

impl PictureMarks {
    pub(crate) fn new() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let inner = Inner { turns: Semaphore::new(processors), markers: Mutex::default(), marks: Mutex::default() };
        Self(Arc::new(inner))
    }

    fn on_a_processor<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, PictureMarkingError> + Send + 'static,
    ) -> BoxFuture<'_, Result<T, PictureMarkingError>> {
        let inner = Arc::clone(&self.0);
        async move {
            let turn = self.0.turns.acquire().await.map_err(|_| problem("marking is closed"))?;
            let done = tokio::task::spawn_blocking(move || work(&inner)).await;
            drop(turn);
            done.map_err(|error| problem(&format!("marking ended early: {error}")))?
        }
        .boxed()
    }
}

impl PictureMarking for PictureMarks {
    fn mark_header(&self, header: Bytes) -> BoxFuture<'_, Result<Bytes, PictureMarkingError>> {
        self.on_a_processor(move |inner| Ok(Bytes::copy_from_slice(inner.marker(&header)?.marked_header())))
    }

    fn mark_segment(
        &self,
        header: Bytes,
        segment: Bytes,
        text: MarkText,
    ) -> BoxFuture<'_, Result<Bytes, PictureMarkingError>> {
        self.on_a_processor(move |inner| {
            let marker = inner.marker(&header)?;
            let mark = inner.mark(&text.line, marker.size())?;
            marker.mark_segment(&segment, &mark, text.turn).map(Bytes::from).map_err(|error| problem(&chain(&error)))
        })
    }
}

impl Inner {
    fn marker(&self, header: &Bytes) -> Result<Arc<PictureMarker>, PictureMarkingError> {
        kept(&self.markers, header.clone(), || PictureMarker::new(header).map_err(|error| problem(&chain(&error))))
    }

    fn mark(&self, line: &str, (width, height): (u32, u32)) -> Result<Arc<Mark>, PictureMarkingError> {
        let size_px = (height / PICTURE_HEIGHTS_PER_LINE).max(12);
        kept(&self.marks, (line.to_owned(), size_px), || {
            let text = mixer::render_text(line, size_px, width * LINE_WIDTH_PERCENT_MAX / 100);
            let text = text.map_err(|error| problem(&chain(&error)))?;
            if text.coverage.iter().all(|covered| *covered < 128) {
                return Err(problem("the viewer's name leaves no ink"));
            }
            let coverage = TextCoverage { width: text.width, height: text.height, coverage: text.coverage };
            Ok(Mark::new(&coverage, MarkStyle::default()))
        })
    }
}

/// Returns what was made before for a key, or makes it now.
fn kept<K: Eq + Hash, V>(
    known: &Mutex<HashMap<K, Arc<V>>>,
    key: K,
    make: impl FnOnce() -> Result<V, PictureMarkingError>,
) -> Result<Arc<V>, PictureMarkingError> {
    let lock = || known.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(value) = lock().get(&key) {
        return Ok(Arc::clone(value));
    }
    let value = Arc::new(make()?);
    let mut known = lock();
    if known.len() >= KEPT_MAX {
        known.clear();
    }
    known.insert(key, Arc::clone(&value));
    Ok(value)
}

fn problem(text: &str) -> PictureMarkingError {
    PictureMarkingError { problem: text.to_owned() }
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
