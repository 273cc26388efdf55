use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

const SPANS_MAX: usize = 64;

/// The spans of the timeline during which media must not be recorded: pauses of the recording, mutes of a track.
///
/// Media is checked by its place on the timeline, twice: as it arrives and again after decoding, so that nothing
/// queued before a span began leaks into it.
#[derive(Debug, Default)]
pub(crate) struct OffRecord {
    spans: Mutex<VecDeque<Span>>,
}

#[derive(Debug, Clone, Copy)]
struct Span {
    start_ns: i64,
    end_ns: Option<i64>,
}

impl OffRecord {
    /// Begins a span, unless one is open.
    pub(crate) fn begin(&self, start_ns: i64) {
        let mut spans = self.lock();
        if spans.back().is_none_or(|span| span.end_ns.is_some()) {
            if spans.len() == SPANS_MAX {
                spans.pop_front();
            }
            spans.push_back(Span { start_ns, end_ns: None });
        }
    }

    /// Ends the open span, if there is one.
    pub(crate) fn end(&self, end_ns: i64) {
        if let Some(span) = self.lock().back_mut()
            && span.end_ns.is_none()
        {
            span.end_ns = Some(end_ns.max(span.start_ns));
        }
    }

    /// Says whether any of `[start_ns, start_ns + duration_ns]` is off the record.
    pub(crate) fn covers(&self, start_ns: i64, duration_ns: i64) -> bool {
        let overlaps = |span: &Span| {
            start_ns + duration_ns > span.start_ns && span.end_ns.is_none_or(|end_ns| start_ns < end_ns)
                || start_ns >= span.start_ns && span.end_ns.is_none_or(|end_ns| start_ns < end_ns)
        };
        self.lock().iter().any(overlaps)
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Span>> {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::OffRecord;

    #[test]
    fn whatever_touches_a_span_is_covered() {
        let pauses = OffRecord::default();
        pauses.begin(100);
        pauses.begin(150);
        assert!(pauses.covers(100, 0) && pauses.covers(90, 20) && pauses.covers(9999, 1));
        assert!(!pauses.covers(80, 20));
        pauses.end(200);
        pauses.end(300);
        assert!(pauses.covers(199, 10));
        assert!(!pauses.covers(200, 10));
    }
}
