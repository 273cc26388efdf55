use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::Weekday;
use regex::{Captures, Regex};

use crate::due_date::SpokenDay;
use crate::facts::MONTH_NAMES;
use crate::folding::fold;
use crate::numerals::parse_numeral;

/// A due date as it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DuePhrase {
    /// Where it stands in the text.
    pub range: Range<usize>,
    /// The day that was named.
    pub day: SpokenDay,
    /// Whether a word such as "by" or 之前 makes it a deadline.
    deadline: bool,
}

/// Finds the due date of a text, the deadline before a day that is only named. Days that lie in the past, or are the
/// matter itself ("moved to Friday"), are none.
pub(crate) fn find_due_phrase(text: &str) -> Option<DuePhrase> {
    let mut phrases: Vec<DuePhrase> = FORMS
        .iter()
        .flat_map(|form| form.pattern.captures_iter(text).filter_map(|captures| due_phrase(text, form, &captures)))
        .collect();
    // Longer readings of the same place win: "the end of November" before "November".
    phrases.sort_by_key(|phrase| (!phrase.deadline, phrase.range.start, std::cmp::Reverse(phrase.range.end)));
    phrases.into_iter().next()
}

fn due_phrase(text: &str, form: &Form, captures: &Captures<'_>) -> Option<DuePhrase> {
    let whole = captures.get(0)?;
    let before = fold(text.get(..whole.start())?);
    let after = fold(text.get(whole.end()..)?);
    let last_word = before.rsplit(' ').next().unwrap_or_default();
    let is_past = ["last", "past", "since"].contains(&last_word)
        || ["上", "上个", "去年", "从"].iter().any(|word| before.ends_with(word));
    let is_matter = ["to", "from"].contains(&last_word)
        || ["到", "至"].iter().any(|word| before.ends_with(word))
        || ["'s", "的"].iter().any(|word| after.starts_with(word));
    let is_tail =
        whole.as_str().starts_with('月') && before.ends_with(|c: char| "0123456789一二三四五六七八九十".contains(c));
    if is_past || is_matter || is_tail {
        return None;
    }
    let day = (form.read)(captures)?;
    let deadline = captures
        .name("by")
        .or_else(|| captures.name("until"))
        .is_some_and(|word| !matches!(fold(word.as_str()).as_str(), "on" | "at" | "for" | "in" | ""));
    Some(DuePhrase { range: whole.range(), day, deadline })
}

struct Form {
    pattern: Regex,
    read: fn(&Captures<'_>) -> Option<SpokenDay>,
}

const BY: &str =
    r"(?i)(?:\b(?P<by>by|before|until|till|no later than|not later than|due(?: on| by)?|on|at|in|for)\s+)?";
const UNTIL: &str = "(?P<until>之前|以前|之內|之内|以内|以內|内|內|前|截止)?";
const WEEKDAYS: &str = "(?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday)";
const MONTHS: &str = "(?P<month>january|february|march|april|may|june|july|august|september|october|november|december)";
const DAY_NUMBER: &str = "(?P<number>[0-9]{1,2}|(?:twenty|thirty)(?:[ -](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|one|two|three|four|five|six|seven|eight|nine))?|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teen(?:th)?|(?:twen|thir)tieth|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)";
const PART: &str = r"(?:\s+(?:morning|afternoon|evening|night|noon))?";
const HAN_WEEK: &str = "(?:周|週|星期|礼拜|禮拜)";
const HAN_NUMBER: &str = "(?P<number>[0-9]{1,4}|[一二三四五六七八九十两兩]{1,3})";
const HAN_PART: &str = "(?:早上|上午|中午|下午|晚上|一早)?";

static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    let mut forms = english_days();
    forms.extend(english_dates());
    forms.extend(chinese_forms());
    forms
});

fn form(pattern: &str, read: fn(&Captures<'_>) -> Option<SpokenDay>) -> Form {
    Form { pattern: Regex::new(pattern).expect("patterns of dates are constants"), read }
}

fn english_days() -> Vec<Form> {
    vec![
        form(
            &format!(
                r"{BY}(?:the\s+)?(?:today|tonight|end of (?:the |today's |business )?(?:day|today)|eod|cob|this (?:morning|afternoon|evening))\b"
            ),
            |_| Some(SpokenDay::InDays(0)),
        ),
        form(&format!(r"{BY}(?:end of )?(?:tomorrow){PART}\b"), |_| Some(SpokenDay::InDays(1))),
        form(&format!(r"{BY}the day after tomorrow\b"), |_| Some(SpokenDay::InDays(2))),
        form(&format!(r"{BY}(?P<which>this coming |this |next |the coming |coming )?{WEEKDAYS}{PART}\b"), |captures| {
            let weekday = weekday(captures)?;
            match captures.name("which").map(|which| fold(which.as_str())).as_deref() {
                Some("this") => Some(SpokenDay::WeekdayOfWeek(weekday, 0)),
                Some("next") => Some(SpokenDay::WeekdayOfWeek(weekday, 1)),
                _ => Some(SpokenDay::Weekday(weekday)),
            }
        }),
        form(
            &format!(r"{BY}(?P<which>(?:the |this )?(?:end of |later )?(?:the |this )?(?:next )?week)\b"),
            |captures| {
                let which = fold(captures.name("which")?.as_str());
                let named = which.contains("end of") || which.contains("this") || which.contains("next");
                let until = captures.name("by").is_some_and(|word| !fold(word.as_str()).starts_with("in"));
                (named || until).then_some(SpokenDay::EndOfWeek(i64::from(which.contains("next"))))
            },
        ),
        form(
            &format!(
                r"{BY}(?P<which>(?:the |this )?(?:end of )?(?:the |this )?(?:next )?(?P<unit>month|quarter|year))\b"
            ),
            |captures| {
                let which = fold(captures.name("which")?.as_str());
                let next = i64::from(which.contains("next"));
                match fold(captures.name("unit")?.as_str()).as_str() {
                    _ if !which.contains("end of") && !which.contains("this") && next == 0 => None,
                    "month" => Some(SpokenDay::EndOfMonth(next)),
                    "quarter" if next == 0 => Some(SpokenDay::EndOfQuarter),
                    "year" if next == 0 => Some(SpokenDay::EndOfYear),
                    _ => None,
                }
            },
        ),
        form(&format!(r"{BY}(?:the )?(?:weekend|end of the weekend)\b"), |_| {
            Some(SpokenDay::WeekdayOfWeek(Weekday::Sunday, 0))
        }),
    ]
}

fn english_dates() -> Vec<Form> {
    vec![
        form(r"(?i)\b(?P<by>by|before|for|until|till) (?:the |our )?next (?:meeting|session|time)\b", |_| {
            Some(SpokenDay::NextMeeting)
        }),
        form(&format!(r"{BY}(?:the )?(?:end of |mid |early |late )?{MONTHS}\b"), |captures| {
            // "May" is a month only after a preposition, and "march" only with a capital.
            let written = captures.name("month")?.as_str();
            let is_word = matches!(fold(written).as_str(), "may" | "march");
            let named = captures.name("by").is_some() && written.starts_with(|c: char| c.is_uppercase());
            (!is_word || named).then_some(SpokenDay::EndOfNamedMonth(month(captures)?))
        }),
        form(&format!(r"{BY}(?:the )?{DAY_NUMBER}(?:st|nd|rd|th)? (?:of )?{MONTHS}\b"), |captures| {
            Some(SpokenDay::DayOfMonth(month(captures)?, ordinal(captures.name("number")?.as_str())?))
        }),
        form(&format!(r"{BY}{MONTHS} (?:the )?{DAY_NUMBER}(?:st|nd|rd|th)?\b"), |captures| {
            Some(SpokenDay::DayOfMonth(month(captures)?, ordinal(captures.name("number")?.as_str())?))
        }),
        form(r"(?i)\b(?P<by>by|before|until|on) the (?P<number>[0-9]{1,2})(?:st|nd|rd|th)\b", |captures| {
            Some(SpokenDay::DayNumber(ordinal(captures.name("number")?.as_str())?))
        }),
        form(
            r"(?i)\b(?P<by>in|within) (?:the next )?(?P<number>[0-9]{1,3}|an?|[a-z]+(?:[ -][a-z]+)?) (?P<unit>day|week|month)s?\b",
            |captures| {
                let number = fold(captures.name("number")?.as_str());
                let number = if number == "a" { 1.0 } else { parse_numeral(&number)? };
                counted(number, &fold(captures.name("unit")?.as_str()))
            },
        ),
        form(&format!(r"{BY}(?P<year>20[0-9]{{2}})-(?P<month>[0-9]{{1,2}})-(?P<day>[0-9]{{1,2}})\b"), full_date),
    ]
}

fn chinese_forms() -> Vec<Form> {
    vec![
        form("下(?:一)?次(?:会议?|例会|开会)(?P<until>之前|以前|前)", |_| Some(SpokenDay::NextMeeting)),
        form(
            &format!("(?:今天|今日|今晚|当天|當天){HAN_PART}{UNTIL}|(?P<by>下班前|下班之前|会后|會後)"),
            |_| Some(SpokenDay::InDays(0)),
        ),
        form(&format!("(?:明天|明日|明早|明晚){HAN_PART}{UNTIL}"), |_| Some(SpokenDay::InDays(1))),
        form(&format!("大?(?:后天|後天){HAN_PART}{UNTIL}"), |captures| {
            Some(SpokenDay::InDays(if captures.get(0)?.as_str().starts_with('大') { 3 } else { 2 }))
        }),
        form(
            &format!(
                "(?P<which>下下个?|下下個?|下个?|下個?|本|这个?|這個?)?{HAN_WEEK}(?P<day>[一二三四五六日天末]){HAN_PART}{UNTIL}"
            ),
            |captures| {
                let day = captures.name("day")?.as_str();
                let weekday = if day == "末" { Weekday::Saturday } else { han_weekday(day)? };
                match captures.name("which").map(|which| which.as_str()) {
                    Some(which) if which.starts_with("下下") => Some(SpokenDay::WeekdayOfWeek(weekday, 2)),
                    Some(which) if which.starts_with('下') => Some(SpokenDay::WeekdayOfWeek(weekday, 1)),
                    Some(_) => Some(SpokenDay::WeekdayOfWeek(weekday, 0)),
                    None if day == "末" => Some(SpokenDay::WeekdayOfWeek(weekday, 0)),
                    None => Some(SpokenDay::Weekday(weekday)),
                }
            },
        ),
        form(
            &format!("(?P<which>下个?|下個?|本|这个?|這個?){HAN_WEEK}(?:结束|結束|底)?{UNTIL}"),
            |captures| Some(SpokenDay::EndOfWeek(i64::from(captures.name("which")?.as_str().starts_with('下')))),
        ),
        form(&format!("(?P<which>下个?|下個?|本|这个?|這個?)?月(?P<end>底|末)?{UNTIL}"), |captures| {
            let which = captures.name("which").map(|which| which.as_str());
            if which.is_none() && captures.name("end").is_none() {
                return None;
            }
            Some(SpokenDay::EndOfMonth(i64::from(which.is_some_and(|which| which.starts_with('下')))))
        }),
        form(&format!("{HAN_NUMBER}月(?:份)?(?:底|末|初|中旬)?{UNTIL}"), |captures| {
            Some(SpokenDay::EndOfNamedMonth(han_number(captures, "number")?))
        }),
        form(
            &format!("{HAN_NUMBER}月(?P<day>[0-9]{{1,2}}|[一二三四五六七八九十]{{1,3}})[日号號]{HAN_PART}{UNTIL}"),
            |captures| Some(SpokenDay::DayOfMonth(han_number(captures, "number")?, han_number(captures, "day")?)),
        ),
        form(&format!("{HAN_NUMBER}[号號]{HAN_PART}{UNTIL}"), |captures| {
            captures.name("until")?;
            Some(SpokenDay::DayNumber(han_number(captures, "number")?))
        }),
        form(
            &format!(
                "{HAN_NUMBER}(?:个|個)?(?P<unit>天|日|周|週|星期|礼拜|禮拜|月)(?P<until>之?内|之?內|以内|以內|之?后|之?後|以后|以後)"
            ),
            |captures| {
                let number = parse_numeral(&fold(captures.name("number")?.as_str()))?;
                let unit = match captures.name("unit")?.as_str() {
                    "天" | "日" => "day",
                    "月" => "month",
                    _ => "week",
                };
                counted(number, unit)
            },
        ),
        form(&format!("(?:本)?季度?(?:末|底){UNTIL}"), |_| Some(SpokenDay::EndOfQuarter)),
        form(&format!("年(?:底|末){UNTIL}"), |_| Some(SpokenDay::EndOfYear)),
        form(
            &format!("(?P<year>20[0-9]{{2}})年(?P<month>[0-9]{{1,2}})月(?P<day>[0-9]{{1,2}})[日号號]{UNTIL}"),
            full_date,
        ),
    ]
}

fn counted(number: f64, unit: &str) -> Option<SpokenDay> {
    if !(1.0..=400.0).contains(&number) || number.fract() != 0.0 {
        return None;
    }
    match unit {
        "day" => Some(SpokenDay::InDays(number as i64)),
        "week" => Some(SpokenDay::InWeeks(number as i64)),
        "month" => Some(SpokenDay::InMonths(number as i64)),
        _ => None,
    }
}

fn full_date(captures: &Captures<'_>) -> Option<SpokenDay> {
    let part = |name| captures.name(name)?.as_str().parse::<i16>().ok();
    Some(SpokenDay::Full(part("year")?, i8::try_from(part("month")?).ok()?, i8::try_from(part("day")?).ok()?))
}

fn weekday(captures: &Captures<'_>) -> Option<Weekday> {
    const NAMES: &[&str] = &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let name = fold(captures.name("weekday")?.as_str());
    let at = NAMES.iter().position(|weekday| *weekday == name)?;
    Weekday::from_monday_zero_offset(at as i8).ok()
}

fn han_weekday(day: &str) -> Option<Weekday> {
    let at =
        if day == "天" { 6 } else { "一二三四五六日".chars().position(|weekday| day.starts_with(weekday))? };
    Weekday::from_monday_zero_offset(at as i8).ok()
}

fn month(captures: &Captures<'_>) -> Option<i8> {
    let name = fold(captures.name("month")?.as_str());
    MONTH_NAMES.iter().position(|month| *month == name).map(|at| at as i8 + 1)
}

fn han_number(captures: &Captures<'_>, name: &str) -> Option<i8> {
    let value = parse_numeral(&fold(captures.name(name)?.as_str()))?;
    (1.0..=31.0).contains(&value).then_some(value as i8)
}

fn ordinal(written: &str) -> Option<i8> {
    const WORDS: &[&str] = &[
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
        "twentieth",
    ];
    let written = fold(written).replace('-', " ");
    let small = |word: &str| WORDS.iter().position(|ordinal| *ordinal == word).map(|at| at as i8 + 1);
    let value = match written.split_once(' ') {
        Some(("twenty", unit)) => small(unit).filter(|unit| *unit < 10).map(|unit| 20 + unit),
        Some(("thirty", "first")) => Some(31),
        Some(_) => None,
        None if written == "thirtieth" => Some(30),
        None => small(&written).or_else(|| parse_numeral(&written).map(|value| value as i8)),
    };
    value.filter(|day| (1..=31).contains(day))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::find_due_phrase;

    /// Said on a Monday, 23 November 2026.
    fn check(text: &str, due_text: &str, due_date: &str) {
        let phrase = find_due_phrase(text).unwrap_or_else(|| panic!("no due date in {text}"));
        assert_eq!(text.get(phrase.range.clone()), Some(due_text), "{text}");
        let resolved = phrase.day.resolve(date(2026, 11, 23)).map(|date| date.to_string());
        assert_eq!(resolved.as_deref(), Some(due_date), "{text}");
    }

    #[test]
    fn english_due_dates() {
        check("Bob will increase the quota by next Thursday.", "by next Thursday", "2026-12-03");
        check("Li Na will update it before Wednesday.", "before Wednesday", "2026-11-25");
        check("I will fix it by the end of the week.", "by the end of the week", "2026-11-27");
        check("I will send it by tomorrow morning.", "by tomorrow morning", "2026-11-24");
        check("Send it today, please.", "today", "2026-11-23");
        check("It is due on Friday", "due on Friday", "2026-11-27");
        check("Finish it in two weeks.", "in two weeks", "2026-12-07");
        check("Finish it within 3 days.", "within 3 days", "2026-11-26");
        check("before the fifth of December", "before the fifth of December", "2026-12-05");
        check("by December 12th", "by December 12th", "2026-12-12");
        check("by December the twenty first we ship", "by December the twenty first", "2026-12-21");
        check("on the thirtieth of November", "on the thirtieth of November", "2026-11-30");
        check("by the end of November", "by the end of November", "2026-11-30");
        check("next month we check it", "next month", "2026-12-31");
        check("by EOD", "by EOD", "2026-11-23");
        check("by 2027-01-15", "by 2027-01-15", "2027-01-15");
        check("Move the demo to Friday by Wednesday", "by Wednesday", "2026-11-25");
        check("by the end of this month", "by the end of this month", "2026-11-30");
    }

    #[test]
    fn chinese_due_dates() {
        check("我会在周四之前更新存储方案。", "周四之前", "2026-11-26");
        check("我负责更新保留策略，周三完成。", "周三", "2026-11-25");
        check("请李娜在下周二之前准备审计报告。", "下周二之前", "2026-12-01");
        check("本周完成", "本周", "2026-11-27");
        check("月底前提交", "月底前", "2026-11-30");
        check("十一月底之前", "十一月底之前", "2026-11-30");
        check("十二月五号之前", "十二月五号之前", "2026-12-05");
        check("12月5日前", "12月5日前", "2026-12-05");
        check("明天上午发", "明天上午", "2026-11-24");
        check("三天内给我", "三天内", "2026-11-26");
        check("两周后上线", "两周后", "2026-12-07");
        check("下週五之前準備", "下週五之前", "2026-12-04");
        check("下个月提交", "下个月", "2026-12-31");
        check("星期五下午", "星期五下午", "2026-11-27");
    }

    #[test]
    fn other_days_are_no_due_dates() {
        for text in [
            "We recorded it last month.",
            "We decided to move the release to November.",
            "我们决定把发布推迟到十一月。",
            "上周五已经发了",
            "today's agenda",
            "今天的议题是存储。",
            "We may march on.",
            "一个周期",
            "Once a week",
            "每个月都开会",
        ] {
            assert_eq!(find_due_phrase(text), None, "{text}");
        }
    }
}
