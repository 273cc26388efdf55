use std::ops::Range;

use crate::chapters::opens_topic;
use crate::decisions::is_decision;
use crate::discussion::Discussion;
use crate::sentence::Sentence;
use crate::term_vectors::TermVector;

/// Neighbours this similar talk about one thing.
const CLUSTER_SIMILARITY_MIN: f32 = 0.3;
const CLUSTER_SENTENCES_MAX: usize = 6;
/// A chapter is ranked in stretches of at most so many clusters, so that a long meeting costs linear time.
const CLUSTERS_MAX: usize = 300;
const LINK_SIMILARITY_MIN: f32 = 0.1;
const DAMPING: f32 = 0.85;
const ROUNDS: usize = 30;
const LENGTH_MIN: usize = 5;
const LENGTH_MAX: usize = 120;

/// A sentence that may stand in a summary, and how much it says about its chapter: from 0 to about 2.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Salience {
    pub sentence: usize,
    pub score: f32,
}

/// Ranks the sentences of a chapter (`ClusterRank`: neighbours on one matter are merged, then clusters that share words
/// vote for each other). Returns them in the order of the meeting.
pub(crate) fn rank_sentences(
    discussion: &Discussion<'_>,
    chapter: Range<usize>,
    centroid: &TermVector,
) -> Vec<Salience> {
    let eligible: Vec<usize> = chapter.clone().filter(|at| is_eligible(discussion, *at)).collect();
    let (first, last) = (eligible.first().copied(), eligible.last().copied());
    let mut ranked = Vec::new();
    for clusters in clusters(discussion, &eligible).chunks(CLUSTERS_MAX) {
        let votes = vote(clusters);
        for (cluster, vote) in clusters.iter().zip(votes) {
            for &sentence in &cluster.sentences {
                let (Some(said), Some(vector)) = (discussion.sentences.get(sentence), discussion.vectors.get(sentence))
                else {
                    continue;
                };
                let place = if Some(sentence) == first || Some(sentence) == last { 0.1 } else { 0.0 };
                let own = vote * (0.5 + 0.5 * vector.cosine(&cluster.vector));
                let score = own + 0.5 * vector.cosine(centroid) + place + cue_bonus(said) - vagueness(said);
                ranked.push(Salience { sentence, score });
            }
        }
    }
    ranked.sort_by_key(|salience| salience.sentence);
    ranked
}

fn is_eligible(discussion: &Discussion<'_>, position: usize) -> bool {
    let (Some(sentence), Some(vector)) = (discussion.sentences.get(position), discussion.vectors.get(position)) else {
        return false;
    };
    !sentence.is_question
        && !opens_topic(sentence)
        && (LENGTH_MIN..=LENGTH_MAX).contains(&sentence.length())
        && (vector.len() >= 2
            || (!vector.is_empty() && sentence.masked.chars().any(|c| c.is_ascii_digit()))
            || is_decision(sentence)
            || !crate::numerals::find_numerals(&sentence.masked).is_empty() && !vector.is_empty())
}

fn cue_bonus(sentence: &Sentence) -> f32 {
    if is_decision(sentence) { 0.3 } else { 0.0 }
}

/// A sentence that begins with a pronoun needs its neighbours to be understood.
fn vagueness(sentence: &Sentence) -> f32 {
    const OPENINGS: &[&str] = &[
        "it ", "it's ", "that ", "that's ", "this ", "they ", "he ", "she ", "these ", "those ", "它", "他", "她",
        "这", "那",
    ];
    let folded = sentence.masked.as_str();
    if OPENINGS.iter().any(|opening| folded.starts_with(opening)) { 0.15 } else { 0.0 }
}

struct Cluster {
    sentences: Vec<usize>,
    vector: TermVector,
}

fn clusters(discussion: &Discussion<'_>, eligible: &[usize]) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = Vec::new();
    for &sentence in eligible {
        let Some(vector) = discussion.vectors.get(sentence) else { continue };
        match clusters.last_mut() {
            Some(cluster)
                if cluster.sentences.len() < CLUSTER_SENTENCES_MAX
                    && cluster.vector.cosine(vector) > CLUSTER_SIMILARITY_MIN =>
            {
                cluster.sentences.push(sentence);
                cluster.vector = TermVector::sum([&cluster.vector, vector]);
            }
            _ => clusters.push(Cluster { sentences: vec![sentence], vector: vector.clone() }),
        }
    }
    clusters
}

/// Lets clusters vote for those they share words with (`LexRank`); the most voted one gets 1.
fn vote(clusters: &[Cluster]) -> Vec<f32> {
    let count = clusters.len();
    let mut links: Vec<Vec<(usize, f32)>> = vec![Vec::new(); count];
    for (one, left) in clusters.iter().enumerate() {
        for (other, right) in clusters.iter().enumerate().skip(one + 1) {
            let similarity = left.vector.cosine(&right.vector);
            if similarity >= LINK_SIMILARITY_MIN {
                for (from, to) in [(one, other), (other, one)] {
                    if let Some(links) = links.get_mut(from) {
                        links.push((to, similarity));
                    }
                }
            }
        }
    }
    let mut votes = vec![1.0; count];
    for _ in 0..ROUNDS {
        let mut next = vec![1.0 - DAMPING; count];
        for (from, links) in links.iter().enumerate() {
            let total: f32 = links.iter().map(|(_, similarity)| similarity).sum();
            for (to, similarity) in links {
                if let (Some(next), Some(vote)) = (next.get_mut(*to), votes.get(from)) {
                    *next += DAMPING * vote * similarity / total;
                }
            }
        }
        votes = next;
    }
    let most = votes.iter().copied().fold(f32::EPSILON, f32::max);
    votes.into_iter().map(|vote| vote / most).collect()
}
