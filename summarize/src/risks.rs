use std::sync::LazyLock;

use model::CitedLine;
use regex::Regex;

use crate::cues::rule;
use crate::discussion::Discussion;
use crate::line::{clean, proposed};
use crate::sentence::Sentence;

/// Reviewers read a list of risks, not a transcript of worries.
const RISKS_MAX: usize = 12;

/// Finds what people fear may go wrong, in the order it was said.
pub(crate) fn find_risks(discussion: &Discussion<'_>) -> Vec<CitedLine> {
    let mut risks: Vec<CitedLine> = Vec::new();
    for sentence in discussion.sentences.iter().filter(|sentence| names_risk(sentence)) {
        let text = clean(&sentence.text);
        if let Some(citation) = discussion.cite(sentence)
            && !risks.iter().any(|known| known.text == text)
        {
            risks.push(proposed(text, vec![citation]));
        }
        if risks.len() == RISKS_MAX {
            break;
        }
    }
    risks
}

/// Says whether a sentence names something that may go wrong. Questions, denials and what is over are none.
fn names_risk(sentence: &Sentence) -> bool {
    static CUES: LazyLock<Regex> = LazyLock::new(|| {
        rule(
            "\\b(?:risks? (?:is|are|of|that|to|here|we)|(?:main|big|biggest|real|serious|major|another|one|only|key) (?:risk|concern|worry|danger|threat)|(?:risky|dangerous) (?:to|for|because|if)|(?:i'm|i am|we're|we are) (?:a (?:bit|little) |very |really |quite )?(?:worried|concerned|afraid) (?:that|about|we|it)|(?:my|our|the) (?:main |big(?:gest)? )?(?:worry|concern|fear) is|(?:is|are|we're|we are|i'm) blocked (?:by|on|until)|blockers? (?:is|are)|show ?stopper|bottleneck|single point of failure|(?:may|might|could|will probably) (?:slip|be delayed|be late|fail|break|overrun|run out)|(?:won't|will not|may not|might not|can't|cannot) (?:make it|be ready|meet the (?:deadline|date)|finish in time|hold)|running out of (?:time|money|budget|space|capacity)|over budget|behind schedule)\\b|\
             (?:主要|最大|较大|很大|一定|潜在|有|的|存在|个)(?:的)?(?:风险|隐患)|风险(?:是|在于|较大|很大|很高|比较)|隐患|我(?:们)?(?:比较|很|有点|就是|最|非常)?担心|来不及|赶不(?:上|及)|(?:可能|恐怕|也许|估计|很可能)(?:会|要|就)?(?:延期|延误|拖期|超支|超预算|不够|失败|出问题|断供|缺货)|卡(?:住了|在)|瓶颈|不够用|(?:时间|人手|预算|产能|资金)(?:很|比较|非常|太|有点)?(?:紧张|不足|不够)",
        )
    });
    static VOID: LazyLock<Regex> = LazyLock::new(|| {
        rule(
            "\\b(?:no|not|isn't|aren't|without|never|low|little) (?:a |any |really |much |longer )*(?:risk|worried|concerned|afraid|blocked|danger|blocker)|\\bno (?:risks?|concerns?|blockers?)\\b|\\b(?:last (?:week|month|year|time)|yesterday|used to be)\\b|(?:没有|没什么|不存在|无|不是|不会有)(?:什么|任何|太大)?(?:的)?(?:风险|隐患|瓶颈)|不(?:用|必|太)?担心|别担心|当时|上次|去年|昨天",
        )
    });
    !sentence.is_question
        && sentence.terms().count() >= 2
        && CUES.is_match(&sentence.masked)
        && !VOID.is_match(&sentence.masked)
}
