use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use store::StoredObject;

use crate::access::RecordingPermit;
use crate::byte_range::{Wanted, wanted};
use crate::error::ApiError;
use crate::state::App;

/// How much is decrypted at a time.
const PIECE_BYTES: u64 = 1024 * 1024;

/// Answers with an object's content or the range of it that was asked for, decrypted piece by piece as it is read.
pub(crate) async fn answer_with_object(
    app: App,
    permit: RecordingPermit,
    object: StoredObject,
    headers: &HeaderMap,
    content_type: &'static str,
) -> Result<Response, ApiError> {
    let wanted = wanted(headers, object.bytes)?;
    let (status, range) = match wanted {
        Wanted::Whole => (StatusCode::OK, 0..object.bytes),
        Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
    };
    let length = range.end - range.start;
    let content_range = format!("bytes {}-{}/{}", range.start, range.end.saturating_sub(1), object.bytes);
    // The first piece is read before the answer begins, so that a damaged object is an error and not a cut-off file.
    let first_end = range.end.min(range.start + PIECE_BYTES);
    let first = app.archive().object_range(&permit, &object.key, range.start..first_end).await?;
    let body = if first_end == range.end {
        Body::from(first)
    } else {
        Body::from_stream(stream::try_unfold(
            (app, permit, object.key, Some(first), first_end..range.end),
            |(app, permit, key, first, rest)| async move {
                if let Some(first) = first {
                    return Ok::<_, ApiError>(Some((first, (app, permit, key, None, rest))));
                }
                if rest.is_empty() {
                    return Ok(None);
                }
                let end = rest.end.min(rest.start + PIECE_BYTES);
                let piece: Bytes = app.archive().object_range(&permit, &key, rest.start..end).await?;
                Ok(Some((piece, (app, permit, key, None, end..rest.end))))
            },
        ))
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if status == StatusCode::PARTIAL_CONTENT {
        let value = HeaderValue::try_from(content_range).map_err(|_| ApiError::internal("a range is not a header"))?;
        headers.insert(header::CONTENT_RANGE, value);
    }
    Ok(response)
}

/// Answers with bytes that were made for this caller, or the range of them that was asked for.
pub(crate) fn answer_with_bytes(
    bytes: &Bytes,
    headers: &HeaderMap,
    content_type: &'static str,
) -> Result<Response, ApiError> {
    let length = bytes.len() as u64;
    let (status, range) = match wanted(headers, length)? {
        Wanted::Whole => (StatusCode::OK, 0..length),
        Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
    };
    let part = bytes.slice(range.start as usize..range.end as usize);
    let mut response = Response::new(Body::from(part));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if status == StatusCode::PARTIAL_CONTENT {
        let text = format!("bytes {}-{}/{length}", range.start, range.end.saturating_sub(1));
        let value = HeaderValue::try_from(text).map_err(|_| ApiError::internal("a range is not a header"))?;
        headers.insert(header::CONTENT_RANGE, value);
    }
    Ok(response)
}
