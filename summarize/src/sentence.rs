use std::ops::Range;

use model::{MediaTime, ParticipantId, Utterance};

use crate::cues::{DUE, NAME_END, NAME_START, is_question};
use crate::due_phrase::{DuePhrase, find_due_phrase};
use crate::folding::{fold, is_han};
use crate::line::without_disfluencies;
use crate::roster::{Mention, Roster};
use crate::tokens::{Token, tokenize};

/// A sentence of an utterance, prepared for all rules: the unit that minutes quote.
pub(crate) struct Sentence {
    /// The place of the utterance in the transcript.
    pub utterance: usize,
    pub speaker: ParticipantId,
    /// Exactly as it stands in the utterance.
    pub text: String,
    pub start_ms: MediaTime,
    pub end_ms: MediaTime,
    /// Folded, with names and due date replaced by placeholders, for cue rules.
    pub masked: String,
    /// The people named, by place in the roster, in order.
    pub mentions: Vec<usize>,
    pub due: Option<DuePhrase>,
    pub tokens: Vec<Token>,
    pub is_question: bool,
}

/// A stretch longer than this is cut at commas and pauses; a Chinese character counts 1, a word 2.
const LENGTH_MAX: usize = 120;
const PAUSE_MS: u64 = 800;

impl Sentence {
    /// Cuts an utterance into its sentences.
    pub(crate) fn all_of(position: usize, utterance: &Utterance, roster: &Roster) -> Vec<Self> {
        let words = locate_words(utterance);
        let ranges = split(&utterance.text).into_iter().flat_map(|range| cut_long(&utterance.text, range, &words));
        ranges
            .filter_map(|range| {
                let text = utterance.text.get(range.clone())?;
                let mentions = roster.mentions(text);
                let due = find_due_phrase(text);
                let masked = mask(text, &mentions, due.as_ref());
                let tokens = tokenize(&without_names_and_days(text, &mentions, due.as_ref()));
                let (start_ms, end_ms) = times(utterance, &words, &range);
                Some(Self {
                    utterance: position,
                    speaker: utterance.participant_id.clone(),
                    start_ms,
                    end_ms,
                    is_question: is_question(text, &masked),
                    masked,
                    mentions: mentions.into_iter().map(|mention| mention.person).collect(),
                    due,
                    tokens,
                    text: text.to_owned(),
                })
            })
            .collect()
    }

    /// Returns the words that carry meaning, in their shared form.
    pub(crate) fn terms(&self) -> impl Iterator<Item = &str> {
        self.tokens.iter().filter(|token| token.kind.has_meaning()).map(|token| token.term.as_str())
    }

    /// Returns the due date as it was said.
    pub(crate) fn due_text(&self) -> Option<&str> {
        self.text.get(self.due.as_ref()?.range.clone())
    }

    pub(crate) fn length(&self) -> usize {
        length(&self.text)
    }

    /// Returns how many words it has; each Chinese character counts as one.
    pub(crate) fn words(&self) -> usize {
        let (han, words) = count(&self.text);
        han + words
    }
}

/// Measures a text so that English and Chinese compare: a Chinese character counts 1, a word 2.
fn length(text: &str) -> usize {
    let (han, words) = count(text);
    han + words * 2
}

/// Counts Chinese characters and other words.
fn count(text: &str) -> (usize, usize) {
    let han = text.chars().filter(|c| is_han(*c)).count();
    let words = text.split(|c: char| !c.is_alphanumeric() || is_han(c)).filter(|word| !word.is_empty()).count();
    (han, words)
}

fn mask(text: &str, mentions: &[Mention], due: Option<&DuePhrase>) -> String {
    let mut masked = String::with_capacity(text.len());
    let private = |c: &char| !('\u{e000}'..='\u{f8ff}').contains(c);
    for (at, character) in text.char_indices() {
        if due.is_some_and(|due| due.range.contains(&at)) {
            if due.is_some_and(|due| due.range.start == at) {
                masked.push(DUE);
            }
        } else if let Some(mention) = mentions.iter().find(|mention| mention.range.contains(&at)) {
            if mention.range.start == at {
                masked.extend([NAME_START]);
                masked.push_str(&mention.person.to_string());
                masked.extend([NAME_END]);
            }
        } else {
            masked.extend(Some(character).filter(private));
        }
    }
    without_disfluencies(&fold(&masked))
}

/// Names and due dates would pass for topics; commas keep the words around them apart.
fn without_names_and_days(text: &str, mentions: &[Mention], due: Option<&DuePhrase>) -> String {
    let mut kept = String::with_capacity(text.len());
    let cut = |at: &usize| {
        due.is_some_and(|due| due.range.contains(at)) || mentions.iter().any(|mention| mention.range.contains(at))
    };
    for (at, character) in text.char_indices() {
        kept.push(if cut(&at) { ',' } else { character });
    }
    kept
}

struct LocatedWord {
    range: Range<usize>,
    start_ms: MediaTime,
    end_ms: MediaTime,
}

/// Finds the words in the text they were written into; a word that is not there is left out.
fn locate_words(utterance: &Utterance) -> Vec<LocatedWord> {
    let mut from = 0;
    let mut located = Vec::new();
    for word in &utterance.words {
        let text = word.text.trim();
        let Some(rest) = utterance.text.get(from..) else { break };
        let Some(offset) = rest.find(text).filter(|_| !text.is_empty()) else { continue };
        let range = from + offset..from + offset + text.len();
        from = range.end;
        located.push(LocatedWord { range, start_ms: word.start_ms, end_ms: word.end_ms });
    }
    located
}

fn times(utterance: &Utterance, words: &[LocatedWord], range: &Range<usize>) -> (MediaTime, MediaTime) {
    let mut inside = words.iter().filter(|word| word.range.start >= range.start && word.range.end <= range.end);
    let (start, end) = match (inside.next(), inside.next_back()) {
        (Some(first), Some(last)) => (first.start_ms, last.end_ms),
        (Some(only), None) => (only.start_ms, only.end_ms),
        (None, _) => {
            let share = |at: usize| {
                let duration_ms = (utterance.end_ms - utterance.start_ms) as f64;
                utterance.start_ms + (duration_ms * at as f64 / utterance.text.len().max(1) as f64) as u64
            };
            (share(range.start), share(range.end))
        }
    };
    let start = start.max(utterance.start_ms);
    (start, end.max(start))
}

fn split(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let is_end = match character {
            '。' | '！' | '？' | '；' | '!' | '?' | ';' | '\n' | '…' => true,
            '.' => !is_abbreviation(text.get(start..at).unwrap_or_default()),
            _ => false,
        };
        if !is_end {
            continue;
        }
        let mut end = at + character.len_utf8();
        while let Some((at, closer)) = characters.next_if(|(_, next)| is_closer(*next)) {
            end = at + closer.len_utf8();
        }
        // A full stop inside a number, a name or an address ends nothing.
        if character != '.' || characters.peek().is_none_or(|(_, next)| next.is_whitespace() || is_han(*next)) {
            ranges.push(start..end);
            start = end;
        }
    }
    ranges.push(start..text.len());
    ranges.into_iter().filter_map(|range| trim(text, range)).collect()
}

const fn is_closer(character: char) -> bool {
    matches!(character, '。' | '！' | '？' | '!' | '?' | '.' | '…' | '"' | '\u{201d}' | '』' | '」' | '）' | ')')
}

fn is_abbreviation(before: &str) -> bool {
    let word = before.rsplit(char::is_whitespace).next().unwrap_or_default().to_ascii_lowercase();
    let is_initial = word.len() == 1 && word.chars().all(|c| c.is_ascii_alphabetic()) && word != "i";
    is_initial || matches!(word.as_str(), "mr" | "mrs" | "ms" | "dr" | "prof" | "e.g" | "i.e" | "vs" | "approx")
}

fn trim(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let part = text.get(range.clone())?;
    let start = range.start + (part.len() - part.trim_start().len());
    let end = range.end - (part.len() - part.trim_end().len());
    part.chars().any(char::is_alphanumeric).then_some(start..end)
}

/// Cuts a stretch without an end of sentence, as speech recognition may leave it, at commas and pauses.
fn cut_long(text: &str, range: Range<usize>, words: &[LocatedWord]) -> Vec<Range<usize>> {
    let Some(part) = text.get(range.clone()) else { return Vec::new() };
    if length(part) <= LENGTH_MAX {
        return vec![range];
    }
    let ends_number = |at: usize| part.get(..at).is_some_and(|before| before.ends_with(|c: char| c.is_ascii_digit()));
    let commas = part
        .char_indices()
        .filter(|(at, c)| matches!(c, '，' | '、' | '：') || (matches!(c, ',' | ':') && !ends_number(*at)));
    let commas = commas.map(|(at, c)| range.start + at + c.len_utf8());
    let pauses = words.windows(2).filter_map(|pair| match pair {
        [word, next] if next.start_ms - word.end_ms > PAUSE_MS && range.contains(&next.range.start) => {
            Some(next.range.start)
        }
        _ => None,
    });
    let mut places: Vec<usize> = commas.chain(pauses).collect();
    places.sort_unstable();
    let mut pieces = Vec::new();
    let mut start = range.start;
    for place in places {
        if place > start && place < range.end && length(text.get(start..place).unwrap_or_default()) >= LENGTH_MAX / 2 {
            pieces.push(start..place);
            start = place;
        }
    }
    pieces.push(start..range.end);
    pieces.into_iter().filter_map(|piece| trim(text, piece)).collect()
}

#[cfg(test)]
mod tests {
    use super::{length, split};

    fn sentences(text: &str) -> Vec<&str> {
        split(text).into_iter().filter_map(|range| text.get(range)).collect()
    }

    #[test]
    fn sentences_end_where_people_end_them() {
        assert_eq!(
            sentences("We agreed. Version 1.5 is out! Who? e.g. Bob."),
            ["We agreed.", "Version 1.5 is out!", "Who?", "e.g. Bob."]
        );
        assert_eq!(
            sentences("好的。我们决定：“下周发布。”谁来？？ "),
            ["好的。", "我们决定：“下周发布。”", "谁来？？"]
        );
        assert_eq!(sentences("。。。"), [""; 0]);
    }

    #[test]
    fn a_word_weighs_two_characters() {
        assert_eq!(length("我们用 API 更新"), 7);
    }
}
