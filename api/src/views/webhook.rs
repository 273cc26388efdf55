use model::{DeliveryState, WebhookDelivery, WebhookEndpoint, WebhookEvent};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::closed_set_schemas as schemas;
use super::time_text::time_text;

/// An address that is to be told what becomes of recordings.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewWebhook {
    /// Where requests are sent, such as `https://meet.example.com/hooks/huiji`.
    pub(crate) url: String,
    /// What it is told of; everything when left out.
    #[serde(default)]
    #[schema(value_type = Option<Vec<schemas::WebhookEvent>>)]
    pub(crate) events: Option<Vec<WebhookEvent>>,
}

/// An address that is told.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Webhook)]
pub(crate) struct WebhookView {
    pub(crate) id: String,
    pub(crate) url: String,
    #[schema(value_type = Vec<schemas::WebhookEvent>)]
    pub(crate) events: Vec<WebhookEvent>,
    /// RFC 3339, UTC.
    pub(crate) created_at: String,
}

/// An address that was just added.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = NewWebhookSecret)]
pub(crate) struct NewWebhookView {
    pub(crate) webhook: WebhookView,
    /// What requests are signed with, `whsec_…`. It is not shown again.
    pub(crate) secret: String,
}

/// Every address that is told.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Webhooks)]
pub(crate) struct WebhooksView {
    pub(crate) webhooks: Vec<WebhookView>,
}

/// What was sent to an address.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = WebhookDeliveries)]
pub(crate) struct WebhookDeliveriesView {
    pub(crate) deliveries: Vec<WebhookDeliveryView>,
}

/// A message and what came of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = WebhookDelivery)]
pub(crate) struct WebhookDeliveryView {
    /// The `webhook-id` of the requests.
    pub(crate) id: String,
    #[schema(value_type = schemas::WebhookEvent)]
    pub(crate) event: WebhookEvent,
    pub(crate) recording_id: String,
    pub(crate) created_at: String,
    pub(crate) state: DeliveryStateName,
    /// When it is sent next; null unless it is pending.
    #[schema(required)]
    pub(crate) due_at: Option<String>,
    /// When it was delivered or given up.
    #[schema(required)]
    pub(crate) ended_at: Option<String>,
    pub(crate) attempts: u32,
    /// The HTTP status of the last answer.
    #[schema(required)]
    pub(crate) last_status: Option<u16>,
    /// Why the last attempt failed.
    #[schema(required)]
    pub(crate) last_problem: Option<String>,
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeliveryStateName {
    Pending,
    Delivered,
    GivenUp,
}

impl From<WebhookEndpoint> for WebhookView {
    fn from(endpoint: WebhookEndpoint) -> Self {
        Self {
            id: endpoint.id.to_string(),
            url: endpoint.url,
            events: endpoint.events,
            created_at: time_text(endpoint.created_at),
        }
    }
}

impl From<WebhookDelivery> for WebhookDeliveryView {
    fn from(delivery: WebhookDelivery) -> Self {
        let (state, due_at, ended_at) = match delivery.state {
            DeliveryState::Pending { due_at } => (DeliveryStateName::Pending, Some(due_at), None),
            DeliveryState::Delivered { at } => (DeliveryStateName::Delivered, None, Some(at)),
            DeliveryState::GivenUp { at } => (DeliveryStateName::GivenUp, None, Some(at)),
        };
        Self {
            id: delivery.id,
            event: delivery.event,
            recording_id: delivery.recording_id.to_string(),
            created_at: time_text(delivery.created_at),
            state,
            due_at: due_at.map(time_text),
            ended_at: ended_at.map(time_text),
            attempts: delivery.attempts,
            last_status: delivery.last_status,
            last_problem: delivery.last_problem,
        }
    }
}
