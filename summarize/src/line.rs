use std::sync::LazyLock;

use model::{Citation, CitedLine, LineId, Provenance, ReviewState, Verification};
use regex::Regex;

use crate::cues::rule;
use crate::folding::is_han;
use crate::numerals::find_numerals;

/// Makes a line of minutes that nobody has looked at yet; whoever calls has it checked, and says where it comes from.
pub(crate) fn proposed(text: String, citations: Vec<Citation>) -> CitedLine {
    CitedLine {
        id: LineId::UNNUMBERED,
        text,
        citations,
        verification: Verification::Verified,
        provenance: Provenance::default(),
        review: ReviewState::Proposed,
    }
}

/// Turns a sentence as it was said into one as it is written: without fillers, stammering and announcement, with a capital
/// letter. No word is added and none that means something is taken.
pub(crate) fn clean(said: &str) -> String {
    static OPENING: LazyLock<Regex> = LazyLock::new(|| {
        rule(
            "(?i)^(?:(?:um+|uh+|er+m?|mm+|hm+|ah|oh|so|well|okay|ok|yeah|yes|yep|and|but|now|alright|all right|you know|i mean|right|because|'?cause|actually|basically|then|also)(?:[,.… -]+|$)|(?:嗯+|呃+|啊|哦|额|哎|唉|好的?|对|那么?|然后|所以|但是|而且|因为|其实|就是|就是说|行)[，,、。… ]+|(?:嗯|呃|就是说|然后)+|(?:action item|to-?do|待办事项|待办|行动项)[:：，, ]+)",
        )
    });
    let mut rest = said.trim();
    while let Some(found) = OPENING.find(rest) {
        match rest.get(found.end()..).filter(|shorter| shorter.chars().any(char::is_alphanumeric)) {
            Some(shorter) => rest = shorter.trim_start(),
            None => break,
        }
    }
    let text = without_disfluencies(rest);
    let mut characters = text.chars();
    match characters.next() {
        Some(first) if first.is_lowercase() => first.to_uppercase().chain(characters).collect(),
        _ => text,
    }
}

/// Takes out what people say while they look for words.
pub(crate) fn without_disfluencies(text: &str) -> String {
    without_stammer(&without_fillers(text))
}

fn without_fillers(text: &str) -> String {
    static SOUND: LazyLock<Regex> =
        LazyLock::new(|| rule("(?i)\\b(?:um+|uh+|erm+|mm+-?hm+|mm+|hmm+)\\b[,.]? ?|[嗯呃]+[，、]?"));
    static ASIDE: LazyLock<Regex> = LazyLock::new(|| {
        rule(
            "(?i)(?P<before>[，,])(?: ?(?:you know|i mean|sort of|like),| ?(?:然后|那么|就是说?|这个|那个|对吧|是吧|对不对|的话|啊|哦)，)",
        )
    });
    let text = SOUND.replace_all(text, "");
    let text = ASIDE.replace_all(&text, "${before}");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Takes out what is said twice in a row: words of any length, and two to four Chinese characters. One character twice is
/// often a word of its own, and a numeral twice another number.
fn without_stammer(text: &str) -> String {
    let mut words: Vec<&str> = Vec::new();
    for word in text.split(' ') {
        words.push(word);
        for length in (1..=STAMMER_WORDS_MAX).rev() {
            let Some(start) = words.len().checked_sub(length * 2) else { continue };
            let (first, second) = words.split_at(start + length);
            let same = first.iter().skip(start).zip(second).all(|(one, other)| repeats(one, other));
            if same {
                words.drain(start..start + length);
                break;
            }
        }
    }
    let mut kept: Vec<char> = Vec::new();
    for character in words.join(" ").chars() {
        kept.push(character);
        for length in STAMMER_HAN {
            let Some(start) = kept.len().checked_sub(length * 2) else { continue };
            let (first, second) = kept.split_at(start + length);
            let first = first.get(start..).unwrap_or_default();
            if first == second && first.iter().all(|c| is_han(*c) && !is_numeral(*c)) {
                kept.truncate(start + length);
                break;
            }
        }
    }
    kept.into_iter().collect()
}

const STAMMER_WORDS_MAX: usize = 3;
const STAMMER_HAN: std::ops::RangeInclusive<usize> = 2..=4;

fn repeats(one: &str, other: &str) -> bool {
    let bare = |word: &str| word.trim_matches([',', '.', '-', '…']).to_lowercase();
    let (one, ended) = (bare(one), one.ends_with(['.', '?', '!']));
    !ended && one == bare(other) && one.chars().any(char::is_alphabetic) && find_numerals(&one).is_empty()
}

fn is_numeral(character: char) -> bool {
    "零〇一二两三四五六七八九十百千万亿点".contains(character)
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn fillers_go_and_words_stay() {
        assert_eq!(clean("um, so, yeah, we agreed  to wait."), "We agreed to wait.");
        assert_eq!(clean("嗯，那么，我们决定发布。"), "我们决定发布。");
        assert_eq!(clean("待办事项，王伟测试水印。"), "王伟测试水印。");
        assert_eq!(clean("Okay."), "Okay.");
        assert_eq!(clean("那个方案取消。"), "那个方案取消。");
        assert_eq!(clean("Software is ready."), "Software is ready.");
        assert_eq!(clean("I uh I think we, you know, ship it."), "I think we, ship it.");
        assert_eq!(clean("Do you know the the last last number?"), "Do you know the last number?");
        assert_eq!(clean("我们我们呃，这个方案，那个，下周上线。"), "我们这个方案，下周上线。");
    }

    #[test]
    fn what_is_said_twice_on_purpose_stays() {
        for text in
            ["In twenty twenty it was twenty twenty.", "二零二零年看看结果。", "谢谢大家。", "Pay 10 10 dollar notes."]
        {
            assert_eq!(clean(text), text);
        }
    }
}
