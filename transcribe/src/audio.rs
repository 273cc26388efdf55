use model::MediaTime;

/// The rate of every sample buffer in this crate, in hertz.
pub(crate) const SAMPLE_RATE_HZ: u32 = 16_000;

/// Samples in a millisecond.
pub(crate) const SAMPLES_PER_MS: u64 = SAMPLE_RATE_HZ as u64 / 1000;

/// A position on the recording's timeline, in samples at 16 kHz.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SamplePosition(pub(crate) u64);

impl SamplePosition {
    pub(crate) const fn from_media_time(time: MediaTime) -> Self {
        Self(time.as_millis() * SAMPLES_PER_MS)
    }

    /// Rounds to the nearest millisecond.
    pub(crate) const fn to_media_time(self) -> MediaTime {
        MediaTime::from_millis((self.0 + SAMPLES_PER_MS / 2) / SAMPLES_PER_MS)
    }
}
