use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use model::Transcript;

use super::content;
use crate::access::RecordingPermit;
use crate::error::ApiError;
use crate::export::{SpeakerNames, content_disposition, subrip, transcript_markdown, webvtt};
use crate::state::App;

/// Returns the transcript as WebVTT, each caption in the voice of its speaker.
#[utoipa::path(get, path = "/recordings/{recording_id}/exports/transcript.vtt", tag = "exports",
    params(("recording_id" = String, Path)),
    responses((status = 200, content_type = "text/vtt", body = String)))]
pub(crate) async fn export_webvtt(State(app): State<App>, permit: RecordingPermit) -> Result<Response, ApiError> {
    let transcript = content::transcript(&app, &permit).await?;
    let text = webvtt(&transcript, &speaker_names(&app, &permit, &transcript).await?);
    Ok(file(&permit, text, "text/vtt; charset=utf-8", "vtt"))
}

/// Returns the transcript as `SubRip`.
#[utoipa::path(get, path = "/recordings/{recording_id}/exports/transcript.srt", tag = "exports",
    params(("recording_id" = String, Path)),
    responses((status = 200, content_type = "application/x-subrip", body = String)))]
pub(crate) async fn export_subrip(State(app): State<App>, permit: RecordingPermit) -> Result<Response, ApiError> {
    let transcript = content::transcript(&app, &permit).await?;
    let text = subrip(&transcript, &speaker_names(&app, &permit, &transcript).await?);
    Ok(file(&permit, text, "application/x-subrip; charset=utf-8", "srt"))
}

/// Returns the transcript as Markdown.
#[utoipa::path(get, path = "/recordings/{recording_id}/exports/transcript.md", tag = "exports",
    params(("recording_id" = String, Path)),
    responses((status = 200, content_type = "text/markdown", body = String)))]
pub(crate) async fn export_transcript_markdown(
    State(app): State<App>,
    permit: RecordingPermit,
) -> Result<Response, ApiError> {
    let transcript = content::transcript(&app, &permit).await?;
    let names = speaker_names(&app, &permit, &transcript).await?;
    let text = transcript_markdown(&permit.recording().title, &transcript, &names);
    Ok(file(&permit, text, "text/markdown; charset=utf-8", "transcript.md"))
}

pub(super) async fn speaker_names(
    app: &App,
    permit: &RecordingPermit,
    transcript: &Transcript,
) -> Result<SpeakerNames, ApiError> {
    Ok(SpeakerNames::in_transcript(app.archive().participants(permit.recording()).await?, transcript))
}

fn file(permit: &RecordingPermit, text: String, content_type: &'static str, extension: &str) -> Response {
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_DISPOSITION, content_disposition(&permit.recording().title, extension));
    response
}
