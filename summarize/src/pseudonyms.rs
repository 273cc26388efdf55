use std::sync::LazyLock;

use model::ParticipantId;
use regex::{Captures, Regex};

use crate::cues::rule;
use crate::discussion::Discussion;
use crate::folding::Skeleton;
use crate::sentence::Sentence;

/// Names people by number while what they said is outside the machine, and turns numbers back into names.
pub(crate) struct Pseudonyms<'a> {
    discussion: &'a Discussion<'a>,
    /// Everybody in the roster, then whoever spoke without being in it.
    people: Vec<ParticipantId>,
}

impl<'a> Pseudonyms<'a> {
    pub(crate) fn new(discussion: &'a Discussion<'a>) -> Self {
        let roster = discussion.meeting.participants.iter().map(|participant| &participant.id);
        let speakers = discussion.meeting.transcript.utterances.iter().map(|utterance| &utterance.participant_id);
        let mut people: Vec<ParticipantId> = roster.cloned().collect();
        for speaker in speakers {
            if !people.contains(speaker) {
                people.push(speaker.clone());
            }
        }
        Self { discussion, people }
    }

    pub(crate) fn of(&self, person: &ParticipantId) -> String {
        self.people.iter().position(|known| known == person).map_or_else(|| "P0".to_owned(), pseudonym)
    }

    /// Returns the person a pseudonym stands for.
    pub(crate) fn person(&self, written: &str) -> Option<&ParticipantId> {
        let number: usize = written.trim().strip_prefix(['P', 'p'])?.parse().ok()?;
        self.people.get(number.checked_sub(1)?)
    }

    /// Returns the sentence with everybody's names replaced.
    pub(crate) fn hide(&self, sentence: &Sentence) -> String {
        let mut hidden = String::new();
        self.walk(sentence, |piece, _| hidden.push_str(piece));
        hidden
    }

    /// Returns any text with everybody's names replaced.
    pub(crate) fn hide_text(&self, text: &str) -> String {
        let mut hidden = String::new();
        let mut end = 0;
        for mention in self.discussion.roster.mentions(text) {
            hidden.push_str(text.get(end..mention.range.start).unwrap_or_default());
            hidden.push_str(&self.discussion.roster.id(mention.person).map(|id| self.of(id)).unwrap_or_default());
            end = mention.range.end;
        }
        hidden.push_str(text.get(end..).unwrap_or_default());
        hidden
    }

    /// Returns the words of the sentence that a quote from its hidden form stands for.
    pub(crate) fn find_quote<'s>(&self, sentence: &'s Sentence, quote: &str) -> Option<&'s str> {
        let mut skeleton = Skeleton::new("");
        self.walk(sentence, |piece, range| {
            for character in piece.chars() {
                skeleton.push(character, range.clone());
            }
        });
        let wanted = Skeleton::new(quote);
        let found = skeleton.find(&wanted).or_else(|| Skeleton::new(&sentence.text).find(&wanted))?;
        sentence.text.get(found)
    }

    /// Puts names back where pseudonyms stand.
    pub(crate) fn reveal(&self, text: &str) -> String {
        static PSEUDONYM: LazyLock<Regex> = LazyLock::new(|| rule("\\bP([0-9]{1,4})\\b"));
        let name = |captures: &Captures<'_>| {
            let written = captures.get(0).map_or("", |found| found.as_str());
            let position = self.person(written).and_then(|id| self.discussion.roster.position(id));
            position.and_then(|at| self.discussion.roster.display_name(at)).unwrap_or(written).to_owned()
        };
        PSEUDONYM.replace_all(text, name).into_owned()
    }

    fn walk(&self, sentence: &Sentence, mut take: impl FnMut(&str, std::ops::Range<usize>)) {
        let mentions = self.discussion.roster.mentions(&sentence.text);
        for (at, character) in sentence.text.char_indices() {
            match mentions.iter().find(|mention| mention.range.contains(&at)) {
                Some(mention) if mention.range.start == at => {
                    let name = self.discussion.roster.id(mention.person).map(|id| self.of(id)).unwrap_or_default();
                    take(&name, mention.range.clone());
                }
                Some(_) => {}
                None if character.is_control() => take(" ", at..at + character.len_utf8()),
                None => take(character.encode_utf8(&mut [0; 4]), at..at + character.len_utf8()),
            }
        }
    }
}

fn pseudonym(position: usize) -> String {
    format!("P{}", position + 1)
}
