use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

/// Keeps answers of the API out of caches, unless the handler says otherwise.
pub(crate) async fn no_store(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    set_if_missing(&mut response, header::CACHE_CONTROL, "no-store");
    response
}

/// Keeps the address of a playback session, which is a secret, from leaking to other sites and shared caches.
pub(crate) async fn no_referrer(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    set_if_missing(&mut response, header::CACHE_CONTROL, "private, no-cache");
    set_if_missing(&mut response, header::REFERRER_POLICY, "no-referrer");
    response
}

/// Keeps browsers from guessing content types and from framing what the API answers.
pub(crate) async fn harden(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    set_if_missing(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set_if_missing(&mut response, header::X_FRAME_OPTIONS, "DENY");
    set_if_missing(&mut response, header::REFERRER_POLICY, "same-origin");
    response
}

fn set_if_missing(response: &mut Response, name: HeaderName, value: &'static str) {
    response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
}
