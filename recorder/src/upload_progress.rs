use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use model::{MediaTime, RecorderStatus, RecordingId, Rendition, SegmentState, StoreStatus, StoredSegment, Timestamp};
use store::Store;
use tokio::sync::watch;

use crate::Error;
use crate::spool::SpoolFile;

/// What the parent knows of a recording and its process does not: how much of it is in the store, and whether the store
/// takes it.
#[derive(Debug, Default)]
pub(crate) struct UploadProgress {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    stored_us: BTreeMap<Rendition, u64>,
    store: StoreStatus,
}

impl UploadProgress {
    /// Notes what the store already has.
    pub(crate) async fn load(&self, store: &Store, recording_id: &RecordingId) -> Result<(), Error> {
        let published = store.list_segments(recording_id, None).await?;
        let mut state = self.state();
        for StoredSegment { segment, .. } in published.into_iter().filter(|one| one.state == SegmentState::Published) {
            state.reach(segment.rendition, segment.start_us + segment.duration_us);
        }
        Ok(())
    }

    /// Notes a file that is in the store.
    pub(crate) fn note_stored(&self, file: &SpoolFile) {
        let mut state = self.state();
        match file {
            SpoolFile::Init { rendition, .. } => state.reach(*rendition, 0),
            SpoolFile::Segment { rendition, start_us, duration_us, .. } => {
                state.reach(*rendition, start_us + duration_us);
            }
            SpoolFile::Speech { .. } => {}
        }
        state.store = StoreStatus::Reachable;
    }

    /// Notes that the store did not take a file.
    pub(crate) fn note_failure(&self, now: Timestamp) {
        let mut state = self.state();
        if state.store == StoreStatus::Reachable {
            state.store = StoreStatus::Unreachable { since: now };
        }
    }

    /// Completes what a process says of itself.
    pub(crate) fn complete(&self, status: &mut RecorderStatus) {
        let state = self.state();
        status.stored_until_ms = MediaTime::from_micros(state.stored_us.values().copied().min().unwrap_or(0));
        status.store = state.store;
    }

    /// Tells those who watch, between two reports of the process.
    pub(crate) fn tell(&self, status: &watch::Sender<RecorderStatus>) {
        status.send_modify(|status| self.complete(status));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn reach(&mut self, rendition: Rendition, end_us: u64) {
        let end = self.stored_us.entry(rendition).or_default();
        *end = end_us.max(*end);
    }
}

#[cfg(test)]
mod tests {
    use model::{RecorderStatus, Rendition, StoreStatus, Timestamp};

    use super::UploadProgress;
    use crate::spool::SpoolFile;

    fn segment(rendition: Rendition, start_us: u64) -> SpoolFile {
        SpoolFile::Segment { rendition, epoch: 0, sequence: 0, start_us, duration_us: 4_000_000 }
    }

    #[test]
    fn a_recording_is_stored_as_far_as_its_shorter_rendition_and_an_outage_counts_from_its_first_failure() {
        let progress = UploadProgress::default();
        let status = || {
            let mut status = RecorderStatus::default();
            progress.complete(&mut status);
            (status.stored_until_ms.as_millis(), status.store)
        };
        assert_eq!(status(), (0, StoreStatus::Reachable));
        progress.note_stored(&SpoolFile::Init { rendition: Rendition::Audio, epoch: 0 });
        progress.note_stored(&segment(Rendition::Video, 0));
        assert_eq!(status().0, 0, "the sound is missing");
        progress.note_stored(&segment(Rendition::Audio, 0));
        progress.note_failure(Timestamp::from_micros(7));
        progress.note_failure(Timestamp::from_micros(8));
        assert_eq!(status(), (4_000, StoreStatus::Unreachable { since: Timestamp::from_micros(7) }));
        progress.note_stored(&segment(Rendition::Video, 4_000_000));
        assert_eq!(status(), (4_000, StoreStatus::Reachable));
    }
}
