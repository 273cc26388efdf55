use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What to search for.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchQuery {
    /// Words, "phrases", -excluded words, OR, speaker:, host:, from:, to:, in:title|minutes|transcript,
    /// has:action|decision|question|transcript|minutes.
    pub(crate) q: String,
    /// Meetings that started at or after this RFC 3339 time.
    pub(crate) from: Option<String>,
    /// Meetings that started before this RFC 3339 time.
    pub(crate) to: Option<String>,
    /// Part of a speaker's name.
    pub(crate) speaker: Option<String>,
    /// `relevance` when left out.
    #[param(inline)]
    pub(crate) sort: Option<SearchSort>,
    /// Whether to count how the hits spread over speakers, months and hosts.
    pub(crate) facets: Option<bool>,
    /// How many recordings to return, 1 to 50; 20 when left out.
    #[param(minimum = 1, maximum = 50)]
    pub(crate) page_size: Option<u32>,
    /// Where the last page ended.
    pub(crate) page_token: Option<String>,
}

/// How hits are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SearchSort {
    /// Best first.
    Relevance,
    /// Newest meeting first.
    Time,
}

/// What was found, grouped by recording.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SearchPage)]
pub(crate) struct SearchPageView {
    /// How many recordings have hits.
    pub(crate) total_recordings: u64,
    pub(crate) groups: Vec<SearchGroupView>,
    /// How the hits of all pages spread; null unless asked for.
    #[schema(required)]
    pub(crate) facets: Option<FacetsView>,
    /// Whether the query was longer than is looked at.
    pub(crate) query_cut: bool,
    #[schema(required)]
    pub(crate) next_page_token: Option<String>,
}

/// How hits spread, over what the caller may view.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SearchFacets)]
pub(crate) struct FacetsView {
    pub(crate) speakers: Vec<FacetCountView>,
    /// `2026-03`.
    pub(crate) months: Vec<FacetCountView>,
    /// Account ids.
    pub(crate) hosts: Vec<FacetCountView>,
}

/// How often a value occurs.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FacetCount)]
pub(crate) struct FacetCountView {
    pub(crate) value: String,
    pub(crate) recordings: u64,
    pub(crate) hits: u64,
}

impl From<search::Facets> for FacetsView {
    fn from(facets: search::Facets) -> Self {
        let counts = |counts: Vec<search::FacetCount>| counts.into_iter().map(FacetCountView::from).collect();
        Self { speakers: counts(facets.speakers), months: counts(facets.months), hosts: counts(facets.hosts) }
    }
}

impl From<search::FacetCount> for FacetCountView {
    fn from(count: search::FacetCount) -> Self {
        Self { value: count.value, recordings: count.recordings as u64, hits: count.hits as u64 }
    }
}

/// The hits of one recording.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SearchGroup)]
pub(crate) struct SearchGroupView {
    pub(crate) recording_id: String,
    pub(crate) title: String,
    pub(crate) host_name: String,
    #[schema(required)]
    pub(crate) started_at: Option<String>,
    /// How many hits the recording has; the best of them follow.
    pub(crate) total_hits: u64,
    pub(crate) hits: Vec<SearchHitView>,
}

/// A place where something was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SearchHit)]
pub(crate) struct SearchHitView {
    pub(crate) kind: SearchHitKind,
    /// Where to seek to.
    pub(crate) start_ms: u64,
    /// Where it ends; the start for titles and minutes.
    pub(crate) end_ms: u64,
    #[schema(required)]
    pub(crate) speaker_id: Option<String>,
    #[schema(required)]
    pub(crate) speaker_name: Option<String>,
    /// The utterance, or the first one that a line of minutes cites.
    #[schema(required)]
    pub(crate) utterance_id: Option<String>,
    pub(crate) text: String,
    /// What to mark, as UTF-16 offsets into `text`.
    pub(crate) highlights: Vec<HighlightView>,
    pub(crate) score: f32,
}

/// What kind of text was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SearchHitKind {
    Utterance,
    Minutes,
    Title,
}

/// A stretch of a text, in UTF-16 code units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Highlight)]
pub(crate) struct HighlightView {
    pub(crate) start: u64,
    /// The unit after the last.
    pub(crate) end: u64,
}
