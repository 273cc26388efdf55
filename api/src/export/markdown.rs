use std::fmt::Write as _;

use model::MediaTime;

/// Escapes untrusted text for one line of Markdown: no mark-up, no HTML, no line break comes out of it.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.trim().chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' | '(' | ')' | '{' | '}' | ':' | '@' => {
                escaped.push('\\');
                escaped.push(character);
            }
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escape_list_mark(escaped)
}

/// A line that starts like a list item or a rule is text all the same.
fn escape_list_mark(text: String) -> String {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let mark = text.as_bytes().get(digits).copied();
    match mark {
        Some(b'-' | b'+' | b'=') if digits == 0 => format!("\\{text}"),
        Some(b'.') if digits > 0 => {
            let (number, rest) = text.split_at(digits);
            format!("{number}\\{rest}")
        }
        _ => text,
    }
}

/// Writes a position as `h:mm:ss`.
pub(super) fn position(at: MediaTime) -> String {
    let seconds = at.as_millis() / 1000;
    let mut text = String::new();
    write!(text, "{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
        .expect("writing to a string cannot fail");
    text
}

#[cfg(test)]
mod tests {
    use model::MediaTime;

    use super::{escape, position};

    #[test]
    fn nothing_said_becomes_mark_up() {
        let check = |text: &str, expected: &str| assert_eq!(escape(text), expected);
        check("plain, text. 中文", "plain, text. 中文");
        check("# heading", "\\# heading");
        check("- item", "\\- item");
        check("12. item", "12\\. item");
        check("3.5 percent", "3\\.5 percent");
        check("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert\\(1\\)&gt;");
        check("[a](javascript:b)", "\\[a\\]\\(javascript\\:b\\)");
        check("![a](http://x)", "\\!\\[a\\]\\(http\\://x\\)");
        check("a\nb\r\n# c", "a b  \\# c");
        check("`x` *y* _z_ ~w~ | &lt;", "\\`x\\` \\*y\\* \\_z\\_ \\~w\\~ \\| &amp;lt;");
    }

    #[test]
    fn positions_are_short() {
        assert_eq!(position(MediaTime::from_millis(3_723_999)), "1:02:03");
    }
}
