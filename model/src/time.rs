use std::fmt;
use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

/// A moment in wall-clock time: microseconds since the Unix epoch, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Wraps microseconds since the Unix epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Returns microseconds since the Unix epoch.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Returns whole milliseconds since the Unix epoch, rounded down.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Returns the moment `milliseconds` later (earlier when negative), saturating at the ends of time.
    #[must_use]
    pub const fn plus_millis(self, milliseconds: i64) -> Self {
        Self(self.0.saturating_add(milliseconds.saturating_mul(1000)))
    }

    /// Returns the milliseconds from `earlier` to this moment; negative when `earlier` is later.
    #[must_use]
    pub const fn millis_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(1000)
    }
}

impl fmt::Display for Timestamp {
    /// Writes RFC 3339 in UTC with milliseconds.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(timestamp) => write!(formatter, "{timestamp:.3}"),
            Err(_) => write!(formatter, "{} us", self.0),
        }
    }
}

/// A position on a recording's timeline, in milliseconds since its first mixed sample.
///
/// Pauses and gaps are spans on this timeline; it never jumps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MediaTime(u64);

impl MediaTime {
    /// The first sample of the recording.
    pub const ZERO: Self = Self(0);

    /// Wraps milliseconds since the start of the recording.
    #[must_use]
    pub const fn from_millis(milliseconds: u64) -> Self {
        Self(milliseconds)
    }

    /// Rounds microseconds since the start of the recording to the nearest millisecond.
    #[must_use]
    pub const fn from_micros(micros: u64) -> Self {
        Self((micros + 500) / 1000)
    }

    /// Returns milliseconds since the start of the recording.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Returns the distance to `other` in milliseconds, whichever is later.
    #[must_use]
    pub const fn abs_diff_millis(self, other: Self) -> u64 {
        self.0.abs_diff(other.0)
    }
}

impl Add<u64> for MediaTime {
    type Output = Self;
    fn add(self, milliseconds: u64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }
}

impl Sub for MediaTime {
    type Output = u64;
    /// Returns the milliseconds from `other` to `self`, zero when `other` is later.
    fn sub(self, other: Self) -> u64 {
        self.0.saturating_sub(other.0)
    }
}

impl fmt::Display for MediaTime {
    /// Writes `hh:mm:ss.mmm`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, milliseconds) = (self.0 / 1000, self.0 % 1000);
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(formatter, "{hours:02}:{minutes:02}:{seconds:02}.{milliseconds:03}")
    }
}

/// A half-open stretch `[start_ms, end_ms)` of a recording's timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TimeSpan {
    /// The first millisecond inside.
    pub start_ms: MediaTime,
    /// The first millisecond after.
    pub end_ms: MediaTime,
}

impl TimeSpan {
    /// Returns the length in milliseconds; zero when the end lies before the start.
    #[must_use]
    pub fn duration_ms(self) -> u64 {
        self.end_ms - self.start_ms
    }

    /// Returns how many milliseconds the two spans share.
    #[must_use]
    pub fn overlap_ms(self, other: Self) -> u64 {
        self.end_ms.min(other.end_ms) - self.start_ms.max(other.start_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::{MediaTime, TimeSpan, Timestamp};

    #[test]
    fn timestamps_print_as_rfc_3339() {
        assert_eq!(Timestamp::from_micros(1_700_000_000_123_456).to_string(), "2023-11-14T22:13:20.123Z");
        assert_eq!(Timestamp::from_micros(-1).as_millis(), -1);
    }

    #[test]
    fn media_time_prints_beyond_a_day() {
        assert_eq!(MediaTime::from_millis(7 * 24 * 3_600_000 + 61_001).to_string(), "168:01:01.001");
        assert_eq!(MediaTime::from_micros(1_499).as_millis(), 1);
        assert_eq!(MediaTime::from_micros(1_500).as_millis(), 2);
    }

    #[test]
    fn overlap_of_disjoint_spans_is_zero() {
        let span =
            |start, end| TimeSpan { start_ms: MediaTime::from_millis(start), end_ms: MediaTime::from_millis(end) };
        assert_eq!(span(0, 10).overlap_ms(span(20, 30)), 0);
        assert_eq!(span(0, 10).overlap_ms(span(5, 30)), 5);
    }
}
