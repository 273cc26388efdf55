use std::ops::Range;
use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use unicode_normalization::UnicodeNormalization;

/// Returns the text in the form in which cues are looked for: NFKC, simplified characters, lower case, straight
/// quotes, single spaces. Punctuation stays.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.nfkc().flat_map(char::to_lowercase) {
        let character = match character {
            '\u{2018}' | '\u{2019}' | '\u{02bc}' | '`' => '\'',
            '\u{201c}' | '\u{201d}' => '"',
            '\u{2010}'..='\u{2015}' => '-',
            other if other.is_whitespace() || other.is_control() => ' ',
            other => simplify(other),
        };
        if character != ' ' || !folded.ends_with(' ') {
            folded.push(character);
        }
    }
    folded.trim().to_owned()
}

/// Says whether the character is a Chinese one.
pub(crate) fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// Returns the simplified form of a Chinese character, and every other character as it is.
pub(crate) fn simplify(character: char) -> char {
    static TO_SIMPLIFIED: LazyLock<Option<OpenCC>> = LazyLock::new(|| {
        OpenCC::from_config(BuiltinConfig::T2s)
            .inspect_err(
                |error| tracing::error!(%error, "no table of traditional characters, they are kept as they are"),
            )
            .ok()
    });
    if !is_han(character) {
        return character;
    }
    let Some(table) = TO_SIMPLIFIED.as_ref() else { return character };
    let mut converted = table.convert(character.encode_utf8(&mut [0; 4])).chars().collect::<Vec<_>>().into_iter();
    match (converted.next(), converted.next()) {
        (Some(single), None) => single,
        _ => character,
    }
}

/// A text reduced to its letters and digits, each with the place it came from, so that a quote can be found in spite
/// of case, width, script, spaces and punctuation.
pub(crate) struct Skeleton {
    characters: Vec<char>,
    origins: Vec<Range<usize>>,
}

impl Skeleton {
    pub(crate) fn new(text: &str) -> Self {
        let mut skeleton = Self { characters: Vec::new(), origins: Vec::new() };
        for (at, character) in text.char_indices() {
            skeleton.push(character, at..at + character.len_utf8());
        }
        skeleton
    }

    /// Appends a character that stands for the given bytes of the text.
    pub(crate) fn push(&mut self, character: char, origin: Range<usize>) {
        for folded in std::iter::once(character).nfkc().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()) {
            self.characters.push(simplify(folded));
            self.origins.push(origin.clone());
        }
    }

    /// Returns the bytes of this text that the other one occurs at, whole words of both kept out of it; none when the
    /// other one is empty.
    pub(crate) fn find(&self, needle: &Self) -> Option<Range<usize>> {
        let length = needle.characters.len();
        if length == 0 || length > self.characters.len() {
            return None;
        }
        let first = self.characters.windows(length).position(|window| window == needle.characters)?;
        Some(self.origins.get(first)?.start..self.origins.get(first + length - 1)?.end)
    }
}

/// Says whether the quote is in the text, whatever its case, width, script and punctuation.
pub(crate) fn contains_quote(text: &str, quote: &str) -> bool {
    Skeleton::new(text).find(&Skeleton::new(quote)).is_some()
}

#[cfg(test)]
mod tests {
    use super::{Skeleton, contains_quote, fold};

    #[test]
    fn folding_makes_one_form() {
        assert_eq!(fold("  I\u{2019}LL　send  Ａ４ "), "i'll send a4");
        assert_eq!(fold("請李娜準備審計報告。"), "请李娜准备审计报告。");
    }

    #[test]
    fn quotes_are_found_in_spite_of_their_clothes() {
        assert!(contains_quote("我們決定把發佈推遲到十一月。", "我们决定，把发布推迟到十一月"));
        assert!(contains_quote("We decided — to move!", "we DECIDED to move."));
        assert!(!contains_quote("We decided to move.", "We decided to stay."));
        assert!(!contains_quote("We decided to move.", "…"), "a quote without words proves nothing");
    }

    #[test]
    fn a_found_quote_gives_its_bytes() {
        let text = "好，我同意。";
        assert_eq!(
            Skeleton::new(text).find(&Skeleton::new("我同意")).and_then(|range| text.get(range)),
            Some("我同意")
        );
    }
}
