use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use model::{Layout, MediaAddress, Participant, ParticipantId, RecorderStatus, Recording, Track, TrackId};

use crate::access::RecordingPermit;
use crate::error::ApiError;
use crate::recorder_control::{RecorderControl, RecorderError};

/// [`RecorderControl`] with a deadline on every call, behind permits.
pub(crate) struct RecorderPort {
    control: Arc<dyn RecorderControl>,
    timeout: Duration,
}

impl RecorderPort {
    pub(crate) fn new(control: Arc<dyn RecorderControl>, timeout: Duration) -> Self {
        Self { control, timeout }
    }

    /// Starts the recorder of a recording that was just admitted and inserted.
    pub(crate) async fn start(&self, recording: &Recording, participants: &[Participant]) -> Result<(), ApiError> {
        self.within(self.control.start(recording, participants)).await
    }

    pub(crate) async fn add_track(
        &self,
        permit: &RecordingPermit,
        track: &Track,
        participant: &Participant,
    ) -> Result<MediaAddress, ApiError> {
        self.within(self.control.add_track(permit.recording(), track, participant)).await
    }

    pub(crate) async fn update_track(&self, permit: &RecordingPermit, track: &Track) -> Result<(), ApiError> {
        self.within(self.control.update_track(&permit.recording().id, track)).await
    }

    pub(crate) async fn remove_track(&self, permit: &RecordingPermit, track_id: &TrackId) -> Result<(), ApiError> {
        self.within(self.control.remove_track(&permit.recording().id, track_id)).await
    }

    pub(crate) async fn set_muted(&self, permit: &RecordingPermit, track: &Track, muted: bool) -> Result<(), ApiError> {
        self.within(self.control.set_muted(&permit.recording().id, track, muted)).await
    }

    pub(crate) async fn participant_joined(
        &self,
        permit: &RecordingPermit,
        participant: &Participant,
    ) -> Result<(), ApiError> {
        self.within(self.control.participant_joined(&permit.recording().id, participant)).await
    }

    pub(crate) async fn participant_left(
        &self,
        permit: &RecordingPermit,
        participant_id: &ParticipantId,
    ) -> Result<(), ApiError> {
        self.within(self.control.participant_left(&permit.recording().id, participant_id)).await
    }

    pub(crate) async fn set_layout(&self, permit: &RecordingPermit, layout: Layout) -> Result<(), ApiError> {
        self.within(self.control.set_layout(&permit.recording().id, layout)).await
    }

    pub(crate) async fn pause(&self, permit: &RecordingPermit) -> Result<(), ApiError> {
        self.within(self.control.pause(&permit.recording().id)).await
    }

    pub(crate) async fn resume(&self, permit: &RecordingPermit) -> Result<(), ApiError> {
        self.within(self.control.resume(&permit.recording().id)).await
    }

    pub(crate) async fn stop(&self, permit: &RecordingPermit) -> Result<(), ApiError> {
        self.within(self.control.stop(&permit.recording().id)).await
    }

    /// Returns the recorder's status; a recorder that does not answer is as good as none.
    pub(crate) async fn status(&self, recording: &Recording) -> Option<RecorderStatus> {
        tokio::time::timeout(self.timeout, self.control.status(&recording.id)).await.ok().flatten()
    }

    async fn within<T>(&self, call: BoxFuture<'_, Result<T, RecorderError>>) -> Result<T, ApiError> {
        match tokio::time::timeout(self.timeout, call).await {
            Ok(answer) => answer.map_err(ApiError::Recorder),
            Err(_) => Err(ApiError::RecorderTimedOut { timeout_ms: self.timeout.as_millis() as u64 }),
        }
    }
}
