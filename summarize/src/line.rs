use std::sync::LazyLock;

use model::{Citation, CitedLine, ReviewState, Verification};
use regex::Regex;

use crate::cues::rule;

/// Makes a line of minutes that nobody has looked at yet; whoever calls has it checked.
pub(crate) fn proposed(text: String, citations: Vec<Citation>) -> CitedLine {
    CitedLine { text, citations, verification: Verification::Verified, review: ReviewState::Proposed }
}

/// Turns a sentence as it was said into one as it is written: without fillers at its start, without announcement, with
/// a capital letter.
pub(crate) fn clean(said: &str) -> String {
    static FILLER: LazyLock<Regex> = LazyLock::new(|| {
        rule(
            "(?i)^(?:(?:um+|uh+|er+m?|mm+|hm+|ah|oh|so|well|okay|ok|yeah|and|but|now|alright|all right|you know|i mean|right)(?:[,.… -]+|$)|(?:嗯+|呃+|啊|哦|额|哎|唉|好的?|对|那么?|然后|所以|就是说?|行)[，,、。… ]+|(?:嗯|呃)+|(?:action item|to-?do|待办事项|待办|行动项)[:：，, ]+)",
        )
    });
    let mut rest = said.trim();
    while let Some(found) = FILLER.find(rest) {
        match rest.get(found.end()..).filter(|shorter| shorter.chars().any(char::is_alphanumeric)) {
            Some(shorter) => rest = shorter.trim_start(),
            None => break,
        }
    }
    let text = rest.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut characters = text.chars();
    match characters.next() {
        Some(first) if first.is_lowercase() => first.to_uppercase().chain(characters).collect(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn fillers_go_and_words_stay() {
        assert_eq!(clean("um, so, yeah, we agreed  to wait."), "We agreed to wait.");
        assert_eq!(clean("嗯，那么，我们决定发布。"), "我们决定发布。");
        assert_eq!(clean("待办事项，王伟测试水印。"), "王伟测试水印。");
        assert_eq!(clean("Okay."), "Okay.");
        assert_eq!(clean("那个方案取消。"), "那个方案取消。");
        assert_eq!(clean("Software is ready."), "Software is ready.");
    }
}
