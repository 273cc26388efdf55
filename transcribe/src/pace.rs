/// How fast speech is being heard: lately, not over the whole meeting.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pace {
    busy_ms: f32,
    speech_ms: f32,
}

/// After this much speech, what is older counts half.
const SPEECH_MS_KEPT: f32 = 60_000.0;

impl Pace {
    /// Takes in that hearing some speech took some time.
    pub(crate) fn note(&mut self, speech_ms: u64, busy_ms: u64) {
        if speech_ms == 0 {
            return;
        }
        if self.speech_ms > SPEECH_MS_KEPT {
            self.speech_ms /= 2.0;
            self.busy_ms /= 2.0;
        }
        self.speech_ms += speech_ms as f32;
        self.busy_ms += busy_ms as f32;
    }

    /// Returns the seconds of work for a second of speech; none before anything was heard.
    pub(crate) fn real_time_factor(self) -> Option<f32> {
        (self.speech_ms > 0.0).then(|| (self.busy_ms / self.speech_ms * 100.0).round() / 100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;

    #[test]
    fn what_was_long_ago_counts_less() {
        let mut pace = Pace::default();
        assert_eq!(pace.real_time_factor(), None);
        pace.note(0, 500);
        assert_eq!(pace.real_time_factor(), None, "waiting is no work");
        pace.note(10_000, 5_000);
        assert_eq!(pace.real_time_factor(), Some(0.5));
        for _ in 0..60 {
            pace.note(10_000, 1_000);
        }
        assert_eq!(pace.real_time_factor(), Some(0.1));
    }
}
