use std::any::Any;
use std::error::Error;
use std::fmt::Write as _;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::error::ApiError;
use crate::state::App;
use crate::views::ProblemView;

/// The header that names a request in answers and in the log.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives every request an id, renders errors as `application/problem+json`, and logs those that are the server's fault.
pub(crate) async fn render_problems(State(app): State<App>, request: Request, next: Next) -> Response {
    let request_id = request_id(app.ids().random_bytes());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let timeout = app.settings().request_timeout;
    let response = match tokio::time::timeout(timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::TimedOut { timeout_ms: timeout.as_millis() as u64 }.into_response(),
    };
    let mut response = match response.extensions().get::<Arc<ApiError>>().cloned() {
        Some(error) => {
            let status = error.parts().status;
            if status.is_server_error() {
                tracing::error!(request.id = request_id, %method, route, status = status.as_u16(), error = chain(&error),
                    "request failed");
            } else {
                tracing::debug!(request.id = request_id, %method, route, status = status.as_u16(), "request refused");
            }
            with_body(response, &error, &request_id)
        }
        None => response,
    };
    if let Ok(value) = HeaderValue::try_from(request_id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// Turns a panic into an answer; the panic hook has already told the log where it happened.
pub(crate) fn answer_panic(_payload: Box<dyn Any + Send + 'static>) -> Response {
    ApiError::Panicked.into_response()
}

fn with_body(response: Response, error: &ApiError, request_id: &str) -> Response {
    let parts = error.parts();
    let view = ProblemView {
        problem_type: format!("urn:huiji:problem:{}", parts.code),
        title: parts.title,
        status: parts.status.as_u16(),
        code: parts.code,
        detail: parts.detail,
        request_id: request_id.to_owned(),
    };
    let (mut head, _) = response.into_parts();
    let Ok(body) = serde_json::to_vec(&view) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    head.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, Body::from(body))
}

fn request_id(bytes: [u8; 16]) -> String {
    bytes.iter().fold("req_".to_owned(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
        text
    })
}

fn chain(error: &ApiError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        write!(text, ": {cause}").expect("writing to a string cannot fail");
        source = cause.source();
    }
    text
}
