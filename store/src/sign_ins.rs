use model::{TenantId, Timestamp, UserId};

use crate::database::sql;
use crate::users::{self, user_columns};
use crate::{Error, Store, User};

impl Store {
    /// Remembers that an account signed in; only the hash of its token is kept.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the token is taken.
    pub async fn insert_sign_in(
        &self,
        token_sha256: &str,
        user_id: &UserId,
        tenant_id: &TenantId,
        expires_at: Timestamp,
    ) -> Result<(), Error> {
        let statement =
            sql("INSERT INTO sign_ins (token_sha256, user_id, tenant_id, expires_at) VALUES ($1, $2, $3, $4)")
                .bind(token_sha256)
                .bind(user_id.as_str())
                .bind(tenant_id.as_str())
                .bind(expires_at.as_micros());
        let inserted = self.database().execute("sign_ins", statement).await;
        inserted.map(drop).map_err(|error| error.or_conflict("sign-in of user", user_id, "the token is taken"))
    }

    /// Returns the account a token belongs to, none when it is unknown or expired.
    pub async fn find_sign_in(&self, token_sha256: &str, now: Timestamp) -> Result<Option<User>, Error> {
        let statement = sql(concat!(
            "SELECT ",
            user_columns!(),
            "JOIN sign_ins ON sign_ins.user_id = users.id AND sign_ins.tenant_id = users.tenant_id \
             WHERE sign_ins.token_sha256 = $1 AND sign_ins.expires_at > $2"
        ));
        let statement = statement.bind(token_sha256).bind(now.as_micros());
        self.database().read_optional("sign_ins", statement).await?.as_ref().map(users::decode).transpose()
    }

    /// Forgets a sign-in; nothing happens when there is none.
    pub async fn delete_sign_in(&self, token_sha256: &str) -> Result<(), Error> {
        let statement = sql("DELETE FROM sign_ins WHERE token_sha256 = $1").bind(token_sha256);
        self.database().execute("sign_ins", statement).await.map(drop)
    }
}
