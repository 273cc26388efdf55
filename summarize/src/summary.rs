use std::ops::Range;

use model::CitedLine;

use crate::coverage::{Room, count_candidates, pick_covering};
use crate::discussion::Discussion;
use crate::line::{clean, proposed};

const LINES_MIN: usize = 5;
const LINES_MAX: usize = 12;
const MS_PER_LINE: u64 = 360_000;
/// One of so many eligible sentences stands in the summary at most.
const SENTENCES_PER_LINE: usize = 3;
/// A paragraph that people read: 140 words or 280 Chinese characters.
const LENGTH_MAX: usize = 280;
const POINTS_MAX: usize = 5;
const SENTENCES_PER_POINT: usize = 3;

/// The sentences picked for a meeting, by place, in order.
pub(crate) struct Selection {
    /// For the whole meeting.
    pub summary: Vec<usize>,
    /// For each chapter.
    pub points: Vec<Vec<usize>>,
}

/// Picks the sentences that say most: for the meeting as a whole and for each chapter.
pub(crate) fn select_sentences(discussion: &Discussion<'_>, chapters: &[Range<usize>]) -> Selection {
    let points = chapters
        .iter()
        .map(|chapter| {
            let lines = (count_candidates(discussion, chapter.clone()) / SENTENCES_PER_POINT).clamp(1, POINTS_MAX);
            let picked = pick_covering(discussion, chapter.clone(), Room { lines, length: usize::MAX });
            if picked.is_empty() { longest(discussion, chapter.clone()).into_iter().collect() } else { picked }
        })
        .collect();
    let whole = 0..discussion.sentences.len();
    let lines_max = (LINES_MIN + (duration_ms(discussion) / MS_PER_LINE) as usize).min(LINES_MAX);
    let lines = lines_max.min(count_candidates(discussion, whole.clone()).div_ceil(SENTENCES_PER_LINE));
    Selection { summary: pick_covering(discussion, whole, Room { lines, length: LENGTH_MAX }), points }
}

/// Makes lines of the picked sentences, each citing itself.
pub(crate) fn quote_lines(discussion: &Discussion<'_>, picked: &[usize]) -> Vec<CitedLine> {
    let sentences = picked.iter().filter_map(|at| discussion.sentences.get(*at));
    sentences.filter_map(|sentence| Some(proposed(clean(&sentence.text), vec![discussion.cite(sentence)?]))).collect()
}

fn duration_ms(discussion: &Discussion<'_>) -> u64 {
    match (discussion.sentences.first(), discussion.sentences.last()) {
        (Some(first), Some(last)) => last.end_ms - first.start_ms,
        _ => 0,
    }
}

fn longest(discussion: &Discussion<'_>, chapter: Range<usize>) -> Option<usize> {
    chapter.max_by_key(|at| {
        let sentence = discussion.sentences.get(*at);
        (sentence.map(|sentence| (!sentence.is_question, sentence.length())), std::cmp::Reverse(*at))
    })
}
