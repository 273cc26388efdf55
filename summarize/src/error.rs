use model::{RecordingId, TenantId};
use thiserror::Error as ThisError;

/// Says why minutes could not be written, or why a language model gave none.
#[derive(Debug, ThisError)]
pub enum Error {
    /// The recording does not exist in the tenant.
    #[error("recording {recording_id} of tenant {tenant_id} does not exist")]
    RecordingMissing {
        /// The tenant.
        tenant_id: TenantId,
        /// The recording.
        recording_id: RecordingId,
    },
    /// The recording has no transcript to write minutes from.
    #[error("recording {recording_id} has no transcript")]
    TranscriptMissing {
        /// The recording.
        recording_id: RecordingId,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The writing task was cancelled or panicked.
    #[error("writing minutes of recording {recording_id} was cut short")]
    Interrupted {
        /// The recording.
        recording_id: RecordingId,
        /// What happened to the task.
        #[source]
        source: tokio::task::JoinError,
    },
    /// A setting of the language model cannot be used.
    #[error("setting {setting}: {problem}")]
    Setting {
        /// The name of the setting.
        setting: &'static str,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// The language model's server could not be reached or did not answer in time.
    #[error("language model {model} did not answer")]
    ModelUnreachable {
        /// The model.
        model: String,
        /// What the connection said.
        #[source]
        source: reqwest::Error,
    },
    /// The language model's server refused.
    #[error("language model {model} answered HTTP {status}")]
    ModelRefused {
        /// The model.
        model: String,
        /// The HTTP status.
        status: u16,
        /// How long the server asks to be left alone, in milliseconds.
        retry_after_ms: Option<u64>,
    },
    /// The language model answered something else than what was asked for.
    #[error("language model {model} gave an unusable answer: {problem}")]
    ModelAnswer {
        /// The model.
        model: String,
        /// What is wrong with it; never holds what was said.
        problem: String,
    },
}

impl Error {
    /// Says whether the same call may succeed later without anything else changing.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Store(error) => error.is_transient(),
            Self::Interrupted { source, .. } => source.is_cancelled(),
            Self::ModelUnreachable { .. } => true,
            Self::ModelRefused { status, .. } => *status == 429 || *status >= 500,
            _ => false,
        }
    }
}
