use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{DiskStatus, MediaTime, ParticipantId, StoreStatus, TrackId};

/// Where the SFU sends a track's packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaAddress {
    /// The recorder's address.
    pub address: IpAddr,
    /// The UDP port for RTP; RTCP may be multiplexed on it (RFC 5761).
    pub rtp_port: u16,
    /// The UDP port for RTCP when it is not multiplexed.
    pub rtcp_port: u16,
}

/// What a recorder process says of the recording it carries: whether it is safe, and what arrives.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RecorderStatus {
    /// How far the timeline has come.
    pub media_time_ms: MediaTime,
    /// How far the timeline is durable in the spool or the store, in every rendition.
    pub durable_until_ms: MediaTime,
    /// How far the timeline is in the store, in every rendition.
    pub stored_until_ms: MediaTime,
    /// The participants of whom something arrived within the last seconds.
    pub captured: Vec<ParticipantId>,
    /// The disk it writes to.
    pub disk: DiskStatus,
    /// Whether the store takes what it closes.
    pub store: StoreStatus,
    /// Every track, in the order they were added.
    pub tracks: Vec<TrackStatistics>,
    /// Datagrams that belong to no track.
    pub dropped: DropCounters,
}

/// What has arrived on one track (RFC 3550 §6.4, §A.3, §A.8).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrackStatistics {
    /// The track.
    pub track_id: TrackId,
    /// Packets received, duplicates not counted.
    pub packets_received: u64,
    /// Packets expected but never received.
    pub packets_lost: u64,
    /// Packets that were lost and made up for by redundancy or retransmission; they count as received.
    pub packets_repaired: u64,
    /// Packets received twice.
    pub packets_duplicated: u64,
    /// Packets received after a later one.
    pub packets_reordered: u64,
    /// Bytes of RTP received, headers included.
    pub bytes_received: u64,
    /// Interarrival jitter in milliseconds.
    pub jitter_ms: f64,
    /// How long ago the last packet came, in milliseconds; none when none ever came.
    pub silent_ms: Option<u64>,
    /// Packets whose SRTP authentication failed or that were replayed.
    pub packets_unauthentic: u64,
}

/// Datagrams that could not be given to a track, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DropCounters {
    /// Neither RTP nor RTCP version 2, or cut short.
    pub malformed: u64,
    /// An SSRC that no track has.
    pub unknown_ssrc: u64,
    /// A payload type other than the track's.
    pub unknown_payload_type: u64,
    /// From an address other than the one the track latched on to.
    pub wrong_source: u64,
    /// Dropped because the mixer was behind.
    pub overrun: u64,
}
