use std::collections::BTreeMap;

use crate::sentence::Sentence;
use crate::tokens::{Token, TokenKind};

const PHRASE_WORDS_MAX: usize = 3;
/// A Chinese phrase of more characters than this is two phrases.
const HAN_PHRASE_CHARS_MAX: usize = 8;

/// A phrase that people used, and how much it marks what they talked about.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct KeyPhrase {
    /// As it was said most often.
    pub text: String,
    pub score: f32,
    terms: Vec<String>,
}

/// Ranks the noun phrases of some sentences. Those that the rest of the meeting shares count less.
pub(crate) fn rank_phrases(sentences: &[Sentence], meeting: &[Sentence]) -> Vec<KeyPhrase> {
    let counts = count(sentences);
    let everywhere = count(meeting);
    let mut phrases: Vec<KeyPhrase> = counts
        .into_iter()
        .map(|(terms, forms)| {
            let uses = forms.values().sum::<usize>() as f32;
            let elsewhere = everywhere.get(&terms).map_or(uses, |forms| forms.values().sum::<usize>() as f32);
            let length: f32 = if terms.len() > 1 { 1.6 } else { 1.0 };
            // Said once, a phrase of three words is mostly chance.
            let chance = if uses < 2.0 && terms.len() > 2 { 0.7 } else { 1.0 };
            let text = forms.iter().max_by_key(|(form, uses)| (**uses, std::cmp::Reverse((*form).clone())));
            KeyPhrase {
                score: uses * length * chance * (0.5 + 0.5 * uses / elsewhere),
                text: text.map(|(form, _)| form.clone()).unwrap_or_default(),
                terms,
            }
        })
        .collect();
    phrases.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.text.cmp(&b.text)));
    phrases
}

/// Keeps the best phrases that do not repeat each other.
pub(crate) fn distinct_phrases(phrases: Vec<KeyPhrase>, count: usize) -> Vec<KeyPhrase> {
    let mut kept: Vec<KeyPhrase> = Vec::new();
    for phrase in phrases {
        if kept.len() == count {
            break;
        }
        if !kept.iter().any(|known| phrase.terms.iter().any(|term| known.terms.contains(term))) {
            kept.push(phrase);
        }
    }
    kept
}

impl KeyPhrase {
    pub(crate) fn uses_at_least(&self, score: f32) -> bool {
        self.score >= score
    }
}

/// Counts phrases by their terms, each with the forms they were said in.
fn count(sentences: &[Sentence]) -> BTreeMap<Vec<String>, BTreeMap<String, usize>> {
    let mut counts: BTreeMap<Vec<String>, BTreeMap<String, usize>> = BTreeMap::new();
    for sentence in sentences {
        for run in sentence.tokens.split(|token| !token.kind.has_meaning()) {
            for length in 1..=PHRASE_WORDS_MAX {
                for words in run.windows(length).filter(|words| is_phrase(words)) {
                    let terms = words.iter().map(|token| token.term.clone()).collect();
                    *counts.entry(terms).or_default().entry(write(words)).or_default() += 1;
                }
            }
        }
    }
    counts
}

fn is_phrase(words: &[Token]) -> bool {
    let is_chinese = |token: &Token| !token.surface.is_ascii();
    // Chinese verbs often stand before the noun they belong to; English ones have another object.
    let nouns = |words: &[Token]| words.iter().all(|token| token.kind == TokenKind::Noun || is_chinese(token));
    let ends_in_noun = words.last().is_some_and(|token| token.kind == TokenKind::Noun) && nouns(words);
    let one_script = words.iter().all(is_chinese) || !words.iter().any(is_chinese);
    let short =
        words.iter().filter(|token| is_chinese(token)).map(|token| token.surface.chars().count()).sum::<usize>();
    ends_in_noun && one_script && short <= HAN_PHRASE_CHARS_MAX
}

fn write(words: &[Token]) -> String {
    let separator = if words.iter().all(|token| token.surface.is_ascii()) { " " } else { "" };
    let surfaces: Vec<String> = words
        .iter()
        .map(|token| {
            let is_name = token.surface.chars().skip(1).any(char::is_uppercase);
            if is_name { token.surface.clone() } else { token.surface.to_lowercase() }
        })
        .collect();
    surfaces.join(separator)
}
