use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use model::Timestamp;

/// Bounds how fast one caller may ask: so many requests at once, and so many a second after that. Each caller has a
/// measure of their own, so nobody slows anybody else.
#[derive(Debug)]
pub(crate) struct RequestRate {
    burst: u32,
    per_second: u32,
    callers: Mutex<HashMap<String, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// Requests that may still be made at once, in thousandths.
    left_thousandths: i64,
    counted_at: Timestamp,
}

impl RequestRate {
    const CALLERS_MAX: usize = 10_000;

    pub(crate) fn new(burst: u32, per_second: u32) -> Self {
        Self { burst, per_second, callers: Mutex::default() }
    }

    /// Counts a request and returns how long to wait with it, in milliseconds; none when it may be made now.
    pub(crate) fn wait_ms(&self, caller: &str, now: Timestamp) -> Option<u64> {
        let full = i64::from(self.burst) * 1000;
        let per_second = i64::from(self.per_second.max(1));
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        if callers.len() >= Self::CALLERS_MAX && !callers.contains_key(caller) {
            // Whoever has not asked for long enough to be full again may be forgotten.
            let refill_ms = full / per_second;
            callers.retain(|_, bucket| now.millis_since(bucket.counted_at) < refill_ms);
            if callers.len() >= Self::CALLERS_MAX {
                callers.clear();
            }
        }
        let bucket = callers.entry(caller.to_owned()).or_insert(Bucket { left_thousandths: full, counted_at: now });
        let passed_ms = now.millis_since(bucket.counted_at).max(0);
        bucket.left_thousandths =
            bucket.left_thousandths.saturating_add(passed_ms.saturating_mul(per_second)).min(full);
        bucket.counted_at = now;
        if bucket.left_thousandths < 1000 {
            let missing = 1000 - bucket.left_thousandths;
            return u64::try_from((missing + per_second - 1) / per_second).ok();
        }
        bucket.left_thousandths -= 1000;
        None
    }
}

#[cfg(test)]
mod tests {
    use model::Timestamp;

    use super::RequestRate;

    #[test]
    fn a_burst_is_allowed_and_then_so_many_a_second() {
        let rate = RequestRate::new(3, 2);
        let at = |millis: i64| Timestamp::from_micros(0).plus_millis(millis);
        for _ in 0..3 {
            assert_eq!(rate.wait_ms("a", at(0)), None);
        }
        assert_eq!(rate.wait_ms("a", at(0)), Some(500));
        assert_eq!(rate.wait_ms("b", at(0)), None, "another caller is not slowed");
        assert_eq!(rate.wait_ms("a", at(499)), Some(1));
        assert_eq!(rate.wait_ms("a", at(500)), None);
        assert_eq!(rate.wait_ms("a", at(500)), Some(500));
        for _ in 0..3 {
            assert_eq!(rate.wait_ms("a", at(60_000)), None);
        }
        assert_eq!(rate.wait_ms("a", at(59_000)), Some(500), "a clock that goes back gives nothing");
    }

    #[test]
    fn memory_is_bounded() {
        let rate = RequestRate::new(3, 2);
        for caller in 0..RequestRate::CALLERS_MAX + 50 {
            rate.wait_ms(&caller.to_string(), Timestamp::from_micros(0));
        }
        assert!(rate.callers.lock().unwrap().len() <= RequestRate::CALLERS_MAX);
    }
}
