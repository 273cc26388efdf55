use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::UserId;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::access::RecordingPermit;
use crate::audit::{Event, audit_event};
use crate::error::ApiError;
use crate::request::{JsonBody, PathParts};
use crate::state::App;
use crate::views::{
    AccessAnswer, AccessQuestion, AccessRequestView, PersonView, ShareLinkView, SharingChange, SharingView,
    ViewLogEntryView, ViewLogView, time_text,
};

/// How much of the view log is returned.
const VIEWS_MAX: u32 = 500;
const REASON_CHARS_MAX: usize = 500;

/// Returns whom the recording is open to, its links and the requests for access.
#[utoipa::path(get, path = "/recordings/{recording_id}/sharing", tag = "sharing",
    params(("recording_id" = String, Path)), responses((status = 200, body = SharingView)))]
pub(crate) async fn read_sharing(
    State(app): State<App>,
    permit: RecordingPermit,
) -> Result<Json<SharingView>, ApiError> {
    sharing_view(&app, &permit, *permit.sharing()).await
}

/// Changes whom the recording is open to. Who loses access stops playing with the next request.
#[utoipa::path(put, path = "/recordings/{recording_id}/sharing", tag = "sharing",
    params(("recording_id" = String, Path)), request_body = SharingChange,
    responses((status = 200, body = SharingView)))]
pub(crate) async fn change_sharing(
    State(app): State<App>,
    permit: RecordingPermit,
    JsonBody(change): JsonBody<SharingChange>,
) -> Result<Json<SharingView>, ApiError> {
    let sharing = change.sharing();
    app.archive().save_sharing(&permit, &sharing, app.now()).await?;
    audit_change(&app, &permit, json!({ "sharing": sharing })).await?;
    sharing_view(&app, &permit, sharing).await
}

#[derive(Deserialize)]
pub(crate) struct ViewerPath {
    user_id: String,
}

/// Names an account as a viewer.
#[utoipa::path(put, path = "/recordings/{recording_id}/viewers/{user_id}", tag = "sharing",
    params(("recording_id" = String, Path), ("user_id" = String, Path)), responses((status = 204)))]
pub(crate) async fn name_viewer(
    State(app): State<App>,
    permit: RecordingPermit,
    PathParts(path): PathParts<ViewerPath>,
) -> Result<StatusCode, ApiError> {
    let user_id = UserId::new(path.user_id).map_err(|error| ApiError::InvalidUser { detail: error.to_string() })?;
    let is_known = app.accounts().user(&permit.recording().tenant_id, &user_id).await?.is_some();
    // Accounts of the meeting platform are known by their tokens only.
    if !is_known && app.jwt().is_none() {
        return Err(ApiError::InvalidUser { detail: format!("the organisation has no account {user_id}") });
    }
    app.archive().name_viewer(&permit, &user_id).await?;
    audit_change(&app, &permit, json!({ "viewer_added": user_id.as_str() })).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes back that an account was named as a viewer.
#[utoipa::path(delete, path = "/recordings/{recording_id}/viewers/{user_id}", tag = "sharing",
    params(("recording_id" = String, Path), ("user_id" = String, Path)), responses((status = 204)))]
pub(crate) async fn unname_viewer(
    State(app): State<App>,
    permit: RecordingPermit,
    PathParts(path): PathParts<ViewerPath>,
) -> Result<StatusCode, ApiError> {
    let user_id = UserId::new(path.user_id).map_err(|_| ApiError::NotFound { what: "viewer" })?;
    app.archive().unname_viewer(&permit, &user_id).await?;
    audit_change(&app, &permit, json!({ "viewer_removed": user_id.as_str() })).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks the host for access to a recording that takes requests.
#[utoipa::path(post, path = "/recordings/{recording_id}/access-requests", tag = "sharing",
    params(("recording_id" = String, Path)), request_body = AccessQuestion, responses((status = 202)))]
pub(crate) async fn request_access(
    State(app): State<App>,
    permit: RecordingPermit,
    JsonBody(question): JsonBody<AccessQuestion>,
) -> Result<StatusCode, ApiError> {
    if question.reason.chars().count() > REASON_CHARS_MAX {
        return Err(ApiError::invalid(format!("reason must have at most {REASON_CHARS_MAX} characters")));
    }
    app.archive().request_access(&permit, &question.reason, app.now()).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Answers a request for access that waits.
#[utoipa::path(put, path = "/recordings/{recording_id}/access-requests/{user_id}", tag = "sharing",
    params(("recording_id" = String, Path), ("user_id" = String, Path)), request_body = AccessAnswer,
    responses((status = 204)))]
pub(crate) async fn answer_access_request(
    State(app): State<App>,
    permit: RecordingPermit,
    PathParts(path): PathParts<ViewerPath>,
    JsonBody(answer): JsonBody<AccessAnswer>,
) -> Result<StatusCode, ApiError> {
    let user_id = UserId::new(path.user_id).map_err(|_| ApiError::NotFound { what: "request that waits" })?;
    app.archive().answer_access_request(&permit, &user_id, answer.grant, app.now()).await?;
    let key = if answer.grant { "request_granted" } else { "request_refused" };
    audit_change(&app, &permit, json!({ key: user_id.as_str() })).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns who watched and took away the recording, newest first, as far as the last 500 go.
#[utoipa::path(get, path = "/recordings/{recording_id}/views", tag = "sharing",
    params(("recording_id" = String, Path)), responses((status = 200, body = ViewLogView)))]
pub(crate) async fn read_view_log(
    State(app): State<App>,
    permit: RecordingPermit,
) -> Result<Json<ViewLogView>, ApiError> {
    let names = Names::load(&app, &permit).await?;
    let (entries, sessions) = app.archive().views(&permit, VIEWS_MAX).await?;
    let claimed: HashMap<&str, &str> =
        sessions.iter().map(|session| (session.id.as_str(), session.viewer_name.as_str())).collect();
    let entries = entries
        .into_iter()
        .map(|entry| {
            let text = |field: &str| entry.detail_json.get(field).and_then(Value::as_str);
            let claimed = text("playback_session_id").and_then(|id| claimed.get(id)).filter(|name| !name.is_empty());
            let known = names.0.get(&entry.actor).map(String::as_str);
            let display_name = known.or(claimed.copied()).unwrap_or(&entry.actor).to_owned();
            ViewLogEntryView {
                at: time_text(entry.at),
                link_id: text("link_id").map(str::to_owned),
                who: PersonView { id: entry.actor, display_name },
                action: entry.action,
                outcome: entry.outcome,
            }
        })
        .collect();
    Ok(Json(ViewLogView { entries }))
}

async fn sharing_view(
    app: &App,
    permit: &RecordingPermit,
    sharing: model::Sharing,
) -> Result<Json<SharingView>, ApiError> {
    let names = Names::load(app, permit).await?;
    let (archive, now) = (app.archive(), app.now());
    let viewers = archive.viewers(permit).await?.iter().map(|user_id| names.person(user_id)).collect();
    let links = archive.links(permit).await?.iter().map(|link| ShareLinkView::new(link, now)).collect();
    let requests = archive.access_requests(permit).await?.into_iter().map(|request| {
        let person = names.person(&request.user_id);
        AccessRequestView::new(request, person)
    });
    Ok(Json(SharingView {
        scope: sharing.scope,
        rights: sharing.rights.into(),
        takes_requests: sharing.takes_requests,
        watermark: sharing.watermark,
        viewers,
        links,
        requests: requests.collect(),
        policy: archive.sharing_policy(&permit.recording().tenant_id).await?.into(),
    }))
}

/// What the accounts of a recording are called: as the organisation has it, else as the roster does.
struct Names(HashMap<String, String>);

impl Names {
    async fn load(app: &App, permit: &RecordingPermit) -> Result<Self, ApiError> {
        let recording = permit.recording();
        let mut names = HashMap::new();
        for participant in app.archive().participants(recording).await? {
            if let Some(user_id) = participant.user_id {
                names.insert(user_id.to_string(), participant.display_name);
            }
        }
        for user in app.archive().accounts(&recording.tenant_id).await? {
            names.insert(user.id.to_string(), user.display_name);
        }
        Ok(Self(names))
    }

    fn person(&self, user_id: &UserId) -> PersonView {
        match self.0.get(user_id.as_str()) {
            Some(name) => PersonView { id: user_id.to_string(), display_name: name.clone() },
            None => PersonView::unnamed(user_id),
        }
    }
}

/// Writes down what was changed about sharing; that it was allowed is written down before.
pub(super) async fn audit_change(app: &App, permit: &RecordingPermit, detail: Value) -> Result<(), ApiError> {
    let recording = permit.recording();
    let action = permit.permit().action().name();
    let what = Event { action, recording_id: Some(&recording.id), outcome: "done", detail };
    audit_event(app, &recording.tenant_id, permit.subject(), what).await
}
