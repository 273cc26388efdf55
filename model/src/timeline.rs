use serde::{Deserialize, Serialize};

use crate::closed_set::closed_set;
use crate::{Layout, MediaTime, ParticipantId, Rendition, Timestamp, TrackSource};

closed_set! {
    /// Why a stretch of the timeline holds no meeting media.
    pub enum SpanCause as "span cause" {
        /// The host went off the record.
        Pause = "pause",
        /// The recorder was restarted after a crash.
        RecorderRestart = "recorder_restart",
        /// Video was stopped to save disk; audio went on.
        DiskLow = "disk_low",
    }
}

/// Something that happened at a moment of the recording; a line of `events.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineEvent {
    /// Where on the recording's timeline.
    pub at_ms: MediaTime,
    /// The wall-clock time.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub kind: TimelineEventKind,
}

/// What can happen on a recording's timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum TimelineEventKind {
    /// A participant came.
    Joined {
        /// Who.
        participant_id: ParticipantId,
    },
    /// A participant went.
    Left {
        /// Who.
        participant_id: ParticipantId,
    },
    /// A participant's source was muted or unmuted.
    Muted {
        /// Who.
        participant_id: ParticipantId,
        /// Which source.
        source: TrackSource,
        /// Whether it is muted from here on.
        muted: bool,
    },
    /// Another participant became the active speaker, or nobody is.
    ActiveSpeaker {
        /// Who; none when all are silent.
        participant_id: Option<ParticipantId>,
    },
    /// The arrangement of the picture changed.
    LayoutChanged {
        /// The arrangement from here on.
        layout: Layout,
    },
    /// A stretch without meeting media began.
    SpanBegan {
        /// Why.
        cause: SpanCause,
        /// The rendition concerned; none for both.
        rendition: Option<Rendition>,
    },
    /// A stretch without meeting media ended.
    SpanEnded {
        /// Why it had begun.
        cause: SpanCause,
        /// The rendition concerned; none for both.
        rendition: Option<Rendition>,
    },
}
