use std::time::Duration;

use crate::error::Error;
use crate::language_model::{CompletionRequest, LanguageModel};
use crate::writing_record::{ModelFailure, WritingRecord};

/// A request that fails for a passing reason is sent this often.
const ATTEMPTS_MAX: u32 = 3;
const BACKOFF_MS: u64 = 500;
const BACKOFF_MS_MAX: u64 = 20_000;
const REPAIR: &str = "\nYour last answer could not be read. Answer with the one JSON object that was asked for, complete, and \
                      nothing around it.";

/// Asks, and asks again when the reason passes or the answer cannot be read, with what was wrong with it. None when that
/// does not help either.
pub(crate) async fn ask<T>(
    language_model: &dyn LanguageModel,
    request: &CompletionRequest,
    chapter: Option<usize>,
    record: &mut WritingRecord,
    read: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    let mut request = request.clone();
    for attempt in 1..=ATTEMPTS_MAX {
        record.requests += 1;
        let answer = language_model.complete(&request).await.and_then(|answer| {
            record.input_tokens += answer.input_tokens;
            record.output_tokens += answer.output_tokens;
            read(&answer.text).ok_or_else(|| Error::ModelAnswer {
                model: language_model.name().to_owned(),
                problem: "it is not the JSON that was asked for".to_owned(),
            })
        });
        let error = match answer {
            Ok(answer) => return Some(answer),
            Err(error) => error,
        };
        let is_unreadable = matches!(error, Error::ModelAnswer { .. });
        let asked_again = attempt < ATTEMPTS_MAX && (error.is_transient() || is_unreadable);
        record.failures.push(ModelFailure { chapter, problem: error.to_string(), asked_again });
        if !asked_again {
            return None;
        }
        if is_unreadable && attempt == 1 {
            request.instructions.push_str(REPAIR);
        }
        if let Error::ModelRefused { retry_after_ms, .. } = error {
            let wait_ms = retry_after_ms.unwrap_or(BACKOFF_MS << (attempt - 1));
            tokio::time::sleep(Duration::from_millis(wait_ms.min(BACKOFF_MS_MAX))).await;
        }
    }
    None
}
