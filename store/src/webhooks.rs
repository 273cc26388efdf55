use model::{RecordingId, TenantId, Timestamp, WebhookEndpoint, WebhookEvent, WebhookId};
use serde_json::{Value, json};
use sqlx::any::AnyRow;

use crate::data_keys::{open_small, random, seal_small};
use crate::database::{Transaction, sql};
use crate::fields::{Fields, to_json};
use crate::{Error, Store};

/// The secret requests to an endpoint are signed with; never shown in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Vec<u8>);

impl WebhookSecret {
    /// Takes the bytes of a secret.
    #[must_use]
    pub const fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Returns the bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for WebhookSecret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("WebhookSecret(…)")
    }
}

impl Store {
    /// Adds an endpoint and keeps its secret sealed with the tenant's key.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the id is taken, [`Error::NotFound`] when the tenant does not exist.
    pub async fn insert_webhook(
        &self,
        tenant_id: &TenantId,
        endpoint: &WebhookEndpoint,
        secret: &WebhookSecret,
    ) -> Result<(), Error> {
        let key = self.inner.master_key.tenant_key(tenant_id);
        let sealed = seal_small(&key, &associated_data(tenant_id, &endpoint.id), secret.as_bytes())?;
        let mut transaction = self.database().begin("webhook_endpoints").await?;
        crate::tenants::require(&mut transaction, tenant_id).await?;
        let statement = sql("INSERT INTO webhook_endpoints \
             (id, tenant_id, url, events_json, sealed_secret, created_at) VALUES ($1, $2, $3, $4, $5, $6)");
        let statement = statement
            .bind(endpoint.id.as_str())
            .bind(tenant_id.as_str())
            .bind(endpoint.url.as_str())
            .bind(to_json("webhook events", &endpoint.events)?)
            .bind(sealed)
            .bind(endpoint.created_at.as_micros());
        let inserted = transaction.execute(statement).await;
        inserted.map_err(|error| error.or_conflict("webhook", &endpoint.id, "the id is taken"))?;
        transaction.commit().await
    }

    /// Lists the endpoints of a tenant, oldest first.
    pub async fn list_webhooks(&self, tenant_id: &TenantId) -> Result<Vec<WebhookEndpoint>, Error> {
        let statement = sql("SELECT id, url, events_json, created_at FROM webhook_endpoints WHERE tenant_id = $1 \
             ORDER BY created_at, id");
        let rows = self.database().read_all("webhook_endpoints", statement.bind(tenant_id.as_str())).await?;
        rows.iter().map(decode).collect()
    }

    /// Removes an endpoint and its delivery log; what was still to be sent is not.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the tenant has no such endpoint.
    pub async fn delete_webhook(&self, tenant_id: &TenantId, webhook_id: &WebhookId) -> Result<(), Error> {
        let mut transaction = self.database().begin("webhook_endpoints").await?;
        for (text, required) in [
            ("DELETE FROM webhook_deliveries WHERE webhook_id = $1 AND tenant_id = $2", false),
            ("DELETE FROM webhook_endpoints WHERE id = $1 AND tenant_id = $2", true),
        ] {
            let statement = sql(text).bind(webhook_id.as_str()).bind(tenant_id.as_str());
            if transaction.execute(statement).await? == 0 && required {
                return Err(Error::NotFound { what: "webhook", id: webhook_id.to_string() });
            }
        }
        transaction.commit().await
    }

    /// Returns where a message goes and what it is signed with; none when the endpoint was removed.
    pub async fn load_webhook(
        &self,
        tenant_id: &TenantId,
        webhook_id: &WebhookId,
    ) -> Result<Option<(WebhookEndpoint, WebhookSecret)>, Error> {
        let statement = sql("SELECT id, url, events_json, created_at, sealed_secret FROM webhook_endpoints \
             WHERE id = $1 AND tenant_id = $2");
        let statement = statement.bind(webhook_id.as_str()).bind(tenant_id.as_str());
        let Some(row) = self.database().read_optional("webhook_endpoints", statement).await? else { return Ok(None) };
        let fields = Fields::of(&row, "webhook_endpoints", &["id"]);
        let key = self.inner.master_key.tenant_key(tenant_id);
        let secret = open_small(&key, &associated_data(tenant_id, webhook_id), &fields.text("sealed_secret")?);
        let secret =
            secret.ok_or_else(|| fields.corrupt("sealed_secret", "it was changed, moved or sealed by another key"))?;
        Ok(Some((decode(&row)?, WebhookSecret(secret))))
    }

    /// Queues a message about a recording for every endpoint that wants to hear of it.
    pub async fn notify_webhooks(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
        event: WebhookEvent,
        data: Value,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.database().begin("webhook_deliveries").await?;
        enqueue(&mut transaction, tenant_id, recording_id, event, data, now).await?;
        transaction.commit().await?;
        self.inner.webhook_queued.notify_one();
        Ok(())
    }
}

/// Queues a message in the transaction of the change it tells of.
pub(crate) async fn enqueue(
    transaction: &mut Transaction,
    tenant_id: &TenantId,
    recording_id: &RecordingId,
    event: WebhookEvent,
    data: Value,
    now: Timestamp,
) -> Result<(), Error> {
    let statement = sql("SELECT id, url, events_json, created_at FROM webhook_endpoints WHERE tenant_id = $1");
    let rows = transaction.fetch_all(statement.bind(tenant_id.as_str())).await?;
    let body = json!({ "type": event.as_str(), "timestamp": now.to_string(), "data": data }).to_string();
    for row in &rows {
        let endpoint = decode(row)?;
        if !endpoint.events.contains(&event) {
            continue;
        }
        let id = format!("msg_{}", hex::encode(random::<16>()?));
        let statement =
            sql("INSERT INTO webhook_deliveries (id, tenant_id, webhook_id, about_recording_id, event, body, \
             created_at, attempts, state, state_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 'pending', $7)");
        let statement = statement
            .bind(id)
            .bind(tenant_id.as_str())
            .bind(endpoint.id.as_str())
            .bind(recording_id.as_str())
            .bind(event.as_str())
            .bind(body.clone())
            .bind(now.as_micros());
        transaction.execute(statement).await?;
    }
    Ok(())
}

fn decode(row: &AnyRow) -> Result<WebhookEndpoint, Error> {
    let fields = Fields::of(row, "webhook_endpoints", &["id"]);
    Ok(WebhookEndpoint {
        id: fields.parsed("id")?,
        url: fields.text("url")?,
        events: fields.json("events_json")?,
        created_at: fields.time("created_at")?,
    })
}

fn associated_data(tenant_id: &TenantId, webhook_id: &WebhookId) -> Vec<u8> {
    format!("webhook/{tenant_id}/{webhook_id}").into_bytes()
}
