use std::collections::HashSet;

use axum::Json;
use axum::extract::State;
use jiff::tz::TimeZone;
use model::{RetentionPolicy, RetentionRule, RuleId, RuleScope};
use storage_policies::{SimulatedRecording, Simulation, simulate};

use crate::access::TenantPermit;
use crate::error::ApiError;
use crate::people::People;
use crate::request::JsonBody;
use crate::state::App;
use crate::views::{
    PolicyInForceView, PolicySave, PolicyView, RuleScopeView, RuleView, SimulatedDayView, SimulatedRecordingView,
    SimulationRequest, SimulationView, time_text,
};

const DAY_MS: i64 = 86_400_000;
const DAYS_AHEAD: u16 = 365;
const DAYS_AHEAD_MAX: u16 = 3653;
const RULES_MAX: usize = 200;
const NAME_CHARS_MAX: usize = 120;
const LISTED_MAX: usize = 500;

/// Returns the retention policy in force.
#[utoipa::path(get, path = "/retention", tag = "retention", responses((status = 200, body = PolicyInForceView)))]
pub(crate) async fn read_policy(
    State(app): State<App>,
    permit: TenantPermit,
) -> Result<Json<PolicyInForceView>, ApiError> {
    let (policy, version) = app.archive().retention_policy(permit.tenant_id()).await?;
    Ok(Json(PolicyInForceView { policy: policy_view(&policy), version }))
}

/// Puts a policy in force: what was simulated is what is saved. New rules get their ids here; a rule left out is deleted.
#[utoipa::path(put, path = "/retention", tag = "retention", request_body = PolicySave,
    responses((status = 200, body = PolicyInForceView)))]
pub(crate) async fn save_policy(
    State(app): State<App>,
    permit: TenantPermit,
    JsonBody(save): JsonBody<PolicySave>,
) -> Result<Json<PolicyInForceView>, ApiError> {
    let policy = parse_policy(&app, save.policy)?;
    let saved_by = permit.person()?;
    app.archive().save_retention_policy(&permit, &policy, save.version, saved_by, app.now()).await?;
    Ok(Json(PolicyInForceView { policy: policy_view(&policy), version: save.version + 1 }))
}

/// Says what a draft of a policy would do, when, how many bytes that is, and what a hold blocks. Changes nothing.
#[utoipa::path(post, path = "/retention/simulation", tag = "retention", request_body = SimulationRequest,
    responses((status = 200, body = SimulationView)))]
pub(crate) async fn simulate_policy(
    State(app): State<App>,
    permit: TenantPermit,
    JsonBody(request): JsonBody<SimulationRequest>,
) -> Result<Json<SimulationView>, ApiError> {
    let days = request.days.unwrap_or(DAYS_AHEAD);
    if days > DAYS_AHEAD_MAX {
        return Err(ApiError::invalid(format!("days must be 0 to {DAYS_AHEAD_MAX}")));
    }
    let time_zone = request.time_zone.as_deref().unwrap_or("UTC");
    let Ok(time_zone) = TimeZone::get(time_zone) else {
        return Err(ApiError::invalid("time_zone is not an IANA time zone, such as Asia/Shanghai"));
    };
    let policy = match request.policy {
        Some(draft) => parse_policy(&app, draft)?,
        None => app.archive().retention_policy(permit.tenant_id()).await?.0,
    };
    let simulation = simulation(&app, &permit, &policy, days, &time_zone).await?;
    Ok(Json(simulation_view(&app, &permit, simulation).await?))
}

/// Lets time pass under a policy.
pub(super) async fn simulation(
    app: &App,
    permit: &TenantPermit,
    policy: &RetentionPolicy,
    days: u16,
    time_zone: &TimeZone,
) -> Result<Simulation, ApiError> {
    let facts = app.archive().retention_facts(permit).await?;
    let holds = app.archive().holds(permit).await?;
    let now = app.now();
    let horizon = now.plus_millis(i64::from(days) * DAY_MS);
    Ok(simulate(&facts, policy, &holds, now, horizon, time_zone))
}

async fn simulation_view(app: &App, permit: &TenantPermit, simulation: Simulation) -> Result<SimulationView, ApiError> {
    let people = People::load(app, permit.tenant_id()).await?;
    let (going_total, blocked_total) = (simulation.going.len() as u64, simulation.blocked.len() as u64);
    let days = simulation.days.into_iter().map(|day| SimulatedDayView {
        day: day.day.to_string(),
        trashed: day.trashed.into(),
        purged: day.purged.into(),
    });
    Ok(SimulationView {
        days: days.collect(),
        going: recording_views(app, permit, &people, simulation.going).await?,
        going_total,
        blocked: recording_views(app, permit, &people, simulation.blocked).await?,
        blocked_total,
        all: simulation.all.into(),
        staying: simulation.staying.into(),
    })
}

async fn recording_views(
    app: &App,
    permit: &TenantPermit,
    people: &People,
    simulated: Vec<SimulatedRecording>,
) -> Result<Vec<SimulatedRecordingView>, ApiError> {
    let mut views = Vec::with_capacity(simulated.len().min(LISTED_MAX));
    for simulated in simulated.into_iter().take(LISTED_MAX) {
        let Some(recording) = app.archive().row(permit, &simulated.recording_id).await? else { continue };
        views.push(SimulatedRecordingView {
            recording_id: recording.id.to_string(),
            host: people.person(&recording.host_user_id),
            title: recording.title,
            stored_bytes: simulated.stored_bytes,
            rule_id: simulated.rule_id.map(String::from),
            trashed_at: simulated.trashed_at.map(time_text),
            purged_at: simulated.purged_at.map(time_text),
            held_by: simulated.held_by.into_iter().map(String::from).collect(),
        });
    }
    Ok(views)
}

fn policy_view(policy: &RetentionPolicy) -> PolicyView {
    let rule = |rule: &RetentionRule| RuleView {
        id: Some(rule.id.to_string()),
        name: rule.name.clone(),
        scope: RuleScopeView::from(&rule.scope),
        keep_days: rule.keep_days,
        deletion: rule.deletion.into(),
    };
    PolicyView { trash_days: policy.trash_days, rules: policy.rules.iter().map(rule).collect() }
}

fn parse_policy(app: &App, view: PolicyView) -> Result<RetentionPolicy, ApiError> {
    let days_max = RetentionRule::DAYS_MAX;
    if view.rules.len() > RULES_MAX {
        return Err(ApiError::invalid(format!("rules: at most {RULES_MAX} are kept")));
    }
    if view.trash_days > days_max {
        return Err(ApiError::invalid(format!("trash_days must be 0 to {days_max}")));
    }
    let mut ids = HashSet::new();
    let mut rules = Vec::with_capacity(view.rules.len());
    for rule in view.rules {
        let rule = parse_rule(app, rule)?;
        if !ids.insert(rule.id.clone()) {
            return Err(ApiError::invalid(format!("rules: {} is listed twice", rule.id)));
        }
        rules.push(rule);
    }
    Ok(RetentionPolicy { rules, trash_days: view.trash_days })
}

fn parse_rule(app: &App, view: RuleView) -> Result<RetentionRule, ApiError> {
    let name = view.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        return Err(ApiError::invalid(format!("rules: a name has 1 to {NAME_CHARS_MAX} characters")));
    }
    let deletion = view.deletion.into();
    let days_max = RetentionRule::DAYS_MAX;
    let too_long = |days: u32| days > days_max;
    if too_long(view.keep_days) || matches!(deletion, model::Deletion::After { days } if too_long(days)) {
        return Err(ApiError::invalid(format!("rules: “{name}” names more than {days_max} days")));
    }
    let id = view.id.map_or_else(|| Ok(app.ids().rule_id()), |id| id.parse::<RuleId>())?;
    Ok(RetentionRule { id, scope: parse_scope(&name, view.scope)?, name, keep_days: view.keep_days, deletion })
}

fn parse_scope(rule: &str, view: RuleScopeView) -> Result<RuleScope, ApiError> {
    let text = |text: String| {
        let trimmed = text.trim();
        if trimmed.is_empty() || trimmed.chars().count() > NAME_CHARS_MAX {
            return Err(ApiError::invalid(format!(
                "rules: the scope of “{rule}” has 1 to {NAME_CHARS_MAX} characters"
            )));
        }
        Ok(trimmed.to_owned())
    };
    Ok(match view {
        RuleScopeView::Tenant => RuleScope::Tenant,
        RuleScopeView::MeetingKind { meeting_kind } => RuleScope::MeetingKind { meeting_kind: text(meeting_kind)? },
        RuleScopeView::Department { department } => RuleScope::Department { department: text(department)? },
        RuleScopeView::Host { user_id } => RuleScope::Host { user_id: user_id.trim().parse::<model::UserId>()? },
        RuleScopeView::Tag { tag } => RuleScope::Tag { tag: text(tag)? },
    })
}
