use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use model::Timestamp;

/// Slows down guessing of passwords: after a few failures, each further one doubles the wait for this user name from this
/// address. Another address is not slowed, so nobody can lock somebody else out.
#[derive(Debug, Default)]
pub(crate) struct SignInThrottle {
    failures: Mutex<HashMap<(String, Option<IpAddr>), Failures>>,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last_at: Timestamp,
}

impl SignInThrottle {
    const FREE_FAILURES: u32 = 5;
    const WAIT_MS_MAX: i64 = 15 * 60 * 1000;
    const ENTRIES_MAX: usize = 10_000;
    const NAME_CHARS_MAX: usize = 128;

    /// Returns how long to wait before the next attempt, in milliseconds; none when it may be made now.
    pub(crate) fn wait_ms(&self, user_name: &str, address: Option<IpAddr>, now: Timestamp) -> Option<u64> {
        let failures = *self.lock().get(&key(user_name, address))?;
        let excess = failures.count.checked_sub(Self::FREE_FAILURES)?;
        let wait_ms = 1000_i64.saturating_mul(1 << excess.min(20)).min(Self::WAIT_MS_MAX);
        let left_ms = wait_ms - now.millis_since(failures.last_at);
        u64::try_from(left_ms).ok().filter(|left_ms| *left_ms > 0)
    }

    /// Notes a failure.
    pub(crate) fn fail(&self, user_name: &str, address: Option<IpAddr>, now: Timestamp) {
        let mut entries = self.lock();
        if entries.len() >= Self::ENTRIES_MAX {
            entries.retain(|_, failures| now.millis_since(failures.last_at) < Self::WAIT_MS_MAX);
        }
        if entries.len() >= Self::ENTRIES_MAX {
            let oldest = entries.iter().min_by_key(|(_, failures)| failures.last_at).map(|(key, _)| key.clone());
            oldest.and_then(|key| entries.remove(&key));
        }
        let failures = entries.entry(key(user_name, address)).or_insert(Failures { count: 0, last_at: now });
        if now.millis_since(failures.last_at) >= Self::WAIT_MS_MAX {
            failures.count = 0;
        }
        failures.count = failures.count.saturating_add(1);
        failures.last_at = now;
    }

    /// Forgets the failures of somebody who did know the password.
    pub(crate) fn succeed(&self, user_name: &str, address: Option<IpAddr>) {
        self.lock().remove(&key(user_name, address));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(String, Option<IpAddr>), Failures>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(user_name: &str, address: Option<IpAddr>) -> (String, Option<IpAddr>) {
    (user_name.chars().take(SignInThrottle::NAME_CHARS_MAX).collect(), address)
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use model::Timestamp;

    use super::SignInThrottle;

    const HERE: Option<IpAddr> = Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
    const START: Timestamp = Timestamp::from_micros(0);

    #[test]
    fn waiting_doubles_and_ends() {
        let throttle = SignInThrottle::default();
        for _ in 0..4 {
            throttle.fail("host", HERE, START);
        }
        assert_eq!(throttle.wait_ms("host", HERE, START), None);
        throttle.fail("host", HERE, START);
        assert_eq!(throttle.wait_ms("host", HERE, START), Some(1000));
        throttle.fail("host", HERE, START);
        assert_eq!(throttle.wait_ms("host", HERE, START), Some(2000));
        assert_eq!(throttle.wait_ms("host", HERE, START.plus_millis(1500)), Some(500));
        assert_eq!(throttle.wait_ms("host", HERE, START.plus_millis(2000)), None);
        assert_eq!(throttle.wait_ms("host", None, START), None, "another address is not slowed");
        throttle.succeed("host", HERE);
        assert_eq!(throttle.wait_ms("host", HERE, START), None);
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = SignInThrottle::default();
        for index in 0..SignInThrottle::ENTRIES_MAX as i64 + 50 {
            throttle.fail(&format!("user-{index}"), HERE, START.plus_millis(index));
        }
        assert_eq!(throttle.lock().len(), SignInThrottle::ENTRIES_MAX);
    }
}
