use std::sync::Arc;

use model::{Coverage, FailedSpeech, Language, ParticipantId, SpeechChunk, SuppressionReason};

use crate::Error;
use crate::guard::{self, Evidence};
use crate::participant_audio::ParticipantAudio;
use crate::provisional_text::ProvisionalText;
use crate::simplified_chinese::SimplifiedChinese;
use crate::speech_region::SpeechRegion;
use crate::transcriber::{DecodedSegment, Transcriber};
use crate::utterances::{PlacedWord, SuppressedDraft, UtteranceDraft, place_word, settle_words, split_sentences};
use crate::window::{SpeechWindow, WindowPacker};

/// What the transcription of every participant of a recording needs.
#[derive(Clone)]
pub(crate) struct Engine {
    pub(crate) transcriber: Arc<dyn Transcriber>,
    pub(crate) simplified_chinese: Arc<SimplifiedChinese>,
}

/// One participant's way from chunks to utterances. Given the same chunks in order it ends with the same utterances,
/// however they were spread over time.
pub(crate) struct ParticipantTranscription {
    participant_id: ParticipantId,
    engine: Engine,
    audio: ParticipantAudio,
    language: SpokenLanguage,
    drafts: Vec<UtteranceDraft>,
    suppressed: Vec<SuppressedDraft>,
    /// Windows that failed; they get a last chance at the end, when whatever was wrong may be over.
    postponed: Vec<SpeechWindow>,
    provisional: ProvisionalText,
    coverage: Coverage,
}

enum SpokenLanguage {
    Known(WindowPacker),
    /// Regions wait until one is long enough to hear the language in it.
    Undecided {
        meeting_language: Language,
        waiting: Vec<SpeechRegion>,
    },
}

/// A region this long tells the language reliably.
const TELLING_REGION_MS: u64 = 3_000;
/// After this much speech the longest region so far has to do.
const UNDECIDED_MS_MAX: u64 = 15_000;
/// About 30 MB of sound.
const POSTPONED_MAX: usize = 16;

impl ParticipantTranscription {
    /// `language` is the roster's word on what the participant speaks; without it, it is heard from the speech.
    pub(crate) fn new(
        participant_id: ParticipantId,
        language: Option<Language>,
        meeting_language: Language,
        engine: Engine,
    ) -> Result<Self, Error> {
        let language = match language {
            Some(language) => SpokenLanguage::Known(WindowPacker::new(engine.transcriber.window_rule(), language)),
            None => SpokenLanguage::Undecided { meeting_language, waiting: Vec::new() },
        };
        Ok(Self {
            participant_id,
            engine,
            audio: ParticipantAudio::new()?,
            language,
            drafts: Vec::new(),
            suppressed: Vec::new(),
            postponed: Vec::new(),
            provisional: ProvisionalText::default(),
            coverage: Coverage::default(),
        })
    }

    /// Takes the participant's next chunk in. A chunk that cannot be decoded is logged and counted as failed.
    pub(crate) fn push(&mut self, chunk: &SpeechChunk, bytes: &[u8]) {
        let mut regions = Vec::new();
        if let Err(error) = self.audio.push(chunk, bytes, &mut regions) {
            tracing::warn!(error = &error as &dyn std::error::Error, "speech chunk left out of the transcript");
            self.fail_chunk(chunk, describe(&error));
        }
        self.find_regions(regions);
    }

    /// Counts a chunk that cannot be heard.
    pub(crate) fn fail_chunk(&mut self, chunk: &SpeechChunk, problem: String) {
        self.coverage.speech_ms += chunk.duration_ms;
        self.coverage.failed_ms += chunk.duration_ms;
        self.coverage.failed.push(FailedSpeech {
            participant_id: self.participant_id.clone(),
            start_ms: chunk.start_ms,
            duration_ms: chunk.duration_ms,
            problem,
        });
    }

    /// Ends the participant's speech; doing so again changes nothing.
    pub(crate) fn finish(&mut self) {
        let region = self.audio.finish();
        self.find_regions(region.into_iter().collect());
        if matches!(self.language, SpokenLanguage::Undecided { .. }) {
            self.decide_language();
        }
        let SpokenLanguage::Known(packer) = &mut self.language else { return };
        if let Some(window) = packer.finish() {
            self.transcribe(window);
        }
        for window in std::mem::take(&mut self.postponed) {
            match self.engine.transcriber.transcribe(&window.samples, window.language) {
                Ok(segments) => self.take_segments(&segments, &window),
                Err(error) => self.fail_window(&window, &error),
            }
        }
    }

    /// Hears what waits for more speech, for people who follow the meeting; nothing comes of it in the transcript.
    pub(crate) fn hear_provisionally(&mut self) {
        let (language, mut waiting): (Language, Vec<SpeechRegion>) = match &self.language {
            SpokenLanguage::Known(packer) => (packer.language(), packer.waiting().cloned().collect()),
            SpokenLanguage::Undecided { meeting_language, waiting } => (*meeting_language, waiting.clone()),
        };
        waiting.extend(self.audio.open_region());
        let mut packer = WindowPacker::new(self.engine.transcriber.window_rule(), language);
        let regions = self.provisional.select(waiting);
        let mut windows: Vec<SpeechWindow> = regions.into_iter().filter_map(|region| packer.push(region)).collect();
        windows.extend(packer.finish());
        for window in windows {
            let segments = match self.engine.transcriber.transcribe(&window.samples, window.language) {
                Ok(segments) => segments,
                Err(error) => {
                    tracing::debug!(error = &error as &dyn std::error::Error, "nothing is shown of a sentence yet");
                    return;
                }
            };
            for (part, outcome) in window.parts.iter().zip(self.place_segments(&segments, &window)) {
                let drafts = self.draft_utterances(outcome.words, window.language, &part.region);
                self.provisional.put(&part.region, drafts);
            }
        }
    }

    /// Returns what [`ParticipantTranscription::hear_provisionally`] heard and the drafts do not have yet.
    pub(crate) fn provisional_drafts(&self) -> impl Iterator<Item = &UtteranceDraft> {
        self.provisional.drafts()
    }

    pub(crate) fn drafts(&self) -> &[UtteranceDraft] {
        &self.drafts
    }

    pub(crate) fn suppressed(&self) -> &[SuppressedDraft] {
        &self.suppressed
    }

    pub(crate) fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    fn find_regions(&mut self, regions: Vec<SpeechRegion>) {
        let found_ms: u64 = regions.iter().map(SpeechRegion::duration_ms).sum();
        self.coverage.speech_ms += found_ms;
        self.coverage.waiting_ms += found_ms;
        self.take_regions(regions);
    }

    fn take_regions(&mut self, regions: Vec<SpeechRegion>) {
        for region in regions {
            match &mut self.language {
                SpokenLanguage::Known(packer) => {
                    if let Some(window) = packer.push(region) {
                        self.transcribe(window);
                    }
                }
                SpokenLanguage::Undecided { waiting, .. } => {
                    let is_telling = region.duration_ms() >= TELLING_REGION_MS;
                    waiting.push(region);
                    let waiting_ms: u64 = waiting.iter().map(SpeechRegion::duration_ms).sum();
                    if is_telling || waiting_ms >= UNDECIDED_MS_MAX {
                        self.decide_language();
                    }
                }
            }
        }
    }

    fn decide_language(&mut self) {
        let SpokenLanguage::Undecided { meeting_language, waiting } = &mut self.language else { return };
        let waiting = std::mem::take(waiting);
        let longest = waiting.iter().max_by_key(|region| region.samples.len());
        let heard = longest.and_then(|region| {
            self.engine.transcriber.detect_language(&region.samples).unwrap_or_else(|error| {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    participant.id = %self.participant_id,
                    "language not detected, taking the meeting's"
                );
                None
            })
        });
        let language = heard.unwrap_or(*meeting_language);
        self.language = SpokenLanguage::Known(WindowPacker::new(self.engine.transcriber.window_rule(), language));
        self.take_regions(waiting);
    }

    fn transcribe(&mut self, window: SpeechWindow) {
        let transcriber = &self.engine.transcriber;
        let attempt = || transcriber.transcribe(&window.samples, window.language);
        match attempt().or_else(|_| attempt()) {
            Ok(segments) => self.take_segments(&segments, &window),
            Err(error) if self.postponed.len() < POSTPONED_MAX => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    participant.id = %self.participant_id,
                    "window failed twice; it is tried again at the end"
                );
                self.postponed.push(window);
            }
            Err(error) => self.fail_window(&window, &error),
        }
    }

    fn fail_window(&mut self, window: &SpeechWindow, error: &Error) {
        tracing::warn!(
            error = error as &dyn std::error::Error,
            participant.id = %self.participant_id,
            "window left out of the transcript"
        );
        self.coverage.waiting_ms -= window.duration_ms();
        self.coverage.failed_ms += window.duration_ms();
        self.coverage.failed.extend(window.parts.iter().map(|part| FailedSpeech {
            participant_id: self.participant_id.clone(),
            start_ms: part.region.start.to_media_time(),
            duration_ms: part.region.duration_ms(),
            problem: describe(error),
        }));
    }

    fn take_segments(&mut self, segments: &[DecodedSegment], window: &SpeechWindow) {
        if let Some(last) = window.parts.last() {
            self.provisional.forget_before(last.region.end());
        }
        for (part, outcome) in window.parts.iter().zip(self.place_segments(segments, window)) {
            let duration_ms = part.region.duration_ms();
            self.coverage.waiting_ms -= duration_ms;
            let is_heard = !outcome.words.is_empty();
            let counter = match outcome.suppressed.is_empty() {
                _ if is_heard => &mut self.coverage.transcribed_ms,
                false => &mut self.coverage.suppressed_ms,
                true => &mut self.coverage.wordless_ms,
            };
            *counter += duration_ms;
            // The first one answers for the speech, unless other words do.
            let mut unanswered_ms = if is_heard { 0 } else { duration_ms };
            for (reason, words) in outcome.suppressed {
                let draft = self.draft_utterance(words, window.language, &part.region);
                self.suppressed.push(SuppressedDraft { reason, draft, speech_ms: std::mem::take(&mut unanswered_ms) });
            }
            let drafts = self.draft_utterances(outcome.words, window.language, &part.region);
            self.drafts.extend(drafts);
        }
    }

    fn place_segments(&self, segments: &[DecodedSegment], window: &SpeechWindow) -> Vec<PartOutcome> {
        let mut outcomes: Vec<PartOutcome> = window.parts.iter().map(|_| PartOutcome::default()).collect();
        for segment in segments {
            self.place_segment(segment, window, &mut outcomes);
        }
        outcomes
    }

    fn place_segment(&self, segment: &DecodedSegment, window: &SpeechWindow, outcomes: &mut [PartOutcome]) {
        let (Some(first), Some(last)) = (segment.words.first(), segment.words.last()) else { return };
        let until_ms = last.end_ms.max(first.start_ms + 1);
        let speech_ms = until_ms - first.start_ms;
        let voiced_share = window.voiced_ms(first.start_ms, until_ms) as f32 / speech_ms as f32;
        if let Some(reason) = guard::judge(segment, window.language, Evidence { speech_ms, voiced_share }) {
            tracing::debug!(participant.id = %self.participant_id, ?reason, "segment suppressed");
            let part_index = window.part_at(u64::midpoint(first.start_ms, last.end_ms));
            let part = &window.parts[part_index];
            let words = segment.words.iter().enumerate().map(|(index, word)| {
                let (start, end) = (part.to_recording(word.start_ms), part.to_recording(word.end_ms));
                place_word(word, start, end, &part.region, index == 0)
            });
            outcomes[part_index].suppressed.push((reason, words.collect()));
            return;
        }
        for (index, word) in segment.words.iter().enumerate() {
            let part_index = window.part_at(u64::midpoint(word.start_ms, word.end_ms));
            let part = &window.parts[part_index];
            let (start, end) = (part.to_recording(word.start_ms), part.to_recording(word.end_ms));
            outcomes[part_index].words.push(place_word(word, start, end, &part.region, index == 0));
        }
    }

    fn draft_utterances(
        &self,
        words: Vec<PlacedWord>,
        language: Language,
        region: &SpeechRegion,
    ) -> Vec<UtteranceDraft> {
        let whole = self.draft_utterance(words, language, region);
        let sentences = split_sentences(whole.words.clone());
        sentences.into_iter().map(|words| UtteranceDraft { words, ..whole.clone() }).collect()
    }

    fn draft_utterance(&self, mut words: Vec<PlacedWord>, language: Language, region: &SpeechRegion) -> UtteranceDraft {
        if language == Language::Mandarin {
            let mut texts: Vec<String> = words.iter_mut().map(|word| std::mem::take(&mut word.text)).collect();
            self.engine.simplified_chinese.fold(&mut texts);
            for (word, text) in words.iter_mut().zip(texts) {
                word.text = text;
            }
        }
        settle_words(&mut words);
        UtteranceDraft {
            participant_id: self.participant_id.clone(),
            language,
            words,
            region_start: region.start,
            region_ms: region.duration_ms(),
            level_db: region.voice_level_db(),
        }
    }
}

#[derive(Default)]
struct PartOutcome {
    words: Vec<PlacedWord>,
    suppressed: Vec<(SuppressionReason, Vec<PlacedWord>)>,
}

/// The error and what lies behind it, for the people who read the coverage.
fn describe(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
