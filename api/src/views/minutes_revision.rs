use model::{LineId, MinutesAuthor, MinutesChange, MinutesRevision, MinutesSection};
use serde::Serialize;
use utoipa::ToSchema;

use super::closed_set_schemas as schemas;

/// Who made a version of minutes, and what of it is new.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MinutesRevision)]
pub(crate) struct MinutesRevisionView {
    pub(crate) author: MinutesAuthorView,
    pub(crate) change: MinutesChangeView,
}

/// Who made a version of minutes.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "author", rename_all = "snake_case")]
#[schema(as = MinutesAuthor)]
pub(crate) enum MinutesAuthorView {
    /// Huiji by itself.
    Huiji,
    /// A person.
    Person { user_id: String },
}

/// What is new in a version of minutes.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "change", rename_all = "snake_case")]
#[schema(as = MinutesChange)]
pub(crate) enum MinutesChangeView {
    /// Everything: the first version.
    Written,
    /// Lines were written again.
    Rewritten {
        /// The one section that was asked for; null for all.
        #[schema(value_type = Option<schemas::MinutesSection>, required)]
        section: Option<MinutesSection>,
    },
    /// A person reviewed lines.
    Reviewed { lines: Vec<u32> },
    /// An earlier version was taken again.
    Restored { version: u32 },
    /// The transcript was corrected, and lines that cite it were checked again.
    TranscriptChanged { transcript_version: u32, lines: Vec<u32> },
}

impl From<MinutesRevision> for MinutesRevisionView {
    fn from(revision: MinutesRevision) -> Self {
        let numbers = |lines: Vec<LineId>| lines.into_iter().map(|line| line.0).collect();
        Self {
            author: match revision.author {
                MinutesAuthor::Huiji => MinutesAuthorView::Huiji,
                MinutesAuthor::Person { user_id } => MinutesAuthorView::Person { user_id: user_id.into() },
            },
            change: match revision.change {
                MinutesChange::Written => MinutesChangeView::Written,
                MinutesChange::Rewritten { section } => MinutesChangeView::Rewritten { section },
                MinutesChange::Reviewed { lines } => MinutesChangeView::Reviewed { lines: numbers(lines) },
                MinutesChange::Restored { version } => MinutesChangeView::Restored { version },
                MinutesChange::TranscriptChanged { transcript_version, lines } => {
                    MinutesChangeView::TranscriptChanged { transcript_version, lines: numbers(lines) }
                }
            },
        }
    }
}
