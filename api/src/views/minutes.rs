use model::{ActionItem, ActionStatus, Chapter, Citation, CitedLine, Language, Minutes, MinutesEngine, ReviewState};
use serde::Serialize;
use utoipa::ToSchema;

use super::closed_set_schemas as schemas;
use super::time_text::time_text;

/// The minutes of a recording. Every line cites what was said.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Minutes)]
pub(crate) struct MinutesView {
    pub(crate) schema: u32,
    pub(crate) recording_id: String,
    pub(crate) version: u32,
    pub(crate) transcript_version: u32,
    pub(crate) engine: MinutesEngineView,
    #[schema(value_type = schemas::Language)]
    pub(crate) language: Language,
    pub(crate) created_at: String,
    pub(crate) title: String,
    pub(crate) summary: Vec<CitedLineView>,
    pub(crate) chapters: Vec<ChapterView>,
    pub(crate) decisions: Vec<CitedLineView>,
    pub(crate) action_items: Vec<ActionItemView>,
    pub(crate) open_questions: Vec<CitedLineView>,
    pub(crate) keywords: Vec<String>,
}

/// The writer of minutes.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "engine", rename_all = "snake_case")]
#[schema(as = MinutesEngine)]
pub(crate) enum MinutesEngineView {
    /// The offline writer: every line is made of what was said.
    Extractive,
    /// A language model; its lines were checked by code.
    LanguageModel { model: String },
}

/// A line of minutes with its evidence.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CitedLine)]
pub(crate) struct CitedLineView {
    pub(crate) text: String,
    /// The evidence; never empty.
    pub(crate) citations: Vec<CitationView>,
    pub(crate) verification: VerificationView,
    #[schema(value_type = schemas::ReviewState)]
    pub(crate) review: ReviewState,
}

/// An utterance and the words quoted from it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Citation)]
pub(crate) struct CitationView {
    pub(crate) utterance_id: String,
    pub(crate) quote: String,
    pub(crate) start_ms: u64,
}

/// What checking a line against its evidence gave.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "verification", rename_all = "snake_case")]
#[schema(as = Verification)]
pub(crate) enum VerificationView {
    Verified,
    /// Something could not be confirmed; show it as such.
    Weak {
        reason: String,
    },
}

/// Something somebody is to do.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ActionItem)]
pub(crate) struct ActionItemView {
    #[serde(flatten)]
    pub(crate) line: CitedLineView,
    /// Who is to do it; null when nobody was named or answered.
    #[schema(required)]
    pub(crate) owner: Option<String>,
    /// The due date as it was said.
    #[schema(required)]
    pub(crate) due_text: Option<String>,
    /// `YYYY-MM-DD` in the meeting's time zone.
    #[schema(required)]
    pub(crate) due_date: Option<String>,
    #[schema(value_type = schemas::ActionStatus)]
    pub(crate) status: ActionStatus,
}

/// A topic of the meeting.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Chapter)]
pub(crate) struct ChapterView {
    pub(crate) title: String,
    pub(crate) start_ms: u64,
    pub(crate) end_ms: u64,
    pub(crate) points: Vec<CitedLineView>,
}

impl From<Minutes> for MinutesView {
    fn from(minutes: Minutes) -> Self {
        Self {
            schema: minutes.schema,
            recording_id: minutes.recording_id.into(),
            version: minutes.version,
            transcript_version: minutes.transcript_version,
            engine: match minutes.engine {
                MinutesEngine::Extractive => MinutesEngineView::Extractive,
                MinutesEngine::LanguageModel { model } => MinutesEngineView::LanguageModel { model },
            },
            language: minutes.language,
            created_at: time_text(minutes.created_at),
            title: minutes.title,
            summary: lines(minutes.summary),
            chapters: minutes.chapters.into_iter().map(ChapterView::from).collect(),
            decisions: lines(minutes.decisions),
            action_items: minutes.action_items.into_iter().map(ActionItemView::from).collect(),
            open_questions: lines(minutes.open_questions),
            keywords: minutes.keywords,
        }
    }
}

fn lines(lines: Vec<CitedLine>) -> Vec<CitedLineView> {
    lines.into_iter().map(CitedLineView::from).collect()
}

impl From<CitedLine> for CitedLineView {
    fn from(line: CitedLine) -> Self {
        Self {
            text: line.text,
            citations: line.citations.into_iter().map(CitationView::from).collect(),
            verification: match line.verification {
                model::Verification::Verified => VerificationView::Verified,
                model::Verification::Weak { reason } => VerificationView::Weak { reason },
            },
            review: line.review,
        }
    }
}

impl From<Citation> for CitationView {
    fn from(citation: Citation) -> Self {
        Self {
            utterance_id: citation.utterance_id.into(),
            quote: citation.quote,
            start_ms: citation.start_ms.as_millis(),
        }
    }
}

impl From<ActionItem> for ActionItemView {
    fn from(item: ActionItem) -> Self {
        Self {
            line: item.line.into(),
            owner: item.owner.map(String::from),
            due_text: item.due_text,
            due_date: item.due_date,
            status: item.status,
        }
    }
}

impl From<Chapter> for ChapterView {
    fn from(chapter: Chapter) -> Self {
        Self {
            title: chapter.title,
            start_ms: chapter.start_ms.as_millis(),
            end_ms: chapter.end_ms.as_millis(),
            points: lines(chapter.points),
        }
    }
}
