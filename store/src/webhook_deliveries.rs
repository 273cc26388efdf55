use model::{DeliveryState, TenantId, Timestamp, WebhookDelivery, WebhookId};
use sqlx::any::AnyRow;
use tokio::sync::Notify;

use crate::database::{Statement, dialect_sql, sql};
use crate::fields::Fields;
use crate::{Error, Store};

/// A message that one sender holds for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedDelivery {
    /// The organisation it belongs to.
    pub tenant_id: TenantId,
    /// The message; this attempt is counted in it already.
    pub delivery: WebhookDelivery,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptOutcome {
    /// Where the message stands now.
    pub state: DeliveryState,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// What went wrong.
    pub problem: Option<String>,
}

macro_rules! delivery_columns {
    () => {
        "id, tenant_id, webhook_id, about_recording_id, event, body, created_at, attempts, state, state_at, last_status, \
         last_problem"
    };
}

impl Store {
    /// Takes the message that has been due the longest and counts an attempt. Nobody else gets it until the lease ends.
    pub async fn claim_webhook_delivery(
        &self,
        now: Timestamp,
        lease_ms: u64,
    ) -> Result<Option<ClaimedDelivery>, Error> {
        let statement = dialect_sql(format!(
            "UPDATE webhook_deliveries SET attempts = attempts + 1, state_at = $2 WHERE id = ( \
             SELECT id FROM webhook_deliveries WHERE state = 'pending' AND state_at <= $1 ORDER BY state_at, id LIMIT 1 \
             {}) RETURNING {}",
            self.database().dialect().skip_locked(),
            delivery_columns!(),
        ));
        let lease_end = now.plus_millis(i64::try_from(lease_ms).unwrap_or(i64::MAX));
        let statement = statement.bind(now.as_micros()).bind(lease_end.as_micros());
        let row = self.database().write_optional("webhook_deliveries", statement).await?;
        let decode_claim = |row: &AnyRow| {
            let tenant_id = Fields::of(row, "webhook_deliveries", &["id"]).parsed("tenant_id")?;
            Ok(ClaimedDelivery { tenant_id, delivery: decode(row)? })
        };
        row.as_ref().map(decode_claim).transpose()
    }

    /// Notes how an attempt ended. Nothing happens when another attempt has begun or the endpoint was removed.
    pub async fn end_webhook_attempt(&self, claimed: &ClaimedDelivery, outcome: &AttemptOutcome) -> Result<(), Error> {
        let (state, state_at) = state_columns(outcome.state);
        let statement = sql("UPDATE webhook_deliveries SET state = $3, state_at = $4, last_status = $5, \
             last_problem = $6 WHERE id = $1 AND attempts = $2 AND state = 'pending'");
        let statement = statement
            .bind(claimed.delivery.id.as_str())
            .bind(i64::from(claimed.delivery.attempts))
            .bind(state)
            .bind(state_at.as_micros())
            .bind(outcome.status.map(i64::from))
            .bind(outcome.problem.as_deref());
        self.database().execute("webhook_deliveries", statement).await.map(drop)
    }

    /// Returns when the next message is due.
    pub async fn next_webhook_due_at(&self) -> Result<Option<Timestamp>, Error> {
        let statement =
            sql("SELECT state_at FROM webhook_deliveries WHERE state = 'pending' ORDER BY state_at LIMIT 1");
        let row = self.database().read_optional("webhook_deliveries", statement).await?;
        row.map(|row| Fields::of(&row, "webhook_deliveries", &[]).time("state_at")).transpose()
    }

    /// Returns the delivery log of an endpoint, newest first.
    pub async fn list_webhook_deliveries(
        &self,
        tenant_id: &TenantId,
        webhook_id: &WebhookId,
        limit: u32,
    ) -> Result<Vec<WebhookDelivery>, Error> {
        let statement = sql(concat!(
            "SELECT ",
            delivery_columns!(),
            " FROM webhook_deliveries WHERE webhook_id = $1 AND tenant_id = $2 ORDER BY created_at DESC, id LIMIT $3"
        ));
        let statement: Statement<'_> = statement.bind(webhook_id.as_str()).bind(tenant_id.as_str());
        let rows = self.database().read_all("webhook_deliveries", statement.bind(i64::from(limit))).await?;
        rows.iter().map(decode).collect()
    }

    /// Forgets messages that ended before a time. Returns how many.
    pub async fn prune_webhook_deliveries(&self, before: Timestamp) -> Result<u64, Error> {
        let statement = sql("DELETE FROM webhook_deliveries WHERE state <> 'pending' AND state_at < $1");
        self.database().execute("webhook_deliveries", statement.bind(before.as_micros())).await
    }

    /// Tells when this process queued a message.
    #[must_use]
    pub fn webhook_queued(&self) -> &Notify {
        &self.inner.webhook_queued
    }
}

const fn state_columns(state: DeliveryState) -> (&'static str, Timestamp) {
    match state {
        DeliveryState::Pending { due_at } => ("pending", due_at),
        DeliveryState::Delivered { at } => ("delivered", at),
        DeliveryState::GivenUp { at } => ("given_up", at),
    }
}

fn decode(row: &AnyRow) -> Result<WebhookDelivery, Error> {
    let fields = Fields::of(row, "webhook_deliveries", &["id"]);
    let at = fields.time("state_at")?;
    let state = match fields.text("state")?.as_str() {
        "pending" => DeliveryState::Pending { due_at: at },
        "delivered" => DeliveryState::Delivered { at },
        "given_up" => DeliveryState::GivenUp { at },
        other => return Err(fields.corrupt("state", format_args!("{other:?} is unknown"))),
    };
    let last_status = fields.optional_number("last_status")?;
    Ok(WebhookDelivery {
        id: fields.text("id")?,
        webhook_id: fields.parsed("webhook_id")?,
        recording_id: fields.parsed("about_recording_id")?,
        event: fields.parsed("event")?,
        body: fields.text("body")?,
        created_at: fields.time("created_at")?,
        attempts: fields.number("attempts")?,
        state,
        last_status,
        last_problem: fields.optional_text("last_problem")?,
    })
}
