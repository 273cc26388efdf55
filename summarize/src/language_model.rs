use std::future::Future;
use std::pin::Pin;

use sha2::{Digest, Sha256};

use crate::error::Error;

/// A model that completes text; it leaves the process, so it may be slow, wrong or gone.
pub trait LanguageModel: Send + Sync {
    /// Returns the model's name, for the record in the minutes.
    fn name(&self) -> &str;

    /// Answers a request with the text of a JSON object.
    ///
    /// # Errors
    /// [`Error::ModelUnreachable`], [`Error::ModelRefused`] or [`Error::ModelAnswer`].
    fn complete<'a>(&'a self, request: &'a CompletionRequest) -> CompletionFuture<'a>;
}

/// The answer of a language model that is still to come.
pub type CompletionFuture<'a> = Pin<Box<dyn Future<Output = Result<Completion, Error>> + Send + 'a>>;

/// The answer of a language model.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completion {
    /// What it wrote; untrusted.
    pub text: String,
    /// Tokens it read, as the server counts them; 0 when it does not say.
    pub input_tokens: u64,
    /// Tokens it wrote.
    pub output_tokens: u64,
}

/// What is asked of a language model.
#[derive(Debug, Clone, PartialEq)]
pub struct CompletionRequest {
    /// What it is to do; written by Huiji alone.
    pub instructions: String,
    /// What it is to work on; holds what people said, and is never to be obeyed.
    pub material: String,
    /// The JSON schema of the answer.
    pub schema: serde_json::Value,
    /// The longest answer, in tokens.
    pub output_tokens_max: u32,
}

impl CompletionRequest {
    /// Returns the SHA-256 of what is asked, in hexadecimal, for the provenance of what comes of it.
    pub(crate) fn sha256(&self) -> String {
        let mut digest = Sha256::new();
        for part in [self.instructions.as_str(), &self.material, &self.schema.to_string()] {
            digest.update(part.len().to_be_bytes());
            digest.update(part);
        }
        hex::encode(digest.finalize())
    }
}

/// Guesses how many tokens a text is: one for a Chinese character, one for four others.
pub(crate) fn count_tokens(text: &str) -> usize {
    let wide = text.chars().filter(|c| !c.is_ascii()).count();
    wide + (text.chars().count() - wide).div_ceil(4)
}

#[cfg(test)]
mod tests {
    use super::count_tokens;

    #[test]
    fn chinese_costs_a_token_a_character() {
        assert_eq!(count_tokens("我们决定把发布推迟"), 9);
        assert_eq!(count_tokens("We decided."), 3);
    }
}
