use serde::Serialize;
use utoipa::ToSchema;

/// An account, or what acts by itself.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Actor)]
pub(crate) struct ActorView {
    /// The account's id; `huiji` for what the rules do.
    pub(crate) id: String,
    /// The display name; the id when the account is not known here.
    pub(crate) name: String,
}
