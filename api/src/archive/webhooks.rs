use model::{WebhookDelivery, WebhookEndpoint, WebhookId};
use store::WebhookSecret;

use super::Archive;
use crate::access::TenantPermit;
use crate::error::ApiError;

impl Archive {
    pub(crate) async fn webhooks(&self, permit: &TenantPermit) -> Result<Vec<WebhookEndpoint>, ApiError> {
        Ok(self.store.list_webhooks(permit.tenant_id()).await?)
    }

    pub(crate) async fn add_webhook(
        &self,
        permit: &TenantPermit,
        endpoint: &WebhookEndpoint,
        secret: &WebhookSecret,
    ) -> Result<(), ApiError> {
        Ok(self.store.insert_webhook(permit.tenant_id(), endpoint, secret).await?)
    }

    pub(crate) async fn remove_webhook(&self, permit: &TenantPermit, webhook_id: &WebhookId) -> Result<(), ApiError> {
        match self.store.delete_webhook(permit.tenant_id(), webhook_id).await {
            Err(store::Error::NotFound { .. }) => Err(ApiError::NotFound { what: "webhook" }),
            removed => Ok(removed?),
        }
    }

    pub(crate) async fn webhook_deliveries(
        &self,
        permit: &TenantPermit,
        webhook_id: &WebhookId,
        limit: u32,
    ) -> Result<Vec<WebhookDelivery>, ApiError> {
        if self.store.load_webhook(permit.tenant_id(), webhook_id).await?.is_none() {
            return Err(ApiError::NotFound { what: "webhook" });
        }
        Ok(self.store.list_webhook_deliveries(permit.tenant_id(), webhook_id, limit).await?)
    }
}
