use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{RecordingState, Rendition, StageOutcome, StoredSegment};
use serde::Deserialize;

use super::exports::speaker_names;
use crate::access::{RecordingPermit, permissions};
use crate::authentication::token_sha256;
use crate::error::ApiError;
use crate::export::webvtt;
use crate::object_body::{answer_with_bytes, answer_with_object};
use crate::playback::{
    Ending, InitSegment, MediaFile, RenditionSummary, listed_segments, media_playlist, multivariant_playlist,
};
use crate::request::PathParts;
use crate::state::App;
use crate::views::{PlaybackView, time_text};

const PLAYLIST: &str = "application/vnd.apple.mpegurl";
const NOT_FOUND: ApiError = ApiError::NotFound { what: "file" };

/// Opens a playback session: an address that plays the recording for whoever holds it, until it expires or the right to
/// view is taken away.
#[utoipa::path(post, path = "/recordings/{recording_id}/playback", tag = "playback",
    params(("recording_id" = String, Path)), responses((status = 201, body = PlaybackView)))]
pub(crate) async fn open_playback(
    State(app): State<App>,
    permit: RecordingPermit,
) -> Result<(StatusCode, Json<PlaybackView>), ApiError> {
    if app.archive().published_segments(&permit).await?.is_empty() {
        return Err(ApiError::NotReady { detail: "nothing of the recording is stored yet".to_owned() });
    }
    let token = app.ids().secret();
    let now = app.now();
    let lifetime_ms = i64::try_from(app.settings().playback_lifetime.as_millis()).unwrap_or(i64::MAX);
    let expires_at = now.plus_millis(lifetime_ms);
    let session_id = app.ids().playback_session_id();
    app.archive().open_playback(&permit, session_id, token_sha256(&token), (now, expires_at)).await?;
    let permissions = permissions(&app, permit.subject(), permit.recording()).await?;
    let has_transcript = permissions.can_read_transcript
        && matches!(permit.recording().processing.transcript, StageOutcome::Done { .. });
    let view = PlaybackView {
        master_url: format!("/p/{token}/master.m3u8"),
        captions_url: has_transcript.then(|| format!("/p/{token}/captions.vtt")),
        expires_at: time_text(expires_at),
    };
    Ok((StatusCode::CREATED, Json(view)))
}

/// Returns the HLS multivariant playlist of a playback session.
#[utoipa::path(get, path = "/p/{token}/master.m3u8", tag = "playback", params(("token" = String, Path)),
    responses((status = 200, content_type = "application/vnd.apple.mpegurl", body = String)))]
pub(crate) async fn read_master_playlist(
    State(app): State<App>,
    permit: RecordingPermit,
) -> Result<Response, ApiError> {
    let published = app.archive().published_segments(&permit).await?;
    let video = summary(&app, &permit, &published, Rendition::Video).await?;
    let audio = summary(&app, &permit, &published, Rendition::Audio).await?;
    if video.is_none() && audio.is_none() {
        return Err(NOT_FOUND);
    }
    Ok(text(multivariant_playlist(video.as_ref(), audio.as_ref()), PLAYLIST))
}

/// Returns the captions of a playback session as WebVTT.
#[utoipa::path(get, path = "/p/{token}/captions.vtt", tag = "playback", params(("token" = String, Path)),
    responses((status = 200, content_type = "text/vtt", body = String)))]
pub(crate) async fn read_captions(State(app): State<App>, permit: RecordingPermit) -> Result<Response, ApiError> {
    let transcript = app.archive().transcript(&permit).await?.ok_or(NOT_FOUND)?;
    let captions = webvtt(&transcript, &speaker_names(&app, &permit, &transcript).await?);
    Ok(text(captions, "text/vtt; charset=utf-8"))
}

#[derive(Deserialize)]
pub(crate) struct MediaPath {
    rendition: String,
    file: String,
}

/// Returns a media playlist, a CMAF header or a CMAF segment of a playback session.
#[utoipa::path(get, path = "/p/{token}/{rendition}/{file}", tag = "playback",
    params(("token" = String, Path), ("rendition" = String, Path), ("file" = String, Path)),
    responses((status = 200, content_type = "video/mp4", body = Vec<u8>),
        (status = 206, content_type = "video/mp4", body = Vec<u8>)))]
pub(crate) async fn read_media(
    State(app): State<App>,
    permit: RecordingPermit,
    PathParts(path): PathParts<MediaPath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let rendition: Rendition = path.rendition.parse().map_err(|_| NOT_FOUND)?;
    let file = MediaFile::parse(&path.file).ok_or(NOT_FOUND)?;
    let Some(key) = file.object_key(rendition) else {
        return read_media_playlist(&app, &permit, rendition).await;
    };
    let object = app.archive().object(&permit, &key).await?.ok_or(NOT_FOUND)?;
    let mut response = match rendition {
        Rendition::Video if permit.marks_pictures() => {
            let marked = app.marked().file(&app, &permit, &file).await?;
            answer_with_bytes(&marked, &headers, "video/mp4")?
        }
        Rendition::Video => answer_with_object(app, permit, object, &headers, "video/mp4").await?,
        Rendition::Audio => answer_with_object(app, permit, object, &headers, "audio/mp4").await?,
    };
    // Long enough for a player that asks twice, too short to watch from after a right was taken away.
    let cached = HeaderValue::from_static("private, max-age=10");
    response.headers_mut().insert(header::CACHE_CONTROL, cached);
    Ok(response)
}

async fn read_media_playlist(app: &App, permit: &RecordingPermit, rendition: Rendition) -> Result<Response, ApiError> {
    let published = app.archive().published_segments(permit).await?;
    let ending = ending(permit);
    let segments = listed_segments(&published, rendition, ending);
    if segments.is_empty() {
        return Err(NOT_FOUND);
    }
    Ok(text(media_playlist(&segments, permit.recording().state.started_at(), ending), PLAYLIST))
}

async fn summary(
    app: &App,
    permit: &RecordingPermit,
    published: &[StoredSegment],
    rendition: Rendition,
) -> Result<Option<RenditionSummary>, ApiError> {
    let segments = listed_segments(published, rendition, ending(permit));
    let epochs: BTreeSet<u32> = segments.iter().map(|segment| segment.epoch).collect();
    let mut headers = Vec::with_capacity(epochs.len());
    for epoch in epochs {
        let bytes = match rendition {
            Rendition::Video if permit.marks_pictures() => {
                app.marked().file(app, permit, &MediaFile::Init { epoch }).await?
            }
            Rendition::Video | Rendition::Audio => app.archive().init_segment(permit, rendition, epoch).await?,
        };
        let header = InitSegment::parse(rendition, &bytes)
            .map_err(|error| ApiError::internal(format!("{rendition} header of epoch {epoch}: {error}")))?;
        headers.push(header);
    }
    Ok(RenditionSummary::new(&segments, &headers))
}

/// A recording that failed may still be salvaged, but what is published of it now is all there is to play.
fn ending(permit: &RecordingPermit) -> Ending {
    match permit.recording().state {
        RecordingState::Sealed { .. } | RecordingState::Failed { .. } => Ending::Closed,
        _ => Ending::Open,
    }
}

fn text(text: String, content_type: &'static str) -> Response {
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}
