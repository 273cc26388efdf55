use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::{Track, TrackId};
use serde::Deserialize;

use super::control::require_media;
use crate::access::RecordingPermit;
use crate::error::ApiError;
use crate::recorder_control::RecorderError;
use crate::request::{JsonBody, PathParts};
use crate::state::App;
use crate::views::{NewTrack, TrackAddressView, TrackChange};

#[derive(Deserialize)]
pub(crate) struct TrackPath {
    track_id: String,
}

/// Opens a track and returns where its packets are to be sent.
#[utoipa::path(post, path = "/recordings/{recording_id}/tracks", tag = "tracks",
    params(("recording_id" = String, Path)), request_body = NewTrack,
    responses((status = 201, body = TrackAddressView)))]
pub(crate) async fn add_track(
    State(app): State<App>,
    permit: RecordingPermit,
    JsonBody(new): JsonBody<NewTrack>,
) -> Result<(StatusCode, Json<TrackAddressView>), ApiError> {
    require_media(&permit)?;
    let track = new.into_track(app.ids().track_id())?;
    let participants = app.archive().participants(permit.recording()).await?;
    let participant = participants.into_iter().find(|participant| participant.id == track.participant_id);
    let participant = participant.ok_or_else(|| {
        ApiError::invalid(format!(
            "participant_id {} is not in the roster; add the participant first",
            track.participant_id
        ))
    })?;
    require_free_ssrc(&app.archive().tracks(&permit).await?, &track)?;
    app.archive().insert_track(&permit, &track, app.now()).await?;
    match app.recorder().add_track(&permit, &track, &participant).await {
        Ok(address) => Ok((StatusCode::CREATED, Json(TrackAddressView::new(&track.id, address)))),
        Err(error) => {
            app.archive().remove_track(&permit, &track.id, app.now()).await?;
            Err(error)
        }
    }
}

/// Changes a track: mutes it, or follows an SFU that changed its SSRC or payload type.
#[utoipa::path(patch, path = "/recordings/{recording_id}/tracks/{track_id}", tag = "tracks",
    params(("recording_id" = String, Path), ("track_id" = String, Path)), request_body = TrackChange,
    responses((status = 204)))]
pub(crate) async fn change_track(
    State(app): State<App>,
    permit: RecordingPermit,
    PathParts(path): PathParts<TrackPath>,
    JsonBody(change): JsonBody<TrackChange>,
) -> Result<StatusCode, ApiError> {
    require_media(&permit)?;
    let tracks = app.archive().tracks(&permit).await?;
    let before = find(&tracks, &path.track_id)?;
    let track = Track {
        ssrc: change.ssrc.unwrap_or(before.ssrc),
        payload_type: change.payload_type.unwrap_or(before.payload_type),
        ..before.clone()
    };
    track.validate()?;
    if track != *before {
        require_free_ssrc(&tracks, &track)?;
        app.recorder().update_track(&permit, &track).await?;
        app.archive().update_track(&permit, &track).await?;
    }
    if let Some(muted) = change.muted {
        app.recorder().set_muted(&permit, &track, muted).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Closes a track.
#[utoipa::path(delete, path = "/recordings/{recording_id}/tracks/{track_id}", tag = "tracks",
    params(("recording_id" = String, Path), ("track_id" = String, Path)), responses((status = 204)))]
pub(crate) async fn remove_track(
    State(app): State<App>,
    permit: RecordingPermit,
    PathParts(path): PathParts<TrackPath>,
) -> Result<StatusCode, ApiError> {
    let tracks = app.archive().tracks(&permit).await?;
    let track = find(&tracks, &path.track_id)?;
    match app.recorder().remove_track(&permit, &track.id).await {
        // Without a recorder nothing is left to close but the row.
        Ok(()) | Err(ApiError::Recorder(RecorderError::NotRunning { .. })) => {}
        Err(error) => return Err(error),
    }
    app.archive().remove_track(&permit, &track.id, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn find<'a>(tracks: &'a [Track], track_id: &str) -> Result<&'a Track, ApiError> {
    const NOT_FOUND: ApiError = ApiError::NotFound { what: "track" };
    let track_id = TrackId::new(track_id).map_err(|_| NOT_FOUND)?;
    tracks.iter().find(|track| track.id == track_id).ok_or(NOT_FOUND)
}

fn require_free_ssrc(tracks: &[Track], track: &Track) -> Result<(), ApiError> {
    match tracks.iter().find(|other| other.ssrc == track.ssrc && other.id != track.id) {
        Some(other) => {
            Err(ApiError::Conflict { detail: format!("ssrc {} is already that of track {}", track.ssrc, other.id) })
        }
        None => Ok(()),
    }
}
