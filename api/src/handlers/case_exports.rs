use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::StreamExt as _;
use model::{CaseExport, ExportId, ExportPlan, ExportState};
use search::{SearchRequest, SortOrder};
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use super::search::{hit_csv, whole_group_view};
use crate::access::CasePermit;
use crate::audit::{Event, audit_event};
use crate::case_export::{FinishedExport, Manifest, bundle_bytes, bundle_stream};
use crate::error::ApiError;
use crate::people::People;
use crate::request::{PathParts, QueryString};
use crate::state::App;
use crate::views::{CaseExportStateName, CaseExportView, CaseSearchQuery, SearchPageView, SearchSort, time_text};

const DEADLINE: Duration = Duration::from_secs(10);
const CSV_RECORDINGS_MAX: usize = 100;
const CSV_HITS_MAX: usize = 50;
const NO_EXPORT: ApiError = ApiError::NotFound { what: "export" };

#[derive(Deserialize)]
pub(crate) struct ExportPath {
    export_id: String,
}

/// Searches every recording of the organisation for a case. What was asked is an entry of the audit log.
#[utoipa::path(get, path = "/cases/{case_id}/search", tag = "cases",
    params(("case_id" = String, Path), CaseSearchQuery), responses((status = 200, body = SearchPageView)))]
pub(crate) async fn search_case(
    State(app): State<App>,
    permit: CasePermit,
    QueryString(query): QueryString<CaseSearchQuery>,
) -> Result<Json<SearchPageView>, ApiError> {
    record(&app, &permit, "search", json!({ "case": permit.case().id, "query": query.q })).await?;
    let results = app.archive().search_for_case(&permit, parse(query)?, Instant::now() + DEADLINE).await?;
    let mut groups = Vec::with_capacity(results.groups.len());
    for group in results.groups {
        let Some(recording) = app.archive().row_in_case(&permit, &group.recording_id).await? else { continue };
        groups.push(whole_group_view(&app, &recording, group).await?);
    }
    Ok(Json(SearchPageView {
        total_recordings: results.total_recordings as u64,
        groups,
        facets: results.facets.map(Into::into),
        query_cut: results.query_cut,
        next_page_token: results.next_offset.map(|offset| offset.to_string()),
    }))
}

/// Returns what a search of a case finds as CSV: up to 50 hits of each of the first 100 recordings.
#[utoipa::path(get, path = "/cases/{case_id}/search.csv", tag = "cases",
    params(("case_id" = String, Path), CaseSearchQuery),
    responses((status = 200, content_type = "text/csv", body = String)))]
pub(crate) async fn export_case_search(
    State(app): State<App>,
    permit: CasePermit,
    QueryString(query): QueryString<CaseSearchQuery>,
) -> Result<Response, ApiError> {
    record(&app, &permit, "search.export", json!({ "case": permit.case().id, "query": query.q })).await?;
    let request = SearchRequest { recordings_max: CSV_RECORDINGS_MAX, hits_max: CSV_HITS_MAX, ..parse(query)? };
    let results = app.archive().search_for_case(&permit, request, Instant::now() + DEADLINE).await?;
    let mut groups = Vec::with_capacity(results.groups.len());
    for group in results.groups {
        let Some(recording) = app.archive().row_in_case(&permit, &group.recording_id).await? else { continue };
        groups.push(whole_group_view(&app, &recording, group).await?);
    }
    let mut response = Response::new(Body::from(hit_csv(&groups)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"hits.csv\""));
    Ok(response)
}

fn parse(query: CaseSearchQuery) -> Result<SearchRequest, ApiError> {
    let page_size = query.page_size.unwrap_or(20);
    if !(1..=50).contains(&page_size) {
        return Err(ApiError::invalid("page_size must be 1 to 50"));
    }
    let offset = query.page_token.map_or(Ok(0), |token| token.parse());
    Ok(SearchRequest {
        query: query.q,
        sort: match query.sort {
            None | Some(SearchSort::Relevance) => SortOrder::Relevance,
            Some(SearchSort::Time) => SortOrder::Time,
        },
        offset: offset.map_err(|_| ApiError::invalid("page_token is not one that was given out"))?,
        recordings_max: page_size as usize,
        facets: true,
        ..SearchRequest::default()
    })
}

/// Asks for the evidence of a case: video, sound, transcripts, minutes, audit extract, with a signed manifest.
#[utoipa::path(post, path = "/cases/{case_id}/exports", tag = "cases", params(("case_id" = String, Path)),
    responses((status = 202, body = CaseExportView)))]
pub(crate) async fn request_export(
    State(app): State<App>,
    permit: CasePermit,
) -> Result<(StatusCode, Json<CaseExportView>), ApiError> {
    let (recordings, audit_until) = app.archive().export_scope(&permit).await?;
    if recordings.is_empty() {
        return Err(ApiError::Conflict { detail: "the case has no recordings yet; add some first".to_owned() });
    }
    let holds = app.archive().case_holds(&permit).await?;
    let holds = holds.iter().map(serde_json::to_string).collect::<Result<_, _>>();
    let searches = app.archive().case_searches(&permit).await?;
    let export = CaseExport {
        id: app.ids().export_id(),
        case_id: permit.case().id.clone(),
        tenant_id: permit.case().tenant_id.clone(),
        plan: ExportPlan {
            recordings,
            holds: holds.map_err(|error| ApiError::internal(format!("write a hold: {error}")))?,
            searches: searches.into_iter().map(|search| (search.name, search.query)).collect(),
            audit_until,
        },
        state: ExportState::Queued,
        progress_percent: 0,
        requested_by: permit.person()?.clone(),
        requested_at: app.now(),
    };
    app.archive().request_case_export(&permit, &export).await?;
    let people = People::load(&app, &permit.case().tenant_id).await?;
    Ok((StatusCode::ACCEPTED, Json(export_view(&people, export))))
}

/// Returns the evidence as one tar archive. The same evidence gives the same bytes.
#[utoipa::path(get, path = "/cases/{case_id}/exports/{export_id}/bundle.tar", tag = "cases",
    params(("case_id" = String, Path), ("export_id" = String, Path)),
    responses((status = 200, content_type = "application/x-tar", body = Vec<u8>)))]
pub(crate) async fn download_export(
    State(app): State<App>,
    permit: CasePermit,
    PathParts(path): PathParts<ExportPath>,
) -> Result<Response, ApiError> {
    let export_id = ExportId::new(path.export_id).map_err(|_| NO_EXPORT)?;
    let export = app.archive().case_export(&permit, &export_id).await?.ok_or(NO_EXPORT)?;
    let not_ready = || ApiError::NotReady { detail: "the export is not ready yet".to_owned() };
    let finished = FinishedExport::new(export).ok_or_else(not_ready)?;
    record(&app, &permit, "case.download", json!({ "case": permit.case().id, "export": export_id })).await?;
    let length = bundle_bytes(&finished);
    let pieces = bundle_stream(app.archive().store_for_export(&permit), finished).inspect(|piece| {
        if let Err(error) = piece {
            tracing::warn!(%error, "a bundle was cut off");
        }
    });
    let mut response = Response::new(Body::from_stream(pieces));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-tar"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{export_id}.tar\""));
    let disposition = disposition.map_err(|_| ApiError::internal("an id is not a header"))?;
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    Ok(response)
}

pub(super) fn export_view(people: &People, export: CaseExport) -> CaseExportView {
    let (state, finished_at, manifest, problem) = match export.state {
        ExportState::Queued => (CaseExportStateName::Queued, None, None, None),
        ExportState::Running => (CaseExportStateName::Running, None, None, None),
        ExportState::Done { finished_at, manifest, .. } => {
            let manifest: Option<Manifest> = serde_json::from_str(&manifest).ok();
            (CaseExportStateName::Done, Some(finished_at), manifest, None)
        }
        ExportState::Failed { finished_at, problem } => {
            (CaseExportStateName::Failed, Some(finished_at), None, Some(problem))
        }
    };
    CaseExportView {
        id: export.id.to_string(),
        state,
        progress_percent: export.progress_percent,
        requested_by: people.person(&export.requested_by),
        requested_at: time_text(export.requested_at),
        finished_at: finished_at.map(time_text),
        recordings: export.plan.recordings.len() as u64,
        files: manifest.as_ref().map(|manifest| manifest.files.len() as u64),
        bytes: manifest.as_ref().map(Manifest::content_bytes),
        problem,
    }
}

async fn record(
    app: &App,
    permit: &CasePermit,
    action: &'static str,
    detail: serde_json::Value,
) -> Result<(), ApiError> {
    let what = Event { action, recording_id: None, outcome: "allowed", detail };
    audit_event(app, &permit.case().tenant_id, permit.subject(), what).await
}
