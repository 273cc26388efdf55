use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use model::Recording;
use search::{Hit, HitKind, RecordingHits, SearchRequest, SortOrder};
use tokio::time::Instant;

use super::recordings::required_time;
use crate::access::{Action, TenantPermit, permit_recording};
use crate::error::ApiError;
use crate::recording_view::host_name;
use crate::request::QueryString;
use crate::state::App;
use crate::views::{
    HighlightView, SearchGroupView, SearchHitKind, SearchHitView, SearchPageView, SearchQuery, SearchSort, time_text,
};

const DEADLINE: Duration = Duration::from_secs(5);

/// Searches titles, transcripts and minutes of the recordings the caller may view.
#[utoipa::path(get, path = "/search", tag = "search", params(SearchQuery),
    responses((status = 200, body = SearchPageView)))]
pub(crate) async fn search_recordings(
    State(app): State<App>,
    permit: TenantPermit,
    QueryString(query): QueryString<SearchQuery>,
) -> Result<Json<SearchPageView>, ApiError> {
    let results = app.archive().search(&permit, parse(query)?, Instant::now() + DEADLINE).await?;
    let mut groups = Vec::with_capacity(results.groups.len());
    for group in results.groups {
        groups.extend(group_view(&app, &permit, group).await?);
    }
    Ok(Json(SearchPageView {
        total_recordings: results.total_recordings as u64,
        groups,
        facets: results.facets.map(Into::into),
        query_cut: results.query_cut,
        next_page_token: results.next_offset.map(|offset| offset.to_string()),
    }))
}

fn parse(query: SearchQuery) -> Result<SearchRequest, ApiError> {
    let page_size = query.page_size.unwrap_or(20);
    if !(1..=50).contains(&page_size) {
        return Err(ApiError::invalid("page_size must be 1 to 50"));
    }
    let offset = query.page_token.map_or(Ok(0), |token| token.parse());
    Ok(SearchRequest {
        query: query.q,
        from: query.from.map(|text| required_time("from", &text)).transpose()?,
        until: query.to.map(|text| required_time("to", &text)).transpose()?,
        speaker: query.speaker.filter(|speaker| !speaker.trim().is_empty()),
        sort: match query.sort {
            None | Some(SearchSort::Relevance) => SortOrder::Relevance,
            Some(SearchSort::Time) => SortOrder::Time,
        },
        offset: offset.map_err(|_| ApiError::invalid("page_token is not one that was given out"))?,
        recordings_max: page_size as usize,
        facets: query.facets.unwrap_or(false),
        ..SearchRequest::default()
    })
}

/// Decides anew about a recording that was found: the index may be behind what was taken away a moment ago.
async fn group_view(
    app: &App,
    permit: &TenantPermit,
    group: RecordingHits,
) -> Result<Option<SearchGroupView>, ApiError> {
    match permit_recording(app, permit.subject(), Action::ReadTranscript, &group.recording_id).await {
        Ok(permit) => Ok(Some(whole_group_view(app, permit.recording(), group).await?)),
        Err(
            ApiError::NotFound { .. }
            | ApiError::Forbidden { .. }
            | ApiError::NotDesignated { .. }
            | ApiError::ApprovalNeeded,
        ) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Shows what was found in a recording whose reader may see all of it.
pub(super) async fn whole_group_view(
    app: &App,
    recording: &Recording,
    group: RecordingHits,
) -> Result<SearchGroupView, ApiError> {
    let participants = app.archive().participants(recording).await?;
    Ok(SearchGroupView {
        recording_id: recording.id.to_string(),
        title: recording.title.clone(),
        host_name: host_name(app, recording, &participants).await?,
        started_at: recording.state.started_at().map(time_text),
        total_hits: group.total_hits as u64,
        hits: group.hits.into_iter().map(hit_view).collect(),
    })
}

/// Writes hits as CSV (RFC 4180). A field that a spreadsheet could take for a formula begins with an apostrophe.
pub(super) fn hit_csv(groups: &[SearchGroupView]) -> String {
    let mut text = "\u{feff}recording,title,host,started_at,kind,start_ms,end_ms,speaker,text\r\n".to_owned();
    for group in groups {
        for hit in &group.hits {
            let kind = match hit.kind {
                SearchHitKind::Title => "title",
                SearchHitKind::Utterance => "utterance",
                SearchHitKind::Minutes => "minutes",
            };
            let (start_ms, end_ms) = (hit.start_ms.to_string(), hit.end_ms.to_string());
            let fields = [
                group.recording_id.as_str(),
                &group.title,
                &group.host_name,
                group.started_at.as_deref().unwrap_or_default(),
                kind,
                &start_ms,
                &end_ms,
                hit.speaker_name.as_deref().unwrap_or_default(),
                &hit.text,
            ];
            let fields: Vec<String> = fields.into_iter().map(csv_field).collect();
            text.push_str(&fields.join(","));
            text.push_str("\r\n");
        }
    }
    text
}

fn csv_field(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

/// Returns what the caller's own search finds as CSV: up to 50 hits of each of the first 100 recordings.
#[utoipa::path(get, path = "/search.csv", tag = "search", params(SearchQuery),
    responses((status = 200, content_type = "text/csv", body = String)))]
pub(crate) async fn export_search(
    State(app): State<App>,
    permit: TenantPermit,
    QueryString(query): QueryString<SearchQuery>,
) -> Result<Response, ApiError> {
    let request = SearchRequest { recordings_max: 100, hits_max: 50, ..parse(query)? };
    let results = app.archive().search(&permit, request, Instant::now() + DEADLINE).await?;
    let mut groups = Vec::with_capacity(results.groups.len());
    for group in results.groups {
        groups.extend(group_view(&app, &permit, group).await?);
    }
    let mut response = hit_csv(&groups).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"hits.csv\""));
    Ok(response)
}

fn hit_view(hit: Hit) -> SearchHitView {
    let (speaker_id, speaker_name) = hit.speaker.map(|speaker| (speaker.id.to_string(), speaker.name)).unzip();
    let highlight =
        |highlight: search::Highlight| HighlightView { start: highlight.start as u64, end: highlight.end as u64 };
    SearchHitView {
        kind: match hit.kind {
            HitKind::Title => SearchHitKind::Title,
            HitKind::Utterance => SearchHitKind::Utterance,
            HitKind::Minutes => SearchHitKind::Minutes,
        },
        start_ms: hit.start_ms.as_millis(),
        end_ms: hit.end_ms.as_millis(),
        speaker_id,
        speaker_name,
        utterance_id: hit.utterance_id.map(String::from),
        text: hit.text,
        highlights: hit.highlights.into_iter().map(highlight).collect(),
        score: hit.score,
    }
}
