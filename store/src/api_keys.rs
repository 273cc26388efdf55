use model::{ApiKeyId, Role, TenantId};

use crate::database::sql;
use crate::fields::Fields;
use crate::{Error, Store};

/// A key with which a machine calls the API; only the hash of its secret is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// The organisation.
    pub tenant_id: TenantId,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// SHA-256 of the secret, lower-case hexadecimal.
    pub secret_sha256: String,
}

impl Store {
    /// Inserts an API key.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the id or the secret is taken.
    pub async fn insert_api_key(&self, api_key: &ApiKey) -> Result<(), Error> {
        let statement =
            sql("INSERT INTO api_keys (id, tenant_id, name, role, secret_sha256) VALUES ($1, $2, $3, $4, $5)")
                .bind(api_key.id.as_str())
                .bind(api_key.tenant_id.as_str())
                .bind(api_key.name.as_str())
                .bind(api_key.role.as_str())
                .bind(api_key.secret_sha256.as_str());
        let inserted = self.database().execute("api_keys", statement).await;
        inserted.map(drop).map_err(|error| error.or_conflict("API key", &api_key.id, "the id or the secret is taken"))
    }

    /// Returns the API key with a secret.
    pub async fn find_api_key(&self, secret_sha256: &str) -> Result<Option<ApiKey>, Error> {
        let statement = sql("SELECT id, tenant_id, name, role, secret_sha256 FROM api_keys WHERE secret_sha256 = $1");
        let row = self.database().read_optional("api_keys", statement.bind(secret_sha256)).await?;
        let decode = |row| {
            let fields = Fields::of(&row, "api_keys", &["id"]);
            Ok(ApiKey {
                id: fields.parsed("id")?,
                tenant_id: fields.parsed("tenant_id")?,
                name: fields.text("name")?,
                role: fields.parsed("role")?,
                secret_sha256: fields.text("secret_sha256")?,
            })
        };
        row.map(decode).transpose()
    }
}
