use axum::Json;
use axum::extract::State;
use model::{RecordingEvent, RecordingState};

use crate::access::RecordingPermit;
use crate::error::ApiError;
use crate::recording_view::current_view;
use crate::request::JsonBody;
use crate::state::App;
use crate::views::{NewLayout, RecordingView};

/// Goes off the record. Pausing a paused recording changes nothing.
#[utoipa::path(post, path = "/recordings/{recording_id}/pause", tag = "control",
    params(("recording_id" = String, Path)), responses((status = 200, body = RecordingView)))]
pub(crate) async fn pause_recording(
    State(app): State<App>,
    permit: RecordingPermit,
) -> Result<Json<RecordingView>, ApiError> {
    let state = &permit.recording().state;
    if !matches!(state, RecordingState::Paused { .. }) {
        state.clone().apply(RecordingEvent::Pause { at: app.now() })?;
        app.recorder().pause(&permit).await?;
    }
    Ok(Json(current_view(&app, &permit).await?))
}

/// Goes back on the record. Resuming a running recording changes nothing.
#[utoipa::path(post, path = "/recordings/{recording_id}/resume", tag = "control",
    params(("recording_id" = String, Path)), responses((status = 200, body = RecordingView)))]
pub(crate) async fn resume_recording(
    State(app): State<App>,
    permit: RecordingPermit,
) -> Result<Json<RecordingView>, ApiError> {
    let state = &permit.recording().state;
    if !matches!(state, RecordingState::Live { .. }) {
        state.clone().apply(RecordingEvent::Resume)?;
        app.recorder().resume(&permit).await?;
    }
    Ok(Json(current_view(&app, &permit).await?))
}

/// Ends the recording. Stopping one that has ended changes nothing.
#[utoipa::path(post, path = "/recordings/{recording_id}/stop", tag = "control",
    params(("recording_id" = String, Path)), responses((status = 200, body = RecordingView)))]
pub(crate) async fn stop_recording(
    State(app): State<App>,
    permit: RecordingPermit,
) -> Result<Json<RecordingView>, ApiError> {
    let state = &permit.recording().state;
    if !matches!(state, RecordingState::Finalizing { .. } | RecordingState::Sealed { .. }) {
        state.clone().apply(RecordingEvent::Stop { at: app.now() })?;
        app.recorder().stop(&permit).await?;
    }
    Ok(Json(current_view(&app, &permit).await?))
}

/// Arranges the picture in another way from here on.
#[utoipa::path(put, path = "/recordings/{recording_id}/layout", tag = "control",
    params(("recording_id" = String, Path)), request_body = NewLayout,
    responses((status = 200, body = RecordingView)))]
pub(crate) async fn set_layout(
    State(app): State<App>,
    permit: RecordingPermit,
    JsonBody(new): JsonBody<NewLayout>,
) -> Result<Json<RecordingView>, ApiError> {
    require_media(&permit)?;
    app.recorder().set_layout(&permit, new.layout).await?;
    app.archive().save_layout(&permit, new.layout).await?;
    Ok(Json(current_view(&app, &permit).await?))
}

/// Refuses changes to a recording that takes no more media.
pub(super) fn require_media(permit: &RecordingPermit) -> Result<(), ApiError> {
    let state = &permit.recording().state;
    if state.accepts_media() {
        return Ok(());
    }
    Err(ApiError::Conflict { detail: format!("the recording is {} and takes no more media", state.name()) })
}
