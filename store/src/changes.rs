use model::{RecordingId, TenantId};
use tokio::sync::broadcast;

use crate::Store;

/// Says that something about a recording was committed; whoever hears it reads again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The organisation.
    pub tenant_id: TenantId,
    /// The recording.
    pub recording_id: RecordingId,
    /// What changed.
    pub kind: ChangeKind,
}

/// What about a recording changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// Its row: state, title, layout, processing, disposal.
    Recording,
    /// Its roster or its relations.
    Participants,
    /// Its tracks.
    Tracks,
    /// A segment or a speech chunk was published.
    Media,
    /// An event was appended to its timeline.
    Timeline,
    /// More of it was heard while it goes on.
    LiveTranscript,
    /// A version of its transcript was stored.
    Transcript,
    /// A version of its minutes was stored.
    Minutes,
    /// One of its jobs was added, moved on or ended.
    Job,
}

impl Store {
    /// Returns a stream of changes made through this process, each sent after its commit. It is bounded: a receiver that
    /// lags is told so and reads everything it shows again.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.inner.changes.subscribe()
    }

    pub(crate) fn announce(&self, tenant_id: &TenantId, recording_id: &RecordingId, kind: ChangeKind) {
        let change = Change { tenant_id: tenant_id.clone(), recording_id: recording_id.clone(), kind };
        // An error only says that nobody is listening.
        drop(self.inner.changes.send(change));
    }
}
