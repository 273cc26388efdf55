use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use jieba_rs::Jieba;
use pinyin::ToPinyin;
use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::char::is_combining_mark;

/// Longer runs of letters are cut into pieces of this length, in text and query alike.
const WORD_CHARS_MAX: usize = 40;

/// A piece of a normal text: one Chinese, Japanese or Korean character, or a run of other letters and digits.
///
/// The number of a token in its text is its position; punctuation and spaces take none, because a transcript's
/// punctuation is a guess.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// The characters, apostrophes left out.
    pub(crate) text: String,
    /// The bytes in the normal text.
    pub(crate) range: Range<usize>,
}

impl Token {
    pub(crate) fn is_han(&self) -> bool {
        Self::is_han_text(&self.text)
    }

    /// Says whether a text is one Han character.
    pub(crate) fn is_han_text(text: &str) -> bool {
        text.chars().next().is_some_and(is_han)
    }

    pub(crate) fn is_word(&self) -> bool {
        !self.text.chars().next().is_some_and(stands_alone)
    }

    /// Returns how a Han character is read, without tone: what speech recognition confuses it by.
    pub(crate) fn syllable(&self) -> Option<&'static str> {
        let character = self.text.chars().next().filter(|character| is_han(*character))?;
        character.to_pinyin().map(pinyin::Pinyin::plain)
    }

    /// Returns the English stem of a word, or the word when it is not made of Latin letters.
    pub(crate) fn stem(&self) -> String {
        if self.text.bytes().all(|byte| byte.is_ascii_lowercase()) {
            STEMMER.with(|stemmer| stemmer.stem(&self.text).into_owned())
        } else {
            self.text.clone()
        }
    }
}

/// Cuts a normal text into tokens.
pub(crate) fn tokens(normal: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut word: Option<Token> = None;
    let mut characters = normal.char_indices().peekable();
    while let Some((start, character)) = characters.next() {
        let range = start..start + character.len_utf8();
        if stands_alone(character) {
            tokens.extend(word.take());
            tokens.push(Token { text: character.to_string(), range });
        } else if is_letter(character) {
            if word.as_ref().is_some_and(|word| word.text.chars().count() >= WORD_CHARS_MAX) {
                tokens.extend(word.take());
            }
            let word = word.get_or_insert_with(|| Token { text: String::new(), range: range.clone() });
            word.text.push(character);
            word.range.end = range.end;
        } else if !(is_apostrophe(character)
            && characters.peek().is_some_and(|(_, next)| is_letter(*next) && !stands_alone(*next)))
        {
            tokens.extend(word.take());
        }
    }
    tokens.extend(word);
    tokens
}

/// Returns what each token sounds like: a Han character its reading, a word beside one itself, marked so that it is no
/// reading. Other words have none: a text without Han needs no sounds.
pub(crate) fn sounds(tokens: &[Token]) -> Vec<Option<String>> {
    let is_han = |place: Option<usize>| place.and_then(|place| tokens.get(place)).is_some_and(Token::is_han);
    let sound = |(place, token): (usize, &Token)| {
        if token.is_han() {
            token.syllable().map(str::to_owned)
        } else if token.is_word() && (is_han(place.checked_sub(1)) || is_han(Some(place + 1))) {
            Some(format!("={}", token.text))
        } else {
            None
        }
    };
    tokens.iter().enumerate().map(sound).collect()
}

/// Returns each two Han characters that follow one another.
pub(crate) fn pairs(tokens: &[Token]) -> impl Iterator<Item = String> + '_ {
    tokens
        .windows(2)
        .filter(|pair| pair.iter().all(Token::is_han))
        .map(|pair| pair.iter().map(|token| token.text.as_str()).collect())
}

/// Returns the Han characters that are read so, without tone.
pub(crate) fn characters_read(syllable: &str) -> &'static [char] {
    READINGS.get(syllable).map_or(&[], Vec::as_slice)
}

/// Cuts a normal text into its words, single characters included, without overlap.
pub(crate) fn segments(normal: &str) -> Vec<&str> {
    JIEBA.cut(normal, false).into_iter().map(|token| token.word).filter(|word| word.chars().all(is_han)).collect()
}

pub(crate) fn is_han_word(word: &str) -> bool {
    word.chars().all(is_han) && word.chars().nth(1).is_some()
}

fn is_han(character: char) -> bool {
    matches!(character,
        '\u{3005}' | '\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

/// Says whether a script writes no spaces between words, so that each character is a token.
fn stands_alone(character: char) -> bool {
    is_han(character)
        || matches!(character, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{3105}'..='\u{312f}'
            | '\u{ac00}'..='\u{d7a3}')
}

fn is_letter(character: char) -> bool {
    character.is_alphanumeric() || is_combining_mark(character)
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '\u{2019}')
}

static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

static READINGS: LazyLock<HashMap<&'static str, Vec<char>>> = LazyLock::new(|| {
    let mut readings: HashMap<&'static str, Vec<char>> = HashMap::new();
    for character in ('\u{3005}'..='\u{3ffff}').filter(|character| is_han(*character)) {
        if let Some(pinyin) = character.to_pinyin() {
            readings.entry(pinyin.plain()).or_default().push(character);
        }
    }
    readings
});

thread_local! {
    static STEMMER: Stemmer = Stemmer::create(Algorithm::English);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};

    use super::{characters_read, pairs, segments, tokens};

    fn texts(normal: &str) -> Vec<String> {
        tokens(normal).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn han_characters_stand_alone_and_letters_run() {
        assert_eq!(texts("存储,用rust写3.5版"), ["存", "储", "用", "rust", "写", "3", "5", "版"]);
        assert_eq!(texts("let's e-mail o’brien' x"), ["lets", "e", "mail", "obrien", "x"]);
        assert_eq!(texts("𠮷野家 カナ 한글"), ["𠮷", "野", "家", "カ", "ナ", "한", "글"]);
        assert_eq!(texts(" ,。'!😀 "), Vec::<String>::new());
    }

    #[test]
    fn long_runs_are_cut_not_lost() {
        let run = "a".repeat(100);
        assert_eq!(texts(&run).iter().map(String::len).collect::<Vec<_>>(), [40, 40, 20]);
        assert_eq!(texts(&"会".repeat(50)).len(), 50);
    }

    #[test]
    fn pairs_overlap_and_segments_do_not() {
        let found: Vec<String> = pairs(&tokens("中华a人民，共和")).collect();
        assert_eq!(found, ["中华", "人民", "民共", "共和"], "punctuation is a guess, a word is not");
        assert_eq!(segments("我同意存储方案"), ["我", "同意", "存储", "方案"]);
    }

    #[test]
    fn words_are_stemmed_and_characters_read() {
        let stems: Vec<String> = tokens("recordings recorded 4k café").iter().map(super::Token::stem).collect();
        assert_eq!(stems, ["record", "record", "4k", "café"]);
        let syllables: Vec<_> = tokens("女会x").iter().map(super::Token::syllable).collect();
        assert_eq!(syllables, [Some("nü"), Some("hui"), None]);
        assert!(characters_read("shui").contains(&'税') && characters_read("shui").contains(&'水'));
        assert!(characters_read("=rust").is_empty());
    }

    proptest! {
        #[test]
        fn tokens_are_in_order_and_inside(text in "\\PC{0,60}") {
            let mut end = 0;
            for token in tokens(&text) {
                prop_assert!(token.range.start >= end && text.get(token.range.clone()).is_some());
                prop_assert!(!token.text.is_empty());
                end = token.range.end;
            }
        }
    }
}
