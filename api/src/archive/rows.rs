use model::{ActionStatus, Job, Participant, Recording, StageOutcome, Track, UserId};
use search::{SearchRequest, SearchResults, Visibility};
use store::{ActionItemPlace, Change, Page, RecordingFilter, RecordingPage};
use tokio::sync::broadcast;
use tokio::time::Instant;

use super::Archive;
use crate::access::{RecordingPermit, TenantPermit};
use crate::error::ApiError;

impl Archive {
    /// Returns the recording as it stands now.
    pub(crate) async fn reload(&self, permit: &RecordingPermit) -> Result<Recording, ApiError> {
        let recording = permit.recording();
        let reloaded = self.store.load_recording(&recording.tenant_id, &recording.id).await?;
        reloaded.ok_or(ApiError::NotFound { what: "recording" })
    }

    /// Lists recordings of the permit's tenant, cut down to the caller's own where the permit says so.
    pub(crate) async fn list(
        &self,
        permit: &TenantPermit,
        mut filter: RecordingFilter,
        page: &Page,
    ) -> Result<RecordingPage, ApiError> {
        filter.visible_to = permit.only_own().cloned();
        Ok(self.store.list_recordings(permit.tenant_id(), &filter, page).await?)
    }

    /// Searches the recordings the permit covers: all of the tenant's, or the caller's own.
    pub(crate) async fn search(
        &self,
        permit: &TenantPermit,
        request: SearchRequest,
        deadline: Instant,
    ) -> Result<SearchResults, ApiError> {
        let visibility = match permit.only_own() {
            Some(user_id) => {
                let visible = self.store.list_visible_recording_ids(permit.tenant_id(), user_id).await?;
                Visibility::Recordings(visible)
            }
            None => Visibility::All,
        };
        Ok(self.search.search(permit.tenant_id(), visibility, request, deadline).await?)
    }

    /// Lists where the caller's action items are.
    pub(crate) async fn action_items(
        &self,
        permit: &TenantPermit,
        status: ActionStatus,
        limit: u32,
    ) -> Result<Vec<ActionItemPlace>, ApiError> {
        match permit.only_own() {
            Some(user_id) => Ok(self.store.list_action_items(permit.tenant_id(), user_id, status, limit).await?),
            None => Err(ApiError::internal("action items are listed for their owner alone")),
        }
    }

    /// Returns the roster. Whoever holds a recording's row may see who was there.
    pub(crate) async fn participants(&self, recording: &Recording) -> Result<Vec<Participant>, ApiError> {
        Ok(self.store.load_participants(&recording.id).await?)
    }

    /// Returns what a recording occupies in the store, in bytes.
    pub(crate) async fn stored_bytes(&self, recording: &Recording) -> Result<u64, ApiError> {
        let objects = self.store.list_objects(&recording.id).await?;
        Ok(objects.iter().map(|object| object.stored_bytes).sum())
    }

    /// Says whether everything that is done with a recording can be found by search.
    pub(crate) async fn is_searchable(&self, recording: &Recording) -> Result<bool, ApiError> {
        if !matches!(recording.processing.transcript, StageOutcome::Done { .. }) {
            return Ok(false);
        }
        let noted = self.store.last_outbox_seq_of(&recording.id).await?;
        Ok(self.search.indexed_seq(&recording.tenant_id).await?.is_some_and(|indexed| indexed >= noted))
    }

    /// Returns the host's name, when the account has a row.
    pub(crate) async fn host_name(&self, recording: &Recording) -> Result<Option<String>, ApiError> {
        let host = self.store.load_user(&recording.tenant_id, &recording.host_user_id).await?;
        Ok(host.map(|user| user.display_name))
    }

    /// Returns the name of an account of the recording's tenant, when it has a row.
    pub(crate) async fn account_name(
        &self,
        permit: &RecordingPermit,
        user_id: &UserId,
    ) -> Result<Option<String>, ApiError> {
        let user = self.store.load_user(&permit.recording().tenant_id, user_id).await?;
        Ok(user.map(|user| user.display_name))
    }

    pub(crate) async fn tracks(&self, permit: &RecordingPermit) -> Result<Vec<Track>, ApiError> {
        self.tracks_of(permit.recording()).await
    }

    /// Returns the tracks of a recording whose view is being made.
    pub(crate) async fn tracks_of(&self, recording: &Recording) -> Result<Vec<Track>, ApiError> {
        Ok(self.store.load_tracks(&recording.id).await?)
    }

    pub(crate) async fn jobs(&self, permit: &RecordingPermit) -> Result<Vec<Job>, ApiError> {
        Ok(self.store.list_jobs(&permit.recording().id).await?)
    }

    /// Returns what changes; it names recordings without showing them, so each reader decides again before it shows one.
    pub(crate) fn changes(&self) -> broadcast::Receiver<Change> {
        self.store.changes()
    }
}
