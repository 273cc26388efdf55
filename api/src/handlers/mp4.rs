use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use model::{Job, JobPayload, JobState, RecordingState};
use store::ObjectKey;

use crate::access::RecordingPermit;
use crate::error::ApiError;
use crate::export::content_disposition;
use crate::object_body::answer_with_object;
use crate::state::App;
use crate::views::{JobRequestView, JobView};

/// Asks for one MP4 of the recording. Asking again returns the job there is, unless it failed.
#[utoipa::path(post, path = "/recordings/{recording_id}/exports/mp4", tag = "exports",
    params(("recording_id" = String, Path)), responses((status = 202, body = JobRequestView)))]
pub(crate) async fn request_mp4(
    State(app): State<App>,
    permit: RecordingPermit,
) -> Result<(StatusCode, Json<JobRequestView>), ApiError> {
    let state = &permit.recording().state;
    if !matches!(state, RecordingState::Sealed { .. }) {
        let detail = format!("the recording is {}; an MP4 is made once it is sealed", state.name());
        return Err(ApiError::NotReady { detail });
    }
    let done = last_export(&app, &permit).await?.filter(|job| matches!(job.state, JobState::Done { .. }));
    let stored = app.archive().object(&permit, &ObjectKey::DownloadMp4).await?;
    let job = match (done, stored) {
        (Some(job), Some(_)) => job,
        _ => app.archive().enqueue_mp4(&permit, app.ids().job_id(), app.now()).await?,
    };
    Ok((StatusCode::ACCEPTED, Json(JobRequestView { job: JobView::from(job) })))
}

/// Returns the MP4, or a range of it. Answers `not_ready` until the job that makes it is done.
#[utoipa::path(get, path = "/recordings/{recording_id}/exports/recording.mp4", tag = "exports",
    params(("recording_id" = String, Path)),
    responses((status = 200, content_type = "video/mp4", body = Vec<u8>),
        (status = 206, content_type = "video/mp4", body = Vec<u8>)))]
pub(crate) async fn download_mp4(
    State(app): State<App>,
    permit: RecordingPermit,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let Some(object) = app.archive().object(&permit, &ObjectKey::DownloadMp4).await? else {
        return Err(ApiError::NotReady { detail: why_not(last_export(&app, &permit).await?) });
    };
    let disposition = content_disposition(&permit.recording().title, "mp4");
    let mut response = answer_with_object(app, permit, object, &headers, "video/mp4").await?;
    response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    Ok(response)
}

async fn last_export(app: &App, permit: &RecordingPermit) -> Result<Option<Job>, ApiError> {
    let jobs = app.archive().jobs(permit).await?;
    Ok(jobs.into_iter().rev().find(|job| matches!(job.payload, JobPayload::ExportMp4 { .. })))
}

fn why_not(job: Option<Job>) -> String {
    match job.map(|job| (job.state, job.progress_percent)) {
        None => "nobody has asked for an MP4 yet; POST to exports/mp4 first".to_owned(),
        Some((JobState::Queued { .. }, _)) => "the MP4 is waiting to be made".to_owned(),
        Some((JobState::Running { .. }, percent)) => format!("the MP4 is being made: {percent} %"),
        Some((JobState::Done { .. }, _)) => "the MP4 was removed; POST to exports/mp4 again".to_owned(),
        Some((JobState::Dead { .. }, _)) => "the MP4 could not be made; POST to exports/mp4 to try again".to_owned(),
    }
}
