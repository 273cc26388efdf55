use std::sync::LazyLock;

use model::CitedLine;
use regex::Regex;

use crate::chapters::opens_topic;
use crate::cues::rule;
use crate::discussion::Discussion;
use crate::line::{clean, proposed};
use crate::replies::{Reply, read_reply};
use crate::sentence::Sentence;
use crate::tokens::Token;

const ANSWER_WITHIN_MS: u64 = 12_000;
const ANSWERS_READ: usize = 3;
/// A speaker who goes on this long was asking the room in passing.
const OWN_SENTENCES_MAX: usize = 1;

/// Finds what was asked and not answered: nobody replied, the meeting went on to something else, or the answer was that
/// nobody knows.
pub(crate) fn find_open_questions(discussion: &Discussion<'_>) -> Vec<CitedLine> {
    let mut open: Vec<CitedLine> = Vec::new();
    for (position, sentence) in discussion.sentences.iter().enumerate() {
        if !asks_something(sentence) {
            continue;
        }
        let Some(evidence) = unanswered(discussion, position, sentence) else { continue };
        let citations: Vec<_> = evidence.iter().filter_map(|sentence| discussion.cite(sentence)).collect();
        let text = clean(&sentence.text);
        if !citations.is_empty() && !open.iter().any(|known| known.text == text) {
            open.push(proposed(text, citations));
        }
    }
    open
}

fn asks_something(sentence: &Sentence) -> bool {
    static SOCIAL: LazyLock<Regex> = LazyLock::new(|| {
        rule(
            "any (?:other |more |further )?(?:questions?|comments?|thoughts|objections|business)|hear me|see my|my screen|how are you|isn't it|aren't we|right\\?$|ok(?:ay)?\\?$|you know\\?$|is that (?:ok|right|clear)|有(?:什么)?(?:问题|意见|补充)吗|听得?到|看得?到|对吧|是吧|对不对|是不是[？?]?$|好吗|行吗|明白吗",
        )
    });
    sentence.is_question && sentence.terms().count() >= 2 && !SOCIAL.is_match(&sentence.masked)
}

/// Returns the question, with the answer that left it open when there was one; none when it was answered.
fn unanswered<'a>(discussion: &'a Discussion<'_>, position: usize, asked: &'a Sentence) -> Option<Vec<&'a Sentence>> {
    let own = discussion.range(position + 1..discussion.sentences.len());
    let own: Vec<&Sentence> = own.iter().take_while(|next| next.speaker == asked.speaker).collect();
    let moves_on = own.first().is_some_and(|next| opens_topic(next));
    if !moves_on && own.len() > OWN_SENTENCES_MAX {
        return None;
    }
    let mut replies = 0;
    for (at, reply) in discussion.replies(position, ANSWER_WITHIN_MS).take(ANSWERS_READ) {
        // Whoever opened it: what is said of the next topic answers nothing.
        if discussion.range(position + 1..at + 1).iter().any(opens_topic) {
            break;
        }
        if read_reply(&reply.masked) == Some(Reply::Defers) && !is_answered_later(discussion, position, asked) {
            return Some(vec![asked, reply]);
        }
        if !reply.is_question {
            replies += 1;
        }
    }
    (replies == 0 && !is_answered_later(discussion, position, asked)).then(|| vec![asked])
}

/// Says whether a later statement of somebody else picks up most of the question's words: a late answer.
fn is_answered_later(discussion: &Discussion<'_>, position: usize, asked: &Sentence) -> bool {
    let wanted: Vec<&Token> = asked.tokens.iter().filter(|token| token.kind.has_meaning()).collect();
    discussion.range(position + 1..discussion.sentences.len()).iter().any(|later| {
        let shared = wanted.iter().filter(|token| later.terms().any(|term| term == token.term)).count();
        !later.is_question && later.speaker != asked.speaker && shared * 4 >= wanted.len() * 3 && shared >= 2
    })
}
