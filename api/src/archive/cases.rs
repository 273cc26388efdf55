use model::{Case, CaseExport, CaseId, ExportId, Recording, RecordingId, Timestamp, UserId};
use search::{SearchRequest, SearchResults, Visibility};
use store::{CaseChange, CaseMember, SavedSearch};
use tokio::time::Instant;

use super::Archive;
use crate::access::{CasePermit, TenantPermit};
use crate::error::ApiError;

/// What the compliance team works on. Whoever holds a [`CasePermit`] is a member of the case.
impl Archive {
    pub(crate) async fn cases(&self, permit: &TenantPermit, member: &UserId) -> Result<Vec<Case>, ApiError> {
        Ok(self.store.list_cases_of(permit.tenant_id(), member).await?)
    }

    pub(crate) async fn open_case(&self, _permit: &TenantPermit, case: &Case) -> Result<(), ApiError> {
        Ok(self.store.open_case(case).await?)
    }

    pub(crate) async fn reload_case(&self, permit: &CasePermit) -> Result<Case, ApiError> {
        let case = permit.case();
        let reloaded = self.store.load_case(&case.tenant_id, &case.id).await?;
        reloaded.ok_or(ApiError::NotFound { what: "case" })
    }

    pub(crate) async fn change_case(
        &self,
        permit: &CasePermit,
        change: &CaseChange,
        by: &UserId,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let case = permit.case();
        match self.store.change_case(&case.tenant_id, &case.id, change, by, now).await {
            Err(store::Error::NotFound { what, .. }) => {
                Err(ApiError::invalid(format!("there is no such {what} in this organisation")))
            }
            changed => Ok(changed?),
        }
    }

    pub(crate) async fn case_members(&self, permit: &CasePermit) -> Result<Vec<CaseMember>, ApiError> {
        Ok(self.store.case_members(&permit.case().id).await?)
    }

    pub(crate) async fn case_searches(&self, permit: &CasePermit) -> Result<Vec<SavedSearch>, ApiError> {
        Ok(self.store.case_searches(&permit.case().id).await?)
    }

    pub(crate) async fn case_holds(&self, permit: &CasePermit) -> Result<Vec<model::LegalHold>, ApiError> {
        let ids = self.store.case_holds(&permit.case().id).await?;
        let holds = self.store.list_holds(&permit.case().tenant_id).await?;
        Ok(holds.into_iter().filter(|hold| ids.contains(&hold.id)).collect())
    }

    /// Returns the rows of a case's recordings and the holds that keep each.
    pub(crate) async fn case_recordings(
        &self,
        permit: &CasePermit,
    ) -> Result<Vec<(Recording, Vec<model::HoldId>)>, ApiError> {
        let mut recordings = Vec::new();
        for recording_id in self.store.case_recordings(&permit.case().id).await? {
            if let Some(recording) = self.store.load_recording(&permit.case().tenant_id, &recording_id).await? {
                let held_by = self.store.holds_of(&recording_id).await?;
                recordings.push((recording, held_by));
            }
        }
        Ok(recordings)
    }

    /// Returns a recording's row for a member of a case.
    pub(crate) async fn row_in_case(
        &self,
        permit: &CasePermit,
        recording_id: &RecordingId,
    ) -> Result<Option<Recording>, ApiError> {
        Ok(self.store.load_recording(&permit.case().tenant_id, recording_id).await?)
    }

    /// Searches every recording of the organisation, for a case.
    pub(crate) async fn search_for_case(
        &self,
        permit: &CasePermit,
        request: SearchRequest,
        deadline: Instant,
    ) -> Result<SearchResults, ApiError> {
        Ok(self.search.search(&permit.case().tenant_id, Visibility::All, request, deadline).await?)
    }

    pub(crate) async fn case_exports(&self, permit: &CasePermit) -> Result<Vec<CaseExport>, ApiError> {
        Ok(self.store.list_case_exports(&permit.case().id).await?)
    }

    pub(crate) async fn case_export(
        &self,
        permit: &CasePermit,
        export_id: &ExportId,
    ) -> Result<Option<CaseExport>, ApiError> {
        Ok(self.store.load_case_export(&permit.case().id, export_id).await?)
    }

    pub(crate) async fn request_case_export(&self, permit: &CasePermit, export: &CaseExport) -> Result<(), ApiError> {
        if export.case_id != permit.case().id {
            return Err(ApiError::internal("an export was made for another case"));
        }
        Ok(self.store.insert_case_export(export).await?)
    }

    /// Returns the recordings an export takes, and the last audit entry that may be in it.
    pub(crate) async fn export_scope(&self, permit: &CasePermit) -> Result<(Vec<RecordingId>, i64), ApiError> {
        let case: &CaseId = &permit.case().id;
        let recordings = self.store.case_recordings(case).await?;
        Ok((recordings, self.store.last_audit_seq(&permit.case().tenant_id).await?))
    }

    /// Returns the store for a bundle, which is put together while it is sent. Everything in it belongs to the case.
    pub(crate) fn store_for_export(&self, _permit: &CasePermit) -> store::Store {
        self.store.clone()
    }
}
