use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tantivy::index::SegmentId;
use tantivy::query::Query;
use tantivy::query::doc_predicate_query::{DocPredicateQuery, FunctionPredicate};
use tantivy::{DocAddress, DocId, Searcher, SegmentReader};

use crate::recording_table::{RecordingSet, RecordingTable};

/// Which documents a search looks at: those of some recordings, without those that hold an excluded term.
///
/// The excluded documents are listed beforehand. Tantivy's own `MustNot` asks the excluded scorer to go back to documents
/// that it has passed, which a phrase refuses.
#[derive(Debug, Clone)]
pub(crate) struct DocumentFilter {
    table: Arc<RecordingTable>,
    /// None for all.
    recordings: Option<Arc<RecordingSet>>,
    excluded: Arc<HashMap<SegmentId, Arc<HashSet<DocId>>>>,
}

impl DocumentFilter {
    pub(crate) fn new(table: &Arc<RecordingTable>, recordings: Option<Arc<RecordingSet>>) -> Self {
        Self { table: Arc::clone(table), recordings, excluded: Arc::default() }
    }

    pub(crate) fn without(self, searcher: &Searcher, documents: impl IntoIterator<Item = DocAddress>) -> Self {
        let mut excluded: HashMap<SegmentId, HashSet<DocId>> = HashMap::new();
        for address in documents {
            let segment_id = searcher.segment_reader(address.segment_ord).segment_id();
            excluded.entry(segment_id).or_default().insert(address.doc_id);
        }
        let excluded = excluded.into_iter().map(|(segment_id, documents)| (segment_id, Arc::new(documents)));
        Self { excluded: Arc::new(excluded.collect()), ..self }
    }

    pub(crate) fn with_recordings(&self, recordings: RecordingSet) -> Self {
        Self { recordings: Some(Arc::new(recordings)), ..self.clone() }
    }

    /// Returns a query for the documents looked at; none when that is all of them. It examines every document it is
    /// asked about, so it belongs beside a query that names some.
    pub(crate) fn query(&self) -> Option<Box<dyn Query>> {
        if self.recordings.is_none() && self.excluded.is_empty() {
            return None;
        }
        let filter = self.clone();
        let predicate = FunctionPredicate::from(move |reader: &SegmentReader| {
            let (segment, recordings) = (filter.table.segment(reader), filter.recordings.clone());
            let excluded = filter.excluded.get(&reader.segment_id()).cloned();
            Ok(move |document: DocId| {
                let is_excluded = excluded.as_ref().is_some_and(|excluded| excluded.contains(&document));
                let is_member = |set: &Arc<RecordingSet>| {
                    let number = segment.as_ref().and_then(|segment| segment.of(document));
                    number.is_some_and(|number| set.contains(number))
                };
                !is_excluded && recordings.as_ref().is_none_or(is_member)
            })
        });
        Some(Box::new(DocPredicateQuery::from(predicate)))
    }
}
