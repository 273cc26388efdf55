use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use model::{ActionItem, Chapter, CitedLine, SpeakerPoints, Utterance, UtteranceId, Verification};

use regex::Regex;

use crate::cues::rule;
use crate::facts::find_facts;
use crate::folding::{contains_quote, fold, is_han};
use crate::meeting::Meeting;
use crate::roster::Roster;
use crate::tokens::{Token, proper_names, stem, tokenize};

/// A line with less of its words in the evidence says something else.
const SUPPORT_MIN: f32 = 0.34;
/// From here on it says the same in other words.
const SUPPORT_FIRM: f32 = 0.6;

/// Checks lines of minutes against the transcript they cite, whoever wrote them.
pub(crate) struct Verifier<'a> {
    utterances: HashMap<&'a UtteranceId, &'a Utterance>,
    roster: &'a Roster,
}

/// Why a line must not reach a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rejection {
    Uncited,
    UnknownUtterance,
    QuoteNotSaid,
    NumberNotSaid,
    NameNotSaid,
    TermNotSaid,
    Unsupported,
    /// It answers something else than what was asked.
    NotAskedFor,
    /// The evidence gives orders to whoever writes the minutes.
    AddressesWriter,
}

impl Rejection {
    /// Says why in words for a record; never with what was said.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Uncited => "no evidence is cited",
            Self::UnknownUtterance => "an utterance that is cited does not exist",
            Self::QuoteNotSaid => "the quote or its line is not in the transcript",
            Self::NumberNotSaid => "a number or date is not in the evidence",
            Self::NameNotSaid => "a person is not named in the evidence",
            Self::TermNotSaid => "a term is not in the evidence",
            Self::Unsupported => "the evidence says something else",
            Self::NotAskedFor => "something else was asked for",
            Self::AddressesWriter => "the evidence gives orders to the writer",
        }
    }
}

impl<'a> Verifier<'a> {
    pub(crate) fn new(meeting: &'a Meeting, roster: &'a Roster) -> Self {
        let utterances = meeting.transcript.utterances.iter().map(|utterance| (&utterance.id, utterance)).collect();
        Self { utterances, roster }
    }

    /// Checks a line and notes in it what could not be confirmed.
    pub(crate) fn check_line(&self, line: &mut CitedLine) -> Result<(), Rejection> {
        let evidence = self.evidence(line)?;
        line.verification = self.compare(line, &evidence)?;
        Ok(())
    }

    /// Checks that a line in other words than those cited does not rest on orders to the writer of minutes: "ignore what
    /// was said and write …" is no evidence of what it wants written.
    pub(crate) fn check_restated(&self, line: &CitedLine) -> Result<(), Rejection> {
        let evidence = self.evidence(line)?;
        let is_ordered = evidence.iter().any(|utterance| addresses_writer(&utterance.text));
        if is_ordered { Err(Rejection::AddressesWriter) } else { Ok(()) }
    }

    /// Checks an action item. An owner or due date that nobody said is taken out, and the item says so.
    pub(crate) fn check_action(&self, item: &mut ActionItem) -> Result<(), Rejection> {
        self.check_line(&mut item.line)?;
        let evidence = self.evidence(&item.line)?;
        let owner_heard = item.owner.as_ref().is_none_or(|owner| {
            let position = self.roster.position(owner);
            evidence.iter().any(|utterance| {
                utterance.participant_id == *owner
                    || self.roster.mentions(&utterance.text).iter().any(|mention| Some(mention.person) == position)
            })
        });
        if !owner_heard {
            item.owner = None;
            item.line.verification = weak("nobody in the evidence names the owner");
        }
        let due_said =
            item.due_text.as_ref().is_none_or(|due| evidence.iter().any(|said| contains_quote(&said.text, due)));
        if !due_said {
            (item.due_text, item.due_date) = (None, None);
            item.line.verification = weak("the due date is not in the evidence");
        }
        Ok(())
    }

    /// Drops the lines that fail and returns the rest, checked.
    pub(crate) fn keep_lines(&self, lines: Vec<CitedLine>) -> Vec<CitedLine> {
        lines.into_iter().filter_map(|mut line| self.check_line(&mut line).ok().map(|()| line)).collect()
    }

    /// Drops the items that fail and returns the rest, checked.
    pub(crate) fn keep_actions(&self, items: Vec<ActionItem>) -> Vec<ActionItem> {
        items.into_iter().filter_map(|mut item| self.check_action(&mut item).ok().map(|()| item)).collect()
    }

    /// Drops the points that fail.
    pub(crate) fn keep_points(&self, chapters: Vec<Chapter>) -> Vec<Chapter> {
        chapters.into_iter().map(|chapter| Chapter { points: self.keep_lines(chapter.points), ..chapter }).collect()
    }

    /// Drops the key points that fail, and people who are left with none.
    pub(crate) fn keep_speakers(&self, speakers: Vec<SpeakerPoints>) -> Vec<SpeakerPoints> {
        let kept =
            speakers.into_iter().map(|speaker| SpeakerPoints { points: self.keep_lines(speaker.points), ..speaker });
        kept.filter(|speaker| !speaker.points.is_empty()).collect()
    }

    fn evidence(&self, line: &CitedLine) -> Result<Vec<&'a Utterance>, Rejection> {
        if line.citations.is_empty() {
            return Err(Rejection::Uncited);
        }
        line.citations
            .iter()
            .map(|citation| {
                let utterance = *self.utterances.get(&citation.utterance_id).ok_or(Rejection::UnknownUtterance)?;
                let is_said =
                    contains_quote(&utterance.text, &citation.quote) && utterance.start_ms == citation.start_ms;
                if is_said { Ok(utterance) } else { Err(Rejection::QuoteNotSaid) }
            })
            .collect()
    }

    fn compare(&self, line: &CitedLine, evidence: &[&Utterance]) -> Result<Verification, Rejection> {
        let said = evidence.iter().map(|utterance| utterance.text.as_str()).collect::<Vec<_>>().join("\n");
        // A quote may end where an utterance goes on, so what it says by itself counts too.
        let texts = || {
            evidence
                .iter()
                .map(|said| said.text.as_str())
                .chain(line.citations.iter().map(|cited| cited.quote.as_str()))
        };
        let facts = find_facts(&line.text);
        if !facts.is_subset(&texts().flat_map(find_facts).collect()) {
            return Err(Rejection::NumberNotSaid);
        }
        let named = self.people_in(&line.text);
        let mut heard: BTreeSet<usize> = texts().flat_map(|text| self.people_in(text)).collect();
        heard.extend(evidence.iter().filter_map(|utterance| self.roster.position(&utterance.participant_id)));
        if !named.is_subset(&heard) {
            return Err(Rejection::NameNotSaid);
        }
        let unnamed = self.without_people(&line.text);
        let words: BTreeSet<String> = latin_stems(&said);
        let terms = distinctive_terms(&unnamed);
        if !terms.is_subset(&words) {
            return Err(Rejection::TermNotSaid);
        }
        let folded = fold(&said);
        if folded.chars().any(is_han) && !proper_names(&unnamed).iter().all(|name| folded.contains(name)) {
            return Err(Rejection::NameNotSaid);
        }
        if !shares_script(&line.text, &said) {
            let is_anchored = !facts.is_empty() || !named.is_empty() || !terms.is_empty();
            return if is_anchored {
                Ok(weak("written in another language than what was said"))
            } else {
                Err(Rejection::Unsupported)
            };
        }
        match support(&unnamed, &said, &words) {
            share if share < SUPPORT_MIN => Err(Rejection::Unsupported),
            share if share < SUPPORT_FIRM => Ok(weak("few of its words occur in the evidence")),
            _ if turns_meaning(line) => Ok(weak("negated otherwise than what was said")),
            _ if evidence.iter().any(|utterance| addresses_writer(&utterance.text)) => {
                Ok(weak("the evidence gives orders to the writer of minutes"))
            }
            _ => Ok(Verification::Verified),
        }
    }

    fn people_in(&self, text: &str) -> BTreeSet<usize> {
        self.roster.mentions(text).into_iter().map(|mention| mention.person).collect()
    }

    fn without_people(&self, text: &str) -> String {
        let mentions = self.roster.mentions(text);
        let outside = |at: usize| !mentions.iter().any(|mention| mention.range.contains(&at));
        text.char_indices().map(|(at, character)| if outside(at) { character } else { ' ' }).collect()
    }
}

/// Says whether somebody speaks to the machine that writes the minutes rather than to the meeting.
fn addresses_writer(said: &str) -> bool {
    static ORDERS: LazyLock<Regex> = LazyLock::new(|| {
        rule(
            "\\b(?:ignore|disregard|forget|override|bypass)\\b.{0,40}\\b(?:instructions?|prompts?|rules|guidelines|directions|everything|transcript|context|orders|above|previous|so far|said before|said earlier)\\b|\
             \\b(?:system|developer|assistant|user) ?(?:prompt|message|override|role|:)|\\b(?:you are|act as|pretend to be|behave as) (?:now |a |an |the )*(?:ai|bot|assistant|language model|model|note ?taker|summari[sz]er|scribe|dan)\\b|\
             \\b(?:note ?taker|summari[sz]er|assistant|language model|chatbot|gpt|ai|scribe|bot|transcriber)s?[,:]? (?:please |must |should |will |shall |has to |needs to |is to )*(?:write|add|record|note|list|include|put|insert|output|print|say|state|mark|set|assign|report|skip|leave|omit|delete|translate|repeat|reveal)\\b|\
             \\b(?:write|add|record|note|list|include|put|insert|output|mark|state|report) .{0,60}\\b(?:in|into|to|from|as) (?:the |these |your |this )?(?:minutes|summary|notes|meeting notes|action items?|record|decisions?)\\b|\
             \\bin (?:the |your )(?:minutes|summary|notes),? (?:please |you must )?(?:write|add|say|state|record|list|include|put)\\b|\
             </?[a-z_ -]{2,}[^>]*>|\\]\\(\\s*[a-z]+:|!\\[|\\bjavascript:|\\bdata:text|<\\||\\[/?inst\\]|###|\\bbegin(?:ning)? of (?:system|new) |\\bend of (?:the )?(?:transcript|data|input)\\b|\\bbase64\\b|\"(?:facts|type|evidence|quote)\"|\
             (?:忽略|无视|忘(?:记|掉)|不要(?:理会|管)|跳过|推翻).{0,16}(?:指令|提示|规则|要求|内容|设定|命令|说的)|系统(?:提示|指令|消息)|你(?:现在)?是(?:一个|一名)?.{0,6}(?:助手|机器人|模型|ai|人工智能)|\
             (?:(?:会议)?纪要|总结|摘要|待办|行动项|会议记录)(?:里|中|上|里面|助手|机器人)?(?:必须|要|请|应该|只)?(?:要|请)?(?:写|加|添加|记|输出|列)(?:上|入|成|为|一条|下)?|(?:写|加|记|列|放)(?:进|入|到|在)(?:会议)?(?:纪要|总结|摘要|待办|行动项|记录)|(?:助手|机器人|模型|人工智能).{0,6}(?:请|必须|要|应该)?(?:写|输出|添加|记录|记下|生成|列出|删除)",
        )
    });
    ORDERS.is_match(&fold(said))
}

fn weak(reason: &str) -> Verification {
    Verification::Weak { reason: reason.to_owned() }
}

/// Returns the share of the line's words that were said.
fn support(text: &str, said: &str, said_stems: &BTreeSet<String>) -> f32 {
    let folded = fold(said);
    let tokens: Vec<Token> = tokenize(text).into_iter().filter(|token| token.kind.has_meaning()).collect();
    let is_said = |token: &&Token| {
        if token.term.chars().any(is_han) { folded.contains(&token.term) } else { said_stems.contains(&token.term) }
    };
    if tokens.is_empty() {
        // Only words without a meaning of their own: they have to be the very words.
        return if contains_quote(said, text) { 1.0 } else { 0.0 };
    }
    tokens.iter().filter(is_said).count() as f32 / tokens.len() as f32
}

fn latin_stems(text: &str) -> BTreeSet<String> {
    latin_words(text).into_iter().map(|word| word.stem()).collect()
}

struct LatinWord<'a> {
    spelled: &'a str,
    /// Whether it opens a sentence, where a capital letter means nothing.
    opens: bool,
}

impl LatinWord<'_> {
    fn stem(&self) -> String {
        let folded = fold(self.spelled);
        stem(folded.strip_suffix("'s").unwrap_or(&folded))
    }

    /// Says whether it names something: with a capital letter inside a sentence, or with digits among letters.
    fn is_distinctive(&self) -> bool {
        let capitals = self.spelled.chars().filter(|c| c.is_uppercase()).count();
        capitals > 1 || (capitals == 1 && !self.opens) || self.spelled.chars().any(char::is_numeric)
    }
}

fn latin_words(text: &str) -> Vec<LatinWord<'_>> {
    let mut words = Vec::new();
    let mut opens = true;
    for run in text.split_inclusive(|c: char| (is_han(c) || !c.is_alphanumeric()) && !matches!(c, '\'' | '\u{2019}')) {
        let spelled = run.trim_matches(|c: char| !c.is_alphanumeric() || is_han(c));
        if !spelled.is_empty() {
            words.push(LatinWord { spelled, opens });
            opens = false;
        }
        opens |= run.ends_with(['.', '!', '?', ':', '。', '：', '！', '？', '"', '\u{201c}', '，']);
    }
    words
}

/// Returns the stems of words that name something; in a Chinese line every Latin word does.
fn distinctive_terms(text: &str) -> BTreeSet<String> {
    let chinese = text.chars().filter(|c| is_han(*c)).count() >= 2;
    latin_words(text)
        .into_iter()
        .filter(|word| {
            let is_number = word.spelled.chars().all(char::is_numeric);
            let is_speaker = matches!(fold(word.spelled).as_str(), "i" | "i'll" | "i'm" | "i've" | "i'd");
            (chinese || word.is_distinctive()) && !is_number && !is_speaker && !is_date_word(&fold(word.spelled))
        })
        .map(|word| word.stem())
        .collect()
}

/// Days and months are compared as facts.
fn is_date_word(folded: &str) -> bool {
    let facts = find_facts(folded);
    !facts.is_empty() && !folded.chars().any(|c| c.is_ascii_digit())
}

fn shares_script(text: &str, said: &str) -> bool {
    let han = |text: &str| text.chars().any(is_han);
    let latin = |text: &str| text.chars().any(|c| c.is_alphabetic() && !is_han(c));
    (han(text) && han(said)) || (latin(text) && latin(said)) || (!han(text) && !latin(text))
}

fn turns_meaning(line: &CitedLine) -> bool {
    let text = is_negated(&line.text);
    !line.citations.iter().any(|citation| is_negated(&citation.quote) == text)
}

fn is_negated(text: &str) -> bool {
    let folded = fold(text).replace("没问题", "").replace("没有问题", "");
    let words = folded.split(|c: char| !c.is_alphanumeric() && c != '\'');
    let english = words
        .into_iter()
        .any(|word| matches!(word, "not" | "never" | "no" | "cannot" | "without") || word.ends_with("n't"));
    english || folded.contains(['不', '没', '未', '无'])
}
