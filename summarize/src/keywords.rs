use crate::discussion::Discussion;
use crate::key_phrases::{distinct_phrases, rank_phrases};

const KEYWORDS_MAX: usize = 12;
/// Enough uses of a phrase to mark the meeting.
const SCORE_MIN: f32 = 2.0;

/// Returns the words that mark the meeting, the most telling first. In a short meeting words said once count too.
pub(crate) fn find_keywords(discussion: &Discussion<'_>) -> Vec<String> {
    let phrases = distinct_phrases(rank_phrases(&discussion.sentences, &discussion.sentences), KEYWORDS_MAX);
    let often = phrases.iter().filter(|phrase| phrase.uses_at_least(SCORE_MIN)).count();
    let count = if often == 0 { 3 } else { often };
    phrases.into_iter().take(count).map(|phrase| phrase.text).collect()
}
