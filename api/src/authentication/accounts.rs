use model::{TenantId, Timestamp, UserId};
use store::{ApiKey, AuditEntry, Store, Tenant, User};

use crate::error::ApiError;

/// Accounts, keys, sessions, tenants and the audit log, as the store has them.
#[derive(Debug, Clone)]
pub(crate) struct Accounts {
    store: Store,
}

impl Accounts {
    pub(crate) const fn new(store: Store) -> Self {
        Self { store }
    }

    pub(crate) async fn tenant(&self, tenant_id: &TenantId) -> Result<Option<Tenant>, ApiError> {
        Ok(self.store.load_tenant(tenant_id).await?)
    }

    pub(crate) async fn usage(
        &self,
        tenant_id: &TenantId,
        month_start: Timestamp,
    ) -> Result<storage_policies::Usage, ApiError> {
        let usage = self.store.tenant_usage(tenant_id, month_start).await?;
        Ok(storage_policies::Usage {
            stored_bytes: usage.stored_bytes,
            smart_recordings: u32::try_from(usage.smart_recordings).unwrap_or(u32::MAX),
        })
    }

    pub(crate) async fn user(&self, tenant_id: &TenantId, user_id: &UserId) -> Result<Option<User>, ApiError> {
        Ok(self.store.load_user(tenant_id, user_id).await?)
    }

    pub(crate) async fn user_by_name(&self, user_name: &str) -> Result<Option<User>, ApiError> {
        Ok(self.store.find_user_by_name(user_name).await?)
    }

    pub(crate) async fn users(&self, tenant_id: &TenantId) -> Result<Vec<User>, ApiError> {
        Ok(self.store.list_users(tenant_id).await?)
    }

    pub(crate) async fn api_key(&self, secret_sha256: &str) -> Result<Option<ApiKey>, ApiError> {
        Ok(self.store.find_api_key(secret_sha256).await?)
    }

    pub(crate) async fn sign_in(&self, token_sha256: &str, user: &User, expires_at: Timestamp) -> Result<(), ApiError> {
        Ok(self.store.insert_sign_in(token_sha256, &user.id, &user.tenant_id, expires_at).await?)
    }

    pub(crate) async fn signed_in(&self, token_sha256: &str, now: Timestamp) -> Result<Option<User>, ApiError> {
        Ok(self.store.find_sign_in(token_sha256, now).await?)
    }

    pub(crate) async fn sign_out(&self, token_sha256: &str) -> Result<(), ApiError> {
        Ok(self.store.delete_sign_in(token_sha256).await?)
    }

    pub(crate) async fn append_audit(&self, entry: &AuditEntry) -> Result<(), ApiError> {
        Ok(self.store.append_audit(entry).await?)
    }
}
