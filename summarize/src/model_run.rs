use std::sync::Arc;

use model::{Minutes, MinutesWish, RecordingId};

use crate::asking::ask;
use crate::brief::brief;
use crate::discussion::Discussion;
use crate::error::Error;
use crate::fact_extraction::{ClaimedFact, Window, json_object, read_facts};
use crate::language_model::{CompletionRequest, LanguageModel};
use crate::meeting::Meeting;
use crate::model_writer::{CheckedFacts, read_summary, summary_request};
use crate::omission::plan_omission;
use crate::translation::{plan_translation, read_translation, take_translation};
use crate::writer::{Progress, compute};
use crate::writing_record::WritingRecord;

const FAILED_WINDOWS_MAX: usize = 2;
const EXTRACTED_PERCENT: usize = 30;
const ASKED_PERCENT: usize = 75;
const OMISSION_PERCENT: u8 = 80;
const SUMMARY_PERCENT: u8 = 85;

/// One run of a language model over a meeting: facts by chapter, what was left out, a summary of what held, and another
/// language where one was wished for.
pub(crate) struct ModelRun<'a> {
    language_model: &'a dyn LanguageModel,
    meeting: &'a Arc<Meeting>,
    recording_id: RecordingId,
    wish: &'a MinutesWish,
    progress: Progress<'a>,
    record: WritingRecord,
}

/// What the facts made of the minutes, and what is to be asked next.
struct Checked {
    facts: CheckedFacts,
    /// None when not one fact held.
    minutes: Option<Minutes>,
    record: WritingRecord,
}

impl<'a> ModelRun<'a> {
    pub(crate) fn new(
        language_model: &'a dyn LanguageModel,
        meeting: &'a Arc<Meeting>,
        wish: &'a MinutesWish,
        progress: Progress<'a>,
    ) -> Self {
        let recording_id = meeting.transcript.recording_id.clone();
        Self { language_model, meeting, recording_id, wish, progress, record: WritingRecord::default() }
    }

    pub(crate) async fn improve(
        mut self,
        extracted: Minutes,
        windows: Vec<Window>,
    ) -> Result<(Minutes, WritingRecord), Error> {
        let (claims, answers) = self.ask_windows(windows).await;
        let checked = self.check(CheckedFacts::default(), claims, extracted.clone()).await?;
        let Checked { mut facts, minutes, .. } = checked;
        let mut minutes = minutes.unwrap_or_else(|| extracted.clone());
        if answers {
            if let Some((window, claims)) = self.ask_omitted(&minutes).await? {
                let checked = self.check(facts, vec![(window, claims)], extracted).await?;
                facts = checked.facts;
                minutes = checked.minutes.unwrap_or(minutes);
            }
            // Without a single fact borne out, the model had no part in these minutes, and there is nothing to sum up.
            if !facts.is_empty() {
                minutes = self.summarize(minutes).await?;
            }
            if self.wish.language != self.meeting.language {
                minutes = self.translate(minutes).await?;
            }
        }
        Ok((minutes, self.record))
    }

    /// Asks window by window. Says, too, whether the server still serves.
    async fn ask_windows(&mut self, windows: Vec<Window>) -> (Vec<(Window, Vec<ClaimedFact>)>, bool) {
        let mut claims = Vec::new();
        let count = windows.len().max(1);
        let mut failed_in_a_row = 0;
        for (number, window) in windows.into_iter().enumerate() {
            let asked = ask(self.language_model, &window.request, window.chapter, &mut self.record, read_facts).await;
            match asked {
                Some(facts) => {
                    failed_in_a_row = 0;
                    self.record.claimed += facts.len();
                    claims.push((window, facts));
                }
                None => failed_in_a_row += 1,
            }
            // A server that serves nothing must not hold the minutes up chapter after chapter.
            if failed_in_a_row == FAILED_WINDOWS_MAX {
                break;
            }
            let asked = EXTRACTED_PERCENT + (ASKED_PERCENT - EXTRACTED_PERCENT) * (number + 1) / count;
            (self.progress)(asked as u8);
        }
        (claims, failed_in_a_row < FAILED_WINDOWS_MAX)
    }

    /// Asks about sentences that sound like decisions or tasks and that nothing cites yet.
    async fn ask_omitted(&mut self, minutes: &Minutes) -> Result<Option<(Window, Vec<ClaimedFact>)>, Error> {
        let so_far = minutes.clone();
        let plan = move |meeting: &Meeting| plan_omission(&Discussion::new(meeting), &so_far);
        let Some(window) = compute(self.meeting, &self.recording_id, plan).await? else { return Ok(None) };
        let facts = ask(self.language_model, &window.request, None, &mut self.record, read_facts).await;
        (self.progress)(OMISSION_PERCENT);
        self.record.claimed += facts.as_ref().map_or(0, Vec::len);
        Ok(facts.map(|facts| (window, facts)))
    }

    async fn check(
        &mut self,
        mut facts: CheckedFacts,
        claims: Vec<(Window, Vec<ClaimedFact>)>,
        extracted: Minutes,
    ) -> Result<Checked, Error> {
        let name = self.language_model.name().to_owned();
        let mut record = std::mem::take(&mut self.record);
        let mut checked = compute(self.meeting, &self.recording_id, move |meeting| {
            let discussion = Discussion::new(meeting);
            for (window, claims) in claims {
                facts.take(&discussion, &name, &window, claims, &mut record);
            }
            let minutes = (!facts.is_empty()).then(|| facts.replace(extracted, &name));
            Checked { facts, minutes, record }
        })
        .await?;
        self.record = std::mem::take(&mut checked.record);
        Ok(checked)
    }

    async fn summarize(&mut self, minutes: Minutes) -> Result<Minutes, Error> {
        let (facts, wish) = (minutes.clone(), self.wish.clone());
        let plan = move |meeting: &Meeting| {
            let discussion = Discussion::new(meeting);
            let brief = brief(&discussion, &wish);
            summary_request(&discussion, &facts, &brief)
        };
        let request: CompletionRequest = compute(self.meeting, &self.recording_id, plan).await?;
        let read = |answer: &str| json_object(answer).map(str::to_owned);
        let answer = ask(self.language_model, &request, None, &mut self.record, read).await;
        (self.progress)(SUMMARY_PERCENT);
        let Some(answer) = answer else { return Ok(minutes) };
        compute(self.meeting, &self.recording_id, move |meeting| {
            let mut minutes = minutes;
            let lines = read_summary(&Discussion::new(meeting), &minutes, &request, &answer).unwrap_or_default();
            if !lines.is_empty() {
                minutes.summary = lines;
                minutes.number_lines();
            }
            minutes
        })
        .await
    }

    /// Puts the lines into the language wished for. The minutes are of that language only when some of it was done.
    async fn translate(&mut self, mut minutes: Minutes) -> Result<Minutes, Error> {
        let language = self.wish.language;
        let lines = minutes.clone();
        let plan = move |meeting: &Meeting| plan_translation(&Discussion::new(meeting), &lines, language);
        for batch in compute(self.meeting, &self.recording_id, plan).await? {
            let asked = ask(self.language_model, &batch.request, None, &mut self.record, read_translation).await;
            let Some(translated) = asked else { break };
            let name = self.language_model.name().to_owned();
            minutes = compute(self.meeting, &self.recording_id, move |meeting| {
                let discussion = Discussion::new(meeting);
                if take_translation(&discussion, &mut minutes, language, &name, &batch, &translated) > 0 {
                    minutes.language = language;
                }
                minutes
            })
            .await?;
        }
        Ok(minutes)
    }
}
