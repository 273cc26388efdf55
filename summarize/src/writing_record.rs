use std::collections::BTreeMap;

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
    pub(crate) fn reject(&mut self, reason: &'static str) {
        *self.rejected.entry(reason).or_default() += 1;
    }
}
