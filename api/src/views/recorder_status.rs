use model::{
    DiskLevel, MediaAddress, ParticipantId, RecorderStatus, SafetyConcern, StoreStatus, Track, TrackId, TrackSource,
    TrackStatistics,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::closed_set_schemas as schemas;
use super::time_text::time_text;

/// What the recorder says of the recording it carries: whether it is safe, and what arrives.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RecorderStatus)]
pub(crate) struct RecorderStatusView {
    /// How far the timeline has come.
    pub(crate) media_time_ms: u64,
    /// How far the timeline is durable in the spool or the store, in picture and sound.
    pub(crate) durable_until_ms: u64,
    /// How far the timeline is in the media store, in picture and sound.
    pub(crate) stored_until_ms: u64,
    /// How much of the timeline is not durable yet, in milliseconds; a few thousand are on their way at any time.
    pub(crate) durable_lag_ms: u64,
    /// How much of the timeline is not in the media store yet, in milliseconds.
    pub(crate) unstored_ms: u64,
    /// Whether there is no concern.
    pub(crate) safe: bool,
    /// Why the recording is not as safe as it should be, though it goes on.
    #[schema(value_type = Vec<schemas::SafetyConcern>)]
    pub(crate) concerns: Vec<SafetyConcern>,
    /// The participants of whom something arrived within the last seconds.
    #[schema(value_type = Vec<String>)]
    pub(crate) captured_participant_ids: Vec<ParticipantId>,
    pub(crate) disk: DiskStatusView,
    /// Since when the media store takes nothing, RFC 3339; null while it does.
    #[schema(required)]
    pub(crate) store_unreachable_since: Option<String>,
    /// Every track, in the order they were added.
    pub(crate) tracks: Vec<TrackStatisticsView>,
    /// Datagrams that belong to no track.
    pub(crate) dropped: DropCountersView,
}

/// The disk the recorder writes to.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DiskStatus)]
pub(crate) struct DiskStatusView {
    #[schema(value_type = schemas::DiskLevel)]
    pub(crate) level: DiskLevel,
    /// What is free for the recorder; null while it is not known.
    #[schema(required)]
    pub(crate) free_bytes: Option<u64>,
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
    /// Packets that were lost and made up for; they count as received.
    pub(crate) packets_repaired: u64,
    pub(crate) packets_duplicated: u64,
    pub(crate) packets_reordered: u64,
    pub(crate) bytes_received: u64,
    pub(crate) jitter_ms: f64,
    /// How long ago the last packet came; null when none ever came.
    #[schema(required)]
    pub(crate) silent_ms: Option<u64>,
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

/// What the recorder of a recording says, as it is pushed while the recording runs.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RecorderEventView {
    pub(crate) recording_id: String,
    pub(crate) recorder: RecorderStatusView,
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
        let concerns = status.concerns();
        let view = |counted| TrackStatisticsView::new(counted, track_of(&counted.track_id));
        Self {
            media_time_ms: status.media_time_ms.as_millis(),
            durable_until_ms: status.durable_until_ms.as_millis(),
            stored_until_ms: status.stored_until_ms.as_millis(),
            durable_lag_ms: status.durable_lag_ms(),
            unstored_ms: status.unstored_ms(),
            safe: concerns.is_empty(),
            concerns,
            captured_participant_ids: status.captured.clone(),
            disk: DiskStatusView { level: status.disk.level, free_bytes: status.disk.free_bytes },
            store_unreachable_since: match status.store {
                StoreStatus::Reachable => None,
                StoreStatus::Unreachable { since } => Some(time_text(since)),
            },
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
            packets_repaired: statistics.packets_repaired,
            packets_duplicated: statistics.packets_duplicated,
            packets_reordered: statistics.packets_reordered,
            bytes_received: statistics.bytes_received,
            jitter_ms: statistics.jitter_ms,
            silent_ms: statistics.silent_ms,
            packets_unauthentic: statistics.packets_unauthentic,
        }
    }
}
