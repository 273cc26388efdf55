use model::{Layout, Profile, VideoFormat};

use crate::Error;

/// Whether a recording has a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// A mixed picture of this size, rate and bit rate.
    Video(VideoFormat),
    /// Sound alone: no video is decoded or encoded.
    AudioOnly,
}

/// How one recording is mixed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MixerSettings {
    /// The picture.
    pub picture: Picture,
    /// How the picture is arranged at first.
    pub layout: Layout,
    /// The meeting's title, shown while nobody has a tile. Untrusted text.
    pub title: String,
    /// The local time at the beginning of the mix, in milliseconds since 1970 as if it were UTC, for the clock in the corner of
    /// the picture; no title and clock are drawn without it.
    pub local_start_ms: Option<i64>,
    /// Length of a CMAF segment; every segment starts with a key frame.
    pub segment_duration_ms: u32,
    /// Length of a CMAF chunk, the unit in which media leaves the mixer.
    pub chunk_duration_ms: u32,
    /// Bit rate of the mixed AAC.
    pub audio_bitrate_kbps: u32,
    /// Threads of the video encoder.
    pub encoder_threads: u32,
    /// How long after its moment a frame or sample is mixed: the time packets have to arrive, be repaired and decoded.
    pub latency_ms: u32,
    /// The SSRC Huiji's RTCP is sent from.
    pub rtcp_ssrc: u32,
    /// Where on the recording's timeline this mix begins: zero, or later when it takes over from one that broke off.
    /// Whole hundredths of a second, so that it is a whole number of ticks of every track.
    pub timeline_start_ms: u64,
}

impl MixerSettings {
    /// Returns the settings of a recording in `profile`: 4 s segments of 200 ms chunks, 128 kbit/s AAC, 500 ms latency.
    ///
    /// What a crash costs is the chunk being made, the latency and the encoder's lookahead.
    ///
    /// [`Layout::Audio`] means sound alone.
    #[must_use]
    pub fn new(profile: Profile, layout: Layout, title: impl Into<String>) -> Self {
        let picture = match layout {
            Layout::Audio => Picture::AudioOnly,
            _ => Picture::Video(profile.video_format()),
        };
        Self {
            picture,
            layout,
            title: title.into(),
            local_start_ms: None,
            segment_duration_ms: 4_000,
            chunk_duration_ms: 200,
            audio_bitrate_kbps: 128,
            encoder_threads: 1,
            latency_ms: 500,
            rtcp_ssrc: 0x4855_494A,
            timeline_start_ms: 0,
        }
    }

    pub(crate) fn validate(&self) -> Result<(), Error> {
        let invalid = |field, problem: String| Err(Error::InvalidSetting { field, problem });
        if self.chunk_duration_ms < 100 || !self.segment_duration_ms.is_multiple_of(self.chunk_duration_ms) {
            return invalid("chunk_duration_ms", "must be at least 100 and divide segment_duration_ms".to_owned());
        }
        if !(100..=10_000).contains(&self.latency_ms) {
            return invalid("latency_ms", format!("is {}, expected 100 to 10000", self.latency_ms));
        }
        if !self.timeline_start_ms.is_multiple_of(10) {
            return invalid("timeline_start_ms", format!("is {}, expected a multiple of 10", self.timeline_start_ms));
        }
        if !(1..=64).contains(&self.encoder_threads) {
            return invalid("encoder_threads", format!("is {}, expected 1 to 64", self.encoder_threads));
        }
        if !(16..=512).contains(&self.audio_bitrate_kbps) {
            return invalid("audio_bitrate_kbps", format!("is {}, expected 16 to 512", self.audio_bitrate_kbps));
        }
        if let Picture::Video(format) = self.picture {
            let side = |pixels: u32| (64..=4096).contains(&pixels) && pixels.is_multiple_of(2);
            if !side(format.width) || !side(format.height) {
                return invalid("picture", format!("is {}x{}, expected even 64 to 4096", format.width, format.height));
            }
            if !(1..=60).contains(&format.frames_per_second) || !(50..=50_000).contains(&format.bitrate_kbps) {
                return invalid("picture", "needs 1 to 60 frames a second and 50 to 50000 kbit/s".to_owned());
            }
            if !(self.chunk_duration_ms * format.frames_per_second).is_multiple_of(1000) {
                return invalid("chunk_duration_ms", "must hold a whole number of frames".to_owned());
            }
        }
        Ok(())
    }
}
