use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;

use crate::Error;

/// Folds Chinese text to simplified characters; Whisper writes either script as it pleases.
pub(crate) struct SimplifiedChinese {
    converter: OpenCC,
}

impl SimplifiedChinese {
    pub(crate) fn new() -> Result<Self, Error> {
        let converter = OpenCC::from_config(BuiltinConfig::T2s)
            .map_err(|error| Error::ChineseDictionary { problem: error.to_string() })?;
        Ok(Self { converter })
    }

    /// Folds words that make up one text, so that phrases across word borders decide the characters.
    pub(crate) fn fold(&self, words: &mut [String]) {
        let folded: Vec<char> = self.converter.convert(&words.concat()).chars().collect();
        let lengths: Vec<usize> = words.iter().map(|word| word.chars().count()).collect();
        if folded.len() == lengths.iter().sum::<usize>() {
            let mut rest = folded.into_iter();
            for (word, length) in words.iter_mut().zip(lengths) {
                *word = rest.by_ref().take(length).collect();
            }
        } else {
            for word in words {
                *word = self.converter.convert(word);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SimplifiedChinese;

    #[test]
    fn words_are_folded_in_context() {
        let simplified = SimplifiedChinese::new().unwrap();
        let mut words = ["會", "議", "紀要，", " API"].map(str::to_owned);
        simplified.fold(&mut words);
        assert_eq!(words, ["会", "议", "纪要，", " API"]);
        // 乾 is 干 when dry and stays 乾 in the name.
        let mut words = ["乾", "隆", "皇帝"].map(str::to_owned);
        simplified.fold(&mut words);
        assert_eq!(words, ["乾", "隆", "皇帝"]);
    }
}
