use std::collections::HashMap;
use std::ops::Range;

use model::ParticipantId;

use crate::chapters::opens_topic;
use crate::decisions::is_decision;
use crate::discussion::Discussion;
use crate::sentence::Sentence;

/// A concept that is covered counts this much less each time it comes again.
const REPEATED: f32 = 0.6;
/// A concept that only one sentence uses.
const SINGLE: f32 = 0.2;
/// Sentences of fewer or more words (Chinese characters) are no lines.
const WORDS: std::ops::RangeInclusive<usize> = 5..=60;
/// How much the opening of a meeting or chapter gains, where people say what it is about.
const OPENING_GAIN: f32 = 0.5;
/// The part of the sentences that is its opening.
const OPENING_SHARE: f32 = 0.03;
const DECISION_GAIN: f32 = 1.3;
const VAGUE_LOSS: f32 = 0.85;

/// How much may be picked: lines, and their length altogether as [`Sentence::length`] measures it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    pub lines: usize,
    pub length: usize,
}

/// Picks the sentences that together cover most of what a stretch of the meeting talks about, in order.
///
/// What it talks about are its terms and pairs of neighbouring terms, weighed by how many sentences use them (Gillick and
/// others, "A global optimization framework for meeting summarization", ICASSP 2009). The best sentence for its length is taken again and
/// again; what is covered already counts less (the greedy solution of Lin and Bilmes, 2010). On meetings this beats voting
/// among sentences: see docs/MINUTES.md.
pub(crate) fn pick_covering(discussion: &Discussion<'_>, stretch: Range<usize>, room: Room) -> Vec<usize> {
    pick(discussion, stretch, room, |_| true)
}

/// Picks, as [`pick_covering`] does, of what one person said; the weights are those of the whole meeting.
pub(crate) fn pick_covering_of(discussion: &Discussion<'_>, speaker: &ParticipantId, room: Room) -> Vec<usize> {
    pick(discussion, 0..discussion.sentences.len(), room, |sentence| sentence.speaker == *speaker)
}

fn pick(
    discussion: &Discussion<'_>,
    stretch: Range<usize>,
    room: Room,
    is_wanted: impl Fn(&Sentence) -> bool,
) -> Vec<usize> {
    let sentences = discussion.range(stretch.clone());
    let concepts = Concepts::new(sentences);
    let mut open: Vec<usize> = (0..sentences.len())
        .filter(|at| sentences.get(*at).is_some_and(|said| is_wanted(said) && concepts.may_stand(*at, said)))
        .collect();
    let mut uses = vec![0; concepts.weights.len()];
    let mut taken = Vec::new();
    let mut left = room.length;
    while taken.len() < room.lines {
        let fits = |at: &&usize| sentences.get(**at).is_some_and(|said| said.length() <= left);
        let best = open.iter().filter(fits).map(|at| (*at, concepts.gain(*at, sentences, &uses)));
        let Some((at, _)) = best.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))) else { break };
        open.retain(|other| *other != at);
        left -= sentences.get(at).map_or(0, Sentence::length);
        for concept in concepts.of_sentence.get(at).into_iter().flatten() {
            if let Some(uses) = uses.get_mut(*concept) {
                *uses += 1;
            }
        }
        taken.push(stretch.start + at);
    }
    taken.sort_unstable();
    taken
}

/// Says how many sentences of a stretch could be picked.
pub(crate) fn count_candidates(discussion: &Discussion<'_>, stretch: Range<usize>) -> usize {
    let sentences = discussion.range(stretch);
    let concepts = Concepts::new(sentences);
    sentences.iter().enumerate().filter(|(at, said)| concepts.may_stand(*at, said)).count()
}

struct Concepts {
    weights: Vec<f32>,
    /// The concepts of each sentence, each once.
    of_sentence: Vec<Vec<usize>>,
}

impl Concepts {
    fn new(sentences: &[Sentence]) -> Self {
        let mut numbers: HashMap<(&str, &str), usize> = HashMap::new();
        let mut weights: Vec<f32> = Vec::new();
        let mut of_sentence = Vec::with_capacity(sentences.len());
        for sentence in sentences {
            let terms: Vec<&str> = sentence.terms().collect();
            let pairs = terms.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?)));
            let mut own: Vec<usize> = Vec::new();
            for concept in terms.iter().map(|term| (*term, "")).chain(pairs) {
                let next = numbers.len();
                let number = *numbers.entry(concept).or_insert(next);
                if number == weights.len() {
                    weights.push(0.0);
                }
                if !own.contains(&number) {
                    own.push(number);
                    if let Some(weight) = weights.get_mut(number) {
                        *weight += 1.0;
                    }
                }
            }
            of_sentence.push(own);
        }
        for weight in weights.iter_mut().filter(|weight| **weight < 2.0) {
            *weight = SINGLE;
        }
        Self { weights, of_sentence }
    }

    fn may_stand(&self, at: usize, sentence: &Sentence) -> bool {
        let tells = self.of_sentence.get(at).is_some_and(|concepts| concepts.len() >= 2) || is_decision(sentence);
        tells && !sentence.is_question && !opens_topic(sentence) && WORDS.contains(&sentence.words())
    }

    fn gain(&self, at: usize, sentences: &[Sentence], uses: &[i32]) -> f32 {
        let (Some(concepts), Some(sentence)) = (self.of_sentence.get(at), sentences.get(at)) else { return 0.0 };
        let covered: f32 = concepts
            .iter()
            .filter_map(|concept| Some(self.weights.get(*concept)? * REPEATED.powi(*uses.get(*concept)?)))
            .sum();
        let opening = (-(at as f32) / (OPENING_SHARE * sentences.len() as f32 + 3.0)).exp();
        let kind =
            if is_decision(sentence) { DECISION_GAIN } else { 1.0 } * if is_vague(sentence) { VAGUE_LOSS } else { 1.0 };
        kind * covered * (1.0 + OPENING_GAIN * opening) / (sentence.words() as f32).sqrt()
    }
}

/// A sentence that begins with a pronoun needs its neighbours to be understood.
fn is_vague(sentence: &Sentence) -> bool {
    const OPENINGS: &[&str] = &[
        "it ", "it's ", "that ", "that's ", "this ", "they ", "he ", "she ", "these ", "those ", "它", "他", "她",
        "这", "那",
    ];
    OPENINGS.iter().any(|opening| sentence.masked.starts_with(opening))
}
