use model::{PlaybackSessionId, Relation, Role, ShareLinkId, Sharing, SharingPolicy, Timestamp, UserId};
use store::{AccessRequest, AccessRequestState, AuditEntry, PlaybackSession, ShareLink, User};

use super::Archive;
use crate::access::{RecordingPermit, Subject, TenantPermit};
use crate::error::ApiError;

/// What the host may read of the audit log: who watched and who took away.
const VIEWS: [&str; 6] =
    ["playback.start", "link.open", "download.mp4", "playback.download", "export.transcript", "export.minutes"];

impl Archive {
    pub(crate) async fn save_sharing(
        &self,
        permit: &RecordingPermit,
        sharing: &Sharing,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let recording = permit.recording();
        let by = person(permit)?;
        Ok(self.store.save_sharing(&recording.tenant_id, &recording.id, sharing, (by, now)).await?)
    }

    /// Returns the accounts that were named as viewers.
    pub(crate) async fn viewers(&self, permit: &RecordingPermit) -> Result<Vec<UserId>, ApiError> {
        let relations = self.store.load_relations(&permit.recording().id).await?;
        let viewers = relations.into_iter().filter(|(_, relation)| *relation == Relation::Viewer);
        Ok(viewers.map(|(user_id, _)| user_id).collect())
    }

    pub(crate) async fn name_viewer(&self, permit: &RecordingPermit, user_id: &UserId) -> Result<(), ApiError> {
        Ok(self.store.name_viewer(&permit.recording().id, user_id).await?)
    }

    pub(crate) async fn unname_viewer(&self, permit: &RecordingPermit, user_id: &UserId) -> Result<(), ApiError> {
        Ok(self.store.unname_viewer(&permit.recording().id, user_id).await?)
    }

    pub(crate) async fn links(&self, permit: &RecordingPermit) -> Result<Vec<ShareLink>, ApiError> {
        Ok(self.store.list_share_links(&permit.recording().id).await?)
    }

    pub(crate) async fn insert_link(&self, permit: &RecordingPermit, link: &ShareLink) -> Result<(), ApiError> {
        if link.recording_id != permit.recording().id || link.tenant_id != permit.recording().tenant_id {
            return Err(ApiError::internal("a link was made for another recording"));
        }
        Ok(self.store.insert_share_link(link).await?)
    }

    pub(crate) async fn revoke_link(
        &self,
        permit: &RecordingPermit,
        id: &ShareLinkId,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        match self.store.revoke_share_link(&permit.recording().id, id, now).await {
            Err(store::Error::NotFound { .. }) => Err(ApiError::NotFound { what: "link" }),
            revoked => Ok(revoked?),
        }
    }

    pub(crate) async fn access_requests(&self, permit: &RecordingPermit) -> Result<Vec<AccessRequest>, ApiError> {
        Ok(self.store.list_access_requests(&permit.recording().id).await?)
    }

    pub(crate) async fn request_access(
        &self,
        permit: &RecordingPermit,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let recording = permit.recording();
        let user_id = person(permit)?;
        Ok(self.store.save_access_request(&recording.tenant_id, &recording.id, user_id, (reason, now)).await?)
    }

    /// Answers a request that waits; who is granted access is a named viewer from then on.
    pub(crate) async fn answer_access_request(
        &self,
        permit: &RecordingPermit,
        user_id: &UserId,
        grant: bool,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let recording_id = &permit.recording().id;
        let by = person(permit)?;
        let state = if grant { AccessRequestState::Granted } else { AccessRequestState::Refused };
        match self.store.decide_access_request(recording_id, user_id, state, (by, now)).await {
            Err(store::Error::NotFound { .. }) => return Err(ApiError::NotFound { what: "request that waits" }),
            decided => decided?,
        }
        if grant {
            self.store.name_viewer(recording_id, user_id).await?;
        }
        Ok(())
    }

    /// Returns who watched and took away the recording, newest first, and its playback sessions.
    pub(crate) async fn views(
        &self,
        permit: &RecordingPermit,
        limit: u32,
    ) -> Result<(Vec<AuditEntry>, Vec<PlaybackSession>), ApiError> {
        let recording = permit.recording();
        let entries = self.store.list_audit_of(&recording.tenant_id, &recording.id, &VIEWS, limit).await?;
        Ok((entries, self.store.list_playback_sessions(&recording.id).await?))
    }

    pub(crate) async fn sharing_policy(&self, tenant_id: &model::TenantId) -> Result<SharingPolicy, ApiError> {
        Ok(self.store.load_sharing_policy(tenant_id).await?)
    }

    pub(crate) async fn save_sharing_policy(
        &self,
        permit: &TenantPermit,
        policy: &SharingPolicy,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let by = permit.subject().user_id().ok_or(ApiError::Forbidden { reason: "sign in as a person" })?;
        Ok(self.store.save_sharing_policy(permit.tenant_id(), policy, (by, now)).await?)
    }

    /// Returns the accounts of the permit's tenant.
    pub(crate) async fn accounts(&self, tenant_id: &model::TenantId) -> Result<Vec<User>, ApiError> {
        Ok(self.store.list_users(tenant_id).await?)
    }

    /// Counts one opening of a link and says whether it was still allowed.
    pub(crate) async fn count_link_view(&self, id: &ShareLinkId, now: Timestamp) -> Result<bool, ApiError> {
        Ok(self.store.count_link_view(id, now).await?)
    }

    /// Opens a playback session with a link, for the subject the permit was given to.
    pub(crate) async fn open_link_session(
        &self,
        permit: &RecordingPermit,
        id: PlaybackSessionId,
        token_sha256: String,
        (created_at, expires_at): (Timestamp, Timestamp),
    ) -> Result<(), ApiError> {
        let link_id = permit.link_id().ok_or_else(|| ApiError::internal("a link session without a link"))?;
        let (user_id, viewer_name, viewer_role) = match permit.subject() {
            Subject::Account { user_id, display_name, role, .. } => (user_id.clone(), display_name.clone(), *role),
            Subject::Visitor { link_id, name, .. } => (UserId::new(link_id.as_str())?, name.clone(), Role::Member),
            Subject::Anonymous | Subject::ApiKey { .. } => {
                return Err(ApiError::Forbidden { reason: "an API key cannot open a link" });
            }
        };
        let session = PlaybackSession {
            id,
            tenant_id: permit.recording().tenant_id.clone(),
            recording_id: permit.recording().id.clone(),
            user_id,
            link_id: Some(link_id.clone()),
            viewer_name,
            viewer_role,
            token_sha256,
            created_at,
            expires_at,
        };
        Ok(self.store.insert_playback_session(&session).await?)
    }
}

fn person(permit: &RecordingPermit) -> Result<&UserId, ApiError> {
    const NO_PERSON: ApiError = ApiError::Forbidden { reason: "an API key cannot do this; sign in as a person" };
    permit.subject().user_id().ok_or(NO_PERSON)
}
