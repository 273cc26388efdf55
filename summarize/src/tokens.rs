use std::collections::HashSet;
use std::sync::LazyLock;

use jieba_rs::Jieba;
use rust_stemmers::{Algorithm, Stemmer};

use crate::folding::{fold, is_han, simplify};

/// A word of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// As it was said; Chinese in simplified characters.
    pub surface: String,
    /// The form that all spellings of the word share: stemmed and in lower case.
    pub term: String,
    /// What it does in its sentence.
    pub kind: TokenKind,
}

/// What a word does in its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// Carries meaning, and is or may be a noun.
    Noun,
    /// Carries meaning, and is no noun.
    Content,
    /// Holds the sentence together.
    Stop,
    /// Punctuation.
    Break,
}

impl TokenKind {
    pub(crate) const fn has_meaning(self) -> bool {
        matches!(self, Self::Noun | Self::Content)
    }
}

/// Cuts a text into words: Chinese by dictionary, everything else at spaces and punctuation.
pub(crate) fn tokenize(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let characters: Vec<char> = text.chars().map(simplify).collect();
    let mut at = 0;
    while let Some(&first) = characters.get(at) {
        let class = Class::of(first);
        let length = characters.iter().skip(at).take_while(|c| Class::of(**c) == class).count();
        let run: String = characters.iter().skip(at).take(length).collect();
        match class {
            Class::Han => tokens.extend(han_tokens(&run)),
            Class::Word => tokens.extend(latin_token(&run, tokens.last())),
            Class::Mark => tokens.push(Token { surface: run, term: String::new(), kind: TokenKind::Break }),
            Class::Space => {}
        }
        at += length;
    }
    tokens
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Han,
    Word,
    Space,
    Mark,
}

impl Class {
    fn of(character: char) -> Self {
        match character {
            _ if is_han(character) => Self::Han,
            _ if character.is_alphanumeric() || matches!(character, '\'' | '\u{2019}' | '-' | '_') => Self::Word,
            _ if character.is_whitespace() => Self::Space,
            _ => Self::Mark,
        }
    }
}

static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// Returns the Chinese words of a text that name a person, place or organisation, in simplified characters.
pub(crate) fn proper_names(text: &str) -> Vec<String> {
    let simplified: String = text.chars().map(|c| if is_han(c) { simplify(c) } else { ' ' }).collect();
    let runs = simplified.split_whitespace().flat_map(|run| JIEBA.tag(run, true));
    let names = runs.filter(|tag| ["nr", "ns", "nt", "nz"].iter().any(|kind| tag.tag.starts_with(kind)));
    names.map(|tag| tag.word.to_owned()).filter(|word| word.chars().nth(1).is_some()).collect()
}

fn han_tokens(run: &str) -> Vec<Token> {
    JIEBA
        .tag(run, true)
        .into_iter()
        .map(|tag| {
            // The dictionary takes some verbs, such as 更新, for adverbs.
            let short = tag.word.chars().nth(1).is_none();
            let kind = if short || is_stop_word(tag.word) {
                TokenKind::Stop
            } else if tag.tag.starts_with('n') || matches!(tag.tag, "vn" | "an" | "l" | "j" | "eng") {
                TokenKind::Noun
            } else if tag.tag.starts_with(['v', 'a', 'i', 'b', 'z', 'm', 't', 's', 'x']) || is_verb_of_action(tag.word)
            {
                TokenKind::Content
            } else {
                TokenKind::Stop
            };
            Token { surface: tag.word.to_owned(), term: tag.word.to_owned(), kind }
        })
        .collect()
}

fn is_verb_of_action(word: &str) -> bool {
    static VERBS: LazyLock<HashSet<&'static str>> =
        LazyLock::new(|| include_str!("../data/action_verbs_zh.txt").lines().collect());
    VERBS.contains(word)
}

fn latin_token(run: &str, before: Option<&Token>) -> Option<Token> {
    let surface = run.trim_matches(['\'', '\u{2019}', '-', '_']);
    if surface.is_empty() {
        return None;
    }
    let folded = fold(surface);
    let kind = if is_stop_word(&folded) || folded.chars().count() < 2 {
        TokenKind::Stop
    } else if folded.starts_with(|c: char| c.is_ascii_digit()) || is_verb(&folded, before) {
        TokenKind::Content
    } else {
        TokenKind::Noun
    };
    let bare = folded.strip_suffix("'s").unwrap_or(&folded);
    let surface = surface.strip_suffix("'s").or_else(|| surface.strip_suffix("\u{2019}s")).unwrap_or(surface);
    Some(Token { surface: surface.to_owned(), term: stem(bare), kind })
}

/// Guesses from its ending and the word before whether an English word is a verb here.
fn is_verb(folded: &str, before: Option<&Token>) -> bool {
    const OPENERS: &[&str] = &[
        "to", "will", "shall", "can", "could", "should", "would", "must", "might", "may", "please", "i", "we", "you",
        "they", "not", "don't", "didn't", "can't", "won't", "let's", "i'll", "we'll", "you'll", "they'll", "he'll",
        "she'll",
    ];
    let is_opened = before.is_some_and(|token| OPENERS.contains(&fold(&token.surface).as_str()));
    is_opened || (folded.ends_with("ed") && !folded.ends_with("eed") && folded.len() > 4)
}

/// Returns the stem of a folded English word.
pub(crate) fn stem(word: &str) -> String {
    static STEMMER: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::English));
    STEMMER.stem(word).into_owned()
}

/// Says whether a folded word only holds sentences together.
pub(crate) fn is_stop_word(word: &str) -> bool {
    static STOP_WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
        let english = include_str!("../data/stop_words_en.txt").split_whitespace();
        english.chain(include_str!("../data/stop_words_zh.txt").split_whitespace()).collect()
    });
    STOP_WORDS.contains(word)
}

#[cfg(test)]
mod tests {
    use super::{TokenKind, tokenize};

    fn terms(text: &str) -> Vec<String> {
        tokenize(text).into_iter().filter(|token| token.kind.has_meaning()).map(|token| token.term).collect()
    }

    fn nouns(text: &str) -> Vec<String> {
        let tokens = tokenize(text).into_iter().filter(|token| token.kind == TokenKind::Noun);
        tokens.map(|token| token.surface).collect()
    }

    #[test]
    fn words_of_both_languages_are_cut() {
        assert_eq!(terms("We tested the search indexes' recordings."), ["test", "search", "index", "record"]);
        assert_eq!(terms("我们决定修改保留策略。"), ["修改", "保留", "策略"]);
        assert_eq!(nouns("We will move the release; they recorded the test report."), ["release", "test", "report"]);
        assert_eq!(terms("把API更新到server上"), ["api", "更新", "server"]);
    }

    #[test]
    fn traditional_characters_give_the_same_words() {
        assert_eq!(terms("錄製的策略"), terms("录制的策略"));
    }
}
