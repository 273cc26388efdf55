use std::ops::Range;

use model::CitedLine;

use crate::discussion::Discussion;
use crate::line::{clean, proposed};
use crate::salience::{Salience, rank_sentences};
use crate::term_vectors::TermVector;

/// Weight of what a line says against what was said already (maximal marginal relevance).
const RELEVANCE: f32 = 0.7;
const SAME_SPEAKER_COST: f32 = 0.05;
const LINES_MIN: usize = 5;
const LINES_MAX: usize = 12;
const MS_PER_LINE: u64 = 360_000;
/// One of so many eligible sentences stands in the summary at most.
const SENTENCES_PER_LINE: usize = 3;
const POINTS_MAX: usize = 5;
const SENTENCES_PER_POINT: usize = 3;

/// The sentences picked for a meeting, by place, in order.
pub(crate) struct Selection {
    /// For the whole meeting.
    pub summary: Vec<usize>,
    /// For each chapter.
    pub points: Vec<Vec<usize>>,
}

/// Picks the sentences that say most: each chapter gets points, and the meeting a summary in which chapters have a share
/// by their length.
pub(crate) fn select_sentences(discussion: &Discussion<'_>, chapters: &[Range<usize>]) -> Selection {
    let centroid = TermVector::sum(&discussion.vectors);
    let ranked: Vec<Vec<Salience>> =
        chapters.iter().map(|chapter| rank_sentences(discussion, chapter.clone(), &centroid)).collect();
    let points = chapters
        .iter()
        .zip(&ranked)
        .map(|(chapter, ranked)| {
            let count = (ranked.len() / SENTENCES_PER_POINT).clamp(1, POINTS_MAX);
            let picked = pick(discussion, ranked, count, &[usize::MAX]);
            if picked.is_empty() { longest(discussion, chapter.clone()).into_iter().collect() } else { picked }
        })
        .collect();
    let duration_ms: u64 = chapters.iter().map(|chapter| duration_ms(discussion, chapter)).sum();
    let all: Vec<Salience> = ranked.iter().flatten().copied().collect();
    let lines_max = (LINES_MIN + (duration_ms / MS_PER_LINE) as usize).min(LINES_MAX);
    let count = lines_max.min(all.len().div_ceil(SENTENCES_PER_LINE));
    let shares: Vec<usize> = chapters
        .iter()
        .map(|chapter| {
            let share = duration_ms_share(duration_ms, self::duration_ms(discussion, chapter), count);
            share.max(1)
        })
        .collect();
    let mut quotas = vec![0; discussion.sentences.len()];
    for (number, chapter) in chapters.iter().enumerate() {
        for quota in quotas.get_mut(chapter.clone()).into_iter().flatten() {
            *quota = number;
        }
    }
    let summary = pick_by_chapter(discussion, &all, count, &shares, &quotas);
    Selection { summary, points }
}

/// Makes lines of the picked sentences, each citing itself.
pub(crate) fn quote_lines(discussion: &Discussion<'_>, picked: &[usize]) -> Vec<CitedLine> {
    let sentences = picked.iter().filter_map(|at| discussion.sentences.get(*at));
    sentences.filter_map(|sentence| Some(proposed(clean(&sentence.text), vec![discussion.cite(sentence)?]))).collect()
}

fn duration_ms(discussion: &Discussion<'_>, chapter: &Range<usize>) -> u64 {
    let sentences = discussion.range(chapter.clone());
    match (sentences.first(), sentences.last()) {
        (Some(first), Some(last)) => last.end_ms - first.start_ms,
        _ => 0,
    }
}

fn duration_ms_share(whole_ms: u64, part_ms: u64, count: usize) -> usize {
    (part_ms as f64 / whole_ms.max(1) as f64 * count as f64).ceil() as usize
}

fn pick(discussion: &Discussion<'_>, ranked: &[Salience], count: usize, shares: &[usize]) -> Vec<usize> {
    pick_by_chapter(discussion, ranked, count, shares, &[])
}

/// Takes the best sentence again and again; what repeats a taken one counts less, and a chapter that has its share is
/// passed over.
fn pick_by_chapter(
    discussion: &Discussion<'_>,
    ranked: &[Salience],
    count: usize,
    shares: &[usize],
    chapter_of: &[usize],
) -> Vec<usize> {
    let chapter = |sentence: usize| chapter_of.get(sentence).copied().unwrap_or(0);
    let mut taken: Vec<usize> = Vec::new();
    while taken.len() < count {
        let open = ranked.iter().filter(|salience| {
            let used = taken.iter().filter(|other| chapter(**other) == chapter(salience.sentence)).count();
            !taken.contains(&salience.sentence)
                && shares.get(chapter(salience.sentence)).is_none_or(|share| used < *share)
        });
        let values = open.map(|salience| (salience.sentence, value(discussion, *salience, &taken)));
        let best = values.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        let Some((sentence, _)) = best else { break };
        taken.push(sentence);
    }
    taken.sort_unstable();
    taken
}

fn value(discussion: &Discussion<'_>, salience: Salience, taken: &[usize]) -> f32 {
    let Some(vector) = discussion.vectors.get(salience.sentence) else { return f32::MIN };
    let speaker = |at: usize| discussion.sentences.get(at).map(|sentence| &sentence.speaker);
    let repeated = taken.iter().filter_map(|at| discussion.vectors.get(*at)).map(|other| vector.cosine(other));
    let same_speaker = taken.iter().filter(|at| speaker(**at) == speaker(salience.sentence)).count() as f32;
    RELEVANCE * salience.score - (1.0 - RELEVANCE) * repeated.fold(0.0, f32::max) - SAME_SPEAKER_COST * same_speaker
}

fn longest(discussion: &Discussion<'_>, chapter: Range<usize>) -> Option<usize> {
    chapter.max_by_key(|at| {
        let sentence = discussion.sentences.get(*at);
        (sentence.map(|sentence| (!sentence.is_question, sentence.length())), std::cmp::Reverse(*at))
    })
}
