use model::{HoldScope, HoldState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actor::ActorView;

/// What a legal hold keeps from being deleted, also what is recorded later.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "scope", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = HoldScope)]
pub(crate) enum HoldScopeView {
    /// One recording.
    Recording { recording_id: String },
    /// Every recording of a meeting.
    Meeting { meeting_id: String },
    /// Every recording that an account hosts, was in, or was given access to: its id or the name it signs in with.
    Person { user: String },
    /// Every recording a search finds, now and whenever new text can be found.
    Query { query: String },
    /// Every recording of the organisation.
    Tenant,
}

impl From<&HoldScope> for HoldScopeView {
    fn from(scope: &HoldScope) -> Self {
        match scope {
            HoldScope::Recording { recording_id } => Self::Recording { recording_id: recording_id.to_string() },
            HoldScope::Meeting { meeting_id } => Self::Meeting { meeting_id: meeting_id.to_string() },
            HoldScope::Person { user_id } => Self::Person { user: user_id.to_string() },
            HoldScope::Query { query } => Self::Query { query: query.clone() },
            HoldScope::Tenant => Self::Tenant,
        }
    }
}

/// A hold to place.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewHold {
    pub(crate) scope: HoldScopeView,
    /// A case number or a sentence, 1 to 500 characters.
    #[schema(min_length = 1, max_length = 500)]
    pub(crate) reason: String,
}

/// What placing a hold found.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PlacedHold)]
pub(crate) struct PlacedHoldView {
    pub(crate) hold: HoldView,
    /// How many recordings it covers now.
    pub(crate) covered: u64,
    /// The recordings in its scope whose destruction had begun: for them it came too late.
    pub(crate) too_late: Vec<String>,
    /// For a hold by a search: how many recordings lie in the trash, where no search looks. Hold them by recording.
    pub(crate) not_searched: u64,
}

/// The holds of the organisation, the newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = HoldList)]
pub(crate) struct HoldListView {
    pub(crate) holds: Vec<HoldView>,
}

/// Where a hold stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HoldStateName {
    Active,
    /// In force until a second person agrees to its end.
    ReleaseRequested,
    Released,
}

/// An order to keep recordings, whatever rules, people or quotas say.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Hold)]
pub(crate) struct HoldView {
    pub(crate) id: String,
    pub(crate) scope: HoldScopeView,
    /// The title or name of what it is about, when there is one.
    #[schema(required)]
    pub(crate) scope_name: Option<String>,
    pub(crate) reason: String,
    pub(crate) state: HoldStateName,
    pub(crate) placed_by: ActorView,
    pub(crate) placed_at: String,
    #[schema(required)]
    pub(crate) release_requested_by: Option<ActorView>,
    #[schema(required)]
    pub(crate) release_requested_at: Option<String>,
    #[schema(required)]
    pub(crate) released_by: Option<ActorView>,
    #[schema(required)]
    pub(crate) released_at: Option<String>,
}

impl HoldStateName {
    pub(crate) const fn of(state: &HoldState) -> Self {
        match state {
            HoldState::Active => Self::Active,
            HoldState::ReleaseRequested { .. } => Self::ReleaseRequested,
            HoldState::Released { .. } => Self::Released,
        }
    }
}
