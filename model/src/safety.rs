use serde::{Deserialize, Serialize};

use crate::closed_set::closed_set;
use crate::{RecorderStatus, Timestamp};

closed_set! {
    /// How much room a recorder's disk has.
    pub enum DiskLevel as "disk level" {
        /// Enough.
        Ample = "ample",
        /// So little that video is not recorded, to keep the sound.
        Low = "low",
        /// None: what was recorded last could not be written.
        Full = "full",
    }
}

closed_set! {
    /// Why a recording that goes on is not as safe as it should be.
    pub enum SafetyConcern as "safety concern" {
        /// Nothing has become durable for a while.
        NotDurable = "not_durable",
        /// The media store does not take segments; they wait on the recorder's disk.
        StoreUnreachable = "store_unreachable",
        /// The disk is nearly full: video is not recorded, sound is.
        DiskLow = "disk_low",
        /// The disk is full: nothing can be written.
        DiskFull = "disk_full",
    }
}

/// The disk a recorder writes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskStatus {
    /// How much room it has.
    pub level: DiskLevel,
    /// What is free for the recorder, in bytes; none while it is not known.
    pub free_bytes: Option<u64>,
}

impl Default for DiskStatus {
    fn default() -> Self {
        Self { level: DiskLevel::Ample, free_bytes: None }
    }
}

/// Whether the media store takes what a recorder closes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum StoreStatus {
    /// The last upload succeeded, or there was none yet.
    #[default]
    Reachable,
    /// Uploads fail and are tried again.
    Unreachable {
        /// Since when.
        since: Timestamp,
    },
}

impl RecorderStatus {
    /// Longer than a segment takes that is late for an ordinary reason: a busy disk, the mixer's latency, a long chunk.
    pub const DURABLE_LAG_MS_MAX: u64 = 10_000;

    /// Returns how much of the timeline is not durable on any disk yet, in milliseconds.
    #[must_use]
    pub const fn durable_lag_ms(&self) -> u64 {
        self.media_time_ms.as_millis().saturating_sub(self.durable_until_ms.as_millis())
    }

    /// Returns how much of the timeline is not in the store yet, in milliseconds.
    #[must_use]
    pub const fn unstored_ms(&self) -> u64 {
        self.media_time_ms.as_millis().saturating_sub(self.stored_until_ms.as_millis())
    }

    /// Returns what is wrong; nothing when the recording is safe.
    #[must_use]
    pub fn concerns(&self) -> Vec<SafetyConcern> {
        let disk = match self.disk.level {
            DiskLevel::Ample => None,
            DiskLevel::Low => Some(SafetyConcern::DiskLow),
            DiskLevel::Full => Some(SafetyConcern::DiskFull),
        };
        let store = matches!(self.store, StoreStatus::Unreachable { .. }).then_some(SafetyConcern::StoreUnreachable);
        let lag = (self.durable_lag_ms() > Self::DURABLE_LAG_MS_MAX).then_some(SafetyConcern::NotDurable);
        [lag, store, disk].into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{DiskLevel, DiskStatus, SafetyConcern, StoreStatus};
    use crate::{MediaTime, RecorderStatus, Timestamp};

    #[test]
    fn every_concern_is_told_and_none_without_a_reason() {
        let at = MediaTime::from_millis;
        let safe = RecorderStatus {
            media_time_ms: at(60_000),
            durable_until_ms: at(57_900),
            stored_until_ms: at(52_000),
            ..RecorderStatus::default()
        };
        assert_eq!((safe.durable_lag_ms(), safe.unstored_ms(), safe.concerns()), (2_100, 8_000, vec![]));

        let late = RecorderStatus { durable_until_ms: at(50_000), ..safe.clone() };
        assert_eq!(late.concerns(), [], "exactly the longest that is ordinary");
        let later = RecorderStatus { durable_until_ms: at(49_999), ..safe.clone() };
        assert_eq!(later.concerns(), [SafetyConcern::NotDurable]);
        let store = StoreStatus::Unreachable { since: Timestamp::from_micros(1) };
        let full = DiskStatus { level: DiskLevel::Full, free_bytes: Some(0) };
        let worst = RecorderStatus { store, disk: full, ..later };
        let all = [SafetyConcern::NotDurable, SafetyConcern::StoreUnreachable, SafetyConcern::DiskFull];
        assert_eq!(worst.concerns(), all);
        let low = RecorderStatus { disk: DiskStatus { level: DiskLevel::Low, free_bytes: None }, ..safe };
        assert_eq!(low.concerns(), [SafetyConcern::DiskLow]);
    }
}
