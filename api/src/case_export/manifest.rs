use model::{CaseExport, CaseId, ExportId, RecordingId, Rendition, TenantId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// What a bundle holds, as it is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) schema: u32,
    pub(crate) export: ExportId,
    pub(crate) case: CaseId,
    pub(crate) tenant: TenantId,
    pub(crate) requested_by: UserId,
    pub(crate) requested_at: Timestamp,
    /// The last entry of the audit log that may be in the extract.
    pub(crate) audit_until: i64,
    pub(crate) searches: Vec<(String, String)>,
    pub(crate) files: Vec<BundleFile>,
}

/// A file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BundleFile {
    pub(crate) path: String,
    /// Length in bytes.
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
    pub(crate) made_from: Origin,
}

/// What a file is made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Origin {
    /// The header and every segment of one recorder process, one after the other.
    Media { recording_id: RecordingId, rendition: Rendition, epoch: u32 },
    /// A stored object as it is.
    Object { recording_id: RecordingId, key: String },
    /// A version of the transcript as captions.
    Captions { recording_id: RecordingId, version: u32 },
    /// A version of the minutes as Markdown.
    MinutesText { recording_id: RecordingId, version: u32 },
    /// The entries of the audit log about the case and its recordings.
    Audit,
    /// The holds of the case as they stood.
    Holds,
}

impl Manifest {
    const SCHEMA: u32 = 1;

    pub(crate) fn new(export: &CaseExport, files: Vec<BundleFile>) -> Self {
        Self {
            schema: Self::SCHEMA,
            export: export.id.clone(),
            case: export.case_id.clone(),
            tenant: export.tenant_id.clone(),
            requested_by: export.requested_by.clone(),
            requested_at: export.requested_at,
            audit_until: export.plan.audit_until,
            searches: export.plan.searches.clone(),
            files,
        }
    }

    /// Returns the list that `sha256sum --check` reads.
    pub(crate) fn checksums(&self) -> String {
        let mut lines = String::new();
        for file in &self.files {
            lines.extend([file.sha256.as_str(), "  ", file.path.as_str(), "\n"]);
        }
        lines
    }

    pub(crate) fn content_bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}
