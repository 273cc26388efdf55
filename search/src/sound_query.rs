use tantivy::index::{InvertedIndexReader, SegmentReader};
use tantivy::postings::{Postings, SegmentPostings, TermInfo};
use tantivy::query::{BitSetDocSet, ConstScorer, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{BitSet, DocId, DocSet, Score, TantivyError, Term};

use crate::document_set::DocumentSet;
use crate::token::characters_read;

/// Finds places that sound the same, without an index of sounds: the characters that are read alike are few, so those that
/// occur in a segment are looked up one by one, and the pairs they form too. All scores are the same.
#[derive(Debug, Clone)]
pub(crate) struct SoundQuery {
    pub(crate) characters: Field,
    pub(crate) pairs: Field,
    pub(crate) pieces: Vec<Piece>,
}

/// What is heard at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Any Han character that is read so, without tone.
    Syllable(String),
    /// A word of another script, which stands for itself.
    Word(String),
}

impl Query for SoundQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(SoundWeight { query: self.clone() }))
    }
}

struct SoundWeight {
    query: SoundQuery,
}

/// A way to write a piece that occurs in the segment.
struct Written {
    text: String,
    term_info: TermInfo,
}

impl Weight for SoundWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let SoundQuery { characters, pairs, pieces } = &self.query;
        let (characters_index, pairs_index) = (reader.inverted_index(*characters)?, reader.inverted_index(*pairs)?);
        let mut heard = Vec::with_capacity(pieces.len());
        for piece in pieces {
            let written = written(piece, *characters, &characters_index)?;
            if written.is_empty() {
                return Ok(Box::new(EmptyScorer));
            }
            heard.push(written);
        }
        let candidates = self.candidates(&heard, &characters_index, &pairs_index, reader.max_doc())?;
        let is_pair = matches!(pieces.as_slice(), [Piece::Syllable(_), Piece::Syllable(_)]);
        let mut lists = Vec::with_capacity(heard.len());
        if !is_pair {
            for written in &heard {
                lists.push(positions_of(written, &characters_index)?);
            }
        }
        let mut documents = BitSet::with_max_value(reader.max_doc());
        for document in candidates {
            if is_pair || follow_one_another(document, &mut lists) {
                documents.insert(document);
            }
        }
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(documents), boost)))
    }

    fn explain(&self, reader: &SegmentReader, document: DocId) -> tantivy::Result<Explanation> {
        if self.scorer(reader, 1.0)?.seek(document) == document {
            Ok(Explanation::new("sounds alike", 1.0))
        } else {
            Err(TantivyError::InvalidArgument(format!("document {document} does not sound alike")))
        }
    }
}

impl SoundWeight {
    /// Returns the documents that hold every piece, and for each two neighbouring syllables a pair that is read so.
    fn candidates(
        &self,
        heard: &[Vec<Written>],
        characters_index: &InvertedIndexReader,
        pairs_index: &InvertedIndexReader,
        documents: u32,
    ) -> tantivy::Result<Vec<DocId>> {
        let SoundQuery { pairs, pieces, .. } = &self.query;
        let mut found: Option<DocumentSet> = None;
        let mut narrow = |set: DocumentSet| match &mut found {
            Some(found) => found.intersect(&set),
            None => found = Some(set),
        };
        let is_syllable = |place: usize| matches!(pieces.get(place), Some(Piece::Syllable(_)));
        for (place, written) in heard.iter().enumerate() {
            let next = heard.get(place + 1).filter(|_| is_syllable(place) && is_syllable(place + 1));
            if let Some(next) = next {
                let mut set = DocumentSet::new(documents);
                for (first, second) in written.iter().flat_map(|first| next.iter().map(move |second| (first, second))) {
                    let pair = Term::from_field_text(*pairs, &format!("{}{}", first.text, second.text));
                    if let Some(term_info) = pairs_index.get_term_info(&pair)? {
                        add_all(&mut set, &term_info, pairs_index)?;
                    }
                }
                narrow(set);
            } else if !(is_syllable(place) && place.checked_sub(1).is_some_and(is_syllable)) {
                let mut set = DocumentSet::new(documents);
                for written in written {
                    add_all(&mut set, &written.term_info, characters_index)?;
                }
                narrow(set);
            }
        }
        Ok(found.map_or_else(Vec::new, |found| found.documents().collect()))
    }
}

fn written(piece: &Piece, field: Field, index: &InvertedIndexReader) -> tantivy::Result<Vec<Written>> {
    let texts: Vec<String> = match piece {
        Piece::Syllable(syllable) => characters_read(syllable).iter().map(ToString::to_string).collect(),
        Piece::Word(word) => vec![word.clone()],
    };
    let mut found = Vec::new();
    for text in texts {
        if let Some(term_info) = index.get_term_info(&Term::from_field_text(field, &text))? {
            found.push(Written { text, term_info });
        }
    }
    Ok(found)
}

fn add_all(set: &mut DocumentSet, term_info: &TermInfo, index: &InvertedIndexReader) -> tantivy::Result<()> {
    let mut postings = index.read_block_postings_from_terminfo(term_info, IndexRecordOption::Basic)?;
    while !postings.docs().is_empty() {
        for document in postings.docs() {
            set.insert(*document);
        }
        postings.advance();
    }
    Ok(())
}

fn positions_of(written: &[Written], index: &InvertedIndexReader) -> tantivy::Result<Vec<SegmentPostings>> {
    let open = |written: &Written| {
        index.read_postings_from_terminfo(&written.term_info, IndexRecordOption::WithFreqsAndPositions)
    };
    Ok(written.iter().map(open).collect::<std::io::Result<_>>()?)
}

/// Says whether a document holds, somewhere, one of each list after the other. Documents are asked about in order.
fn follow_one_another(document: DocId, lists: &mut [Vec<SegmentPostings>]) -> bool {
    let (mut reached, mut positions): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
    for (place, list) in lists.iter_mut().enumerate() {
        positions.clear();
        for postings in list {
            if postings.doc() < document {
                postings.seek(document);
            }
            if postings.doc() == document {
                postings.append_positions_with_offset(0, &mut positions);
            }
        }
        if place > 0 {
            positions.retain(|position| position.checked_sub(1).is_some_and(|before| reached.contains(&before)));
        }
        if positions.is_empty() {
            return false;
        }
        std::mem::swap(&mut reached, &mut positions);
    }
    true
}
