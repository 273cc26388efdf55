use serde::{Deserialize, Serialize};
use store::AuditReport;
use utoipa::{IntoParams, ToSchema};

use super::actor::ActorView;

/// Which entries to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// Who: the id of an account or an API key, or `huiji`.
    pub(crate) actor: Option<String>,
    /// What, or the beginning of it: `hold` stands for `hold.place` and `hold.release`.
    pub(crate) action: Option<String>,
    pub(crate) recording_id: Option<String>,
    /// `allowed`, `denied` or `failed`.
    pub(crate) outcome: Option<String>,
    /// At or after this RFC 3339 time.
    pub(crate) from: Option<String>,
    /// Before this RFC 3339 time.
    pub(crate) to: Option<String>,
    /// 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    pub(crate) page_size: Option<u32>,
    /// Where the last page ended.
    pub(crate) page_token: Option<String>,
}

/// Entries of the audit log, the newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AuditPage)]
pub(crate) struct AuditPageView {
    pub(crate) entries: Vec<AuditEntryView>,
    #[schema(required)]
    pub(crate) next_page_token: Option<String>,
}

/// Who did what, when, and how it ended.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub(crate) struct AuditEntryView {
    /// Counts the organisation's entries from one.
    pub(crate) seq: i64,
    pub(crate) at: String,
    pub(crate) actor: ActorView,
    pub(crate) action: String,
    #[schema(required)]
    pub(crate) recording_id: Option<String>,
    pub(crate) outcome: String,
    /// What else there is to say.
    #[schema(value_type = serde_json::Value)]
    pub(crate) detail: serde_json::Value,
}

/// What a check of the whole log found.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AuditVerification)]
pub(crate) struct AuditVerificationView {
    pub(crate) intact: bool,
    pub(crate) entries: u64,
    /// Entries older than the chain, bound by nothing.
    pub(crate) unbound: u64,
    /// Entries whose names and details were erased, as another entry says.
    pub(crate) erased: u64,
    pub(crate) checkpoints: u64,
    /// The last entry that a signed checkpoint covers.
    pub(crate) covered_until: i64,
    /// What is wrong, a sentence each.
    pub(crate) problems: Vec<String>,
}

impl From<AuditReport> for AuditVerificationView {
    fn from(report: AuditReport) -> Self {
        Self {
            intact: report.problems.is_empty(),
            entries: report.entries as u64,
            unbound: report.unbound as u64,
            erased: report.erased as u64,
            checkpoints: report.checkpoints as u64,
            covered_until: report.covered_until,
            problems: report.problems.iter().map(ToString::to_string).collect(),
        }
    }
}
