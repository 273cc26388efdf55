use axum::http::{HeaderMap, Method, header};

use crate::error::ApiError;

/// Refuses a request with a cookie that changes something and that another site made the browser send.
///
/// The cookie is `SameSite=Strict` already; this holds where that does not, such as on a sibling domain. Browsers say
/// where a request comes from; a caller that says nothing is no browser, and must send JSON, which no form can.
pub(crate) fn require_same_origin(method: &Method, headers: &HeaderMap) -> Result<(), ApiError> {
    const CROSS_SITE: ApiError = ApiError::Forbidden { reason: "the request comes from another site" };
    if method.is_safe() {
        return Ok(());
    }
    let text = |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return if matches!(site, "same-origin" | "none") { Ok(()) } else { Err(CROSS_SITE) };
    }
    if let Some(origin) = text(header::ORIGIN.as_str()) {
        let origin_host = origin.split_once("://").map(|(_, host)| host);
        return if origin_host.is_some() && origin_host == text(header::HOST.as_str()) {
            Ok(())
        } else {
            Err(CROSS_SITE)
        };
    }
    match text(header::CONTENT_TYPE.as_str()) {
        Some(content_type) if content_type.starts_with("application/json") => Ok(()),
        _ => Err(ApiError::UnsupportedMediaType),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};

    use super::require_same_origin;

    #[test]
    fn only_the_console_itself_may_change_things() {
        let check = |method: Method, headers: &[(&'static str, &'static str)], expected: bool| {
            let headers: HeaderMap = headers
                .iter()
                .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
                .collect();
            assert_eq!(require_same_origin(&method, &headers).is_ok(), expected, "{method} {headers:?}");
        };
        check(Method::GET, &[("sec-fetch-site", "cross-site")], true);
        check(Method::POST, &[("sec-fetch-site", "cross-site")], false);
        check(Method::POST, &[("sec-fetch-site", "same-site")], false);
        check(Method::POST, &[("sec-fetch-site", "same-origin")], true);
        check(Method::POST, &[("origin", "https://huiji.example"), ("host", "huiji.example")], true);
        check(Method::POST, &[("origin", "https://evil.example"), ("host", "huiji.example")], false);
        check(Method::POST, &[("origin", "null"), ("host", "huiji.example")], false);
        check(Method::DELETE, &[], false);
        check(Method::POST, &[("content-type", "text/plain")], false);
        check(Method::POST, &[("content-type", "application/json; charset=utf-8")], true);
    }
}
