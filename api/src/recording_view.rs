use model::{Participant, Recording};

use crate::access::{RecordingPermit, Subject, permissions};
use crate::error::ApiError;
use crate::state::App;
use crate::views::{RecordingFacts, RecordingView};

/// Makes the view of the permit's recording as it stands now.
pub(crate) async fn current_view(app: &App, permit: &RecordingPermit) -> Result<RecordingView, ApiError> {
    let recording = app.archive().reload(permit).await?;
    recording_view(app, permit.subject(), recording).await
}

/// Makes the view of a recording that the subject was permitted to read.
pub(crate) async fn recording_view(
    app: &App,
    subject: &Subject,
    recording: Recording,
) -> Result<RecordingView, ApiError> {
    let archive = app.archive();
    let participants = archive.participants(&recording).await?;
    let recorder = if recording.state.accepts_media() { app.recorder().status(&recording).await } else { None };
    let tracks = match &recorder {
        Some(status) if !status.tracks.is_empty() => archive.tracks_of(&recording).await?,
        _ => Vec::new(),
    };
    Ok(RecordingView::from(RecordingFacts {
        host_name: host_name(app, &recording, &participants).await?,
        participants,
        stored_bytes: archive.stored_bytes(&recording).await?,
        searchable: archive.is_searchable(&recording).await?,
        permissions: permissions(app, subject, &recording).await?,
        recorder,
        tracks,
        recording,
    }))
}

/// Returns the host's name as the roster has it, else as the account has it, else the account's id.
pub(crate) async fn host_name(
    app: &App,
    recording: &Recording,
    participants: &[Participant],
) -> Result<String, ApiError> {
    let is_host = |participant: &&Participant| participant.user_id.as_ref() == Some(&recording.host_user_id);
    if let Some(host) = participants.iter().find(is_host) {
        return Ok(host.display_name.clone());
    }
    let name = app.archive().host_name(recording).await?;
    Ok(name.unwrap_or_else(|| recording.host_user_id.to_string()))
}
