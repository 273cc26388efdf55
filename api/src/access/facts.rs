use model::{Case, CaseId, Recording, RecordingId, Relation, Role, ShareRights, TenantId, Timestamp, UserId};
use store::{AccessRequestState, PlaybackSession, ShareLink, Store, User};

use super::decide::EffectiveSharing;
use super::subject::Subject;
use crate::error::ApiError;

/// Loads what decisions are made of. Only this module can: what a handler may see comes with a permit.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    store: Store,
}

/// What a playback session stands for.
pub(super) struct PlaybackFacts {
    pub(super) session: PlaybackSession,
    pub(super) recording: Recording,
    /// The viewer's account, none when it exists only in the platform's tokens.
    pub(super) user: Option<User>,
    /// What the link gives that the session was opened with.
    pub(super) link: Option<ShareRights>,
}

impl Facts {
    pub(crate) const fn new(store: Store) -> Self {
        Self { store }
    }

    pub(super) async fn recording(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
    ) -> Result<Option<Recording>, ApiError> {
        Ok(self.store.load_recording(tenant_id, recording_id).await?)
    }

    pub(super) async fn relation(
        &self,
        recording_id: &RecordingId,
        user_id: Option<&UserId>,
    ) -> Result<Option<Relation>, ApiError> {
        match user_id {
            Some(user_id) => Ok(self.store.load_relation(recording_id, user_id).await?),
            None => Ok(None),
        }
    }

    pub(super) async fn sharing(&self, recording: &Recording) -> Result<EffectiveSharing, ApiError> {
        let sharing = self.store.load_sharing(&recording.id).await?;
        let policy = self.store.load_sharing_policy(&recording.tenant_id).await?;
        Ok(EffectiveSharing { sharing, marks: sharing.watermark || policy.watermark_always })
    }

    /// Says whether a recording belongs to an open case of a member of the compliance team.
    pub(super) async fn is_in_case(&self, subject: &Subject, recording_id: &RecordingId) -> Result<bool, ApiError> {
        match (subject.role(), subject.user_id()) {
            (Some(Role::Compliance), Some(user_id)) => Ok(self.store.is_in_case_of(recording_id, user_id).await?),
            _ => Ok(false),
        }
    }

    /// Returns a case and whether an account is a member of it.
    pub(super) async fn case(
        &self,
        tenant_id: &TenantId,
        case_id: &CaseId,
        user_id: Option<&UserId>,
    ) -> Result<Option<(Case, bool)>, ApiError> {
        let Some(case) = self.store.load_case(tenant_id, case_id).await? else { return Ok(None) };
        let members = self.store.case_members(case_id).await?;
        let is_member = user_id.is_some_and(|user_id| members.iter().any(|member| member.user_id == *user_id));
        Ok(Some((case, is_member)))
    }

    /// Says whether an account has asked for access and not been answered.
    pub(super) async fn waits_for_access(
        &self,
        recording_id: &RecordingId,
        user_id: &UserId,
    ) -> Result<bool, ApiError> {
        let request = self.store.load_access_request(recording_id, user_id).await?;
        Ok(request.is_some_and(|request| request.state == AccessRequestState::Waiting))
    }

    /// Returns the link of a secret, none when it opens nothing, for whatever reason.
    pub(crate) async fn share_link(&self, token_sha256: &str, now: Timestamp) -> Result<Option<ShareLink>, ApiError> {
        let Some(link) = self.store.find_share_link(token_sha256).await? else { return Ok(None) };
        let policy = self.store.load_sharing_policy(&link.tenant_id).await?;
        Ok((link.may_be_opened(now) && policy.allows(link.audience)).then_some(link))
    }

    /// Returns what a playback session stands for; none also when the link it was opened with no longer holds.
    pub(super) async fn playback(&self, token_sha256: &str, now: Timestamp) -> Result<Option<PlaybackFacts>, ApiError> {
        let Some(session) = self.store.find_playback_session(token_sha256, now).await? else {
            return Ok(None);
        };
        let Some(recording) = self.store.load_recording(&session.tenant_id, &session.recording_id).await? else {
            return Ok(None);
        };
        let user = self.store.load_user(&session.tenant_id, &session.user_id).await?;
        let link = match &session.link_id {
            None => None,
            Some(link_id) => {
                let policy = self.store.load_sharing_policy(&session.tenant_id).await?;
                let link = self.store.load_share_link(link_id).await?;
                match link.filter(|link| link.is_in_force(now) && policy.allows(link.audience)) {
                    Some(link) => Some(link.rights),
                    None => return Ok(None),
                }
            }
        };
        Ok(Some(PlaybackFacts { session, recording, user, link }))
    }
}
