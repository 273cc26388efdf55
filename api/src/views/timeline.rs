use model::{Layout, Rendition, SpanCause, TimelineEvent, TimelineEventKind, TrackSource};
use serde::Serialize;
use utoipa::ToSchema;

use super::closed_set_schemas as schemas;
use super::time_text::time_text;

/// What happened during a recording, in order.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Timeline)]
pub(crate) struct TimelineView {
    pub(crate) events: Vec<TimelineEventView>,
}

/// Something that happened at a moment of the recording.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TimelineEvent)]
pub(crate) struct TimelineEventView {
    /// Where on the recording's timeline.
    pub(crate) at_ms: u64,
    /// The wall-clock time.
    pub(crate) at: String,
    #[serde(flatten)]
    pub(crate) kind: TimelineEventKindView,
}

/// What can happen on a recording's timeline.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
#[schema(as = TimelineEventKind)]
pub(crate) enum TimelineEventKindView {
    Joined {
        participant_id: String,
    },
    Left {
        participant_id: String,
    },
    Muted {
        participant_id: String,
        #[schema(value_type = schemas::TrackSource)]
        source: TrackSource,
        muted: bool,
    },
    ActiveSpeaker {
        /// Null when all are silent.
        #[schema(required)]
        participant_id: Option<String>,
    },
    LayoutChanged {
        #[schema(value_type = schemas::Layout)]
        layout: Layout,
    },
    /// A stretch without meeting media began.
    SpanBegan {
        #[schema(value_type = schemas::SpanCause)]
        cause: SpanCause,
        /// The rendition concerned; null for both.
        #[schema(required, value_type = Option<schemas::Rendition>)]
        rendition: Option<Rendition>,
    },
    /// A stretch without meeting media ended.
    SpanEnded {
        #[schema(value_type = schemas::SpanCause)]
        cause: SpanCause,
        /// The rendition concerned; null for both.
        #[schema(required, value_type = Option<schemas::Rendition>)]
        rendition: Option<Rendition>,
    },
}

impl From<Vec<TimelineEvent>> for TimelineView {
    fn from(events: Vec<TimelineEvent>) -> Self {
        Self { events: events.into_iter().map(TimelineEventView::from).collect() }
    }
}

impl From<TimelineEvent> for TimelineEventView {
    fn from(event: TimelineEvent) -> Self {
        Self { at_ms: event.at_ms.as_millis(), at: time_text(event.at), kind: event.kind.into() }
    }
}

impl From<TimelineEventKind> for TimelineEventKindView {
    fn from(kind: TimelineEventKind) -> Self {
        match kind {
            TimelineEventKind::Joined { participant_id } => Self::Joined { participant_id: participant_id.into() },
            TimelineEventKind::Left { participant_id } => Self::Left { participant_id: participant_id.into() },
            TimelineEventKind::Muted { participant_id, source, muted } => {
                Self::Muted { participant_id: participant_id.into(), source, muted }
            }
            TimelineEventKind::ActiveSpeaker { participant_id } => {
                Self::ActiveSpeaker { participant_id: participant_id.map(String::from) }
            }
            TimelineEventKind::LayoutChanged { layout } => Self::LayoutChanged { layout },
            TimelineEventKind::SpanBegan { cause, rendition } => Self::SpanBegan { cause, rendition },
            TimelineEventKind::SpanEnded { cause, rendition } => Self::SpanEnded { cause, rendition },
        }
    }
}
