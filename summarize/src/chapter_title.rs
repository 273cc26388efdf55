use model::Language;

use crate::chapters::announced_topic;
use crate::discussion::Discussion;
use crate::folding::is_han;
use crate::key_phrases::{distinct_phrases, rank_phrases};
use crate::sentence::Sentence;

/// Only the first sentences of a chapter announce it.
const ANNOUNCING_SENTENCES: usize = 8;
const TITLE_PHRASES: usize = 2;
const TOPIC_CHARS: std::ops::RangeInclusive<usize> = 2..=60;

/// Names a chapter by the topic that somebody announced at its beginning, or by its key phrases.
pub(crate) fn title_chapter(discussion: &Discussion<'_>, sentences: &[Sentence]) -> String {
    let chinese = discussion.meeting.language == Language::Mandarin;
    let announced: Vec<String> = sentences.iter().take(ANNOUNCING_SENTENCES).filter_map(announced_title).collect();
    let in_language = announced.iter().find(|title| title.chars().any(is_han) == chinese);
    if let Some(title) = in_language.or_else(|| announced.first()) {
        return title.clone();
    }
    let phrases = distinct_phrases(rank_phrases(sentences, &discussion.sentences), TITLE_PHRASES);
    let phrases: Vec<String> = phrases.into_iter().map(|phrase| phrase.text).collect();
    match (phrases.is_empty(), chinese) {
        (false, true) => phrases.join("、"),
        (false, false) => capitalise(&phrases.join(", ")),
        (true, true) => "讨论".to_owned(),
        (true, false) => "Discussion".to_owned(),
    }
}

fn announced_title(sentence: &Sentence) -> Option<String> {
    if sentence.is_question {
        return None;
    }
    let folded = crate::folding::fold(&sentence.text);
    let topic = announced_topic(&folded).or_else(|| agenda(&folded))?;
    let topic = topic.split(['.', '。', '!', '！', ';', '；']).next()?;
    let topic = topic.trim_matches(|c: char| !c.is_alphanumeric());
    let topic = ["the ", "our ", "a ", "an "].iter().find_map(|article| topic.strip_prefix(article)).unwrap_or(topic);
    let tells = crate::tokens::tokenize(topic).iter().any(|token| token.kind.has_meaning());
    (tells && TOPIC_CHARS.contains(&topic.chars().count())).then(|| capitalise(&as_spoken(&sentence.text, topic)))
}

fn agenda(folded: &str) -> Option<&str> {
    const OPENINGS: &[&str] = &[
        "our agenda today is ",
        "agenda today is ",
        "the agenda today is ",
        "our agenda is ",
        "the agenda is ",
        "today we will talk about ",
        "today we'll talk about ",
        "on the agenda today are ",
        "今天的议题是",
        "今天的议程是",
        "今天我们讨论",
        "今天讨论",
    ];
    OPENINGS.iter().find_map(|opening| folded.split_once(opening)).map(|(_, topic)| topic)
}

/// Returns the topic in the spelling it was said in; folding took its capital letters.
fn as_spoken(text: &str, topic: &str) -> String {
    let lowered = text.to_lowercase();
    let spoken =
        lowered.find(topic).filter(|_| lowered.len() == text.len()).and_then(|at| text.get(at..at + topic.len()));
    spoken.unwrap_or(topic).to_owned()
}

fn capitalise(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
