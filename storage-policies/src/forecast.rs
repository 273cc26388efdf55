use model::{Plan, Profile};
use serde::{Deserialize, Serialize};

use crate::Usage;

/// The mixed sound (AAC, stereo) of every profile.
const MIXED_AUDIO_KBPS: u64 = 128;
/// The microphone of the one person who speaks at a time (Opus, stored for transcription).
const SPEECH_KBPS: u64 = 32;

/// How long the room left lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forecast {
    /// The bytes the plan still has room for; zero when it is full.
    pub bytes_left: u64,
    /// What an hour of meeting takes at most in this profile.
    pub bytes_per_hour: u64,
    /// The minutes of meeting that still fit, rounded down.
    pub minutes_left: u64,
}

impl Forecast {
    /// Works out how long the room left lasts when every meeting is recorded in `profile`, at its full bit rate.
    #[must_use]
    pub fn new(plan: &Plan, usage: &Usage, profile: Profile) -> Self {
        let kbps = u64::from(profile.video_format().bitrate_kbps) + MIXED_AUDIO_KBPS + SPEECH_KBPS;
        let bytes_per_minute = kbps * 1000 / 8 * 60;
        let bytes_left = plan.storage_bytes().saturating_sub(usage.stored_bytes);
        Self { bytes_left, bytes_per_hour: bytes_per_minute * 60, minutes_left: bytes_left / bytes_per_minute }
    }

    /// Returns the hours of meeting that still fit.
    #[must_use]
    pub fn hours_left(&self) -> f64 {
        self.minutes_left as f64 / 60.0
    }
}

#[cfg(test)]
mod tests {
    use model::{Plan, PlanName, Profile};

    use super::Forecast;
    use crate::Usage;

    #[test]
    fn the_room_left_is_divided_by_the_bit_rate() {
        let plan = Plan::published(PlanName::Standard, 1);
        for (used, profile, bytes_per_hour, minutes_left) in [
            (0, Profile::Economy, 297_000_000, 20_202),
            (0, Profile::Standard, 477_000_000, 12_578),
            (0, Profile::High, 747_000_000, 8_032),
            (0, Profile::Full, 1_422_000_000, 4_219),
            (99_253_000_000, Profile::High, 747_000_000, 60),
            (99_253_000_001, Profile::High, 747_000_000, 59),
            (100_000_000_000, Profile::High, 747_000_000, 0),
            (u64::MAX, Profile::High, 747_000_000, 0),
        ] {
            let forecast = Forecast::new(&plan, &Usage { stored_bytes: used, smart_recordings: 0 }, profile);
            assert_eq!((forecast.bytes_per_hour, forecast.minutes_left), (bytes_per_hour, minutes_left), "{profile}");
        }
    }

    #[test]
    fn hours_are_minutes_over_sixty() {
        let forecast = Forecast { bytes_left: 1, bytes_per_hour: 1, minutes_left: 90 };
        assert!((forecast.hours_left() - 1.5).abs() < f64::EPSILON);
    }
}
