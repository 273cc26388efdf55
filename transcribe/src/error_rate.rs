use std::collections::{BTreeMap, BTreeSet};

use model::{Language, MediaTime, ParticipantId, Transcript};
use unicode_normalization::UnicodeNormalization;

use crate::word_assembler::is_chinese;

/// A line of a script: what was really said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceLine {
    /// Who says it.
    pub participant_id: ParticipantId,
    /// In which language.
    pub language: Language,
    /// When it begins.
    pub start_ms: MediaTime,
    /// What is said.
    pub text: String,
}

/// Substitutions, deletions and insertions against what was said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ErrorRate {
    /// The fewest edits that turn the one into the other.
    pub errors: u64,
    /// The words or characters that were said.
    pub units: u64,
}

impl ErrorRate {
    /// Returns errors per unit; more than 1 when much was invented. Without anything said, any error makes it 1.
    #[must_use]
    pub fn rate(self) -> f64 {
        if self.units == 0 { f64::from(u8::from(self.errors > 0)) } else { self.errors as f64 / self.units as f64 }
    }
}

/// How good a transcript is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TranscriptScore {
    /// By words, lower case, without punctuation.
    pub english: ErrorRate,
    /// By characters, without punctuation.
    pub mandarin: ErrorRate,
    /// Lines whose words were given to the one who said them rather than to anybody else.
    pub lines_attributed: u64,
    /// All lines of the script.
    pub lines: u64,
}

impl TranscriptScore {
    /// Returns the share of lines given to the right speaker, 0 to 1; 1 without lines.
    #[must_use]
    pub fn attribution(self) -> f64 {
        if self.lines == 0 { 1.0 } else { self.lines_attributed as f64 / self.lines as f64 }
    }
}

/// Compares a transcript with what was said. Everybody's words are aligned on their own, so words given to somebody else
/// count twice: missing there, invented here.
#[must_use]
pub fn score_transcript(reference: &[ReferenceLine], transcript: &Transcript) -> TranscriptScore {
    let mut said: BTreeMap<&ParticipantId, Vec<Unit>> = BTreeMap::new();
    let mut lines: Vec<&ReferenceLine> = reference.iter().collect();
    lines.sort_by_key(|line| line.start_ms);
    for line in &lines {
        let units = split_units(&line.text).into_iter().map(|text| Unit { text, language: line.language });
        said.entry(&line.participant_id).or_default().extend(units);
    }
    let heard = heard_words(transcript);
    let mut score = TranscriptScore { lines: lines.len() as u64, ..TranscriptScore::default() };
    let participants: BTreeSet<&ParticipantId> = said.keys().chain(heard.keys()).copied().collect();
    for participant in participants {
        let its_said = said.get(participant).map_or(&[][..], Vec::as_slice);
        let its_heard: Vec<Unit> = heard.get(participant).into_iter().flatten().map(HeardUnit::to_unit).collect();
        score.count(its_said, &its_heard);
    }
    score.lines_attributed = lines.iter().filter(|line| is_attributed(line, &heard)).count() as u64;
    score
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Unit {
    text: String,
    language: Language,
}

struct HeardUnit {
    text: String,
    at_ms: MediaTime,
}

impl HeardUnit {
    /// An invented unit has no line to take its language from, so its script decides.
    fn to_unit(&self) -> Unit {
        let language = if self.text.chars().all(is_chinese) { Language::Mandarin } else { Language::English };
        Unit { text: self.text.clone(), language }
    }
}

type HeardWords<'a> = BTreeMap<&'a ParticipantId, Vec<HeardUnit>>;

fn heard_words(transcript: &Transcript) -> HeardWords<'_> {
    let mut heard = HeardWords::new();
    for utterance in &transcript.utterances {
        let units = heard.entry(&utterance.participant_id).or_default();
        let texts = split_units(&utterance.text);
        let length_ms = utterance.end_ms - utterance.start_ms;
        let count = texts.len().max(1) as u64;
        units.extend(
            texts
                .into_iter()
                .zip(0_u64..)
                .map(|(text, index)| HeardUnit { text, at_ms: utterance.start_ms + length_ms * index / count }),
        );
    }
    heard
}

/// Splits text to words in lower case and to single Chinese characters; punctuation is left out.
fn split_units(text: &str) -> Vec<String> {
    let mut units: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut end_word = |word: &mut String| {
        let trimmed = word.trim_matches('\'');
        if !trimmed.is_empty() {
            units.push(trimmed.to_owned());
        }
        word.clear();
    };
    for character in text.nfkc().flat_map(char::to_lowercase) {
        let character = if character == '’' { '\'' } else { character };
        if is_chinese(character) {
            end_word(&mut word);
            word.push(character);
            end_word(&mut word);
        } else if character.is_alphanumeric() || character == '\'' {
            word.push(character);
        } else {
            end_word(&mut word);
        }
    }
    end_word(&mut word);
    units
}

impl TranscriptScore {
    fn of(&mut self, language: Language) -> &mut ErrorRate {
        match language {
            Language::English => &mut self.english,
            Language::Mandarin => &mut self.mandarin,
        }
    }

    fn count(&mut self, said: &[Unit], heard: &[Unit]) {
        for unit in said {
            self.of(unit.language).units += 1;
        }
        for edit in align(said, heard) {
            match edit {
                Edit::Match => {}
                Edit::Substitution(index) | Edit::Deletion(index) => self.of(said[index].language).errors += 1,
                Edit::Insertion(index) => self.of(heard[index].language).errors += 1,
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edit {
    Match,
    /// The index of the unit that was said.
    Substitution(usize),
    /// The index of the unit that was said.
    Deletion(usize),
    /// The index of the unit that was heard.
    Insertion(usize),
}

/// Returns the fewest edits (Levenshtein), from the end to the beginning.
fn align(said: &[Unit], heard: &[Unit]) -> Vec<Edit> {
    #[derive(Clone, Copy)]
    enum Step {
        Diagonal,
        Up,
        Left,
    }
    let width = heard.len() + 1;
    let mut steps = vec![Step::Left; (said.len() + 1) * width];
    let mut above: Vec<u32> = (0..=heard.len() as u32).collect();
    for (row, said_unit) in said.iter().enumerate() {
        let mut current = vec![row as u32 + 1];
        steps[(row + 1) * width] = Step::Up;
        for (column, heard_unit) in heard.iter().enumerate() {
            let diagonal = above[column] + u32::from(said_unit.text != heard_unit.text);
            let (up, left) = (above[column + 1] + 1, current[column] + 1);
            let (cost, step) = if diagonal <= up && diagonal <= left {
                (diagonal, Step::Diagonal)
            } else if up <= left {
                (up, Step::Up)
            } else {
                (left, Step::Left)
            };
            current.push(cost);
            steps[(row + 1) * width + column + 1] = step;
        }
        above = current;
    }
    let (mut row, mut column) = (said.len(), heard.len());
    let mut edits = Vec::new();
    while row > 0 || column > 0 {
        match steps[row * width + column] {
            Step::Diagonal => {
                (row, column) = (row - 1, column - 1);
                let is_match = said[row].text == heard[column].text;
                edits.push(if is_match { Edit::Match } else { Edit::Substitution(row) });
            }
            Step::Up => {
                row -= 1;
                edits.push(Edit::Deletion(row));
            }
            Step::Left => {
                column -= 1;
                edits.push(Edit::Insertion(column));
            }
        }
    }
    edits
}

/// How far a line's words may be from where the script has them.
const TOLERANCE_MS: u64 = 2_000;
/// Slow speech: how much later than the line's start its words may be for each of them.
const UNIT_MS_MAX: u64 = 600;

/// Says whether the one who said a line has at least as many of its words around its time as anybody else.
fn is_attributed(line: &ReferenceLine, heard: &HeardWords<'_>) -> bool {
    let units = split_units(&line.text);
    let from = MediaTime::from_millis(line.start_ms.as_millis().saturating_sub(TOLERANCE_MS));
    let until = line.start_ms + (TOLERANCE_MS + UNIT_MS_MAX * units.len() as u64);
    let found = |words: &Vec<HeardUnit>| {
        let nearby: Vec<&str> =
            words.iter().filter(|word| (from..until).contains(&word.at_ms)).map(|word| word.text.as_str()).collect();
        common_subsequence(&units, &nearby)
    };
    let own = heard.get(&line.participant_id).map_or(0, found);
    let others = heard.iter().filter(|(id, _)| **id != &line.participant_id).map(|(_, words)| found(words)).max();
    own > 0 && own >= others.unwrap_or(0)
}

/// Returns the length of the longest common subsequence.
pub(crate) fn common_subsequence<L: PartialEq<R>, R>(left: &[L], right: &[R]) -> usize {
    let mut above = vec![0; right.len() + 1];
    for left_unit in left {
        let mut current = vec![0];
        for (column, right_unit) in right.iter().enumerate() {
            let length =
                if left_unit == right_unit { above[column] + 1 } else { above[column + 1].max(current[column]) };
            current.push(length);
        }
        above = current;
    }
    above[right.len()]
}

#[cfg(test)]
#[path = "error_rate_tests.rs"]
mod tests;
