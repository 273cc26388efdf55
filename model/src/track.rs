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

#[cfg(test)]
mod tests {
    use super::{Codec, SrtpKey, SrtpProfile, Track, TrackSource};
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
