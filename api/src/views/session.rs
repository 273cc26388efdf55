use model::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::closed_set_schemas as schemas;

/// A person's name and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    pub(crate) user_name: String,
    #[schema(format = Password)]
    pub(crate) password: String,
}

/// A session that was just opened. The same token is set as an `HttpOnly` cookie.
#[derive(Serialize, ToSchema)]
#[schema(as = SignedIn)]
pub(crate) struct SignedInView {
    /// Send it as `Authorization: Bearer`; browsers use the cookie instead.
    pub(crate) token: String,
    pub(crate) expires_at: String,
    pub(crate) user: UserView,
}

/// The session of the caller.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionView {
    pub(crate) user: UserView,
}

/// An account.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserView {
    pub(crate) id: String,
    pub(crate) tenant_id: String,
    pub(crate) user_name: String,
    pub(crate) display_name: String,
    #[schema(value_type = schemas::Role)]
    pub(crate) role: Role,
}
