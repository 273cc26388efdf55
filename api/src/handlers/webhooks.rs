use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::{WebhookEndpoint, WebhookEvent, WebhookId};
use serde_json::json;
use store::WebhookSecret;
use webhooks::{EndpointUrl, secret_text};

use crate::access::TenantPermit;
use crate::audit::{Event, audit_event};
use crate::error::ApiError;
use crate::request::JsonBody;
use crate::state::App;
use crate::views::{NewWebhook, NewWebhookView, WebhookDeliveriesView, WebhookDeliveryView, WebhookView, WebhooksView};

/// More endpoints than an organisation has systems.
const ENDPOINTS_MAX: usize = 20;
const DELIVERIES_SHOWN: u32 = 200;

/// Adds an address that is told what becomes of recordings. The secret that requests are signed with is in this answer
/// only.
#[utoipa::path(post, path = "/webhooks", tag = "webhooks", request_body = NewWebhook,
    responses((status = 201, body = NewWebhookView)))]
pub(crate) async fn add_webhook(
    State(app): State<App>,
    permit: TenantPermit,
    JsonBody(new): JsonBody<NewWebhook>,
) -> Result<(StatusCode, Json<NewWebhookView>), ApiError> {
    let url = EndpointUrl::parse(&new.url, app.settings().webhook_policy);
    let url = url.map_err(|error| ApiError::invalid(format!("url: {error}")))?;
    if app.archive().webhooks(&permit).await?.len() >= ENDPOINTS_MAX {
        let detail = format!("there are {ENDPOINTS_MAX} webhooks already; remove one first");
        return Err(ApiError::Conflict { detail });
    }
    let mut events = new.events.unwrap_or_else(|| WebhookEvent::ALL.to_vec());
    events.sort_unstable();
    events.dedup();
    if events.is_empty() {
        return Err(ApiError::invalid("events: name at least one event, or leave them out for all"));
    }
    let endpoint =
        WebhookEndpoint { id: app.ids().webhook_id(), url: url.as_str().to_owned(), events, created_at: app.now() };
    let secret = WebhookSecret::new([app.ids().random_bytes(), app.ids().random_bytes()].concat());
    app.archive().add_webhook(&permit, &endpoint, &secret).await?;
    note(&app, &permit, &endpoint.id, "add").await?;
    let view = NewWebhookView { webhook: WebhookView::from(endpoint), secret: secret_text(&secret) };
    Ok((StatusCode::CREATED, Json(view)))
}

/// Lists the addresses that are told, oldest first.
#[utoipa::path(get, path = "/webhooks", tag = "webhooks", responses((status = 200, body = WebhooksView)))]
pub(crate) async fn list_webhooks(
    State(app): State<App>,
    permit: TenantPermit,
) -> Result<Json<WebhooksView>, ApiError> {
    let webhooks = app.archive().webhooks(&permit).await?;
    Ok(Json(WebhooksView { webhooks: webhooks.into_iter().map(WebhookView::from).collect() }))
}

/// Removes an address; what was still to be sent to it is not.
#[utoipa::path(delete, path = "/webhooks/{webhook_id}", tag = "webhooks",
    params(("webhook_id" = String, Path)), responses((status = 204)))]
pub(crate) async fn remove_webhook(
    State(app): State<App>,
    permit: TenantPermit,
    Path(webhook_id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let webhook_id = known(webhook_id)?;
    app.archive().remove_webhook(&permit, &webhook_id).await?;
    note(&app, &permit, &webhook_id, "remove").await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns what was sent to an address and what came of it, newest first.
#[utoipa::path(get, path = "/webhooks/{webhook_id}/deliveries", tag = "webhooks",
    params(("webhook_id" = String, Path)), responses((status = 200, body = WebhookDeliveriesView)))]
pub(crate) async fn list_webhook_deliveries(
    State(app): State<App>,
    permit: TenantPermit,
    Path(webhook_id): Path<String>,
) -> Result<Json<WebhookDeliveriesView>, ApiError> {
    let webhook_id = known(webhook_id)?;
    let deliveries = app.archive().webhook_deliveries(&permit, &webhook_id, DELIVERIES_SHOWN).await?;
    Ok(Json(WebhookDeliveriesView { deliveries: deliveries.into_iter().map(WebhookDeliveryView::from).collect() }))
}

fn known(webhook_id: String) -> Result<WebhookId, ApiError> {
    WebhookId::new(webhook_id).map_err(|_| ApiError::NotFound { what: "webhook" })
}

/// The address is not written down: it may hold a secret.
async fn note(app: &App, permit: &TenantPermit, webhook_id: &WebhookId, verb: &str) -> Result<(), ApiError> {
    let what = Event {
        action: permit.permit().action().name(),
        recording_id: None,
        outcome: "allowed",
        detail: json!({ "webhook_id": webhook_id.as_str(), "change": verb }),
    };
    audit_event(app, permit.tenant_id(), permit.subject(), what).await
}
