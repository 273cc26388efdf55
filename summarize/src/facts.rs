use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::cues::rule;
use crate::folding::fold;
use crate::numerals::{find_numerals, parse_numeral};

/// Something in a text that is either right or wrong, in a form both languages share.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fact {
    /// A number, as its decimal digits.
    Number(String),
    /// 1 is January.
    Month(usize),
    /// 1 is Monday.
    Weekday(usize),
}

/// The months in English, folded to lower case.
pub(crate) const MONTH_NAMES: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: &[&str] = &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Collects the numbers, months and weekdays of a text. A lone 一 or "one" mostly counts nothing, so it only counts
/// before a unit.
pub(crate) fn find_facts(text: &str) -> BTreeSet<Fact> {
    static DATES: LazyLock<Regex> = LazyLock::new(|| {
        rule(
            "\\b(?P<name>january|february|april|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday)s?\\b|\\b(?:in|by|of|to|until|before|for) (?P<short>march|may)\\b|(?P<month>[0-9]{1,2}|[一二三四五六七八九十]{1,3})月|(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])",
        )
    });
    let mut folded = fold(text);
    let mut facts = BTreeSet::new();
    for captures in DATES.captures_iter(&folded) {
        let name = captures.name("name").or_else(|| captures.name("short")).map(|name| name.as_str());
        let month = name.and_then(|name| MONTH_NAMES.iter().position(|month| *month == name)).map(|at| at + 1);
        let month = month.or_else(|| parse_numeral(captures.name("month")?.as_str()).map(|number| number as usize));
        let weekday = name.and_then(|name| WEEKDAYS.iter().position(|weekday| *weekday == name)).map(|at| at + 1);
        let weekday = weekday.or_else(|| {
            let day = captures.name("weekday")?.as_str();
            if day == "天" {
                Some(7)
            } else {
                "一二三四五六日".chars().position(|c| day.starts_with(c)).map(|at| at + 1)
            }
        });
        facts.extend(month.map(Fact::Month));
        facts.extend(weekday.map(Fact::Weekday));
    }
    folded = DATES.replace_all(&folded, " ").into_owned();
    for numeral in find_numerals(&folded) {
        let written = folded.get(numeral.range.clone()).unwrap_or_default();
        let after = folded.get(numeral.range.end..).unwrap_or_default();
        if !is_idle(written, after) {
            facts.insert(Fact::Number(numeral.value.to_string()));
        }
    }
    facts
}

fn is_idle(written: &str, after: &str) -> bool {
    const UNITS: &[&str] = &[
        " day",
        " week",
        " month",
        " year",
        " hour",
        " minute",
        " percent",
        " gigabyte",
        "天",
        "日",
        "月",
        "年",
        "周",
        "号",
        "点",
        "元",
        "块",
        "台",
        "人",
        "名",
        "万",
        "亿",
        "小时",
        "分钟",
        "倍",
        "成",
    ];
    let mut characters = written.chars();
    let lone_han = characters.next().is_some_and(|c| !c.is_ascii()) && characters.next().is_none();
    (lone_han || written == "one") && !UNITS.iter().any(|unit| after.starts_with(unit))
}

#[cfg(test)]
mod tests {
    use super::find_facts;

    #[test]
    fn both_languages_give_the_same_facts() {
        for (english, chinese) in [
            ("Move the release to November.", "我们决定把发布推迟到十一月。"),
            ("Keep recordings for ninety five days.", "录制保留95天"),
            ("83 percent is used", "存储已经用了百分之八十三。"),
            ("by Friday", "周五之前"),
            ("One of us starts", "我们一起开始下一个"),
            ("one day", "一天"),
        ] {
            assert_eq!(find_facts(english), find_facts(chinese), "{english}");
        }
        assert_ne!(find_facts("forty six gigabytes"), find_facts("四十七"));
    }
}
