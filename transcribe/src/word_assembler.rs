use crate::transcriber::DecodedWord;

/// A piece of text as the engine emits it: maybe a word, maybe a third of a Chinese character.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TextToken<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) start_ms: u64,
    pub(crate) end_ms: u64,
    pub(crate) probability: f32,
}

/// Joins tokens to words: their bytes to whole characters first, then Latin letters up to the next space, Chinese one
/// token at a time, punctuation to what it follows. Bytes that never become a character are dropped.
pub(crate) fn assemble_words<'a>(tokens: impl IntoIterator<Item = TextToken<'a>>) -> Vec<DecodedWord> {
    let mut words: Vec<WordInProgress> = Vec::new();
    let mut pending = PendingBytes::default();
    for token in tokens {
        let Some(piece) = pending.push(token) else { continue };
        match words.last_mut() {
            Some(word) if !starts_word(&piece.text, &word.text) => word.append(&piece),
            _ if piece.text.trim().is_empty() => {}
            _ => words.push(piece),
        }
    }
    words.into_iter().map(WordInProgress::finish).collect()
}

/// Says whether `text` is written without spaces between words.
pub(crate) fn is_chinese(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

fn starts_word(text: &str, previous: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    if first.is_whitespace() {
        return true;
    }
    // Punctuation and marks belong to what they follow, opening ones apart.
    if !first.is_alphanumeric() {
        return matches!(first, '“' | '‘' | '《' | '（' | '(');
    }
    is_chinese(first) || previous.chars().last().is_none_or(|last| is_chinese(last) || is_full_width_mark(last))
}

fn is_full_width_mark(character: char) -> bool {
    matches!(character, '\u{3001}'..='\u{3003}' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff1f}' | '…' | '”' | '》')
}

struct WordInProgress {
    text: String,
    start_ms: u64,
    end_ms: u64,
    probability_sum: f32,
    tokens: u32,
}

impl WordInProgress {
    fn append(&mut self, piece: &Self) {
        self.text.push_str(&piece.text);
        // A full stop's own time would stretch the word into the silence after it.
        if piece.text.chars().any(char::is_alphanumeric) {
            self.end_ms = piece.end_ms.max(self.end_ms);
        }
        self.probability_sum += piece.probability_sum;
        self.tokens += piece.tokens;
    }

    fn finish(self) -> DecodedWord {
        let confidence = (self.probability_sum / self.tokens as f32).clamp(0.0, 1.0);
        DecodedWord { text: self.text, start_ms: self.start_ms, end_ms: self.end_ms.max(self.start_ms), confidence }
    }
}

#[derive(Default)]
struct PendingBytes {
    bytes: Vec<u8>,
    start_ms: u64,
    probability_sum: f32,
    tokens: u32,
}

impl PendingBytes {
    /// Returns a piece once the bytes so far end at the end of a character.
    fn push(&mut self, token: TextToken<'_>) -> Option<WordInProgress> {
        const CHARACTER_BYTES_MAX: usize = 4;
        if self.bytes.is_empty() {
            self.start_ms = token.start_ms;
        }
        self.bytes.extend_from_slice(token.bytes);
        self.probability_sum += token.probability;
        self.tokens += 1;
        let mut text = String::new();
        let mut unfinished = 0;
        for chunk in self.bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            unfinished = chunk.invalid().len();
        }
        let at_end = self.bytes.utf8_chunks().last().is_some_and(|chunk| !chunk.invalid().is_empty());
        let may_go_on = at_end && unfinished < CHARACTER_BYTES_MAX && is_unfinished(&self.bytes);
        if may_go_on {
            return None;
        }
        let piece = WordInProgress {
            text: text.replace(char::is_control, ""),
            start_ms: self.start_ms,
            end_ms: token.end_ms,
            probability_sum: self.probability_sum,
            tokens: self.tokens,
        };
        *self = Self::default();
        (!piece.text.is_empty()).then_some(piece)
    }
}

/// Says whether more bytes could make the end of `bytes` a character.
fn is_unfinished(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    loop {
        match std::str::from_utf8(rest) {
            Ok(_) => return false,
            Err(error) => match error.error_len() {
                None => return true,
                Some(length) => rest = &rest[error.valid_up_to() + length..],
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{TextToken, assemble_words};

    fn words(tokens: &[&[u8]]) -> Vec<String> {
        let tokens = tokens.iter().enumerate().map(|(index, bytes)| TextToken {
            bytes,
            start_ms: index as u64 * 100,
            end_ms: index as u64 * 100 + 100,
            probability: 0.5,
        });
        assemble_words(tokens).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn tokens_become_words() {
        let table: &[(&[&[u8]], &[&str])] = &[
            (&[b" Good", b" mor", b"ning", b" everyone", b"."], &[" Good", " morning", " everyone."]),
            (&["王".as_bytes(), "伟".as_bytes(), "，".as_bytes(), "你好".as_bytes()], &["王", "伟，", "你好"]),
            (&[b"\xe7", b"\x8e\x8b", "伟".as_bytes()], &["王", "伟"]),
            (&["陈".as_bytes(), b"\xe9\x9d", "强".as_bytes()], &["陈", "强"]),
            (&["用".as_bytes(), b"API", b"s", "。".as_bytes()], &["用", "APIs。"]),
            (&[b" ", b" 3", b".", b"5"], &[" 3.5"]),
            (&[b"\xff\xfe"], &[]),
            (&[b" It", b"'s"], &[" It's"]),
            (&[], &[]),
        ];
        for (tokens, expected) in table {
            assert_eq!(&words(tokens), expected, "{tokens:?}");
        }
    }

    #[test]
    fn a_full_stop_does_not_stretch_its_word() {
        let token = |bytes, start_ms, end_ms| TextToken { bytes, start_ms, end_ms, probability: 1.0 };
        let words = assemble_words([token(b" yes", 100, 300), token(b".", 300, 2_000)]);
        assert_eq!((words[0].start_ms, words[0].end_ms), (100, 300));
    }
}
