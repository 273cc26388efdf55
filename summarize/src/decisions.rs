use std::sync::LazyLock;

use model::CitedLine;
use regex::Regex;

use crate::cues::{DUE, NAME, rule};
use crate::discussion::Discussion;
use crate::line::{clean, proposed};
use crate::replies::{Reply, read_reply};
use crate::sentence::Sentence;

/// "That's decided" settles what was said at most this long before.
const SETTLES_WITHIN_MS: u64 = 20_000;
const REPLIES_MAX: usize = 3;

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
    if let Some(assent) = assent(discussion, position, sentence) {
        return Some(proposed(clean(&sentence.text), vec![discussion.cite(sentence)?, discussion.cite(assent)?]));
    }
    if sentence.is_question || !RULES.settles.is_match(&sentence.masked) {
        return None;
    }
    let settled = discussion.range(position.saturating_sub(2)..position).iter().rev().find(|earlier| {
        !earlier.is_question && earlier.terms().count() >= 2 && sentence.start_ms - earlier.end_ms <= SETTLES_WITHIN_MS
    })?;
    Some(proposed(clean(&settled.text), vec![discussion.cite(settled)?, discussion.cite(sentence)?]))
}

/// Returns the answer that makes a decision of "let's make it yellow, everybody agreed?".
fn assent<'a>(discussion: &'a Discussion<'_>, position: usize, sentence: &Sentence) -> Option<&'a Sentence> {
    if !sentence.is_question || !RULES.proposes.is_match(&sentence.masked) {
        return None;
    }
    let mut replies = discussion.replies(position, SETTLES_WITHIN_MS).take(REPLIES_MAX).map(|(_, reply)| reply);
    let first = replies.find_map(|reply| Some((reply, read_reply(&reply.masked)?)))?;
    matches!(first.1, Reply::Accepts | Reply::Volunteers).then_some(first.0)
}

fn states_decision(masked: &str) -> bool {
    let rules = &*RULES;
    [(&rules.english, &rules.english_open), (&rules.chinese, &rules.chinese_open)].iter().any(|(cue, open)| {
        cue.find(masked).is_some_and(|found| {
            let before = masked.get(..found.start()).unwrap_or_default();
            let clause = before.rsplit(['，', ',', '。', ';', '；']).next().unwrap_or_default();
            let clause = clause.rsplit_once(" because ").map_or(clause, |(_, reason)| reason);
            let after = masked.get(found.end()..).unwrap_or_default();
            // In "if we agree" and "we have not decided" the words before the cue take it back; what comes after it is the
            // decision itself and may say "not".
            let told = after.chars().filter(|c| c.is_alphanumeric() || *c == DUE).count() >= 3
                || rules.complete.is_match(found.as_str());
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
    complete: Regex,
    announces: Regex,
    void_after: Regex,
    void: Regex,
    settles: Regex,
    proposes: Regex,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let group = format!(
        "(?:\\b(?:we(?:'ve| have)?|(?:the )?(?:team|committee|board|group)(?: has| have)?|everyone(?: has)?|everybody(?: has)?|all of us(?: have)?)|{NAME} and i(?: have)?)"
    );
    Rules {
        english: rule(&format!(
            "{group}(?: (?:all|both|just|also|finally|now|hereby|unanimously|then|more or less|basically))* (?:decided|agreed|approved|resolved|settled on|concluded|chose|opted for|opted to|voted to|ruled out|came to the conclusion|(?:are|'re) (?:all )?agreed)(?: (?:to|on|that|upon|not to|against)\\b)?|\
             \\b(?:everyone|everybody|all of us|the (?:team|board|committee)) (?:agrees?|approves?|resolves?) (?:to|on|that)\\b|\
             \\bi think we(?:'re| are) (?:all )?agreed (?:on|that|to)\\b|\\bwe(?:'ve| have) made up our minds\\b|\
             \\b(?:it|that) (?:is|was|has been) (?:hereby |now )?(?:decided|agreed|resolved) (?:to|that)|\\bit(?:'s| is) settled\\b|\
             \\b(?:the|our|my) (?:final )?(?:decision|conclusion) is\\b|\\bthe final [a-z]+ is\\b|^decision[: ]|\
             \\b(?:we'll|we will|we're going to|we are going to|let's) (?:provisionally |then |just )?(?:go (?:with|for|ahead with)|stick (?:with|to)|opt for|settle (?:on|for))\\b|\
             \\bwe(?:'re| are) (?:(?:going|gonna go) with|not (?:going to|gonna)|(?:not )?(?:keeping|dropping|leaving out|using|skipping|cancelling|canceling|postponing|moving)) |\\bfrom now on\\b|\\bis off the table\\b|^(?:[^,]+, )?the plan is to |\
             \\blet's (?:drop|use|skip|make it|leave out)\\b|\
             ^(?:(?:so|then|okay|ok|fine|right|no|well|and|good|yeah|yes)[, ]+)*(?:we'll|we will|we won't|we) (?:not )?(?:drop|skip|cancel|postpone|abandon|leave out|remove|not use|use|freeze)\\b|\
             \\bwe ruled (?:it|that|this|them) out\\b|\
             ^(?:(?:i think|so|then|okay|ok)[, ]+)*so,? we will\\b|\\b(?:motion|amendment|bill|proposal|resolution|report) (?:is |has been |was )?(?:carried|agreed to|adopted|passed|approved)|\
             \\b(?:so|good|okay|ok|right|fine|then),? (?:[a-z-]+ ){{1,3}}it is(?:[.! ]|$)"
        )),
        english_open: rule(
            "\\b(?:if|unless|until|once|when|whenever|after|before|whether|what|like|why|how|thought|remember|that|which|maybe|perhaps|suppose|not sure|don't|didn't|haven't|hasn't|never|not|nobody|should|could|would|can|might|hope|wish|say|said)\\b",
        ),
        chinese: rule(&format!(
            "(?:我们|咱们|大家|会议|团队|委员会|一致|董事会|评审组?|{NAME}和我)(?:几家|这边|都|也|今天|最后|最终|一致|现在|就|会上|共同|讨论后|经过讨论)*(?:决定|敲定|议定|商定|确定(?:了|下来|为|好)|(?:表决|投票|一致)?通过了|批准|同意|定下来|一致认为|达成(?:了)?(?:一致|共识)|定了[，,])|\
             (?:^|[，,。 ])(?:那么?|所以|因此|最后|最终|现在|(?:经过?)?(?:讨论|商量|研究)(?:后|之后|下来)?[，,]?)+(?:我们|咱们|大家|还是|就)*(?:决定|确定(?:了|下来|为|由)?|定(?:了|下来)|选(?:了|的是|定)|用(?:的是)?)|\
             (?:^|[，,。 ])(?:决定|决议|结论)(?:是|为|：|:)|(?:商量|讨论|表决)(?:的|下来的?|出来的)?结果(?:是|就是)|\
             (?:会议|大会|议案|方案|预算|提案|决议|董事会)(?:就|已|一致|正式)?(?:通过|批准|否决)|\
             (?:统一|一律)(?:保留|采用|使用|由|改|按|执行|采购|不)|(?:最终|最后)[^，,。]{{0,8}}(?:放到|放在|采用|保留|选用)|\
             (?:就|先|功能|条款?|项目|部分|环节|活动)(?:暂停|暂缓|搁置|取消|作废|砍掉|删掉|去掉|保留|延后|往后放)|\
             ^(?:那|行|好)[^，,。]{{0,10}}就[^，,。是说像会能要想可有在得好看知感变去来让把对请我你他她它不]{{2,3}}[^，,。的]{{0,8}}(?:了|吧)?[。！]*$|\
             敲定(?:了|下来)|拍板了?|全票(?:通过)?|一致同意|(?:表决|投票)通过|最终选|确定由|就?定在|就定|定(?:为|成)|\
             (?:^|[，,。 ])(?:(?:行|好的?|ok|可以|同意)[，, ]*)?(?:那么?|那我们|那咱们|咱们|所以)?(?:就|先|就先)(?:用|选|按|取消|改用|走|维持|保留|延期|推迟|暂停|砍掉)|那结论就?是|\
             (?:^|[，,。 ])[^，,。]{{0,8}}(?:就|先)不[^，,。会能方便知道用好太是够]{{1,2}}[^，,。]{{0,8}}了|(?:^|[，,。 ])那就不|\
             从[^，,。]{{1,8}}起[，,]?[^，,。]{{0,12}}(?:不再|一律|统一|改为)|以后[^，,。]{{0,12}}(?:都要先|一律|统一由|不再)|\
             就(?:这么|这样)(?:定|办)|就按"
        )),
        chinese_open: rule(
            "如果|要是|假如|没|不|尚|未|要不要|是否|是不是|能不能|需要|等|再|可以|应该|可能|由|谁|怎么|为什么|希望|想|觉得|建议|之前|当|的时候|说|问",
        ),
        complete: rule(
            "全票|拍板|通过|批准|否决|暂停|暂缓|搁置|取消|作废|砍掉|删掉|去掉|保留|延后|往后放|^(?:那|行|好)|it is(?:[.! ]|$)|motion|amendment|adopted|carried|passed|定了|敲定|了$|settled|made up our minds|ruled",
        ),
        announces: rule("^ (?:talk|discuss|see|be|have|start|look|continue|hear|need|come|meet)\\b"),
        void_after: rule(
            "^解|^[, ]*'?(?:cause|because)\\b|^了(?:我|他|她|它|你)|^权|^[^，。]{0,8}的(?:看法|观点|意见|说法|想法)|^ with\\b|^(?:因素|权|性|于|不了|过|吗|没有|要不要|是否|的(?:时候|话|是)|怎么|谁|什么)|^[^，。]{0,10}(?:吗|呢)[？?。]?$|^ (?:whether|if|how|what|who|when)\\b",
        ),
        void: rule(
            "^(?:if|when|once|unless)\\b|如果|要是|假如|万一|\\b(?:last (?:week|month|year|time|meeting|quarter)|yesterday|previously|back then|originally|years? ago|months? ago|weeks? ago|used to)\\b|昨天|前天|上周|上个?月|上次|去年|当时|曾经|原来(?:[^的]|$)|以前|过去",
        ),
        proposes: rule(
            "^(?:(?:so|then|okay|ok)[, ]+)*(?:let's|we'll|we will|we|the plan is|i propose|i suggest) .*\\b(?:agreed|(?:ok|okay|happy|fine|good) with (?:that|this|it)|any objections|all right|everyone agree)\\b[^,]*\\?$|^[^，]{4,}，[^。]*(?:同意吗|没意见吧|没问题吧|好不好|行不行|可以吧|没有异议吧)[？?]?$",
        ),
        settles: rule(
            "^(?:ok|okay|good|great|right|so|then|alright|all right|yes|[, .])*(?:that's|that is|it's|it is|then it's) (?:decided|settled|agreed|a deal|the decision)[. !]*$|^[^，。]{0,4}[，,]?(?:那)?就(?:这么|这样)(?:定|办|说定)(?:了|吧)*[。.！! ]*$|^(?:好[，,]?)?(?:那)?定(?:了|下来了)[。.！! ]*$",
        ),
    }
});
