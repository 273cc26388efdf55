use std::ops::Bound;

use jiff::civil::Date;
use tantivy::Term;
use tantivy::query::{AllQuery, BooleanQuery, ConstScoreQuery, Query, RangeQuery, TermQuery};
use tantivy::schema::IndexRecordOption;

use crate::document::Mark;
use crate::document_filter::DocumentFilter;
use crate::expression::{Expression, Phrase};
use crate::normal_text::NormalText;
use crate::request::SearchRequest;
use crate::schema::Fields;
use crate::term::{SearchTerm, phrase_query, term_query};
use crate::token::tokens;

/// A search request turned into queries of the index.
///
/// Looked at are the visible documents that pass the filters and hold no excluded term. A recording is found when each
/// clause matches one of its documents looked at; its hits are those that match any clause.
pub(crate) struct SearchPlan {
    fields: Fields,
    clauses: Vec<Vec<SearchTerm>>,
    excluded: Vec<SearchTerm>,
    excluded_speakers: Vec<String>,
    filters: Vec<Box<dyn Query>>,
    is_positive: bool,
    marks: Vec<Mark>,
    pub(crate) query_cut: bool,
}

impl SearchPlan {
    pub(crate) fn new(request: &SearchRequest, fields: Fields) -> Self {
        let expression = Expression::parse(&request.query);
        let terms = |phrases: &[Phrase]| phrases.iter().filter_map(SearchTerm::new).collect::<Vec<_>>();
        let clauses = expression.clauses.iter().map(|clause| terms(clause)).filter(|clause| !clause.is_empty());
        let clauses: Vec<Vec<SearchTerm>> = clauses.collect();
        let is_filtered =
            expression.is_filtered() || request.from.is_some() || request.until.is_some() || request.speaker.is_some();
        Self {
            fields,
            is_positive: !clauses.is_empty() || is_filtered,
            clauses,
            excluded: terms(&expression.excluded),
            filters: filters(request, &expression, &fields),
            query_cut: expression.cut,
            excluded_speakers: expression.excluded_speakers,
            marks: expression.marks,
        }
    }

    /// Says whether there is anything to look for.
    pub(crate) const fn is_positive(&self) -> bool {
        self.is_positive
    }

    /// Returns the terms to mark in a hit.
    pub(crate) fn terms(&self) -> impl Iterator<Item = &SearchTerm> {
        self.clauses.iter().flatten()
    }

    /// Returns a query for the documents not to look at; none when nothing is excluded.
    pub(crate) fn exclusions(&self) -> Option<BooleanQuery> {
        let terms = self.excluded.iter().map(|term| term.exclusion(&self.fields));
        let all: Vec<Box<dyn Query>> =
            terms.chain(self.excluded_speakers.iter().map(|name| speaker(name, &self.fields))).collect();
        if all.is_empty() { None } else { Some(BooleanQuery::union(all)) }
    }

    /// Returns a query for each thing that a recording must have. It finds the recording, not what is shown of it, so what is
    /// excluded from the hits does not count here.
    pub(crate) fn required_marks(&self, visible: &DocumentFilter) -> Vec<BooleanQuery> {
        let mark = |mark: &Mark| {
            let mut all = vec![term_query(self.fields.marks, mark.as_str())];
            all.extend(visible.query());
            BooleanQuery::intersection(all)
        };
        self.marks.iter().map(mark).collect()
    }

    /// Returns a query for each clause that a recording must match; none when the hits' own query says it all.
    pub(crate) fn required_clauses(&self, looked_at: &DocumentFilter) -> Vec<BooleanQuery> {
        if self.clauses.len() < 2 {
            return Vec::new();
        }
        let is_stop_word = |clause: &&Vec<SearchTerm>| matches!(clause.as_slice(), [term] if term.is_stop_word());
        let content: Vec<&Vec<SearchTerm>> = self.clauses.iter().filter(|clause| !is_stop_word(clause)).collect();
        let required = if content.is_empty() { self.clauses.iter().collect() } else { content };
        required.into_iter().map(|clause| self.among(self.any_of(clause), looked_at)).collect()
    }

    /// Returns the query for the hits.
    pub(crate) fn hits(&self, looked_at: &DocumentFilter) -> BooleanQuery {
        let wanted: Box<dyn Query> = if self.clauses.is_empty() {
            Box::new(ConstScoreQuery::new(Box::new(AllQuery), 1.0))
        } else {
            self.any_of(self.clauses.iter().flatten())
        };
        self.among(wanted, looked_at)
    }

    fn any_of<'a>(&self, terms: impl IntoIterator<Item = &'a SearchTerm>) -> Box<dyn Query> {
        Box::new(BooleanQuery::union(terms.into_iter().map(|term| term.query(&self.fields)).collect()))
    }

    fn among(&self, wanted: Box<dyn Query>, looked_at: &DocumentFilter) -> BooleanQuery {
        let mut all = vec![wanted];
        all.extend(self.filters.iter().map(|filter| filter.box_clone()));
        all.extend(looked_at.query().map(unscored));
        BooleanQuery::intersection(all)
    }
}

fn filters(request: &SearchRequest, expression: &Expression, fields: &Fields) -> Vec<Box<dyn Query>> {
    let mut filters: Vec<Box<dyn Query>> = Vec::new();
    let mut must = |query: Box<dyn Query>| filters.push(unscored(query));
    if !expression.kinds.is_empty() {
        let kind = |kind: &crate::HitKind| -> Box<dyn Query> {
            let term = Term::from_field_u64(fields.kind, *kind as u64);
            Box::new(TermQuery::new(term, IndexRecordOption::Basic))
        };
        must(Box::new(BooleanQuery::union(expression.kinds.iter().map(kind).collect())));
    }
    if !expression.speakers.is_empty() {
        must(Box::new(BooleanQuery::union(expression.speakers.iter().map(|name| speaker(name, fields)).collect())));
    }
    if !expression.hosts.is_empty() {
        let hosts = expression.hosts.iter().map(|host| term_query(fields.host, host));
        must(Box::new(BooleanQuery::union(hosts.collect())));
    }
    if let Some(name) = &request.speaker {
        must(speaker(name, fields));
    }
    let first_ms = |date: &Date| Some(date.to_zoned(request.time_zone.clone()).ok()?.timestamp().as_millisecond());
    // A day at the end of the calendar bounds nothing.
    let from_ms = expression.from.as_ref().and_then(first_ms).into_iter().chain(request.from.map(rounded_up_ms)).max();
    let after = expression.to.as_ref().and_then(|date| date.tomorrow().ok());
    let until_ms = after.as_ref().and_then(first_ms).into_iter().chain(request.until.map(rounded_up_ms)).min();
    if from_ms.is_some() || until_ms.is_some() {
        let term = |milliseconds| Term::from_field_i64(fields.recorded_at_ms, milliseconds);
        let lower = from_ms.map_or(Bound::Unbounded, |from_ms| Bound::Included(term(from_ms)));
        let upper = until_ms.map_or(Bound::Unbounded, |until_ms| Bound::Excluded(term(until_ms)));
        must(Box::new(RangeQuery::new(lower, upper)));
    }
    filters
}

/// The index keeps whole milliseconds, rounded down.
const fn rounded_up_ms(timestamp: model::Timestamp) -> i64 {
    timestamp.as_micros().saturating_add(999).div_euclid(1000)
}

/// Looks up a speaker by a piece of the name or by the whole id.
fn speaker(name: &str, fields: &Fields) -> Box<dyn Query> {
    let by_id = term_query(fields.speaker_id, name.trim());
    let normal = NormalText::new(name);
    let pieces: Vec<String> = tokens(normal.as_str()).into_iter().map(|token| token.text).collect();
    if pieces.is_empty() {
        return by_id;
    }
    Box::new(BooleanQuery::union(vec![by_id, phrase_query(fields.speaker_name, &pieces)]))
}

/// A filter must not add to the score.
fn unscored(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}
