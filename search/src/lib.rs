//! A search index of titles, transcripts and minutes, one per tenant, that can be rebuilt from the store at any time.
//!
//! [`Indexer`] follows the store's outbox and replaces what changed; [`Search`] answers queries. A document is one title,
//! one utterance or one line of minutes. Chinese is held by single characters at their places, so every literal piece of a
//! text is found, and by pairs, through which it is found fast and by sound; English by words and stems. The caller's
//! [`Visibility`] is part of the query: hits, counts and scores come from the recordings it names and from no others.

mod document;
mod document_filter;
mod document_set;
mod error;
mod expression;
mod facets;
#[cfg(test)]
mod fuzz_tests;
mod group_collector;
mod highlight;
mod index_directory;
mod indexer;
mod normal_text;
#[cfg(test)]
mod permission_tests;
mod plan;
mod recording_table;
mod request;
mod schema;
mod search;
#[cfg(test)]
mod search_tests;
mod sound_query;
mod tenant_index;
mod term;
mod token;
mod tokenizer;
mod visible_statistics;

pub use document::{HitKind, Speaker};
pub use error::Error;
pub use facets::{FacetCount, Facets};
pub use highlight::Highlight;
pub use indexer::{Erasure, Indexer, ReindexReport};
pub use request::{Hit, RecordingHits, SearchRequest, SearchResults, SortOrder, Visibility};
pub use search::Search;
