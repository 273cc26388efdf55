use std::collections::HashMap;

use model::{TenantId, UserId};

use crate::error::ApiError;
use crate::state::App;
use crate::views::ActorView;

/// The names of an organisation's accounts, for lists that show many of them.
pub(crate) struct People {
    names: HashMap<UserId, String>,
}

impl People {
    pub(crate) async fn load(app: &App, tenant_id: &TenantId) -> Result<Self, ApiError> {
        let users = app.accounts().users(tenant_id).await?;
        Ok(Self { names: users.into_iter().map(|user| (user.id, user.display_name)).collect() })
    }

    /// Names an account; one that exists only in the platform's tokens goes by its id.
    pub(crate) fn person(&self, user_id: &UserId) -> ActorView {
        let name = self.names.get(user_id).map_or_else(|| user_id.to_string(), Clone::clone);
        ActorView { id: user_id.to_string(), name }
    }

    /// Names whoever stands in the audit log: an account, an API key, or Huiji itself.
    pub(crate) fn actor(&self, actor: &str) -> ActorView {
        match UserId::new(actor) {
            Ok(user_id) => self.person(&user_id),
            Err(_) => ActorView { id: actor.to_owned(), name: actor.to_owned() },
        }
    }
}
