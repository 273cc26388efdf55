use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

const RUNS_MAX: usize = 16;

/// When a track had a picture: runs of frames on the timeline.
///
/// Decoding is ahead of composing, so the compositor asks about a moment, not about now. A camera that stops sending
/// keeps its last frame for `linger_ns`; when it is muted, paused or removed, its picture ends at that moment.
#[derive(Debug)]
pub(crate) struct PictureRuns {
    linger_ns: i64,
    runs: Mutex<VecDeque<Run>>,
}

#[derive(Debug)]
#[expect(clippy::struct_field_names, reason = "units last in names")]
struct Run {
    start_ns: i64,
    last_ns: i64,
    closed_ns: Option<i64>,
}

impl PictureRuns {
    pub(crate) const fn new(linger_ns: i64) -> Self {
        Self { linger_ns, runs: Mutex::new(VecDeque::new()) }
    }

    /// Notes a decoded frame.
    pub(crate) fn frame(&self, at_ns: i64) {
        let linger_ns = self.linger_ns;
        let mut runs = self.lock();
        match runs.back_mut() {
            Some(run) if run.closed_ns.is_none() && at_ns.saturating_sub(run.last_ns) <= linger_ns => {
                run.last_ns = run.last_ns.max(at_ns);
            }
            // Frames from before the close may still come out of the decoder.
            Some(run) if run.closed_ns.is_some_and(|closed_ns| at_ns < closed_ns) => {}
            _ => {
                if runs.len() == RUNS_MAX {
                    runs.pop_front();
                }
                runs.push_back(Run { start_ns: at_ns, last_ns: at_ns, closed_ns: None });
            }
        }
    }

    /// Says whether a frame at a moment would belong to the run that is going on.
    pub(crate) fn goes_on_at(&self, at_ns: i64) -> bool {
        let belongs = |run: &Run| run.closed_ns.is_none() && at_ns.saturating_sub(run.last_ns) <= self.linger_ns;
        self.lock().back().is_some_and(belongs)
    }

    /// Ends the picture at a moment.
    pub(crate) fn close(&self, at_ns: i64) {
        if let Some(run) = self.lock().back_mut()
            && run.closed_ns.is_none()
        {
            run.closed_ns = Some(at_ns);
        }
    }

    /// Says whether there is a picture to show in the frame that lasts from `at_ns` to `until_ns`.
    pub(crate) fn visible(&self, at_ns: i64, until_ns: i64) -> bool {
        let shows = |run: &Run| {
            let end_ns = run.last_ns.saturating_add(self.linger_ns);
            run.start_ns < until_ns && at_ns < run.closed_ns.map_or(end_ns, |closed_ns| closed_ns.min(end_ns))
        };
        self.lock().iter().any(shows)
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Run>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::PictureRuns;

    #[test]
    fn pictures_linger_and_end() {
        let runs = PictureRuns::new(300);
        assert!(!runs.visible(0, 40));
        runs.frame(100);
        runs.frame(140);
        assert!(!runs.visible(40, 80) && runs.visible(80, 120) && runs.visible(439, 479) && !runs.visible(440, 480));
        runs.close(200);
        runs.frame(160);
        assert!(runs.visible(160, 200) && !runs.visible(200, 240), "closed at 200");
        runs.frame(260);
        assert!(!runs.visible(200, 240) && runs.visible(240, 280), "back at 260");
    }
}
