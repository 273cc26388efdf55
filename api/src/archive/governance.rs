use model::{HoldId, LegalHold, Recording, RecordingId, RetentionPolicy, Timestamp, UserId};
use store::{
    AuditEntry, AuditFilter, AuditLog, DailyGrowth, Error, LedgerLine, PlacedHold, SignedCertificate, StorageShare,
};
use tokio::time::Instant;

use super::Archive;
use crate::access::TenantPermit;
use crate::error::ApiError;

/// Holds, rules, certificates, the audit log and the ledger: what admins and compliance teams work with. None of it shows
/// what was said.
impl Archive {
    /// Returns a recording's row for its title, host and state.
    pub(crate) async fn row(
        &self,
        permit: &TenantPermit,
        recording_id: &RecordingId,
    ) -> Result<Option<Recording>, ApiError> {
        Ok(self.store.load_recording(permit.tenant_id(), recording_id).await?)
    }

    pub(crate) async fn holds(&self, permit: &TenantPermit) -> Result<Vec<LegalHold>, ApiError> {
        Ok(self.store.list_holds(permit.tenant_id()).await?)
    }

    pub(crate) async fn place_hold(&self, hold: &LegalHold, found: &[RecordingId]) -> Result<PlacedHold, ApiError> {
        Ok(self.store.place_hold_on(hold, found).await?)
    }

    /// Returns every recording a search finds in the whole organisation, by id only.
    pub(crate) async fn find_all(
        &self,
        permit: &TenantPermit,
        query: &str,
        deadline: Instant,
    ) -> Result<Vec<RecordingId>, ApiError> {
        Ok(self.search.matching_recordings(permit.tenant_id(), query, deadline).await?)
    }

    pub(crate) async fn request_hold_release(
        &self,
        permit: &TenantPermit,
        hold_id: &HoldId,
        by: &UserId,
        now: Timestamp,
    ) -> Result<LegalHold, ApiError> {
        self.store.request_hold_release(permit.tenant_id(), hold_id, by, now).await.map_err(hold_error)
    }

    pub(crate) async fn withdraw_hold_release(
        &self,
        permit: &TenantPermit,
        hold_id: &HoldId,
        by: &UserId,
        now: Timestamp,
    ) -> Result<LegalHold, ApiError> {
        self.store.withdraw_hold_release(permit.tenant_id(), hold_id, by, now).await.map_err(hold_error)
    }

    pub(crate) async fn release_hold(
        &self,
        permit: &TenantPermit,
        hold_id: &HoldId,
        by: &UserId,
        now: Timestamp,
    ) -> Result<LegalHold, ApiError> {
        self.store.release_hold(permit.tenant_id(), hold_id, by, now).await.map_err(hold_error)
    }

    pub(crate) async fn retention_policy(
        &self,
        tenant_id: &model::TenantId,
    ) -> Result<(RetentionPolicy, i64), ApiError> {
        Ok(self.store.load_retention_policy(tenant_id).await?)
    }

    pub(crate) async fn save_retention_policy(
        &self,
        permit: &TenantPermit,
        policy: &RetentionPolicy,
        version: i64,
        saved_by: &UserId,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        Ok(self.store.save_retention_policy(permit.tenant_id(), policy, version, saved_by, now).await?)
    }

    pub(crate) async fn certificates(
        &self,
        permit: &TenantPermit,
        limit: u32,
    ) -> Result<Vec<SignedCertificate>, ApiError> {
        Ok(self.store.list_certificates(permit.tenant_id(), limit).await?)
    }

    pub(crate) async fn certificate(
        &self,
        permit: &TenantPermit,
        recording_id: &RecordingId,
    ) -> Result<Option<SignedCertificate>, ApiError> {
        Ok(self.store.load_certificate(permit.tenant_id(), recording_id).await?)
    }

    pub(crate) fn public_key(&self) -> String {
        self.store.public_key()
    }

    pub(crate) async fn audit_page(
        &self,
        permit: &TenantPermit,
        filter: &AuditFilter,
        limit: u32,
    ) -> Result<Vec<(i64, AuditEntry)>, ApiError> {
        Ok(self.store.list_audit_page(permit.tenant_id(), filter, limit).await?)
    }

    /// Signs how the log stands and returns all of it.
    pub(crate) async fn audit_log(&self, permit: &TenantPermit, now: Timestamp) -> Result<AuditLog, ApiError> {
        self.store.checkpoint_audit(permit.tenant_id(), now).await?;
        Ok(self.store.load_audit_log(permit.tenant_id()).await?)
    }

    pub(crate) async fn ledger(&self, permit: &TenantPermit) -> Result<Vec<LedgerLine>, ApiError> {
        Ok(self.store.storage_ledger(permit.tenant_id()).await?)
    }

    pub(crate) async fn storage_shares(
        &self,
        permit: &TenantPermit,
        limit: u32,
    ) -> Result<(Vec<StorageShare>, Vec<StorageShare>), ApiError> {
        let hosts = self.store.storage_by_host(permit.tenant_id(), limit).await?;
        Ok((hosts, self.store.storage_by_department(permit.tenant_id(), limit).await?))
    }

    pub(crate) async fn storage_growth(
        &self,
        permit: &TenantPermit,
        since: Timestamp,
    ) -> Result<Vec<DailyGrowth>, ApiError> {
        Ok(self.store.storage_growth(permit.tenant_id(), since).await?)
    }
}

const NO_HOLD: ApiError = ApiError::NotFound { what: "legal hold" };

fn hold_error(error: Error) -> ApiError {
    match error {
        Error::NotFound { what: "legal hold", .. } => NO_HOLD,
        error => ApiError::from(error),
    }
}
