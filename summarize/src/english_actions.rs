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
    for (pattern, firm) in
        [(&rules.own, true), (&rules.own_plan, false), (&rules.named, true), (&rules.named_plan, false)]
    {
        for captures in pattern.captures_iter(masked) {
            let Some(found) = captures.get(0).filter(|found| is_firm_before(masked, found)) else { continue };
            let object = object(masked, &found);
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
    if cue.owners.is_empty()
        && let Some(captures) = rules.somebody_else.captures(masked)
        && let Some(found) = captures.get(0)
        && is_firm_before(masked, &found)
        && object(masked, &found) == Object::Full
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
    named_request: Regex,
    request: Regex,
    vocative: Regex,
    assigned: Regex,
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
    let verb = format!("(?:{})\\b", verbs.join("|"));
    let adverbs = format!(
        "(?:[, ]+(?:also|just|then|now|definitely|personally|quickly|first|next|try to|try and|go and|go ahead and|help to|help|please|still|both|all|together|{DUE}))*[, ]+"
    );
    let who = format!("(?P<who>(?:{NAME}|\\bi)(?:(?:,? and |, ?)(?:{NAME}|i\\b))*)");
    let asked = "(?:please|can you|could you|would you|will you|you will|you'll|you need to|you should|you have to|you can|i need you to|i want you to|i'd like you to|don't forget to)(?: please)?";
    Rules {
        announced: rule(
            "^(?:so |and |ok |okay )?(?:the )?(?:(?:next |new |last |first )?action (?:items?|points?)|to-?do(?:s| item)?|follow-?up item)(?: for (?:me|us|today))?(?: is| are)?(?: to)?[:, -]",
        ),
        own: rule(&format!("\\bi(?:'ll| will| shall|'m going to| am going to|'m gonna| promise to){adverbs}{verb}")),
        own_plan: rule(&format!(
            "\\bi(?: can| need to| have to| must|'ve got to| plan to| hope to| want to){adverbs}{verb}"
        )),
        named: rule(&format!(
            "{who}(?:'ll| will| shall| is going to| are going to| needs? to| has to| have to| must| should| is to| are to| agreed to| promised to| volunteered to| offered to){adverbs}{verb}"
        )),
        named_plan: rule(&format!("(?:^|[:.;,-] ?){who}(?: to| can){adverbs}{verb}")),
        named_request: rule(&format!("{NAME}[,:]? (?:and {NAME}[,:]? )?{asked}{adverbs}{verb}")),
        request: rule(&format!(
            "\\b(?:please|can you|could you|would you|will you|i need you to|i'd like you to|don't forget to)(?: please)?{adverbs}{verb}"
        )),
        vocative: rule(&format!(", ?{NAME}(?:, please)? ?[.?!]*$")),
        assigned: rule(&format!(
            "{who}(?:'ll| will) (?:be (?:responsible for|in charge of|accountable for)|take (?:care of|on|over)|look after|own|handle) "
        )),
        responsible: rule(&format!(
            "{who}(?:'m| am| is| are) (?:now )?(?:responsible for|in charge of|accountable for) "
        )),
        somebody_else: rule(&format!(
            "\\b(?:we|someone|somebody|he|she|they|(?:the )?[a-z]+ (?:team|department|committee|group|office)|(?P<other>^[a-z]+))(?:'ll| will| need to| needs to| have to| has to| must|'ve got to| is going to| are going to){adverbs}{verb}"
        )),
        tentative: rule(
            "\\b(?:maybe|perhaps|might|possibly|probably|hopefully|i guess|i suppose|i wonder|would have|could have|should have|hypothetically|in theory|already|used to)\\b",
        ),
        taken_back: rule(&format!(
            "\\b(?:if|unless|whether|in case|suppose|imagine|(?:don't|do not|doesn't|didn't|not) (?:think|believe|know|expect|say|mean|want|sure)|doubt|not sure|nobody|no one|think (?:that )?$|(?:asked|told|wanted|remind(?:ed)?|helped|allowed) $)|(?:asked|told|wanted|reminded|helped|allowed) {NAME}?$"
        )),
        in_meeting: rule(
            "\\b(?:share (?:my|your|the) screen|hear me|see my screen|speak up|mute|unmute|repeat (?:that|it)|go ahead|move on|move to the (?:next|last)|(?:start|stop|turn on|turn off) the recording|start (?:with|by|off)|run (?:out|through|over)|call on|ask (?:you|a question|one|another)|open the (?:meeting|floor|window)|close the (?:meeting|door|window)|stop here|make sense|add (?:that|one thing|to that|something)|move the (?:motion|following))\\b",
        ),
    }
});
