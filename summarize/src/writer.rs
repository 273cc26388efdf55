use std::sync::Arc;
use std::time::Duration;

use model::{Minutes, RecordingId, Timestamp};

use crate::chapters::find_chapters;
use crate::discussion::Discussion;
use crate::error::Error;
use crate::extractive_writer::{write_discussion, write_extractive_minutes};
use crate::fact_extraction::{ClaimedFact, Window, json_object, plan_windows, read_facts};
use crate::language_model::{CompletionRequest, LanguageModel};
use crate::meeting::Meeting;
use crate::model_writer::{CheckedFacts, read_summary, summary_request};
use crate::pseudonyms::Pseudonyms;
use crate::writing_record::{ModelFailure, WritingRecord};

/// A request that fails for a passing reason is sent this often.
const ATTEMPTS_MAX: u32 = 3;
const BACKOFF_MS: u64 = 500;
const BACKOFF_MS_MAX: u64 = 20_000;
const FAILED_WINDOWS_MAX: usize = 2;
const REPAIR: &str = "\nYour last answer could not be read. Answer with the one JSON object that was asked for, complete, and \
                      nothing around it.";
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
    /// [`Error::Interrupted`] when the process is shutting down. A failing language model is no error: what the rules
    /// found stands where it failed.
    pub async fn write(
        &self,
        meeting: Meeting,
        version: u32,
        created_at: Timestamp,
        progress: Progress<'_>,
    ) -> Result<Minutes, Error> {
        let (minutes, record) = self.write_recorded(meeting, version, created_at, progress).await?;
        for failure in &record.failures {
            tracing::warn!(
                recording.id = %minutes.recording_id,
                chapter = failure.chapter,
                problem = %failure.problem,
                asked_again = failure.asked_again,
                "the language model failed"
            );
        }
        if record.requests > 0 {
            tracing::info!(
                recording.id = %minutes.recording_id,
                requests = record.requests,
                tokens.input = record.input_tokens,
                tokens.output = record.output_tokens,
                facts.claimed = record.claimed,
                facts.kept = record.kept,
                facts.rejected = ?record.rejected,
                "checked the facts of the language model"
            );
        }
        Ok(minutes)
    }

    /// Writes minutes as [`MinutesWriter::write`] does, and says what it took and what was rejected.
    ///
    /// # Errors
    /// As [`MinutesWriter::write`].
    pub async fn write_recorded(
        &self,
        meeting: Meeting,
        version: u32,
        created_at: Timestamp,
        progress: Progress<'_>,
    ) -> Result<(Minutes, WritingRecord), Error> {
        let meeting = Arc::new(meeting);
        let recording_id = meeting.transcript.recording_id.clone();
        let mut record = WritingRecord::default();
        let Some(language_model) = &self.language_model else {
            let write = move |meeting: &Meeting| write_extractive_minutes(meeting, version, created_at);
            return Ok((compute(&meeting, &recording_id, write).await?, record));
        };
        let (minutes, windows) = compute(&meeting, &recording_id, move |meeting| {
            let discussion = Discussion::new(meeting);
            let chapters = find_chapters(&discussion);
            let windows = plan_windows(&discussion, &Pseudonyms::new(&discussion), &chapters);
            (write_discussion(&discussion, version, created_at), windows)
        })
        .await?;
        progress(EXTRACTED_PERCENT as u8);
        let minutes = improve(language_model.as_ref(), &meeting, minutes, windows, &mut record, progress).await?;
        Ok((minutes, record))
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
    record: &mut WritingRecord,
    progress: Progress<'_>,
) -> Result<Minutes, Error> {
    let recording_id = minutes.recording_id.clone();
    let name = language_model.name().to_owned();
    let mut claims: Vec<(Window, Vec<ClaimedFact>)> = Vec::new();
    let count = windows.len().max(1);
    let mut failed_in_a_row = 0;
    for (number, window) in windows.into_iter().enumerate() {
        match ask(language_model, &window.request, Some(window.chapter), record, read_facts).await {
            Some(facts) => {
                failed_in_a_row = 0;
                record.claimed += facts.len();
                claims.push((window, facts));
            }
            None => failed_in_a_row += 1,
        }
        // A server that serves nothing must not hold the minutes up chapter after chapter.
        if failed_in_a_row == FAILED_WINDOWS_MAX {
            break;
        }
        let asked = EXTRACTED_PERCENT + (ASKED_PERCENT - EXTRACTED_PERCENT) * (number + 1) / count;
        progress(asked as u8);
    }
    let mut checking = std::mem::take(record);
    let (minutes, checked, request) = compute(meeting, &recording_id, move |meeting| {
        let discussion = Discussion::new(meeting);
        let mut checked = CheckedFacts::default();
        for (window, facts) in claims {
            checked.take(&discussion, window.chapter, &window.sentences, facts, &mut checking);
        }
        // Without a single fact borne out, the model had no part in these minutes.
        let request = (!checked.is_empty()).then(|| checked.replace(minutes.clone(), &name));
        let minutes = request.clone().unwrap_or(minutes);
        (minutes, checking, request.map(|minutes| summary_request(&discussion, &minutes)))
    })
    .await?;
    *record = checked;
    let Some(request) = request.filter(|_| failed_in_a_row < FAILED_WINDOWS_MAX) else { return Ok(minutes) };
    let read = |answer: &str| json_object(answer).map(str::to_owned);
    let Some(answer) = ask(language_model, &request, None, record, read).await else { return Ok(minutes) };
    compute(meeting, &recording_id, move |meeting| {
        let mut minutes = minutes;
        let lines = read_summary(&Discussion::new(meeting), &minutes, &answer).unwrap_or_default();
        if !lines.is_empty() {
            minutes.summary = lines;
        }
        minutes
    })
    .await
}

/// Asks, and asks again when the reason passes or the answer cannot be read, with what was wrong with it. None when that
/// does not help either.
async fn ask<T>(
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
