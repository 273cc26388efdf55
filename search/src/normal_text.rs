use std::collections::HashMap;
use std::iter;
use std::ops::Range;
use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use unicode_normalization::char::{canonical_combining_class, decompose_compatible};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// A text in the one form in which the index and the query compare it: NFKC, lower case, simplified Chinese.
///
/// Every character is mapped without looking at its neighbours (beyond its own combining marks), so a piece of a text
/// normalises to a piece of the normal text: that is what literal recall rests on. `OpenCC`'s phrase rules would break it,
/// so only its single characters are used.
pub(crate) struct NormalText {
    text: String,
    /// For each character: where it starts in `text`, and the bytes of the original it came from.
    origins: Vec<(usize, Range<usize>)>,
}

impl NormalText {
    pub(crate) fn new(original: &str) -> Self {
        let mut normal = Self { text: String::with_capacity(original.len()), origins: Vec::new() };
        let mut characters = original.char_indices().peekable();
        while let Some((start, first)) = characters.next() {
            let mut end = start + first.len_utf8();
            while let Some((next_start, next)) = characters.next_if(|(_, next)| joins_previous(*next)) {
                end = next_start + next.len_utf8();
            }
            let cluster = original.get(start..end).unwrap_or_default();
            for character in cluster.nfkc().flat_map(char::to_lowercase) {
                normal.origins.push((normal.text.len(), start..end));
                normal.text.push(simplified(character));
            }
        }
        normal
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the bytes of the original that a range of the normal text came from.
    pub(crate) fn origin(&self, range: &Range<usize>) -> Range<usize> {
        let first = self.origins.partition_point(|(start, _)| *start < range.start);
        let after = self.origins.partition_point(|(start, _)| *start < range.end);
        match self.origins.get(first..after) {
            Some([(_, only)]) => only.clone(),
            Some([(_, first), .., (_, last)]) => first.start..last.end,
            _ => 0..0,
        }
    }
}

/// Says whether a character may change shape with the one before it.
fn joins_previous(character: char) -> bool {
    if character.is_ascii() || matches!(character, '\u{3400}'..='\u{9fff}') {
        return false;
    }
    let mut first = None;
    decompose_compatible(character, |part| {
        first.get_or_insert(part);
    });
    canonical_combining_class(first.unwrap_or(character)) != 0
        || is_nfkc_quick(iter::once(character)) == IsNormalized::Maybe
}

fn simplified(character: char) -> char {
    if character < '\u{3400}' {
        return character;
    }
    SIMPLIFIED.get(&character).copied().unwrap_or(character)
}

/// The characters that the simplified script writes differently.
static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let converter = OpenCC::from_config(BuiltinConfig::T2s).expect("the dictionaries are part of the binary");
    let characters: Vec<char> = ('\u{3400}'..='\u{9fff}').chain('\u{20000}'..='\u{323af}').collect();
    // One to a line, so that no phrase rule can join two of them.
    let lines: String = characters.iter().flat_map(|character| [*character, '\n']).collect();
    let mut mapping: HashMap<char, char> = characters
        .iter()
        .zip(converter.convert(&lines).lines())
        .filter_map(|(from, line)| {
            let mut converted = line.chars();
            let to = converted.next().filter(|to| to != from && converted.next().is_none())?;
            Some((*from, to))
        })
        .collect();
    // A chain of rules must not make the result depend on which form was typed.
    let chains: Vec<(char, char)> =
        mapping.iter().filter_map(|(from, to)| mapping.get(to).map(|end| (*from, *end))).collect();
    mapping.extend(chains);
    mapping
});

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::NormalText;

    #[test]
    fn forms_that_mean_the_same_become_the_same() {
        for (left, right) in [
            ("儲存方案", "储存方案"),
            ("錄製與會議紀要", "录制与会议纪要"),
            ("ＡＢＣ１２３", "abc123"),
            ("Café", "cafe\u{301}"),
            ("ｶﾞｷﾞ", "ガギ"),
            ("\u{1100}\u{1161}", "가"),
            ("⼤家", "大家"),
            ("里", "裏"),
            ("STRASSE", "strasse"),
            ("㎏", "kg"),
        ] {
            assert_eq!(NormalText::new(left).as_str(), NormalText::new(right).as_str(), "{left} and {right}");
        }
    }

    #[test]
    fn the_context_of_a_character_does_not_matter() {
        // `OpenCC`'s phrase rules keep the first character of these as it is.
        for text in ["乾隆皇帝", "乾坤一擲", "著作權", "慰藉"] {
            let whole = NormalText::new(text);
            let parts: String =
                text.chars().map(|part| NormalText::new(&part.to_string()).as_str().to_owned()).collect();
            assert_eq!(whole.as_str(), parts);
        }
    }

    #[test]
    fn ranges_lead_back_to_the_original() {
        let original = "用㎏，Cafe\u{301}儲存";
        let normal = NormalText::new(original);
        assert_eq!(normal.as_str(), "用kg,café储存");
        for (piece, expected) in [("用", "用"), ("kg", "㎏"), ("k", "㎏"), ("é", "e\u{301}"), ("储存", "儲存")]
        {
            let start = normal.as_str().find(piece).unwrap();
            assert_eq!(original.get(normal.origin(&(start..start + piece.len()))), Some(expected));
        }
    }

    proptest! {
        #[test]
        fn any_text_normalises_once_and_maps_back(original in "\\PC{0,40}") {
            let normal = NormalText::new(&original);
            let again = NormalText::new(normal.as_str());
            let third = NormalText::new(again.as_str());
            prop_assert_eq!(again.as_str(), third.as_str());
            for (start, character) in normal.as_str().char_indices() {
                let origin = normal.origin(&(start..start + character.len_utf8()));
                prop_assert!(!origin.is_empty() && original.get(origin).is_some());
            }
        }
    }
}
