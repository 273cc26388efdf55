use std::path::PathBuf;

use model::RecordingId;
use thiserror::Error as ThisError;

/// Says what kept a recording from being carried, stored or checked.
#[derive(Debug, ThisError)]
pub enum Error {
    /// The spool of a recording could not be read or written.
    #[error("cannot use spool path {path}: check that the directory exists, is writable and has space left")]
    Spool {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The child process could not be started.
    #[error("cannot start the recorder process of {recording_id}")]
    Spawn {
        /// The recording.
        recording_id: RecordingId,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The child process ended or did not answer.
    #[error("the recorder process of {recording_id} is gone: {problem}")]
    ChildLost {
        /// The recording.
        recording_id: RecordingId,
        /// How it was noticed.
        problem: String,
    },
    /// Nothing the process recorded came to the disk.
    #[error("nothing of {recording_id} became durable in time: check that the spool's disk is writable and not busy")]
    NothingDurable {
        /// The recording.
        recording_id: RecordingId,
    },
    /// The store took an object twice and never gave it back as it was.
    #[error("the media store does not keep {key} of {recording_id}: check the store; the recorder keeps its copy")]
    NotKept {
        /// The recording.
        recording_id: RecordingId,
        /// The object.
        key: String,
        /// What came back.
        #[source]
        source: Box<store::Error>,
    },
    /// The child process refused a command.
    #[error("the recorder of {recording_id} refused: {problem}")]
    Refused {
        /// The recording.
        recording_id: RecordingId,
        /// Why, for people.
        problem: String,
    },
    /// No recorder of this process carries the recording.
    #[error("recording {recording_id} is not running here")]
    NotRunning {
        /// The recording.
        recording_id: RecordingId,
    },
    /// The recorder carries as many recordings as it was set to.
    #[error("this recorder already carries {running} recordings, its limit; stop one or use another recorder")]
    Full {
        /// How many run.
        running: usize,
    },
    /// What runs leaves too little of the machine.
    #[error(
        "this recorder has {left_cores:.2} cores left and the recording needs about {needed_cores:.2}: stop one, choose a \
         smaller profile or sound alone, or use another recorder"
    )]
    Busy {
        /// What it is expected to take.
        needed_cores: f64,
        /// What is left.
        left_cores: f64,
    },
    /// The recording does not exist.
    #[error("there is no recording {recording_id}")]
    NoSuchRecording {
        /// The recording.
        recording_id: RecordingId,
    },
    /// The recording is not sealed, so it has no manifest to check.
    #[error("recording {recording_id} is not sealed yet")]
    NotSealed {
        /// The recording.
        recording_id: RecordingId,
    },
    /// A control message could not be understood.
    #[error("malformed control message")]
    Control(#[source] serde_json::Error),
    /// A stored artefact could not be understood.
    #[error("malformed {what} of recording {recording_id}")]
    Artefact {
        /// Which artefact.
        what: &'static str,
        /// The recording.
        recording_id: RecordingId,
        /// What was wrong.
        #[source]
        source: serde_json::Error,
    },
    /// FFmpeg could not read or write media.
    #[error("media processing failed: {step}")]
    Media {
        /// What was being done.
        step: &'static str,
        /// What FFmpeg said.
        #[source]
        source: ffmpeg_next::Error,
    },
    /// A lifecycle rule was broken.
    #[error(transparent)]
    Model(#[from] model::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The mixer failed.
    #[error(transparent)]
    Mixer(#[from] mixer::Error),
    /// The sockets failed.
    #[error(transparent)]
    Ingest(#[from] ingest::Error),
}

impl Error {
    /// Says whether trying again later may help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Store(source) => source.is_transient(),
            Self::Spool { .. } | Self::ChildLost { .. } | Self::NotKept { .. } => true,
            _ => false,
        }
    }
}
