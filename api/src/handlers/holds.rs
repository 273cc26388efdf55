use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::{HoldId, HoldScope, HoldState, LegalHold, MeetingId, RecordingId, TenantId, UserId};
use serde::Deserialize;
use tokio::time::Instant;

use crate::access::TenantPermit;
use crate::error::ApiError;
use crate::people::People;
use crate::request::{JsonBody, PathParts};
use crate::state::App;
use crate::views::{HoldListView, HoldScopeView, HoldStateName, HoldView, NewHold, PlacedHoldView, time_text};

const SEARCH_DEADLINE: Duration = Duration::from_secs(20);
const REASON_CHARS_MAX: usize = 500;
const QUERY_CHARS_MAX: usize = 512;

#[derive(Deserialize)]
pub(crate) struct HoldPath {
    hold_id: String,
}

/// Lists the legal holds, those that are over too.
#[utoipa::path(get, path = "/holds", tag = "holds", responses((status = 200, body = HoldListView)))]
pub(crate) async fn list_holds(State(app): State<App>, permit: TenantPermit) -> Result<Json<HoldListView>, ApiError> {
    let people = People::load(&app, permit.tenant_id()).await?;
    let mut holds = Vec::new();
    for hold in app.archive().holds(&permit).await? {
        holds.push(hold_view(&app, &permit, &people, hold).await?);
    }
    Ok(Json(HoldListView { holds }))
}

/// Places a legal hold. When this answers, nothing in its scope can be deleted any more, but for what `too_late` names.
#[utoipa::path(post, path = "/holds", tag = "holds", request_body = NewHold,
    responses((status = 201, body = PlacedHoldView)))]
pub(crate) async fn place_hold(
    State(app): State<App>,
    permit: TenantPermit,
    JsonBody(new): JsonBody<NewHold>,
) -> Result<(StatusCode, Json<PlacedHoldView>), ApiError> {
    let reason = new.reason.trim().to_owned();
    if reason.is_empty() || reason.chars().count() > REASON_CHARS_MAX {
        return Err(ApiError::invalid(format!("reason must have 1 to {REASON_CHARS_MAX} characters")));
    }
    let scope = parse_scope(&app, &permit, new.scope).await?;
    let (found, not_searched) = match &scope {
        HoldScope::Query { query } => {
            let found = app.archive().find_all(&permit, query, Instant::now() + SEARCH_DEADLINE).await?;
            (found, app.archive().list_trash(&permit).await?.len())
        }
        _ => (Vec::new(), 0),
    };
    let hold = LegalHold {
        id: app.ids().hold_id(),
        tenant_id: permit.tenant_id().clone(),
        scope,
        reason,
        placed_by: permit.person()?.clone(),
        placed_at: app.now(),
        state: HoldState::Active,
    };
    let placed = app.archive().place_hold(&hold, &found).await?;
    let people = People::load(&app, permit.tenant_id()).await?;
    let view = PlacedHoldView {
        hold: hold_view(&app, &permit, &people, hold).await?,
        covered: placed.covered,
        too_late: placed.too_late.iter().map(ToString::to_string).collect(),
        not_searched: not_searched as u64,
    };
    Ok((StatusCode::CREATED, Json(view)))
}

/// Asks for the end of a hold. It stays in force until another person agrees.
#[utoipa::path(post, path = "/holds/{hold_id}/request-release", tag = "holds",
    params(("hold_id" = String, Path)), responses((status = 200, body = HoldView)))]
pub(crate) async fn request_release(
    State(app): State<App>,
    permit: TenantPermit,
    PathParts(path): PathParts<HoldPath>,
) -> Result<Json<HoldView>, ApiError> {
    let hold_id = path.parse()?;
    let hold = app.archive().request_hold_release(&permit, &hold_id, permit.person()?, app.now()).await?;
    changed(&app, &permit, hold).await
}

/// Takes a request for the end of a hold back.
#[utoipa::path(post, path = "/holds/{hold_id}/withdraw-release", tag = "holds",
    params(("hold_id" = String, Path)), responses((status = 200, body = HoldView)))]
pub(crate) async fn withdraw_release(
    State(app): State<App>,
    permit: TenantPermit,
    PathParts(path): PathParts<HoldPath>,
) -> Result<Json<HoldView>, ApiError> {
    let hold_id = path.parse()?;
    let hold = app.archive().withdraw_hold_release(&permit, &hold_id, permit.person()?, app.now()).await?;
    changed(&app, &permit, hold).await
}

/// Ends a hold whose release another person requested.
#[utoipa::path(post, path = "/holds/{hold_id}/release", tag = "holds",
    params(("hold_id" = String, Path)), responses((status = 200, body = HoldView)))]
pub(crate) async fn release_hold(
    State(app): State<App>,
    permit: TenantPermit,
    PathParts(path): PathParts<HoldPath>,
) -> Result<Json<HoldView>, ApiError> {
    let hold_id = path.parse()?;
    let hold = app.archive().release_hold(&permit, &hold_id, permit.person()?, app.now()).await?;
    changed(&app, &permit, hold).await
}

impl HoldPath {
    fn parse(&self) -> Result<HoldId, ApiError> {
        HoldId::new(self.hold_id.as_str()).map_err(|_| ApiError::NotFound { what: "legal hold" })
    }
}

async fn changed(app: &App, permit: &TenantPermit, hold: LegalHold) -> Result<Json<HoldView>, ApiError> {
    let people = People::load(app, permit.tenant_id()).await?;
    Ok(Json(hold_view(app, permit, &people, hold).await?))
}

/// A hold on what does not exist would be a mistake nobody notices, so recordings and accounts must be there.
async fn parse_scope(app: &App, permit: &TenantPermit, scope: HoldScopeView) -> Result<HoldScope, ApiError> {
    match scope {
        HoldScopeView::Recording { recording_id } => {
            let recording_id: RecordingId = recording_id.parse()?;
            match app.archive().row(permit, &recording_id).await? {
                Some(_) => Ok(HoldScope::Recording { recording_id }),
                None => Err(ApiError::invalid(format!("there is no recording {recording_id}"))),
            }
        }
        HoldScopeView::Meeting { meeting_id } => {
            Ok(HoldScope::Meeting { meeting_id: meeting_id.parse::<MeetingId>()? })
        }
        HoldScopeView::Person { user } => {
            Ok(HoldScope::Person { user_id: find_person(app, permit.tenant_id(), &user).await? })
        }
        HoldScopeView::Query { query } => {
            let query = query.trim();
            if query.is_empty() || query.chars().count() > QUERY_CHARS_MAX {
                return Err(ApiError::invalid(format!("query must have 1 to {QUERY_CHARS_MAX} characters")));
            }
            Ok(HoldScope::Query { query: query.to_owned() })
        }
        HoldScopeView::Tenant => Ok(HoldScope::Tenant),
    }
}

/// Finds an account by the name it signs in with, else takes the text for an id: accounts of the meeting platform have no
/// row here.
pub(super) async fn find_person(app: &App, tenant_id: &TenantId, text: &str) -> Result<UserId, ApiError> {
    let text = text.trim();
    let found = app.accounts().user_by_name(text).await?.filter(|user| user.tenant_id == *tenant_id);
    match found {
        Some(user) => Ok(user.id),
        None => Ok(text.parse::<UserId>()?),
    }
}

async fn hold_view(app: &App, permit: &TenantPermit, people: &People, hold: LegalHold) -> Result<HoldView, ApiError> {
    let recording = match &hold.scope {
        HoldScope::Recording { recording_id } => app.archive().row(permit, recording_id).await?,
        _ => None,
    };
    Ok(hold_view_of(people, hold, recording.map(|recording| recording.title)))
}

/// Shows a hold; the title is that of the recording it is about, when it is about one.
pub(super) fn hold_view_of(people: &People, hold: LegalHold, title: Option<String>) -> HoldView {
    let scope_name = match &hold.scope {
        HoldScope::Person { user_id } => Some(people.person(user_id).name),
        _ => title,
    };
    let (requested, released) = match &hold.state {
        HoldState::Active => (None, None),
        HoldState::ReleaseRequested { requested_by, requested_at } => (Some((requested_by, Some(*requested_at))), None),
        HoldState::Released { requested_by, released_by, released_at } => {
            (Some((requested_by, None)), Some((released_by, *released_at)))
        }
    };
    HoldView {
        id: hold.id.to_string(),
        scope: HoldScopeView::from(&hold.scope),
        scope_name,
        state: HoldStateName::of(&hold.state),
        placed_by: people.person(&hold.placed_by),
        placed_at: time_text(hold.placed_at),
        release_requested_by: requested.map(|(by, _)| people.person(by)),
        release_requested_at: requested.and_then(|(_, at)| at).map(time_text),
        released_by: released.map(|(by, _)| people.person(by)),
        released_at: released.map(|(_, at)| time_text(at)),
        reason: hold.reason,
    }
}
