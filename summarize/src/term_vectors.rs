use std::collections::{BTreeMap, HashMap};

use crate::sentence::Sentence;

/// How much each word of the meeting tells sentences apart.
pub(crate) struct TermWeights {
    /// Number and inverse document frequency of each term.
    terms: HashMap<String, (u32, f32)>,
}

impl TermWeights {
    pub(crate) fn new(sentences: &[Sentence]) -> Self {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for sentence in sentences {
            let mut seen: Vec<&str> = sentence.terms().collect();
            seen.sort_unstable();
            seen.dedup();
            for term in seen {
                *counts.entry(term).or_default() += 1;
            }
        }
        let total = sentences.len() as f32;
        let weigh = |count: usize| (1.0 + total / count as f32).ln();
        let numbered = counts.into_iter().enumerate();
        Self {
            terms: numbered.map(|(number, (term, count))| (term.to_owned(), (number as u32, weigh(count)))).collect(),
        }
    }

    pub(crate) fn vector<'a>(&self, terms: impl Iterator<Item = &'a str>) -> TermVector {
        let mut weights: BTreeMap<u32, f32> = BTreeMap::new();
        for (number, weight) in terms.filter_map(|term| self.terms.get(term)) {
            *weights.entry(*number).or_default() += weight;
        }
        TermVector { weights: weights.into_iter().collect() }
    }
}

/// The weighed words of a stretch of speech, sorted by term.
#[derive(Debug, Clone, Default)]
pub(crate) struct TermVector {
    weights: Vec<(u32, f32)>,
}

impl TermVector {
    /// Returns the sum of vectors.
    pub(crate) fn sum<'a>(vectors: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut weights: BTreeMap<u32, f32> = BTreeMap::new();
        for (term, weight) in vectors.into_iter().flat_map(|vector| &vector.weights) {
            *weights.entry(*term).or_default() += weight;
        }
        Self { weights: weights.into_iter().collect() }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }

    /// Returns the cosine of the angle between two vectors, 0 when one is empty.
    pub(crate) fn cosine(&self, other: &Self) -> f32 {
        let (mut product, mut left, mut right) = (0.0, self.weights.as_slice(), other.weights.as_slice());
        while let (Some(((a, x), rest_left)), Some(((b, y), rest_right))) = (left.split_first(), right.split_first()) {
            match a.cmp(b) {
                std::cmp::Ordering::Less => left = rest_left,
                std::cmp::Ordering::Greater => right = rest_right,
                std::cmp::Ordering::Equal => {
                    product += x * y;
                    (left, right) = (rest_left, rest_right);
                }
            }
        }
        let norm = self.norm() * other.norm();
        if norm > 0.0 { product / norm } else { 0.0 }
    }

    fn norm(&self) -> f32 {
        self.weights.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt()
    }
}
