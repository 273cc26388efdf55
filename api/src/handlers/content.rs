use axum::Json;
use axum::extract::State;
use model::{Minutes, StageOutcome, Transcript};

use crate::access::{RecordingPermit, permissions};
use crate::error::ApiError;
use crate::state::App;
use crate::views::{JobListView, JobView, MinutesView, TimelineView, TranscriptView};

/// Returns what happened when: joins, leaves, mutes, speakers, layouts, gaps.
#[utoipa::path(get, path = "/recordings/{recording_id}/timeline", tag = "content",
    params(("recording_id" = String, Path)), responses((status = 200, body = TimelineView)))]
pub(crate) async fn read_timeline(
    State(app): State<App>,
    permit: RecordingPermit,
) -> Result<Json<TimelineView>, ApiError> {
    Ok(Json(app.archive().timeline(&permit).await?.into()))
}

/// Returns what was said, by whom and when. Answers `not_ready` until it is transcribed.
#[utoipa::path(get, path = "/recordings/{recording_id}/transcript", tag = "content",
    params(("recording_id" = String, Path)), responses((status = 200, body = TranscriptView)))]
pub(crate) async fn read_transcript(
    State(app): State<App>,
    permit: RecordingPermit,
) -> Result<Json<TranscriptView>, ApiError> {
    Ok(Json(transcript(&app, &permit).await?.into()))
}

/// Returns the minutes, every line with its evidence. Lines that a reviewer threw out, and those that a corrected
/// transcript no longer bears out, are shown to those alone who may review. Answers `not_ready` until they are written.
#[utoipa::path(get, path = "/recordings/{recording_id}/minutes", tag = "content",
    params(("recording_id" = String, Path)), responses((status = 200, body = MinutesView)))]
pub(crate) async fn read_minutes(
    State(app): State<App>,
    permit: RecordingPermit,
) -> Result<Json<MinutesView>, ApiError> {
    let minutes = minutes(&app, &permit).await?;
    let reviews = permissions(&app, permit.subject(), permit.recording()).await?.can_review_minutes;
    Ok(Json(if reviews { minutes.into() } else { minutes.for_readers().into() }))
}

/// Returns the jobs that work or have worked on the recording, oldest first.
#[utoipa::path(get, path = "/recordings/{recording_id}/jobs", tag = "recordings",
    params(("recording_id" = String, Path)), responses((status = 200, body = JobListView)))]
pub(crate) async fn list_jobs(State(app): State<App>, permit: RecordingPermit) -> Result<Json<JobListView>, ApiError> {
    let jobs = app.archive().jobs(&permit).await?;
    Ok(Json(JobListView { jobs: jobs.into_iter().map(JobView::from).collect() }))
}

pub(super) async fn transcript(app: &App, permit: &RecordingPermit) -> Result<Transcript, ApiError> {
    let transcript = app.archive().transcript(permit).await?;
    transcript.ok_or_else(|| not_ready("transcript", &permit.recording().processing.transcript))
}

pub(super) async fn minutes(app: &App, permit: &RecordingPermit) -> Result<Minutes, ApiError> {
    if let Some(minutes) = app.archive().minutes(permit).await? {
        return Ok(minutes);
    }
    let recording = permit.recording();
    if !recording.smart_minutes {
        return Err(ApiError::NotFound { what: "text: minutes were not asked for" });
    }
    match &recording.processing.transcript {
        failed @ StageOutcome::Failed { .. } => Err(not_ready("transcript", failed)),
        _ => Err(not_ready("minutes", &recording.processing.minutes)),
    }
}

pub(super) fn not_ready(what: &str, outcome: &StageOutcome) -> ApiError {
    let detail = match outcome {
        StageOutcome::Failed { problem } => format!("{what}: could not be made: {problem}"),
        StageOutcome::Waiting | StageOutcome::Done { .. } => format!("{what}: not made yet; try again later"),
    };
    ApiError::NotReady { detail }
}
