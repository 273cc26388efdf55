use crate::closed_set::closed_set;

closed_set! {
    /// The quality a meeting is recorded in.
    pub enum Profile as "profile" {
        /// 960x540 at 15 frames a second.
        Economy = "economy",
        /// 1280x720 at 15 frames a second.
        Standard = "standard",
        /// 1280x720 at 25 frames a second.
        High = "high",
        /// 1920x1080 at 25 frames a second.
        Full = "full",
    }
}

/// The numbers behind a [`Profile`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VideoFormat {
    /// Picture width in pixels.
    pub width: u32,
    /// Picture height in pixels.
    pub height: u32,
    /// Frames a second.
    pub frames_per_second: u32,
    /// Upper bound of the video bit rate.
    pub bitrate_kbps: u32,
}

impl Profile {
    /// Returns picture size, rate and bit rate.
    #[must_use]
    pub const fn video_format(self) -> VideoFormat {
        let (width, height, frames_per_second, bitrate_kbps) = match self {
            Self::Economy => (960, 540, 15, 500),
            Self::Standard => (1280, 720, 15, 900),
            Self::High => (1280, 720, 25, 1500),
            Self::Full => (1920, 1080, 25, 3000),
        };
        VideoFormat { width, height, frames_per_second, bitrate_kbps }
    }
}
