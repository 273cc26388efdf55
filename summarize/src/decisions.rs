use std::sync::LazyLock;

use model::CitedLine;
use regex::Regex;

use crate::cues::{DUE, NAME, rule};
use crate::discussion::Discussion;
use crate::line::{clean, proposed};
use crate::sentence::Sentence;

/// "That's decided" settles what was said at most this long before.
const SETTLES_WITHIN_MS: u64 = 20_000;

/// Finds what was decided, in the order it was said.
pub(crate) fn find_decisions(discussion: &Discussion<'_>) -> Vec<CitedLine> {
    let mut decisions: Vec<CitedLine> = Vec::new();
    for (position, sentence) in discussion.sentences.iter().enumerate() {
        let Some(line) = decision(discussion, position, sentence) else { continue };
        match decisions.iter_mut().find(|known| known.text.eq_ignore_ascii_case(&line.text)) {
            Some(known) => known.citations.extend(line.citations),
            None => decisions.push(line),
        }
    }
    decisions
}

/// Says whether the sentence states a decision.
pub(crate) fn is_decision(sentence: &Sentence) -> bool {
    !sentence.is_question && states_decision(&sentence.masked)
}

fn decision(discussion: &Discussion<'_>, position: usize, sentence: &Sentence) -> Option<CitedLine> {
    if is_decision(sentence) {
        return Some(proposed(clean(&sentence.text), vec![discussion.cite(sentence)?]));
    }
    if sentence.is_question || !RULES.settles.is_match(&sentence.masked) {
        return None;
    }
    let settled = discussion.range(position.saturating_sub(2)..position).iter().rev().find(|earlier| {
        !earlier.is_question && earlier.terms().count() >= 2 && sentence.start_ms - earlier.end_ms <= SETTLES_WITHIN_MS
    })?;
    Some(proposed(clean(&settled.text), vec![discussion.cite(settled)?, discussion.cite(sentence)?]))
}

fn states_decision(masked: &str) -> bool {
    let rules = &*RULES;
    [(&rules.english, &rules.english_open), (&rules.chinese, &rules.chinese_open)].iter().any(|(cue, open)| {
        cue.find(masked).is_some_and(|found| {
            let before = masked.get(..found.start()).unwrap_or_default();
            let clause = before.rsplit(['，', ',', '。', ';', '；']).next().unwrap_or_default();
            let after = masked.get(found.end()..).unwrap_or_default();
            // In "if we agree" and "we have not decided" the words before the cue take it back; what comes after it is the
            // decision itself and may say "not".
            let told = after.chars().filter(|c| c.is_alphanumeric() || *c == DUE).count() >= 3;
            // "So we will start with" announces what comes next; "we agreed to start with" decides it.
            let announces = found.as_str().ends_with("will") && rules.announces.is_match(after);
            let voided = rules.void_after.is_match(after) || rules.void.is_match(masked);
            told && !announces && !open.is_match(clause) && !voided
        })
    })
}

struct Rules {
    english: Regex,
    english_open: Regex,
    chinese: Regex,
    chinese_open: Regex,
    announces: Regex,
    void_after: Regex,
    void: Regex,
    settles: Regex,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let group = format!(
        "(?:\\b(?:we(?:'ve| have)?|(?:the )?(?:team|committee|board|group)(?: has| have)?|everyone(?: has)?|everybody(?: has)?|all of us(?: have)?)|{NAME} and i(?: have)?)"
    );
    Rules {
        english: rule(&format!(
            "{group}(?: (?:all|both|just|also|finally|now|hereby|unanimously|then))* (?:decided|agreed|approved|resolved|settled on|concluded)(?: (?:to|on|that|upon|not to)\\b)?|\
             \\b(?:everyone|everybody|all of us|the (?:team|board|committee)) (?:agrees?|approves?) (?:to|on|that)\\b|\
             \\bit (?:is|was|has been) (?:hereby |now )?(?:decided|agreed|resolved) (?:to|that)|\
             \\b(?:the|our|my) (?:final )?(?:decision|conclusion) is\\b|^decision[: ]|\
             \\b(?:we'll|we will|we're going to|we are going to|let's) go (?:with|ahead with)\\b|\
             ^so,? we will\\b|\\bmotion (?:is |has been )?(?:carried|agreed to|adopted|passed)"
        )),
        english_open: rule(
            "\\b(?:if|unless|until|once|when|whenever|after|before|whether|what|as|like|why|how|thought|remember|that|which|maybe|perhaps|suppose|not sure|don't|didn't|haven't|hasn't|never|not|nobody|should|could|would|can|might|hope|wish|say|said)\\b",
        ),
        chinese: rule(&format!(
            "(?:我们|咱们|大家|会议|团队|委员会|一致|{NAME}和我)(?:都|也|今天|最后|最终|一致|现在|就|会上|共同|讨论后|经过讨论)*(?:决定|敲定|议定|商定|确定(?:了|下来|为|好)|(?:表决|投票|一致)?通过了|批准|同意|定下来|一致认为)|\
             (?:^|[，,。 ])(?:那么?|所以|因此|最后|最终|现在)?(?:决定(?:是|为|：|:)?|(?:结论|决议)(?:是|为|：|:))|\
             就(?:这么|这样)(?:定|办)|就按"
        )),
        chinese_open: rule(
            "如果|要是|假如|没|不|尚|未|要不要|是否|是不是|能不能|需要|等|再|可以|应该|可能|由|谁|怎么|为什么|希望|想|觉得|建议|之前|当|的时候|说|问",
        ),
        announces: rule("^ (?:talk|discuss|see|be|have|start|look|continue|hear|need|come|meet)\\b"),
        void_after: rule(
            "^解|^[^，。]{0,8}的(?:看法|观点|意见|说法|想法)|^ with\\b|^(?:因素|权|性|于|不了|过|吗|没有|要不要|是否|的(?:时候|话|是)|怎么|谁|什么)|^[^，。]{0,10}(?:吗|呢)[？?。]?$|^ (?:whether|if|how|what|who|when)\\b",
        ),
        void: rule(
            "^(?:if|when|once|unless)\\b|如果|要是|假如|万一|\\b(?:last (?:week|month|year|time|meeting|quarter)|yesterday|previously|back then|originally|years? ago|months? ago|weeks? ago|used to)\\b|昨天|前天|上周|上个?月|上次|去年|当时|曾经|原来|以前|过去",
        ),
        settles: rule(
            "^(?:ok|okay|good|great|right|so|then|alright|all right|yes|[, .])*(?:that's|that is|it's|it is|then it's) (?:decided|settled|agreed|a deal|the decision)[. !]*$|^[^，。]{0,4}[，,]?(?:那)?就(?:这么|这样)(?:定|办|说定)(?:了|吧)*[。.！! ]*$|^(?:好[，,]?)?(?:那)?定(?:了|下来了)[。.！! ]*$",
        ),
    }
});
