use serde::Serialize;
use utoipa::ToSchema;

/// Why a request failed (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemView {
    /// A URI for the kind of problem.
    #[serde(rename = "type")]
    pub(crate) problem_type: String,
    /// The kind of problem in a few words.
    pub(crate) title: &'static str,
    /// The HTTP status.
    pub(crate) status: u16,
    /// The kind of problem as a stable word, for machines.
    #[schema(example = "not_found")]
    pub(crate) code: &'static str,
    /// What was wrong and what to do.
    pub(crate) detail: String,
    /// Names this request in the server's log.
    pub(crate) request_id: String,
}
