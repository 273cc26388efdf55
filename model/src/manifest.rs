use serde::{Deserialize, Serialize};

use crate::{RecordingId, TenantId, Timestamp};

/// Everything a sealed recording consists of, with hashes; stored as `manifest.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingManifest {
    /// The version of this schema.
    pub schema: u32,
    /// The organisation.
    pub tenant_id: TenantId,
    /// The recording.
    pub recording_id: RecordingId,
    /// The wall-clock time of media time zero.
    pub started_at: Timestamp,
    /// When it was stopped.
    pub stopped_at: Timestamp,
    /// The length of the timeline in milliseconds.
    pub duration_ms: u64,
    /// Every object, ordered by key.
    pub objects: Vec<ManifestObject>,
}

impl RecordingManifest {
    /// The version of the schema written today.
    pub const SCHEMA: u32 = 1;
}

/// One object of a recording. Length and hash are those of the content before encryption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestObject {
    /// The object key, below the recording's own prefix.
    pub key: String,
    /// Length in bytes.
    pub bytes: u64,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
}
