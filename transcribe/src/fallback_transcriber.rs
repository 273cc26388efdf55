use std::sync::Arc;

use model::Language;
use store::Clock;

use crate::Error;
use crate::circuit_breaker::CircuitBreaker;
use crate::transcriber::{DecodedSegment, Transcriber};
use crate::window::WindowRule;

/// A recogniser that may be away, and one on this machine for as long as it is: a window that the first cannot do is done
/// by the second, and after some failures in a row the first is left alone for half a minute.
pub struct FallbackTranscriber {
    first: Arc<dyn Transcriber>,
    second: Arc<dyn Transcriber>,
    breaker: CircuitBreaker,
    engine: String,
}

impl FallbackTranscriber {
    /// Puts `second` behind `first`.
    #[must_use]
    pub fn new(first: Arc<dyn Transcriber>, second: Arc<dyn Transcriber>, clock: Arc<dyn Clock>) -> Self {
        let engine = format!("{}, or {} while it is away", first.engine(), second.engine());
        Self { first, second, breaker: CircuitBreaker::new(clock), engine }
    }

    fn try_both<T>(&self, work: impl Fn(&dyn Transcriber) -> Result<T, Error>) -> Result<T, Error> {
        if self.breaker.may_pass() {
            match work(self.first.as_ref()) {
                Ok(result) => {
                    self.breaker.report_success();
                    return Ok(result);
                }
                Err(error) => {
                    let left_alone = self.breaker.report_failure();
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        engine = self.first.engine(),
                        left_alone,
                        "speech engine failed, another one takes over"
                    );
                }
            }
        }
        work(self.second.as_ref())
    }
}

impl Transcriber for FallbackTranscriber {
    fn engine(&self) -> &str {
        &self.engine
    }

    /// Windows must suit both.
    fn window_rule(&self) -> WindowRule {
        match (self.first.window_rule(), self.second.window_rule()) {
            (WindowRule::Packed { gap_ms_max: left }, WindowRule::Packed { gap_ms_max: right }) => {
                WindowRule::Packed { gap_ms_max: left.min(right) }
            }
            _ => WindowRule::RegionPerWindow,
        }
    }

    fn workers(&self) -> usize {
        self.first.workers()
    }

    fn transcribe(&self, samples: &[f32], language: Language) -> Result<Vec<DecodedSegment>, Error> {
        self.try_both(|transcriber| transcriber.transcribe(samples, language))
    }

    fn detect_language(&self, samples: &[f32]) -> Result<Option<Language>, Error> {
        self.try_both(|transcriber| transcriber.detect_language(samples))
    }
}
