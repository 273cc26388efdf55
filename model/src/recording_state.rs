use serde::{Deserialize, Serialize};

use crate::closed_set::closed_set;
use crate::{Error, Timestamp};

closed_set! {
    /// Why a recording failed.
    pub enum FailureReason as "failure reason" {
        /// The recorder could not be started.
        RecorderStart = "recorder_start",
        /// The recorder process died and could not be restarted.
        RecorderLost = "recorder_lost",
        /// The media spool could not be written.
        SpoolUnwritable = "spool_unwritable",
        /// No first segment became durable in time.
        NoMedia = "no_media",
    }
}

/// Where a recording stands.
///
/// ```text
/// Requested ─> Live <─> Paused
///     │          └──┬─────┘
///     │             v
///     │         Finalizing ─> Sealed
///     │             │           ^
///     └──> Failed <─┘           │ salvaged
///             └─────────────────┘
/// ```
///
/// `Live` and `Paused` may also fail. Every field exists only in the states in which it is true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum RecordingState {
    /// Asked for and admitted; the recorder is being started.
    Requested,
    /// Media is being recorded.
    Live {
        /// The wall-clock time of media time zero.
        started_at: Timestamp,
    },
    /// The host took the meeting off the record; the timeline goes on in black and silence.
    Paused {
        /// The wall-clock time of media time zero.
        started_at: Timestamp,
        /// When the pause began.
        paused_at: Timestamp,
    },
    /// Stopped; the last segments are on their way to the store.
    Finalizing {
        /// The wall-clock time of media time zero.
        started_at: Timestamp,
        /// When it was stopped.
        stopped_at: Timestamp,
    },
    /// Complete: the manifest lists every object with its hash.
    Sealed {
        /// The wall-clock time of media time zero.
        started_at: Timestamp,
        /// When it was stopped.
        stopped_at: Timestamp,
        /// When the manifest was written.
        sealed_at: Timestamp,
        /// The length of the timeline in milliseconds.
        duration_ms: u64,
    },
    /// Ended by a fault; what was durable is kept and may be salvaged.
    Failed {
        /// The wall-clock time of media time zero, when media ever came.
        started_at: Option<Timestamp>,
        /// When it failed.
        failed_at: Timestamp,
        /// Why.
        reason: FailureReason,
    },
}

/// What can happen to a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordingEvent {
    /// The first segment is durable.
    Start {
        /// The wall-clock time of media time zero.
        started_at: Timestamp,
    },
    /// The host goes off the record.
    Pause {
        /// When.
        at: Timestamp,
    },
    /// The host goes back on the record.
    Resume,
    /// The host ends it.
    Stop {
        /// When.
        at: Timestamp,
    },
    /// Everything is stored and the manifest is written; also salvages a failed recording.
    Seal {
        /// When.
        at: Timestamp,
        /// The length of the timeline in milliseconds.
        duration_ms: u64,
    },
    /// A fault ended it.
    Fail {
        /// When.
        at: Timestamp,
        /// Why.
        reason: FailureReason,
    },
}

impl RecordingState {
    /// Applies an event.
    ///
    /// # Errors
    /// [`Error::InvalidTransition`] when the event does not apply in this state.
    #[expect(clippy::match_same_arms, reason = "each arm is a row of the diagram above")]
    pub fn apply(self, event: RecordingEvent) -> Result<Self, Error> {
        use RecordingEvent as Event;
        match (self, event) {
            (Self::Requested, Event::Start { started_at }) => Ok(Self::Live { started_at }),
            (Self::Live { started_at }, Event::Pause { at }) => Ok(Self::Paused { started_at, paused_at: at }),
            (Self::Paused { started_at, .. }, Event::Resume) => Ok(Self::Live { started_at }),
            (Self::Live { started_at } | Self::Paused { started_at, .. }, Event::Stop { at }) => {
                Ok(Self::Finalizing { started_at, stopped_at: at })
            }
            (Self::Finalizing { started_at, stopped_at }, Event::Seal { at, duration_ms }) => {
                Ok(Self::Sealed { started_at, stopped_at, sealed_at: at, duration_ms })
            }
            (Self::Failed { started_at: Some(started_at), failed_at, .. }, Event::Seal { at, duration_ms }) => {
                Ok(Self::Sealed { started_at, stopped_at: failed_at, sealed_at: at, duration_ms })
            }
            (Self::Requested, Event::Fail { at, reason }) => {
                Ok(Self::Failed { started_at: None, failed_at: at, reason })
            }
            (
                Self::Live { started_at } | Self::Paused { started_at, .. } | Self::Finalizing { started_at, .. },
                Event::Fail { at, reason },
            ) => Ok(Self::Failed { started_at: Some(started_at), failed_at: at, reason }),
            (state, event) => {
                Err(Error::InvalidTransition { subject: "recording", event: event.name(), state: state.name() })
            }
        }
    }

    /// Returns the state's wire name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Live { .. } => "live",
            Self::Paused { .. } => "paused",
            Self::Finalizing { .. } => "finalizing",
            Self::Sealed { .. } => "sealed",
            Self::Failed { .. } => "failed",
        }
    }

    /// Says whether media may still arrive, so tracks can be added.
    #[must_use]
    pub const fn accepts_media(&self) -> bool {
        matches!(self, Self::Requested | Self::Live { .. } | Self::Paused { .. })
    }

    /// Returns the wall-clock time of media time zero, once there is one.
    #[must_use]
    pub const fn started_at(&self) -> Option<Timestamp> {
        match self {
            Self::Requested => None,
            Self::Live { started_at }
            | Self::Paused { started_at, .. }
            | Self::Finalizing { started_at, .. }
            | Self::Sealed { started_at, .. } => Some(*started_at),
            Self::Failed { started_at, .. } => *started_at,
        }
    }
}

impl RecordingEvent {
    /// Returns the event as a verb.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Start { .. } => "start",
            Self::Pause { .. } => "pause",
            Self::Resume => "resume",
            Self::Stop { .. } => "stop",
            Self::Seal { .. } => "seal",
            Self::Fail { .. } => "fail",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FailureReason, RecordingEvent, RecordingState};
    use crate::Timestamp;

    const T: Timestamp = Timestamp::from_micros(1);

    fn states() -> Vec<RecordingState> {
        vec![
            RecordingState::Requested,
            RecordingState::Live { started_at: T },
            RecordingState::Paused { started_at: T, paused_at: T },
            RecordingState::Finalizing { started_at: T, stopped_at: T },
            RecordingState::Sealed { started_at: T, stopped_at: T, sealed_at: T, duration_ms: 1 },
            RecordingState::Failed { started_at: Some(T), failed_at: T, reason: FailureReason::RecorderLost },
            RecordingState::Failed { started_at: None, failed_at: T, reason: FailureReason::RecorderStart },
        ]
    }

    fn events() -> Vec<RecordingEvent> {
        vec![
            RecordingEvent::Start { started_at: T },
            RecordingEvent::Pause { at: T },
            RecordingEvent::Resume,
            RecordingEvent::Stop { at: T },
            RecordingEvent::Seal { at: T, duration_ms: 1 },
            RecordingEvent::Fail { at: T, reason: FailureReason::RecorderLost },
        ]
    }

    #[test]
    fn every_state_meets_every_event() {
        let table: Vec<Vec<&str>> = states()
            .into_iter()
            .map(|state| {
                events().into_iter().map(|event| state.clone().apply(event).map_or("-", |next| next.name())).collect()
            })
            .collect();
        // Columns: start, pause, resume, stop, seal, fail.
        let expected = vec![
            vec!["live", "-", "-", "-", "-", "failed"],
            vec!["-", "paused", "-", "finalizing", "-", "failed"],
            vec!["-", "-", "live", "finalizing", "-", "failed"],
            vec!["-", "-", "-", "-", "sealed", "failed"],
            vec!["-", "-", "-", "-", "-", "-"],
            vec!["-", "-", "-", "-", "sealed", "-"],
            vec!["-", "-", "-", "-", "-", "-"],
        ];
        assert_eq!(table, expected);
    }

    #[test]
    fn states_survive_json() {
        for state in states() {
            let text = serde_json::to_string(&state).expect("serialises");
            assert_eq!(serde_json::from_str::<RecordingState>(&text).expect("parses"), state);
        }
    }
}
