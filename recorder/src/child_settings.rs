use std::net::IpAddr;

use ingest::SourceNetwork;
use model::{Layout, Participant, Profile, RecordingId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::disk_guard::DiskLimits;
use crate::next_sequences::NextSequences;

const GRID_US: u64 = 10_000;

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
    /// The networks media may come from; anywhere when empty.
    pub allowed_sources: Vec<SourceNetwork>,
    /// How far the clock in the picture is ahead of UTC, in seconds: the offset of the recording's time zone at its start.
    pub utc_offset_s: i32,
    /// Threads the video encoder may use.
    pub encoder_threads: u32,
    /// When the picture is left out to keep the sound.
    pub disk: DiskLimits,
    /// What the processes before it left behind; none for the first.
    pub(crate) takeover: Option<Takeover>,
}

/// Where a recorder process goes on that takes over from one that died.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Takeover {
    /// The wall-clock time of the recording's media time zero; the timeline goes on with it.
    pub(crate) started_at: Timestamp,
    /// Where the media ends that is there, in microseconds of the timeline; nothing may begin before.
    pub(crate) media_until_us: u64,
    /// How it numbers what it closes.
    pub(crate) next_sequences: NextSequences,
}

impl Takeover {
    /// Returns where on the timeline a mix begins that starts now, in milliseconds, on the mixer's grid.
    pub(crate) fn timeline_start_ms(&self, now: Timestamp) -> u64 {
        let elapsed_us = now.as_micros().saturating_sub(self.started_at.as_micros()).max(0) as u64;
        elapsed_us.max(self.media_until_us).div_ceil(GRID_US) * (GRID_US / 1000)
    }
}

/// An inclusive range of UDP ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortRange {
    /// The first port.
    pub first: u16,
    /// The last port.
    pub last: u16,
}
