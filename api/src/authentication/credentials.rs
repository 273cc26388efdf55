use std::fmt::Write as _;

use axum::http::{HeaderMap, Method, header};
use sha2::{Digest, Sha256};

use super::same_origin::require_same_origin;
use super::session_cookie::read_session_cookie;
use crate::access::Subject;
use crate::error::ApiError;
use crate::state::App;

const API_KEY_PREFIX: &str = "hk_";
const TOKEN_BYTES_MAX: usize = 8 * 1024;
const REFUSED: ApiError = ApiError::Unauthenticated { detail: "the credentials are not valid here, or no longer" };

/// Verifies the credentials of a request. Without any the subject is anonymous; wrong ones are an error.
pub(crate) async fn authenticate(app: &App, method: &Method, headers: &HeaderMap) -> Result<Subject, ApiError> {
    match presented(headers)? {
        None => Ok(Subject::Anonymous),
        Some(Presented::Bearer(token)) if token.starts_with(API_KEY_PREFIX) => authenticate_api_key(app, token).await,
        Some(Presented::Bearer(token)) if token.contains('.') => authenticate_jwt(app, token).await,
        Some(Presented::Bearer(token)) => authenticate_session(app, token).await,
        Some(Presented::Cookie(token)) => {
            require_same_origin(method, headers)?;
            authenticate_session(app, token).await
        }
    }
}

/// Returns the session token of a request, however it was presented.
pub(crate) fn session_token(headers: &HeaderMap) -> Option<&str> {
    match presented(headers).ok()?? {
        Presented::Bearer(token) | Presented::Cookie(token) => Some(token),
    }
}

/// Returns what the store keeps of a token or an API key: its SHA-256 in lower-case hexadecimal.
#[must_use]
pub fn token_sha256(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().fold(String::with_capacity(64), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
        text
    })
}

enum Presented<'a> {
    Bearer(&'a str),
    Cookie(&'a str),
}

fn presented(headers: &HeaderMap) -> Result<Option<Presented<'_>>, ApiError> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(read_session_cookie(headers).map(Presented::Cookie));
    };
    let text = value.to_str().map_err(|_| REFUSED)?;
    let (scheme, token) = text.split_once(' ').ok_or(REFUSED)?;
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() || token.len() > TOKEN_BYTES_MAX {
        return Err(REFUSED);
    }
    Ok(Some(Presented::Bearer(token)))
}

async fn authenticate_api_key(app: &App, token: &str) -> Result<Subject, ApiError> {
    let api_key = app.accounts().api_key(&token_sha256(token)).await?.ok_or(REFUSED)?;
    Ok(Subject::ApiKey { tenant_id: api_key.tenant_id, api_key_id: api_key.id, role: api_key.role })
}

async fn authenticate_session(app: &App, token: &str) -> Result<Subject, ApiError> {
    let user = app.accounts().signed_in(&token_sha256(token), app.now()).await?.ok_or(REFUSED)?;
    Ok(Subject::Account {
        tenant_id: user.tenant_id,
        user_id: user.id,
        role: user.role,
        user_name: user.user_name,
        display_name: user.display_name,
    })
}

async fn authenticate_jwt(app: &App, token: &str) -> Result<Subject, ApiError> {
    let verifier = app.jwt().ok_or(REFUSED)?;
    let account = verifier.verify(token, app.now()).map_err(|error| {
        tracing::debug!(%error, "token of the meeting platform refused");
        REFUSED
    })?;
    if app.accounts().tenant(&account.tenant_id).await?.is_none() {
        return Err(REFUSED);
    }
    Ok(Subject::Account {
        tenant_id: account.tenant_id,
        user_name: account.user_id.to_string(),
        display_name: account.display_name.unwrap_or_else(|| account.user_id.to_string()),
        user_id: account.user_id,
        role: account.role,
    })
}

#[cfg(test)]
mod tests {
    use super::token_sha256;

    #[test]
    fn the_hash_is_lower_case_hexadecimal() {
        assert_eq!(token_sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
