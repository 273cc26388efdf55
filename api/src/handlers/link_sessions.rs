//! What can be fetched with a playback session beside the media: the rest of what a link may open.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::{content, mp4};
use crate::access::RecordingPermit;
use crate::error::ApiError;
use crate::state::App;
use crate::views::{JobRequestView, MinutesView, TranscriptView};

/// Says that the session still plays. Players ask every few seconds and stop when it does not.
#[utoipa::path(get, path = "/p/{token}/standing", tag = "playback", params(("token" = String, Path)),
    responses((status = 204)))]
pub(crate) async fn read_standing(_permit: RecordingPermit) -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Returns what was said.
#[utoipa::path(get, path = "/p/{token}/transcript.json", tag = "playback", params(("token" = String, Path)),
    responses((status = 200, body = TranscriptView)))]
pub(crate) async fn read_shared_transcript(
    State(app): State<App>,
    permit: RecordingPermit,
) -> Result<Json<TranscriptView>, ApiError> {
    Ok(Json(content::transcript(&app, &permit).await?.into()))
}

/// Returns the minutes.
#[utoipa::path(get, path = "/p/{token}/minutes.json", tag = "playback", params(("token" = String, Path)),
    responses((status = 200, body = MinutesView)))]
pub(crate) async fn read_shared_minutes(
    State(app): State<App>,
    permit: RecordingPermit,
) -> Result<Json<MinutesView>, ApiError> {
    Ok(Json(content::minutes(&app, &permit).await?.for_readers().into()))
}

/// Asks for one MP4 of the recording. Asking again returns the job there is, unless it failed.
#[utoipa::path(post, path = "/p/{token}/recording.mp4", tag = "playback", params(("token" = String, Path)),
    responses((status = 202, body = JobRequestView)))]
pub(crate) async fn request_file(
    State(app): State<App>,
    permit: RecordingPermit,
) -> Result<(StatusCode, Json<JobRequestView>), ApiError> {
    mp4::request_mp4(State(app), permit).await
}

/// Returns the MP4, or a range of it. Answers `not_ready` until the job that makes it is done.
#[utoipa::path(get, path = "/p/{token}/recording.mp4", tag = "playback", params(("token" = String, Path)),
    responses((status = 200, content_type = "video/mp4", body = Vec<u8>),
        (status = 206, content_type = "video/mp4", body = Vec<u8>)))]
pub(crate) async fn download_file(
    State(app): State<App>,
    permit: RecordingPermit,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    mp4::download_mp4(State(app), permit, headers).await
}
