use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use tower_http::catch_panic::CatchPanicLayer;

use crate::error::ApiError;
use crate::problem::{answer_panic, render_problems};
use crate::response_headers::harden;
use crate::routes::{API_PREFIX, assemble};
use crate::state::{ApiState, App};

/// Builds the HTTP service: the API at `/api/v1`, playback sessions at `/p`, the console everywhere else.
///
/// Serve it with `into_make_service_with_connect_info::<SocketAddr>()`: sign-ins are slowed down by address.
pub fn router(state: ApiState) -> axum::Router {
    let body_bytes_max = state.settings.body_bytes_max;
    let console = state.settings.console.clone();
    let app = App::new(state);
    let (routes, _description) = assemble(&app);
    let routes =
        routes.route(&format!("{API_PREFIX}/{{*rest}}"), any(no_such_page)).method_not_allowed_fallback(no_such_method);
    let routes = match console {
        Some(console) => routes.fallback_service(console),
        None => routes.fallback(no_such_page),
    };
    routes
        .layer(DefaultBodyLimit::max(body_bytes_max))
        .layer(CatchPanicLayer::custom(answer_panic))
        .layer(from_fn_with_state(app.clone(), render_problems))
        .layer(from_fn(harden))
        .with_state(app)
}

async fn no_such_page(State(_app): State<App>) -> Response {
    ApiError::NotFound { what: "page" }.into_response()
}

async fn no_such_method(request: Request) -> Response {
    ApiError::MethodNotAllowed { method: request.method().to_string() }.into_response()
}
