use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use model::{StageOutcome, Transcript, TranscriptEdit, UserId};
use serde::Deserialize;
use store::TranscriptVersion;

use super::content;
use crate::access::RecordingPermit;
use crate::error::ApiError;
use crate::request::{JsonBody, PathParts, QueryString};
use crate::state::App;
use crate::views::{
    LiveTranscriptView, NewTranscriptEdit, SuppressedTextView, ToldUtterances, TranscriptDifferenceView,
    TranscriptVersionListView, TranscriptView, VersionQuery, version_list,
};

const NO_SUCH_VERSION: ApiError = ApiError::NotFound { what: "version" };

#[derive(Deserialize)]
pub(crate) struct VersionPath {
    version: u32,
}

/// Changes the transcript: answers with its next version. Index and minutes follow. When somebody else made a version
/// since the one the edit was made from, nothing is changed and the answer is `stale_version`.
#[utoipa::path(post, path = "/recordings/{recording_id}/transcript/edits", tag = "content",
    params(("recording_id" = String, Path)), request_body = NewTranscriptEdit,
    responses((status = 200, body = TranscriptView)))]
pub(crate) async fn edit_transcript(
    State(app): State<App>,
    permit: RecordingPermit,
    JsonBody(new): JsonBody<NewTranscriptEdit>,
) -> Result<Json<TranscriptView>, ApiError> {
    const NO_PERSON: ApiError = ApiError::Forbidden { reason: "an API key cannot change a transcript" };
    let author = permit.subject().user_id().ok_or(NO_PERSON)?.clone();
    let current = content::transcript(&app, &permit).await?;
    if current.version != new.base_version {
        return Err(stale_version(&app, &permit, new.base_version, current.version).await?);
    }
    let next = match TranscriptEdit::try_from(new.edit)? {
        TranscriptEdit::RestoreVersion { version } => {
            let older = app.archive().transcript_version(&permit, version).await?.ok_or(NO_SUCH_VERSION)?;
            current.restored(older, author, app.now())?
        }
        edit => {
            let roster = app.archive().participants(permit.recording()).await?;
            current.edited(edit, &roster, author, app.now())?
        }
    };
    app.archive().save_edited_transcript(&permit, &next).await?;
    Ok(Json(next.into()))
}

/// Returns what has been heard so far of a meeting that is going on. The recording's stream of events tells what is added.
#[utoipa::path(get, path = "/recordings/{recording_id}/transcript/live", tag = "content",
    params(("recording_id" = String, Path)), responses((status = 200, body = LiveTranscriptView)))]
pub(crate) async fn read_live(
    State(app): State<App>,
    permit: RecordingPermit,
) -> Result<Json<LiveTranscriptView>, ApiError> {
    let live = app.archive().live_transcript(&permit)?;
    let view = match live {
        Some(live) => ToldUtterances::default().news(&live),
        None => LiveTranscriptView::silent(&permit.recording().id),
    };
    Ok(Json(view))
}

/// Lists the versions of the transcript with who made them, when and how.
#[utoipa::path(get, path = "/recordings/{recording_id}/transcript/versions", tag = "content",
    params(("recording_id" = String, Path)), responses((status = 200, body = TranscriptVersionListView)))]
pub(crate) async fn list_versions(
    State(app): State<App>,
    permit: RecordingPermit,
) -> Result<Json<TranscriptVersionListView>, ApiError> {
    require_transcript(&permit)?;
    let versions = app.archive().transcript_versions(&permit).await?;
    let mut names: BTreeMap<UserId, String> = BTreeMap::new();
    for author in versions.iter().filter_map(|version| version.author.as_ref()) {
        if !names.contains_key(author)
            && let Some(name) = app.archive().account_name(&permit, author).await?
        {
            names.insert(author.clone(), name);
        }
    }
    Ok(Json(version_list(versions, &names)))
}

/// Returns the transcript as it was in one of its versions.
#[utoipa::path(get, path = "/recordings/{recording_id}/transcript/versions/{version}", tag = "content",
    params(("recording_id" = String, Path), ("version" = u32, Path)),
    responses((status = 200, body = TranscriptView)))]
pub(crate) async fn read_version(
    State(app): State<App>,
    permit: RecordingPermit,
    PathParts(path): PathParts<VersionPath>,
) -> Result<Json<TranscriptView>, ApiError> {
    require_transcript(&permit)?;
    let transcript = app.archive().transcript_version(&permit, path.version).await?;
    Ok(Json(transcript.ok_or(NO_SUCH_VERSION)?.into()))
}

/// Says what a version changed, or what it does not have in common with another one.
#[utoipa::path(get, path = "/recordings/{recording_id}/transcript/versions/{version}/differences", tag = "content",
    params(("recording_id" = String, Path), ("version" = u32, Path), VersionQuery),
    responses((status = 200, body = TranscriptDifferenceView)))]
pub(crate) async fn compare_versions(
    State(app): State<App>,
    permit: RecordingPermit,
    PathParts(path): PathParts<VersionPath>,
    QueryString(query): QueryString<VersionQuery>,
) -> Result<Json<TranscriptDifferenceView>, ApiError> {
    require_transcript(&permit)?;
    let from = query.from.unwrap_or(path.version.saturating_sub(1));
    let difference = app.archive().compare_transcripts(&permit, from, path.version).await?;
    Ok(Json(difference.ok_or(NO_SUCH_VERSION)?.into()))
}

/// Returns what is not in the transcript though it may have been said: text taken for invented, with the reason, and
/// speech that could not be decoded.
#[utoipa::path(get, path = "/recordings/{recording_id}/transcript/suppressed", tag = "content",
    params(("recording_id" = String, Path)), responses((status = 200, body = SuppressedTextView)))]
pub(crate) async fn read_suppressed(
    State(app): State<App>,
    permit: RecordingPermit,
) -> Result<Json<SuppressedTextView>, ApiError> {
    let transcript: Transcript = content::transcript(&app, &permit).await?;
    Ok(Json(transcript.into()))
}

fn require_transcript(permit: &RecordingPermit) -> Result<(), ApiError> {
    match &permit.recording().processing.transcript {
        StageOutcome::Done { .. } => Ok(()),
        outcome => Err(content::not_ready("transcript", outcome)),
    }
}

/// Says who was quicker, so that the two can talk.
async fn stale_version(
    app: &App,
    permit: &RecordingPermit,
    base_version: u32,
    latest_version: u32,
) -> Result<ApiError, ApiError> {
    let versions = app.archive().transcript_versions(permit).await?;
    let latest: Option<&TranscriptVersion> = versions.last();
    let author = match latest.and_then(|version| version.author.as_ref()) {
        Some(author) => app.archive().account_name(permit, author).await?.unwrap_or_else(|| author.to_string()),
        None => "Huiji".to_owned(),
    };
    let detail = format!(
        "the edit was made from version {base_version}, but version {latest_version} by {author} is the latest: read it \
         and make the edit again"
    );
    Ok(ApiError::StaleVersion { detail })
}
