use axum::Json;
use axum::extract::State;
use model::ActionStatus;

use crate::access::{Action, TenantPermit, permissions, permit_recording};
use crate::error::ApiError;
use crate::request::QueryString;
use crate::state::App;
use crate::views::{ActionItemQuery, OwnActionItemListView, OwnActionItemView, time_text};

const ITEMS_MAX: u32 = 100;

/// Lists the action items of the caller in all meetings whose minutes the caller may read, those due first at the top.
#[utoipa::path(get, path = "/action-items", tag = "content", params(ActionItemQuery),
    responses((status = 200, body = OwnActionItemListView)))]
pub(crate) async fn list_action_items(
    State(app): State<App>,
    permit: TenantPermit,
    QueryString(query): QueryString<ActionItemQuery>,
) -> Result<Json<OwnActionItemListView>, ApiError> {
    let status = query.status.unwrap_or(ActionStatus::Open);
    let mut places = app.archive().action_items(&permit, status, ITEMS_MAX + 1).await?;
    let more = places.len() > ITEMS_MAX as usize;
    places.truncate(ITEMS_MAX as usize);
    let mut items: Vec<Option<OwnActionItemView>> = places.iter().map(|_| None).collect();
    for (at, place) in places.iter().enumerate() {
        if places.iter().take(at).any(|earlier| earlier.recording_id == place.recording_id) {
            continue;
        }
        // Each recording is decided about by itself, and its minutes are opened once for all items in them.
        let reading = permit_recording(&app, permit.subject(), Action::ReadMinutes, &place.recording_id).await;
        let reading = match reading {
            Ok(reading) => reading,
            Err(ApiError::NotFound { .. } | ApiError::Forbidden { .. }) => continue,
            Err(error) => return Err(error),
        };
        let Some(minutes) = app.archive().minutes(&reading).await? else { continue };
        let can_edit = permissions(&app, permit.subject(), reading.recording()).await?.can_review_minutes;
        for (slot, other) in items.iter_mut().zip(&places) {
            let found = minutes.action_items.iter().find(|item| item.line.id == other.line_id);
            if let Some(item) = found.filter(|_| other.recording_id == place.recording_id) {
                *slot = Some(OwnActionItemView {
                    recording_id: place.recording_id.to_string(),
                    recording_title: reading.recording().title.clone(),
                    recorded_at: time_text(reading.recording().created_at),
                    minutes_version: minutes.version,
                    can_edit,
                    item: item.clone().into(),
                });
            }
        }
    }
    Ok(Json(OwnActionItemListView { items: items.into_iter().flatten().collect(), more }))
}
