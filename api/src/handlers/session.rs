use std::net::{IpAddr, SocketAddr};

use axum::Json;
use axum::extract::{ConnectInfo, Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use store::User;

use crate::access::{Action, Subject, TenantPermit};
use crate::audit::{Event, audit_event};
use crate::authentication::{clear_session_cookie, session_cookie, session_token, token_sha256};
use crate::error::ApiError;
use crate::request::JsonBody;
use crate::state::App;
use crate::views::{SessionView, SignIn, SignedInView, UserView, time_text};

/// Signs a person in.
///
/// The answer is the same for an unknown name and a wrong password. Repeated failures are slowed down.
#[utoipa::path(post, path = "/session", tag = "session", request_body = SignIn,
    responses((status = 200, body = SignedInView)))]
pub(crate) async fn sign_in(
    State(app): State<App>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    JsonBody(body): JsonBody<SignIn>,
) -> Result<Response, ApiError> {
    let address = peer.map(|Extension(ConnectInfo(address))| address.ip());
    let now = app.now();
    if let Some(wait_ms) = app.throttle().wait_ms(&body.user_name, address, now) {
        return Err(ApiError::TooManyAttempts { retry_after_s: wait_ms.div_ceil(1000) });
    }
    let user = verified(&app, body, address).await?;
    let token = app.ids().secret();
    let lifetime = app.settings().session_lifetime;
    let expires_at = now.plus_millis(i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX));
    app.accounts().sign_in(&token_sha256(&token), &user, expires_at).await?;
    audit_sign_in(&app, &user, "allowed").await?;
    let cookie = session_cookie(&token, lifetime, &app.settings().public_url);
    let cookie = cookie.ok_or_else(|| ApiError::internal("a session token does not fit into a cookie"))?;
    let view = SignedInView { token, expires_at: time_text(expires_at), user: user_view(user) };
    let mut response = Json(view).into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Returns the account of the session.
#[utoipa::path(get, path = "/session", tag = "session", responses((status = 200, body = SessionView)))]
pub(crate) async fn read_session(permit: TenantPermit) -> Result<Json<SessionView>, ApiError> {
    match permit.subject() {
        Subject::Account { tenant_id, user_id, role, user_name, display_name } => Ok(Json(SessionView {
            user: UserView {
                id: user_id.to_string(),
                tenant_id: tenant_id.to_string(),
                user_name: user_name.clone(),
                display_name: display_name.clone(),
                role: *role,
            },
        })),
        Subject::Anonymous | Subject::Visitor { .. } | Subject::ApiKey { .. } => {
            Err(ApiError::Forbidden { reason: "this is not a session" })
        }
    }
}

/// Ends the session.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204)))]
pub(crate) async fn sign_out(
    State(app): State<App>,
    permit: TenantPermit,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if let Some(token) = session_token(&headers) {
        app.accounts().sign_out(&token_sha256(token)).await?;
    }
    let what = Event { action: Action::SignOut.name(), recording_id: None, outcome: "allowed", detail: Value::Null };
    audit_event(&app, permit.tenant_id(), permit.subject(), what).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(cookie) = clear_session_cookie(&app.settings().public_url) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn verified(app: &App, body: SignIn, address: Option<IpAddr>) -> Result<User, ApiError> {
    let user = app.accounts().user_by_name(&body.user_name).await?;
    let stored = user.as_ref().and_then(|user| user.password_hash.clone());
    let fits = app.passwords().verify(body.password, stored).await?;
    match user {
        Some(user) if fits => {
            app.throttle().succeed(&body.user_name, address);
            Ok(user)
        }
        user => {
            app.throttle().fail(&body.user_name, address, app.now());
            if let Some(user) = user {
                audit_sign_in(app, &user, "denied").await?;
            }
            Err(ApiError::Unauthenticated { detail: "the user name or the password is wrong" })
        }
    }
}

async fn audit_sign_in(app: &App, user: &User, outcome: &str) -> Result<(), ApiError> {
    let subject = Subject::Account {
        tenant_id: user.tenant_id.clone(),
        user_id: user.id.clone(),
        role: user.role,
        user_name: String::new(),
        display_name: String::new(),
    };
    let what = Event { action: Action::SignIn.name(), recording_id: None, outcome, detail: Value::Null };
    audit_event(app, &user.tenant_id, &subject, what).await
}

fn user_view(user: User) -> UserView {
    UserView {
        id: user.id.to_string(),
        tenant_id: user.tenant_id.to_string(),
        user_name: user.user_name,
        display_name: user.display_name,
        role: user.role,
    }
}
