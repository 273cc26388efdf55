use std::future::Future;
use std::time::Duration;

use sqlx::any::{AnyArguments, AnyPoolOptions, AnyQueryResult, AnyRow};
use sqlx::{Any, AnyPool, AssertSqlSafe, Executor as _};

use crate::dialect::Dialect;
use crate::{DatabaseUrl, Error};

/// A statement with its arguments.
pub(crate) type Statement<'q> = sqlx::query::Query<'q, Any, AnyArguments>;

const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(15);
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(30);
const READERS_MAX: u32 = 8;

/// Starts a statement that is the same text on both databases.
pub(crate) fn sql<'q>(text: &'static str) -> Statement<'q> {
    sqlx::query(text)
}

/// Starts a statement whose text differs between the databases. The text must not contain anything a user wrote.
pub(crate) fn dialect_sql<'q>(text: String) -> Statement<'q> {
    sqlx::query(AssertSqlSafe(text))
}

/// The rows. On SQLite all writes go through one connection, so a writer waits its turn here instead of failing there;
/// on PostgreSQL both pools are the same.
#[derive(Clone)]
pub(crate) struct Database {
    writer: AnyPool,
    reader: AnyPool,
    dialect: Dialect,
}

impl Database {
    pub(crate) async fn open(url: &DatabaseUrl) -> Result<Self, Error> {
        sqlx::any::install_default_drivers();
        let failed = |source| Error::OpenDatabase { database: url.to_string(), source };
        let dialect = Dialect::of(url);
        let connection_url = Dialect::connection_url(url)?;
        let pool = |connections, setup: &'static str| {
            AnyPoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT).after_connect(
                move |connection, _| {
                    Box::pin(async move {
                        connection.execute(sqlx::raw_sql(setup)).await?;
                        Ok(())
                    })
                },
            )
        };
        let writer =
            pool(dialect.writers_max(), dialect.writer_setup()).connect(&connection_url).await.map_err(failed)?;
        let reader = match dialect.reader_setup() {
            Some(setup) => pool(READERS_MAX, setup).connect(&connection_url).await.map_err(failed)?,
            None => writer.clone(),
        };
        Ok(Self { writer, reader, dialect })
    }

    pub(crate) const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Begins a transaction that may write.
    pub(crate) async fn begin(&self, table: &'static str) -> Result<Transaction, Error> {
        let transaction =
            within(table, STATEMENT_TIMEOUT, self.writer.begin_with(self.dialect.begin_statement())).await?;
        Ok(Transaction { transaction, table })
    }

    /// Runs one statement that writes and returns how many rows it touched.
    pub(crate) async fn execute(&self, table: &'static str, statement: Statement<'_>) -> Result<u64, Error> {
        let result = within(table, STATEMENT_TIMEOUT, statement.execute(&self.writer)).await?;
        Ok(result.rows_affected())
    }

    /// Runs one statement that writes and returns a row.
    pub(crate) async fn write_optional(
        &self,
        table: &'static str,
        statement: Statement<'_>,
    ) -> Result<Option<AnyRow>, Error> {
        // fetch_all, because dropping a half-read RETURNING statement may roll its change back.
        let rows = within(table, STATEMENT_TIMEOUT, statement.fetch_all(&self.writer)).await?;
        Ok(rows.into_iter().next())
    }

    pub(crate) async fn read_optional(
        &self,
        table: &'static str,
        statement: Statement<'_>,
    ) -> Result<Option<AnyRow>, Error> {
        within(table, STATEMENT_TIMEOUT, statement.fetch_optional(&self.reader)).await
    }

    pub(crate) async fn read_all(&self, table: &'static str, statement: Statement<'_>) -> Result<Vec<AnyRow>, Error> {
        within(table, STATEMENT_TIMEOUT, statement.fetch_all(&self.reader)).await
    }

    pub(crate) async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

/// A transaction that may write; rolled back when it is dropped before its commit.
pub(crate) struct Transaction {
    transaction: sqlx::Transaction<'static, Any>,
    table: &'static str,
}

impl Transaction {
    pub(crate) async fn execute(&mut self, statement: Statement<'_>) -> Result<u64, Error> {
        let result: AnyQueryResult =
            within(self.table, STATEMENT_TIMEOUT, statement.execute(&mut *self.transaction)).await?;
        Ok(result.rows_affected())
    }

    pub(crate) async fn execute_script(&mut self, script: &'static str) -> Result<(), Error> {
        within(self.table, STATEMENT_TIMEOUT, self.transaction.execute(sqlx::raw_sql(script))).await?;
        Ok(())
    }

    pub(crate) async fn fetch_optional(&mut self, statement: Statement<'_>) -> Result<Option<AnyRow>, Error> {
        let rows = self.fetch_all(statement).await?;
        Ok(rows.into_iter().next())
    }

    pub(crate) async fn fetch_all(&mut self, statement: Statement<'_>) -> Result<Vec<AnyRow>, Error> {
        within(self.table, STATEMENT_TIMEOUT, statement.fetch_all(&mut *self.transaction)).await
    }

    pub(crate) async fn commit(self) -> Result<(), Error> {
        within(self.table, STATEMENT_TIMEOUT, self.transaction.commit()).await
    }
}

async fn within<T>(
    table: &'static str,
    timeout: Duration,
    work: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, Error> {
    match tokio::time::timeout(timeout, work).await {
        Ok(result) => result.map_err(|source| Error::Database { table, source }),
        Err(_) => Err(Error::Timeout {
            what: format!("a statement on {table}"),
            timeout_ms: u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX),
        }),
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Row as _;

    use super::{Database, sql};
    use crate::DatabaseUrl;

    #[tokio::test]
    async fn sqlite_writes_durably_and_readers_cannot_write() {
        let directory = tempfile::tempdir().expect("a directory");
        let url = DatabaseUrl::Sqlite { path: directory.path().join("rows.db") };
        let database = Database::open(&url).await.expect("opens");
        let mut transaction = database.begin("pragmas").await.expect("begins");
        for (pragma, expected) in
            [("PRAGMA synchronous", 2), ("PRAGMA foreign_keys", 1), ("PRAGMA busy_timeout", 10_000)]
        {
            let row = transaction.fetch_optional(sql(pragma)).await.expect(pragma).expect("a row");
            assert_eq!(row.get::<i64, _>(0), expected, "{pragma}");
        }
        let row = transaction.fetch_optional(sql("PRAGMA journal_mode")).await.expect("read").expect("a row");
        assert_eq!(row.get::<String, _>(0), "wal");
        transaction.execute(sql("CREATE TABLE t (id TEXT)")).await.expect("writers write");
        transaction.commit().await.expect("committed");
        let error = database.read_all("t", sql("DELETE FROM t")).await.map(drop).expect_err("readers only read");
        assert!(!error.is_transient(), "{error}");
    }
}
