use std::collections::HashSet;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use model::{
    Disposal, FailureReason, Participant, Processing, Recording, RecordingEvent, RecordingState, Relation, UserId,
};
use serde_json::json;
use storage_policies::{AdmissionRequest, admit_recording, month_start};

use crate::accept_language::preferred_language;
use crate::access::{Obligation, TenantPermit};
use crate::audit::{Event, audit_event};
use crate::error::ApiError;
use crate::recording_view::recording_view;
use crate::request::JsonBody;
use crate::state::App;
use crate::views::{NewRecording, RecordingView};

/// Starts a recording.
///
/// Answers once the recorder is ready to receive packets. A plan's limit that stands in the way is named in the
/// language of the request (`Accept-Language`).
#[utoipa::path(post, path = "/recordings", tag = "recordings", request_body = NewRecording,
    responses((status = 201, body = RecordingView)))]
pub(crate) async fn create_recording(
    State(app): State<App>,
    permit: TenantPermit,
    headers: HeaderMap,
    JsonBody(new): JsonBody<NewRecording>,
) -> Result<(StatusCode, Json<RecordingView>), ApiError> {
    if permit.permit().obliges(Obligation::HostIsCaller) && permit.subject().user_id() != Some(&new.host_user_id) {
        return Err(ApiError::Forbidden { reason: "people may start recordings of their own meetings only" });
    }
    let participants = checked(&new)?;
    admit(&app, &permit, &new, &headers).await?;
    let relations = relations(&new, &participants);
    let recording = requested(&app, &permit, new);
    app.archive().insert(&permit, &recording, &participants, &relations).await?;
    let started = app.recorder().start(&recording, &participants).await;
    let outcome = if started.is_ok() { "allowed" } else { "failed" };
    let what = Event {
        action: permit.permit().action().name(),
        recording_id: Some(&recording.id),
        outcome,
        detail: json!({ "meeting_id": recording.meeting_id.as_str() }),
    };
    audit_event(&app, permit.tenant_id(), permit.subject(), what).await?;
    if let Err(error) = started {
        let event = RecordingEvent::Fail { at: app.now(), reason: FailureReason::RecorderStart };
        app.archive().fail_requested(&recording, event, app.now()).await?;
        return Err(error);
    }
    let recording = app.archive().inserted(&permit, &recording).await?;
    let view = recording_view(&app, permit.subject(), recording).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// Checks what serde cannot and returns the roster.
fn checked(new: &NewRecording) -> Result<Vec<Participant>, ApiError> {
    Recording::validate_title(&new.title)?;
    if jiff::tz::TimeZone::get(&new.time_zone).is_err() {
        let name: String = new.time_zone.chars().take(80).collect();
        return Err(ApiError::invalid(format!("time_zone {name:?} is not an IANA time zone, such as Asia/Shanghai")));
    }
    let participants: Vec<Participant> = new.roster.iter().cloned().map(Participant::from).collect();
    let mut ids = HashSet::new();
    for participant in &participants {
        participant.validate().map_err(|error| ApiError::invalid(format!("roster: {error}")))?;
        if !ids.insert(&participant.id) {
            return Err(ApiError::invalid(format!("roster: {} is listed twice", participant.id)));
        }
    }
    Ok(participants)
}

async fn admit(app: &App, permit: &TenantPermit, new: &NewRecording, headers: &HeaderMap) -> Result<(), ApiError> {
    let plan = tenant_plan(app, permit).await?;
    let usage = tenant_usage(app, permit).await?;
    let room_size = u32::try_from(new.roster.len()).unwrap_or(u32::MAX);
    let request = AdmissionRequest { smart_minutes: new.smart_minutes, room_size };
    admit_recording(&plan, &usage, request)
        .map_err(|refusal| ApiError::QuotaExceeded { detail: refusal.message(preferred_language(headers)) })
}

pub(crate) async fn tenant_plan(app: &App, permit: &TenantPermit) -> Result<model::Plan, ApiError> {
    let tenant = app.accounts().tenant(permit.tenant_id()).await?;
    Ok(tenant.ok_or_else(|| ApiError::internal("the caller's tenant is gone"))?.plan)
}

/// Returns what the tenant uses; months are counted in UTC.
pub(crate) async fn tenant_usage(app: &App, permit: &TenantPermit) -> Result<storage_policies::Usage, ApiError> {
    let month_start = month_start(app.now(), "UTC").map_err(|error| ApiError::internal(error.to_string()))?;
    app.accounts().usage(permit.tenant_id(), month_start).await
}

fn requested(app: &App, permit: &TenantPermit, new: NewRecording) -> Recording {
    Recording {
        id: app.ids().recording_id(),
        tenant_id: permit.tenant_id().clone(),
        meeting_id: new.meeting_id,
        title: new.title,
        host_user_id: new.host_user_id,
        language: new.language,
        profile: new.profile,
        layout: new.layout,
        smart_minutes: new.smart_minutes,
        time_zone: new.time_zone,
        created_at: app.now(),
        state: RecordingState::Requested,
        processing: Processing::default(),
        disposal: Disposal::Active,
        version: 1,
    }
}

/// Gives each account the strongest relation it has to the meeting.
fn relations(new: &NewRecording, participants: &[Participant]) -> Vec<(UserId, Relation)> {
    let host = std::iter::once((&new.host_user_id, Relation::Host));
    let co_hosts = new.co_host_user_ids.iter().map(|user_id| (user_id, Relation::CoHost));
    let others = participants.iter().filter_map(|participant| participant.user_id.as_ref());
    let others = others.map(|user_id| (user_id, Relation::Participant));
    let mut seen = HashSet::new();
    let strongest = host.chain(co_hosts).chain(others).filter(|(user_id, _)| seen.insert(*user_id));
    strongest.map(|(user_id, relation)| (user_id.clone(), relation)).collect()
}
