use serde::{Deserialize, Serialize};

use crate::{HoldId, MeetingId, RecordingId, TenantId, Timestamp, UserId};

/// What a legal hold keeps from being deleted. Recordings made later fall under it like those that are there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "scope", rename_all = "snake_case")]
pub enum HoldScope {
    /// One recording.
    Recording {
        /// The recording.
        recording_id: RecordingId,
    },
    /// Every recording of a meeting.
    Meeting {
        /// The meeting.
        meeting_id: MeetingId,
    },
    /// Every recording that an account hosts, was in, or was given access to.
    Person {
        /// The account.
        user_id: UserId,
    },
    /// Every recording a search finds, when the hold is placed and whenever new text can be found.
    Query {
        /// The query.
        query: String,
    },
    /// Every recording of the organisation.
    Tenant,
}

impl HoldScope {
    /// Returns the wire name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Recording { .. } => "recording",
            Self::Meeting { .. } => "meeting",
            Self::Person { .. } => "person",
            Self::Query { .. } => "query",
            Self::Tenant => "tenant",
        }
    }
}

/// Where a hold stands. It never ends by itself, and nobody ends it alone.
///
/// ```text
/// Active ─request (one person)─> ReleaseRequested ─confirm (another)─> Released
///    ^───────────withdraw────────────────┘
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum HoldState {
    /// In force.
    Active,
    /// In force; somebody asked for its end.
    ReleaseRequested {
        /// Who asked.
        requested_by: UserId,
        /// When.
        requested_at: Timestamp,
    },
    /// Over.
    Released {
        /// Who asked.
        requested_by: UserId,
        /// The other person, who agreed.
        released_by: UserId,
        /// When.
        released_at: Timestamp,
    },
}

/// An order to keep recordings, whatever rules, people or quotas say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalHold {
    /// Its id.
    pub id: HoldId,
    /// The organisation.
    pub tenant_id: TenantId,
    /// What it keeps.
    pub scope: HoldScope,
    /// Why, for people: a case number or a sentence.
    pub reason: String,
    /// Who placed it.
    pub placed_by: UserId,
    /// When.
    pub placed_at: Timestamp,
    /// Whether it is still in force.
    pub state: HoldState,
}

impl LegalHold {
    /// Says whether it is in force.
    #[must_use]
    pub const fn is_in_force(&self) -> bool {
        !matches!(self.state, HoldState::Released { .. })
    }
}
