use model::{HoldScope, Recording, RetentionFacts, TenantId, Timestamp, UserId};
use store::{DisposalReason, RecordingLabels, TrashedRecording};
use tokio::time::Instant;

use super::Archive;
use crate::access::{RecordingPermit, TenantPermit};
use crate::error::ApiError;

const FACTS_AT_ONCE: u32 = 500;

/// The way out: trash, restore, purge. The store checks for holds in the transaction of each step and writes the audit log.
impl Archive {
    pub(crate) async fn trash(
        &self,
        permit: &RecordingPermit,
        trashed_by: &UserId,
        (until, now): (Timestamp, Timestamp),
    ) -> Result<Recording, ApiError> {
        let recording = permit.recording();
        let reason = DisposalReason::Person { user_id: trashed_by.clone() };
        Ok(self.store.trash_recording(&recording.tenant_id, &recording.id, until, &reason, now).await?)
    }

    pub(crate) async fn restore(
        &self,
        permit: &RecordingPermit,
        restored_by: &UserId,
        now: Timestamp,
    ) -> Result<Recording, ApiError> {
        let recording = permit.recording();
        Ok(self.store.restore_recording(&recording.tenant_id, &recording.id, restored_by, now).await?)
    }

    /// Destroys the recording's key; the sweep clears away the rest.
    pub(crate) async fn begin_purge(
        &self,
        permit: &RecordingPermit,
        purged_by: &UserId,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let recording = permit.recording();
        let reason = DisposalReason::Person { user_id: purged_by.clone() };
        Ok(self.store.begin_purge(&recording.tenant_id, &recording.id, &reason, now).await.map(drop)?)
    }

    /// Puts what the searches of holds find by now under them, before something is thrown away.
    pub(crate) async fn extend_holds(
        &self,
        tenant_id: &TenantId,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<(), ApiError> {
        for hold in self.store.list_holds(tenant_id).await?.iter().filter(|hold| hold.is_in_force()) {
            if let HoldScope::Query { query } = &hold.scope {
                let found = self.search.matching_recordings(tenant_id, query, deadline).await?;
                self.store.extend_hold(tenant_id, &hold.id, &found, now).await?;
            }
        }
        Ok(())
    }

    pub(crate) async fn labels(&self, permit: &RecordingPermit) -> Result<RecordingLabels, ApiError> {
        Ok(self.store.load_labels(&permit.recording().id).await?)
    }

    pub(crate) async fn save_labels(&self, permit: &RecordingPermit, labels: &RecordingLabels) -> Result<(), ApiError> {
        let recording = permit.recording();
        Ok(self.store.save_labels(&recording.tenant_id, &recording.id, labels).await?)
    }

    /// Lists the trash, cut down to what the caller hosts where the permit says so.
    pub(crate) async fn list_trash(&self, permit: &TenantPermit) -> Result<Vec<TrashedRecording>, ApiError> {
        Ok(self.store.list_trash_of(permit.tenant_id(), permit.only_own()).await?)
    }

    /// Returns what rules and holds know of every recording that is not purged. It shows no content.
    pub(crate) async fn retention_facts(&self, permit: &TenantPermit) -> Result<Vec<RetentionFacts>, ApiError> {
        let mut facts: Vec<RetentionFacts> = Vec::new();
        loop {
            let after = facts.last().map(|facts| &facts.recording_id);
            let page = self.store.list_retention_facts(permit.tenant_id(), after, FACTS_AT_ONCE).await?;
            if page.is_empty() {
                return Ok(facts);
            }
            facts.extend(page);
        }
    }

    /// Returns what rules and holds know of one recording.
    pub(crate) async fn retention_facts_of(
        &self,
        permit: &RecordingPermit,
    ) -> Result<Option<RetentionFacts>, ApiError> {
        let recording = permit.recording();
        Ok(self.store.load_retention_facts(&recording.tenant_id, &recording.id).await?)
    }
}
