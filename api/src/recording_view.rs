use model::{Participant, Recording};
use storage_policies::{Forecast, month_start};

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
        plan_minutes_left: plan_minutes_left(app, &recording).await?,
        recorder,
        tracks,
        recording,
    }))
}

/// Returns for how long the tenant's plan has room in the recording's quality, while it runs.
async fn plan_minutes_left(app: &App, recording: &Recording) -> Result<Option<u64>, ApiError> {
    if !recording.state.accepts_media() {
        return Ok(None);
    }
    let Some(tenant) = app.accounts().tenant(&recording.tenant_id).await? else { return Ok(None) };
    let month_start = month_start(app.now(), "UTC").map_err(|error| ApiError::internal(error.to_string()))?;
    let usage = app.accounts().usage(&recording.tenant_id, month_start).await?;
    Ok(Some(Forecast::new(&tenant.plan, &usage, recording.profile).minutes_left))
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
