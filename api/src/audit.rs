use model::{Recording, RecordingId, TenantId};
use serde_json::{Value, json};
use store::AuditEntry;

use crate::access::{Action, RecordingPermit, Subject};
use crate::error::ApiError;
use crate::state::App;

/// Writes down what a permit was used for. Nothing said or seen, and no person's name, goes into the log.
pub(crate) async fn audit(app: &App, permit: &RecordingPermit, outcome: &str) -> Result<(), ApiError> {
    audit_as(app, permit, permit.permit().action(), outcome).await
}

fn session_detail(permit: &RecordingPermit) -> Value {
    match (permit.playback_session_id(), permit.link_id()) {
        (None, _) => Value::Null,
        (Some(id), None) => json!({ "playback_session_id": id.as_str() }),
        (Some(id), Some(link_id)) => json!({ "playback_session_id": id.as_str(), "link_id": link_id.as_str() }),
    }
}

/// Writes down something else than what the permit was given for, that it was used for.
pub(crate) async fn audit_as(
    app: &App,
    permit: &RecordingPermit,
    action: Action,
    outcome: &str,
) -> Result<(), ApiError> {
    let recording = permit.recording();
    let (recording_id, detail) = (Some(&recording.id), session_detail(permit));
    let what = Event { action: action.name(), recording_id, outcome, detail };
    audit_event(app, &recording.tenant_id, permit.subject(), what).await
}

/// Writes down that somebody was refused something about a recording.
pub(crate) async fn audit_denied(
    app: &App,
    subject: &Subject,
    action: Action,
    recording: &Recording,
) -> Result<(), ApiError> {
    let what =
        Event { action: action.name(), recording_id: Some(&recording.id), outcome: "denied", detail: Value::Null };
    audit_event(app, &recording.tenant_id, subject, what).await
}

/// Something worth an entry in the audit log.
pub(crate) struct Event<'a> {
    pub(crate) action: &'static str,
    pub(crate) recording_id: Option<&'a RecordingId>,
    pub(crate) outcome: &'a str,
    pub(crate) detail: Value,
}

/// Writes an event into the audit log of a tenant.
pub(crate) async fn audit_event(
    app: &App,
    tenant_id: &TenantId,
    subject: &Subject,
    event: Event<'_>,
) -> Result<(), ApiError> {
    let entry = AuditEntry {
        tenant_id: tenant_id.clone(),
        at: app.now(),
        actor: subject.actor().to_owned(),
        action: event.action.to_owned(),
        recording_id: event.recording_id.cloned(),
        outcome: event.outcome.to_owned(),
        detail_json: event.detail,
    };
    app.accounts().append_audit(&entry).await
}
