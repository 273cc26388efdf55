use model::{Layout, MediaAddress, MediaTime, Participant, RecorderStatus, Track, TrackId};
use serde::{Deserialize, Serialize};

/// A line from parent to child on the control socket.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Request {
    pub(crate) id: u64,
    pub(crate) command: Command,
}

/// What the parent may ask of a recorder process.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub(crate) enum Command {
    AddTrack {
        track: Track,
        participant: Participant,
        /// Whether it begins off the record.
        muted: bool,
    },
    UpdateTrack {
        track: Track,
    },
    RemoveTrack {
        track_id: TrackId,
    },
    SetMuted {
        track_id: TrackId,
        muted: bool,
    },
    SetLayout {
        layout: Layout,
    },
    /// Asks for the position on the timeline only.
    Mark,
    Pause,
    Resume,
    /// Ends the recording; the process exits when its last file is closed.
    Stop,
}

/// A line from child to parent.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "message", rename_all = "snake_case")]
pub(crate) enum Message {
    Reply { id: u64, reply: Reply },
    Report(Report),
}

/// The answer to a [`Request`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
pub(crate) enum Reply {
    /// Done, at this position of the timeline.
    Done { media_time_ms: MediaTime },
    /// The track may send to this address.
    TrackAdded { media_time_ms: MediaTime, address: MediaAddress },
    /// Not done.
    Refused { problem: String },
}

/// What the child says unasked, at least once a second and whenever a file is closed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Report {
    /// How many files it has closed.
    pub(crate) closed_files: u64,
    pub(crate) status: RecorderStatus,
}

/// What a child tells whoever takes over after it, `facts.json`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct ChildFacts {
    /// Where it receives media; the process after it must receive there too.
    pub(crate) address: MediaAddress,
    /// Where on the recording's timeline its media begins.
    pub(crate) timeline_start_ms: u64,
}

/// The last file a child writes, `finished.json`: it tells a finished recording from an interrupted one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Finished {
    pub(crate) duration_us: u64,
    /// Set when the mix ended by a fault; what was closed before is good.
    pub(crate) problem: Option<String>,
}
