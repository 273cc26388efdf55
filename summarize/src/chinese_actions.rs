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
    if !is_question && cue.owners.is_empty() {
        commitments(masked, &mut cue);
    }
    (!cue.owners.is_empty()).then_some(cue)
}

fn requests(masked: &str, cue: &mut ActionCue) {
    let rules = &*RULES;
    for (pattern, strength) in [
        (&rules.named_request, Strength::NamedRequest),
        (&rules.addressed_request, Strength::NamedRequest),
        (&rules.request, Strength::Request),
    ] {
        if let Some(captures) = pattern.captures(masked)
            && let Some(found) = captures.get(0)
            && is_firm(masked, &found, captures.name("gap"))
        {
            let named = captures.name("who").map(|who| subject_owners(who.as_str())).unwrap_or_default();
            let owners = if named.is_empty() { vec![Owner::Unnamed] } else { named };
            cue.add(owners, if has_object(masked, &found) { strength } else { Strength::Request });
            return;
        }
    }
}

fn commitments(masked: &str, cue: &mut ActionCue) {
    let rules = &*RULES;
    for (pattern, strength) in [
        (&rules.subject, Strength::Commitment),
        (&rules.takes_on, Strength::Commitment),
        (&rules.subject_plan, Strength::NeedsDue),
        (&rules.brief, Strength::NeedsDue),
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
    brief: Regex,
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
    let brief = "[写做发改查找交报定测修买签催问联传给弄搞]";
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
        past: rule("已经|昨天|前天|上周|上个?月|上次|去年|当时|曾经?|刚才|刚刚|之前我|以前|过去|正在|还在"),
        named_request: rule(&format!("(?:请|麻烦|辛苦|拜托|让|由|安排|要求){who}{title}{gap}{verb}")),
        addressed_request: rule(&format!(
            "{who}[，,]?(?:请|麻烦|辛苦|拜托|你能|你可以|能不能|可不可以|能否){gap}{verb}"
        )),
        request: rule(&format!(
            "(?:请|麻烦|辛苦|拜托|你能|你可以|能不能|可不可以|能否)(?:大家|各位|各部门|你们?|您|帮忙?|帮我)?{gap}{verb}"
        )),
        subject: rule(&format!("{who}{title}{firmly}{gap}{verb}")),
        subject_plan: rule(&format!("{who}{title}{plans}{gap}{verb}")),
        takes_on: rule(&format!("{who}{title}来(?:负责|跟进|处理|落实|牵头|对接|安排|搞定|推进)(?P<object>)")),
        brief: rule(&format!("{who}{title}(?:{firmly}|{plans}){gap}{brief}(?P<object>)")),
        we: rule(&format!(
            "(?:我们|咱们|大家|各位|团队|部门|小组|[部组]|中心|办公室)(?:这边|团队)?[再也都先就还]*(?:{firmly}|{plans}){gap}{verb}"
        )),
        particles: rule(&format!("[吧啊呀哦呢吗嘛的了好一下{DUE}]")),
        taken_back: rule("不|没|未|别|无法|觉得|认为|希望|想|说|听|以为|除非|只有|只要|即使|为什么|怎么"),
        negated: rule("不|没|未|别|无法|觉得|认为|说|想|看到|知道|我们|你们|他们|是"),
    }
});
