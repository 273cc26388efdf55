use std::path::PathBuf;

use model::{ParticipantId, RecordingId, TenantId};

use crate::opus_decoder::DecodeError;
use crate::worker_process::WorkerProcessError;

/// What can go wrong between speech chunks and a transcript.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no model file.
    #[error("no speech model at {}: fetch one with `huiji models pull` or set its path", path.display())]
    ModelMissing {
        /// Where it was looked for.
        path: PathBuf,
        /// What the file system said.
        #[source]
        source: std::io::Error,
    },
    /// The file is not a Whisper model that can be used here.
    #[error("{} is not a usable speech model ({problem}): fetch it again with `huiji models pull`", path.display())]
    ModelInvalid {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A model cannot be fetched because nobody publishes it.
    #[error("the model {name} is not published: take its file with `huiji models pull {name} --file`")]
    ModelUnpublished {
        /// Its name.
        name: &'static str,
    },
    /// Fetching a model failed.
    #[error("cannot fetch the speech model: run the command again to go on where it broke off")]
    ModelDownload(#[source] reqwest::Error),
    /// The directory of the models failed.
    #[error("cannot use {}: check that it can be written and has room", path.display())]
    ModelStorage {
        /// The file or the directory.
        path: PathBuf,
        /// What the file system said.
        #[source]
        source: std::io::Error,
    },
    /// The speech engine failed.
    #[error("the speech engine failed to {action}")]
    Engine {
        /// What it was to do.
        action: &'static str,
        /// What it said.
        #[source]
        source: whisper_rs::WhisperError,
    },
    /// The transcription server is described wrongly.
    #[error("the transcription server's setting {setting} {problem}")]
    RemoteSetting {
        /// Which setting.
        setting: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The transcription server did not answer.
    #[error("the transcription server cannot be reached")]
    RemoteUnreachable(#[source] reqwest::Error),
    /// The transcription server refused.
    #[error("the transcription server answered with status {status}")]
    RemoteRefused {
        /// The HTTP status.
        status: u16,
        /// When the server wants to be asked again, in milliseconds.
        retry_after_ms: Option<u64>,
    },
    /// The transcription server's answer cannot be used.
    #[error("the transcription server's answer is unusable: {problem}")]
    RemoteAnswer {
        /// What is wrong with it.
        problem: String,
    },
    /// A transcription worker process is gone.
    #[error("a transcription worker process failed")]
    WorkerProcess(#[source] WorkerProcessError),
    /// A transcription worker process says that it cannot do what it was asked.
    #[error("a transcription worker process says: {problem}")]
    WorkerFailed {
        /// What it said.
        problem: String,
    },
    /// libopus could not be set up.
    #[error("cannot set up the Opus decoder")]
    OpusDecoder(#[source] opus::Error),
    /// The dictionary for simplified Chinese could not be set up.
    #[error("cannot load the dictionary for simplified Chinese: {problem}")]
    ChineseDictionary {
        /// What the library said.
        problem: String,
    },
    /// A stored chunk cannot be decoded.
    #[error("speech chunk {sequence} of participant {participant_id} cannot be decoded")]
    Chunk {
        /// Whose microphone.
        participant_id: ParticipantId,
        /// Which chunk.
        sequence: u64,
        /// What is wrong with it.
        #[source]
        source: DecodeError,
    },
    /// The recording does not exist.
    #[error("no recording {recording_id} in tenant {tenant_id}")]
    RecordingMissing {
        /// The organisation.
        tenant_id: TenantId,
        /// The recording.
        recording_id: RecordingId,
    },
    /// A worker thread ended before its work was done.
    #[error("a transcription worker ended early")]
    Worker(#[source] tokio::task::JoinError),
    /// A worker ended early before, and this transcription cannot go on.
    #[error("the transcription was broken off and must start over")]
    BrokenOff,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Error {
    /// Says whether trying again later may help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Store(error) => error.is_transient(),
            Self::Worker(_)
            | Self::BrokenOff
            | Self::RemoteUnreachable(_)
            | Self::WorkerProcess(_)
            | Self::ModelDownload(_) => true,
            Self::RemoteRefused { status, .. } => matches!(status, 408 | 429 | 500 | 502 | 503 | 504),
            _ => false,
        }
    }
}
