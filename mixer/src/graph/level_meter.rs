use std::sync::{Mutex, PoisonError};

const FALL_DB_PER_SECOND: f32 = 60.0;
const STALE_NS: i64 = 300_000_000;
pub(crate) const SILENT_DBFS: f32 = -100.0;

/// How loud one microphone is: rises at once, falls slowly.
#[derive(Debug, Default)]
pub(crate) struct LevelMeter {
    reading: Mutex<Option<(f32, i64)>>,
}

impl LevelMeter {
    /// Takes decoded samples, 16 bit little endian.
    pub(crate) fn observe(&self, samples: &[u8], at_ns: i64) {
        let square = |pair: &[u8; 2]| {
            let sample = i64::from(i16::from_le_bytes(*pair));
            sample * sample
        };
        let (pairs, _) = samples.as_chunks::<2>();
        let sum: i64 = pairs.iter().map(square).sum();
        let mean = sum as f64 / pairs.len().max(1) as f64 / (32_768.0 * 32_768.0);
        let level = (10.0 * mean.max(1e-10).log10()) as f32;
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let held = reading.map_or(SILENT_DBFS, |(held, held_ns)| {
            held - FALL_DB_PER_SECOND * (at_ns.saturating_sub(held_ns).max(0) as f32 / 1e9)
        });
        *reading = Some((level.max(held), at_ns));
    }

    /// Returns the level in dBFS; silent when nothing was heard lately.
    pub(crate) fn level_dbfs(&self, now_ns: i64) -> f32 {
        match *self.reading.lock().unwrap_or_else(PoisonError::into_inner) {
            Some((level, at_ns)) if now_ns - at_ns < STALE_NS => level,
            _ => SILENT_DBFS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::LevelMeter;

    #[test]
    fn full_scale_is_zero_and_silence_falls_away() {
        let meter = LevelMeter::default();
        let loud: Vec<u8> = std::iter::repeat_n(32_767_i16.to_le_bytes(), 960).flatten().collect();
        meter.observe(&loud, 0);
        assert!(meter.level_dbfs(0).abs() < 0.1);
        meter.observe(&[0; 1920], 20_000_000);
        assert!((meter.level_dbfs(20_000_000) + 1.2).abs() < 0.1);
        assert!(meter.level_dbfs(400_000_000) < -99.0);
    }
}
