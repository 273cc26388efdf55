use axum::Json;
use axum::extract::State;
use model::Role;

use crate::access::TenantPermit;
use crate::error::ApiError;
use crate::request::QueryString;
use crate::state::App;
use crate::views::{PeopleQuery, PeopleView, PersonView};

/// How many are returned at most; whoever looks for somebody writes more of the name.
const PEOPLE_MAX: usize = 20;

/// Looks somebody up among the accounts of the organisation, to share a recording with.
#[utoipa::path(get, path = "/people", tag = "sharing", params(PeopleQuery),
    responses((status = 200, body = PeopleView)))]
pub(crate) async fn list_people(
    State(app): State<App>,
    permit: TenantPermit,
    QueryString(query): QueryString<PeopleQuery>,
) -> Result<Json<PeopleView>, ApiError> {
    let wanted = query.q.trim().to_lowercase();
    let accounts = app.archive().accounts(permit.tenant_id()).await?;
    let people = accounts
        .into_iter()
        .filter(|user| user.role != Role::Service)
        .filter(|user| [&user.display_name, &user.user_name].iter().any(|name| name.to_lowercase().contains(&wanted)))
        .map(|user| PersonView { id: user.id.to_string(), display_name: user.display_name })
        .take(PEOPLE_MAX)
        .collect();
    Ok(Json(PeopleView { people }))
}
