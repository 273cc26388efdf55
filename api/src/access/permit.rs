use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use model::{Case, PlaybackSessionId, Recording, ShareLinkId, Sharing, TenantId, Timestamp, UserId};

use super::action::Action;
use super::decide::{EffectiveSharing, Obligation};
use super::subject::Subject;
use crate::error::ApiError;

/// The proof that the decision for this request was made and was yes. Only [`super::gate`] makes one.
#[derive(Debug, Clone)]
pub(crate) struct Permit {
    subject: Subject,
    action: Action,
    obligations: Vec<Obligation>,
}

/// A [`Permit`] for the tenant of the caller.
#[derive(Debug, Clone)]
pub(crate) struct TenantPermit {
    permit: Permit,
    tenant_id: TenantId,
}

/// A [`Permit`] for one recording. Without it, no data of a recording comes out of the archive.
#[derive(Debug, Clone)]
pub(crate) struct RecordingPermit {
    permit: Permit,
    recording: Recording,
    sharing: EffectiveSharing,
    playback_session_id: Option<PlaybackSessionId>,
    link_id: Option<ShareLinkId>,
    opened_at: Option<Timestamp>,
}

/// A [`Permit`] for one case, of which the caller is a member.
#[derive(Debug, Clone)]
pub(crate) struct CasePermit {
    permit: Permit,
    case: Case,
}

impl CasePermit {
    pub(super) const fn new(permit: Permit, case: Case) -> Self {
        Self { permit, case }
    }

    pub(crate) const fn subject(&self) -> &Subject {
        self.permit.subject()
    }

    /// Returns the person who asks.
    pub(crate) fn person(&self) -> Result<&UserId, ApiError> {
        self.permit.person()
    }

    /// Returns the case as it was when the decision was made.
    pub(crate) const fn case(&self) -> &Case {
        &self.case
    }
}

impl Permit {
    pub(super) const fn new(subject: Subject, action: Action, obligations: Vec<Obligation>) -> Self {
        Self { subject, action, obligations }
    }

    pub(crate) const fn subject(&self) -> &Subject {
        &self.subject
    }

    pub(crate) const fn action(&self) -> Action {
        self.action
    }

    /// Returns the person who asks; what is done in somebody's name needs one.
    pub(crate) fn person(&self) -> Result<&UserId, ApiError> {
        self.subject.user_id().ok_or(ApiError::Forbidden { reason: "an API key cannot do this; sign in as a person" })
    }

    pub(crate) fn obliges(&self, obligation: Obligation) -> bool {
        self.obligations.contains(&obligation)
    }
}

impl TenantPermit {
    pub(super) const fn new(permit: Permit, tenant_id: TenantId) -> Self {
        Self { permit, tenant_id }
    }

    pub(crate) const fn permit(&self) -> &Permit {
        &self.permit
    }

    pub(crate) const fn subject(&self) -> &Subject {
        self.permit.subject()
    }

    pub(crate) const fn tenant_id(&self) -> &TenantId {
        &self.tenant_id
    }

    /// Returns the person who asks; what is done in somebody's name needs one.
    pub(crate) fn person(&self) -> Result<&UserId, ApiError> {
        self.permit.person()
    }

    /// Returns the account to whose recordings lists and hits are cut down; none for all of the tenant's.
    pub(crate) fn only_own(&self) -> Option<&UserId> {
        if self.permit.obliges(Obligation::OnlyOwn) { self.subject().user_id() } else { None }
    }
}

impl RecordingPermit {
    pub(super) const fn new(permit: Permit, recording: Recording, sharing: EffectiveSharing) -> Self {
        Self { permit, recording, sharing, playback_session_id: None, link_id: None, opened_at: None }
    }

    pub(super) fn with_playback_session(
        mut self,
        playback_session_id: PlaybackSessionId,
        link_id: Option<ShareLinkId>,
        opened_at: Timestamp,
    ) -> Self {
        self.playback_session_id = Some(playback_session_id);
        self.link_id = link_id;
        self.opened_at = Some(opened_at);
        self
    }

    pub(super) fn with_link(mut self, link_id: ShareLinkId) -> Self {
        self.link_id = Some(link_id);
        self
    }

    /// Names the session that the permit is used to open.
    pub(crate) fn in_session(mut self, playback_session_id: PlaybackSessionId) -> Self {
        self.playback_session_id = Some(playback_session_id);
        self
    }

    pub(crate) const fn permit(&self) -> &Permit {
        &self.permit
    }

    pub(crate) const fn subject(&self) -> &Subject {
        self.permit.subject()
    }

    /// Returns the recording as it was when the decision was made.
    pub(crate) const fn recording(&self) -> &Recording {
        &self.recording
    }

    /// Returns what the host decided, as it was when the decision was made.
    pub(crate) const fn sharing(&self) -> &Sharing {
        &self.sharing.sharing
    }

    /// Says whether every picture that is delivered has to name its viewer.
    pub(crate) const fn marks_pictures(&self) -> bool {
        self.sharing.marks
    }

    /// Returns when the caller's playback session was opened.
    pub(crate) const fn opened_at(&self) -> Option<Timestamp> {
        self.opened_at
    }

    /// Returns the link that the caller's playback session was opened with.
    pub(crate) const fn link_id(&self) -> Option<&ShareLinkId> {
        self.link_id.as_ref()
    }

    pub(crate) const fn playback_session_id(&self) -> Option<&PlaybackSessionId> {
        self.playback_session_id.as_ref()
    }
}

macro_rules! from_gate {
    ($($permit:ty),+) => {
        $(
            impl<S: Sync> FromRequestParts<S> for $permit {
                type Rejection = ApiError;

                async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
                    let permit = parts.extensions.get::<Self>().cloned();
                    permit.ok_or_else(|| ApiError::internal(concat!("route without ", stringify!($permit))))
                }
            }
        )+
    };
}

from_gate!(Permit, TenantPermit, RecordingPermit, CasePermit);
