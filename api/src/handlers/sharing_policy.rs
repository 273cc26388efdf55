use axum::Json;
use axum::extract::State;
use serde_json::json;

use crate::access::{Action, TenantPermit};
use crate::audit::{Event, audit_event};
use crate::error::ApiError;
use crate::request::JsonBody;
use crate::state::App;
use crate::views::SharingPolicyView;

/// Returns what the administrator allows to be shared.
#[utoipa::path(get, path = "/sharing-policy", tag = "sharing", responses((status = 200, body = SharingPolicyView)))]
pub(crate) async fn read_sharing_policy(
    State(app): State<App>,
    permit: TenantPermit,
) -> Result<Json<SharingPolicyView>, ApiError> {
    Ok(Json(app.archive().sharing_policy(permit.tenant_id()).await?.into()))
}

/// Changes what may be shared. Links that are no longer allowed stop opening, and what was opened with them stops playing.
#[utoipa::path(put, path = "/sharing-policy", tag = "sharing", request_body = SharingPolicyView,
    responses((status = 200, body = SharingPolicyView)))]
pub(crate) async fn change_sharing_policy(
    State(app): State<App>,
    permit: TenantPermit,
    JsonBody(change): JsonBody<SharingPolicyView>,
) -> Result<Json<SharingPolicyView>, ApiError> {
    if change.link_days_max == Some(0) {
        return Err(ApiError::invalid("link_days_max must be at least 1; choose null for links that may stay"));
    }
    let policy = change.policy();
    let what = Event {
        action: Action::ChangeSharingPolicy.name(),
        recording_id: None,
        outcome: "allowed",
        detail: json!(policy),
    };
    audit_event(&app, permit.tenant_id(), permit.subject(), what).await?;
    app.archive().save_sharing_policy(&permit, &policy, app.now()).await?;
    Ok(Json(policy.into()))
}
