use std::sync::LazyLock;

use regex::{Match, Regex};

use crate::action_cue::{ActionCue, Owner, Strength};
use crate::cues::{DUE, NAME, names_in, rule};

/// Reads the commitment or request in a masked Chinese sentence.
pub(crate) fn read_chinese_action(masked: &str, is_question: bool) -> Option<ActionCue> {
    let rules = &*RULES;
    if let Some(prefix) = rules.announced.find(masked) {
        return Some(announced(masked.get(prefix.end()..)?));
    }
    let masked = &rules.harmless.replace_all(masked, "");
    if rules.tentative.is_match(masked) || rules.past.is_match(masked) {
        return None;
    }
    let mut cue = ActionCue::default();
    requests(masked, &mut cue);
    if !is_question && (cue.owners.is_empty() || cue.strength == Strength::Request) {
        let mut commitment = ActionCue::default();
        commitments(masked, &mut commitment);
        // What somebody promises outright counts more than a request that may be refused.
        if cue.owners.is_empty() || (!commitment.owners.is_empty() && commitment.strength == Strength::Commitment) {
            cue = commitment;
        }
    }
    (!cue.owners.is_empty()).then_some(cue)
}

fn requests(masked: &str, cue: &mut ActionCue) {
    let rules = &*RULES;
    for (pattern, strength) in [
        (&rules.named_request, Strength::NamedRequest),
        (&rules.addressed_request, Strength::NamedRequest),
        (&rules.told, Strength::NamedRequest),
        (&rules.request, Strength::Request),
        (&rules.told_somebody, Strength::Request),
    ] {
        if let Some(captures) = pattern.captures(masked)
            && let Some(found) = captures.get(0)
            && is_firm(masked, &found, captures.name("gap"))
        {
            let addressed = captures.name("who").or_else(|| rules.vocative.find(masked));
            let named = addressed.map(|who| subject_owners(who.as_str())).unwrap_or_default();
            let owners = if named.is_empty() { vec![Owner::Unnamed] } else { named };
            let complete = captures.name("object").is_some() || has_object(masked, &found);
            cue.add(owners, if complete { strength } else { Strength::Request });
            return;
        }
    }
}

fn commitments(masked: &str, cue: &mut ActionCue) {
    let rules = &*RULES;
    for (pattern, strength) in [
        (&rules.subject, Strength::Commitment),
        (&rules.takes_on, Strength::Commitment),
        (&rules.answers_for, Strength::Commitment),
        (&rules.errand, Strength::Commitment),
        (&rules.favour, Strength::Commitment),
        (&rules.fronted, Strength::Commitment),
        (&rules.moves, Strength::Commitment),
        (&rules.handed_over, Strength::Commitment),
        (&rules.subject_plan, Strength::NeedsDue),
        (&rules.brief, Strength::NeedsDue),
        (&rules.everybody, Strength::Commitment),
        (&rules.we, Strength::NeedsDue),
    ] {
        for captures in pattern.captures_iter(masked) {
            let Some(found) = captures.get(0).filter(|found| is_firm(masked, found, captures.name("gap"))) else {
                continue;
            };
            let owners = captures.name("who").map_or(vec![Owner::Unnamed], |who| subject_owners(who.as_str()));
            let complete = captures.name("object").is_some() || has_object(masked, &found);
            cue.add(owners, if complete { strength } else { Strength::NeedsDue });
        }
        if !cue.owners.is_empty() {
            return;
        }
    }
}

/// 待办事项 says itself what it is.
fn announced(rest: &str) -> ActionCue {
    let subject =
        RULES.first_names.find(rest).map(|found| subject_owners(found.as_str())).filter(|who| !who.is_empty());
    let owners = subject
        .or_else(|| names_in(rest).first().map(|person| vec![Owner::Person(*person)]))
        .or_else(|| rest.starts_with('我').then(|| vec![Owner::Speaker]).filter(|_| !rest.starts_with("我们")));
    ActionCue { owners: owners.unwrap_or_else(|| vec![Owner::Unnamed]), strength: Strength::Commitment }
}

fn subject_owners(subject: &str) -> Vec<Owner> {
    let mut owners: Vec<Owner> = names_in(subject).into_iter().map(Owner::Person).collect();
    if subject.replace("我们", "").contains('我') {
        owners.push(Owner::Speaker);
    }
    owners
}

/// Says whether something follows the verb, or was put before it with 把.
fn has_object(masked: &str, found: &Match<'_>) -> bool {
    let after = masked.get(found.end()..).unwrap_or_default();
    let after = after.split(['，', '。', ',', '.', '；', ';', '！', '？', '?']).next().unwrap_or_default();
    let after = RULES.particles.replace_all(after, "");
    after.chars().filter(|c| c.is_alphanumeric()).count() >= 2
        || found.as_str().contains(['把', '将', '对', '跟', '和', '与'])
}

/// Says whether nothing takes the cue back: a condition or wish before it, a negation inside, an aspect particle after.
fn is_firm(masked: &str, found: &Match<'_>, gap: Option<Match<'_>>) -> bool {
    let before = masked.get(..found.start()).unwrap_or_default();
    let clause = before.rsplit(['，', ',', '。', '；', ';']).next().unwrap_or_default();
    let after = masked.get(found.end()..).unwrap_or_default();
    let is_denied = RULES.taken_back.is_match(clause) || gap.is_some_and(|gap| RULES.negated.is_match(gap.as_str()));
    let is_aspect = after.starts_with(['了', '过', '着']);
    let is_attribute = after.starts_with('的') && !after.starts_with("的话");
    !is_denied && !is_aspect && !is_attribute
}

struct Rules {
    announced: Regex,
    first_names: Regex,
    harmless: Regex,
    tentative: Regex,
    past: Regex,
    named_request: Regex,
    addressed_request: Regex,
    request: Regex,
    subject: Regex,
    subject_plan: Regex,
    takes_on: Regex,
    answers_for: Regex,
    errand: Regex,
    favour: Regex,
    fronted: Regex,
    moves: Regex,
    handed_over: Regex,
    told: Regex,
    told_somebody: Regex,
    vocative: Regex,
    brief: Regex,
    everybody: Regex,
    we: Regex,
    particles: Regex,
    taken_back: Regex,
    negated: Regex,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let mut verbs: Vec<&str> = include_str!("../data/action_verbs_zh.txt").lines().collect();
    verbs.sort_by_key(|verb| std::cmp::Reverse(verb.len()));
    let verb = format!("(?:{})", verbs.join("|"));
    // Words of one character are verbs only together with a due date.
    let brief = "[写做发改查找交报定测修买签催问联传给弄搞寄还约盯补跟]";
    // A small job: 改一下, 写个说明, 再要一份.
    let job = "(?:[写做发改查找交报测修买签催问传弄搞寄还约盯补跟看要聊画列]|出|转|去|跑|讲|测试|整理|安排|更新|沟通|对接|联系|确认|落实|处理)(?:一下|下|个|一?趟|一份|一版|一个|份|版|到|给|出来|成|完|掉|好)";
    // When somebody who speaks of their own errands will run them.
    let later = format!("(?:会后|回头|回去|下来|抽空|待会儿?|稍后|晚点|散会(?:以?后)?|明天|后天|这就|马上|{DUE})");
    let gap = "(?P<gap>[^，。！？；,.!?;]{0,16}?)";
    let who = format!("(?P<who>(?:{NAME}|我)(?:(?:和|跟|与|、|以及)(?:{NAME}|我))*)");
    let title = "(?:这边|那边|同学|老师|经理|总监?|自己|本人|你|您)?[再也都先就还]*";
    let when = format!("(?:[在于]?{DUE})");
    let firmly = format!("(?:会|来|去|负责|将|一起|回头|稍后|马上|这就|尽快|{when})");
    let plans = "(?:要|得|需要|应该|应当|必须|可以|能|准备|打算|争取|计划)";
    Rules {
        announced: rule(
            "^(?:那么?|然后|好的?)?[，, ]?(?:待办(?:事项)?|行动项|行动计划|后续(?:工作|事项|行动)|任务)(?:是|有|：|:|，|,| )+",
        ),
        first_names: rule(&format!("^[^，。,.]{{0,4}}?{who}")),
        harmless: rule("没问题|没有问题|没关系|不好意思"),
        tentative: rule("如果|要是|的话|万一|假如|可能|也许|或许|是否|是不是|要不要|大概率|看情况|原则上|再说|不一定"),
        // What is said of the past; 了 at the end of a sentence alone may be a plan.
        past: rule("已经|昨天|前天|上周|上个?月|上次|去年|当时|曾经?|刚才|刚刚|之前我|以前|过去|正在|还在"),
        named_request: rule(&format!("(?:请|麻烦|辛苦|拜托|让|由|安排|要求){who}{title}{gap}{verb}")),
        addressed_request: rule(&format!(
            "{who}[，,]?(?:请|麻烦|辛苦|拜托|你能|你可以|能不能|可不可以|能否){gap}{verb}"
        )),
        request: rule(&format!(
            "(?:记得|别忘了|务必|请|麻烦|辛苦|拜托|你能|你可以|能不能|可不可以|能否)(?:大家|各位|各部门|你们?|您|帮忙?|帮我)?{gap}{verb}"
        )),
        subject: rule(&format!("{who}{title}{firmly}{gap}{verb}")),
        subject_plan: rule(&format!("{who}{title}{plans}{gap}{verb}")),
        takes_on: rule(&format!(
            "{who}{title}来(?:负责|跟进?|处理|落实|牵头|对接|安排|搞定|推进|做|写|弄|管|办|盯|协调|主持|收集|整理|联系)(?P<object>)"
        )),
        answers_for: rule(&format!(
            "(?P<who>{NAME}(?:(?:和|跟|、){NAME})*)(?:这边|老师|同学)?(?:来|就)?(?:负责|牵头|主持)(?P<object>)[^，。的了过是]{{1,12}}(?:[，。；]|$)"
        )),
        errand: rule(&format!(
            "(?P<who>我)(?:们团队|这边|自己)?(?:先|就|再|也)*{later}[^，。说想觉得]{{0,10}}?(?:{verb}|{job}|把[^，。]{{2,}}|帮[^，。]{{3,}})(?P<object>)"
        )),
        favour: rule(&format!(
            "(?P<who>我)(?:这边)?(?:来|会|去|先|帮(?:你|您|他|大家))(?:跟|给|把|帮)?(?:[^，。说想觉得]{{0,12}}?{job}|把[^，。]{{2,12}}了)(?P<object>)"
        )),
        fronted: rule(&format!(
            "[^，。那]{{2,6}}(?P<who>我)(?:来|去)(?:{verb}|[跟问写做办看])(?P<object>)(?:吧|了)?(?:[，。；]|$)"
        )),
        moves: rule(&format!(
            "(?P<who>{NAME}(?:(?:和|跟|、){NAME})*){title}(?:一起)?(?:去)?(?:{when})?(?:把[^，。]{{3,}}|[^，。说讲是]{{0,8}}?{job}|写一?[个份])(?P<object>)"
        )),
        handed_over: rule(&format!(
            "(?:交给|拜托给|归)(?P<who>{NAME}(?:(?:和|跟|、){NAME})*)(?P<object>)(?:[了来去负跟办吧，。]|$)"
        )),
        told: rule(&format!(
            "(?:请|让|麻烦|辛苦|拜托)?(?P<who>{NAME}(?:(?:和|跟|、){NAME})*)[，,]?(?:请|麻烦|辛苦)?(?:你|您)?(?:那边|这边)?(?:也|再|先|就|尽快|{when}|帮忙?|帮我)*(?:来|去|给[^，。]{{1,4}})?(?:把[^，。]{{3,}}|[^，。说是]{{0,10}}?{job})(?P<object>)"
        )),
        vocative: rule(&format!("[，,]{NAME}[。！!?？]*$")),
        told_somebody: rule(&format!(
            "(?:你|您|大家|各位|需要有人|得有人|找个人)(?:们)?(?:那边|这边|回去以后|回去|会后|都|再|先|帮我|帮忙|去)*(?:把[^，。]{{3,}}|[^，。说是的]{{0,6}}?(?:{job}|{verb}))(?P<object>)"
        )),
        brief: rule(&format!("{who}{title}(?:{firmly}|{plans}){gap}{brief}(?P<object>)")),
        everybody: rule(
            "(?:大家|各位(?:老师|同学)?|各部门)(?:回去|会后|散会)(?:以?后)?(?:都|再|先)*把[^，。]{2,12}(?P<object>)(?:发|交|报|填|写|提交|整理|准备|改)",
        ),
        we: rule(&format!(
            "(?:我们|咱们|大家|各位|团队|部门|小组|[部组]|中心|办公室)(?:这边|团队)?[再也都先就还]*(?:{firmly}|{plans}){gap}(?:{verb}|把[^，。]{{2,}})"
        )),
        particles: rule(&format!("[吧啊呀哦呢吗嘛的了好一下{DUE}]")),
        taken_back: rule("不|没|未|别|无法|觉得|认为|希望|想|说|听|以为|除非|只有|只要|即使|为什么|怎么"),
        negated: rule("不|没|未|别|无法|觉得|认为|说|想|看到|知道|我们|你们|他们|是"),
    }
});
