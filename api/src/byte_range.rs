use std::ops::Range;

use axum::http::{HeaderMap, header};

use crate::error::ApiError;

/// Which part of a file a request asks for (RFC 9110 §14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Everything.
    Whole,
    /// These bytes.
    Part(Range<u64>),
}

/// Reads the `Range` header of a request for a file of `bytes` bytes. Several ranges at once are answered with the whole
/// file, as the standard allows, and so is a header that makes no sense.
pub(crate) fn wanted(headers: &HeaderMap, bytes: u64) -> Result<Wanted, ApiError> {
    let text = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    let Some((first, last)) = text.and_then(|text| text.trim().strip_prefix("bytes=")?.split_once('-')) else {
        return Ok(Wanted::Whole);
    };
    let range = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(bytes),
        (Some(first), None) if last.trim().is_empty() => first..bytes,
        (None, Some(length)) if first.trim().is_empty() => bytes.saturating_sub(length)..bytes,
        _ => return Ok(Wanted::Whole),
    };
    if range.is_empty() { Err(ApiError::RangeNotSatisfiable { bytes }) } else { Ok(Wanted::Part(range)) }
}

fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{Wanted, wanted};

    #[test]
    fn ranges_follow_the_standard() {
        let check = |text: &'static str, expected: Option<Wanted>| {
            let headers = HeaderMap::from_iter([(header::RANGE, HeaderValue::from_static(text))]);
            assert_eq!(wanted(&headers, 100).ok(), expected, "{text}");
        };
        check("bytes=0-9", Some(Wanted::Part(0..10)));
        check("bytes=90-", Some(Wanted::Part(90..100)));
        check("bytes=90-1000", Some(Wanted::Part(90..100)));
        check("bytes=-10", Some(Wanted::Part(90..100)));
        check("bytes=-1000", Some(Wanted::Part(0..100)));
        check("bytes=100-", None);
        check("bytes=-0", None);
        check("bytes=9-5", Some(Wanted::Whole));
        check("bytes=0-1,5-6", Some(Wanted::Whole));
        check("lines=0-1", Some(Wanted::Whole));
        check("bytes=+1-2", Some(Wanted::Whole));
        check("bytes=-", Some(Wanted::Whole));
        check("bytes=99999999999999999999-", Some(Wanted::Whole));
        assert!(matches!(wanted(&HeaderMap::new(), 100), Ok(Wanted::Whole)));
    }
}
