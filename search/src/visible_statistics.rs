use std::sync::Arc;

use tantivy::collector::Count;
use tantivy::query::{Bm25StatisticsProvider, BooleanQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, TantivyError, Term};

use crate::document_filter::DocumentFilter;
use crate::recording_table::{RecordingSet, RecordingTable};

/// The mean length that scores are measured against. The true one would tell of recordings that must stay hidden.
const TOKENS_PER_DOCUMENT: u64 = 12;

/// The figures behind the scores, counted over the visible recordings only. With those of the whole index, anybody could
/// learn from the scores of his own recordings how often a word occurs in those of others.
pub(crate) struct VisibleStatistics<'a> {
    searcher: &'a Searcher,
    visible: Vec<Box<dyn Query>>,
    documents: u64,
}

impl<'a> VisibleStatistics<'a> {
    pub(crate) fn new(searcher: &'a Searcher, table: &Arc<RecordingTable>, visible: &Arc<RecordingSet>) -> Self {
        let filter = DocumentFilter::new(table, Some(Arc::clone(visible)));
        Self { searcher, visible: filter.query().into_iter().collect(), documents: table.documents_in(visible) }
    }
}

impl Bm25StatisticsProvider for VisibleStatistics<'_> {
    fn total_num_tokens(&self, _field: Field) -> Result<u64, TantivyError> {
        Ok(self.documents.max(1) * TOKENS_PER_DOCUMENT)
    }

    fn total_num_docs(&self) -> Result<u64, TantivyError> {
        Ok(self.documents.max(1))
    }

    fn doc_freq(&self, term: &Term) -> Result<u64, TantivyError> {
        let with_term: Box<dyn Query> = Box::new(TermQuery::new(term.clone(), IndexRecordOption::Basic));
        let mut all = vec![with_term];
        all.extend(self.visible.iter().map(|visible| visible.box_clone()));
        let query = BooleanQuery::intersection(all);
        Ok(self.searcher.search(&query, &Count)? as u64)
    }
}
