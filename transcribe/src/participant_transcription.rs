use std::sync::Arc;

use model::{Coverage, Language, ParticipantId, SpeechChunk};

use crate::Error;
use crate::guard;
use crate::participant_audio::ParticipantAudio;
use crate::simplified_chinese::SimplifiedChinese;
use crate::speech_region::SpeechRegion;
use crate::transcriber::{DecodedSegment, Transcriber};
use crate::utterances::{PlacedWord, UtteranceDraft, place_word, settle_words, split_sentences};
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
            coverage: Coverage::default(),
        })
    }

    /// Takes the participant's next chunk in. A chunk that cannot be decoded is logged and counted as failed.
    pub(crate) fn push(&mut self, chunk: &SpeechChunk, bytes: &[u8]) {
        let mut regions = Vec::new();
        if let Err(error) = self.audio.push(chunk, bytes, &mut regions) {
            tracing::warn!(error = &error as &dyn std::error::Error, "speech chunk left out of the transcript");
            self.fail_chunk(chunk);
        }
        self.take_regions(regions);
    }

    /// Counts a chunk whose bytes are lost.
    pub(crate) fn fail_chunk(&mut self, chunk: &SpeechChunk) {
        self.coverage.speech_ms += chunk.duration_ms;
        self.coverage.failed_ms += chunk.duration_ms;
    }

    /// Ends the participant's speech; doing so again changes nothing.
    pub(crate) fn finish(&mut self) {
        let region = self.audio.finish();
        self.take_regions(region.into_iter().collect());
        if matches!(self.language, SpokenLanguage::Undecided { .. }) {
            self.decide_language();
        }
        let SpokenLanguage::Known(packer) = &mut self.language else { return };
        if let Some(window) = packer.finish() {
            self.transcribe(&window);
        }
    }

    pub(crate) fn drafts(&self) -> &[UtteranceDraft] {
        &self.drafts
    }

    pub(crate) fn coverage(&self) -> Coverage {
        self.coverage
    }

    fn take_regions(&mut self, regions: Vec<SpeechRegion>) {
        for region in regions {
            match &mut self.language {
                SpokenLanguage::Known(packer) => {
                    if let Some(window) = packer.push(region) {
                        self.transcribe(&window);
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

    fn transcribe(&mut self, window: &SpeechWindow) {
        let transcriber = &self.engine.transcriber;
        let attempt = || transcriber.transcribe(&window.samples, window.language);
        let segments = match attempt().or_else(|_| attempt()) {
            Ok(segments) => segments,
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    participant.id = %self.participant_id,
                    "window left out of the transcript after two attempts"
                );
                let failed_ms: u64 = window.parts.iter().map(|part| part.region.duration_ms()).sum();
                self.coverage.speech_ms += failed_ms;
                self.coverage.failed_ms += failed_ms;
                return;
            }
        };
        let mut outcomes: Vec<PartOutcome> = window.parts.iter().map(|_| PartOutcome::default()).collect();
        for segment in &segments {
            self.place_segment(segment, window, &mut outcomes);
        }
        for (part, outcome) in window.parts.iter().zip(outcomes) {
            let duration_ms = part.region.duration_ms();
            self.coverage.speech_ms += duration_ms;
            let counter = match outcome {
                PartOutcome { words, .. } if !words.is_empty() => {
                    self.draft_utterances(words, window.language);
                    &mut self.coverage.transcribed_ms
                }
                PartOutcome { suppressed: true, .. } => &mut self.coverage.suppressed_ms,
                PartOutcome { .. } => &mut self.coverage.wordless_ms,
            };
            *counter += duration_ms;
        }
    }

    fn place_segment(&self, segment: &DecodedSegment, window: &SpeechWindow, outcomes: &mut [PartOutcome]) {
        let (Some(first), Some(last)) = (segment.words.first(), segment.words.last()) else { return };
        let speech_ms = last.end_ms.saturating_sub(first.start_ms);
        if let Some(reason) = guard::judge(segment, window.language, speech_ms) {
            tracing::debug!(participant.id = %self.participant_id, ?reason, "segment suppressed");
            outcomes[window.part_at(u64::midpoint(first.start_ms, last.end_ms))].suppressed = true;
            return;
        }
        for (index, word) in segment.words.iter().enumerate() {
            let part_index = window.part_at(u64::midpoint(word.start_ms, word.end_ms));
            let part = &window.parts[part_index];
            let (start, end) = (part.to_recording(word.start_ms), part.to_recording(word.end_ms));
            outcomes[part_index].words.push(place_word(word, start, end, &part.region, index == 0));
        }
    }

    fn draft_utterances(&mut self, mut words: Vec<PlacedWord>, language: Language) {
        if language == Language::Mandarin {
            let mut texts: Vec<String> = words.iter_mut().map(|word| std::mem::take(&mut word.text)).collect();
            self.engine.simplified_chinese.fold(&mut texts);
            for (word, text) in words.iter_mut().zip(texts) {
                word.text = text;
            }
        }
        settle_words(&mut words);
        let participant_id = &self.participant_id;
        self.drafts.extend(split_sentences(words).into_iter().map(|words| UtteranceDraft {
            participant_id: participant_id.clone(),
            language,
            words,
        }));
    }
}

#[derive(Default)]
struct PartOutcome {
    words: Vec<PlacedWord>,
    suppressed: bool,
}
