use model::{
    ActionItem, ActionStatus, Chapter, Citation, CitedLine, Language, Minutes, MinutesEngine, MinutesSection,
    MinutesTemplate, ModelUsage, ReviewState, SpeakerPoints,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::closed_set_schemas as schemas;
use super::minutes_revision::MinutesRevisionView;
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
    pub(crate) revision: MinutesRevisionView,
    #[schema(value_type = schemas::MinutesTemplate)]
    pub(crate) template: MinutesTemplate,
    /// The sections a reader sees, in order.
    #[schema(value_type = Vec<schemas::MinutesSection>)]
    pub(crate) sections: Vec<MinutesSection>,
    pub(crate) lines_numbered: u32,
    /// What a language model was asked, over all versions; null when it never was.
    #[schema(required)]
    pub(crate) model_usage: Option<ModelUsageView>,
    pub(crate) title: String,
    pub(crate) summary: Vec<CitedLineView>,
    pub(crate) chapters: Vec<ChapterView>,
    pub(crate) decisions: Vec<CitedLineView>,
    pub(crate) action_items: Vec<ActionItemView>,
    pub(crate) open_questions: Vec<CitedLineView>,
    pub(crate) risks: Vec<CitedLineView>,
    pub(crate) numbers: Vec<CitedLineView>,
    pub(crate) speakers: Vec<SpeakerPointsView>,
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
    /// Names the line in every version that has it.
    pub(crate) id: u32,
    pub(crate) text: String,
    /// The evidence; never empty.
    pub(crate) citations: Vec<CitationView>,
    pub(crate) verification: VerificationView,
    pub(crate) provenance: ProvenanceView,
    #[schema(value_type = schemas::ReviewState)]
    pub(crate) review: ReviewState,
}

/// Where a line comes from.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Provenance)]
pub(crate) struct ProvenanceView {
    #[serde(flatten)]
    pub(crate) engine: MinutesEngineView,
    /// Of a language model: the SHA-256 of what it was asked.
    #[schema(required)]
    pub(crate) prompt_sha256: Option<String>,
    /// The transcript version it was last checked against.
    pub(crate) transcript_version: u32,
}

/// What a language model was asked for a recording's minutes.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ModelUsage)]
pub(crate) struct ModelUsageView {
    pub(crate) requests: u32,
    pub(crate) input_tokens: u64,
    pub(crate) output_tokens: u64,
    /// Facts that the model claimed.
    pub(crate) claimed: u64,
    /// Facts that the transcript bears out.
    pub(crate) kept: u64,
    /// Requests that were given up.
    pub(crate) unanswered: u32,
}

/// What one person said that matters most.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SpeakerPoints)]
pub(crate) struct SpeakerPointsView {
    pub(crate) participant_id: String,
    pub(crate) points: Vec<CitedLineView>,
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
    /// The transcript was corrected and no longer says this.
    Stale {
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
            engine: minutes.engine.into(),
            language: minutes.language,
            created_at: time_text(minutes.created_at),
            revision: minutes.revision.into(),
            template: minutes.template,
            sections: minutes.sections,
            lines_numbered: minutes.lines_numbered,
            model_usage: minutes.model_usage.map(ModelUsageView::from),
            title: minutes.title,
            summary: lines(minutes.summary),
            chapters: minutes.chapters.into_iter().map(ChapterView::from).collect(),
            decisions: lines(minutes.decisions),
            action_items: minutes.action_items.into_iter().map(ActionItemView::from).collect(),
            open_questions: lines(minutes.open_questions),
            risks: lines(minutes.risks),
            numbers: lines(minutes.numbers),
            speakers: minutes.speakers.into_iter().map(SpeakerPointsView::from).collect(),
            keywords: minutes.keywords,
        }
    }
}

impl From<MinutesEngine> for MinutesEngineView {
    fn from(engine: MinutesEngine) -> Self {
        match engine {
            MinutesEngine::Extractive => Self::Extractive,
            MinutesEngine::LanguageModel { model } => Self::LanguageModel { model },
        }
    }
}

impl From<ModelUsage> for ModelUsageView {
    fn from(usage: ModelUsage) -> Self {
        Self {
            requests: usage.requests,
            input_tokens: usage.input_tokens,
            output_tokens: usage.output_tokens,
            claimed: usage.claimed,
            kept: usage.kept,
            unanswered: usage.unanswered,
        }
    }
}

impl From<SpeakerPoints> for SpeakerPointsView {
    fn from(speaker: SpeakerPoints) -> Self {
        Self { participant_id: speaker.participant_id.into(), points: lines(speaker.points) }
    }
}

fn lines(lines: Vec<CitedLine>) -> Vec<CitedLineView> {
    lines.into_iter().map(CitedLineView::from).collect()
}

impl From<CitedLine> for CitedLineView {
    fn from(line: CitedLine) -> Self {
        Self {
            id: line.id.0,
            text: line.text,
            citations: line.citations.into_iter().map(CitationView::from).collect(),
            verification: match line.verification {
                model::Verification::Verified => VerificationView::Verified,
                model::Verification::Weak { reason } => VerificationView::Weak { reason },
                model::Verification::Stale { reason } => VerificationView::Stale { reason },
            },
            provenance: ProvenanceView {
                engine: line.provenance.engine.into(),
                prompt_sha256: line.provenance.prompt_sha256,
                transcript_version: line.provenance.transcript_version,
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
