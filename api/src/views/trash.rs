use serde::{Deserialize, Serialize};
use store::DisposalReason;
use utoipa::ToSchema;

use super::actor::ActorView;

/// Recordings in the trash, what goes first first.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Trash)]
pub(crate) struct TrashView {
    pub(crate) recordings: Vec<TrashedRecordingView>,
    /// How many days a recording stays here.
    pub(crate) trash_days: u32,
}

/// A recording in the trash.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TrashedRecording)]
pub(crate) struct TrashedRecordingView {
    pub(crate) recording_id: String,
    pub(crate) title: String,
    pub(crate) host: ActorView,
    pub(crate) created_at: String,
    #[schema(required)]
    pub(crate) trashed_at: Option<String>,
    /// When it is destroyed, unless it is restored, held or kept by a rule.
    pub(crate) until: String,
    /// Who threw it away; none when a rule did.
    #[schema(required)]
    pub(crate) trashed_by: Option<ActorView>,
    /// The rule that moved it here; none when a person did.
    #[schema(required)]
    pub(crate) rule_id: Option<String>,
    pub(crate) stored_bytes: u64,
    /// The holds that keep it though its time is over.
    pub(crate) held_by: Vec<String>,
}

/// What retention rules go by beside meeting and host.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RecordingLabels)]
pub(crate) struct LabelsView {
    #[schema(required)]
    pub(crate) department: Option<String>,
    #[schema(required)]
    pub(crate) meeting_kind: Option<String>,
    pub(crate) tags: Vec<String>,
}

/// Splits a reason into the rule or the account.
pub(crate) fn reason_parts(reason: Option<&DisposalReason>) -> (Option<String>, Option<&model::UserId>) {
    match reason {
        Some(DisposalReason::Rule { rule_id }) => (Some(rule_id.to_string()), None),
        Some(DisposalReason::Person { user_id }) => (None, Some(user_id)),
        Some(DisposalReason::TrashOver) | None => (None, None),
    }
}
