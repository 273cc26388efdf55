use std::ops::Range;

/// A number in a text and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Numeral {
    pub value: f64,
    pub range: Range<usize>,
}

/// Finds the numbers of a folded text, in digits, English words and Chinese characters, with the multipliers that follow
/// them. Returns them in order.
pub(crate) fn find_numerals(folded: &str) -> Vec<Numeral> {
    let mut numerals = Vec::new();
    let mut rest = Scanner { text: folded, at: 0 };
    while let Some(character) = rest.peek() {
        let found = if character.is_ascii_digit() {
            rest.digits()
        } else if han_digit(character).is_some() || han_unit(character).is_some() {
            rest.han()
        } else if character.is_alphabetic() {
            rest.words()
        } else {
            None
        };
        match found {
            Some(numeral) => {
                rest.at = numeral.range.end;
                numerals.push(numeral);
            }
            None => rest.skip(character),
        }
    }
    numerals
}

/// Returns the value of a text that is one number and nothing else.
pub(crate) fn parse_numeral(folded: &str) -> Option<f64> {
    let folded = folded.trim();
    match find_numerals(folded).as_slice() {
        [numeral] if numeral.range == (0..folded.len()) => Some(numeral.value),
        _ => None,
    }
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl Scanner<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip(&mut self, character: char) {
        let word = self.rest().chars().take_while(char::is_ascii_alphanumeric).count();
        self.at += word.max(character.len_utf8());
    }

    fn digits(&self) -> Option<Numeral> {
        let mut digits = String::new();
        let mut end = self.at;
        let mut characters = self.rest().char_indices().peekable();
        while let Some((offset, character)) = characters.next() {
            let next_is_digit = characters.peek().is_some_and(|(_, next)| next.is_ascii_digit());
            match character {
                '0'..='9' => digits.push(character),
                '.' if next_is_digit && !digits.contains('.') => digits.push('.'),
                ',' if next_is_digit && !digits.contains('.') => {}
                _ => break,
            }
            end = self.at + offset + character.len_utf8();
        }
        let value = digits.parse::<f64>().ok()?;
        Some(self.multiplied(value, end))
    }

    fn multiplied(&self, value: f64, end: usize) -> Numeral {
        const MULTIPLIERS: &[(&str, f64)] = &[
            ("亿", 1e8),
            ("万", 1e4),
            ("千", 1e3),
            ("百", 1e2),
            (" hundred", 1e2),
            (" thousand", 1e3),
            (" million", 1e6),
            (" billion", 1e9),
        ];
        let rest = self.text.get(end..).unwrap_or_default();
        match MULTIPLIERS.iter().find(|(name, _)| rest.starts_with(name)) {
            Some((name, factor)) => Numeral { value: value * factor, range: self.at..end + name.len() },
            None => Numeral { value, range: self.at..end },
        }
    }

    fn han(&self) -> Option<Numeral> {
        let rest = self.rest();
        if rest.starts_with("百分之") {
            return None;
        }
        let length: usize = rest
            .chars()
            .take_while(|&c| han_digit(c).is_some() || han_unit(c).is_some() || c == '点')
            .map(char::len_utf8)
            .sum();
        let characters = rest.get(..length)?;
        let trimmed = characters.trim_end_matches('点');
        Some(Numeral { value: han_value(trimmed)?, range: self.at..self.at + trimmed.len() })
    }

    fn words(&self) -> Option<Numeral> {
        let (mut total, mut group, mut end, mut seen) = (0.0_f64, 0.0_f64, self.at, false);
        let mut offset = 0;
        for piece in self.rest().split_inclusive(|c: char| !c.is_ascii_alphabetic()) {
            let word = piece.trim_end_matches(|c: char| !c.is_ascii_alphabetic());
            let separator = piece.strip_prefix(word).unwrap_or_default();
            match (english_small(word), english_scale(word)) {
                (Some(value), _) => group += value,
                (None, Some(100.0)) if seen => group = group.max(1.0) * 100.0,
                (None, Some(scale)) if seen => {
                    total += group.max(1.0) * scale;
                    group = 0.0;
                }
                _ if word == "and" && seen && group >= 100.0 => {
                    offset += piece.len();
                    continue;
                }
                _ => break,
            }
            seen = true;
            end = self.at + offset + word.len();
            offset += piece.len();
            if !matches!(separator, " " | "-") {
                break;
            }
        }
        seen.then_some(Numeral { value: total + group, range: self.at..end })
    }
}

fn english_small(word: &str) -> Option<f64> {
    const WORDS: &[&str] = &[
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: &[&str] = &["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let small = WORDS.iter().position(|name| *name == word);
    small.or_else(|| TENS.iter().position(|name| *name == word).map(|at| (at + 2) * 10)).map(|value| value as f64)
}

fn english_scale(word: &str) -> Option<f64> {
    match word {
        "hundred" => Some(1e2),
        "thousand" => Some(1e3),
        "million" => Some(1e6),
        "billion" => Some(1e9),
        _ => None,
    }
}

fn han_digit(character: char) -> Option<f64> {
    const DIGITS: &str = "零一二三四五六七八九";
    match character {
        '〇' => Some(0.0),
        '两' => Some(2.0),
        _ => DIGITS.chars().position(|digit| digit == character).map(|value| value as f64),
    }
}

fn han_unit(character: char) -> Option<f64> {
    match character {
        '十' => Some(1e1),
        '百' => Some(1e2),
        '千' => Some(1e3),
        '万' => Some(1e4),
        '亿' => Some(1e8),
        _ => None,
    }
}

fn han_value(characters: &str) -> Option<f64> {
    let (whole, fraction) = characters.split_once('点').unwrap_or((characters, ""));
    let digits: Option<Vec<f64>> = whole.chars().map(han_digit).collect();
    let value = match digits {
        Some(digits) if !digits.is_empty() => digits.iter().fold(0.0, |value, digit| value * 10.0 + digit),
        Some(_) => return None,
        None => {
            let (mut total, mut section, mut digit) = (0.0, 0.0, None);
            for character in whole.chars() {
                match (han_digit(character), han_unit(character)) {
                    (Some(value), _) => digit = Some(value),
                    (None, Some(unit)) if unit >= 1e4 => {
                        total = (total + section + digit.take().unwrap_or(0.0)).max(1.0) * unit;
                        section = 0.0;
                    }
                    (None, Some(unit)) => section += digit.take().unwrap_or(1.0) * unit,
                    (None, None) => return None,
                }
            }
            total + section + digit.unwrap_or(0.0)
        }
    };
    let tail = fraction.chars().map_while(han_digit).enumerate();
    Some(tail.fold(value, |value, (place, digit)| value + digit / 10_f64.powi(place as i32 + 1)))
}

#[cfg(test)]
mod tests {
    use super::{find_numerals, parse_numeral};

    fn check(text: &str, expected: &[f64]) {
        let values: Vec<f64> = find_numerals(text).into_iter().map(|numeral| numeral.value).collect();
        assert_eq!(values, expected, "{text}");
    }

    #[test]
    fn numbers_of_both_languages_are_found() {
        check("storage is eighty three percent full", &[83.0]);
        check("eighty-three, then 83% and 1,024.5", &[83.0, 83.0, 1024.5]);
        check("one hundred and five users, two thousand three hundred", &[105.0, 2300.0]);
        check("存储已经用了百分之八十三", &[83.0]);
        check("录制保留九十五天，预算三万五千", &[95.0, 35000.0]);
        check("预算是46万，二零二六年，三点五", &[460_000.0, 2026.0, 3.5]);
        check("1.5 million and v2", &[1_500_000.0]);
        check("someone else often attends", &[]);
    }

    #[test]
    fn a_numeral_alone_is_parsed() {
        assert_eq!(parse_numeral("十一"), Some(11.0));
        assert_eq!(parse_numeral("twenty one"), Some(21.0));
        assert_eq!(parse_numeral("twenty one days"), None);
    }
}
