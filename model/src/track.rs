use std::fmt;

use serde::{Deserialize, Serialize};

use crate::closed_set::closed_set;
use crate::{Error, ParticipantId, TrackId};

closed_set! {
    /// What a track shows or carries.
    pub enum TrackSource as "track source" {
        /// A person's voice.
        Microphone = "microphone",
        /// A person's picture.
        Camera = "camera",
        /// A shared screen.
        Screen = "screen",
    }
}

closed_set! {
    /// The payload format of a track.
    pub enum Codec as "codec" {
        /// Opus, RFC 7587.
        Opus = "opus",
        /// G.711 mu-law, RFC 3551.
        Pcmu = "pcmu",
        /// G.711 A-law, RFC 3551.
        Pcma = "pcma",
        /// G.722, RFC 3551.
        G722 = "g722",
        /// VP8, RFC 7741.
        Vp8 = "vp8",
        /// VP9, RFC 9628.
        Vp9 = "vp9",
        /// H.264, RFC 6184.
        H264 = "h264",
        /// AV1, AOM RTP payload specification.
        Av1 = "av1",
    }
}

impl Codec {
    /// Says whether the codec carries sound.
    #[must_use]
    pub const fn is_audio(self) -> bool {
        matches!(self, Self::Opus | Self::Pcmu | Self::Pcma | Self::G722)
    }

    /// Returns the RTP clock rate in hertz that the payload format prescribes.
    #[must_use]
    pub const fn clock_rate_hz(self) -> u32 {
        match self {
            Self::Opus => 48_000,
            Self::Pcmu | Self::Pcma | Self::G722 => 8_000,
            Self::Vp8 | Self::Vp9 | Self::H264 | Self::Av1 => 90_000,
        }
    }
}

closed_set! {
    /// An SRTP protection profile.
    pub enum SrtpProfile as "SRTP profile" {
        /// AES-128 counter mode with an 80-bit HMAC-SHA1 tag, RFC 3711.
        AesCm128HmacSha1Tag80 = "AES_CM_128_HMAC_SHA1_80",
        /// AES-128-GCM, RFC 7714.
        AeadAes128Gcm = "AEAD_AES_128_GCM",
        /// AES-256-GCM, RFC 7714.
        AeadAes256Gcm = "AEAD_AES_256_GCM",
    }
}

impl SrtpProfile {
    /// Returns master key and salt lengths in bytes.
    #[must_use]
    pub const fn key_and_salt_bytes(self) -> (usize, usize) {
        match self {
            Self::AesCm128HmacSha1Tag80 => (16, 14),
            Self::AeadAes128Gcm => (16, 12),
            Self::AeadAes256Gcm => (32, 12),
        }
    }
}

/// The key that protects one track's RTP. Its `Debug` form hides the secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SrtpKey {
    /// The protection profile.
    pub profile: SrtpProfile,
    /// Master key and master salt, one after the other, as in SDP `a=crypto` before base64.
    pub key_and_salt: Vec<u8>,
}

impl fmt::Debug for SrtpKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SrtpKey").field("profile", &self.profile).finish_non_exhaustive()
    }
}

/// One RTP source of a recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Track {
    /// The id given by Huiji.
    pub id: TrackId,
    /// Whose track it is.
    pub participant_id: ParticipantId,
    /// What it shows or carries.
    pub source: TrackSource,
    /// The payload format.
    pub codec: Codec,
    /// The RTP payload type, 0 to 127.
    pub payload_type: u8,
    /// The RTP clock rate in hertz.
    pub clock_rate_hz: u32,
    /// The synchronisation source of the packets.
    pub ssrc: u32,
    /// The key, when the feed is SRTP.
    pub srtp: Option<SrtpKey>,
    /// What comes beside the main stream.
    #[serde(default)]
    pub feed: TrackFeed,
}

/// How the packets of a track come beside its main stream. The default is: not at all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrackFeed {
    /// The payload type of packets that repeat what came before them (RED, RFC 2198).
    pub red_payload_type: Option<u8>,
    /// The stream on which lost packets are sent again (RFC 4588).
    pub rtx: Option<RtxStream>,
    /// What the packets call the track, so that its SSRC may change or be unknown (RFC 8843 §9.2).
    pub mid: Option<TrackMid>,
}

/// A stream of packets that are sent again (RFC 4588).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RtxStream {
    /// Its synchronisation source.
    pub ssrc: u32,
    /// Its payload type.
    pub payload_type: u8,
}

/// The name of a track in the header extension of its packets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackMid {
    /// The id of the header extension, 1 to 255, as `a=extmap` gives it.
    pub extension_id: u8,
    /// The name, as `a=mid` gives it.
    pub value: String,
}

impl Track {
    /// Checks that source, codec, payload type, clock rate and key fit together.
    ///
    /// # Errors
    /// [`Error::InvalidField`] naming the first field that does not fit.
    pub fn validate(&self) -> Result<(), Error> {
        let invalid = |field, problem: String| Err(Error::InvalidField { field, problem });
        if self.payload_type > 127 {
            return invalid("payload_type", format!("{} is above 127", self.payload_type));
        }
        if self.codec.is_audio() != (self.source == TrackSource::Microphone) {
            return invalid("codec", format!("{} cannot carry a {}", self.codec, self.source));
        }
        if self.clock_rate_hz != self.codec.clock_rate_hz() {
            let expected = self.codec.clock_rate_hz();
            return invalid("clock_rate_hz", format!("{} must be {expected} for {}", self.clock_rate_hz, self.codec));
        }
        self.feed.validate(self)?;
        if let Some(srtp) = &self.srtp {
            let (key, salt) = srtp.profile.key_and_salt_bytes();
            if srtp.key_and_salt.len() != key + salt {
                let expected = key + salt;
                return invalid("srtp.key", format!("must be {expected} bytes for {}", srtp.profile));
            }
        }
        Ok(())
    }
}

impl TrackFeed {
    const MID_BYTES_MAX: usize = 16;

    fn validate(&self, track: &Track) -> Result<(), Error> {
        let invalid = |field, problem: String| Err(Error::InvalidField { field, problem });
        let taken = |payload_type: u8| payload_type > 127 || payload_type == track.payload_type;
        if let Some(red) = self.red_payload_type.filter(|red| taken(*red) || !track.codec.is_audio()) {
            return invalid("red_payload_type", format!("{red} must be another one up to 127, of a microphone"));
        }
        if let Some(rtx) = self.rtx.filter(|rtx| taken(rtx.payload_type) || rtx.ssrc == track.ssrc) {
            let problem = format!("{} and {} must differ from the track's own", rtx.ssrc, rtx.payload_type);
            return invalid("rtx", problem);
        }
        let usable = |mid: &TrackMid| mid.extension_id > 0 && (1..=Self::MID_BYTES_MAX).contains(&mid.value.len());
        if !self.mid.as_ref().is_none_or(usable) {
            return invalid("mid", format!("needs an extension id and 1 to {} bytes", Self::MID_BYTES_MAX));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Codec, RtxStream, SrtpKey, SrtpProfile, Track, TrackFeed, TrackMid, TrackSource};
    use crate::{ParticipantId, TrackId};

    fn microphone() -> Track {
        Track {
            id: TrackId::new("t1").expect("valid"),
            participant_id: ParticipantId::new("p1").expect("valid"),
            source: TrackSource::Microphone,
            codec: Codec::Opus,
            payload_type: 111,
            clock_rate_hz: 48_000,
            ssrc: 1,
            srtp: None,
            feed: TrackFeed::default(),
        }
    }

    #[test]
    fn mismatches_name_the_field() {
        assert_eq!(microphone().validate(), Ok(()));
        let check = |change: fn(&mut Track), field: &str| {
            let mut track = microphone();
            change(&mut track);
            let message = track.validate().expect_err(field).to_string();
            assert!(message.starts_with(field), "{message}");
        };
        check(|track| track.payload_type = 128, "payload_type");
        check(|track| track.codec = Codec::Vp8, "codec");
        check(|track| track.clock_rate_hz = 8_000, "clock_rate_hz");
        check(|track| track.feed.red_payload_type = Some(111), "red_payload_type");
        check(|track| track.feed.rtx = Some(RtxStream { ssrc: 1, payload_type: 97 }), "rtx");
        check(|track| track.feed.mid = Some(TrackMid { extension_id: 4, value: String::new() }), "mid");
        check(
            |track| track.srtp = Some(SrtpKey { profile: SrtpProfile::AeadAes256Gcm, key_and_salt: vec![0; 30] }),
            "srtp.key",
        );
    }

    #[test]
    fn debug_hides_the_key() {
        let key = SrtpKey { profile: SrtpProfile::AeadAes128Gcm, key_and_salt: vec![171; 28] };
        assert!(!format!("{key:?}").contains("171"));
    }
}
