use model::{MediaAddress, RecorderStatus, Track, TrackId, TrackSource, TrackStatistics};
use serde::Serialize;
use utoipa::ToSchema;

use super::closed_set_schemas as schemas;

/// What the recorder says of the recording it carries: whether it is safe, and what arrives.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RecorderStatus)]
pub(crate) struct RecorderStatusView {
    /// How far the timeline has come.
    pub(crate) media_time_ms: u64,
    /// How far the timeline is durable in the spool or the store.
    pub(crate) durable_until_ms: u64,
    /// Every track, in the order they were added.
    pub(crate) tracks: Vec<TrackStatisticsView>,
    /// Datagrams that belong to no track.
    pub(crate) dropped: DropCountersView,
}

/// What has arrived on one track (RFC 3550).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TrackStatistics)]
pub(crate) struct TrackStatisticsView {
    pub(crate) track_id: String,
    /// Whose track it is; null when it was removed a moment ago.
    #[schema(required)]
    pub(crate) participant_id: Option<String>,
    /// What it carries; null when it was removed a moment ago.
    #[schema(required, value_type = Option<schemas::TrackSource>)]
    pub(crate) source: Option<TrackSource>,
    pub(crate) packets_received: u64,
    pub(crate) packets_lost: u64,
    pub(crate) packets_duplicated: u64,
    pub(crate) packets_reordered: u64,
    pub(crate) bytes_received: u64,
    pub(crate) jitter_ms: f64,
    /// Packets whose SRTP authentication failed or that were replayed.
    pub(crate) packets_unauthentic: u64,
}

/// Datagrams that could not be given to a track, by reason.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DropCounters)]
pub(crate) struct DropCountersView {
    /// Neither RTP nor RTCP version 2, or cut short.
    pub(crate) malformed: u64,
    /// An SSRC that no track has.
    pub(crate) unknown_ssrc: u64,
    /// A payload type other than the track's.
    pub(crate) unknown_payload_type: u64,
    /// From an address other than the one the track latched on to.
    pub(crate) wrong_source: u64,
    /// Dropped because the mixer was behind.
    pub(crate) overrun: u64,
}

/// Where to send a track's packets.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MediaAddress)]
pub(crate) struct TrackAddressView {
    pub(crate) track_id: String,
    /// The recorder's address, IPv4 or IPv6.
    pub(crate) address: String,
    /// The UDP port for RTP; RTCP may be multiplexed on it (RFC 5761).
    pub(crate) rtp_port: u16,
    /// The UDP port for RTCP when it is not multiplexed.
    pub(crate) rtcp_port: u16,
}

impl TrackAddressView {
    pub(crate) fn new(track_id: &TrackId, media_address: MediaAddress) -> Self {
        Self {
            track_id: track_id.to_string(),
            address: media_address.address.to_string(),
            rtp_port: media_address.rtp_port,
            rtcp_port: media_address.rtcp_port,
        }
    }
}

impl RecorderStatusView {
    /// Joins what the recorder counts with whose track each is.
    pub(crate) fn new(status: &RecorderStatus, tracks: &[Track]) -> Self {
        let track_of = |id: &TrackId| tracks.iter().find(|track| &track.id == id);
        let view = |counted| TrackStatisticsView::new(counted, track_of(&counted.track_id));
        Self {
            media_time_ms: status.media_time_ms.as_millis(),
            durable_until_ms: status.durable_until_ms.as_millis(),
            tracks: status.tracks.iter().map(view).collect(),
            dropped: DropCountersView {
                malformed: status.dropped.malformed,
                unknown_ssrc: status.dropped.unknown_ssrc,
                unknown_payload_type: status.dropped.unknown_payload_type,
                wrong_source: status.dropped.wrong_source,
                overrun: status.dropped.overrun,
            },
        }
    }
}

impl TrackStatisticsView {
    fn new(statistics: &TrackStatistics, track: Option<&Track>) -> Self {
        Self {
            track_id: statistics.track_id.to_string(),
            participant_id: track.map(|track| track.participant_id.to_string()),
            source: track.map(|track| track.source),
            packets_received: statistics.packets_received,
            packets_lost: statistics.packets_lost,
            packets_duplicated: statistics.packets_duplicated,
            packets_reordered: statistics.packets_reordered,
            bytes_received: statistics.bytes_received,
            jitter_ms: statistics.jitter_ms,
            packets_unauthentic: statistics.packets_unauthentic,
        }
    }
}
