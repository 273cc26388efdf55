use std::ops::Range;

use tantivy::Term;
use tantivy::query::{BooleanQuery, BoostQuery, ConstScoreQuery, Occur, PhraseQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};

use crate::expression::Phrase;
use crate::normal_text::NormalText;
use crate::schema::Fields;
use crate::sound_query::{Piece, SoundQuery};
use crate::token::{Token, is_han_word, segments, sounds, tokens};

/// A longer phrase is found by its beginning.
const TOKENS_MAX: usize = 64;

const LITERAL_BOOST: f32 = 4.0;
/// Less than any literal place scores.
const SOUND_SCORE: f32 = 0.5;

/// One word or phrase of a query, ready to be looked up in the index and to be found in a text, by the same rules.
///
/// The literal tokens in their order always match: what is written in a text is found. A Chinese word of two characters or
/// more also matches where all the dictionary words in it occur, or where it sounds the same, because speech
/// recognition confuses what sounds the same. An English word also matches its other forms. A quoted phrase matches
/// literally only.
#[derive(Debug)]
pub(crate) struct SearchTerm {
    literal: Vec<String>,
    /// The dictionary words and the single characters left between them; empty when they do not count.
    segments: Vec<String>,
    /// Empty when sound does not count.
    sounds: Vec<String>,
    /// Empty when other forms do not count.
    stems: Vec<String>,
}

impl SearchTerm {
    /// Returns none when the phrase holds nothing that can be searched for.
    pub(crate) fn new(phrase: &Phrase) -> Option<Self> {
        let normal = NormalText::new(&phrase.text);
        let mut tokens = tokens(normal.as_str());
        tokens.truncate(TOKENS_MAX);
        let end = tokens.last()?.range.end;
        let literal: Vec<String> = tokens.iter().map(|token| token.text.clone()).collect();
        let mut term = Self { literal, segments: Vec::new(), sounds: Vec::new(), stems: Vec::new() };
        if phrase.exact {
            return Some(term);
        }
        if tokens.iter().all(Token::is_han) && tokens.len() >= 2 {
            let text = normal.as_str().get(..end).unwrap_or_default();
            term.segments = segments(text).into_iter().map(str::to_owned).collect();
            if !term.segments.iter().any(|segment| is_han_word(segment)) {
                term.segments.clear();
            }
        } else if tokens.iter().all(Token::is_word) {
            term.stems = tokens.iter().map(Token::stem).collect();
        }
        if tokens.iter().filter(|token| token.is_han()).count() >= 2 {
            term.sounds = sounds(&tokens).into_iter().collect::<Option<_>>().unwrap_or_default();
        }
        Some(term)
    }

    /// Says whether the term is one of the English words that nearly every utterance holds.
    pub(crate) fn is_stop_word(&self) -> bool {
        match self.literal.as_slice() {
            [word] => !self.stems.is_empty() && STOP_WORDS.contains(&word.as_str()),
            _ => false,
        }
    }

    pub(crate) fn query(&self, fields: &Fields) -> Box<dyn Query> {
        let literal = literal_query(fields, &self.literal);
        let mut ways: Vec<(Occur, Box<dyn Query>)> =
            vec![(Occur::Should, Box::new(BoostQuery::new(literal, LITERAL_BOOST)))];
        if !self.segments.is_empty() {
            let segment = |segment: &String| {
                let characters: Vec<String> = segment.chars().map(String::from).collect();
                let query = literal_query(fields, &characters);
                // What single characters weigh says little, and counting them costs much.
                if is_han_word(segment) { query } else { Box::new(ConstScoreQuery::new(query, 0.0)) as Box<dyn Query> }
            };
            ways.push((
                Occur::Should,
                Box::new(BooleanQuery::intersection(self.segments.iter().map(segment).collect())),
            ));
        }
        if !self.sounds.is_empty() {
            let piece = |sound: &String| match sound.strip_prefix('=') {
                Some(word) => Piece::Word(word.to_owned()),
                None => Piece::Syllable(sound.clone()),
            };
            let pieces = self.sounds.iter().map(piece).collect();
            let sound = SoundQuery { characters: fields.characters, pairs: fields.pairs, pieces };
            ways.push((Occur::Should, Box::new(ConstScoreQuery::new(Box::new(sound), SOUND_SCORE))));
        }
        if !self.stems.is_empty() {
            let all = self.stems.iter().map(|stem| term_query(fields.stems, stem)).collect();
            ways.push((Occur::Should, Box::new(BooleanQuery::intersection(all))));
        }
        Box::new(BooleanQuery::new(ways))
    }

    /// Looks up what an excluded term removes: its literal places and, for a single English word, its other forms.
    pub(crate) fn exclusion(&self, fields: &Fields) -> Box<dyn Query> {
        match (self.literal.as_slice(), self.stems.as_slice()) {
            ([_], [stem]) => term_query(fields.stems, stem),
            (literal, _) => literal_query(fields, literal),
        }
    }

    /// Finds the term in a text that was cut into tokens; ranges are of the normal text. The literal places come
    /// first: sound and scattered words are shown only where there is no better reason for the hit.
    pub(crate) fn find(&self, text: &[Token]) -> Vec<Range<usize>> {
        let mut places = runs(text, &self.literal, |token, wanted| token.text == *wanted);
        if !self.stems.is_empty() {
            let stems: Vec<(String, &Token)> =
                text.iter().filter(|token| token.is_word()).map(|token| (token.stem(), token)).collect();
            if self.stems.iter().all(|wanted| stems.iter().any(|(stem, _)| stem == wanted)) {
                let found = stems.iter().filter(|(stem, _)| self.stems.contains(stem));
                places.extend(found.map(|(_, token)| token.range.clone()));
            }
        }
        if places.is_empty() && !self.segments.is_empty() {
            let found: Vec<Vec<Range<usize>>> =
                self.segments.iter().map(|segment| find_segment(text, segment)).collect();
            if found.iter().all(|places| !places.is_empty()) {
                places = found.concat();
            }
        }
        if places.is_empty() && !self.sounds.is_empty() {
            places = sounding_runs(text, &self.sounds);
        }
        places
    }
}

fn find_segment(text: &[Token], segment: &str) -> Vec<Range<usize>> {
    let characters: Vec<char> = segment.chars().collect();
    runs(text, &characters, |token, wanted| token.text.chars().eq([*wanted]))
}

/// Finds the places where the wanted pieces follow one another.
fn runs<T>(text: &[Token], wanted: &[T], matches: impl Fn(&Token, &T) -> bool) -> Vec<Range<usize>> {
    if wanted.is_empty() {
        return Vec::new();
    }
    text.windows(wanted.len())
        .filter(|window| window.iter().zip(wanted).all(|(token, wanted)| matches(token, wanted)))
        .filter_map(|window| Some(window.first()?.range.start..window.last()?.range.end))
        .collect()
}

/// Finds the places that sound like the wanted pieces.
fn sounding_runs(text: &[Token], wanted: &[String]) -> Vec<Range<usize>> {
    let heard = sounds(text);
    let sounds_alike =
        |heard: &[Option<String>]| heard.iter().zip(wanted).all(|(heard, wanted)| heard.as_ref() == Some(wanted));
    text.windows(wanted.len())
        .zip(heard.windows(wanted.len()))
        .filter(|(_, heard)| sounds_alike(heard))
        .filter_map(|(window, _)| Some(window.first()?.range.start..window.last()?.range.end))
        .collect()
}

/// Looks up the tokens of a text that follow one another, exactly.
///
/// Single characters are in so many documents that a phrase of them is slow. Pairs are rare: they find the candidates, and
/// the phrase is only asked about those. Two Han characters are a pair and need no phrase.
fn literal_query(fields: &Fields, tokens: &[String]) -> Box<dyn Query> {
    let is_pair = |pair: &&[String]| pair.iter().all(|text| Token::is_han_text(text));
    let pairs = tokens.windows(2).filter(is_pair).map(|pair| term_query(fields.pairs, &pair.concat()));
    let mut pairs: Vec<Box<dyn Query>> = pairs.collect();
    match (tokens, pairs.len()) {
        (_, 0) => phrase_query(fields.characters, tokens),
        ([_, _], _) => pairs.swap_remove(0),
        _ => {
            pairs.push(Box::new(ConstScoreQuery::new(phrase_query(fields.characters, tokens), 0.0)));
            Box::new(BooleanQuery::intersection(pairs))
        }
    }
}

/// Looks up pieces that follow one another.
pub(crate) fn phrase_query(field: Field, pieces: &[impl AsRef<str>]) -> Box<dyn Query> {
    match pieces {
        [piece] => term_query(field, piece.as_ref()),
        pieces => {
            let terms = pieces.iter().map(|piece| Term::from_field_text(field, piece.as_ref())).collect();
            Box::new(PhraseQuery::new(terms))
        }
    }
}

pub(crate) fn term_query(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs))
}

const STOP_WORDS: &[&str] = &[
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "can", "did", "do", "does", "for", "from", "had", "has",
    "have", "how", "i", "in", "is", "it", "its", "me", "my", "no", "not", "of", "on", "or", "our", "she", "should",
    "so", "that", "the", "their", "then", "they", "this", "to", "was", "we", "were", "what", "when", "where", "which",
    "who", "why", "will", "with", "would", "you", "your",
];

#[cfg(test)]
mod tests {
    use super::SearchTerm;
    use crate::expression::Phrase;
    use crate::normal_text::NormalText;
    use crate::token::tokens;

    fn find(query: &str, exact: bool, text: &str) -> Vec<String> {
        let term = SearchTerm::new(&Phrase { text: query.to_owned(), exact }).unwrap();
        let normal = NormalText::new(text);
        let places = term.find(&tokens(normal.as_str()));
        places.into_iter().map(|place| normal.as_str().get(place).unwrap().to_owned()).collect()
    }

    #[test]
    fn terms_are_found_by_the_best_reason() {
        for (query, exact, text, expected) in [
            ("存储方案", false, "我觉得存储方案太贵了", &["存储方案"][..]),
            ("储方", false, "我觉得存储方案太贵了", &["储方"]),
            ("儲存", false, "更新储存", &["储存"]),
            ("存储方案", false, "方案里的存储", &["存储", "方案"]),
            ("存储方案", true, "方案里的存储", &[]),
            ("存储方案", false, "方案", &[]),
            ("水印", false, "税印和水银", &["税印", "水银"]),
            ("水印", true, "税印", &[]),
            ("谢谢", false, "谢谢谢", &["谢谢", "谢谢"]),
            ("recording", false, "We recorded recordings.", &["recorded", "recordings"]),
            ("recording", true, "We recorded recordings.", &[]),
            ("storage quota", true, "the Storage, quota", &["storage, quota"]),
            ("用rust写", false, "我用Rust写的", &["用rust写"]),
            ("税rust印", false, "水Rust银, 水, rust银", &["水rust银", "水, rust银"]),
        ] {
            assert_eq!(find(query, exact, text), expected, "{query} in {text}");
        }
    }

    #[test]
    fn nothing_to_search_for_is_no_term() {
        for text in ["", "，。", "😀", "--"] {
            assert!(SearchTerm::new(&Phrase { text: text.to_owned(), exact: false }).is_none());
        }
    }
}
