use std::fmt;

use model::{ApiKeyId, Role, ShareLinkId, TenantId, UserId};

/// Who is asking, once the credentials are verified.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Nobody in particular.
    Anonymous,
    /// A person.
    Account {
        tenant_id: TenantId,
        user_id: UserId,
        role: Role,
        /// What the person signs in with, as far as it is known.
        user_name: String,
        display_name: String,
    },
    /// Somebody who opened a link without signing in.
    Visitor { tenant_id: TenantId, link_id: ShareLinkId, name: String },
    /// A machine of the meeting platform.
    ApiKey { tenant_id: TenantId, api_key_id: ApiKeyId, role: Role },
}

impl Subject {
    pub(crate) const fn tenant_id(&self) -> Option<&TenantId> {
        match self {
            Self::Anonymous => None,
            Self::Account { tenant_id, .. } | Self::Visitor { tenant_id, .. } | Self::ApiKey { tenant_id, .. } => {
                Some(tenant_id)
            }
        }
    }

    pub(crate) const fn user_id(&self) -> Option<&UserId> {
        match self {
            Self::Account { user_id, .. } => Some(user_id),
            Self::Anonymous | Self::Visitor { .. } | Self::ApiKey { .. } => None,
        }
    }

    pub(crate) const fn role(&self) -> Option<Role> {
        match self {
            Self::Anonymous | Self::Visitor { .. } => None,
            Self::Account { role, .. } | Self::ApiKey { role, .. } => Some(*role),
        }
    }

    /// Returns the name in the audit log: an id, never a person's name.
    pub(crate) fn actor(&self) -> &str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Account { user_id, .. } => user_id.as_str(),
            Self::Visitor { link_id, .. } => link_id.as_str(),
            Self::ApiKey { api_key_id, .. } => api_key_id.as_str(),
        }
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Subject")
            .field("actor", &self.actor())
            .field("role", &self.role())
            .finish_non_exhaustive()
    }
}
