use serde::{Deserialize, Serialize};

use crate::{JobId, MinutesOrder, RecordingId, TenantId, Timestamp};

/// What a job of the durable half is to do. Jobs are idempotent: doing one twice leaves the same artefacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum JobPayload {
    /// Turns the speech chunks of a recording into a transcript.
    Transcribe {
        /// The recording.
        recording_id: RecordingId,
    },
    /// Turns the transcript of a recording into minutes.
    Summarize {
        /// The recording.
        recording_id: RecordingId,
    },
    /// Writes the minutes of a recording again, as somebody wishes for them.
    RewriteMinutes {
        /// The recording.
        recording_id: RecordingId,
        /// What is wished for, and by whom.
        order: MinutesOrder,
    },
    /// Remuxes the stored segments into one MP4 for download, without re-encoding.
    ExportMp4 {
        /// The recording.
        recording_id: RecordingId,
    },
}

impl JobPayload {
    /// Every kind, as stored in the queue.
    pub const KINDS: &[&str] = &["transcribe", "summarize", "rewrite_minutes", "export_mp4"];

    /// Returns the kind as stored in the queue.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Transcribe { .. } => "transcribe",
            Self::Summarize { .. } => "summarize",
            Self::RewriteMinutes { .. } => "rewrite_minutes",
            Self::ExportMp4 { .. } => "export_mp4",
        }
    }

    /// Returns the recording the job is about.
    #[must_use]
    pub const fn recording_id(&self) -> &RecordingId {
        match self {
            Self::Transcribe { recording_id }
            | Self::Summarize { recording_id }
            | Self::RewriteMinutes { recording_id, .. }
            | Self::ExportMp4 { recording_id } => recording_id,
        }
    }
}

/// Where a job stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum JobState {
    /// Waiting for a worker, not before the given time.
    Queued {
        /// The earliest start.
        not_before: Timestamp,
    },
    /// A worker has it until the lease ends.
    Running {
        /// When another worker may take it.
        lease_until: Timestamp,
    },
    /// Done.
    Done {
        /// When.
        finished_at: Timestamp,
    },
    /// Given up after the last attempt.
    Dead {
        /// When.
        finished_at: Timestamp,
    },
}

/// A row of the queue, for people and progress bars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The id given by Huiji.
    pub id: JobId,
    /// The organisation it works for.
    pub tenant_id: TenantId,
    /// What it is to do.
    pub payload: JobPayload,
    /// Where it stands.
    pub state: JobState,
    /// How often it was started.
    pub attempt: u32,
    /// How far the running attempt is, in percent.
    pub progress_percent: u8,
    /// What the last failed attempt said.
    pub last_problem: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
}
