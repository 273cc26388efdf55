use std::collections::HashSet;
use std::sync::LazyLock;

use pinyin::ToPinyinMulti;

use crate::folding::{is_han, simplify};

/// A Chinese name written with this many readings at most is spelled out; more only happen in made-up names.
const SPELLINGS_MAX: usize = 16;

/// Returns the ways to spell a Chinese name in Latin letters, without tones and spaces, in either order of family name and
/// given name.
pub(crate) fn spell_name(name: &str) -> Vec<String> {
    let mut spellings = vec![Vec::new()];
    for character in name.chars() {
        let readings = readings(character);
        if readings.is_empty() {
            return Vec::new();
        }
        spellings = spellings
            .iter()
            .flat_map(|spelling: &Vec<String>| {
                readings.iter().map(|reading| {
                    let mut longer = spelling.clone();
                    longer.push(reading.clone());
                    longer
                })
            })
            .take(SPELLINGS_MAX)
            .collect();
    }
    spellings
        .iter()
        .filter_map(|syllables| {
            let (family, given) = syllables.split_first()?;
            let given = given.concat();
            Some([format!("{family}{given}"), format!("{given}{family}")])
        })
        .flatten()
        .collect()
}

/// Says whether the Chinese characters, read aloud, spell the letters. The first one has to be a family name, so that
/// ordinary words that sound like a name are not taken for it.
pub(crate) fn sounds_like(characters: &[char], letters: &str) -> bool {
    characters.first().is_some_and(|&first| is_surname(first)) && consumes(characters, letters)
}

fn consumes(characters: &[char], letters: &str) -> bool {
    let Some((first, others)) = characters.split_first() else { return letters.is_empty() };
    readings(*first)
        .iter()
        .any(|reading| letters.strip_prefix(reading.as_str()).is_some_and(|rest| consumes(others, rest)))
}

fn readings(character: char) -> Vec<String> {
    let Some(readings) = character.to_pinyin_multi() else { return Vec::new() };
    let mut spelled: Vec<String> = Vec::new();
    for reading in readings {
        let plain = reading.plain();
        let variants = if plain.contains('ü') {
            vec![plain.replace('ü', "v"), plain.replace('ü', "u")]
        } else {
            vec![plain.to_owned()]
        };
        for variant in variants {
            if !spelled.contains(&variant) {
                spelled.push(variant);
            }
        }
    }
    spelled
}

fn is_surname(character: char) -> bool {
    static SURNAMES: LazyLock<HashSet<char>> =
        LazyLock::new(|| include_str!("../data/surnames.txt").chars().filter(|c| is_han(*c)).collect());
    SURNAMES.contains(&simplify(character))
}

#[cfg(test)]
mod tests {
    use super::{sounds_like, spell_name};

    fn sounds(name: &str, letters: &str) -> bool {
        sounds_like(&name.chars().collect::<Vec<_>>(), letters)
    }

    #[test]
    fn names_are_spelled_in_both_orders() {
        let spellings = spell_name("王伟");
        assert!(spellings.contains(&"wangwei".to_owned()) && spellings.contains(&"weiwang".to_owned()));
        assert!(spell_name("单丹").contains(&"shandan".to_owned()), "a second reading counts");
        assert!(spell_name("吕布").contains(&"lvbu".to_owned()));
    }

    #[test]
    fn names_are_heard_but_ordinary_words_are_not() {
        assert!(sounds("李娜", "lina"));
        assert!(sounds("王威", "wangwei"), "speech recognition writes the wrong character");
        assert!(!sounds("里那", "lina"), "not a family name");
        assert!(!sounds("李娜", "linan"));
    }
}
