use model::{Language, ParticipantId, SuppressedSpeech, SuppressionReason, Utterance, UtteranceId, Word};

use crate::audio::{SAMPLES_PER_MS, SamplePosition};
use crate::speech_region::SpeechRegion;
use crate::transcriber::DecodedWord;
use crate::word_assembler::is_chinese;

/// A word placed on the recording's timeline.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlacedWord {
    pub(crate) text: String,
    pub(crate) start: SamplePosition,
    pub(crate) end: SamplePosition,
    pub(crate) confidence: f32,
    /// The engine began a segment here.
    pub(crate) starts_segment: bool,
}

/// An utterance before the whole recording gives it its number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct UtteranceDraft {
    pub(crate) participant_id: ParticipantId,
    pub(crate) language: Language,
    pub(crate) words: Vec<PlacedWord>,
    /// The region it was heard in.
    pub(crate) region_start: SamplePosition,
    pub(crate) region_ms: u64,
    /// How loud the voice was, in decibels below full scale.
    pub(crate) level_db: f32,
}

impl UtteranceDraft {
    pub(crate) fn start(&self) -> SamplePosition {
        self.words.first().map(|word| word.start).unwrap_or_default()
    }
}

/// An utterance that is taken for invented.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SuppressedDraft {
    pub(crate) reason: SuppressionReason,
    pub(crate) draft: UtteranceDraft,
    pub(crate) speech_ms: u64,
}

/// The detector hears a voice this much late at most, so no word begins earlier in the pad before it.
const ONSET_LAG: u64 = 80 * SAMPLES_PER_MS;
/// A word's border this far inside a pause belongs to the pause's edge.
const PAUSE_TOLERANCE: u64 = 30 * SAMPLES_PER_MS;
const WORDS_MAX: usize = 60;
const WORD_MIN: u64 = 80 * SAMPLES_PER_MS;
const WORD_STRETCHED_MAX: u64 = 240 * SAMPLES_PER_MS;

/// Places a word that was heard in `region` between `start` and `end`: borders that fell into a pause move to its edge,
/// and a start in the silence before the region's first voice moves to where that voice begins.
pub(crate) fn place_word(
    word: &DecodedWord,
    start: SamplePosition,
    end: SamplePosition,
    region: &SpeechRegion,
    starts_segment: bool,
) -> PlacedWord {
    let earliest = region.voiced.first().map_or(0, |run| run.start.saturating_sub(ONSET_LAG));
    let start = start.0.max(earliest);
    let (mut start, mut end) = (start, end.0.max(start));
    for pause in region.voiced.windows(2).map(|runs| runs[0].end..runs[1].start) {
        let starts_inside = start + PAUSE_TOLERANCE > pause.start && start < pause.end;
        if starts_inside && end > pause.end {
            start = pause.end;
        } else if start < pause.start && end > pause.start + PAUSE_TOLERANCE && end <= pause.end {
            end = pause.start;
        }
    }
    PlacedWord {
        text: word.text.clone(),
        start: SamplePosition(start),
        end: SamplePosition(end),
        confidence: word.confidence,
        starts_segment,
    }
}

/// Puts the words of one region in order of time and gives those too short to be heard the time up to the next.
pub(crate) fn settle_words(words: &mut [PlacedWord]) {
    let mut earliest = SamplePosition::default();
    for word in words.iter_mut() {
        word.start = word.start.max(earliest);
        word.end = word.end.max(word.start);
        earliest = word.start;
    }
    for index in 1..words.len() {
        let next_start = words[index].start;
        let word = &mut words[index - 1];
        if word.end.0 - word.start.0 < WORD_MIN {
            word.end = next_start.min(SamplePosition(word.start.0 + WORD_STRETCHED_MAX)).max(word.end);
        }
    }
}

/// Splits the words of one region into utterances of about a sentence.
pub(crate) fn split_sentences(words: Vec<PlacedWord>) -> Vec<Vec<PlacedWord>> {
    let mut sentences: Vec<Vec<PlacedWord>> = Vec::new();
    for word in words {
        match sentences.last_mut() {
            Some(sentence) if !breaks_before(&word, sentence) => sentence.push(word),
            _ => sentences.push(vec![word]),
        }
    }
    sentences
}

fn breaks_before(word: &PlacedWord, sentence: &[PlacedWord]) -> bool {
    let Some(previous) = sentence.last() else { return true };
    word.starts_segment || sentence.len() >= WORDS_MAX || ends_sentence(&previous.text, &word.text)
}

fn ends_sentence(text: &str, next: &str) -> bool {
    const ABBREVIATIONS: [&str; 8] = ["mr.", "mrs.", "ms.", "dr.", "vs.", "e.g.", "i.e.", "no."];
    let text = text.trim();
    if text.ends_with(['。', '？', '！', '?', '!']) {
        return true;
    }
    let starts_sentence = next
        .trim_start()
        .chars()
        .next()
        .is_some_and(|first| first.is_uppercase() || first.is_ascii_digit() || is_chinese(first));
    text.ends_with('.') && starts_sentence && !ABBREVIATIONS.contains(&text.to_lowercase().as_str())
}

/// Orders the drafts of all participants by start, then by participant, and numbers them.
pub(crate) fn number_utterances(mut drafts: Vec<UtteranceDraft>) -> Vec<Utterance> {
    drafts.retain(|draft| !draft.words.is_empty());
    drafts.sort_by(|left, right| order(left).cmp(&order(right)));
    drafts.into_iter().zip(1..).map(|(draft, number)| finish_draft(draft, numbered_id('u', number))).collect()
}

/// Orders and numbers what was suppressed in the same way.
pub(crate) fn number_suppressed(mut drafts: Vec<SuppressedDraft>) -> Vec<SuppressedSpeech> {
    drafts.sort_by(|left, right| order(&left.draft).cmp(&order(&right.draft)));
    let numbered = drafts.into_iter().zip(1..);
    numbered
        .map(|(suppressed, number)| SuppressedSpeech {
            reason: suppressed.reason,
            utterance: finish_draft(suppressed.draft, numbered_id('s', number)),
            speech_ms: suppressed.speech_ms,
        })
        .collect()
}

pub(crate) fn order(draft: &UtteranceDraft) -> (SamplePosition, &ParticipantId) {
    (draft.start(), &draft.participant_id)
}

fn numbered_id(kind: char, number: u32) -> UtteranceId {
    UtteranceId::new(format!("{kind}{number:06}")).expect("letters and digits are a valid id")
}

pub(crate) fn finish_draft(draft: UtteranceDraft, id: UtteranceId) -> Utterance {
    let text: String = draft.words.iter().map(|word| word.text.as_str()).collect();
    let confidence = draft.words.iter().map(|word| word.confidence).sum::<f32>() / draft.words.len().max(1) as f32;
    let end = draft.words.iter().map(|word| word.end).max().unwrap_or_default();
    let words = draft.words.into_iter().map(|word| Word {
        text: word.text.trim().to_owned(),
        start_ms: word.start.to_media_time(),
        end_ms: word.end.to_media_time(),
        confidence: word.confidence,
    });
    let words: Vec<Word> = words.collect();
    Utterance {
        id,
        participant_id: draft.participant_id,
        language: draft.language,
        start_ms: words.first().map(|word| word.start_ms).unwrap_or_default(),
        end_ms: end.to_media_time(),
        text: text.trim().to_owned(),
        confidence,
        words,
    }
}

#[cfg(test)]
#[path = "utterances_tests.rs"]
mod tests;
