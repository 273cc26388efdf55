use axum::Json;
use axum::extract::State;
use model::SmartRecordingLimit;

use super::create::{tenant_plan, tenant_usage};
use crate::access::TenantPermit;
use crate::error::ApiError;
use crate::state::App;
use crate::views::{HealthView, PlanView};

/// Returns the tenant's plan and what it uses of it.
#[utoipa::path(get, path = "/plan", tag = "plan", responses((status = 200, body = PlanView)))]
pub(crate) async fn read_plan(State(app): State<App>, permit: TenantPermit) -> Result<Json<PlanView>, ApiError> {
    let plan = tenant_plan(&app, &permit).await?;
    let usage = tenant_usage(&app, &permit).await?;
    Ok(Json(PlanView {
        name: plan.name,
        seats: plan.seats,
        storage_bytes_max: plan.storage_bytes(),
        storage_bytes_used: usage.stored_bytes,
        smart_recordings_used: usage.smart_recordings,
        smart_recordings_max: match plan.smart_recordings {
            SmartRecordingLimit::PerMonth { count } => Some(count),
            SmartRecordingLimit::Unlimited => None,
        },
        room_size_max: plan.room_size_max,
    }))
}

/// Says that the service answers.
#[utoipa::path(get, path = "/health", tag = "health", responses((status = 200, body = HealthView)))]
pub(crate) async fn read_health() -> Json<HealthView> {
    Json(HealthView { status: "ok", version: env!("CARGO_PKG_VERSION") })
}
