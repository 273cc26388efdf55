use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::Timestamp;
use store::Clock;

/// Keeps callers from a server that does not answer: after some failures in a row nobody passes for a while, then one
/// caller to find out whether it is back.
pub(crate) struct CircuitBreaker {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed { failures: u32 },
    Open { until: Timestamp },
}

const FAILURES_MAX: u32 = 3;
const OPEN_MS: i64 = 30_000;

impl CircuitBreaker {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, state: Mutex::new(State::Closed { failures: 0 }) }
    }

    /// Says whether the caller may try the server; it then reports how that went.
    pub(crate) fn may_pass(&self) -> bool {
        let now = self.clock.now();
        let mut state = self.state();
        match *state {
            State::Closed { .. } => true,
            State::Open { until } if now < until => false,
            State::Open { .. } => {
                // Until this caller reports, nobody else tries.
                *state = State::Open { until: now.plus_millis(OPEN_MS) };
                true
            }
        }
    }

    pub(crate) fn report_success(&self) {
        *self.state() = State::Closed { failures: 0 };
    }

    /// Returns whether the server is left alone from now on.
    pub(crate) fn report_failure(&self) -> bool {
        let until = self.clock.now().plus_millis(OPEN_MS);
        let mut state = self.state();
        *state = match *state {
            State::Closed { failures } if failures + 1 < FAILURES_MAX => State::Closed { failures: failures + 1 },
            State::Closed { .. } | State::Open { .. } => State::Open { until },
        };
        matches!(*state, State::Open { .. })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use model::Timestamp;
    use store::ManualClock;

    use super::{CircuitBreaker, FAILURES_MAX, OPEN_MS};

    #[test]
    fn three_failures_in_a_row_open_it_and_one_caller_tries_again() {
        let clock = Arc::new(ManualClock::new(Timestamp::from_micros(0)));
        let breaker = CircuitBreaker::new(Arc::<ManualClock>::clone(&clock));
        for _ in 0..2 {
            assert!(breaker.may_pass());
            assert!(!breaker.report_failure());
        }
        breaker.report_success();
        for failure in 1..=FAILURES_MAX {
            assert!(breaker.may_pass());
            assert_eq!(breaker.report_failure(), failure == FAILURES_MAX);
        }
        assert!(!breaker.may_pass());
        clock.advance_ms(OPEN_MS - 1);
        assert!(!breaker.may_pass());
        clock.advance_ms(1);
        assert!(breaker.may_pass());
        assert!(!breaker.may_pass(), "one at a time");
        assert!(breaker.report_failure());
        clock.advance_ms(OPEN_MS);
        assert!(breaker.may_pass());
        breaker.report_success();
        assert!(breaker.may_pass() && breaker.may_pass());
    }
}
