use crate::Error;

/// A word or phrase and what is to be written instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextReplacement {
    find: Vec<char>,
    replacement: String,
    match_case: bool,
}

const CHARS_MAX: usize = 200;

impl TextReplacement {
    pub(crate) fn new(find: &str, replacement: &str, match_case: bool) -> Result<Self, Error> {
        let find: Vec<char> = find.trim().chars().collect();
        if find.is_empty() {
            return Err(Error::InvalidField { field: "find", problem: "must not be empty".to_owned() });
        }
        for (field, text) in [("find", find.as_slice()), ("replacement", &replacement.chars().collect::<Vec<_>>())] {
            if text.len() > CHARS_MAX || text.iter().any(|character| character.is_control()) {
                let problem = format!("must be at most {CHARS_MAX} characters without line breaks");
                return Err(Error::InvalidField { field, problem });
            }
        }
        Ok(Self { find, replacement: replacement.trim().to_owned(), match_case })
    }

    /// Returns the text with every occurrence replaced; none when there is none.
    pub(crate) fn apply(&self, text: &str) -> Option<String> {
        let characters: Vec<char> = text.chars().collect();
        let mut written = String::with_capacity(text.len());
        let mut position = 0;
        let mut is_found = false;
        while position < characters.len() {
            if self.is_at(&characters, position) {
                is_found = true;
                written.push_str(&self.replacement);
                position += self.find.len();
                // Taking a word out must not leave its space behind.
                let is_gap = written.is_empty() || written.ends_with(' ');
                if self.replacement.is_empty() && is_gap && characters.get(position) == Some(&' ') {
                    position += 1;
                }
            } else {
                written.push(characters[position]);
                position += 1;
            }
        }
        is_found.then_some(written)
    }

    fn is_at(&self, text: &[char], position: usize) -> bool {
        let end = position + self.find.len();
        let Some(candidate) = text.get(position..end) else { return false };
        let same = |(left, right): (&char, &char)| {
            left == right || (!self.match_case && left.to_lowercase().eq(right.to_lowercase()))
        };
        candidate.iter().zip(&self.find).all(same)
            && !goes_on(position.checked_sub(1).and_then(|before| text.get(before)), self.find.first())
            && !goes_on(text.get(end), self.find.last())
    }
}

/// Says whether the word at an edge goes on beyond it; Chinese has no borders between words to go by.
fn goes_on(outside: Option<&char>, inside: Option<&char>) -> bool {
    let is_letter = |character: Option<&char>| {
        character.is_some_and(|character| character.is_alphanumeric() && !is_han(*character))
    };
    is_letter(outside) && is_letter(inside)
}

/// Says whether a character is a Chinese one, which stands without spaces.
pub(crate) const fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use super::TextReplacement;

    fn check(find: &str, replacement: &str, match_case: bool, text: &str, expected: Option<&str>) {
        let replaced = TextReplacement::new(find, replacement, match_case).expect("valid").apply(text);
        assert_eq!(replaced.as_deref(), expected, "{find} in {text}");
    }

    #[test]
    fn words_are_found_whole_and_chinese_anywhere() {
        check("cat", "dog", false, "Cat, concatenate the cat.", Some("dog, concatenate the dog."));
        check("cat", "dog", true, "Cat and cat", Some("Cat and dog"));
        check("huiji", "Huiji", true, "我们用huiji记录", Some("我们用Huiji记录"));
        check("会计", "会记", false, "会计系统，会计", Some("会记系统，会记"));
        check("API", "interface", false, "nothing here", None);
        check("um", "", false, "Um we start um now, um", Some("we start now, "));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (find, replacement) in [("", "x"), ("  ", "x"), ("a\nb", "x"), ("a", "x\ny"), (&"x".repeat(201), "y")] {
            assert!(TextReplacement::new(find, replacement, false).is_err(), "{find:?}");
        }
    }
}
