use model::{Language, SuppressionReason};

use crate::phantom_phrases::is_phantom_phrase;
use crate::transcriber::DecodedSegment;
use crate::word_assembler::is_chinese;

/// What the sound says about a decoded segment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Evidence {
    /// How long the voice was that it was decoded from, in milliseconds.
    pub(crate) speech_ms: u64,
    /// The share of that time in which a voice was heard, 0 to 1.
    pub(crate) voiced_share: f32,
}

/// The shortest time the rate is judged over, so that rounded word times do no harm.
const RATE_SPAN_MS_MIN: u64 = 500;
const CHARACTERS_PER_SECOND_MAX: f64 = 12.0;
const WORDS_PER_SECOND_MAX: f64 = 6.0;
/// Below either, a phrase that engines invent counts as invented; a real "谢谢大家" stands above both.
const CONFIDENCE_MIN: f32 = 0.5;
const VOICED_SHARE_MIN: f32 = 0.3;

/// Judges whether a segment was invented, by its text and what the sound says.
pub(crate) fn judge(segment: &DecodedSegment, language: Language, evidence: Evidence) -> Option<SuppressionReason> {
    let text = segment.text();
    if !text.chars().any(char::is_alphanumeric) || is_sound_name(&text) {
        return Some(SuppressionReason::NotSpeech);
    }
    if is_loop(&text) {
        return Some(SuppressionReason::Loop);
    }
    if evidence.voiced_share <= 0.0 {
        return Some(SuppressionReason::OutsideSpeech);
    }
    let is_poor = mean_confidence(segment) < CONFIDENCE_MIN || evidence.voiced_share < VOICED_SHARE_MIN;
    if is_poor && is_phantom_phrase(&text) {
        return Some(SuppressionReason::PhantomPhrase);
    }
    let seconds = evidence.speech_ms.max(RATE_SPAN_MS_MIN) as f64 / 1000.0;
    let (units, units_per_second_max) = match language {
        Language::English => (segment.words.len(), WORDS_PER_SECOND_MAX),
        Language::Mandarin => {
            (text.chars().filter(|character| is_chinese(*character)).count(), CHARACTERS_PER_SECOND_MAX)
        }
    };
    (units as f64 / seconds > units_per_second_max).then_some(SuppressionReason::ImpossibleRate)
}

fn mean_confidence(segment: &DecodedSegment) -> f32 {
    segment.words.iter().map(|word| word.confidence).sum::<f32>() / segment.words.len().max(1) as f32
}

/// Says whether the whole text stands in brackets or between asterisks or notes, as in `(music)`.
fn is_sound_name(text: &str) -> bool {
    const PAIRS: [(char, char); 7] =
        [('(', ')'), ('[', ']'), ('（', '）'), ('【', '】'), ('*', '*'), ('♪', '♪'), ('「', '」')];
    let inner = text.trim_end_matches(['.', '。']);
    PAIRS.iter().any(|(open, close)| {
        inner.strip_prefix(*open).and_then(|rest| rest.strip_suffix(*close)).is_some_and(|name| !name.contains(*close))
    })
}

/// Says whether some run of characters comes at least five times in a row and makes up most of the text. By characters,
/// so that it works without word borders; a doubled word is not a loop.
fn is_loop(text: &str) -> bool {
    const REPEATS_MIN: usize = 5;
    const LOOP_CHARACTERS_MIN: usize = 10;
    let characters: Vec<char> = text.chars().filter(|character| character.is_alphanumeric()).collect();
    let period_max = characters.len() / REPEATS_MIN;
    (1..=period_max).any(|period| {
        let mut matched = 0;
        let mut longest = 0;
        for index in period..characters.len() {
            matched = if characters[index] == characters[index - period] { matched + 1 } else { 0 };
            longest = longest.max(matched);
        }
        let repeated = longest + period;
        repeated >= period * REPEATS_MIN && repeated >= LOOP_CHARACTERS_MIN && repeated * 5 >= characters.len() * 3
    })
}

#[cfg(test)]
mod tests {
    use model::{Language, SuppressionReason};

    use super::{Evidence, judge};
    use crate::transcriber::{DecodedSegment, DecodedWord};

    fn judge_text(
        text: &str,
        language: Language,
        speech_ms: u64,
        confidence: f32,
        voiced_share: f32,
    ) -> Option<SuppressionReason> {
        let words = text
            .split_inclusive(' ')
            .map(|word| DecodedWord { text: word.to_owned(), start_ms: 0, end_ms: 0, confidence })
            .collect();
        judge(&DecodedSegment { words }, language, Evidence { speech_ms, voiced_share })
    }

    fn check(text: &str, language: Language, speech_ms: u64, expected: Option<SuppressionReason>) {
        assert_eq!(judge_text(text, language, speech_ms, 0.9, 0.9), expected, "{text}");
    }

    #[test]
    fn real_speech_passes() {
        check("Yes, I agree.", Language::English, 900, None);
        check("好好，很好很好。", Language::Mandarin, 1_500, None);
        check("very very very good", Language::English, 1_200, None);
        check("谢谢大家，再见。", Language::Mandarin, 1_800, None);
        check("哈哈哈哈哈", Language::Mandarin, 1_500, None);
        check("The limit (as of today) is 46.", Language::English, 2_500, None);
        check("谢谢大家。", Language::Mandarin, 1_200, None);
        check("Thank you.", Language::English, 700, None);
    }

    #[test]
    fn invented_text_is_suppressed() {
        use SuppressionReason::{ImpossibleRate, Loop, NotSpeech};
        check("...", Language::English, 900, Some(NotSpeech));
        check("(music playing)", Language::English, 19_000, Some(NotSpeech));
        check("（音樂播放中）", Language::Mandarin, 19_000, Some(NotSpeech));
        check(&"thank you ".repeat(12), Language::English, 20_000, Some(Loop));
        check(&"请不吝点赞订阅".repeat(6), Language::Mandarin, 20_000, Some(Loop));
        check("我觉得存储方案太贵了我们需要多少存储", Language::Mandarin, 600, Some(ImpossibleRate));
        check("one two three four five six seven", Language::English, 700, Some(ImpossibleRate));
    }

    #[test]
    fn phantom_phrases_need_poor_evidence() {
        let phrases = [
            ("Thank you.", Language::English),
            ("Thanks for watching!", Language::English),
            ("Subtitles by the Amara.org community", Language::English),
            ("谢谢大家。", Language::Mandarin),
            ("請不吝點贊訂閱轉發打賞支持明鏡與點點欄目", Language::Mandarin),
            ("字幕由Amara.org社区提供", Language::Mandarin),
        ];
        for (text, language) in phrases {
            let phantom = Some(SuppressionReason::PhantomPhrase);
            assert_eq!(judge_text(text, language, 2_500, 0.3, 0.9), phantom, "{text}");
            assert_eq!(judge_text(text, language, 2_500, 0.9, 0.1), phantom, "{text}");
            assert_eq!(judge_text(text, language, 2_500, 0.9, 0.9), None, "{text}");
        }
        assert_eq!(judge_text("Thank you Bob, that is a good idea.", Language::English, 2_500, 0.3, 0.9), None);
    }

    #[test]
    fn words_where_nobody_speaks_are_suppressed() {
        let outside = Some(SuppressionReason::OutsideSpeech);
        assert_eq!(judge_text("We agreed on the budget.", Language::English, 2_000, 0.9, 0.0), outside);
    }
}
