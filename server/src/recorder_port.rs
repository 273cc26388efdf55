use api::{RecorderControl, RecorderError};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use model::{Layout, MediaAddress, Participant, ParticipantId, RecorderStatus, Recording, RecordingId, Track, TrackId};
use recorder::Recorders;

/// Lets the API reach the recorders of this process.
pub(crate) struct RecorderPort(pub(crate) Recorders);

impl RecorderControl for RecorderPort {
    fn start<'a>(
        &'a self,
        recording: &'a Recording,
        participants: &'a [Participant],
    ) -> BoxFuture<'a, Result<(), RecorderError>> {
        self.0.start(recording, participants).map(|result| result.map_err(failed("start"))).boxed()
    }

    fn add_track<'a>(
        &'a self,
        recording: &'a Recording,
        track: &'a Track,
        participant: &'a Participant,
    ) -> BoxFuture<'a, Result<MediaAddress, RecorderError>> {
        self.0.add_track(&recording.id, track, participant).map(|result| result.map_err(failed("add a track"))).boxed()
    }

    fn update_track<'a>(
        &'a self,
        recording_id: &'a RecordingId,
        track: &'a Track,
    ) -> BoxFuture<'a, Result<(), RecorderError>> {
        self.0.update_track(recording_id, track).map(|result| result.map_err(failed("update a track"))).boxed()
    }

    fn remove_track<'a>(
        &'a self,
        recording_id: &'a RecordingId,
        track_id: &'a TrackId,
    ) -> BoxFuture<'a, Result<(), RecorderError>> {
        self.0.remove_track(recording_id, track_id).map(|result| result.map_err(failed("remove a track"))).boxed()
    }

    fn set_muted<'a>(
        &'a self,
        recording_id: &'a RecordingId,
        track: &'a Track,
        muted: bool,
    ) -> BoxFuture<'a, Result<(), RecorderError>> {
        self.0.set_muted(recording_id, track, muted).map(|result| result.map_err(failed("mute a track"))).boxed()
    }

    fn participant_joined<'a>(
        &'a self,
        recording_id: &'a RecordingId,
        participant: &'a Participant,
    ) -> BoxFuture<'a, Result<(), RecorderError>> {
        self.0
            .participant_joined(recording_id, &participant.id)
            .map(|result| result.map_err(failed("note a participant")))
            .boxed()
    }

    fn participant_left<'a>(
        &'a self,
        recording_id: &'a RecordingId,
        participant_id: &'a ParticipantId,
    ) -> BoxFuture<'a, Result<(), RecorderError>> {
        self.0
            .participant_left(recording_id, participant_id)
            .map(|result| result.map_err(failed("note a participant")))
            .boxed()
    }

    fn set_layout<'a>(
        &'a self,
        recording_id: &'a RecordingId,
        layout: Layout,
    ) -> BoxFuture<'a, Result<(), RecorderError>> {
        self.0.set_layout(recording_id, layout).map(|result| result.map_err(failed("rearrange the picture"))).boxed()
    }

    fn pause<'a>(&'a self, recording_id: &'a RecordingId) -> BoxFuture<'a, Result<(), RecorderError>> {
        self.0.pause(recording_id).map(|result| result.map_err(failed("pause"))).boxed()
    }

    fn resume<'a>(&'a self, recording_id: &'a RecordingId) -> BoxFuture<'a, Result<(), RecorderError>> {
        self.0.resume(recording_id).map(|result| result.map_err(failed("resume"))).boxed()
    }

    fn stop<'a>(&'a self, recording_id: &'a RecordingId) -> BoxFuture<'a, Result<(), RecorderError>> {
        self.0.stop(recording_id).map(|result| result.map_err(failed("stop"))).boxed()
    }

    fn status<'a>(&'a self, recording_id: &'a RecordingId) -> BoxFuture<'a, Option<RecorderStatus>> {
        std::future::ready(self.0.status(recording_id)).boxed()
    }
}

fn failed(action: &'static str) -> impl Fn(recorder::Error) -> RecorderError {
    move |error| match error {
        recorder::Error::NotRunning { recording_id } => RecorderError::NotRunning { recording_id },
        recorder::Error::Refused { problem, .. } => RecorderError::Refused { reason: problem },
        error @ (recorder::Error::Full { .. } | recorder::Error::Busy { .. } | recorder::Error::Model(_)) => {
            RecorderError::Refused { reason: error.to_string() }
        }
        error => RecorderError::Failed { action, source: Box::new(error) },
    }
}
