use tokio::time::Instant;

/// Interarrival jitter as RFC 3550 §A.8 computes it.
#[derive(Debug)]
pub(crate) struct JitterEstimator {
    clock_rate_hz: u32,
    origin: Option<Instant>,
    transit: Option<u32>,
    jitter_units: f64,
}

impl JitterEstimator {
    pub(crate) const fn new(clock_rate_hz: u32) -> Self {
        Self { clock_rate_hz, origin: None, transit: None, jitter_units: 0.0 }
    }

    pub(crate) fn record(&mut self, arrived_at: Instant, timestamp: u32) {
        let origin = *self.origin.get_or_insert(arrived_at);
        let elapsed = arrived_at.saturating_duration_since(origin).as_nanos();
        let arrival_units = (elapsed * u128::from(self.clock_rate_hz) / 1_000_000_000) as u32;
        let transit = arrival_units.wrapping_sub(timestamp);
        if let Some(before) = self.transit.replace(transit) {
            let difference = f64::from((transit.wrapping_sub(before) as i32).unsigned_abs());
            self.jitter_units += (difference - self.jitter_units) / 16.0;
        }
    }

    /// Forgets the last packet, whose time stamp belongs to another run.
    pub(crate) const fn end_run(&mut self) {
        self.transit = None;
    }

    pub(crate) fn jitter_ms(&self) -> f64 {
        self.jitter_units * 1000.0 / f64::from(self.clock_rate_hz)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::JitterEstimator;

    fn check(first_timestamp: u32, delays_ms: &[u64]) -> f64 {
        let start = Instant::now();
        let mut jitter = JitterEstimator::new(48_000);
        for (index, delay) in delays_ms.iter().enumerate() {
            let arrived_at = start + Duration::from_millis(20 * index as u64 + delay);
            jitter.record(arrived_at, first_timestamp.wrapping_add(960 * index as u32));
        }
        jitter.jitter_ms()
    }

    #[test]
    fn even_arrivals_have_none() {
        assert!(check(0, &[5; 200]).abs() < 1e-9);
        assert!(check(u32::MAX - 960 * 100, &[5; 200]).abs() < 1e-9, "through a wrap of the time stamp");
    }

    #[test]
    fn one_late_packet() {
        // 16 ms late, then on time again: J = 16/16 = 1, then 1 + (16 − 1)/16.
        assert!((check(0, &[0, 16]) - 1.0).abs() < 1e-9);
        assert!((check(0, &[0, 16, 0]) - 1.9375).abs() < 1e-9);
    }

    #[test]
    fn alternating_delay_converges() {
        let delays: Vec<u64> = (0..400).map(|index| index % 2 * 10).collect();
        assert!((check(7, &delays) - 10.0).abs() < 0.01);
    }
}
