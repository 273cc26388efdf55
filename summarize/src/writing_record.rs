use std::collections::BTreeMap;

use model::{ModelUsage, RecordingId};
use serde::Serialize;

/// What writing minutes with a language model took, and what became of its claims: for logs, accounting and tests. Holds
/// no speech and no names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct WritingRecord {
    /// Requests answered or failed, repeated ones counted again.
    pub requests: u32,
    /// Tokens sent, as the server counts them; 0 when it does not say.
    pub input_tokens: u64,
    /// Tokens received.
    pub output_tokens: u64,
    /// Facts that the model claimed.
    pub claimed: usize,
    /// Facts that the transcript bears out.
    pub kept: usize,
    /// Facts that were rejected, by reason.
    pub rejected: BTreeMap<&'static str, usize>,
    /// What went wrong with the model, in the order it happened.
    pub failures: Vec<ModelFailure>,
}

/// A request that a language model did not serve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelFailure {
    /// The chapter asked about, from zero; none for the summary.
    pub chapter: Option<usize>,
    /// What happened.
    pub problem: String,
    /// Whether the same was asked again afterwards; otherwise what the rules found stands there.
    pub asked_again: bool,
}

impl WritingRecord {
    /// Returns what the run took, for accounting; none when no model was asked.
    #[must_use]
    pub fn usage(&self) -> Option<ModelUsage> {
        let unanswered = self.failures.iter().filter(|failure| !failure.asked_again).count();
        (self.requests > 0).then(|| ModelUsage {
            requests: self.requests,
            input_tokens: self.input_tokens,
            output_tokens: self.output_tokens,
            claimed: self.claimed as u64,
            kept: self.kept as u64,
            unanswered: u32::try_from(unanswered).unwrap_or(u32::MAX),
        })
    }

    /// Logs what the run took and where the model failed.
    pub(crate) fn log(&self, recording_id: &RecordingId) {
        for failure in &self.failures {
            tracing::warn!(
                recording.id = %recording_id,
                chapter = failure.chapter,
                problem = %failure.problem,
                asked_again = failure.asked_again,
                "the language model failed"
            );
        }
        if self.requests > 0 {
            tracing::info!(
                recording.id = %recording_id,
                requests = self.requests,
                tokens.input = self.input_tokens,
                tokens.output = self.output_tokens,
                facts.claimed = self.claimed,
                facts.kept = self.kept,
                facts.rejected = ?self.rejected,
                "checked the facts of the language model"
            );
        }
    }

    pub(crate) fn reject(&mut self, reason: &'static str) {
        *self.rejected.entry(reason).or_default() += 1;
    }
}
