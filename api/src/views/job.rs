use model::{Job, JobState};
use serde::Serialize;
use utoipa::ToSchema;

use super::time_text::time_text;

/// The jobs of a recording, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = JobList)]
pub(crate) struct JobListView {
    pub(crate) jobs: Vec<JobView>,
}

/// A job that was asked for.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = JobRequest)]
pub(crate) struct JobRequestView {
    pub(crate) job: JobView,
}

/// A step of work on a recording.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Job)]
pub(crate) struct JobView {
    pub(crate) id: String,
    pub(crate) recording_id: String,
    /// `transcribe`, `summarize`, `rewrite_minutes` or `export_mp4`.
    pub(crate) kind: String,
    pub(crate) state: JobStateName,
    /// How often it was started.
    pub(crate) attempt: u32,
    pub(crate) progress_percent: u8,
    /// What the last failed attempt said.
    #[schema(required)]
    pub(crate) problem: Option<String>,
    pub(crate) created_at: String,
    #[schema(required)]
    pub(crate) finished_at: Option<String>,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum JobStateName {
    Queued,
    Running,
    Done,
    /// Given up after the last attempt.
    Dead,
}

impl From<Job> for JobView {
    fn from(job: Job) -> Self {
        let (state, finished_at) = match job.state {
            JobState::Queued { .. } => (JobStateName::Queued, None),
            JobState::Running { .. } => (JobStateName::Running, None),
            JobState::Done { finished_at } => (JobStateName::Done, Some(finished_at)),
            JobState::Dead { finished_at } => (JobStateName::Dead, Some(finished_at)),
        };
        Self {
            id: job.id.to_string(),
            recording_id: job.payload.recording_id().to_string(),
            kind: job.payload.kind().to_owned(),
            state,
            attempt: job.attempt,
            progress_percent: job.progress_percent,
            problem: job.last_problem,
            created_at: time_text(job.created_at),
            finished_at: finished_at.map(time_text),
        }
    }
}
