use std::net::IpAddr;

use model::{Layout, Participant, Profile, RecordingId};
use serde::{Deserialize, Serialize};

/// Everything a recorder process needs to know; written into the spool before the process starts, so that no secret or
/// name appears in its arguments.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChildSettings {
    /// The recording it carries.
    pub recording_id: RecordingId,
    /// Counts the recorder processes of this recording from zero.
    pub epoch: u32,
    /// The meeting's title, drawn into the picture.
    pub title: String,
    /// The quality.
    pub profile: Profile,
    /// The arrangement of the picture.
    pub layout: Layout,
    /// The roster as far as it is known; participants may be added later.
    pub participants: Vec<Participant>,
    /// The local address media is received on.
    pub bind_address: IpAddr,
    /// The UDP ports it may use; none lets the system choose.
    pub ports: Option<PortRange>,
    /// Threads the video encoder may use.
    pub encoder_threads: u32,
}

/// An inclusive range of UDP ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortRange {
    /// The first port.
    pub first: u16,
    /// The last port.
    pub last: u16,
}
