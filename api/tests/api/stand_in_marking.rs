use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use api::{MarkText, PictureMarking, PictureMarkingError};
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

/// Stands where the codecs are: what comes out says for whom it was marked and holds nothing of what went in.
#[derive(Debug, Default)]
pub(crate) struct StandInMarking {
    calls: AtomicUsize,
    fails: AtomicBool,
}

impl StandInMarking {
    /// Returns how many segments were marked.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    pub(crate) fn fail(&self, fails: bool) {
        self.fails.store(fails, Ordering::SeqCst);
    }
}

impl PictureMarking for StandInMarking {
    fn mark_header(&self, header: Bytes) -> BoxFuture<'_, Result<Bytes, PictureMarkingError>> {
        // The header says how pictures are decoded, which the playlist reads; a box that is skipped says it was marked.
        let marked = [header.as_ref(), &[0, 0, 0, 21], b"free", b"marked header"].concat();
        std::future::ready(Ok(Bytes::from(marked))).boxed()
    }

    fn mark_segment(
        &self,
        _header: Bytes,
        segment: Bytes,
        text: MarkText,
    ) -> BoxFuture<'_, Result<Bytes, PictureMarkingError>> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let answer = if self.fails.load(Ordering::SeqCst) {
            Err(PictureMarkingError { problem: "the stand-in was told to fail".to_owned() })
        } else {
            Ok(Bytes::from(format!("marked {} for {}; was {} bytes", text.turn, text.line, segment.len())))
        };
        std::future::ready(answer).boxed()
    }
}
