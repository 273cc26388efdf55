use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::{Case, CaseState, Disposal, HoldId, LegalHold, RecordingId, Role, UserId};
use store::CaseChange;

use super::case_exports::export_view;
use super::holds::{find_person, hold_view_of};
use crate::access::{CasePermit, TenantPermit};
use crate::error::ApiError;
use crate::people::People;
use crate::request::JsonBody;
use crate::state::App;
use crate::views::{
    CaseChangeView, CaseFileView, CaseListView, CaseRecordingView, CaseView, NewCase, SavedSearchView, time_text,
};

const NAME_CHARS_MAX: usize = 200;
const DESCRIPTION_CHARS_MAX: usize = 2000;
const QUERY_CHARS_MAX: usize = 512;

/// Lists the cases the caller is a member of.
#[utoipa::path(get, path = "/cases", tag = "cases", responses((status = 200, body = CaseListView)))]
pub(crate) async fn list_cases(State(app): State<App>, permit: TenantPermit) -> Result<Json<CaseListView>, ApiError> {
    let people = People::load(&app, permit.tenant_id()).await?;
    let cases = app.archive().cases(&permit, permit.person()?).await?;
    Ok(Json(CaseListView { cases: cases.into_iter().map(|case| case_view(&people, case)).collect() }))
}

/// Opens a case; the caller is its first member.
#[utoipa::path(post, path = "/cases", tag = "cases", request_body = NewCase,
    responses((status = 201, body = CaseView)))]
pub(crate) async fn open_case(
    State(app): State<App>,
    permit: TenantPermit,
    JsonBody(new): JsonBody<NewCase>,
) -> Result<(StatusCode, Json<CaseView>), ApiError> {
    let case = Case {
        id: app.ids().case_id(),
        tenant_id: permit.tenant_id().clone(),
        name: text("name", &new.name, NAME_CHARS_MAX)?,
        description: new.description.trim().chars().take(DESCRIPTION_CHARS_MAX).collect(),
        opened_by: permit.person()?.clone(),
        opened_at: app.now(),
        state: CaseState::Open,
    };
    app.archive().open_case(&permit, &case).await?;
    let people = People::load(&app, permit.tenant_id()).await?;
    Ok((StatusCode::CREATED, Json(case_view(&people, case))))
}

/// Returns a case with everything that belongs to it.
#[utoipa::path(get, path = "/cases/{case_id}", tag = "cases", params(("case_id" = String, Path)),
    responses((status = 200, body = CaseFileView)))]
pub(crate) async fn read_case(State(app): State<App>, permit: CasePermit) -> Result<Json<CaseFileView>, ApiError> {
    Ok(Json(case_file(&app, &permit).await?))
}

/// Changes a case. Each change is an entry of the audit log.
#[utoipa::path(post, path = "/cases/{case_id}/changes", tag = "cases", params(("case_id" = String, Path)),
    request_body = CaseChangeView, responses((status = 200, body = CaseFileView)))]
pub(crate) async fn change_case(
    State(app): State<App>,
    permit: CasePermit,
    JsonBody(change): JsonBody<CaseChangeView>,
) -> Result<Json<CaseFileView>, ApiError> {
    let change = parse_change(&app, &permit, change).await?;
    app.archive().change_case(&permit, &change, permit.person()?, app.now()).await?;
    Ok(Json(case_file(&app, &permit).await?))
}

async fn parse_change(app: &App, permit: &CasePermit, change: CaseChangeView) -> Result<CaseChange, ApiError> {
    Ok(match change {
        CaseChangeView::AddMember { user } => {
            let user_id = find_person(app, &permit.case().tenant_id, &user).await?;
            require_compliance(app, permit, &user_id).await?;
            CaseChange::AddMember(user_id)
        }
        CaseChangeView::RemoveMember { user_id } => CaseChange::RemoveMember(user_id.parse::<UserId>()?),
        CaseChangeView::AddRecording { recording_id } => {
            let recording_id: RecordingId = recording_id.parse()?;
            let recording = app.archive().row_in_case(permit, &recording_id).await?;
            match recording.map(|recording| recording.disposal) {
                Some(Disposal::Active | Disposal::Trashed { .. }) => CaseChange::AddRecording(recording_id),
                Some(Disposal::Purging | Disposal::Purged { .. }) | None => {
                    return Err(ApiError::invalid(format!("there is no recording {recording_id}")));
                }
            }
        }
        CaseChangeView::RemoveRecording { recording_id } => {
            CaseChange::RemoveRecording(recording_id.parse::<RecordingId>()?)
        }
        CaseChangeView::AddHold { hold_id } => CaseChange::AddHold(hold_id.parse::<HoldId>()?),
        CaseChangeView::SaveSearch { name, query } => CaseChange::SaveSearch {
            name: text("name", &name, NAME_CHARS_MAX)?,
            query: text("query", &query, QUERY_CHARS_MAX)?,
        },
        CaseChangeView::RemoveSearch { name } => CaseChange::RemoveSearch { name },
        CaseChangeView::Close => CaseChange::Close,
    })
}

/// Membership opens content, so only the compliance team can have it.
async fn require_compliance(app: &App, permit: &CasePermit, user_id: &UserId) -> Result<(), ApiError> {
    let users = app.accounts().users(&permit.case().tenant_id).await?;
    let is_compliance = users.iter().any(|user| user.id == *user_id && user.role == Role::Compliance);
    if is_compliance { Ok(()) } else { Err(ApiError::invalid("members of a case are accounts of the compliance team")) }
}

async fn case_file(app: &App, permit: &CasePermit) -> Result<CaseFileView, ApiError> {
    let people = People::load(app, &permit.case().tenant_id).await?;
    let case = app.archive().reload_case(permit).await?;
    let members = app.archive().case_members(permit).await?;
    let recordings =
        app.archive().case_recordings(permit).await?.into_iter().map(|(recording, held_by)| CaseRecordingView {
            recording_id: recording.id.to_string(),
            host: people.person(&recording.host_user_id),
            title: recording.title,
            created_at: time_text(recording.created_at),
            disposal: recording.disposal.name().to_owned(),
            held_by: held_by.into_iter().map(String::from).collect(),
        });
    let recordings = recordings.collect();
    let mut holds = Vec::new();
    for hold in app.archive().case_holds(permit).await? {
        holds.push(hold_in_case(app, permit, &people, hold).await?);
    }
    let searches = app.archive().case_searches(permit).await?;
    let exports = app.archive().case_exports(permit).await?;
    Ok(CaseFileView {
        case: case_view(&people, case),
        members: members.iter().map(|member| people.person(&member.user_id)).collect(),
        recordings,
        holds,
        searches: searches
            .into_iter()
            .map(|search| SavedSearchView {
                name: search.name,
                query: search.query,
                saved_by: people.person(&search.saved_by),
                saved_at: time_text(search.saved_at),
            })
            .collect(),
        exports: exports.into_iter().map(|export| export_view(&people, export)).collect(),
    })
}

async fn hold_in_case(
    app: &App,
    permit: &CasePermit,
    people: &People,
    hold: LegalHold,
) -> Result<crate::views::HoldView, ApiError> {
    let title = match &hold.scope {
        model::HoldScope::Recording { recording_id } => app.archive().row_in_case(permit, recording_id).await?,
        _ => None,
    };
    Ok(hold_view_of(people, hold, title.map(|recording| recording.title)))
}

fn case_view(people: &People, case: Case) -> CaseView {
    let (closed_by, closed_at) = match case.state {
        CaseState::Open => (None, None),
        CaseState::Closed { closed_by, closed_at } => (Some(people.person(&closed_by)), Some(time_text(closed_at))),
    };
    CaseView {
        id: case.id.to_string(),
        name: case.name,
        description: case.description,
        opened_by: people.person(&case.opened_by),
        opened_at: time_text(case.opened_at),
        closed_by,
        closed_at,
    }
}

fn text(field: &'static str, text: &str, chars_max: usize) -> Result<String, ApiError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > chars_max {
        return Err(ApiError::invalid(format!("{field} must have 1 to {chars_max} characters")));
    }
    Ok(text.to_owned())
}
