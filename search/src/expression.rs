use jiff::civil::Date;

use crate::document::{HitKind, Mark};

/// What a person typed into the search box, taken apart.
///
/// ```text
/// 存储 方案          both, anywhere in the recording        "storage quota"    these words in this order
/// storage OR 存储    one of them                            -draft             hits must not contain it
/// speaker:"Li Na"    said by                                from:2026-11-01    recorded on that day or later
/// host:usr_7          the meeting's owner                  to:2026-11-30      recorded on that day or earlier
/// in:title|minutes|transcript                              has:action|decision|question|transcript|minutes
/// ```
///
/// Every text has a meaning: what is not understood is searched for as it stands.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Expression {
    /// All of these must be in a recording; each is a list of alternatives.
    pub(crate) clauses: Vec<Vec<Phrase>>,
    /// None of these may be in a hit.
    pub(crate) excluded: Vec<Phrase>,
    /// Who may have said it; empty for all.
    pub(crate) speakers: Vec<String>,
    /// Who may own the meeting; empty for all.
    pub(crate) hosts: Vec<String>,
    /// Who must not have said it.
    pub(crate) excluded_speakers: Vec<String>,
    /// The first day.
    pub(crate) from: Option<Date>,
    /// The last day.
    pub(crate) to: Option<Date>,
    /// Where to look; empty for everywhere.
    pub(crate) kinds: Vec<HitKind>,
    /// What a recording must have.
    pub(crate) marks: Vec<Mark>,
    /// Whether the text was longer than is looked at.
    pub(crate) cut: bool,
}

/// A word or a quoted phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Phrase {
    pub(crate) text: String,
    /// Whether it was quoted: only the very words will do.
    pub(crate) exact: bool,
}

const CHARS_MAX: usize = 512;
const PHRASES_MAX: usize = 24;
const FILTERS_MAX: usize = 16;

impl Expression {
    /// Takes a text apart. Accepts every text.
    pub(crate) fn parse(text: &str) -> Self {
        let mut parser = Parser { expression: Self::default(), after_or: false, phrases: 0, filters: 0 };
        let mut characters: Vec<char> = text.chars().take(CHARS_MAX + 1).collect();
        if characters.len() > CHARS_MAX {
            characters.truncate(CHARS_MAX);
            parser.expression.cut = true;
        }
        for item in items(&characters) {
            parser.add(item);
        }
        parser.expression
    }

    /// Says whether a filter was given that names what to look at, so that words are not needed.
    pub(crate) const fn is_filtered(&self) -> bool {
        !self.speakers.is_empty()
            || !self.hosts.is_empty()
            || !self.kinds.is_empty()
            || !self.marks.is_empty()
            || self.from.is_some()
            || self.to.is_some()
    }
}

/// A piece of the text between spaces.
struct Item {
    negative: bool,
    /// What stands before a colon, when something does.
    field: Option<String>,
    text: String,
    quoted: bool,
}

fn items(characters: &[char]) -> Vec<Item> {
    let mut items = Vec::new();
    let mut rest = characters;
    while let Some((first, after)) = rest.split_first() {
        if first.is_whitespace() {
            rest = after;
            continue;
        }
        let dashes = rest.iter().take_while(|character| **character == '-').count();
        rest = rest.get(dashes..).unwrap_or_default();
        let word_end = |end: &char| end.is_whitespace() || closing_quote(*end).is_some();
        let length = rest.iter().position(word_end).unwrap_or(rest.len());
        let (word, after) = rest.split_at(length);
        let mut item = Item { negative: dashes > 0, field: None, text: word.iter().collect(), quoted: false };
        rest = after;
        let colon = word.iter().position(|character| matches!(character, ':' | '：'));
        if let Some(colon) = colon.filter(|colon| *colon > 0) {
            item.field = Some(word.iter().take(colon).collect());
        }
        // A quote opens a phrase when nothing but a field name stands before it.
        if (word.is_empty() || colon.is_some_and(|colon| colon + 1 == word.len()))
            && let Some((quoted, after)) = take_quoted(rest)
        {
            item.text.push_str(&quoted);
            item.quoted = true;
            rest = after;
        }
        items.push(item);
    }
    items
}

/// Takes a quoted piece off the front; a quote that is never closed runs to the end.
fn take_quoted(characters: &[char]) -> Option<(String, &[char])> {
    let (open, after) = characters.split_first()?;
    let close = closing_quote(*open)?;
    let length = after.iter().position(|character| *character == close).unwrap_or(after.len());
    let (quoted, rest) = after.split_at(length);
    Some((quoted.iter().collect(), rest.get(1..).unwrap_or_default()))
}

const fn closing_quote(open: char) -> Option<char> {
    match open {
        '"' => Some('"'),
        '“' | '”' => Some('”'),
        '「' => Some('」'),
        '『' => Some('』'),
        _ => None,
    }
}

struct Parser {
    expression: Expression,
    after_or: bool,
    phrases: usize,
    filters: usize,
}

impl Parser {
    fn add(&mut self, item: Item) {
        if !item.negative && !item.quoted && matches!(item.text.as_str(), "OR" | "|") {
            self.after_or = true;
            return;
        }
        if let Some(field) = &item.field {
            let value: String = item.text.chars().skip(field.chars().count() + 1).collect();
            if self.filters >= FILTERS_MAX {
                self.expression.cut = true;
                return;
            }
            if self.add_filter(field, &value, item.negative) {
                self.filters += 1;
                self.after_or = false;
                return;
            }
        }
        self.add_phrase(item);
    }

    /// Returns whether it was a filter.
    fn add_filter(&mut self, field: &str, value: &str, negative: bool) -> bool {
        let expression = &mut self.expression;
        match (field, negative) {
            ("speaker", _) if !value.trim().is_empty() => {
                let speakers = if negative { &mut expression.excluded_speakers } else { &mut expression.speakers };
                speakers.push(value.to_owned());
                true
            }
            ("host", false) if !value.trim().is_empty() => {
                expression.hosts.push(value.trim().to_owned());
                true
            }
            ("from" | "to", false) => {
                let date = value.replace('/', "-").parse::<Date>().ok().filter(|date| date.year() > 0);
                let Some(date) = date else { return false };
                *(if field == "from" { &mut expression.from } else { &mut expression.to }) = Some(date);
                true
            }
            ("in", false) => {
                expression.kinds.push(match value {
                    "title" => HitKind::Title,
                    "minutes" => HitKind::Minutes,
                    "transcript" => HitKind::Utterance,
                    _ => return false,
                });
                true
            }
            ("has", false) => {
                let mark = Mark::parse(value);
                expression.marks.extend(mark);
                mark.is_some()
            }
            _ => false,
        }
    }

    fn add_phrase(&mut self, item: Item) {
        if item.text.is_empty() {
            return;
        }
        if self.phrases >= PHRASES_MAX {
            self.expression.cut = true;
            return;
        }
        self.phrases += 1;
        let joins = std::mem::take(&mut self.after_or);
        let phrase = Phrase { text: item.text, exact: item.quoted };
        let clauses = &mut self.expression.clauses;
        if item.negative {
            self.expression.excluded.push(phrase);
            return;
        }
        match clauses.last_mut().filter(|_| joins) {
            Some(alternatives) => alternatives.push(phrase),
            None => clauses.push(vec![phrase]),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, proptest};

    use super::{CHARS_MAX, Expression, FILTERS_MAX, PHRASES_MAX, Phrase};
    use crate::document::HitKind;

    fn show(phrase: &Phrase) -> String {
        if phrase.exact { format!("\"{}\"", phrase.text) } else { phrase.text.clone() }
    }

    fn clauses(text: &str) -> String {
        let expression = Expression::parse(text);
        let join = |phrases: &[Phrase]| phrases.iter().map(show).collect::<Vec<_>>().join("|");
        let positive = expression.clauses.iter().map(|clause| join(clause)).collect::<Vec<_>>().join(" & ");
        if expression.excluded.is_empty() { positive } else { format!("{positive} - {}", join(&expression.excluded)) }
    }

    #[test]
    fn words_phrases_and_operators() {
        for (text, expected) in [
            ("存储 方案", "存储 & 方案"),
            ("存储　方案", "存储 & 方案"),
            ("\"storage quota\" now", "\"storage quota\" & now"),
            ("“存储 方案”「发布」", "\"存储 方案\" & \"发布\""),
            ("a OR b c", "a|b & c"),
            ("a | b OR c", "a|b|c"),
            ("OR a OR", "a"),
            ("or", "or"),
            ("\"OR\"", "\"OR\""),
            ("a -b", "a - b"),
            ("a -\"b c\"", "a - \"b c\""),
            ("a OR -b c", "a & c - b"),
            ("- -- a", "a"),
            ("e-mail", "e-mail"),
            ("\"never closed", "\"never closed"),
            ("abc\"d e\"f", "abc & \"d e\" & f"),
            ("\"\"", ""),
            ("10:30 http://x", "10:30 & http://x"),
            ("from:yesterday in:nowhere speaker:", "from:yesterday & in:nowhere & speaker:"),
        ] {
            let expected = expected.replace("\"never closed", "\"never closed\"").replace("closed\"\"", "closed\"");
            assert_eq!(clauses(text), expected, "{text:?}");
        }
    }

    #[test]
    fn filters_are_taken_out() {
        let expression = Expression::parse(
            "speaker:\"Li Na\" speaker：王伟 -speaker:Bob from:2026-11-01 to:2026/11/30 in:title in:minutes x",
        );
        assert_eq!(expression.speakers, ["Li Na", "王伟"]);
        assert_eq!(expression.excluded_speakers, ["Bob"]);
        assert_eq!(expression.from.map(|date| date.to_string()).as_deref(), Some("2026-11-01"));
        assert_eq!(expression.to.map(|date| date.to_string()).as_deref(), Some("2026-11-30"));
        assert_eq!(expression.kinds, [HitKind::Title, HitKind::Minutes]);
        assert_eq!(expression.clauses.len(), 1);
        assert!(expression.is_filtered() && !expression.cut);
        assert!(!Expression::parse("word -only -speaker:x").is_filtered());
    }

    #[test]
    fn long_input_is_cut_and_says_so() {
        assert!(Expression::parse(&"字".repeat(CHARS_MAX + 1)).cut);
        assert!(!Expression::parse(&"字".repeat(CHARS_MAX)).cut);
        let many = Expression::parse(&"a ".repeat(PHRASES_MAX + 1));
        assert!(many.cut && many.clauses.len() == PHRASES_MAX);
        let many = Expression::parse(&"speaker:a ".repeat(FILTERS_MAX + 1));
        assert!(many.cut && many.speakers.len() == FILTERS_MAX);
    }

    proptest! {
        #[test]
        fn every_text_is_accepted(text in any::<String>()) {
            let expression = Expression::parse(&text);
            let phrases = expression.clauses.iter().flatten().chain(&expression.excluded);
            prop_assert!(phrases.clone().count() <= PHRASES_MAX);
            prop_assert!(phrases.clone().all(|phrase| !phrase.text.is_empty()));
        }

        #[test]
        fn every_mix_of_operators_is_accepted(
            text in "([a存]|\"|“|”|-|OR|:|：|speaker:|from:|in:title|2026-11-01|\\||[ \u{3000}]){0,60}",
        ) {
            let expression = Expression::parse(&text);
            prop_assert!(expression.clauses.iter().all(|clause| !clause.is_empty()));
        }
    }
}
