use serde::{Deserialize, Serialize};

use crate::{JobPayload, Recording, RecordingState};

/// How one stage of the durable half ended, or that it has not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum StageOutcome {
    /// Not done yet.
    Waiting,
    /// Done; the artefact with this version is stored.
    Done {
        /// The version of the artefact.
        version: u32,
    },
    /// Given up after all retries.
    Failed {
        /// What went wrong, for people; never holds what was said.
        problem: String,
    },
}

/// How far the durable half has come with a recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Processing {
    /// The transcript.
    pub transcript: StageOutcome,
    /// The minutes.
    pub minutes: StageOutcome,
    /// The transcript version that the minutes are checked against; none when nobody wrote that down.
    #[serde(default)]
    pub minutes_transcript_version: Option<u32>,
}

impl Default for Processing {
    fn default() -> Self {
        Self { transcript: StageOutcome::Waiting, minutes: StageOutcome::Waiting, minutes_transcript_version: None }
    }
}

/// Decides the next job of a recording's workflow: transcribe a sealed recording, then write minutes where they were
/// asked for, and check them again when the transcript was corrected. The search index follows the store's outbox and needs no job.
///
/// The reconciler calls this for every recording, so a lost enqueue heals.
#[must_use]
pub fn next_step(recording: &Recording) -> Option<JobPayload> {
    if !matches!(recording.state, RecordingState::Sealed { .. }) {
        return None;
    }
    let recording_id = recording.id.clone();
    match (&recording.processing.transcript, &recording.processing.minutes) {
        (StageOutcome::Waiting, _) => Some(JobPayload::Transcribe { recording_id }),
        (StageOutcome::Done { .. }, StageOutcome::Waiting) if recording.smart_minutes => {
            Some(JobPayload::Summarize { recording_id })
        }
        (StageOutcome::Done { version }, StageOutcome::Done { .. })
            if recording.processing.minutes_transcript_version.is_some_and(|checked| checked < *version) =>
        {
            Some(JobPayload::Summarize { recording_id })
        }
        _ => None,
    }
}
