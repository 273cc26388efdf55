use model::Language;
use serde::Deserialize;

use crate::Error;
use crate::transcriber::DecodedSegment;
use crate::word_assembler::{TextToken, assemble_words};

/// What a transcription server answers in the format `verbose_json`. Servers leave out what they do not know.
#[derive(Debug, Deserialize)]
pub(crate) struct RemoteAnswer {
    language: Option<String>,
    #[serde(default)]
    text: String,
    segments: Option<Vec<RemoteSegment>>,
    words: Option<Vec<RemoteWord>>,
}

#[derive(Debug, Deserialize)]
struct RemoteSegment {
    /// In seconds.
    start: f64,
    end: f64,
    text: String,
    avg_logprob: Option<f64>,
}

/// A word without its punctuation.
#[derive(Debug, Deserialize)]
struct RemoteWord {
    word: String,
    start: f64,
    end: f64,
}

/// Where a server does not say how sure it is, nothing speaks for its words and nothing against.
const CONFIDENCE_UNKNOWN: f32 = 0.5;

impl RemoteAnswer {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Error> {
        serde_json::from_slice(bytes)
            .map_err(|error| Error::RemoteAnswer { problem: format!("it is no transcription, {error}") })
    }

    /// Returns the language that the server heard, if it is one of Huiji's.
    pub(crate) fn language(&self) -> Option<Language> {
        match self.language.as_deref()?.to_lowercase().as_str() {
            "en" | "english" => Some(Language::English),
            "zh" | "chinese" | "mandarin" | "cmn" => Some(Language::Mandarin),
            _ => None,
        }
    }

    /// Returns the text with times inside the window of `window_ms`.
    pub(crate) fn into_segments(self, window_ms: u64) -> Result<Vec<DecodedSegment>, Error> {
        let whole = |text| RemoteSegment { start: 0.0, end: window_ms as f64 / 1000.0, text, avg_logprob: None };
        let segments = match self.segments {
            Some(segments) => segments,
            None if self.text.trim().is_empty() => Vec::new(),
            None => vec![whole(self.text)],
        };
        let words = self.words.unwrap_or_default();
        let times = segments.iter().map(|segment| (segment.start, segment.end));
        let mut times = times.chain(words.iter().map(|word| (word.start, word.end)));
        if times.any(|(start, end)| !start.is_finite() || !end.is_finite()) {
            return Err(Error::RemoteAnswer { problem: "its times are no numbers".to_owned() });
        }
        let mut words = words.as_slice();
        let mut decoded = Vec::with_capacity(segments.len());
        for segment in &segments {
            let count = words.partition_point(|word| f64::midpoint(word.start, word.end) < segment.end);
            let (own, rest) = words.split_at(count);
            words = rest;
            decoded.push(segment.decode(own, window_ms));
        }
        Ok(decoded)
    }
}

impl RemoteSegment {
    /// Gives every character the time of the word it is in, and builds words from characters as for any other engine.
    fn decode(&self, words: &[RemoteWord], window_ms: u64) -> DecodedSegment {
        let to_ms = |seconds: f64| ((seconds.max(0.0) * 1000.0).round() as u64).min(window_ms);
        let probability = self.avg_logprob.map_or(CONFIDENCE_UNKNOWN, |mean| (mean.exp() as f32).clamp(0.0, 1.0));
        let characters: Vec<char> = self.text.chars().collect();
        let spans = if words.is_empty() {
            spread(characters.len(), self.start, self.end)
        } else {
            self.place_characters(&characters, words)
        };
        // A space goes with the character after it, as engines emit it.
        let mut pieces: Vec<(String, (f64, f64))> = Vec::with_capacity(characters.len());
        let mut spaces = String::new();
        for (character, span) in characters.iter().zip(spans) {
            spaces.push(*character);
            if !character.is_whitespace() {
                pieces.push((std::mem::take(&mut spaces), span));
            }
        }
        let tokens = pieces.iter().map(|(text, (start, end))| TextToken {
            bytes: text.as_bytes(),
            start_ms: to_ms(*start),
            end_ms: to_ms(*end),
            probability,
        });
        DecodedSegment { words: assemble_words(tokens) }
    }

    fn place_characters(&self, characters: &[char], words: &[RemoteWord]) -> Vec<(f64, f64)> {
        let mut spans = Vec::with_capacity(characters.len());
        let mut last_end = self.start;
        for word in words {
            let spelled: Vec<char> = word.word.trim().chars().collect();
            let rest = &characters[spans.len()..];
            let found = rest.windows(spelled.len().max(1)).position(|window| is_spelled(window, &spelled));
            let Some(offset) = found else { continue };
            spans.extend(std::iter::repeat_n((last_end, last_end), offset));
            spans.extend(spread(spelled.len(), word.start, word.end));
            last_end = word.end;
        }
        spans.resize(characters.len(), (last_end, last_end));
        spans
    }
}

fn is_spelled(characters: &[char], word: &[char]) -> bool {
    characters.len() == word.len()
        && characters.iter().zip(word).all(|(left, right)| left.to_lowercase().eq(right.to_lowercase()))
}

/// Divides the time between two moments evenly.
fn spread(count: usize, start: f64, end: f64) -> Vec<(f64, f64)> {
    let step = (end - start) / count.max(1) as f64;
    (0..count).map(|index| (start + step * index as f64, start + step * (index + 1) as f64)).collect()
}

#[cfg(test)]
mod tests {
    use super::RemoteAnswer;

    fn decode(json: &str) -> Vec<Vec<(String, u64, u64)>> {
        let segments = RemoteAnswer::parse(json.as_bytes()).unwrap().into_segments(10_000).unwrap();
        let words = |segment: crate::DecodedSegment| {
            segment.words.into_iter().map(|word| (word.text, word.start_ms, word.end_ms)).collect()
        };
        segments.into_iter().map(words).collect()
    }

    fn word(text: &str, start_ms: u64, end_ms: u64) -> (String, u64, u64) {
        (text.to_owned(), start_ms, end_ms)
    }

    #[test]
    fn words_get_their_punctuation_from_the_segment() {
        let decoded = decode(
            r#"{"language":"english","text":"Hello, Bob. Wait 5%!","duration":3.0,
            "segments":[{"id":0,"start":0.0,"end":1.5,"text":" Hello, Bob.","avg_logprob":-0.2},
                        {"id":1,"start":1.5,"end":3.0,"text":" Wait 5%!","avg_logprob":-0.2}],
            "words":[{"word":"hello","start":0.2,"end":0.6},{"word":"Bob","start":0.8,"end":1.2},
                     {"word":"wait","start":1.6,"end":2.0},{"word":"5%","start":2.1,"end":2.6}]}"#,
        );
        let expected = [
            vec![word(" Hello,", 200, 600), word(" Bob.", 800, 1_200)],
            vec![word(" Wait", 1_600, 2_000), word(" 5%!", 2_100, 2_350)],
        ];
        assert_eq!(decoded, expected);
    }

    #[test]
    fn chinese_has_a_word_for_each_character() {
        let decoded = decode(
            r#"{"segments":[{"start":0,"end":1,"text":"好的，谢谢。"}],
            "words":[{"word":"好的","start":0.0,"end":0.4},{"word":"谢谢","start":0.5,"end":0.9}]}"#,
        );
        let expected = [word("好", 0, 200), word("的，", 200, 400), word("谢", 500, 700), word("谢。", 700, 900)];
        assert_eq!(decoded, [expected]);
    }

    #[test]
    fn what_a_server_leaves_out_is_made_up_for() {
        assert_eq!(decode(r#"{"text":"one two"}"#)[0].len(), 2);
        assert_eq!(decode(r#"{"segments":[{"start":1,"end":2,"text":"ab"}]}"#), [[word("ab", 1_000, 2_000)]]);
        assert_eq!(decode(r#"{"text":" "}"#), Vec::<Vec<_>>::new());
        // A word that the text does not have, and times beyond the window.
        let odd = decode(
            r#"{"segments":[{"start":0,"end":99,"text":" a b"}],
            "words":[{"word":"x","start":0,"end":1},{"word":"b","start":50,"end":99}]}"#,
        );
        assert_eq!(odd, [[word(" a", 0, 0), word(" b", 10_000, 10_000)]]);
    }

    #[test]
    fn nonsense_is_an_error() {
        for nonsense in ["", "[]", "{\"text\":1}", "<html>", r#"{"segments":[{"start":"x"}]}"#] {
            assert!(RemoteAnswer::parse(nonsense.as_bytes()).is_err(), "{nonsense}");
        }
    }
}
