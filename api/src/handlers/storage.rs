use axum::Json;
use axum::extract::State;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use model::Timestamp;
use storage_policies::{QuotaLevel, StorageForecast};
use store::{LedgerLine, StorageShare};

use super::create::{tenant_plan, tenant_usage};
use super::retention::simulation;
use crate::access::TenantPermit;
use crate::error::ApiError;
use crate::people::People;
use crate::state::App;
use crate::views::{DepartmentShareView, ForecastDayView, HostShareView, LedgerLineView, StorageReportView};

const DAY_MS: i64 = 86_400_000;
const LOOK_BACK_DAYS: i64 = 30;
const DAYS_AHEAD: u16 = 180;
const SHARES_MAX: u32 = 50;

/// Returns what the organisation stores by class, host and department, how full that is, and how it goes on for half a
/// year when the rules in force are carried out.
#[utoipa::path(get, path = "/storage", tag = "plan", responses((status = 200, body = StorageReportView)))]
pub(crate) async fn read_storage(
    State(app): State<App>,
    permit: TenantPermit,
) -> Result<Json<StorageReportView>, ApiError> {
    let plan = tenant_plan(&app, &permit).await?;
    let usage = tenant_usage(&app, &permit).await?;
    let people = People::load(&app, permit.tenant_id()).await?;
    let (hosts, departments) = app.archive().storage_shares(&permit, SHARES_MAX).await?;
    let (used_bytes, limit_bytes) = (usage.stored_bytes, plan.storage_bytes());
    let forecast = forecast(&app, &permit, used_bytes, limit_bytes).await?;
    Ok(Json(StorageReportView {
        used_bytes,
        limit_bytes,
        level: QuotaLevel::of(&plan, &usage).into(),
        ledger: app.archive().ledger(&permit).await?.into_iter().map(ledger_line).collect(),
        hosts: hosts.iter().map(|share| host_share(&people, share)).collect(),
        departments: departments.into_iter().map(department_share).collect(),
        daily_growth_bytes: forecast.daily_growth_bytes,
        full_on: forecast.full_on.map(|day| day.to_string()),
        forecast: forecast
            .days
            .iter()
            .map(|day| ForecastDayView {
                day: day.day.to_string(),
                stored_bytes: day.stored_bytes,
                purged_bytes: day.purged.stored_bytes,
            })
            .collect(),
    }))
}

async fn forecast(
    app: &App,
    permit: &TenantPermit,
    used_bytes: u64,
    limit_bytes: u64,
) -> Result<StorageForecast, ApiError> {
    let now = app.now();
    let written = app.archive().storage_growth(permit, now.plus_millis(-LOOK_BACK_DAYS * DAY_MS)).await?;
    let written: Vec<(Date, u64)> =
        written.iter().map(|growth| Ok((date(growth.day)?, growth.stored_bytes))).collect::<Result<_, ApiError>>()?;
    let (policy, _) = app.archive().retention_policy(permit.tenant_id()).await?;
    let simulation = simulation(app, permit, &policy, DAYS_AHEAD, &TimeZone::UTC).await?;
    Ok(StorageForecast::new((used_bytes, limit_bytes), &written, &simulation.days, date(now)?, DAYS_AHEAD))
}

fn date(moment: Timestamp) -> Result<Date, ApiError> {
    let moment = jiff::Timestamp::from_microsecond(moment.as_micros());
    let moment = moment.map_err(|error| ApiError::internal(format!("a moment outside the calendar: {error}")))?;
    Ok(moment.to_zoned(TimeZone::UTC).date())
}

fn ledger_line(line: LedgerLine) -> LedgerLineView {
    let LedgerLine { class, disposal, is_held, objects, stored_bytes } = line;
    LedgerLineView { class, disposal, is_held, objects, stored_bytes }
}

fn host_share(people: &People, share: &StorageShare) -> HostShareView {
    let host = people.actor(share.owner.as_deref().unwrap_or_default());
    HostShareView { host, recordings: share.recordings, stored_bytes: share.stored_bytes }
}

fn department_share(share: StorageShare) -> DepartmentShareView {
    let StorageShare { owner, recordings, stored_bytes } = share;
    DepartmentShareView { department: owner, recordings, stored_bytes }
}
