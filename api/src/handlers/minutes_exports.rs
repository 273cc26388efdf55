use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use model::Minutes;

use super::{content, exports};
use crate::access::RecordingPermit;
use crate::error::ApiError;
use crate::export::{
    MinutesDocument, SpeakerNames, action_items_icalendar, content_disposition, minutes_docx, minutes_markdown,
    minutes_pdf,
};
use crate::state::App;

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// Returns the minutes as Markdown, every line with its evidence.
#[utoipa::path(get, path = "/recordings/{recording_id}/exports/minutes.md", tag = "exports",
    params(("recording_id" = String, Path)),
    responses((status = 200, content_type = "text/markdown", body = String)))]
pub(crate) async fn export_minutes_markdown(
    State(app): State<App>,
    permit: RecordingPermit,
) -> Result<Response, ApiError> {
    let text = minutes_markdown(&document(&app, &permit).await?);
    Ok(file(&permit, text.into_bytes(), "text/markdown; charset=utf-8", "minutes.md"))
}

/// Returns the minutes as JSON of the published schema, with everything that is known of each line.
#[utoipa::path(get, path = "/recordings/{recording_id}/exports/minutes.json", tag = "exports",
    params(("recording_id" = String, Path)),
    responses((status = 200, content_type = "application/json", body = String)))]
pub(crate) async fn export_minutes_json(State(app): State<App>, permit: RecordingPermit) -> Result<Response, ApiError> {
    let minutes = content::minutes(&app, &permit).await?;
    let json = serde_json::to_vec_pretty(&minutes);
    let json = json.map_err(|error| ApiError::internal(format!("write minutes as JSON: {error}")))?;
    Ok(file(&permit, json, "application/json", "minutes.json"))
}

/// Returns the minutes as a Word document.
#[utoipa::path(get, path = "/recordings/{recording_id}/exports/minutes.docx", tag = "exports",
    params(("recording_id" = String, Path)),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        body = Vec<u8>)))]
pub(crate) async fn export_minutes_docx(State(app): State<App>, permit: RecordingPermit) -> Result<Response, ApiError> {
    let bytes = render(document(&app, &permit).await?, minutes_docx).await?;
    Ok(file(&permit, bytes, DOCX, "minutes.docx"))
}

/// Returns the minutes as a PDF that holds the characters it uses.
#[utoipa::path(get, path = "/recordings/{recording_id}/exports/minutes.pdf", tag = "exports",
    params(("recording_id" = String, Path)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
pub(crate) async fn export_minutes_pdf(State(app): State<App>, permit: RecordingPermit) -> Result<Response, ApiError> {
    let bytes = render(document(&app, &permit).await?, minutes_pdf).await?;
    Ok(file(&permit, bytes, "application/pdf", "minutes.pdf"))
}

/// Returns the action items as tasks for a calendar.
#[utoipa::path(get, path = "/recordings/{recording_id}/exports/action-items.ics", tag = "exports",
    params(("recording_id" = String, Path)),
    responses((status = 200, content_type = "text/calendar", body = String)))]
pub(crate) async fn export_action_items(State(app): State<App>, permit: RecordingPermit) -> Result<Response, ApiError> {
    let (minutes, names) = minutes_with_names(&app, &permit).await?;
    let text = action_items_icalendar(&minutes, &names, &app.settings().public_url);
    Ok(file(&permit, text.into_bytes(), "text/calendar; charset=utf-8", "ics"))
}

async fn document(app: &App, permit: &RecordingPermit) -> Result<MinutesDocument, ApiError> {
    let (minutes, names) = minutes_with_names(app, permit).await?;
    Ok(MinutesDocument::new(&minutes, &names, &app.settings().public_url))
}

async fn minutes_with_names(app: &App, permit: &RecordingPermit) -> Result<(Minutes, SpeakerNames), ApiError> {
    let minutes = content::minutes(app, permit).await?;
    let transcript = content::transcript(app, permit).await?;
    Ok((minutes, exports::speaker_names(app, permit, &transcript).await?))
}

async fn render(
    document: MinutesDocument,
    write: fn(&MinutesDocument) -> Result<Vec<u8>, ApiError>,
) -> Result<Vec<u8>, ApiError> {
    let written = tokio::task::spawn_blocking(move || write(&document)).await;
    written.map_err(|error| ApiError::internal(format!("write minutes: {error}")))?
}

fn file(permit: &RecordingPermit, bytes: Vec<u8>, content_type: &'static str, extension: &str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_DISPOSITION, content_disposition(&permit.recording().title, extension));
    response
}
