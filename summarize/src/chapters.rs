use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::cues::rule;
use crate::discussion::Discussion;
use crate::sentence::Sentence;
use crate::term_vectors::TermVector;

/// Sentences compared on either side of a possible boundary.
const BLOCK_SENTENCES_MAX: usize = 12;
const BLOCK_SENTENCES_MIN: usize = 3;
/// Two announcements within this time open one topic: people say it in both languages.
const ANNOUNCED_APART_MS: u64 = 15_000;
const LENGTH_MIN_MS: u64 = 180_000;
/// Up to this length a meeting whose topics are announced is cut nowhere else.
const SHORT_MEETING_MS: u64 = 600_000;
const PER_HOUR_MAX: u64 = 12;
const LONG_PAUSE_MS: u64 = 4_000;
const HOUR_MS: u64 = 3_600_000;

/// Cuts the meeting into topics: ranges of sentences, in order, that cover all of them. Topics begin where somebody says
/// so, and where the words change (`TextTiling`).
pub(crate) fn find_chapters(discussion: &Discussion<'_>) -> Vec<Range<usize>> {
    let sentences = &discussion.sentences;
    let (Some(first), Some(last)) = (sentences.first(), sentences.last()) else { return Vec::new() };
    let duration_ms = last.end_ms - first.start_ms;
    let mut boundaries = announced(sentences);
    if duration_ms > SHORT_MEETING_MS || boundaries.is_empty() {
        let length_min_ms = LENGTH_MIN_MS.min(duration_ms / 4);
        let count_max = (duration_ms * PER_HOUR_MAX / HOUR_MS).max(3) as usize;
        for (position, _) in drifts(discussion) {
            let is_far = |other: usize| gap_ms(sentences, position, other) >= length_min_ms;
            let from_ends = is_far(0) && is_far(sentences.len() - 1);
            if boundaries.len() + 1 < count_max && from_ends && boundaries.iter().all(|other| is_far(*other)) {
                boundaries.push(position);
            }
        }
    }
    boundaries.sort_unstable();
    // Sentences that begin in the same millisecond cannot be parted.
    boundaries.dedup_by_key(|position| sentences.get(*position).map(|sentence| sentence.start_ms));
    boundaries.retain(|position| sentences.get(*position).is_some_and(|sentence| sentence.start_ms > first.start_ms));
    let ends: Vec<usize> = boundaries.iter().copied().chain([sentences.len()]).collect();
    std::iter::once(0).chain(boundaries).zip(ends).map(|(start, end)| start..end).collect()
}

/// Says whether the sentence announces the next topic.
pub(crate) fn opens_topic(sentence: &Sentence) -> bool {
    !sentence.is_question && announced_topic(&sentence.masked).is_some()
}

/// Returns the topic that a folded sentence announces, possibly without words for it.
pub(crate) fn announced_topic(folded: &str) -> Option<&str> {
    static RULES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        [
            "\\b(?:let's|let us|we (?:can|should|will|'ll)|i'd like to|i want to) (?:now )?(?:move|go|get) on(?: to| with)?\\b(?P<topic>.*)$",
            "\\b(?:let's|let us|we(?:'ll| will)?|i'd like to) (?:now )?(?:start|begin|turn|proceed|continue|switch) (?:with|to)\\b(?P<topic>.*)$",
            "^(?:[a-z]+[, ]+){0,3}moving on(?: to)?\\b(?P<topic>.*)$",
            "\\b(?:the|our|my) (?:next|first|second|third|fourth|fifth|sixth|last|final) (?:topic|item|point|agenda item|subject|question|issue)(?: on (?:the|our) agenda)?(?: today)? (?:is|will be)\\b(?P<topic>.*)$",
            "^(?:ok|okay|so|right|well|and|now)?[, ]*(?:next|last|the next|the last|item)(?: topic| item| up| on the agenda)+\\b(?P<topic>.*)$",
            "^(?:ok|okay|so|right|well|and)?[, ]*now (?:we|let's|let us) (?:talk about|discuss|look at|come to|turn to)\\b(?P<topic>.*)$",
            "^(?:那么?|好的?|然后|接下来|下面|现在)?[，, ]*(?:我们)?(?:来|再)?(?:看|讨论|进入|开始)?(?:一下)?(?:下一个|下个|第[一二三四五六七八九十]+个|最后一个|另一个)(?:议题|话题|主题|议程|环节)(?:是|，|,|：|:)?(?P<topic>.*)$",
            "^(?:好的?|那么?)?[，, ]*(?:接下来|下面|然后|现在)[，, ]*(?:我们|咱们|请大家)?(?:来|再|要|就|先)*(?:讨论|看|谈|说|聊|进入|讲)(?:一下|一?讲|看)?(?P<topic>.*)$",
            "^(?:好的?|那么?)?[，, ]*(?:我们|咱们)先(?:来)?(?:讨论|看|谈|说|聊)(?:一下)?(?P<topic>.*)$",
        ]
        .iter()
        .map(|pattern| rule(pattern))
        .collect()
    });
    RULES
        .iter()
        .find_map(|pattern| pattern.captures(folded))
        .map(|captures| captures.name("topic").map_or("", |topic| topic.as_str()))
}

fn announced(sentences: &[Sentence]) -> Vec<usize> {
    let mut boundaries: Vec<usize> = Vec::new();
    let mut told_at = None;
    for (position, sentence) in sentences.iter().enumerate().skip(1) {
        if !opens_topic(sentence) {
            continue;
        }
        if told_at.is_none_or(|at| sentence.start_ms - at > ANNOUNCED_APART_MS) {
            boundaries.push(position);
        }
        told_at = Some(sentence.start_ms);
    }
    boundaries
}

fn gap_ms(sentences: &[Sentence], one: usize, other: usize) -> u64 {
    match (sentences.get(one), sentences.get(other)) {
        (Some(one), Some(other)) => one.start_ms.abs_diff_millis(other.start_ms),
        _ => 0,
    }
}

/// Returns the places where the words change most, the deepest first, each with its depth.
fn drifts(discussion: &Discussion<'_>) -> Vec<(usize, f32)> {
    let vectors = &discussion.vectors;
    let spoken: Vec<usize> =
        (0..vectors.len()).filter(|at| vectors.get(*at).is_some_and(|vector| !vector.is_empty())).collect();
    let block = (spoken.len() / 8).clamp(BLOCK_SENTENCES_MIN, BLOCK_SENTENCES_MAX);
    if spoken.len() < block * 2 {
        return Vec::new();
    }
    let sum = |range: Range<usize>| {
        TermVector::sum(spoken.get(range).into_iter().flatten().filter_map(|at| vectors.get(*at)))
    };
    let similarities: Vec<f32> = (1..spoken.len())
        .map(|gap| sum(gap.saturating_sub(block)..gap).cosine(&sum(gap..(gap + block).min(spoken.len()))))
        .collect();
    let depths: Vec<f32> = (0..similarities.len()).map(|gap| depth(&similarities, gap)).collect();
    let mean = depths.iter().sum::<f32>() / depths.len() as f32;
    let deviation = (depths.iter().map(|depth| (depth - mean).powi(2)).sum::<f32>() / depths.len() as f32).sqrt();
    let mut drifts: Vec<(usize, f32)> = depths
        .iter()
        .enumerate()
        .filter_map(|(gap, depth)| {
            let position = *spoken.get(gap + 1)?;
            let depth = depth + pause_bonus(&discussion.sentences, position);
            (depth > mean + deviation / 2.0).then_some((position, depth))
        })
        .collect();
    drifts.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    drifts
}

/// How far the similarity rises on both sides of a valley.
fn depth(similarities: &[f32], gap: usize) -> f32 {
    let Some(&bottom) = similarities.get(gap) else { return 0.0 };
    let climb = |heights: &mut dyn Iterator<Item = &f32>| {
        let mut peak = bottom;
        for &height in heights {
            if height < peak {
                break;
            }
            peak = height;
        }
        peak - bottom
    };
    climb(&mut similarities.iter().take(gap).rev()) + climb(&mut similarities.iter().skip(gap + 1))
}

fn pause_bonus(sentences: &[Sentence], position: usize) -> f32 {
    let before = position.checked_sub(1).and_then(|before| sentences.get(before));
    match (before, sentences.get(position)) {
        (Some(before), Some(after)) if after.start_ms - before.end_ms > LONG_PAUSE_MS => 0.1,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::announced_topic;

    #[test]
    fn announcements_name_their_topic() {
        for (said, topic) in [
            ("let's move on to the retention.", " the retention."),
            ("the last topic is the release plan.", " the release plan."),
            ("let's start with the storage estimate.", " the storage estimate."),
            ("下一个议题是保留策略。", "保留策略。"),
            ("接下来我们讨论预算。", "预算。"),
            ("我们先讨论设计文档。", "设计文档。"),
            ("ok, moving on.", "."),
        ] {
            assert_eq!(announced_topic(said), Some(topic), "{said}");
        }
        for said in ["we moved on last year.", "the next meeting is on tuesday.", "我们决定录制保留九十五天。"]
        {
            assert_eq!(announced_topic(said), None, "{said}");
        }
    }
}
