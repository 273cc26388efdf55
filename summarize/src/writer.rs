use std::sync::Arc;

use model::{Minutes, MinutesTemplate, MinutesWish, RecordingId, Timestamp};

use crate::brief::brief;
use crate::chapters::find_chapters;
use crate::discussion::Discussion;
use crate::error::Error;
use crate::extractive_writer::{write_discussion, write_extractive_minutes};
use crate::fact_extraction::plan_windows;
use crate::language_model::LanguageModel;
use crate::meeting::Meeting;
use crate::model_run::ModelRun;
use crate::pseudonyms::Pseudonyms;
use crate::writing_record::WritingRecord;

const EXTRACTED_PERCENT: u8 = 30;

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

    /// Writes minutes of the general kind in the meeting's language, as [`MinutesWriter::write_as`] does.
    ///
    /// # Errors
    /// As [`MinutesWriter::write_as`].
    pub async fn write(
        &self,
        meeting: Meeting,
        version: u32,
        created_at: Timestamp,
        progress: Progress<'_>,
    ) -> Result<(Minutes, WritingRecord), Error> {
        let wish = MinutesWish::new(MinutesTemplate::General, meeting.language);
        self.write_as(meeting, &wish, version, created_at, progress).await
    }

    /// Writes minutes as wished for, and says what it took and what was rejected. [`Minutes::engine`] says whether a
    /// language model had a part in them. Without one the template chooses and orders sections, and the language stays the
    /// meeting's: what people said cannot be put into another one by rules.
    ///
    /// # Errors
    /// [`Error::Interrupted`] when the process is shutting down. A failing language model is no error: what the rules
    /// found stands where it failed.
    pub async fn write_as(
        &self,
        meeting: Meeting,
        wish: &MinutesWish,
        version: u32,
        created_at: Timestamp,
        progress: Progress<'_>,
    ) -> Result<(Minutes, WritingRecord), Error> {
        let meeting = Arc::new(meeting);
        let recording_id = meeting.transcript.recording_id.clone();
        let Some(language_model) = &self.language_model else {
            let write = move |meeting: &Meeting| write_extractive_minutes(meeting, version, created_at);
            let minutes = compute(&meeting, &recording_id, write).await?;
            return Ok((dressed(minutes, wish), WritingRecord::default()));
        };
        let wished = wish.clone();
        let (minutes, windows) = compute(&meeting, &recording_id, move |meeting| {
            let discussion = Discussion::new(meeting);
            let chapters = find_chapters(&discussion);
            let brief = brief(&discussion, &wished);
            let windows = plan_windows(&discussion, &Pseudonyms::new(&discussion), &chapters, &brief);
            (write_discussion(&discussion, version, created_at), windows)
        })
        .await?;
        progress(EXTRACTED_PERCENT);
        let run = ModelRun::new(language_model.as_ref(), &meeting, wish, progress);
        let (minutes, record) = run.improve(minutes, windows).await?;
        Ok((dressed(minutes, wish), record))
    }
}

/// Notes what the minutes were wished to be.
fn dressed(mut minutes: Minutes, wish: &MinutesWish) -> Minutes {
    minutes.template = wish.template;
    minutes.sections.clone_from(&wish.sections);
    minutes
}

pub(crate) async fn compute<T: Send + 'static>(
    meeting: &Arc<Meeting>,
    recording_id: &RecordingId,
    work: impl FnOnce(&Meeting) -> T + Send + 'static,
) -> Result<T, Error> {
    let meeting = Arc::clone(meeting);
    tokio::task::spawn_blocking(move || work(&meeting))
        .await
        .map_err(|source| Error::Interrupted { recording_id: recording_id.clone(), source })
}
