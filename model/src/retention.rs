use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Disposal, HoldId, MeetingId, RecordingId, RuleId, TenantId, Timestamp, UserId};

/// Which recordings a retention rule is about. Declared from the most general to the most explicit, and compared so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "scope", rename_all = "snake_case")]
pub enum RuleScope {
    /// Every recording of the organisation.
    Tenant,
    /// Recordings of a kind of meeting, such as `interview`.
    MeetingKind {
        /// The kind.
        meeting_kind: String,
    },
    /// Recordings of a department.
    Department {
        /// The department.
        department: String,
    },
    /// Recordings of an account.
    Host {
        /// The account.
        user_id: UserId,
    },
    /// Recordings somebody put a tag on.
    Tag {
        /// The tag.
        tag: String,
    },
}

impl RuleScope {
    /// Returns how explicit the scope is; a higher number is more explicit.
    #[must_use]
    pub const fn explicitness(&self) -> u8 {
        match self {
            Self::Tenant => 0,
            Self::MeetingKind { .. } => 1,
            Self::Department { .. } => 2,
            Self::Host { .. } => 3,
            Self::Tag { .. } => 4,
        }
    }

    /// Says whether a recording falls under it.
    #[must_use]
    pub fn covers(&self, facts: &RetentionFacts) -> bool {
        match self {
            Self::Tenant => true,
            Self::MeetingKind { meeting_kind } => facts.meeting_kind.as_ref() == Some(meeting_kind),
            Self::Department { department } => facts.department.as_ref() == Some(department),
            Self::Host { user_id } => facts.host_user_id == *user_id,
            Self::Tag { tag } => facts.tags.contains(tag),
        }
    }
}

/// What a rule says about deleting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deletion", rename_all = "snake_case")]
pub enum Deletion {
    /// Nothing: a more general rule may.
    Unspecified,
    /// Into the trash so many days after the meeting.
    After {
        /// Days of 24 hours.
        days: u32,
    },
    /// Not at all, whatever more general rules say.
    Never,
}

/// How long recordings stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionRule {
    /// Its id.
    pub id: RuleId,
    /// What people call it.
    pub name: String,
    /// Which recordings it is about.
    pub scope: RuleScope,
    /// How many days of 24 hours after the meeting nothing destroys them; zero for no minimum.
    pub keep_days: u32,
    /// What becomes of them afterwards.
    pub deletion: Deletion,
}

impl RetentionRule {
    /// The longest time a rule can name: a hundred years.
    pub const DAYS_MAX: u32 = 36_525;
}

/// How a tenant's recordings come and go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionPolicy {
    /// The rules, in no particular order.
    pub rules: Vec<RetentionRule>,
    /// How many days of 24 hours a recording stays in the trash.
    pub trash_days: u32,
}

impl Default for RetentionPolicy {
    /// No rule deletes anything, and the trash keeps for 30 days.
    fn default() -> Self {
        Self { rules: Vec::new(), trash_days: 30 }
    }
}

/// What rules and holds need to know of a recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionFacts {
    /// The organisation.
    pub tenant_id: TenantId,
    /// The recording.
    pub recording_id: RecordingId,
    /// Its meeting.
    pub meeting_id: MeetingId,
    /// Who owns the meeting.
    pub host_user_id: UserId,
    /// Every account that was in it or was given access to it.
    pub people: BTreeSet<UserId>,
    /// The department it belongs to.
    pub department: Option<String>,
    /// The kind of meeting.
    pub meeting_kind: Option<String>,
    /// What people marked it with.
    pub tags: BTreeSet<String>,
    /// The holds in force that the store knows to cover it; a hold by a search can be told in no other way.
    #[serde(default)]
    pub held_by: BTreeSet<HoldId>,
    /// When the meeting ended; retention counts from here. None while it goes on.
    pub ended_at: Option<Timestamp>,
    /// Whether it is on its way out.
    pub disposal: Disposal,
    /// What it takes in the object store, in bytes.
    pub stored_bytes: u64,
}
