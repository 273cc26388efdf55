use model::{
    JobId, JobPayload, Layout, Minutes, Participant, PlaybackSessionId, Recording, RecordingEvent, Relation, Timestamp,
    Track, TrackId, Transcript, UserId,
};
use store::PlaybackSession;

use super::Archive;
use crate::access::{RecordingPermit, Subject, TenantPermit};
use crate::error::ApiError;

/// How often a save is tried again when somebody else saved in between.
const SAVE_ATTEMPTS_MAX: usize = 5;

impl Archive {
    pub(crate) async fn insert(
        &self,
        permit: &TenantPermit,
        recording: &Recording,
        participants: &[Participant],
        relations: &[(UserId, Relation)],
    ) -> Result<(), ApiError> {
        if recording.tenant_id != *permit.tenant_id() {
            return Err(ApiError::internal("a recording was made for another tenant"));
        }
        Ok(self.store.insert_recording(recording, participants, relations, recording.created_at).await?)
    }

    /// Returns a recording that was just inserted, as it stands now.
    pub(crate) async fn inserted(&self, permit: &TenantPermit, recording: &Recording) -> Result<Recording, ApiError> {
        let reloaded = self.store.load_recording(permit.tenant_id(), &recording.id).await?;
        reloaded.ok_or(ApiError::NotFound { what: "recording" })
    }

    /// Notes that a recorder could not be started, unless the recorder's side has said what became of it.
    pub(crate) async fn fail_requested(
        &self,
        recording: &Recording,
        event: RecordingEvent,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        for _ in 0..SAVE_ATTEMPTS_MAX {
            let current = self.store.load_recording(&recording.tenant_id, &recording.id).await?;
            let Some(mut current) = current.filter(|current| current.state == model::RecordingState::Requested) else {
                return Ok(());
            };
            let before = current.state.clone();
            current.state = before.clone().apply(event)?;
            match self.store.save_transition(&current, &before, now).await {
                Err(store::Error::Conflict { .. }) => {}
                saved => return saved.map(drop).map_err(ApiError::from),
            }
        }
        Err(ApiError::Conflict { detail: "the recording is being changed by others; try again".to_owned() })
    }

    pub(crate) async fn save_layout(&self, permit: &RecordingPermit, layout: Layout) -> Result<(), ApiError> {
        for _ in 0..SAVE_ATTEMPTS_MAX {
            let mut recording = self.reload(permit).await?;
            recording.layout = layout;
            match self.store.save_recording(&recording).await {
                Err(store::Error::Conflict { .. }) => {}
                saved => return saved.map(drop).map_err(ApiError::from),
            }
        }
        Err(ApiError::Conflict { detail: "the recording is being changed by others; try again".to_owned() })
    }

    /// Adds or renames a participant; an account behind it may view the recording from now on.
    pub(crate) async fn upsert_participant(
        &self,
        permit: &RecordingPermit,
        participant: &Participant,
    ) -> Result<(), ApiError> {
        let recording_id = &permit.recording().id;
        self.store.upsert_participant(recording_id, participant).await?;
        if let Some(user_id) = &participant.user_id
            && self.store.load_relation(recording_id, user_id).await?.is_none()
        {
            self.store.upsert_relation(recording_id, user_id, Relation::Participant).await?;
        }
        Ok(())
    }

    pub(crate) async fn insert_track(
        &self,
        permit: &RecordingPermit,
        track: &Track,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        Ok(self.store.insert_track(&permit.recording().id, track, now).await?)
    }

    pub(crate) async fn update_track(&self, permit: &RecordingPermit, track: &Track) -> Result<(), ApiError> {
        Ok(self.store.update_track(&permit.recording().id, track).await?)
    }

    pub(crate) async fn remove_track(
        &self,
        permit: &RecordingPermit,
        track_id: &TrackId,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        Ok(self.store.remove_track(&permit.recording().id, track_id, now).await?)
    }

    /// Stores the next version of the transcript. Of several made from the same one, the first wins.
    pub(crate) async fn save_edited_transcript(
        &self,
        permit: &RecordingPermit,
        transcript: &Transcript,
    ) -> Result<(), ApiError> {
        let saved = self.store.save_transcript(&permit.recording().tenant_id, transcript, transcript.created_at).await;
        saved.map_err(|error| match error {
            store::Error::Conflict { .. } => ApiError::StaleVersion {
                detail: format!("version {} has been made by somebody else meanwhile", transcript.version),
            },
            error => error.into(),
        })
    }

    /// Stores the next version of the minutes. Of several made from the same one, the first wins.
    pub(crate) async fn save_minutes(&self, permit: &RecordingPermit, minutes: &Minutes) -> Result<(), ApiError> {
        let saved = self.store.save_minutes(&permit.recording().tenant_id, minutes, minutes.created_at).await;
        saved.map_err(|error| match error {
            store::Error::Conflict { .. } => ApiError::StaleVersion {
                detail: format!("version {} of the minutes has been made by somebody else meanwhile", minutes.version),
            },
            error => error.into(),
        })
    }

    pub(crate) async fn enqueue_mp4(
        &self,
        permit: &RecordingPermit,
        job_id: JobId,
        now: Timestamp,
    ) -> Result<model::Job, ApiError> {
        let payload = JobPayload::ExportMp4 { recording_id: permit.recording().id.clone() };
        self.enqueue(permit, job_id, &payload, now).await
    }

    /// Adds a job and returns it, or the one of its kind that is on its way already.
    pub(crate) async fn enqueue(
        &self,
        permit: &RecordingPermit,
        job_id: JobId,
        payload: &JobPayload,
        now: Timestamp,
    ) -> Result<model::Job, ApiError> {
        let recording = permit.recording();
        let job_id = self.store.enqueue_job(&recording.tenant_id, job_id, payload, now).await?;
        let job = self.store.load_job(&recording.tenant_id, &job_id).await?;
        job.ok_or_else(|| ApiError::internal(format!("job {job_id} is gone")))
    }

    /// Opens a playback session for the caller, who must be a person.
    pub(crate) async fn open_playback(
        &self,
        permit: &RecordingPermit,
        id: PlaybackSessionId,
        token_sha256: String,
        (created_at, expires_at): (Timestamp, Timestamp),
    ) -> Result<(), ApiError> {
        const NO_PERSON: ApiError = ApiError::Forbidden { reason: "an API key cannot play a recording" };
        let recording = permit.recording();
        let Subject::Account { user_id, display_name, role, .. } = permit.subject() else { return Err(NO_PERSON) };
        let session = PlaybackSession {
            id,
            tenant_id: recording.tenant_id.clone(),
            recording_id: recording.id.clone(),
            user_id: user_id.clone(),
            link_id: None,
            viewer_name: display_name.clone(),
            viewer_role: *role,
            token_sha256,
            created_at,
            expires_at,
        };
        Ok(self.store.insert_playback_session(&session).await?)
    }
}
