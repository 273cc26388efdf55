use std::sync::Arc;

use anyhow::Context;
use summarize::{ChatCompletions, ChatCompletionsSettings, MinutesWriter};

use crate::arguments::DeploymentArguments;

/// The longest wait for one answer of a language model.
const ANSWER_TIMEOUT_MS: u64 = 120_000;

/// Sets up the writer of minutes: with a language model where one is set, offline otherwise.
pub(crate) fn load_minutes_writer(deployment: &DeploymentArguments) -> anyhow::Result<MinutesWriter> {
    let (Some(base_url), Some(model)) = (deployment.language_model_url.clone(), deployment.language_model.clone())
    else {
        return Ok(MinutesWriter::extractive());
    };
    let api_key = deployment.language_model_key.clone();
    let settings = ChatCompletionsSettings { base_url, api_key, model, timeout_ms: ANSWER_TIMEOUT_MS };
    let language_model = ChatCompletions::new(settings).context("set up the language model")?;
    Ok(MinutesWriter::with_language_model(Arc::new(language_model)))
}
