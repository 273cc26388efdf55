use sha2::{Digest, Sha256};

use crate::Error;
use crate::database::{Database, sql};
use crate::fields::Fields;
use crate::master_key::hex;

/// The migrations in order; an applied one is never edited.
const MIGRATIONS: &[(i64, &str)] = &[(1, include_str!("../migrations/0001_tables.sql"))];

/// Brings the schema up to date, in one transaction and under a lock, so that processes may start together and a crash
/// leaves the old schema or the new one.
pub(crate) async fn migrate(database: &Database) -> Result<(), Error> {
    let mut transaction = database.begin("schema_migrations").await?;
    if let Some(lock) = database.dialect().migration_lock() {
        transaction.execute_script(lock).await?;
    }
    transaction
        .execute_script(
            "CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT NOT NULL PRIMARY KEY, sha256 TEXT NOT NULL)",
        )
        .await?;
    let rows = transaction.fetch_all(sql("SELECT version, sha256 FROM schema_migrations ORDER BY version")).await?;
    for row in &rows {
        let fields = Fields::of(row, "schema_migrations", &["version"]);
        let version: i64 = fields.number("version")?;
        let Some((_, script)) = MIGRATIONS.iter().find(|(known, _)| *known == version) else {
            return Err(Error::Schema {
                version,
                problem: "was applied by a newer huiji; run that one or restore a backup",
            });
        };
        if fields.text("sha256")? != checksum(script) {
            return Err(Error::Schema { version, problem: "was applied with another text" });
        }
    }
    for (version, script) in MIGRATIONS.iter().skip(rows.len()) {
        transaction.execute_script(script).await?;
        transaction
            .execute(
                sql("INSERT INTO schema_migrations (version, sha256) VALUES ($1, $2)")
                    .bind(*version)
                    .bind(checksum(script)),
            )
            .await?;
    }
    transaction.commit().await
}

fn checksum(script: &str) -> String {
    hex(&Sha256::digest(script.as_bytes()))
}
