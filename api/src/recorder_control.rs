use futures_util::future::BoxFuture;
use model::{Layout, MediaAddress, Participant, ParticipantId, RecorderStatus, Recording, RecordingId, Track, TrackId};
use thiserror::Error as ThisError;

/// The port to the recorder processes. The recorder's side saves the recording's state through the store; this side
/// asks and reads again.
///
/// Every call may be repeated: asking for what already holds succeeds.
pub trait RecorderControl: Send + Sync {
    /// Starts a recorder and returns once it is ready to receive packets.
    fn start<'a>(
        &'a self,
        recording: &'a Recording,
        participants: &'a [Participant],
    ) -> BoxFuture<'a, Result<(), RecorderError>>;

    /// Opens a track and returns where its packets are to be sent.
    fn add_track<'a>(
        &'a self,
        recording: &'a Recording,
        track: &'a Track,
        participant: &'a Participant,
    ) -> BoxFuture<'a, Result<MediaAddress, RecorderError>>;

    /// Applies another SSRC or payload type to a track.
    fn update_track<'a>(
        &'a self,
        recording_id: &'a RecordingId,
        track: &'a Track,
    ) -> BoxFuture<'a, Result<(), RecorderError>>;

    /// Closes a track.
    fn remove_track<'a>(
        &'a self,
        recording_id: &'a RecordingId,
        track_id: &'a TrackId,
    ) -> BoxFuture<'a, Result<(), RecorderError>>;

    /// Says that a track is silent or dark from here on, or no longer.
    fn set_muted<'a>(
        &'a self,
        recording_id: &'a RecordingId,
        track: &'a Track,
        muted: bool,
    ) -> BoxFuture<'a, Result<(), RecorderError>>;

    /// Says that a participant came.
    fn participant_joined<'a>(
        &'a self,
        recording_id: &'a RecordingId,
        participant: &'a Participant,
    ) -> BoxFuture<'a, Result<(), RecorderError>>;

    /// Says that a participant went.
    fn participant_left<'a>(
        &'a self,
        recording_id: &'a RecordingId,
        participant_id: &'a ParticipantId,
    ) -> BoxFuture<'a, Result<(), RecorderError>>;

    /// Arranges the picture in another way.
    fn set_layout<'a>(
        &'a self,
        recording_id: &'a RecordingId,
        layout: Layout,
    ) -> BoxFuture<'a, Result<(), RecorderError>>;

    /// Goes off the record.
    fn pause<'a>(&'a self, recording_id: &'a RecordingId) -> BoxFuture<'a, Result<(), RecorderError>>;

    /// Goes back on the record.
    fn resume<'a>(&'a self, recording_id: &'a RecordingId) -> BoxFuture<'a, Result<(), RecorderError>>;

    /// Ends the recording; returns once its state is saved, not when everything is uploaded.
    fn stop<'a>(&'a self, recording_id: &'a RecordingId) -> BoxFuture<'a, Result<(), RecorderError>>;

    /// Returns what the recorder says of itself, none when none is running.
    fn status<'a>(&'a self, recording_id: &'a RecordingId) -> BoxFuture<'a, Option<RecorderStatus>>;
}

/// Why a recorder did not do what it was asked.
#[derive(Debug, ThisError)]
pub enum RecorderError {
    /// No recorder runs for the recording.
    #[error("no recorder is running for recording {recording_id}")]
    NotRunning {
        /// The recording.
        recording_id: RecordingId,
    },
    /// The recorder cannot take it, and says why in words for the caller.
    #[error("the recorder refused: {reason}")]
    Refused {
        /// Why, and what would help.
        reason: String,
    },
    /// The recorder failed.
    #[error("the recorder failed to {action}")]
    Failed {
        /// What it was asked to do.
        action: &'static str,
        /// What went wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
