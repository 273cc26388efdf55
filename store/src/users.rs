use std::fmt;

use model::{Role, TenantId, UserId};
use sqlx::any::AnyRow;

use crate::database::sql;
use crate::fields::Fields;
use crate::{Error, Store};

/// An account of the console.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// The organisation.
    pub tenant_id: TenantId,
    /// What the person signs in with; unique in the deployment.
    pub user_name: String,
    /// The name shown to others.
    pub display_name: String,
    /// What the account may do in its tenant.
    pub role: Role,
    /// The hash of the password; none when the account signs in elsewhere.
    pub password_hash: Option<String>,
}

impl fmt::Debug for User {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("User")
            .field("id", &self.id)
            .field("tenant_id", &self.tenant_id)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

macro_rules! user_columns {
    () => {
        "users.id, users.tenant_id, users.user_name, users.display_name, users.role, users.password_hash FROM users "
    };
}
pub(crate) use user_columns;

impl Store {
    /// Inserts an account.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the id or the user name is taken.
    pub async fn insert_user(&self, user: &User) -> Result<(), Error> {
        let statement = sql("INSERT INTO users (id, tenant_id, user_name, display_name, role, password_hash) \
             VALUES ($1, $2, $3, $4, $5, $6)");
        let statement = statement
            .bind(user.id.as_str())
            .bind(user.tenant_id.as_str())
            .bind(user.user_name.as_str())
            .bind(user.display_name.as_str())
            .bind(user.role.as_str())
            .bind(user.password_hash.as_deref());
        let inserted = self.database().execute("users", statement).await;
        inserted.map(drop).map_err(|error| error.or_conflict("user", &user.id, "the id or the user name is taken"))
    }

    /// Returns an account of a tenant.
    pub async fn load_user(&self, tenant_id: &TenantId, user_id: &UserId) -> Result<Option<User>, Error> {
        let statement = sql(concat!("SELECT ", user_columns!(), "WHERE id = $1 AND tenant_id = $2"));
        let statement = statement.bind(user_id.as_str()).bind(tenant_id.as_str());
        self.database().read_optional("users", statement).await?.as_ref().map(decode).transpose()
    }

    /// Returns the account that signs in with a name.
    pub async fn find_user_by_name(&self, user_name: &str) -> Result<Option<User>, Error> {
        let statement = sql(concat!("SELECT ", user_columns!(), "WHERE user_name = $1")).bind(user_name);
        self.database().read_optional("users", statement).await?.as_ref().map(decode).transpose()
    }

    /// Lists the accounts of a tenant by user name.
    pub async fn list_users(&self, tenant_id: &TenantId) -> Result<Vec<User>, Error> {
        let statement = sql(concat!("SELECT ", user_columns!(), "WHERE tenant_id = $1")).bind(tenant_id.as_str());
        let rows = self.database().read_all("users", statement).await?;
        let mut users = rows.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
        users.sort_by(|left, right| left.user_name.cmp(&right.user_name));
        Ok(users)
    }
}

pub(crate) fn decode(row: &AnyRow) -> Result<User, Error> {
    let fields = Fields::of(row, "users", &["id"]);
    Ok(User {
        id: fields.parsed("id")?,
        tenant_id: fields.parsed("tenant_id")?,
        user_name: fields.text("user_name")?,
        display_name: fields.text("display_name")?,
        role: fields.parsed("role")?,
        password_hash: fields.optional_text("password_hash")?,
    })
}
