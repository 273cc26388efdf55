use std::collections::BTreeSet;

use model::{ActionItem, ActionStatus, Citation, ParticipantId};

use crate::action_cue::{ActionCue, Owner, Strength};
use crate::chinese_actions::read_chinese_action;
use crate::discussion::Discussion;
use crate::english_actions::read_english_action;
use crate::line::{clean, proposed};
use crate::numerals::find_numerals;
use crate::replies::{Reply, read_reply};
use crate::sentence::Sentence;

const ANSWER_WITHIN_MS: u64 = 10_000;
const REPLIES_MAX: usize = 3;
const ADDENDUM_WITHIN_MS: u64 = 4_000;

/// Finds who is to do what by when, in the order it was said. Every item quotes its sentence, and the answer of the
/// person asked when there was one.
pub(crate) fn find_actions(discussion: &Discussion<'_>) -> Vec<ActionItem> {
    let mut found: Vec<FoundAction> = Vec::new();
    for (position, sentence) in discussion.sentences.iter().enumerate() {
        for action in actions_of(discussion, position, sentence) {
            match found.iter_mut().find(|known| known.is_same(&action)) {
                Some(known) => known.merge(action),
                None => found.push(action),
            }
        }
    }
    found.into_iter().map(|action| action.item).collect()
}

struct FoundAction {
    item: ActionItem,
    terms: BTreeSet<String>,
    numbers: Vec<String>,
}

impl FoundAction {
    /// Says whether the other one repeats this one: same owner, same words, nothing that contradicts.
    fn is_same(&self, other: &Self) -> bool {
        let due = [&self.item.due_date, &other.item.due_date];
        let same_due = due[0] == due[1] || due.iter().any(|due| due.is_none());
        let shared = self.terms.intersection(&other.terms).count();
        let all = self.terms.union(&other.terms).count();
        self.item.owner == other.item.owner
            && same_due
            && self.numbers == other.numbers
            && shared >= 2
            && shared * 5 >= all * 4
    }

    fn merge(&mut self, other: Self) {
        for citation in other.item.line.citations {
            if !self.item.line.citations.contains(&citation) {
                self.item.line.citations.push(citation);
            }
        }
        if self.item.due_date.is_none() && other.item.due_text.is_some() {
            self.item.due_text = other.item.due_text;
            self.item.due_date = other.item.due_date;
        }
    }
}

fn actions_of(discussion: &Discussion<'_>, position: usize, sentence: &Sentence) -> Vec<FoundAction> {
    let cue = read_english_action(&sentence.masked, sentence.is_question)
        .or_else(|| read_chinese_action(&sentence.masked, sentence.is_question));
    let Some(cue) = cue else { return accepted_question(discussion, position, sentence) };
    let mut evidence: Vec<Citation> = discussion.cite(sentence).into_iter().collect();
    let mut due = due_of(discussion, sentence);
    if due.is_none()
        && let Some(addendum) = addendum(discussion, position)
    {
        evidence.extend(discussion.cite(addendum));
        due = due_of(discussion, addendum);
    }
    let answer = answer(discussion, position, &cue);
    let believed = match cue.strength {
        Strength::Commitment => true,
        Strength::NeedsDue => due.is_some(),
        Strength::NamedRequest => !matches!(answer, Some((Reply::Refuses, _))),
        Strength::Request => match answer {
            Some((Reply::Accepts, _)) => true,
            Some((Reply::Refuses, _)) => false,
            _ => due.is_some(),
        },
    };
    if !believed {
        return Vec::new();
    }
    let accepted = answer.filter(|(reply, _)| *reply == Reply::Accepts).map(|(_, sentence)| sentence);
    evidence.extend(accepted.and_then(|answer| discussion.cite(answer)));
    let owners = cue.owners.iter().map(|owner| match owner {
        Owner::Speaker => Some(sentence.speaker.clone()),
        Owner::Person(person) => discussion.roster.id(*person).cloned(),
        Owner::Unnamed => accepted.map(|answer| answer.speaker.clone()),
    });
    owners.map(|owner| found_action(sentence, owner, due.clone(), evidence.clone())).collect()
}

/// "Who will test it?" "I will." makes an action of the question.
fn accepted_question(discussion: &Discussion<'_>, position: usize, sentence: &Sentence) -> Vec<FoundAction> {
    let asks_for_somebody =
        ["who will", "who can", "who is going to", "who wants to", "谁来", "谁去", "谁负责", "谁能", "谁可以"];
    if !sentence.is_question || !asks_for_somebody.iter().any(|cue| sentence.masked.contains(cue)) {
        return Vec::new();
    }
    let volunteer = discussion.replies(position, ANSWER_WITHIN_MS).take(REPLIES_MAX);
    let volunteer =
        volunteer.map(|(_, reply)| reply).find(|reply| read_reply(&reply.masked) == Some(Reply::Volunteers));
    let Some(volunteer) = volunteer else { return Vec::new() };
    let evidence = [sentence, volunteer].into_iter().filter_map(|sentence| discussion.cite(sentence)).collect();
    let due = due_of(discussion, volunteer).or_else(|| due_of(discussion, sentence));
    vec![found_action(sentence, Some(volunteer.speaker.clone()), due, evidence)]
}

/// Finds the answer to a request: of the person asked, or of anybody when nobody was named.
fn answer<'a>(discussion: &'a Discussion<'_>, position: usize, cue: &ActionCue) -> Option<(Reply, &'a Sentence)> {
    if !matches!(cue.strength, Strength::NamedRequest | Strength::Request) {
        return None;
    }
    let asked: Vec<&ParticipantId> = cue
        .owners
        .iter()
        .filter_map(|owner| if let Owner::Person(person) = owner { discussion.roster.id(*person) } else { None })
        .collect();
    discussion
        .replies(position, ANSWER_WITHIN_MS)
        .take(REPLIES_MAX)
        .filter(|(_, reply)| asked.is_empty() || asked.contains(&&reply.speaker))
        .find_map(|(_, reply)| {
            let read = match read_reply(&reply.masked)? {
                Reply::Volunteers => Reply::Accepts,
                other => other,
            };
            Some((read, reply))
        })
}

/// The due date may follow as a sentence of its own: "By Friday." Returns that sentence.
fn addendum<'a>(discussion: &'a Discussion<'_>, position: usize) -> Option<&'a Sentence> {
    let sentence = discussion.sentences.get(position)?;
    let next = discussion.sentences.get(position + 1)?;
    let is_short = next.terms().count() <= 1 && next.due.is_some() && next.mentions.is_empty();
    (next.speaker == sentence.speaker && next.start_ms - sentence.end_ms <= ADDENDUM_WITHIN_MS && is_short)
        .then_some(next)
}

#[derive(Clone)]
struct Due {
    text: String,
    date: Option<String>,
}

fn due_of(discussion: &Discussion<'_>, sentence: &Sentence) -> Option<Due> {
    let phrase = sentence.due.as_ref()?;
    let said_on = discussion.meeting.date_at(sentence.start_ms);
    let date = said_on.and_then(|today| phrase.day.resolve(today)).map(|date| date.to_string());
    Some(Due { text: sentence.due_text()?.to_owned(), date })
}

fn found_action(
    sentence: &Sentence,
    owner: Option<ParticipantId>,
    due: Option<Due>,
    evidence: Vec<Citation>,
) -> FoundAction {
    let line = proposed(clean(&sentence.text), evidence);
    let (due_text, due_date) = due.map_or((None, None), |due| (Some(due.text), due.date));
    FoundAction {
        item: ActionItem { line, owner, due_text, due_date, status: ActionStatus::Open },
        terms: sentence.terms().map(str::to_owned).collect(),
        numbers: find_numerals(&sentence.masked).iter().map(|numeral| numeral.value.to_string()).collect(),
    }
}
