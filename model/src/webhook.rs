use serde::{Deserialize, Serialize};

use crate::closed_set::closed_set;
use crate::{RecordingId, RecordingState, Timestamp, WebhookId};

closed_set! {
    /// What a webhook tells of.
    pub enum WebhookEvent as "webhook event" {
        /// A recording started: its first chunk is durable.
        Started = "recording.started",
        /// The host went off the record.
        Paused = "recording.paused",
        /// The host went back on the record.
        Resumed = "recording.resumed",
        /// A recording goes on but is not as safe as it should be.
        Degraded = "recording.degraded",
        /// A degraded recording is safe again.
        Recovered = "recording.recovered",
        /// A recording was stopped; its last segments are on their way.
        Stopped = "recording.stopped",
        /// A recording is complete, and its manifest is written.
        Sealed = "recording.sealed",
        /// A recording ended by a fault.
        Failed = "recording.failed",
    }
}

impl WebhookEvent {
    /// Returns what there is to tell when a recording goes from one state to another.
    #[must_use]
    pub const fn of_change(before: &RecordingState, after: &RecordingState) -> Option<Self> {
        use RecordingState as State;
        match (before, after) {
            (State::Requested, State::Live { .. }) => Some(Self::Started),
            (State::Live { .. }, State::Paused { .. }) => Some(Self::Paused),
            (State::Paused { .. }, State::Live { .. }) => Some(Self::Resumed),
            (State::Live { .. } | State::Paused { .. }, State::Finalizing { .. }) => Some(Self::Stopped),
            (State::Finalizing { .. } | State::Failed { .. }, State::Sealed { .. }) => Some(Self::Sealed),
            (State::Failed { .. }, State::Failed { .. }) => None,
            (_, State::Failed { .. }) => Some(Self::Failed),
            _ => None,
        }
    }
}

/// Where an organisation wants to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEndpoint {
    /// Its id.
    pub id: WebhookId,
    /// The address requests are sent to.
    pub url: String,
    /// What it is told of.
    pub events: Vec<WebhookEvent>,
    /// When it was added.
    pub created_at: Timestamp,
}

/// Where a message to an endpoint stands.
///
/// ```text
/// Pending ─> Delivered
///    └─────> GivenUp
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum DeliveryState {
    /// To be sent, again if attempts failed.
    Pending {
        /// When it is sent next.
        due_at: Timestamp,
    },
    /// The endpoint answered that it has it.
    Delivered {
        /// When.
        at: Timestamp,
    },
    /// The last attempt failed too.
    GivenUp {
        /// When.
        at: Timestamp,
    },
}

/// A message to an endpoint and what became of it: a line of the delivery log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookDelivery {
    /// The id of the message, the same in every attempt, by which receivers tell repetitions.
    pub id: String,
    /// The endpoint.
    pub webhook_id: WebhookId,
    /// The recording it is about.
    pub recording_id: RecordingId,
    /// What it tells.
    pub event: WebhookEvent,
    /// The body.
    pub body: String,
    /// When it happened.
    pub created_at: Timestamp,
    /// How often it was sent.
    pub attempts: u32,
    /// Where it stands.
    pub state: DeliveryState,
    /// The HTTP status of the last answer; none when there was none.
    pub last_status: Option<u16>,
    /// Why the last attempt failed.
    pub last_problem: Option<String>,
}

impl WebhookDelivery {
    /// Returns how long to wait after a number of failed attempts, in milliseconds: the schedule that Standard Webhooks
    /// recommends, which ends after some twenty hours.
    #[must_use]
    pub fn retry_delay_ms(attempts: u32) -> Option<u64> {
        const SECONDS: [u64; 8] = [5, 30, 120, 600, 1_800, 7_200, 18_000, 43_200];
        let step = usize::try_from(attempts.checked_sub(1)?).ok()?;
        SECONDS.get(step).map(|seconds| seconds * 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::{WebhookDelivery, WebhookEvent};
    use crate::{FailureReason, RecordingState, Timestamp};

    const T: Timestamp = Timestamp::from_micros(1);

    #[test]
    fn every_change_of_state_is_told_once() {
        let live = RecordingState::Live { started_at: T };
        let paused = RecordingState::Paused { started_at: T, paused_at: T };
        let finalizing = RecordingState::Finalizing { started_at: T, stopped_at: T };
        let sealed = RecordingState::Sealed { started_at: T, stopped_at: T, sealed_at: T, duration_ms: 1 };
        let reason = FailureReason::RecorderLost;
        let failed = RecordingState::Failed { started_at: Some(T), failed_at: T, reason };
        for (before, after, expected) in [
            (&RecordingState::Requested, &live, Some(WebhookEvent::Started)),
            (&live, &paused, Some(WebhookEvent::Paused)),
            (&paused, &live, Some(WebhookEvent::Resumed)),
            (&paused, &finalizing, Some(WebhookEvent::Stopped)),
            (&finalizing, &sealed, Some(WebhookEvent::Sealed)),
            (&failed, &sealed, Some(WebhookEvent::Sealed)),
            (&live, &failed, Some(WebhookEvent::Failed)),
            (&RecordingState::Requested, &failed, Some(WebhookEvent::Failed)),
            (&live, &live, None),
            (&failed, &failed, None),
            (&sealed, &sealed, None),
        ] {
            assert_eq!(WebhookEvent::of_change(before, after), expected, "{} to {}", before.name(), after.name());
        }
    }

    #[test]
    fn attempts_grow_apart_and_end() {
        let delays: Vec<u64> = (1..).map_while(WebhookDelivery::retry_delay_ms).collect();
        assert_eq!((delays[0], delays.len()), (5_000, 8));
        assert!(delays.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(WebhookDelivery::retry_delay_ms(0), None);
    }
}
