use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use model::{PlaybackSessionId, Recording, TenantId, UserId};

use super::action::Action;
use super::decide::Obligation;
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
    playback_session_id: Option<PlaybackSessionId>,
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

    /// Returns the account to whose recordings lists and hits are cut down; none for all of the tenant's.
    pub(crate) fn only_own(&self) -> Option<&UserId> {
        if self.permit.obliges(Obligation::OnlyOwn) { self.subject().user_id() } else { None }
    }
}

impl RecordingPermit {
    pub(super) const fn new(permit: Permit, recording: Recording) -> Self {
        Self { permit, recording, playback_session_id: None }
    }

    pub(super) fn with_playback_session(mut self, playback_session_id: PlaybackSessionId) -> Self {
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

from_gate!(Permit, TenantPermit, RecordingPermit);
