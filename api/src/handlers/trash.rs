use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::{Disposal, Timestamp};
use storage_policies::{DispositionReason, disposition};
use store::{RecordingLabels, TrashedRecording};
use tokio::time::Instant;

use crate::access::{RecordingPermit, TenantPermit};
use crate::error::ApiError;
use crate::people::People;
use crate::request::JsonBody;
use crate::state::App;
use crate::views::{LabelsView, TrashView, TrashedRecordingView, reason_parts, time_text};

const DAY_MS: i64 = 86_400_000;
const HOLD_SEARCH_DEADLINE: Duration = Duration::from_secs(10);
const LABEL_CHARS_MAX: usize = 120;
const TAGS_MAX: usize = 50;

/// Moves a recording to the trash, from where it can be restored until its time there is over.
#[utoipa::path(post, path = "/recordings/{recording_id}/trash", tag = "trash",
    params(("recording_id" = String, Path)), responses((status = 204)))]
pub(crate) async fn trash_recording(State(app): State<App>, permit: RecordingPermit) -> Result<StatusCode, ApiError> {
    let trashed_by = permit.permit().person()?;
    let (tenant_id, now) = (&permit.recording().tenant_id, app.now());
    app.archive().extend_holds(tenant_id, now, Instant::now() + HOLD_SEARCH_DEADLINE).await?;
    let (policy, _) = app.archive().retention_policy(tenant_id).await?;
    let until = now.plus_millis(i64::from(policy.trash_days) * DAY_MS);
    app.archive().trash(&permit, trashed_by, (until, now)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a recording out of the trash.
#[utoipa::path(post, path = "/recordings/{recording_id}/restore", tag = "trash",
    params(("recording_id" = String, Path)), responses((status = 204)))]
pub(crate) async fn restore_recording(State(app): State<App>, permit: RecordingPermit) -> Result<StatusCode, ApiError> {
    app.archive().restore(&permit, permit.permit().person()?, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Destroys a recording that is in the trash before its time there is over. There is no way back: its key is gone when
/// this answers; objects and index follow within minutes, and a certificate says so.
///
/// A hold or a rule that keeps it stands in the way.
#[utoipa::path(post, path = "/recordings/{recording_id}/purge", tag = "trash",
    params(("recording_id" = String, Path)), responses((status = 202)))]
pub(crate) async fn purge_recording(State(app): State<App>, permit: RecordingPermit) -> Result<StatusCode, ApiError> {
    let purged_by = permit.permit().person()?;
    let (tenant_id, now) = (&permit.recording().tenant_id, app.now());
    app.archive().extend_holds(tenant_id, now, Instant::now() + HOLD_SEARCH_DEADLINE).await?;
    require_past_retention(&app, &permit, now).await?;
    app.archive().begin_purge(&permit, purged_by, now).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Asks the same function as the sweep, as if the recording's time in the trash were over.
async fn require_past_retention(app: &App, permit: &RecordingPermit, now: Timestamp) -> Result<(), ApiError> {
    let Some(mut facts) = app.archive().retention_facts_of(permit).await? else { return Ok(()) };
    let Disposal::Trashed { .. } = facts.disposal else { return Ok(()) };
    facts.disposal = Disposal::Trashed { until: now };
    let (policy, _) = app.archive().retention_policy(&permit.recording().tenant_id).await?;
    let decided = disposition(&facts, &policy.rules, &[], now);
    match (decided.why, decided.when) {
        (DispositionReason::Retained { rule_id }, Some(until)) => {
            let rule = policy.rules.iter().find(|rule| rule.id == rule_id).map_or("", |rule| rule.name.as_str());
            let until = time_text(until);
            let detail = format!("the retention rule “{rule}” ({rule_id}) keeps this recording until {until}");
            Err(ApiError::Retained { detail })
        }
        _ => Ok(()),
    }
}

/// Lists the trash: all of it for admins, what they host for others.
#[utoipa::path(get, path = "/trash", tag = "trash", responses((status = 200, body = TrashView)))]
pub(crate) async fn list_trash(State(app): State<App>, permit: TenantPermit) -> Result<Json<TrashView>, ApiError> {
    let people = People::load(&app, permit.tenant_id()).await?;
    let trash = app.archive().list_trash(&permit).await?;
    let (policy, _) = app.archive().retention_policy(permit.tenant_id()).await?;
    let recordings = trash.into_iter().map(|trashed| trashed_view(&people, trashed)).collect();
    Ok(Json(TrashView { recordings, trash_days: policy.trash_days }))
}

fn trashed_view(people: &People, trashed: TrashedRecording) -> TrashedRecordingView {
    let TrashedRecording { recording, reason, trashed_at, stored_bytes, held_by } = trashed;
    let until = match recording.disposal {
        Disposal::Trashed { until } => until,
        _ => recording.created_at,
    };
    let (rule_id, user_id) = reason_parts(reason.as_ref());
    TrashedRecordingView {
        recording_id: recording.id.to_string(),
        host: people.person(&recording.host_user_id),
        title: recording.title,
        created_at: time_text(recording.created_at),
        trashed_at: trashed_at.map(time_text),
        until: time_text(until),
        trashed_by: user_id.map(|user_id| people.person(user_id)),
        rule_id,
        stored_bytes,
        held_by: held_by.iter().map(ToString::to_string).collect(),
    }
}

/// Returns what retention rules go by beside meeting and host.
#[utoipa::path(get, path = "/recordings/{recording_id}/labels", tag = "retention",
    params(("recording_id" = String, Path)), responses((status = 200, body = LabelsView)))]
pub(crate) async fn read_labels(State(app): State<App>, permit: RecordingPermit) -> Result<Json<LabelsView>, ApiError> {
    let RecordingLabels { department, meeting_kind, tags } = app.archive().labels(&permit).await?;
    Ok(Json(LabelsView { department, meeting_kind, tags: tags.into_iter().collect() }))
}

/// Replaces what retention rules go by beside meeting and host.
#[utoipa::path(put, path = "/recordings/{recording_id}/labels", tag = "retention",
    params(("recording_id" = String, Path)), request_body = LabelsView, responses((status = 204)))]
pub(crate) async fn save_labels(
    State(app): State<App>,
    permit: RecordingPermit,
    JsonBody(labels): JsonBody<LabelsView>,
) -> Result<StatusCode, ApiError> {
    let LabelsView { department, meeting_kind, tags } = labels;
    if tags.len() > TAGS_MAX {
        return Err(ApiError::invalid(format!("tags: at most {TAGS_MAX} are kept")));
    }
    let tags = tags.iter().map(|tag| label("tags", tag)).collect::<Result<_, _>>()?;
    let department = department.map(|text| label("department", &text)).transpose()?;
    let meeting_kind = meeting_kind.map(|text| label("meeting_kind", &text)).transpose()?;
    app.archive().save_labels(&permit, &RecordingLabels { department, meeting_kind, tags }).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn label(field: &'static str, text: &str) -> Result<String, ApiError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LABEL_CHARS_MAX {
        return Err(ApiError::invalid(format!("{field}: a label has 1 to {LABEL_CHARS_MAX} characters")));
    }
    Ok(text.to_owned())
}
