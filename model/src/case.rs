use serde::{Deserialize, Serialize};

use crate::{CaseId, ExportId, RecordingId, TenantId, Timestamp, UserId};

/// A matter the compliance team looks into. Its members may read the recordings that belong to it while it is open; outside
/// a case, compliance reads nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// The organisation.
    pub tenant_id: TenantId,
    /// What people call it.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// Who opened it.
    pub opened_by: UserId,
    /// When.
    pub opened_at: Timestamp,
    /// Whether it is still open.
    pub state: CaseState,
}

/// Where a case stands. A closed case opens nothing any more; what it says stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CaseState {
    /// Its members work on it.
    Open,
    /// Over.
    Closed {
        /// Who closed it.
        closed_by: UserId,
        /// When.
        closed_at: Timestamp,
    },
}

impl Case {
    /// Says whether its members may still read.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.state, CaseState::Open)
    }
}

/// Evidence to be taken out of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseExport {
    /// Its id.
    pub id: ExportId,
    /// The case.
    pub case_id: CaseId,
    /// The organisation.
    pub tenant_id: TenantId,
    /// What it holds, fixed when it was asked for.
    pub plan: ExportPlan,
    /// Where it stands.
    pub state: ExportState,
    /// How far it is, in percent.
    pub progress_percent: u8,
    /// Who asked for it.
    pub requested_by: UserId,
    /// When.
    pub requested_at: Timestamp,
}

/// What an export is made from. The same plan makes the same bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportPlan {
    /// The recordings, ordered by id.
    pub recordings: Vec<RecordingId>,
    /// The holds of the case as they stood, as JSON lines.
    pub holds: Vec<String>,
    /// The saved searches of the case: name and query.
    pub searches: Vec<(String, String)>,
    /// The last entry of the audit log that may be in the extract.
    pub audit_until: i64,
}

/// Where an export stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ExportState {
    /// Waiting for a worker.
    Queued,
    /// A worker reads and hashes what belongs to it.
    Running,
    /// It can be fetched.
    Done {
        /// When.
        finished_at: Timestamp,
        /// The list of its files with their hashes, the very text that is signed.
        manifest: String,
        /// The public key, hexadecimal.
        public_key: String,
        /// The Ed25519 signature, base64.
        signature: String,
    },
    /// It could not be made.
    Failed {
        /// When.
        finished_at: Timestamp,
        /// Why.
        problem: String,
    },
}
