use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, StatusCode, header};
use rust_embed::RustEmbed;

/// The built console. `make web` builds it; without it the folder is empty and [`console_routes`] says so.
#[derive(RustEmbed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Assets;

/// Serves the console's files; every path that is no file gets the page itself, whose router knows what to show.
pub(crate) fn console_routes() -> Router {
    Router::new().fallback(|request: Request| async move { respond(request.uri().path()) })
}

fn respond(path: &str) -> Response<Body> {
    if path.starts_with("/p/") {
        return plain(StatusCode::NOT_FOUND, "there is no such playback session");
    }
    let name = path.trim_start_matches('/');
    let (name, cache) = match Assets::get(name) {
        // Vite puts a hash of the content into the names of files below assets/.
        Some(_) if name.starts_with("assets/") => (name, "public, max-age=31536000, immutable"),
        Some(_) => (name, "no-cache"),
        None => ("index.html", "no-cache"),
    };
    let Some(file) = Assets::get(name) else {
        return plain(StatusCode::NOT_FOUND, "the console is not part of this build: run `make web` and build again");
    };
    Response::builder()
        .header(header::CONTENT_TYPE, file.metadata.mimetype())
        .header(header::CACHE_CONTROL, cache)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::REFERRER_POLICY, "no-referrer")
        .header(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self'; media-src 'self' blob:; worker-src 'self' blob:; img-src 'self' data: blob:; \
             style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
        )
        .body(Body::from(file.data))
        .unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR, "cannot serve this file"))
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
}
