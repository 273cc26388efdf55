use std::sync::LazyLock;

use regex::{Match, Regex};

use crate::action_cue::{ActionCue, Owner, Strength};
use crate::cues::{DUE, NAME, names_in, rule};
use crate::tokens::is_stop_word;

/// Reads the commitment or request in a masked English sentence.
pub(crate) fn read_english_action(masked: &str, is_question: bool) -> Option<ActionCue> {
    let rules = &*RULES;
    if let Some(prefix) = rules.announced.find(masked) {
        return Some(announced(masked.get(prefix.end()..)?));
    }
    if rules.tentative.is_match(masked) || rules.in_meeting.is_match(masked) {
        return None;
    }
    let mut cue = ActionCue::default();
    let request = rules.named_request.find(masked).or_else(|| rules.request.find(masked));
    let by_vocative = || rules.told.find(masked).filter(|_| rules.vocative.is_match(masked));
    let request = request.or_else(by_vocative);
    if let Some(found) = request.filter(|found| is_firm_before(masked, found)) {
        cue.request(masked, found, object(masked, &found));
    }
    if !is_question && cue.owners.is_empty() {
        commitments(masked, &mut cue);
    }
    (!cue.owners.is_empty()).then_some(cue)
}

impl ActionCue {
    fn request(&mut self, masked: &str, found: Match<'_>, object: Object) {
        // The person addressed stands before the request or at the very end.
        let before = masked.get(..found.end()).unwrap_or_default();
        let addressed = names_in(before).pop().or_else(|| names_in(RULES.vocative.find(masked)?.as_str()).pop());
        if object != Object::None {
            self.owners.push(addressed.map_or(Owner::Unnamed, Owner::Person));
            self.strength = match (addressed, object) {
                (Some(_), Object::Full) => Strength::NamedRequest,
                _ => Strength::Request,
            };
        }
    }
}

fn commitments(masked: &str, cue: &mut ActionCue) {
    let rules = &*RULES;
    for (pattern, firm) in [
        (&rules.own, true),
        (&rules.own_errand, true),
        (&rules.own_plan, false),
        (&rules.named, true),
        (&rules.listed, true),
        (&rules.named_plan, false),
        (&rules.by_then, false),
    ] {
        for captures in pattern.captures_iter(masked) {
            let Some(found) = captures.get(0).filter(|found| is_firm_before(masked, found)) else { continue };
            let object = if captures.name("object").is_some() { Object::Full } else { object(masked, &found) };
            if object == Object::None {
                continue;
            }
            let strength = if firm && object == Object::Full { Strength::Commitment } else { Strength::NeedsDue };
            let subject = captures.name("who").map_or("i", |who| who.as_str());
            cue.add(subject_owners(subject), strength);
        }
    }
    for (pattern, strength) in [(&rules.assigned, Strength::Commitment), (&rules.responsible, Strength::NeedsDue)] {
        for captures in pattern.captures_iter(masked) {
            if let (Some(who), Some(found)) = (captures.name("who"), captures.get(0))
                && is_firm_before(masked, &found)
            {
                cue.add(subject_owners(who.as_str()), strength);
            }
        }
    }
    let errand = rules.group_errand.find(masked).or_else(|| rules.homework.find(masked));
    if cue.owners.is_empty()
        && let Some(found) = errand
        && is_firm_before(masked, &found)
    {
        cue.add(vec![Owner::Unnamed], Strength::Commitment);
    }
    if cue.owners.is_empty()
        && let Some(captures) = rules.somebody_else.captures(masked)
        && let Some(found) = captures.get(0)
        && is_firm_before(masked, &found)
        && object(masked, &found) != Object::None
        && !captures.name("other").is_some_and(|other| is_stop_word(other.as_str()))
    {
        cue.add(vec![Owner::Unnamed], Strength::NeedsDue);
    }
}

/// "Action item: …" says itself what it is.
fn announced(rest: &str) -> ActionCue {
    let subject = RULES.named.captures(rest).or_else(|| RULES.named_plan.captures(rest));
    let owners = match subject.as_ref().and_then(|captures| captures.name("who")) {
        Some(who) => subject_owners(who.as_str()),
        None if rest.trim_start().starts_with("i ") || rest.trim_start().starts_with("i'") => vec![Owner::Speaker],
        None => names_in(rest).first().map_or(vec![Owner::Unnamed], |person| vec![Owner::Person(*person)]),
    };
    ActionCue { owners, strength: Strength::Commitment }
}

fn subject_owners(subject: &str) -> Vec<Owner> {
    let mut owners: Vec<Owner> = names_in(subject).into_iter().map(Owner::Person).collect();
    if subject.split(|c: char| !c.is_alphanumeric()).any(|word| word == "i") {
        owners.push(Owner::Speaker);
    }
    owners
}

/// What is to be done, going by the words after the verb.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Object {
    None,
    /// Only "it" or "that".
    Vague,
    Full,
}

fn object(masked: &str, found: &Match<'_>) -> Object {
    const EMPTY: &[&str] = &[
        "again", "too", "then", "now", "later", "soon", "also", "there", "here", "please", "the", "a", "and", "for",
        "you", "right", "away", "asap", "with", "on", "in", "up", "me", "us",
    ];
    const VAGUE: &[&str] =
        &["it", "that", "this", "them", "those", "these", "one", "so", "something", "things", "stuff"];
    // "Let you know" and "get it to you" say whom it is for, and that is enough.
    if [" you", " him", " her", " them", " everybody", " us", " know", " minutes", " notes"]
        .iter()
        .any(|end| found.as_str().ends_with(end))
    {
        return Object::Full;
    }
    let rest = masked.get(found.end()..).unwrap_or_default();
    let rest = RULES.vocative.replace(rest, "");
    let words = rest.split(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | '?' | '!' | ';' | DUE));
    let words: Vec<&str> = words.filter(|word| !word.is_empty() && !EMPTY.contains(word)).collect();
    match words.iter().all(|word| VAGUE.contains(word)) {
        _ if words.is_empty() => Object::None,
        true => Object::Vague,
        false => Object::Full,
    }
}

/// Says whether nothing before the cue takes it back: a condition, a doubt, somebody's wish.
fn is_firm_before(masked: &str, found: &Match<'_>) -> bool {
    !masked.get(..found.start()).is_some_and(|before| RULES.taken_back.is_match(before))
}

struct Rules {
    announced: Regex,
    own: Regex,
    own_plan: Regex,
    named: Regex,
    named_plan: Regex,
    by_then: Regex,
    listed: Regex,
    own_errand: Regex,
    group_errand: Regex,
    told: Regex,
    named_request: Regex,
    request: Regex,
    vocative: Regex,
    assigned: Regex,
    homework: Regex,
    responsible: Regex,
    somebody_else: Regex,
    tentative: Regex,
    taken_back: Regex,
    in_meeting: Regex,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let verbs: Vec<String> = include_str!("../data/action_verbs_en.txt").lines().map(regex::escape).collect();
    // Longer verbs first, so that "check" does not hide "check in".
    let mut verbs = verbs;
    verbs.sort_by_key(|verb| std::cmp::Reverse(verb.len()));
    // What people promise with words of every day.
    let phrases = "circle back|have a (?:word|chat|look at)|let (?:you|him|her|them|everybody|everyone) know|take (?:minutes|notes)|put together|take (?:this|that|it) (?:offline|away)|get (?:\\S+ ){1,4}(?:to|from) (?:you|him|her|them|everybody|me|us|\u{e000})|rerun|re-run|retrain|double check|dig into|try (?:\\S+ ){0,2}(?:out|training|running|using)";
    let verb = format!("(?:(?:{phrases}|{})\\b|(?:take|do) (?:the|some)\\b)", verbs.join("|"));
    let adverbs = format!(
        "(?:[, ]+(?:also|just|then|now|definitely|personally|quickly|first|next|try to|try and|go and|go back and|go ahead and|help to|help|please|still|both|all|together|have to|need to|be able to|{DUE}))*[, ]+"
    );
    let who = format!("(?P<who>(?:{NAME}|\\bi)(?:(?:,? and |, ?)(?:{NAME}|i\\b))*)");
    let asked = "(?:please|can you|could you|would you|will you|you will|you'll|you need to|you should|you have to|you can|i need you to|i want you to|i'd like you to|don't forget to|you)(?: please)?";
    Rules {
        announced: rule(
            "^(?:so |and |ok |okay )?(?:the )?(?:(?:next |new |last |first )?action (?:items?|points?)|to-?do(?:s| item)?|follow-?up item)(?: for (?:me|us|today))?(?: is| are)?(?: to)?[:, -]",
        ),
        own: rule(&format!(
            "\\bi(?:'ll| will| shall|'m going to| am going to|'m gonna| promise to| volunteer to| offer to|'d be happy to|'m happy to|'ll have to| will have to){adverbs}{verb}"
        )),
        own_errand: rule(&format!(
            "\\b(?:i(?:'ll| will|'m going to|'m gonna)(?: try (?:to|and))?{adverbs}(?:send|mail|email|forward|bring|give|show|tell|ask|call|do|get) (?:that|it|this|them) (?:to (?:you|him|her|them|everybody|everyone|{NAME})|around|over|out|back)\\b|i(?:'ll| will) (?:send|mail|email|forward|get) (?:you|him|her|them|everybody|everyone) |let me (?:write (?:\\S+ ){{0,3}}up|send|mail|email|draft|put together|get back|follow up)\\b|i'?(?:ll| will) (?:have to )?go back and )(?P<object>)"
        )),
        own_plan: rule(&format!(
            "\\bi(?: can| need to| have to| must|'ve got to| plan to| hope to| want to){adverbs}{verb}"
        )),
        named: rule(&format!(
            "{who}(?:'ll| will| shall| is going to| are going to| needs? to| has to| have to| must| should| is to| are to| agreed to| promised to| volunteered to| offered to){adverbs}{verb}"
        )),
        // Words that promise nothing by themselves do so with a day.
        by_then: rule(&format!(
            "(?P<who>{NAME}|\\bi)(?:'ll| will|'m going to| is going to|'m gonna){adverbs}(?:do|have|get|bring|take|give|put|try|make) (?P<object>)"
        )),
        named_plan: rule(&format!("(?:^|[:.;,-] ?){who}(?: to| can){adverbs}{verb}")),
        listed: rule(
            &format!("^{NAME}(?: and {NAME})? to{adverbs}{verb}")
                .replace("^\u{e000}[0-9]+\u{e001}", &format!("^(?P<who>{NAME})")),
        ),
        group_errand: rule(
            "\\bwe(?:'ll| will)?(?: still| just| all)? (?:have to|need to|must|should) (?:look into|find out|follow up|check with|sort out|work out|work on|chase|contact|write to|talk to the|go back to the) ",
        ),
        told: rule(&format!(
            "\\byou(?:'ll| will)?(?: should| need to| have to| must| can| could|'ll| will){adverbs}{verb}"
        )),
        named_request: rule(&format!("{NAME}[,:]? (?:and {NAME}[,:]? )?{asked}{adverbs}{verb}")),
        request: rule(&format!(
            "(?:\\b(?:please|can you|could you|would you|will you please|i need you to|i'd like you to|don't forget to|remember to|if you could|(?:can|could|will) (?:somebody|someone|anybody|anyone)|(?:somebody|someone) (?:should|needs to|has to|must)|we (?:should|need to) have (?:somebody|someone)|we need (?:somebody|someone) to)|^remind me to|^make sure you)(?: please)?{adverbs}{verb}"
        )),
        vocative: rule(&format!(", ?{NAME}(?:, please)? ?[.?!]*$")),
        assigned: rule(&format!(
            "{who}(?:'ll| will) (?:be (?:responsible for|in charge of|accountable for)|take (?:care of|on|over)|look after|own|handle) "
        )),
        homework: rule("\\byour (?:homework|task|job|assignment)s? (?:is|will be|for [a-z ]+ is) to "),
        responsible: rule(&format!(
            "{who}(?:'m| am| is| are) (?:now )?(?:responsible for|in charge of|accountable for) "
        )),
        somebody_else: rule(&format!(
            "(?:\\b(?:we|someone|somebody|he|she|they)|^the [a-z]+|\\b(?:the )?[a-z]+ (?:team|department|committee|group|office)|(?P<other>^[a-z]+)|\\byou)(?: all| both)?(?:'ll| will| need to| needs to| have to| has to| must|'ve got to| is going to| are going to)(?: be)?{adverbs}(?:{verb}|working on|work on|work together)"
        )),
        tentative: rule(
            "\\b(?:maybe|perhaps|might|possibly|probably|hopefully|i guess|i suppose|i wonder|would have|could have|should have (?:been|had|done|gone|known|[a-z]+ed)|hypothetically|in theory|already|used to)\\b",
        ),
        taken_back: rule(&format!(
            "\\b(?:if|unless|whether|in case|suppose|imagine|(?:don't|do not|doesn't|didn't|not) (?:think|believe|know|expect|say|mean|want|sure)|doubt|not sure|nobody|no one|think (?:that )?$|(?:asked|told|wanted|remind(?:ed)?|helped|allowed) $)|(?:asked|told|wanted|reminded|helped|allowed) {NAME}?$"
        )),
        in_meeting: rule(
            "\\b(?:share (?:my|your|the) screen|hear me|see my screen|speak up|mute|unmute|repeat (?:that|it)|go ahead|move on|move to the (?:next|last)|(?:start|stop|turn on|turn off) the recording|write (?:\\S+ )?down|write (?:it |this |that )?here|draw (?:it|this|that|my|here)|show you|start (?:with|by|off)|run (?:out|through|over)|call on|ask (?:you|a question|one|another)|open the (?:meeting|floor|window)|close the (?:meeting|door|window)|stop here|make sense|add (?:that|one thing|to that|something)|move the (?:motion|following))\\b",
        ),
    }
});
