use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::actor::ActorView;
use super::hold::HoldView;
use super::search::SearchSort;

/// A case to open.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCase {
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) name: String,
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub(crate) description: String,
}

/// A matter the compliance team looks into.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Case)]
pub(crate) struct CaseView {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) opened_by: ActorView,
    pub(crate) opened_at: String,
    /// A closed case opens nothing any more.
    #[schema(required)]
    pub(crate) closed_by: Option<ActorView>,
    #[schema(required)]
    pub(crate) closed_at: Option<String>,
}

/// The cases of the caller, the newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CaseList)]
pub(crate) struct CaseListView {
    pub(crate) cases: Vec<CaseView>,
}

/// A case with everything that belongs to it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CaseFile)]
pub(crate) struct CaseFileView {
    pub(crate) case: CaseView,
    pub(crate) members: Vec<ActorView>,
    pub(crate) recordings: Vec<CaseRecordingView>,
    pub(crate) holds: Vec<HoldView>,
    pub(crate) searches: Vec<SavedSearchView>,
    /// The newest first.
    pub(crate) exports: Vec<CaseExportView>,
}

/// A recording of a case.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CaseRecording)]
pub(crate) struct CaseRecordingView {
    pub(crate) recording_id: String,
    pub(crate) title: String,
    pub(crate) host: ActorView,
    pub(crate) created_at: String,
    /// `active`, `trashed`, `purging` or `purged`.
    pub(crate) disposal: String,
    /// The holds that keep it.
    pub(crate) held_by: Vec<String>,
}

/// A search kept with a case.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SavedSearch)]
pub(crate) struct SavedSearchView {
    pub(crate) name: String,
    pub(crate) query: String,
    pub(crate) saved_by: ActorView,
    pub(crate) saved_at: String,
}

/// Evidence to be taken out of a case.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CaseExport)]
pub(crate) struct CaseExportView {
    pub(crate) id: String,
    pub(crate) state: CaseExportStateName,
    pub(crate) progress_percent: u8,
    pub(crate) requested_by: ActorView,
    pub(crate) requested_at: String,
    #[schema(required)]
    pub(crate) finished_at: Option<String>,
    pub(crate) recordings: u64,
    /// How many files the bundle holds, once it is done.
    #[schema(required)]
    pub(crate) files: Option<u64>,
    /// How large they are together, once it is done.
    #[schema(required)]
    pub(crate) bytes: Option<u64>,
    #[schema(required)]
    pub(crate) problem: Option<String>,
}

/// Where an export stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CaseExportStateName {
    Queued,
    Running,
    Done,
    Failed,
}

/// A change of a case.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(tag = "change", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = CaseChange)]
pub(crate) enum CaseChangeView {
    /// Somebody of the compliance team may work on it: the name the person signs in with, or the id.
    AddMember { user: String },
    /// Somebody may not any more.
    RemoveMember { user_id: String },
    /// Its members may read the recording.
    AddRecording { recording_id: String },
    /// They may not any more.
    RemoveRecording { recording_id: String },
    /// A legal hold belongs to it.
    AddHold { hold_id: String },
    /// A search is kept with it; one of the same name is replaced.
    SaveSearch { name: String, query: String },
    /// A search is not kept any more.
    RemoveSearch { name: String },
    /// It is over: it opens nothing any more.
    Close,
}

/// What to search for in a case: every recording of the organisation is looked at, and that is logged.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CaseSearchQuery {
    /// As for `/search`.
    pub(crate) q: String,
    /// `relevance` when left out.
    #[param(inline)]
    pub(crate) sort: Option<SearchSort>,
    /// How many recordings to return, 1 to 50; 20 when left out.
    #[param(minimum = 1, maximum = 50)]
    pub(crate) page_size: Option<u32>,
    /// Where the last page ended.
    pub(crate) page_token: Option<String>,
}
