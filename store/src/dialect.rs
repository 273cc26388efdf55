use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt as _;

use crate::{DatabaseUrl, Error};

/// Everything in which the two databases differ. All other SQL is one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    pub(crate) const fn of(url: &DatabaseUrl) -> Self {
        match url {
            DatabaseUrl::Sqlite { .. } => Self::Sqlite,
            DatabaseUrl::Postgres { .. } => Self::Postgres,
        }
    }

    pub(crate) fn connection_url(url: &DatabaseUrl) -> Result<String, Error> {
        match url {
            DatabaseUrl::Sqlite { path } => {
                let path = std::path::absolute(path)
                    .map_err(|error| Error::Setting { setting: "database", problem: error.to_string() })?;
                Ok(format!("sqlite://{}?mode=rwc", percent_encoded(path.as_os_str().as_bytes())))
            }
            DatabaseUrl::Postgres { url } => Ok(url.clone()),
        }
    }

    /// A write transaction takes the write lock at once: a read lock that is upgraded later fails with
    /// `SQLITE_BUSY_SNAPSHOT` in spite of any busy timeout.
    pub(crate) const fn begin_statement(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    pub(crate) const fn writers_max(self) -> u32 {
        match self {
            Self::Sqlite => 1,
            Self::Postgres => 16,
        }
    }

    pub(crate) const fn writer_setup(self) -> &'static str {
        match self {
            Self::Sqlite => {
                "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                 PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
            }
            Self::Postgres => {
                "SET statement_timeout = 25000; SET lock_timeout = 15000; \
                 SET idle_in_transaction_session_timeout = 60000;"
            }
        }
    }

    /// Returns the set-up of reading connections, none when writers read too.
    pub(crate) const fn reader_setup(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => Some("PRAGMA busy_timeout = 10000; PRAGMA query_only = ON;"),
            Self::Postgres => None,
        }
    }

    /// Keeps two processes from migrating at once. On SQLite the write lock of the transaction already does.
    pub(crate) const fn migration_lock(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some("SELECT pg_advisory_xact_lock(7526752947)"),
        }
    }

    /// Waits for transactions that are adding rows to a recording, and keeps new ones from it. SQLite has one writer.
    pub(crate) const fn for_update(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR UPDATE",
        }
    }

    /// Returns what brings deleted rows out of the files at once; none where the database does so in its own time.
    pub(crate) const fn scrub_statement(self) -> Option<&'static str> {
        match self {
            // Deleted content is overwritten in its page, but the log still holds the page as it was.
            Self::Sqlite => Some("PRAGMA wal_checkpoint(TRUNCATE)"),
            Self::Postgres => None,
        }
    }

    /// Lets claimers pass rows that another claimer has locked. SQLite has one writer at a time.
    pub(crate) const fn skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR UPDATE SKIP LOCKED",
        }
    }
}

fn percent_encoded(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'-') {
            text.push(char::from(*byte));
        } else {
            write!(text, "%{byte:02X}").expect("writing to a string cannot fail");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::percent_encoded;

    #[test]
    fn odd_paths_survive_the_url() {
        assert_eq!(percent_encoded("/a b/会?#%.db".as_bytes()), "/a%20b/%E4%BC%9A%3F%23%25.db");
    }
}
