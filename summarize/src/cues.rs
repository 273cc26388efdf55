use std::sync::LazyLock;

use regex::Regex;

/// Opens the place of a person in the roster, where a name stood in a masked sentence.
pub(crate) const NAME_START: char = '\u{e000}';
/// Closes it.
pub(crate) const NAME_END: char = '\u{e001}';
/// Stands where a due date stood in a masked sentence.
pub(crate) const DUE: char = '\u{e002}';

/// A name, as a pattern.
pub(crate) const NAME: &str = "\u{e000}[0-9]+\u{e001}";

/// Compiles a cue rule.
pub(crate) fn rule(pattern: &str) -> Regex {
    Regex::new(pattern).expect("cue rules are constants, and every one is compiled by the tests")
}

/// Returns the people named in a stretch of a masked sentence, by place in the roster.
pub(crate) fn names_in(masked: &str) -> Vec<usize> {
    let places = masked.split(NAME_START).skip(1);
    places.filter_map(|rest| rest.split(NAME_END).next()?.parse().ok()).collect()
}

/// Says whether a sentence asks something. Speech recognition forgets question marks, so the words count too.
pub(crate) fn is_question(text: &str, masked: &str) -> bool {
    static INVERTED: LazyLock<Regex> = LazyLock::new(|| {
        rule(&format!(
            "^(?:(?:so|and|but|well|ok|okay|then|now)[, ]+)*(?:(?:do|does|did|is|are|was|were|can|could|should|would|shall|will|has|have) \
             (?:we|you|i|they|he|she|it|the|this|that|there|everyone|anyone|somebody|{NAME})\\b|(?:who|whose|why|how) )"
        ))
    });
    static ASKING: LazyLock<Regex> = LazyLock::new(|| {
        rule("什么时候|为什么|怎么(?:办|样|看)|谁来|谁去|谁负责|多少|是不是|能不能|要不要|有没有|可不可以|呢$")
    });
    let end = text.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\u{201d}' | '」' | '』' | ')'));
    if end.ends_with(['?', '？']) {
        return true;
    }
    let ended = end.ends_with(['.', '。', '!', '！', ';', '；']);
    let words = masked.trim_end_matches(['.', '。', '!', '！', ';', '；', ',', '，', ' ']);
    words.ends_with(['吗', '么']) && !words.ends_with("什么") && !words.ends_with("那么")
        || INVERTED.is_match(words)
        || !ended && ASKING.is_match(words)
}

#[cfg(test)]
mod tests {
    use super::is_question;

    #[test]
    fn questions_are_heard_without_their_mark() {
        for text in
            ["How much do we need?", "should we increase it", "谁来修复", "大家有问题吗。", "发布计划什么时候完成"]
        {
            assert!(is_question(text, &crate::folding::fold(text)), "{text}");
        }
        for text in ["What we need is time.", "When Bob comes, we start.", "好的。", "没什么。", "I will do it"]
        {
            assert!(!is_question(text, &crate::folding::fold(text)), "{text}");
        }
    }
}
