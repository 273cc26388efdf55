use std::sync::Arc;

use model::{Minutes, RecordingId, Timestamp};

use crate::chapters::find_chapters;
use crate::discussion::Discussion;
use crate::error::Error;
use crate::extractive_writer::{write_discussion, write_extractive_minutes};
use crate::fact_extraction::{ClaimedFact, Window, plan_windows, read_facts};
use crate::language_model::{CompletionRequest, LanguageModel};
use crate::meeting::Meeting;
use crate::model_writer::{CheckedFacts, read_summary, summary_request};
use crate::pseudonyms::Pseudonyms;

/// A request that fails for a passing reason is sent this often.
const ATTEMPTS_MAX: usize = 2;
const EXTRACTED_PERCENT: usize = 30;
const ASKED_PERCENT: usize = 85;

/// Takes how far writing has come, in percent.
pub type Progress<'a> = &'a (dyn Fn(u8) + Send + Sync);

/// Writes minutes: always without a service, and better with a language model where one is configured.
#[derive(Clone)]
pub struct MinutesWriter {
    language_model: Option<Arc<dyn LanguageModel>>,
}

impl MinutesWriter {
    /// Writes offline.
    #[must_use]
    pub const fn extractive() -> Self {
        Self { language_model: None }
    }

    /// Writes with a language model. What it claims is checked against the transcript; when it fails, the offline minutes
    /// stand.
    #[must_use]
    pub fn with_language_model(language_model: Arc<dyn LanguageModel>) -> Self {
        Self { language_model: Some(language_model) }
    }

    /// Writes minutes. [`Minutes::engine`] says whether a language model had a part in them.
    ///
    /// # Errors
    /// [`Error::Interrupted`] when the process is shutting down. A failing language model is no error: it is logged.
    pub async fn write(
        &self,
        meeting: Meeting,
        version: u32,
        created_at: Timestamp,
        progress: Progress<'_>,
    ) -> Result<Minutes, Error> {
        let meeting = Arc::new(meeting);
        let recording_id = meeting.transcript.recording_id.clone();
        let Some(language_model) = &self.language_model else {
            return compute(&meeting, &recording_id, move |meeting| {
                write_extractive_minutes(meeting, version, created_at)
            })
            .await;
        };
        let (minutes, windows) = compute(&meeting, &recording_id, move |meeting| {
            let discussion = Discussion::new(meeting);
            let chapters = find_chapters(&discussion);
            let windows = plan_windows(&discussion, &Pseudonyms::new(&discussion), &chapters);
            (write_discussion(&discussion, version, created_at), windows)
        })
        .await?;
        progress(EXTRACTED_PERCENT as u8);
        match improve(language_model.as_ref(), &meeting, minutes.clone(), windows, progress).await {
            Ok(improved) => Ok(improved),
            Err(error @ Error::Interrupted { .. }) => Err(error),
            Err(error) => {
                tracing::warn!(
                    recording.id = %recording_id,
                    error = &error as &dyn std::error::Error,
                    "the language model failed, the extractive minutes stand"
                );
                Ok(minutes)
            }
        }
    }
}

async fn compute<T: Send + 'static>(
    meeting: &Arc<Meeting>,
    recording_id: &RecordingId,
    work: impl FnOnce(&Meeting) -> T + Send + 'static,
) -> Result<T, Error> {
    let meeting = Arc::clone(meeting);
    tokio::task::spawn_blocking(move || work(&meeting))
        .await
        .map_err(|source| Error::Interrupted { recording_id: recording_id.clone(), source })
}

async fn improve(
    language_model: &dyn LanguageModel,
    meeting: &Arc<Meeting>,
    minutes: Minutes,
    windows: Vec<Window>,
    progress: Progress<'_>,
) -> Result<Minutes, Error> {
    let recording_id = minutes.recording_id.clone();
    let name = language_model.name().to_owned();
    let mut claims: Vec<(Window, Vec<ClaimedFact>)> = Vec::new();
    let count = windows.len().max(1);
    for (number, window) in windows.into_iter().enumerate() {
        let facts = ask(language_model, &window.request, read_facts).await?;
        claims.push((window, facts));
        let asked = EXTRACTED_PERCENT + (ASKED_PERCENT - EXTRACTED_PERCENT) * (number + 1) / count;
        progress(asked as u8);
    }
    let (minutes, dropped, request) = compute(meeting, &recording_id, move |meeting| {
        let discussion = Discussion::new(meeting);
        let mut checked = CheckedFacts::default();
        for (window, facts) in claims {
            checked.take(&discussion, window.chapter, &window.sentences, facts);
        }
        let dropped = checked.dropped;
        // Without a single fact borne out, the model had no part in these minutes.
        let minutes = if checked.is_empty() { minutes } else { checked.replace(minutes, &name) };
        let request = (!matches!(minutes.engine, model::MinutesEngine::Extractive))
            .then(|| summary_request(&discussion, &minutes));
        (minutes, dropped, request)
    })
    .await?;
    tracing::info!(recording.id = %recording_id, facts.dropped = dropped, "checked the facts of the language model");
    let Some(request) = request else { return Ok(minutes) };
    let answer =
        ask(language_model, &request, |answer| crate::fact_extraction::json_object(answer).map(str::to_owned)).await?;
    let unusable =
        Error::ModelAnswer { model: language_model.name().to_owned(), problem: "it is no summary".to_owned() };
    compute(meeting, &recording_id, move |meeting| {
        let mut minutes = minutes;
        let lines = read_summary(&Discussion::new(meeting), &minutes, &answer).ok_or(unusable)?;
        if !lines.is_empty() {
            minutes.summary = lines;
        }
        Ok(minutes)
    })
    .await?
}

/// Asks once more when the answer cannot be read or the reason passes.
async fn ask<T>(
    language_model: &dyn LanguageModel,
    request: &CompletionRequest,
    read: impl Fn(&str) -> Option<T>,
) -> Result<T, Error> {
    let mut attempt = 1;
    loop {
        let answer = language_model.complete(request).await.and_then(|answer| {
            read(&answer).ok_or_else(|| Error::ModelAnswer {
                model: language_model.name().to_owned(),
                problem: "it is not the JSON that was asked for".to_owned(),
            })
        });
        match answer {
            Err(error)
                if attempt < ATTEMPTS_MAX && (error.is_transient() || matches!(error, Error::ModelAnswer { .. })) =>
            {
                attempt += 1;
            }
            other => return other,
        }
    }
}
