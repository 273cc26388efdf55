use std::collections::BTreeSet;
use std::sync::LazyLock;

use model::CitedLine;
use regex::Regex;

use crate::cues::rule;
use crate::discussion::Discussion;
use crate::facts::{Fact, find_facts};
use crate::line::{clean, proposed};
use crate::numerals::find_numerals;
use crate::sentence::Sentence;

const FIGURES_MAX: usize = 12;

/// Finds the sentences that give an amount, a share or a measurement, in the order they were said. A number that was given
/// already is not given again.
pub(crate) fn find_figures(discussion: &Discussion<'_>) -> Vec<CitedLine> {
    let mut given: BTreeSet<String> = BTreeSet::new();
    let mut lines = Vec::new();
    for sentence in discussion.sentences.iter().filter(|sentence| !sentence.is_question) {
        let amounts = amounts(sentence);
        let is_new = amounts.iter().any(|amount| !given.contains(amount));
        if !is_new || sentence.terms().count() < 2 {
            continue;
        }
        if let Some(citation) = discussion.cite(sentence) {
            lines.push(proposed(clean(&sentence.text), vec![citation]));
            given.extend(amounts);
        }
        if lines.len() == FIGURES_MAX {
            break;
        }
    }
    lines
}

/// Returns the numbers of a sentence that measure something, each with its unit. Dates, times and counts of talk ("two
/// things") do not.
fn amounts(sentence: &Sentence) -> BTreeSet<String> {
    static UNIT: LazyLock<Regex> = LazyLock::new(|| {
        rule(
            "^ ?(?:%|percent|per cent|(?:hundred|thousand|million|billion)? ?(?:euros?|dollars?|pounds?|yuan|rmb|cents?|people|users?|customers?|employees|pupils|students|patients|units?|licen[cs]es|seats|gigabytes?|terabytes?|megabytes?|gb|tb|mb|kb|kilometers?|kilometres?|km|meters?|metres?|kilos?|kg|grams?|degrees|milliseconds?|ms|mmhg|mg|ml|liters?|litres?)|(?:thousand|million|billion)\\b|\
             (?:多|几|余)?(?:万|亿|千万|百万)?(?:元|块钱?|美元|欧元|人民币|人次?|名|位用户|用户|台|件|套|家|户|吨|公斤|千克|克|公里|平方米|米|度|毫升|毫克|毫秒|倍|成|个百分点|兆|(?:吉|太)字节|gb|tb|mb)|(?:万|亿))",
        )
    });
    static SHARE: LazyLock<Regex> = LazyLock::new(|| rule("百分之|[$€£¥￥] ?[0-9]|[0-9] ?%"));
    let masked = &sentence.masked;
    let shares = SHARE.is_match(masked);
    let numerals = find_numerals(masked);
    let measured: BTreeSet<String> = numerals
        .iter()
        .filter_map(|numeral| {
            let after = masked.get(numeral.range.end..).unwrap_or_default();
            let unit = UNIT.find(after).map(|found| found.as_str().trim());
            let unit = unit.or_else(|| shares.then_some("%"))?;
            Some(format!("{} {unit}", numeral.value))
        })
        .collect();
    let is_counted = find_facts(masked).iter().any(|fact| matches!(fact, Fact::Number(_)));
    if is_counted { measured } else { BTreeSet::new() }
}
