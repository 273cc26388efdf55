use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::Error;
use crate::database::{Database, sql};
use crate::dialect::Dialect;
use crate::fields::Fields;

/// The migrations in order; an applied one is never edited.
const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, script: include_str!("../migrations/0001_tables.sql"), sqlite: "", postgres: "" },
    Migration {
        version: 2,
        script: include_str!("../migrations/0002_disposal.sql"),
        sqlite: include_str!("../migrations/0002_guards_sqlite.sql"),
        postgres: include_str!("../migrations/0002_guards_postgres.sql"),
    },
    Migration {
        version: 3,
        script: include_str!("../migrations/0003_sharing.sql"),
        sqlite: include_str!("../migrations/0003_guards_sqlite.sql"),
        postgres: include_str!("../migrations/0003_guards_postgres.sql"),
    },
    Migration { version: 4, script: include_str!("../migrations/0004_cases.sql"), sqlite: "", postgres: "" },
    Migration { version: 5, script: include_str!("../migrations/0005_artefact_authors.sql"), sqlite: "", postgres: "" },
    Migration {
        version: 6,
        script: include_str!("../migrations/0006_minutes.sql"),
        sqlite: include_str!("../migrations/0006_guards_sqlite.sql"),
        postgres: include_str!("../migrations/0006_guards_postgres.sql"),
    },
    Migration {
        version: 7,
        script: include_str!("../migrations/0007_webhooks_and_feeds.sql"),
        sqlite: "",
        postgres: "",
    },
];

/// One step of the schema: a text for both databases, and what only triggers can say, in the language of each.
struct Migration {
    version: i64,
    script: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

impl Migration {
    const fn scripts(&self, dialect: Dialect) -> [&'static str; 2] {
        match dialect {
            Dialect::Sqlite => [self.script, self.sqlite],
            Dialect::Postgres => [self.script, self.postgres],
        }
    }
}

/// Brings the schema up to date, in one transaction and under a lock, so that processes may start together and a crash
/// leaves the old schema or the new one.
pub(crate) async fn migrate(database: &Database) -> Result<(), Error> {
    let dialect = database.dialect();
    let mut transaction = database.begin("schema_migrations").await?;
    if let Some(lock) = dialect.migration_lock() {
        transaction.execute_script(lock).await?;
    }
    transaction
        .execute_script(
            "CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT NOT NULL PRIMARY KEY, sha256 TEXT NOT NULL)",
        )
        .await?;
    let rows = transaction.fetch_all(sql("SELECT version, sha256 FROM schema_migrations ORDER BY version")).await?;
    let mut applied = BTreeSet::new();
    for row in &rows {
        let fields = Fields::of(row, "schema_migrations", &["version"]);
        let version: i64 = fields.number("version")?;
        let Some(migration) = MIGRATIONS.iter().find(|known| known.version == version) else {
            return Err(Error::Schema {
                version,
                problem: "was applied by a newer huiji; run that one or restore a backup",
            });
        };
        if fields.text("sha256")? != checksum(migration.scripts(dialect)) {
            return Err(Error::Schema { version, problem: "was applied with another text" });
        }
        applied.insert(version);
    }
    for migration in MIGRATIONS.iter().filter(|migration| !applied.contains(&migration.version)) {
        for script in migration.scripts(dialect).into_iter().filter(|script| !script.is_empty()) {
            transaction.execute_script(script).await?;
        }
        transaction
            .execute(
                sql("INSERT INTO schema_migrations (version, sha256) VALUES ($1, $2)")
                    .bind(migration.version)
                    .bind(checksum(migration.scripts(dialect))),
            )
            .await?;
    }
    transaction.commit().await
}

fn checksum(scripts: [&str; 2]) -> String {
    hex::encode(Sha256::digest(scripts.concat()))
}
