use jiff::tz::TimeZone;
use model::{MediaTime, RecordingId, Timestamp, UtteranceId};
use serde::{Deserialize, Serialize};

use crate::document::{HitKind, Speaker};
use crate::facets::Facets;
use crate::highlight::Highlight;

/// Which recordings a search may look at. Nothing of any other recording shows in its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visibility {
    /// Every recording of the tenant.
    All,
    /// These and no others.
    Recordings(Vec<RecordingId>),
}

/// How recordings are ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortOrder {
    /// The best hit first.
    #[default]
    Relevance,
    /// The newest recording first, its hits in the order of the meeting.
    Time,
}

/// What to search for.
#[derive(Debug, Clone)]
pub struct SearchRequest {
    /// What was typed: words, `"phrases"`, `-excluded`, `OR`, `speaker:`, `host:`, `from:`, `to:`,
    /// `in:title|minutes|transcript`, `has:action|decision|question|transcript|minutes`.
    /// Every text is accepted.
    pub query: String,
    /// Only recordings from this time on.
    pub from: Option<Timestamp>,
    /// Only recordings before this time.
    pub until: Option<Timestamp>,
    /// Only what this person said, by name or participant id.
    pub speaker: Option<String>,
    /// How recordings are ordered.
    pub sort: SortOrder,
    /// How many recordings to pass over.
    pub offset: usize,
    /// How many recordings to return, 1 to 100; what is outside is moved inside.
    pub recordings_max: usize,
    /// How many hits to return of each, 1 to 50; what is outside is moved inside.
    pub hits_max: usize,
    /// Whether to count how the hits spread.
    pub facets: bool,
    /// The zone in which the days of `from:` and `to:`, and the months of facets, begin.
    pub time_zone: TimeZone,
}

impl Default for SearchRequest {
    fn default() -> Self {
        Self {
            query: String::new(),
            from: None,
            until: None,
            speaker: None,
            sort: SortOrder::Relevance,
            offset: 0,
            recordings_max: 20,
            hits_max: 5,
            facets: false,
            time_zone: TimeZone::UTC,
        }
    }
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SearchResults {
    /// How many visible recordings have a hit.
    pub total_recordings: usize,
    /// The recordings of this page.
    pub groups: Vec<RecordingHits>,
    /// The offset of the next page; none when this is the last.
    pub next_offset: Option<usize>,
    /// How the hits of all pages spread; none unless asked for.
    pub facets: Option<Facets>,
    /// Whether the query was longer than is looked at.
    pub query_cut: bool,
}

/// What was found in one recording.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordingHits {
    /// The recording.
    pub recording_id: RecordingId,
    /// How many hits it has.
    pub total_hits: usize,
    /// The best of them, or the first when ordered by time.
    pub hits: Vec<Hit>,
}

/// A title, utterance or line of minutes that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// What it is a piece of.
    pub kind: HitKind,
    /// Where to seek to.
    pub start_ms: MediaTime,
    /// Where it ends; equal to the start for a line of minutes.
    pub end_ms: MediaTime,
    /// Who said it; none for titles and minutes.
    pub speaker: Option<Speaker>,
    /// The utterance, or the first one that a line of minutes cites.
    pub utterance_id: Option<UtteranceId>,
    /// The text. Untrusted: escape it wherever it is rendered.
    pub text: String,
    /// What to mark in the text.
    pub highlights: Vec<Highlight>,
    /// How well it fits; comparable within one answer only.
    pub score: f32,
}
