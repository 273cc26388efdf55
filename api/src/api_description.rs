use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use utoipa::openapi::path::{Operation, Paths};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref, ResponseBuilder,
};
use utoipa::{PartialSchema as _, ToSchema as _};

use crate::access::{Action, Scope};
use crate::error::ApiError;
use crate::routes;
use crate::state::App;
use crate::views::ProblemView;

/// Returns the description of the API, `OpenAPI` 3.1, as JSON: what `api/openapi.json` holds.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn openapi_json() -> Result<String, serde_json::Error> {
    // utoipa 6 writes the names of unsigned formats as `u-int32`; the format registry has `uint32`.
    let mut text = routes::description().to_pretty_json()?.replace("\"format\": \"u-int", "\"format\": \"uint");
    text.push('\n');
    Ok(text)
}

/// Returns this description.
#[utoipa::path(get, path = "/openapi.json", tag = "health",
    responses((status = 200, content_type = "application/json", body = serde_json::Value)))]
pub(crate) async fn read_description(State(_app): State<App>) -> Result<Response, ApiError> {
    let text = openapi_json().map_err(|error| ApiError::internal(format!("API description: {error}")))?;
    let mut response = text.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// Returns what the description says apart from the routes.
pub(crate) fn base() -> OpenApi {
    let bearer = Http::builder()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("The token of a session, an API key (`hk_…`), or a JWT of the meeting platform."));
    let cookie = ApiKey::Cookie(ApiKeyValue::new("huiji_session"));
    let components = ComponentsBuilder::new()
        .schema(ProblemView::name(), ProblemView::schema())
        .security_scheme("bearer", SecurityScheme::Http(bearer.build()))
        .security_scheme("session_cookie", SecurityScheme::ApiKey(cookie))
        .build();
    let info = InfoBuilder::new()
        .title("Huiji")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Records meetings and writes their minutes. Wall-clock times are RFC 3339 in UTC; positions on a recording's \
             timeline are milliseconds (`…_ms`); errors are `application/problem+json`.",
        ))
        .license(Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build()))
        .build();
    OpenApiBuilder::new().info(info).components(Some(components)).build()
}

/// Adds what every operation has: the way errors look, and which credentials are accepted.
pub(crate) fn describe_operations(paths: &mut Paths, action: Action) {
    for item in paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        for operation in operations.into_iter().flatten() {
            describe_operation(operation, action);
        }
    }
}

fn describe_operation(operation: &mut Operation, action: Action) {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(ProblemView::name()))).build();
    let problem = ResponseBuilder::new()
        .description("Why the request failed.")
        .content("application/problem+json", content)
        .build();
    operation.responses.responses.insert("default".to_owned(), problem.into());
    operation.security = Some(match action.scope() {
        Scope::Public | Scope::PlaybackSession => Vec::new(),
        Scope::Tenant | Scope::Recording | Scope::Case => {
            ["bearer", "session_cookie"].map(|scheme| SecurityRequirement::new(scheme, Vec::<String>::new())).into()
        }
    });
}
