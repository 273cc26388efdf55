use tantivy::DocId;

/// A set of the documents of one segment, a bit each.
pub(crate) struct DocumentSet {
    words: Vec<u64>,
}

impl DocumentSet {
    /// Makes an empty set for documents below `documents`.
    pub(crate) fn new(documents: u32) -> Self {
        Self { words: vec![0; documents.div_ceil(64) as usize] }
    }

    pub(crate) fn insert(&mut self, document: DocId) {
        if let Some(word) = self.words.get_mut(document as usize / 64) {
            *word |= 1 << (document % 64);
        }
    }

    pub(crate) fn intersect(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    /// Returns the documents in order.
    pub(crate) fn documents(&self) -> impl Iterator<Item = DocId> + '_ {
        self.words.iter().enumerate().filter(|(_, word)| **word != 0).flat_map(|(place, word)| {
            (0..64_u32).filter(move |bit| (word >> bit) & 1 == 1).map(move |bit| place as u32 * 64 + bit)
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::btree_set;
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::DocumentSet;

    proptest! {
        #[test]
        fn sets_meet_as_sets_do(left in btree_set(0..200_u32, 0..50), right in btree_set(0..200_u32, 0..50)) {
            let [mut set, other] = [&left, &right].map(|members| {
                let mut set = DocumentSet::new(200);
                for member in members {
                    set.insert(*member);
                }
                set
            });
            prop_assert_eq!(set.documents().collect::<Vec<u32>>(), left.iter().copied().collect::<Vec<u32>>());
            set.intersect(&other);
            prop_assert_eq!(set.documents().collect::<Vec<u32>>(), left.intersection(&right).copied().collect::<Vec<u32>>());
        }
    }
}
