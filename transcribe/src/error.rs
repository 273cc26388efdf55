use std::path::PathBuf;

use model::{ParticipantId, RecordingId, TenantId};

use crate::opus_decoder::DecodeError;

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
    /// The speech engine failed.
    #[error("the speech engine failed to {action}")]
    Engine {
        /// What it was to do.
        action: &'static str,
        /// What it said.
        #[source]
        source: whisper_rs::WhisperError,
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
            Self::Worker(_) | Self::BrokenOff => true,
            _ => false,
        }
    }
}
