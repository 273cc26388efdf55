use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::{Participant, ParticipantId};
use serde::Deserialize;

use super::control::require_media;
use crate::access::RecordingPermit;
use crate::error::ApiError;
use crate::request::{JsonBody, PathParts};
use crate::state::App;
use crate::views::{NewParticipant, ParticipantView};

#[derive(Deserialize)]
pub(crate) struct ParticipantPath {
    participant_id: String,
}

/// Says that somebody joined. Whoever is not in the roster is added to it.
#[utoipa::path(post, path = "/recordings/{recording_id}/participants", tag = "participants",
    params(("recording_id" = String, Path)), request_body = NewParticipant,
    responses((status = 201, body = ParticipantView)))]
pub(crate) async fn join_participant(
    State(app): State<App>,
    permit: RecordingPermit,
    JsonBody(new): JsonBody<NewParticipant>,
) -> Result<(StatusCode, Json<ParticipantView>), ApiError> {
    require_media(&permit)?;
    let participant = Participant::from(new);
    participant.validate()?;
    app.archive().upsert_participant(&permit, &participant).await?;
    app.recorder().participant_joined(&permit, &participant).await?;
    Ok((StatusCode::CREATED, Json(participant.into())))
}

/// Says that somebody left. The roster keeps them.
#[utoipa::path(delete, path = "/recordings/{recording_id}/participants/{participant_id}", tag = "participants",
    params(("recording_id" = String, Path), ("participant_id" = String, Path)), responses((status = 204)))]
pub(crate) async fn leave_participant(
    State(app): State<App>,
    permit: RecordingPermit,
    PathParts(path): PathParts<ParticipantPath>,
) -> Result<StatusCode, ApiError> {
    const NOT_FOUND: ApiError = ApiError::NotFound { what: "participant" };
    require_media(&permit)?;
    let participant_id = ParticipantId::new(path.participant_id).map_err(|_| NOT_FOUND)?;
    let participants = app.archive().participants(permit.recording()).await?;
    if !participants.iter().any(|participant| participant.id == participant_id) {
        return Err(NOT_FOUND);
    }
    app.recorder().participant_left(&permit, &participant_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
