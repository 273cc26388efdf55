use std::vec;

use tantivy::tokenizer::{Token as IndexToken, TokenStream, Tokenizer, TokenizerManager};

use crate::token::{pairs, tokens as tokens_of};

/// How a field of the index cuts the normal text it is given.
///
/// Tantivy's own tokenizers do not fit: the default one takes a run of Han characters for one token and drops it when it
/// is longer than 40 bytes, and the n-gram one gives every token position zero, which breaks phrases.
#[derive(Debug, Clone, Copy)]
pub(crate) enum FieldTokenizer {
    /// Every token at its true position: a phrase of these is a literal piece of the text.
    Characters,
    /// Each two Han characters that follow one another; positions mean nothing.
    Pairs,
    /// English stems.
    Stems,
}

impl FieldTokenizer {
    const ALL: [Self; 3] = [Self::Characters, Self::Pairs, Self::Stems];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Characters => "huiji_characters",
            Self::Pairs => "huiji_pairs",
            Self::Stems => "huiji_stems",
        }
    }

    /// Makes the tokenizers known to an index.
    pub(crate) fn register(manager: &TokenizerManager) {
        for tokenizer in Self::ALL {
            manager.register(tokenizer.name(), tokenizer);
        }
    }

    fn cut(self, text: &str) -> Vec<IndexToken> {
        let tokens = || tokens_of(text).into_iter().enumerate();
        match self {
            Self::Characters => tokens().map(|(position, token)| index_token(position, token.text)).collect(),
            Self::Pairs => pairs(&tokens_of(text)).map(|pair| index_token(0, pair)).collect(),
            Self::Stems => tokens()
                .filter(|(_, token)| token.is_word())
                .map(|(position, token)| index_token(position, token.stem()))
                .collect(),
        }
    }
}

/// Offsets are left out: the highlighter works on the text itself.
fn index_token(position: usize, text: String) -> IndexToken {
    IndexToken { position, text, ..IndexToken::default() }
}

impl Tokenizer for FieldTokenizer {
    type TokenStream<'a> = ListedTokens;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> ListedTokens {
        ListedTokens { rest: self.cut(text).into_iter(), token: IndexToken::default() }
    }
}

/// Tokens that were cut in one go.
pub(crate) struct ListedTokens {
    rest: vec::IntoIter<IndexToken>,
    token: IndexToken,
}

impl TokenStream for ListedTokens {
    fn advance(&mut self) -> bool {
        match self.rest.next() {
            Some(token) => {
                self.token = token;
                true
            }
            None => false,
        }
    }

    fn token(&self) -> &IndexToken {
        &self.token
    }

    fn token_mut(&mut self) -> &mut IndexToken {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use tantivy::tokenizer::{TokenStream, Tokenizer};

    use super::FieldTokenizer;

    #[test]
    fn positions_are_those_of_the_characters() {
        let cut = |mut tokenizer: FieldTokenizer| {
            let mut found = Vec::new();
            tokenizer
                .token_stream("用rust写,storages方案")
                .process(&mut |token| found.push((token.position, token.text.clone())));
            found
        };
        let expected = |pairs: &[(usize, &str)]| -> Vec<(usize, String)> {
            pairs.iter().map(|(position, text)| (*position, (*text).to_owned())).collect()
        };
        assert_eq!(
            cut(FieldTokenizer::Characters),
            expected(&[(0, "用"), (1, "rust"), (2, "写"), (3, "storages"), (4, "方"), (5, "案")])
        );
        assert_eq!(cut(FieldTokenizer::Pairs), expected(&[(0, "方案")]));
        assert_eq!(cut(FieldTokenizer::Stems), expected(&[(1, "rust"), (3, "storag")]));
    }
}
