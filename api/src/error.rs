use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use thiserror::Error as ThisError;

use crate::picture_marking::PictureMarkingError;
use crate::recorder_control::RecorderError;

/// Why a request failed. Rendered as `application/problem+json` by [`crate::problem`], which also logs it.
#[derive(Debug, ThisError)]
pub(crate) enum ApiError {
    #[error("{detail}")]
    Unauthenticated { detail: &'static str },
    #[error("{reason}")]
    Forbidden { reason: &'static str },
    #[error("{detail}")]
    NotDesignated { detail: &'static str },
    #[error("the host has not answered the request for access yet")]
    ApprovalNeeded,
    #[error("this link was never given out, has expired or was taken back, or the password is not the right one")]
    LinkExpired,
    #[error("this link asks for a password")]
    PasswordNeeded,
    #[error("{detail}")]
    WatermarkRequired { detail: &'static str },
    #[error("watermark")]
    Marking(#[source] PictureMarkingError),
    #[error("{detail}")]
    InvalidUser { detail: String },
    #[error("there is no {what} here")]
    NotFound { what: &'static str },
    #[error("{detail}")]
    InvalidRequest { detail: String },
    #[error("this address does not answer the method {method}")]
    MethodNotAllowed { method: String },
    #[error("the body must be sent as Content-Type: application/json")]
    UnsupportedMediaType,
    #[error("the body is larger than {limit_bytes} bytes")]
    PayloadTooLarge { limit_bytes: usize },
    #[error("the range lies outside the {bytes} bytes there are")]
    RangeNotSatisfiable { bytes: u64 },
    #[error("{detail}")]
    Conflict { detail: String },
    #[error("{detail}")]
    StaleVersion { detail: String },
    #[error("{detail}")]
    Retained { detail: String },
    #[error("{detail}")]
    NotReady { detail: String },
    #[error("{detail}")]
    QuotaExceeded { detail: String },
    #[error("too many failed attempts; try again in {retry_after_s} s")]
    TooManyAttempts { retry_after_s: u64 },
    #[error("too many requests; go on in {retry_after_s} s")]
    TooManyRequests { retry_after_s: u64 },
    #[error("the request took longer than {timeout_ms} ms")]
    TimedOut { timeout_ms: u64 },
    #[error("recorder")]
    Recorder(#[source] RecorderError),
    #[error("the recorder did not answer within {timeout_ms} ms")]
    RecorderTimedOut { timeout_ms: u64 },
    #[error("store")]
    Store(#[source] store::Error),
    #[error("search")]
    Search(#[source] search::Error),
    #[error("{what}")]
    Internal { what: String },
    #[error("a handler panicked")]
    Panicked,
}

/// What a caller is told about an [`ApiError`].
pub(crate) struct ProblemParts {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) title: &'static str,
    pub(crate) detail: String,
}

impl ApiError {
    pub(crate) fn invalid(detail: impl Into<String>) -> Self {
        Self::InvalidRequest { detail: detail.into() }
    }

    pub(crate) fn internal(what: impl Into<String>) -> Self {
        Self::Internal { what: what.into() }
    }

    /// Returns what the caller is told. What is wrong inside the server stays there.
    pub(crate) fn parts(&self) -> ProblemParts {
        let (status, code, title) = self.kind();
        let detail = match self {
            Self::Recorder(RecorderError::Refused { reason }) => format!("the recorder refused: {reason}"),
            Self::Recorder(RecorderError::NotRunning { recording_id }) => {
                format!("no recorder is running for recording {recording_id}")
            }
            Self::Search(error @ search::Error::DeadlineExceeded) => error.to_string(),
            Self::RecorderTimedOut { .. } | Self::TimedOut { .. } => self.to_string(),
            Self::Store(store::Error::Conflict { what, problem, .. }) => format!("{what}: {problem}"),
            Self::Store(store::Error::Held { hold_ids, .. }) => held_text(hold_ids),
            _ if status == StatusCode::SERVICE_UNAVAILABLE => "the service is busy; try again".to_owned(),
            _ if status.is_server_error() => {
                "something went wrong inside the server; quote the request id when you report it".to_owned()
            }
            _ => self.to_string(),
        };
        ProblemParts { status, code, title, detail }
    }

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Unauthenticated { .. } => (StatusCode::UNAUTHORIZED, "unauthenticated", "Not signed in"),
            Self::Forbidden { .. } => (StatusCode::FORBIDDEN, "forbidden", "Not allowed"),
            Self::NotDesignated { .. } => (StatusCode::FORBIDDEN, "not_designated_viewer", "Not a designated viewer"),
            Self::ApprovalNeeded => (StatusCode::FORBIDDEN, "approval_needed", "Waiting for approval"),
            Self::LinkExpired => (StatusCode::NOT_FOUND, "link_expired", "Link expired or not valid"),
            Self::PasswordNeeded => (StatusCode::FORBIDDEN, "password_needed", "Password needed"),
            Self::WatermarkRequired { .. } => (StatusCode::FORBIDDEN, "watermark_required", "Watermark required"),
            Self::InvalidUser { .. } => (StatusCode::BAD_REQUEST, "invalid_user", "Invalid user information"),
            Self::NotFound { .. } => (StatusCode::NOT_FOUND, "not_found", "Not found"),
            Self::InvalidRequest { .. } => (StatusCode::BAD_REQUEST, "invalid_request", "Invalid request"),
            Self::MethodNotAllowed { .. } => {
                (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Method not allowed")
            }
            Self::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "Unsupported media type")
            }
            Self::PayloadTooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", "Body too large"),
            Self::RangeNotSatisfiable { .. } => {
                (StatusCode::RANGE_NOT_SATISFIABLE, "range_not_satisfiable", "Range outside the content")
            }
            Self::Conflict { .. } | Self::Store(store::Error::Conflict { .. }) => {
                (StatusCode::CONFLICT, "conflict", "Conflict")
            }
            Self::StaleVersion { .. } => (StatusCode::CONFLICT, "stale_version", "Changed by somebody else"),
            Self::Store(store::Error::Held { .. }) => (StatusCode::CONFLICT, "held", "Under legal hold"),
            Self::Retained { .. } => (StatusCode::CONFLICT, "retained", "Kept by a retention rule"),
            Self::NotReady { .. } => (StatusCode::CONFLICT, "not_ready", "Not ready yet"),
            Self::QuotaExceeded { .. } => (StatusCode::PAYMENT_REQUIRED, "quota_exceeded", "Plan limit reached"),
            Self::TooManyAttempts { .. } => (StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", "Too many attempts"),
            Self::TooManyRequests { .. } => (StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "Too many requests"),
            Self::Recorder(RecorderError::NotRunning { .. }) => {
                (StatusCode::CONFLICT, "recorder_not_running", "Recorder not running")
            }
            Self::Recorder(RecorderError::Refused { .. }) => {
                (StatusCode::SERVICE_UNAVAILABLE, "recorder_refused", "Recorder refused")
            }
            Self::Recorder(RecorderError::Failed { .. }) => {
                (StatusCode::BAD_GATEWAY, "recorder_failed", "Recorder failed")
            }
            Self::RecorderTimedOut { .. } => (StatusCode::GATEWAY_TIMEOUT, "recorder_timeout", "Recorder timed out"),
            Self::TimedOut { .. } => (StatusCode::SERVICE_UNAVAILABLE, "timed_out", "Timed out"),
            Self::Store(error) if error.is_transient() => {
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Temporarily unavailable")
            }
            Self::Search(search::Error::DeadlineExceeded) => {
                (StatusCode::SERVICE_UNAVAILABLE, "search_timeout", "Search took too long")
            }
            Self::Search(error) if error.is_transient() => {
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Temporarily unavailable")
            }
            Self::Store(_) | Self::Search(_) | Self::Marking(_) | Self::Internal { .. } | Self::Panicked => {
                (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal error")
            }
        }
    }
}

/// Says what to do, too: a hold is not an error that goes away by trying again.
fn held_text(hold_ids: &[model::HoldId]) -> String {
    let ids: Vec<&str> = hold_ids.iter().map(model::HoldId::as_str).collect();
    format!(
        "legal hold {} keeps this recording; nothing was deleted. Ask the compliance team to release the hold, which \
         takes two people, or leave the recording where it is",
        ids.join(", ")
    )
}

impl IntoResponse for ApiError {
    /// Leaves the body to the middleware that knows the request's id.
    fn into_response(self) -> Response {
        let mut response = self.parts().status.into_response();
        match &self {
            Self::Unauthenticated { .. } => {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::TooManyAttempts { retry_after_s } | Self::TooManyRequests { retry_after_s } => {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*retry_after_s));
            }
            Self::RangeNotSatisfiable { bytes } => {
                if let Ok(value) = HeaderValue::try_from(format!("bytes */{bytes}")) {
                    response.headers_mut().insert(header::CONTENT_RANGE, value);
                }
            }
            _ => {}
        }
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

impl From<store::Error> for ApiError {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

impl From<search::Error> for ApiError {
    fn from(error: search::Error) -> Self {
        Self::Search(error)
    }
}

impl From<model::Error> for ApiError {
    fn from(error: model::Error) -> Self {
        match error {
            model::Error::InvalidTransition { .. } => Self::Conflict { detail: error.to_string() },
            _ => Self::InvalidRequest { detail: error.to_string() },
        }
    }
}
