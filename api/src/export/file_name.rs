use std::fmt::Write as _;

use axum::http::HeaderValue;

/// Returns a `Content-Disposition` that saves a file under the meeting's title (RFC 6266, RFC 8187).
pub(crate) fn content_disposition(title: &str, extension: &str) -> HeaderValue {
    const CHARS_MAX: usize = 80;
    let safe: String = title
        .chars()
        .take(CHARS_MAX)
        .map(|character| if is_safe_in_file_names(character) { character } else { '_' })
        .collect();
    let safe = safe.trim_matches(['.', ' ']);
    let safe = if safe.is_empty() { "recording" } else { safe };
    let ascii: String = safe.chars().map(|character| if character.is_ascii() { character } else { '_' }).collect();
    let value = format!("attachment; filename=\"{ascii}.{extension}\"; filename*=UTF-8''{}.{extension}", encode(safe));
    HeaderValue::try_from(value).unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}

/// Refuses what separates paths, quotes, reaches devices, or turns the reading direction around.
fn is_safe_in_file_names(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '%' | ';')
        && !matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("writing to a string cannot fail");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::content_disposition;

    #[test]
    fn titles_become_harmless_file_names() {
        let check = |title: &str, expected: &str| {
            let value = content_disposition(title, "mp4");
            assert_eq!(value.to_str().unwrap(), expected, "{title:?}");
        };
        check("Weekly", "attachment; filename=\"Weekly.mp4\"; filename*=UTF-8''Weekly.mp4");
        check("周会", "attachment; filename=\"__.mp4\"; filename*=UTF-8''%E5%91%A8%E4%BC%9A.mp4");
        check("../../etc/passwd", "attachment; filename=\"_.._etc_passwd.mp4\"; filename*=UTF-8''_.._etc_passwd.mp4");
        check(
            "a\"; x=\"b\r\nSet-Cookie: c",
            "attachment; filename=\"a__ x=_b__Set-Cookie_ c.mp4\"; filename*=UTF-8''a__%20x%3D_b__Set-Cookie_%20c.mp4",
        );
        check("...", "attachment; filename=\"recording.mp4\"; filename*=UTF-8''recording.mp4");
    }
}
