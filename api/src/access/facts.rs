use model::{Recording, RecordingId, Relation, TenantId, Timestamp, UserId};
use store::{PlaybackSession, Store, User};

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

    pub(super) async fn playback(&self, token_sha256: &str, now: Timestamp) -> Result<Option<PlaybackFacts>, ApiError> {
        let Some(session) = self.store.find_playback_session(token_sha256, now).await? else {
            return Ok(None);
        };
        let Some(recording) = self.store.load_recording(&session.tenant_id, &session.recording_id).await? else {
            return Ok(None);
        };
        let user = self.store.load_user(&session.tenant_id, &session.user_id).await?;
        Ok(Some(PlaybackFacts { session, recording, user }))
    }
}
