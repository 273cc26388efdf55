use std::sync::LazyLock;

use regex::Regex;

use crate::cues::rule;

/// What an answer to a request or question comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply {
    /// Yes.
    Accepts,
    /// "I will": yes, and by me.
    Volunteers,
    /// No.
    Refuses,
    /// It stays open: "I don't know", "later".
    Defers,
}

/// Reads the answer that a masked sentence gives; none when it is no plain answer.
pub(crate) fn read_reply(masked: &str) -> Option<Reply> {
    static RULES: LazyLock<[(Regex, Reply); 4]> = LazyLock::new(|| {
        [
            (
                rule(
                    "(?:i|we) (?:don't|do not) (?:really )?know|not sure|no idea|(?:have|need) to (?:check|think|see|find out|look)|let(?:'s| me| us) (?:check|think|see|find out|come back)|(?:come|get) back to|we'll see|hard to say|good question|不知道|不清楚|不确定|不太清楚|说不好|再看|再说|再讨论|回头(?:再|看)|还没(?:想|定|确定)|到时候|要问|问一下|查一下",
                ),
                Reply::Defers,
            ),
            (
                rule(
                    "^(?:no\\b|nope|sorry|i can't|i cannot|i'm afraid|i am afraid|i won't|not (?:me|now|today)|unfortunately|不行|不能|不可以|没时间|抱歉|不好意思|恐怕|我不|我没|做不了|来不及)",
                ),
                Reply::Refuses,
            ),
            (
                rule(
                    "^(?:(?:yes|yeah|ok|okay|sure|well)[,. ]+)?(?:i (?:will|can|could|shall)(?: do (?:it|that|this))?|i'll (?:do|take) (?:it|that|this)|i'd be happy to|me|leave it (?:to|with) me|i(?:'ll| will| can) (?:look (?:at|into) (?:it|that)|take care of (?:it|that)|handle (?:it|that)|ask (?:him|her|them)|check))[ .!]*$|^(?:好的?[，,。 ]*)?(?:这个)?(?:我来|我负责|交给我|我可以|我去|我)(?:吧|做|弄|搞定|处理|负责|联系|跟进|安排|问|写|整理|看)*(?:一下)?(?:吧)?[。.！! ]*$",
                ),
                Reply::Volunteers,
            ),
            (
                rule(
                    "^(?:yes|yeah|yep|yup|ok|okay|sure|of course|will do|no problem|absolutely|certainly|definitely|got it|i will|i can|i'll|all ?right|alright|fine|right|happy to|with pleasure|understood|noted|agreed|sounds good|that sounds good)\\b|^(?:好|行[，,。！ ]|行$|可以|没问题|没有问题|收到|明白|了解|我来|我会|当然|是的|对[，,。]|嗯[，,。]|ok)",
                ),
                Reply::Accepts,
            ),
        ]
    });
    let masked = masked.trim_start_matches(|c: char| !c.is_alphanumeric());
    RULES.iter().find(|(pattern, _)| pattern.is_match(masked)).map(|(_, reply)| *reply)
}

#[cfg(test)]
mod tests {
    use super::{Reply, read_reply};

    fn check(text: &str, expected: Option<Reply>) {
        assert_eq!(read_reply(&crate::folding::fold(text)), expected, "{text}");
    }

    #[test]
    fn answers_are_understood_in_both_languages() {
        check("Sure, by Friday.", Some(Reply::Accepts));
        check("好的，谢谢。", Some(Reply::Accepts));
        check("没问题", Some(Reply::Accepts));
        check("I will.", Some(Reply::Volunteers));
        check("我来吧。", Some(Reply::Volunteers));
        check("Sorry, I am on holiday.", Some(Reply::Refuses));
        check("不行，我没时间。", Some(Reply::Refuses));
        check("I don't know yet.", Some(Reply::Defers));
        check("还没确定，再看吧。", Some(Reply::Defers));
        check("The quota is full.", None);
    }
}
