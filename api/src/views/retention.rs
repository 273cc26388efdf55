use model::{Deletion, RuleScope};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actor::ActorView;

/// Which recordings a rule is about, from the most general to the most explicit.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "scope", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = RuleScope)]
pub(crate) enum RuleScopeView {
    /// Every recording of the organisation.
    Tenant,
    /// Recordings of a kind of meeting.
    MeetingKind { meeting_kind: String },
    /// Recordings of a department.
    Department { department: String },
    /// Recordings of an account.
    Host { user_id: String },
    /// Recordings somebody put a tag on.
    Tag { tag: String },
}

impl From<&RuleScope> for RuleScopeView {
    fn from(scope: &RuleScope) -> Self {
        match scope.clone() {
            RuleScope::Tenant => Self::Tenant,
            RuleScope::MeetingKind { meeting_kind } => Self::MeetingKind { meeting_kind },
            RuleScope::Department { department } => Self::Department { department },
            RuleScope::Host { user_id } => Self::Host { user_id: user_id.to_string() },
            RuleScope::Tag { tag } => Self::Tag { tag },
        }
    }
}

/// What a rule says about deleting.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(tag = "deletion", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = Deletion)]
pub(crate) enum DeletionView {
    /// Nothing: a more general rule may.
    Unspecified,
    /// Into the trash so many days after the meeting.
    After { days: u32 },
    /// Not at all, whatever more general rules say.
    Never,
}

impl From<Deletion> for DeletionView {
    fn from(deletion: Deletion) -> Self {
        match deletion {
            Deletion::Unspecified => Self::Unspecified,
            Deletion::After { days } => Self::After { days },
            Deletion::Never => Self::Never,
        }
    }
}

impl From<DeletionView> for Deletion {
    fn from(deletion: DeletionView) -> Self {
        match deletion {
            DeletionView::Unspecified => Self::Unspecified,
            DeletionView::After { days } => Self::After { days },
            DeletionView::Never => Self::Never,
        }
    }
}

/// How long recordings stay.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RetentionRule)]
pub(crate) struct RuleView {
    /// Left out for a new rule.
    #[serde(default)]
    pub(crate) id: Option<String>,
    /// What people call it.
    #[schema(min_length = 1, max_length = 120)]
    pub(crate) name: String,
    pub(crate) scope: RuleScopeView,
    /// How many days of 24 hours after the meeting nothing destroys them; zero for no minimum.
    pub(crate) keep_days: u32,
    pub(crate) deletion: DeletionView,
}

/// How recordings come and go.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RetentionPolicy)]
pub(crate) struct PolicyView {
    /// How many days a recording stays in the trash.
    pub(crate) trash_days: u32,
    pub(crate) rules: Vec<RuleView>,
}

/// The policy in force.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RetentionPolicyInForce)]
pub(crate) struct PolicyInForceView {
    pub(crate) policy: PolicyView,
    /// Say it when saving, so that nobody's change is lost; zero before a first one is saved.
    pub(crate) version: i64,
}

/// A policy to put in force.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PolicySave {
    pub(crate) policy: PolicyView,
    /// The version it was made from.
    pub(crate) version: i64,
}

/// What to simulate.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SimulationRequest {
    /// A draft; the policy in force when left out.
    #[serde(default)]
    pub(crate) policy: Option<PolicyView>,
    /// How many days to look ahead, 0 to 3,653; a year when left out.
    #[serde(default)]
    #[schema(maximum = 3653)]
    pub(crate) days: Option<u16>,
    /// Where days begin; UTC when left out.
    #[serde(default)]
    pub(crate) time_zone: Option<String>,
}

/// What a policy would do. Nothing is changed by asking.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Simulation)]
pub(crate) struct SimulationView {
    /// What goes on which day, in order; days without are left out.
    pub(crate) days: Vec<SimulatedDayView>,
    /// What goes, by the first thing that happens to it; at most 500.
    pub(crate) going: Vec<SimulatedRecordingView>,
    pub(crate) going_total: u64,
    /// What would go but for a hold; at most 500.
    pub(crate) blocked: Vec<SimulatedRecordingView>,
    pub(crate) blocked_total: u64,
    /// What there is now.
    pub(crate) all: AmountView,
    /// What is still there at the end.
    pub(crate) staying: AmountView,
}

/// So many recordings and bytes.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = Amount)]
pub(crate) struct AmountView {
    pub(crate) recordings: u64,
    pub(crate) stored_bytes: u64,
}

impl From<storage_policies::Amount> for AmountView {
    fn from(amount: storage_policies::Amount) -> Self {
        Self { recordings: amount.recordings, stored_bytes: amount.stored_bytes }
    }
}

/// What happens on a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SimulatedDay)]
pub(crate) struct SimulatedDayView {
    #[schema(example = "2026-03-02")]
    pub(crate) day: String,
    /// What is moved to the trash.
    pub(crate) trashed: AmountView,
    /// What is destroyed.
    pub(crate) purged: AmountView,
}

/// What happens to a recording.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SimulatedRecording)]
pub(crate) struct SimulatedRecordingView {
    pub(crate) recording_id: String,
    pub(crate) title: String,
    pub(crate) host: ActorView,
    pub(crate) stored_bytes: u64,
    /// The rule that moves it to the trash; none when it is there already.
    #[schema(required)]
    pub(crate) rule_id: Option<String>,
    #[schema(required)]
    pub(crate) trashed_at: Option<String>,
    #[schema(required)]
    pub(crate) purged_at: Option<String>,
    pub(crate) held_by: Vec<String>,
}
