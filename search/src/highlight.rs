use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::normal_text::NormalText;
use crate::term::SearchTerm;
use crate::token::tokens;

/// A stretch of a hit's text to mark: half-open, in UTF-16 code units, as browsers count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Highlight {
    /// The first code unit inside.
    pub start: usize,
    /// The first code unit after.
    pub end: usize,
}

/// Finds what to mark in a text: every place of the wanted terms, in order, without overlap. Excluded terms are not asked
/// about, so they are never marked.
pub(crate) fn highlight<'a>(text: &str, wanted: impl IntoIterator<Item = &'a SearchTerm>) -> Vec<Highlight> {
    let normal = NormalText::new(text);
    let tokens = tokens(normal.as_str());
    let found = wanted.into_iter().flat_map(|term| term.find(&tokens));
    let mut places: Vec<Range<usize>> = found.map(|place| normal.origin(&place)).collect();
    places.sort_by_key(|place| (place.start, place.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for place in places {
        match merged.last_mut() {
            Some(last) if place.start <= last.end => last.end = last.end.max(place.end),
            _ => merged.push(place),
        }
    }
    in_utf16(text, &merged)
}

/// Turns ordered byte ranges into ranges of UTF-16 code units.
fn in_utf16(text: &str, places: &[Range<usize>]) -> Vec<Highlight> {
    let (mut bytes, mut units) = (0, 0);
    let mut units_at = |byte: usize| {
        units += text.get(bytes..byte).map_or(0, |piece| piece.encode_utf16().count());
        bytes = byte;
        units
    };
    places.iter().map(|place| Highlight { start: units_at(place.start), end: units_at(place.end) }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};

    use super::highlight;
    use crate::expression::Phrase;
    use crate::term::SearchTerm;

    fn marked(text: &str, queries: &[&str]) -> Vec<String> {
        let term = |query: &&str| SearchTerm::new(&Phrase { text: (*query).to_owned(), exact: false });
        let terms: Vec<SearchTerm> = queries.iter().filter_map(term).collect();
        let units: Vec<u16> = text.encode_utf16().collect();
        let marks = highlight(text, &terms);
        marks.iter().map(|mark| String::from_utf16(&units[mark.start..mark.end]).unwrap()).collect()
    }

    #[test]
    fn marks_count_utf16_and_merge() {
        for (text, queries, expected) in [
            ("😀我們決定儲存", &["储存", "决定"][..], &["決定儲存"][..]),
            ("𠮷野家，储存😀储存", &["储存"], &["储存", "储存"]),
            ("ＳＴＯＲＡＧＥ is full", &["storage"], &["ＳＴＯＲＡＧＥ"]),
            ("Alice’s storages", &["storage", "alices"], &["Alice’s", "storages"]),
            ("重㎏5", &["kg5"], &["㎏5"]),
            ("abc", &["x"], &[]),
        ] {
            assert_eq!(marked(text, queries), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn marks_are_ordered_and_inside_any_text(text in "[a-c存储 ，😀ÅA\u{301}㎏'-]{0,40}", query in "[a-c存储😀㎏]{1,4}") {
            let term = SearchTerm::new(&Phrase { text: query, exact: false });
            let mut end = 0;
            for mark in highlight(&text, &term) {
                prop_assert!(mark.start >= end && mark.end > mark.start);
                end = mark.end;
            }
            prop_assert!(end <= text.encode_utf16().count());
        }
    }
}
