use std::collections::HashMap;
use std::sync::Arc;

use model::RecordingId;
use tantivy::columnar::Column;
use tantivy::index::SegmentId;
use tantivy::{DocId, Searcher, SegmentReader, TantivyError};

use crate::schema::RECORDING_COLUMN;

/// Numbers the recordings of one state of the index, so that sets of them are cheap. Segments number theirs apart;
/// this table joins the numbers.
#[derive(Debug, Default)]
pub(crate) struct RecordingTable {
    ids: Vec<RecordingId>,
    numbers: HashMap<RecordingId, usize>,
    /// How many documents each recording has.
    documents: Vec<u64>,
    segments: HashMap<SegmentId, SegmentRecordings>,
}

impl RecordingTable {
    pub(crate) fn new(searcher: &Searcher) -> Result<Self, TantivyError> {
        let mut table = Self::default();
        for reader in searcher.segment_readers() {
            let Some(column) = reader.fast_fields().str(RECORDING_COLUMN)? else { continue };
            let mut numbers = Vec::with_capacity(column.dictionary().num_terms());
            let mut id = String::new();
            for ordinal in 0..column.dictionary().num_terms() as u64 {
                column.ord_to_str(ordinal, &mut id)?;
                let id = RecordingId::new(id.as_str())
                    .map_err(|source| TantivyError::SchemaError(format!("column {RECORDING_COLUMN}: {source}")))?;
                numbers.push(table.number_of(id));
            }
            let recordings = SegmentRecordings { ordinals: column.into_parts().1, numbers: numbers.into() };
            for document in reader.doc_ids_alive() {
                if let Some(count) = recordings.of(document).and_then(|number| table.documents.get_mut(number)) {
                    *count += 1;
                }
            }
            table.segments.insert(reader.segment_id(), recordings);
        }
        Ok(table)
    }

    fn number_of(&mut self, id: RecordingId) -> usize {
        *self.numbers.entry(id).or_insert_with_key(|id| {
            self.ids.push(id.clone());
            self.documents.push(0);
            self.ids.len() - 1
        })
    }

    pub(crate) fn id(&self, number: usize) -> Option<&RecordingId> {
        self.ids.get(number)
    }

    pub(crate) fn segment(&self, reader: &SegmentReader) -> Option<SegmentRecordings> {
        self.segments.get(&reader.segment_id()).cloned()
    }

    pub(crate) fn empty_set(&self) -> RecordingSet {
        RecordingSet { members: vec![false; self.ids.len()] }
    }

    pub(crate) fn set_of(&self, ids: &[RecordingId]) -> RecordingSet {
        let mut set = self.empty_set();
        for number in ids.iter().filter_map(|id| self.numbers.get(id)) {
            set.insert(*number);
        }
        set
    }

    /// Returns how many documents the recordings of a set have.
    pub(crate) fn documents_in(&self, set: &RecordingSet) -> u64 {
        self.documents.iter().zip(&set.members).filter(|(_, member)| **member).map(|(count, _)| count).sum()
    }
}

/// The recording of each document of a segment.
#[derive(Debug, Clone)]
pub(crate) struct SegmentRecordings {
    ordinals: Column<u64>,
    numbers: Arc<[usize]>,
}

impl SegmentRecordings {
    pub(crate) fn of(&self, document: DocId) -> Option<usize> {
        self.numbers.get(self.ordinals.first(document)? as usize).copied()
    }
}

/// A set of recordings, by their numbers in a [`RecordingTable`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordingSet {
    members: Vec<bool>,
}

impl RecordingSet {
    pub(crate) fn insert(&mut self, number: usize) {
        if let Some(member) = self.members.get_mut(number) {
            *member = true;
        }
    }

    pub(crate) fn contains(&self, number: usize) -> bool {
        self.members.get(number).copied().unwrap_or(false)
    }

    pub(crate) fn is_empty(&self) -> bool {
        !self.members.contains(&true)
    }

    pub(crate) fn union(&mut self, other: &Self) {
        self.members.iter_mut().zip(&other.members).for_each(|(member, other)| *member |= other);
    }

    pub(crate) fn intersect(&mut self, other: &Self) {
        self.members.iter_mut().zip(&other.members).for_each(|(member, other)| *member &= other);
    }
}
