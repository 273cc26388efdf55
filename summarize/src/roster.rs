use std::ops::Range;

use model::{Participant, ParticipantId};

use crate::folding::{fold, is_han, simplify};
use crate::pinyin_name::{sounds_like, spell_name};

/// The people of a meeting, as they may be named in speech.
pub(crate) struct Roster {
    people: Vec<Person>,
}

struct Person {
    id: ParticipantId,
    display_name: String,
    /// Latin names, lower case, by word: whole names first, then the parts that name only this person.
    latin: Vec<Vec<String>>,
    /// Chinese names in simplified characters.
    han: Vec<Vec<char>>,
    /// What a Chinese name sounds like, or how a Latin one is spoken by a Chinese speaker.
    letters: Vec<String>,
}

/// A person named in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mention {
    /// The place in the roster.
    pub person: usize,
    pub range: Range<usize>,
}

/// First names that are words of their own: they name somebody only with a capital letter.
const WORD_NAMES: &[&str] = &[
    "will", "may", "mark", "grace", "hope", "bill", "jack", "rich", "art", "pat", "sue", "grant", "chase", "rob",
    "faith", "joy", "dawn", "summer", "april", "june", "august", "drew", "frank", "max", "guy", "an", "he", "she",
    "you", "long", "bin", "can", "man", "men", "hang", "fan", "sun", "song", "see", "so", "do", "my", "in", "to",
    "lee",
];

const HAN_NAME_CHARS: std::ops::RangeInclusive<usize> = 2..=4;

impl Roster {
    pub(crate) fn new(participants: &[Participant]) -> Self {
        let mut people: Vec<Person> = participants.iter().map(Person::new).collect();
        let parts: Vec<Vec<String>> = people.iter().map(Person::latin_parts).collect();
        for (at, person) in people.iter_mut().enumerate() {
            let others = || parts.iter().enumerate().filter(|(other, _)| *other != at).flat_map(|(_, parts)| parts);
            let own = parts.get(at).into_iter().flatten().filter(|part| part.chars().count() >= 2);
            person
                .latin
                .extend(own.filter(|part| !others().any(|other| other == *part)).map(|part| vec![part.clone()]));
        }
        Self { people }
    }

    pub(crate) fn id(&self, person: usize) -> Option<&ParticipantId> {
        self.people.get(person).map(|person| &person.id)
    }

    pub(crate) fn position(&self, id: &ParticipantId) -> Option<usize> {
        self.people.iter().position(|person| person.id == *id)
    }

    pub(crate) fn display_name(&self, person: usize) -> Option<&str> {
        self.people.get(person).map(|person| person.display_name.as_str())
    }

    /// Finds the people named in a text, in order and without overlap. A name that fits several people names nobody.
    pub(crate) fn mentions(&self, text: &str) -> Vec<Mention> {
        let mut found: Vec<(Range<usize>, Vec<usize>)> = Vec::new();
        for (range, person) in self.latin_mentions(text).into_iter().chain(self.han_mentions(text)) {
            match found.iter_mut().find(|(known, _)| *known == range) {
                Some((_, people)) if !people.contains(&person) => people.push(person),
                Some(_) => {}
                None => found.push((range, vec![person])),
            }
        }
        found.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
        let mut end = 0;
        let mut mentions = Vec::new();
        for (range, people) in found {
            if range.start < end {
                continue;
            }
            end = range.end;
            if let Some(person) = self.only_one(text.get(range.clone()).unwrap_or_default(), &people) {
                mentions.push(Mention { person, range });
            }
        }
        mentions
    }

    /// The written name decides between people whose names sound the same.
    fn only_one(&self, written: &str, people: &[usize]) -> Option<usize> {
        if let [person] = people {
            return Some(*person);
        }
        let written: Vec<char> = written.chars().map(simplify).collect();
        let mut exact = people
            .iter()
            .filter(|&&person| self.people.get(person).is_some_and(|person| person.han.contains(&written)));
        match (exact.next(), exact.next()) {
            (Some(person), None) => Some(*person),
            _ => None,
        }
    }

    fn latin_mentions(&self, text: &str) -> Vec<(Range<usize>, usize)> {
        let words = latin_words(text);
        let mut found = Vec::new();
        for at in 0..words.len() {
            for (person, somebody) in self.people.iter().enumerate() {
                if let Some(length) = somebody.latin_length(words.get(at..).unwrap_or_default()) {
                    let end = words.get(at + length - 1).map_or(0, |word| word.range.end);
                    found.push((words.get(at).map_or(0, |word| word.range.start)..end, person));
                }
            }
        }
        found
    }

    fn han_mentions(&self, text: &str) -> Vec<(Range<usize>, usize)> {
        let characters: Vec<(usize, char)> = text.char_indices().collect();
        let mut found = Vec::new();
        for start in 0..characters.len() {
            for length in HAN_NAME_CHARS {
                let Some(window) = characters.get(start..start + length) else { break };
                if !window.iter().all(|(_, character)| is_han(*character)) {
                    break;
                }
                let name: Vec<char> = window.iter().map(|(_, character)| simplify(*character)).collect();
                let end = window.last().map_or(0, |(at, character)| at + character.len_utf8());
                for (person, somebody) in self.people.iter().enumerate() {
                    if somebody.is_called(&name) {
                        found.push((window.first().map_or(0, |(at, _)| *at)..end, person));
                    }
                }
            }
        }
        found
    }
}

impl Person {
    fn new(participant: &Participant) -> Self {
        let mut person = Self {
            id: participant.id.clone(),
            display_name: participant.display_name.clone(),
            latin: Vec::new(),
            han: Vec::new(),
            letters: Vec::new(),
        };
        // Nobody is called by markup, but its words would pass for names in what is said.
        if participant.display_name.contains(['<', '>', '{', '}', '\\']) {
            return person;
        }
        for part in participant.display_name.split(['(', ')', '（', '）', '/', '|', '[', ']', '-', '·', ',', '，'])
        {
            let words: Vec<String> = latin_words(part).into_iter().map(|word| word.folded).collect();
            if !words.is_empty() {
                person.letters.push(words.concat());
                person.letters.push(words.iter().rev().map(String::as_str).collect());
                person.latin.push(words);
            }
            let han: Vec<char> = part.chars().filter(|c| is_han(*c)).map(simplify).collect();
            if HAN_NAME_CHARS.contains(&han.len()) {
                person.letters.extend(spell_name(&han.iter().collect::<String>()));
                if let Some(given @ [_, _, ..]) = han.get(1..) {
                    person.han.push(given.to_vec());
                }
                person.han.push(han);
            }
        }
        person
    }

    fn latin_parts(&self) -> Vec<String> {
        self.latin.iter().filter(|words| words.len() > 1).flatten().cloned().collect()
    }

    /// Returns how many of the first words name this person.
    fn latin_length(&self, words: &[LatinWord]) -> Option<usize> {
        let whole = self.latin.iter().filter(|name| {
            let same = name.len() <= words.len() && name.iter().zip(words).all(|(part, word)| *part == word.folded);
            let is_word = name.len() == 1 && name.iter().all(|part| WORD_NAMES.contains(&part.as_str()));
            same && (!is_word || words.first().is_some_and(|word| word.capital))
        });
        let spelled = (1..=words.len().min(3)).filter(|length| {
            let letters: String = words.iter().take(*length).map(|word| word.folded.as_str()).collect();
            letters.len() >= 4 && self.letters.contains(&letters)
        });
        whole.map(Vec::len).chain(spelled).max()
    }

    fn is_called(&self, name: &[char]) -> bool {
        self.han.iter().any(|own| own == name) || self.letters.iter().any(|letters| sounds_like(name, letters))
    }
}

struct LatinWord {
    folded: String,
    capital: bool,
    range: Range<usize>,
}

fn latin_words(text: &str) -> Vec<LatinWord> {
    let mut words: Vec<LatinWord> = Vec::new();
    for (at, character) in text.char_indices() {
        if !character.is_alphabetic() || is_han(character) {
            continue;
        }
        let end = at + character.len_utf8();
        match words.last_mut() {
            Some(word) if word.range.end == at => {
                word.folded.push(character);
                word.range.end = end;
            }
            _ => words.push(LatinWord {
                folded: character.to_string(),
                capital: character.is_uppercase(),
                range: at..end,
            }),
        }
    }
    for word in &mut words {
        word.folded = fold(&word.folded);
    }
    words
}

#[cfg(test)]
mod tests {
    use model::{Participant, ParticipantId};

    use super::Roster;

    fn named(names: &[&str], text: &str) -> Vec<String> {
        let participants: Vec<Participant> = names
            .iter()
            .enumerate()
            .map(|(at, name)| Participant {
                id: ParticipantId::new(format!("p{at}")).expect("valid"),
                display_name: (*name).to_owned(),
                user_id: None,
                language: None,
            })
            .collect();
        let roster = Roster::new(&participants);
        roster.mentions(text).into_iter().map(|mention| names[mention.person].to_owned()).collect()
    }

    #[test]
    fn people_are_found_in_either_script() {
        let names = ["Wang Wei", "李娜", "Bob Smith", "Alice"];
        assert_eq!(named(&names, "请王伟和李娜在周五之前测试"), ["Wang Wei", "李娜"]);
        assert_eq!(named(&names, "Li Na and wang wei will test it, Bob too."), ["李娜", "Wang Wei", "Bob Smith"]);
        assert_eq!(named(&names, "Wei Wang will ask Alice's team"), ["Wang Wei", "Alice"]);
        assert_eq!(named(&["陳靜"], "请陈静检查"), ["陳靜"]);
        assert_eq!(
            named(&["王小明 (Legal)"], "小明会处理，Xiaoming Wang agrees"),
            ["王小明 (Legal)", "王小明 (Legal)"]
        );
    }

    #[test]
    fn words_that_look_like_names_are_not() {
        assert_eq!(named(&["Will Smith", "May Chen"], "it will be done in may"), [""; 0]);
        assert_eq!(named(&["Will Smith"], "Will will do it"), ["Will Smith"]);
        assert_eq!(named(&["Li Na"], "在这里那个方案"), [""; 0]);
        assert_eq!(named(&["Bob"], "the bobbin"), [""; 0]);
    }

    #[test]
    fn a_name_of_two_people_names_nobody() {
        assert_eq!(named(&["Bob Smith", "Bob Jones"], "Bob will do it, Bob Jones will help"), ["Bob Jones"]);
        assert_eq!(named(&["王伟", "王威"], "请王威检查"), ["王威"]);
        assert_eq!(named(&["王伟", "王威"], "Wang Wei will check"), [""; 0]);
    }

    #[test]
    fn hostile_names_are_only_names() {
        assert_eq!(named(&["</transcript>", "((((", "\u{e000}0\u{e001}", "王"], "<transcript> ((( 王"), [""; 0]);
    }
}
