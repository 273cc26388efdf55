use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use model::{CaseId, LinkAudience, Recording, RecordingId};
use store::ShareLink;

use super::action::{Action, Scope};
use super::decide::{Decision, Denial, Obligation, Resource, decide};
use super::facts::PlaybackFacts;
use super::permit::{CasePermit, Permit, RecordingPermit, TenantPermit};
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
            within_rate(&app, &subject)?;
            let permit = permit(&subject, action, &Resource::Tenant, "page")?;
            let tenant_id = subject.tenant_id().ok_or(NOT_SIGNED_IN)?.clone();
            request.extensions_mut().insert(TenantPermit::new(permit.clone(), tenant_id));
            request.extensions_mut().insert(permit);
        }
        Scope::Recording => {
            let subject = authenticate(&app, request.method(), request.headers()).await?;
            within_rate(&app, &subject)?;
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
        Scope::Case => {
            let subject = authenticate(&app, request.method(), request.headers()).await?;
            let permit = permit_case(&app, &subject, action, parameter(&path, "case_id")?).await?;
            request.extensions_mut().insert(permit);
        }
        Scope::PlaybackSession => {
            let token_sha256 = token_sha256(parameter(&path, "token")?);
            let wait_ms = app.playback_rate().wait_ms(&token_sha256, app.now());
            wait_ms.map_or(Ok(()), too_many_requests)?;
            let permit = permit_playback(&app, action, &token_sha256).await?;
            if permit.permit().obliges(Obligation::AuditFirst) {
                audit(&app, &permit, "allowed").await?;
            }
            request.extensions_mut().insert(permit);
        }
    }
    Ok(next.run(request).await)
}

fn within_rate(app: &App, subject: &Subject) -> Result<(), ApiError> {
    let Some(user_id) = subject.user_id() else { return Ok(()) };
    app.account_rate().wait_ms(user_id.as_str(), app.now()).map_or(Ok(()), too_many_requests)
}

fn too_many_requests(wait_ms: u64) -> Result<(), ApiError> {
    Err(ApiError::TooManyRequests { retry_after_s: wait_ms.div_ceil(1000) })
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
    let sharing = app.facts().sharing(&recording).await?;
    let in_case = app.facts().is_in_case(subject, recording_id).await?;
    let resource = Resource::recording(&recording, relation, &sharing, None).with_case(in_case);
    let permit = permit(subject, action, &resource, "recording");
    if matches!(
        permit,
        Err(ApiError::Forbidden { .. } | ApiError::NotDesignated { .. } | ApiError::WatermarkRequired { .. })
    ) {
        audit_denied(app, subject, action, &recording).await?;
    }
    let permit = match (permit, subject.user_id()) {
        (Err(ApiError::NotDesignated { .. }), Some(user_id))
            if app.facts().waits_for_access(recording_id, user_id).await? =>
        {
            Err(ApiError::ApprovalNeeded)
        }
        (permit, _) => permit,
    };
    Ok(RecordingPermit::new(permit?, recording, sharing))
}

/// Says what the subject may do with a recording, for buttons to be shown or hidden.
pub(crate) async fn permissions(
    app: &App,
    subject: &Subject,
    recording: &Recording,
) -> Result<PermissionsView, ApiError> {
    let relation = app.facts().relation(&recording.id, subject.user_id()).await?;
    let sharing = app.facts().sharing(recording).await?;
    let in_case = app.facts().is_in_case(subject, &recording.id).await?;
    let resource = Resource::recording(recording, relation, &sharing, None).with_case(in_case);
    let may = |action| matches!(decide(subject, action, &resource), Decision::Allow { .. });
    Ok(PermissionsView {
        can_control: may(Action::ControlRecording),
        can_view: may(Action::PlayRecording),
        can_download: may(Action::DownloadMp4) || may(Action::ExportTranscript) || may(Action::ExportMinutes),
        can_review_minutes: may(Action::EditMinutes),
        can_edit_transcript: may(Action::EditTranscript),
        can_review_transcript: may(Action::ReviewTranscript),
        can_read_transcript: may(Action::ReadTranscript),
        can_read_minutes: may(Action::ReadMinutes),
        can_share: may(Action::ChangeSharing),
        can_read_view_log: may(Action::ReadViewLog),
        can_trash: may(Action::TrashRecording),
    })
}

const NOT_SIGNED_IN: ApiError = ApiError::Unauthenticated { detail: "sign in, or send an API key or a token" };

fn permit(subject: &Subject, action: Action, resource: &Resource<'_>, what: &'static str) -> Result<Permit, ApiError> {
    match decide(subject, action, resource) {
        Decision::Allow { obligations } => Ok(Permit::new(subject.clone(), action, obligations)),
        Decision::Deny { reason: Denial::Unauthenticated } => Err(NOT_SIGNED_IN),
        Decision::Deny { reason: Denial::Invisible } => Err(ApiError::NotFound { what }),
        Decision::Deny { reason: Denial::NotDesignated } => {
            Err(ApiError::NotDesignated { detail: "the host has not opened this recording to you" })
        }
        Decision::Deny { reason: Denial::WatermarkRequired } => Err(ApiError::WatermarkRequired {
            detail: "this recording is delivered with its viewer's name in the picture only, and this file would have none",
        }),
        Decision::Deny { reason: Denial::Forbidden(reason) } => Err(ApiError::Forbidden { reason }),
    }
}

/// Decides about a case, as it stands now. Whoever is not of the compliance team does not learn which ids there are.
async fn permit_case(app: &App, subject: &Subject, action: Action, case_id: &str) -> Result<CasePermit, ApiError> {
    const NOT_FOUND: ApiError = ApiError::NotFound { what: "case" };
    let tenant_id = subject.tenant_id().ok_or(NOT_SIGNED_IN)?;
    let found = match CaseId::new(case_id) {
        Ok(case_id) => app.facts().case(tenant_id, &case_id, subject.user_id()).await?,
        Err(_) => None,
    };
    let (is_member, is_open) = found.as_ref().map_or((false, false), |(case, member)| (*member, case.is_open()));
    let permit = permit(subject, action, &Resource::Case { tenant_id, is_member, is_open }, "case")?;
    let (case, _) = found.ok_or(NOT_FOUND)?;
    Ok(CasePermit::new(permit, case))
}

/// Decides about opening a link that was found and whose password was given. Whom the link is not for gets the answer of
/// a link that does not exist.
pub(crate) async fn permit_link(
    app: &App,
    caller: Subject,
    link: &ShareLink,
    visitor_name: String,
) -> Result<RecordingPermit, ApiError> {
    let is_ours = caller.tenant_id() == Some(&link.tenant_id) && caller.user_id().is_some();
    let subject = match (link.audience, caller) {
        (_, caller) if is_ours => caller,
        (LinkAudience::Organisation, Subject::Anonymous) => {
            return Err(ApiError::Unauthenticated { detail: "this link is for the organisation; sign in first" });
        }
        (LinkAudience::Organisation, _) => return Err(ApiError::LinkExpired),
        (LinkAudience::Anyone, _) => {
            Subject::Visitor { tenant_id: link.tenant_id.clone(), link_id: link.id.clone(), name: visitor_name }
        }
    };
    let recording = app.facts().recording(&link.tenant_id, &link.recording_id).await?.ok_or(ApiError::LinkExpired)?;
    let sharing = app.facts().sharing(&recording).await?;
    let resource = Resource::recording(&recording, None, &sharing, Some(link.rights));
    let permit = permit(&subject, Action::FetchPlayback, &resource, "link").map_err(|_| ApiError::LinkExpired)?;
    Ok(RecordingPermit::new(permit, recording, sharing).with_link(link.id.clone()))
}

/// Decides again for every request of a playback session, so that taking a right away takes effect at once.
async fn permit_playback(app: &App, action: Action, token_sha256: &str) -> Result<RecordingPermit, ApiError> {
    const NOT_FOUND: ApiError = ApiError::NotFound { what: "playback session" };
    let found = app.facts().playback(token_sha256, app.now()).await?;
    let PlaybackFacts { session, recording, user, link } = found.ok_or(NOT_FOUND)?;
    let opened_at = session.created_at;
    let is_visitor = session.link_id.as_ref().is_some_and(|link_id| link_id.as_str() == session.user_id.as_str());
    let subject = match session.link_id.clone() {
        Some(link_id) if is_visitor => {
            Subject::Visitor { tenant_id: session.tenant_id, link_id, name: session.viewer_name }
        }
        _ => Subject::Account {
            tenant_id: session.tenant_id,
            user_id: session.user_id,
            // An account that exists only in the platform's tokens has no row; it is what it was.
            role: user.as_ref().map_or(session.viewer_role, |user| user.role),
            user_name: user.as_ref().map(|user| user.user_name.clone()).unwrap_or_default(),
            display_name: session.viewer_name,
        },
    };
    let relation = app.facts().relation(&recording.id, subject.user_id()).await?;
    let sharing = app.facts().sharing(&recording).await?;
    let in_case = app.facts().is_in_case(&subject, &recording.id).await?;
    let resource = Resource::recording(&recording, relation, &sharing, link).with_case(in_case);
    // A right that was there when the session was opened and is there no longer: the session never existed. What the
    // host did not open to this viewer is said as it is.
    let permit = match permit(&subject, action, &resource, "playback session") {
        Err(error @ (ApiError::Forbidden { .. } | ApiError::WatermarkRequired { .. }))
            if action != Action::FetchPlayback =>
        {
            return Err(error);
        }
        permit => permit.map_err(|_| NOT_FOUND)?,
    };
    Ok(RecordingPermit::new(permit, recording, sharing).with_playback_session(session.id, session.link_id, opened_at))
}

fn parameter<'a>(path: &'a RawPathParams, name: &str) -> Result<&'a str, ApiError> {
    let value = path.iter().find(|(key, _)| *key == name).map(|(_, value)| value);
    value.ok_or_else(|| ApiError::internal(format!("route without {{{name}}} in its path")))
}
