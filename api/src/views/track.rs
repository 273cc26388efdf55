use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::{ParticipantId, RtxStream, SrtpKey, Track, TrackFeed, TrackId, TrackMid};
use serde::Deserialize;
use utoipa::ToSchema;

use super::closed_set_schemas as schemas;

/// An RTP source that is about to send.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTrack {
    /// Whose track it is; must be in the roster or have joined.
    #[schema(value_type = String)]
    pub(crate) participant_id: ParticipantId,
    #[schema(value_type = schemas::TrackSource)]
    pub(crate) source: model::TrackSource,
    #[schema(value_type = schemas::Codec)]
    pub(crate) codec: model::Codec,
    /// The RTP payload type.
    #[schema(minimum = 0, maximum = 127)]
    pub(crate) payload_type: u8,
    /// The RTP clock rate in hertz, as the payload format prescribes it.
    pub(crate) clock_rate_hz: u32,
    /// The synchronisation source of the packets.
    pub(crate) ssrc: u32,
    /// The key, when the feed is SRTP.
    #[serde(default)]
    pub(crate) srtp: Option<NewSrtpKey>,
    /// The payload type of RED packets (RFC 2198), when the microphone sends them.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 127)]
    pub(crate) red_payload_type: Option<u8>,
    /// The stream on which the SFU sends lost packets again (RFC 4588), when it does so on one of its own.
    #[serde(default)]
    pub(crate) rtx: Option<NewRtxStream>,
    /// What the packets call the track (RFC 8843): its SSRC may then change without a call.
    #[serde(default)]
    pub(crate) mid: Option<NewTrackMid>,
}

/// A stream of packets that are sent again.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RtxStream)]
pub(crate) struct NewRtxStream {
    pub(crate) ssrc: u32,
    #[schema(minimum = 0, maximum = 127)]
    pub(crate) payload_type: u8,
}

/// The name of a track in the header extension of its packets.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TrackMid)]
pub(crate) struct NewTrackMid {
    /// The id of the header extension, as `a=extmap` gives it.
    #[schema(minimum = 1, maximum = 255)]
    pub(crate) extension_id: u8,
    /// The name, as `a=mid` gives it; at most 16 bytes.
    pub(crate) value: String,
}

/// The key of an SRTP feed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SrtpKey)]
pub(crate) struct NewSrtpKey {
    #[schema(value_type = schemas::SrtpProfile)]
    pub(crate) profile: model::SrtpProfile,
    /// Master key and master salt, one after the other, as in SDP `a=crypto`; base64.
    pub(crate) key_base64: String,
}

/// What changes on a track. Fields that are left out stay as they are.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrackChange {
    #[serde(default)]
    pub(crate) muted: Option<bool>,
    #[serde(default)]
    pub(crate) ssrc: Option<u32>,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 127)]
    pub(crate) payload_type: Option<u8>,
}

impl NewTrack {
    /// Gives the track its id and checks that its parts fit together.
    pub(crate) fn into_track(self, id: TrackId) -> Result<Track, model::Error> {
        let srtp = match self.srtp {
            Some(new) => Some(SrtpKey {
                profile: new.profile,
                key_and_salt: STANDARD.decode(&new.key_base64).map_err(|_| model::Error::InvalidField {
                    field: "srtp.key_base64",
                    problem: "is not standard base64".to_owned(),
                })?,
            }),
            None => None,
        };
        let track = Track {
            id,
            participant_id: self.participant_id,
            source: self.source,
            codec: self.codec,
            payload_type: self.payload_type,
            clock_rate_hz: self.clock_rate_hz,
            ssrc: self.ssrc,
            srtp,
            feed: TrackFeed {
                red_payload_type: self.red_payload_type,
                rtx: self.rtx.map(|rtx| RtxStream { ssrc: rtx.ssrc, payload_type: rtx.payload_type }),
                mid: self.mid.map(|mid| TrackMid { extension_id: mid.extension_id, value: mid.value }),
            },
        };
        track.validate()?;
        Ok(track)
    }
}
