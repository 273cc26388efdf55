//! The HTTP API: authenticate, decide, call, render.
//!
//! Every route of the route table declares what it does. A gate in front of its handler verifies the credentials, loads
//! the facts and asks one pure function, which denies by default; the handler then receives a permit, and without a permit
//! no recording data comes out of the archive. Requests are parsed at the door into types that cannot be wrong; responses
//! are views of `model`, described by `OpenAPI`; errors are problem documents. Recorders are reached through
//! [`RecorderControl`]; this crate starts and steers them but never saves what they report.

mod accept_language;
mod access;
mod api_description;
mod archive;
mod audit;
mod authentication;
mod byte_range;
mod case_export;
mod error;
mod export;
mod handlers;
mod object_body;
mod people;
mod picture_marking;
mod playback;
mod problem;
mod recorder_control;
mod recorder_port;
mod recording_view;
mod request;
mod response_headers;
mod router;
mod routes;
mod state;
mod views;

pub use api_description::openapi_json;
pub use authentication::{JwtError, JwtKey, JwtSettings, PasswordError, hash_password, token_sha256};
pub use case_export::CaseExporter;
pub use picture_marking::{MarkText, PictureMarking, PictureMarkingError};
pub use recorder_control::{RecorderControl, RecorderError};
pub use router::router;
pub use routes::{RouteEntry, route_entries};
pub use state::{ApiSettings, ApiState};
