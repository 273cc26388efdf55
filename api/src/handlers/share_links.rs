use std::net::SocketAddr;

use axum::Json;
use axum::extract::{ConnectInfo, Extension, State};
use axum::http::{HeaderMap, Method, StatusCode};
use model::{Participant, RecordingState, ShareLinkId, StageOutcome, Timestamp};
use serde::Deserialize;
use serde_json::json;
use store::ShareLink;

use super::sharing::audit_change;
use crate::access::{Action, RecordingPermit, Subject, permit_link};
use crate::audit::audit_as;
use crate::authentication::{authenticate, token_sha256};
use crate::error::ApiError;
use crate::recording_view::host_name;
use crate::request::{JsonBody, PathParts};
use crate::state::App;
use crate::views::{
    LinkOpenedView, LinkToOpen, NewShareLink, OpenedRecordingView, ParticipantView, PlaybackView, ShareLinkCreatedView,
    ShareLinkView, parse_time, time_text,
};

const DAY_MS: i64 = 24 * 3_600_000;
const NAME_CHARS_MAX: usize = 64;

/// Makes a link that opens the recording. Its secret is in the answer and nowhere else.
#[utoipa::path(post, path = "/recordings/{recording_id}/links", tag = "sharing",
    params(("recording_id" = String, Path)), request_body = NewShareLink,
    responses((status = 201, body = ShareLinkCreatedView)))]
pub(crate) async fn create_link(
    State(app): State<App>,
    permit: RecordingPermit,
    JsonBody(new): JsonBody<NewShareLink>,
) -> Result<(StatusCode, Json<ShareLinkCreatedView>), ApiError> {
    const NO_PERSON: ApiError = ApiError::Forbidden { reason: "an API key cannot make links; sign in as a person" };
    let policy = app.archive().sharing_policy(&permit.recording().tenant_id).await?;
    if !policy.allows(new.audience) {
        return Err(ApiError::Forbidden { reason: "the administrator does not allow links for this audience" });
    }
    if new.views_max == Some(0) {
        return Err(ApiError::invalid("views_max must be at least 1; leave it out for no limit"));
    }
    let now = app.now();
    let expires_at = expiry(new.expires_at.as_deref(), policy.link_days_max, now)?;
    let password_hash = match new.password {
        Some(password) => Some(app.passwords().hash_for_link(password, app.ids().random_bytes()).await?),
        None => None,
    };
    let secret = app.ids().link_secret();
    let link = ShareLink {
        id: app.ids().share_link_id(),
        tenant_id: permit.recording().tenant_id.clone(),
        recording_id: permit.recording().id.clone(),
        token_sha256: token_sha256(&secret),
        audience: new.audience,
        rights: new.rights.into(),
        password_hash,
        created_by: permit.subject().user_id().ok_or(NO_PERSON)?.clone(),
        created_at: now,
        expires_at,
        views_max: new.views_max,
        views: 0,
        revoked_at: None,
    };
    app.archive().insert_link(&permit, &link).await?;
    let detail = json!({ "link_added": link.id.as_str(), "audience": link.audience, "rights": link.rights });
    audit_change(&app, &permit, detail).await?;
    let view = ShareLinkCreatedView { link: ShareLinkView::new(&link, now), path: format!("/s#{secret}") };
    Ok((StatusCode::CREATED, Json(view)))
}

#[derive(Deserialize)]
pub(crate) struct LinkPath {
    link_id: String,
}

/// Takes a link back. What was opened with it stops playing with the next request.
#[utoipa::path(delete, path = "/recordings/{recording_id}/links/{link_id}", tag = "sharing",
    params(("recording_id" = String, Path), ("link_id" = String, Path)), responses((status = 204)))]
pub(crate) async fn revoke_link(
    State(app): State<App>,
    permit: RecordingPermit,
    PathParts(path): PathParts<LinkPath>,
) -> Result<StatusCode, ApiError> {
    let link_id = ShareLinkId::new(path.link_id).map_err(|_| ApiError::NotFound { what: "link" })?;
    app.archive().revoke_link(&permit, &link_id, app.now()).await?;
    audit_change(&app, &permit, json!({ "link_revoked": link_id.as_str() })).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Opens a recording with a link.
///
/// A link that never was, one that has ended and a wrong password get the same answer. Wrong answers are slowed down for
/// the link and the address they come from, so nobody can lock others out.
#[utoipa::path(post, path = "/links/open", tag = "sharing", request_body = LinkToOpen,
    responses((status = 201, body = LinkOpenedView)))]
pub(crate) async fn open_link(
    State(app): State<App>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<LinkToOpen>,
) -> Result<(StatusCode, Json<LinkOpenedView>), ApiError> {
    let address = peer.map(|Extension(ConnectInfo(address))| address.ip());
    let (now, secret_sha256) = (app.now(), token_sha256(&body.token));
    if let Some(wait_ms) = app.link_throttle().wait_ms(&secret_sha256, address, now) {
        return Err(ApiError::TooManyAttempts { retry_after_s: wait_ms.div_ceil(1000) });
    }
    let Some(link) = proven_link(&app, &secret_sha256, body.password, now).await? else {
        app.link_throttle().fail(&secret_sha256, address, now);
        return Err(ApiError::LinkExpired);
    };
    app.link_throttle().succeed(&secret_sha256, address);
    let caller = match authenticate(&app, &Method::POST, &headers).await {
        // A session that has ended does not stand in the way of a link that asks for none.
        Err(ApiError::Unauthenticated { .. }) => Subject::Anonymous,
        caller => caller?,
    };
    let permit = permit_link(&app, caller, &link, visitor_name(body.name)?).await?;
    let is_nameless = matches!(permit.subject(), Subject::Visitor { name, .. } if name.is_empty());
    if permit.marks_pictures() && is_nameless {
        return Err(ApiError::WatermarkRequired {
            detail: "this recording shows the viewer's name in the picture; send a name along",
        });
    }
    if !app.archive().count_link_view(&link.id, now).await? {
        return Err(ApiError::LinkExpired);
    }
    Ok((StatusCode::CREATED, Json(open_session(&app, &permit, &link, now).await?)))
}

/// Returns the link of a secret when it opens and its password was given. The time taken does not tell why not.
async fn proven_link(
    app: &App,
    secret_sha256: &str,
    password: Option<String>,
    now: Timestamp,
) -> Result<Option<ShareLink>, ApiError> {
    let found = app.facts().share_link(secret_sha256, now).await?;
    match (found, password) {
        (Some(link), None) if link.password_hash.is_some() => Err(ApiError::PasswordNeeded),
        (Some(link), Some(password)) if link.password_hash.is_some() => {
            let fits = app.passwords().verify(password, link.password_hash.clone()).await?;
            Ok(fits.then_some(link))
        }
        (None, Some(password)) => {
            app.passwords().verify(password, None).await?;
            Ok(None)
        }
        (found, _) => Ok(found),
    }
}

async fn open_session(
    app: &App,
    permit: &RecordingPermit,
    link: &ShareLink,
    now: Timestamp,
) -> Result<LinkOpenedView, ApiError> {
    let token = app.ids().secret();
    let session_id = app.ids().playback_session_id();
    let lifetime_ms = i64::try_from(app.settings().playback_lifetime.as_millis()).unwrap_or(i64::MAX);
    let usual_end = now.plus_millis(lifetime_ms);
    let expires_at = link.expires_at.map_or(usual_end, |link_end| link_end.min(usual_end));
    let opened = permit.clone().in_session(session_id.clone());
    audit_as(app, &opened, Action::OpenLink, "allowed").await?;
    app.archive().open_link_session(permit, session_id, token_sha256(&token), (now, expires_at)).await?;
    let (recording, rights) = (permit.recording(), link.rights);
    let is_done = |outcome: &StageOutcome| matches!(outcome, StageOutcome::Done { .. });
    let transcript = rights.transcript && is_done(&recording.processing.transcript);
    let minutes = rights.minutes && is_done(&recording.processing.minutes);
    let below = |name: &str| format!("/p/{token}/{name}");
    Ok(LinkOpenedView {
        recording: opened_recording(app, permit, rights.transcript || rights.minutes).await?,
        rights: rights.into(),
        playback: PlaybackView {
            master_url: below("master.m3u8"),
            captions_url: transcript.then(|| below("captions.vtt")),
            expires_at: time_text(expires_at),
        },
        transcript_url: transcript.then(|| below("transcript.json")),
        minutes_url: minutes.then(|| below("minutes.json")),
        download_url: (rights.download && !permit.marks_pictures()).then(|| below("recording.mp4")),
    })
}

async fn opened_recording(
    app: &App,
    permit: &RecordingPermit,
    with_participants: bool,
) -> Result<OpenedRecordingView, ApiError> {
    let recording = permit.recording();
    let roster: Vec<Participant> = app.archive().participants(recording).await?;
    let host_name = host_name(app, recording, &roster).await?;
    let participants = if with_participants { roster } else { Vec::new() };
    let duration_ms = match recording.state {
        RecordingState::Sealed { duration_ms, .. } => Some(duration_ms),
        _ => None,
    };
    // Accounts are nobody's business outside the organisation.
    let unlinked = |participant: Participant| ParticipantView::from(Participant { user_id: None, ..participant });
    Ok(OpenedRecordingView {
        title: recording.title.clone(),
        host_name,
        started_at: recording.state.started_at().map(time_text),
        duration_ms,
        live: recording.state.accepts_media(),
        participants: participants.into_iter().map(unlinked).collect(),
    })
}

fn expiry(text: Option<&str>, days_max: Option<u32>, now: Timestamp) -> Result<Option<Timestamp>, ApiError> {
    let latest = days_max.map(|days| now.plus_millis(i64::from(days) * DAY_MS));
    let Some(text) = text else { return Ok(latest) };
    let asked = parse_time(text).ok_or_else(|| ApiError::invalid("expires_at must be a time as in RFC 3339"))?;
    if asked <= now {
        return Err(ApiError::invalid("expires_at must be in the future"));
    }
    match (latest, days_max) {
        (Some(latest), Some(days)) if asked > latest => {
            Err(ApiError::invalid(format!("the administrator allows links of at most {days} days")))
        }
        _ => Ok(Some(asked)),
    }
}

fn visitor_name(name: Option<String>) -> Result<String, ApiError> {
    let name: String = name.unwrap_or_default().chars().filter(|character| !character.is_control()).collect();
    let name = name.trim();
    if name.chars().count() > NAME_CHARS_MAX {
        return Err(ApiError::invalid(format!("name must have at most {NAME_CHARS_MAX} characters")));
    }
    Ok(name.to_owned())
}
