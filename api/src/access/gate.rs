use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use model::{Recording, RecordingId, Relation, Role};

use super::action::{Action, Scope};
use super::decide::{Decision, Denial, Obligation, Resource, decide};
use super::facts::PlaybackFacts;
use super::permit::{Permit, RecordingPermit, TenantPermit};
use super::subject::Subject;
use crate::audit::{audit, audit_denied};
use crate::authentication::{authenticate, token_sha256};
use crate::error::ApiError;
use crate::state::App;
use crate::views::PermissionsView;

/// Stands before one route and knows what the route does.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    pub(crate) app: App,
    pub(crate) action: Action,
}

/// Authenticates, loads the facts, decides, and hands the proof to the handler; otherwise the handler never runs.
pub(crate) async fn stand_before(
    State(gate): State<Gate>,
    path: Result<RawPathParams, RawPathParamsRejection>,
    mut request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let Gate { app, action } = gate;
    // A path that is not UTF-8 names nothing.
    let path = path.map_err(|_| ApiError::NotFound { what: "page" })?;
    match action.scope() {
        Scope::Public => {
            let permit = permit(&Subject::Anonymous, action, &Resource::Public, "page")?;
            request.extensions_mut().insert(permit);
        }
        Scope::Tenant => {
            let subject = authenticate(&app, request.method(), request.headers()).await?;
            let permit = permit(&subject, action, &Resource::Tenant, "page")?;
            let tenant_id = subject.tenant_id().ok_or(NOT_SIGNED_IN)?.clone();
            request.extensions_mut().insert(TenantPermit::new(permit.clone(), tenant_id));
            request.extensions_mut().insert(permit);
        }
        Scope::Recording => {
            let subject = authenticate(&app, request.method(), request.headers()).await?;
            // Credentials come first: without them nobody learns which ids are well formed.
            subject.tenant_id().ok_or(NOT_SIGNED_IN)?;
            let recording_id = RecordingId::new(parameter(&path, "recording_id")?);
            let recording_id = recording_id.map_err(|_| ApiError::NotFound { what: "recording" })?;
            let permit = permit_recording(&app, &subject, action, &recording_id).await?;
            if permit.permit().obliges(Obligation::AuditFirst) {
                audit(&app, &permit, "allowed").await?;
            }
            request.extensions_mut().insert(permit);
        }
        Scope::PlaybackSession => {
            let permit = permit_playback(&app, action, parameter(&path, "token")?).await?;
            request.extensions_mut().insert(permit);
        }
    }
    Ok(next.run(request).await)
}

/// Decides anew about a recording, as it stands now.
pub(crate) async fn permit_recording(
    app: &App,
    subject: &Subject,
    action: Action,
    recording_id: &RecordingId,
) -> Result<RecordingPermit, ApiError> {
    let tenant_id = subject.tenant_id().ok_or(NOT_SIGNED_IN)?;
    let recording = app.facts().recording(tenant_id, recording_id).await?;
    let recording = recording.ok_or(ApiError::NotFound { what: "recording" })?;
    let relation = app.facts().relation(recording_id, subject.user_id()).await?;
    let permit = permit(subject, action, &Resource::recording(&recording, relation), "recording");
    if matches!(permit, Err(ApiError::Forbidden { .. })) {
        audit_denied(app, subject, action, &recording).await?;
    }
    Ok(RecordingPermit::new(permit?, recording))
}

/// Says what the subject may do with a recording, for buttons to be shown or hidden.
pub(crate) async fn permissions(
    app: &App,
    subject: &Subject,
    recording: &Recording,
) -> Result<PermissionsView, ApiError> {
    let relation = app.facts().relation(&recording.id, subject.user_id()).await?;
    let resource = Resource::recording(recording, relation);
    let may = |action| matches!(decide(subject, action, &resource), Decision::Allow { .. });
    Ok(PermissionsView {
        can_control: may(Action::ControlRecording),
        can_view: may(Action::PlayRecording),
        can_download: may(Action::DownloadMp4),
        can_edit_transcript: may(Action::EditTranscript),
        can_review_transcript: may(Action::ReviewTranscript),
    })
}

const NOT_SIGNED_IN: ApiError = ApiError::Unauthenticated { detail: "sign in, or send an API key or a token" };

fn permit(subject: &Subject, action: Action, resource: &Resource<'_>, what: &'static str) -> Result<Permit, ApiError> {
    match decide(subject, action, resource) {
        Decision::Allow { obligations } => Ok(Permit::new(subject.clone(), action, obligations)),
        Decision::Deny { reason: Denial::Unauthenticated } => Err(NOT_SIGNED_IN),
        Decision::Deny { reason: Denial::Invisible } => Err(ApiError::NotFound { what }),
        Decision::Deny { reason: Denial::Forbidden(reason) } => Err(ApiError::Forbidden { reason }),
    }
}

/// Decides again for every request of a playback session, so that taking a right away takes effect at once.
async fn permit_playback(app: &App, action: Action, token: &str) -> Result<RecordingPermit, ApiError> {
    const NOT_FOUND: ApiError = ApiError::NotFound { what: "playback session" };
    let found = app.facts().playback(&token_sha256(token), app.now()).await?;
    let PlaybackFacts { session, recording, user } = found.ok_or(NOT_FOUND)?;
    let known_role = user.as_ref().map(|user| user.role);
    let relation = app.facts().relation(&recording.id, Some(&session.user_id)).await?;
    // Accounts that exist only in the platform's tokens have no row here. What they were when the session was opened
    // holds until it ends.
    let relation = relation.or_else(|| known_role.is_none().then_some(Relation::Viewer));
    let subject = Subject::Account {
        tenant_id: session.tenant_id,
        user_id: session.user_id,
        role: known_role.unwrap_or(Role::Member),
        user_name: String::new(),
        display_name: String::new(),
    };
    let resource = Resource::recording(&recording, relation);
    let permit = permit(&subject, action, &resource, "playback session").map_err(|_| NOT_FOUND)?;
    Ok(RecordingPermit::new(permit, recording).with_playback_session(session.id))
}

fn parameter<'a>(path: &'a RawPathParams, name: &str) -> Result<&'a str, ApiError> {
    let value = path.iter().find(|(key, _)| *key == name).map(|(_, value)| value);
    value.ok_or_else(|| ApiError::internal(format!("route without {{{name}}} in its path")))
}
