use model::Language;

use crate::transcriber::DecodedSegment;
use crate::word_assembler::is_chinese;

/// Why a segment is taken for invented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suppression {
    /// It has no letters, or only names a sound.
    NotSpeech,
    /// It repeats itself over and over.
    Loop,
    /// Nobody speaks that fast.
    ImpossibleRate,
}

/// The shortest time the rate is judged over, so that rounded word times do no harm.
const RATE_SPAN_MS_MIN: u64 = 500;
const CHARACTERS_PER_SECOND_MAX: f64 = 12.0;
const WORDS_PER_SECOND_MAX: f64 = 6.0;

/// Judges a segment by its text alone and by the `speech_ms` of the voice it was decoded from.
pub(crate) fn judge(segment: &DecodedSegment, language: Language, speech_ms: u64) -> Option<Suppression> {
    let text = segment.text();
    if !text.chars().any(char::is_alphanumeric) || is_sound_name(&text) {
        return Some(Suppression::NotSpeech);
    }
    if is_loop(&text) {
        return Some(Suppression::Loop);
    }
    let seconds = speech_ms.max(RATE_SPAN_MS_MIN) as f64 / 1000.0;
    let (units, units_per_second_max) = match language {
        Language::English => (segment.words.len(), WORDS_PER_SECOND_MAX),
        Language::Mandarin => {
            (text.chars().filter(|character| is_chinese(*character)).count(), CHARACTERS_PER_SECOND_MAX)
        }
    };
    (units as f64 / seconds > units_per_second_max).then_some(Suppression::ImpossibleRate)
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
    use model::Language;

    use super::{Suppression, judge};
    use crate::transcriber::{DecodedSegment, DecodedWord};

    fn check(text: &str, language: Language, speech_ms: u64, expected: Option<Suppression>) {
        let words = text
            .split_inclusive(' ')
            .map(|word| DecodedWord { text: word.to_owned(), start_ms: 0, end_ms: 0, confidence: 1.0 })
            .collect();
        assert_eq!(judge(&DecodedSegment { words }, language, speech_ms), expected, "{text}");
    }

    #[test]
    fn real_speech_passes() {
        check("Yes, I agree.", Language::English, 900, None);
        check("好好，很好很好。", Language::Mandarin, 1_500, None);
        check("very very very good", Language::English, 1_200, None);
        check("谢谢大家，再见。", Language::Mandarin, 1_800, None);
        check("哈哈哈哈哈", Language::Mandarin, 1_500, None);
        check("The limit (as of today) is 46.", Language::English, 2_500, None);
    }

    #[test]
    fn invented_text_is_suppressed() {
        check("...", Language::English, 900, Some(Suppression::NotSpeech));
        check("(music playing)", Language::English, 19_000, Some(Suppression::NotSpeech));
        check("（音樂播放中）", Language::Mandarin, 19_000, Some(Suppression::NotSpeech));
        check(&"thank you ".repeat(12), Language::English, 20_000, Some(Suppression::Loop));
        check(&"请不吝点赞订阅".repeat(6), Language::Mandarin, 20_000, Some(Suppression::Loop));
        check("我觉得存储方案太贵了我们需要多少存储", Language::Mandarin, 600, Some(Suppression::ImpossibleRate));
        check("one two three four five six seven", Language::English, 700, Some(Suppression::ImpossibleRate));
    }
}
