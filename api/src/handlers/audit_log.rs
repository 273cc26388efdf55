use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use model::RecordingId;
use serde_json::json;
use store::{AuditFilter, verify_audit};

use super::recordings::required_time;
use crate::access::TenantPermit;
use crate::audit::{Event, audit_event};
use crate::error::ApiError;
use crate::people::People;
use crate::request::QueryString;
use crate::state::App;
use crate::views::{AuditEntryView, AuditPageView, AuditQuery, AuditVerificationView, time_text};

/// Lists the audit log, the newest entries first.
#[utoipa::path(get, path = "/audit", tag = "audit", params(AuditQuery),
    responses((status = 200, body = AuditPageView)))]
pub(crate) async fn list_audit(
    State(app): State<App>,
    permit: TenantPermit,
    QueryString(query): QueryString<AuditQuery>,
) -> Result<Json<AuditPageView>, ApiError> {
    let page_size = query.page_size.unwrap_or(50);
    if !(1..=200).contains(&page_size) {
        return Err(ApiError::invalid("page_size must be 1 to 200"));
    }
    let found = app.archive().audit_page(&permit, &parse(query)?, page_size + 1).await?;
    let people = People::load(&app, permit.tenant_id()).await?;
    let has_more = found.len() > page_size as usize;
    let entries: Vec<AuditEntryView> = found
        .into_iter()
        .take(page_size as usize)
        .map(|(seq, entry)| AuditEntryView {
            seq,
            at: time_text(entry.at),
            actor: people.actor(&entry.actor),
            action: entry.action,
            recording_id: entry.recording_id.map(String::from),
            outcome: entry.outcome,
            detail: entry.detail_json,
        })
        .collect();
    let last = entries.last().map(|entry| entry.seq.to_string());
    Ok(Json(AuditPageView { entries, next_page_token: last.filter(|_| has_more) }))
}

fn parse(query: AuditQuery) -> Result<AuditFilter, ApiError> {
    let given = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let before_seq = query.page_token.map(|token| token.parse()).transpose();
    Ok(AuditFilter {
        actor: given(query.actor),
        action: given(query.action),
        recording_id: given(query.recording_id).map(|text| text.parse::<RecordingId>()).transpose()?,
        outcome: given(query.outcome),
        from: query.from.map(|text| required_time("from", &text)).transpose()?,
        until: query.to.map(|text| required_time("to", &text)).transpose()?,
        before_seq: before_seq.map_err(|_| ApiError::invalid("page_token is not one that was given out"))?,
    })
}

/// Returns the whole log, one JSON object a line, with a checkpoint signed now: `huiji audit verify --file` checks it
/// without this server.
#[utoipa::path(get, path = "/audit/export", tag = "audit",
    responses((status = 200, content_type = "application/x-ndjson", body = String)))]
pub(crate) async fn export_audit(State(app): State<App>, permit: TenantPermit) -> Result<Response, ApiError> {
    record(&app, &permit, "audit.export").await?;
    let mut text = app.archive().audit_log(&permit, app.now()).await?.to_lines()?.join("\n");
    text.push('\n');
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"audit-log.jsonl\""));
    Ok(response)
}

/// Checks the whole log: finds every entry that was changed, removed or moved.
#[utoipa::path(get, path = "/audit/verification", tag = "audit",
    responses((status = 200, body = AuditVerificationView)))]
pub(crate) async fn verify_audit_log(
    State(app): State<App>,
    permit: TenantPermit,
) -> Result<Json<AuditVerificationView>, ApiError> {
    record(&app, &permit, "audit.verify").await?;
    let log = app.archive().audit_log(&permit, app.now()).await?;
    let public_key = app.archive().public_key();
    let report = tokio::task::spawn_blocking(move || verify_audit(&log, &[], &public_key)).await;
    let report = report.map_err(|error| ApiError::internal(format!("check the audit log: {error}")))?;
    Ok(Json(report.into()))
}

async fn record(app: &App, permit: &TenantPermit, action: &'static str) -> Result<(), ApiError> {
    let what = Event { action, recording_id: None, outcome: "allowed", detail: json!({}) };
    audit_event(app, permit.tenant_id(), permit.subject(), what).await
}
