use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};

const NAME: &str = "huiji_session";

/// Returns the `Set-Cookie` value that hands a browser its session. Scripts cannot read it, other sites cannot send it.
pub(crate) fn session_cookie(token: &str, lifetime: Duration, public_url: &str) -> Option<HeaderValue> {
    cookie(token, lifetime.as_secs(), public_url)
}

/// Returns the `Set-Cookie` value that takes the session away.
pub(crate) fn clear_session_cookie(public_url: &str) -> Option<HeaderValue> {
    cookie("", 0, public_url)
}

/// Returns the session token in the cookies of a request.
pub(super) fn read_session_cookie(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == NAME).map(|(_, value)| value).filter(|value| !value.is_empty())
}

fn cookie(token: &str, max_age_s: u64, public_url: &str) -> Option<HeaderValue> {
    let secure = if public_url.starts_with("https://") { "; Secure" } else { "" };
    HeaderValue::try_from(format!("{NAME}={token}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Strict{secure}"))
        .ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{read_session_cookie, session_cookie};

    #[test]
    fn cookies_are_secure_where_the_server_is() {
        let text = |url| {
            let value = session_cookie("t", Duration::from_mins(1), url).expect("valid");
            value.to_str().expect("text").to_owned()
        };
        assert_eq!(
            text("https://huiji.example"),
            "huiji_session=t; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure"
        );
        assert!(!text("http://127.0.0.1:8080").contains("Secure"));
    }

    #[test]
    fn the_session_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=b; xhuiji_session=no"));
        assert_eq!(read_session_cookie(&headers), None);
        headers.append(header::COOKIE, HeaderValue::from_static("c=d;huiji_session=yes"));
        assert_eq!(read_session_cookie(&headers), Some("yes"));
    }
}
