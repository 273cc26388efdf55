use axum::Json;
use axum::extract::State;
use model::{MeetingId, RecordingState, UserId};
use store::{Page, RecordingFilter};

use crate::access::{RecordingPermit, TenantPermit};
use crate::error::ApiError;
use crate::recording_view::{current_view, recording_view};
use crate::request::QueryString;
use crate::state::App;
use crate::views::{RecordingPageView, RecordingQuery, RecordingView, parse_time};

/// Lists the recordings the caller may see, newest first.
#[utoipa::path(get, path = "/recordings", tag = "recordings", params(RecordingQuery),
    responses((status = 200, body = RecordingPageView)))]
pub(crate) async fn list_recordings(
    State(app): State<App>,
    permit: TenantPermit,
    QueryString(query): QueryString<RecordingQuery>,
) -> Result<Json<RecordingPageView>, ApiError> {
    let (filter, page) = parse(query)?;
    let found = app.archive().list(&permit, filter, &page).await?;
    let mut recordings = Vec::with_capacity(found.recordings.len());
    for recording in found.recordings {
        recordings.push(recording_view(&app, permit.subject(), recording).await?);
    }
    Ok(Json(RecordingPageView { recordings, next_page_token: found.next.map(|token| token.to_string()) }))
}

/// Returns a recording.
#[utoipa::path(get, path = "/recordings/{recording_id}", tag = "recordings",
    params(("recording_id" = String, Path)), responses((status = 200, body = RecordingView)))]
pub(crate) async fn read_recording(
    State(app): State<App>,
    permit: RecordingPermit,
) -> Result<Json<RecordingView>, ApiError> {
    Ok(Json(current_view(&app, &permit).await?))
}

fn parse(query: RecordingQuery) -> Result<(RecordingFilter, Page), ApiError> {
    let filter = RecordingFilter {
        states: query.state.map_or_else(|| Ok(Vec::new()), |text| parse_states(&text))?,
        host_user_id: query.host.map(|text| text.parse::<UserId>()).transpose()?,
        visible_to: None,
        title_contains: query.title.filter(|title| !title.is_empty()),
        meeting_id: query.meeting_id.map(|text| text.parse::<MeetingId>()).transpose()?,
        created_from: query.from.map(|text| required_time("from", &text)).transpose()?,
        created_until: query.to.map(|text| required_time("to", &text)).transpose()?,
    };
    let size = query.page_size.unwrap_or(50);
    if !(1..=200).contains(&size) {
        return Err(ApiError::invalid("page_size must be 1 to 200"));
    }
    let token = query.page_token.map(|text| text.parse()).transpose();
    let token = token.map_err(|_| ApiError::invalid("page_token is not one that was given out"))?;
    Ok((filter, Page { size, token }))
}

fn parse_states(text: &str) -> Result<Vec<String>, ApiError> {
    let known = ["requested", "live", "paused", "finalizing", "sealed", "failed"];
    debug_assert_eq!(RecordingState::Requested.name(), known[0]);
    let states = text.split(',').map(str::trim).filter(|state| !state.is_empty());
    states
        .map(|state| {
            known.contains(&state).then(|| state.to_owned()).ok_or_else(|| {
                let state: String = state.chars().take(80).collect();
                ApiError::invalid(format!("state {state:?} is unknown, expected one of: {}", known.join(", ")))
            })
        })
        .collect()
}

pub(super) fn required_time(field: &'static str, text: &str) -> Result<model::Timestamp, ApiError> {
    parse_time(text).ok_or_else(|| {
        ApiError::invalid(format!("{field} must be a time as in RFC 3339, such as 2026-03-02T09:00:00Z, or a date"))
    })
}
