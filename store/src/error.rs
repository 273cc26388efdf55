use model::{HoldId, JobId, RecordingId};
use thiserror::Error as ThisError;

use crate::cipher::CipherError;

/// Says what the store could not do, and to which row or object.
#[derive(Debug, ThisError)]
pub enum Error {
    /// A row that the call depends on does not exist.
    #[error("{what} {id} does not exist")]
    NotFound {
        /// The kind of thing, such as `recording`.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// Somebody else changed the row first, or the new content contradicts what is stored.
    #[error("{what} {id}: {problem}")]
    Conflict {
        /// The kind of thing, such as `recording`.
        what: &'static str,
        /// Its id.
        id: String,
        /// What contradicts what.
        problem: String,
    },
    /// A legal hold keeps the recording.
    #[error("recording {recording_id} is kept by legal hold {}", join(hold_ids))]
    Held {
        /// The recording.
        recording_id: RecordingId,
        /// The holds.
        hold_ids: Vec<HoldId>,
    },
    /// A row holds something that Huiji never writes.
    #[error("table {table}, row {id}, column {column}: {problem}")]
    CorruptRow {
        /// The table.
        table: &'static str,
        /// The primary key, its parts joined by slashes.
        id: String,
        /// The column.
        column: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The lease of a job ended and another worker may have it.
    #[error("job {job_id} is no longer leased to attempt {attempt}")]
    LeaseLost {
        /// The job.
        job_id: JobId,
        /// The attempt that lost it.
        attempt: u32,
    },
    /// A statement failed.
    #[error("database statement on {table} failed")]
    Database {
        /// The table concerned.
        table: &'static str,
        /// What the database said.
        #[source]
        source: sqlx::Error,
    },
    /// The database could not be opened.
    #[error("cannot open database {database}")]
    OpenDatabase {
        /// The file or the server, without its password.
        database: String,
        /// What the database said.
        #[source]
        source: sqlx::Error,
    },
    /// The database was written by a newer or another Huiji.
    #[error("database schema version {version}: {problem}")]
    Schema {
        /// The version concerned.
        version: i64,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Something outside took too long.
    #[error("{what} took longer than {timeout_ms} ms")]
    Timeout {
        /// What was waited for.
        what: String,
        /// The limit.
        timeout_ms: u64,
    },
    /// The object store failed.
    #[error("cannot {action} object {key}")]
    Object {
        /// What was tried, such as `write`.
        action: &'static str,
        /// The object key.
        key: String,
        /// Whether trying again may help.
        transient: bool,
        /// What the object store said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The directory of the object store cannot be used.
    #[error("cannot write to media directory {path}")]
    MediaDirectory {
        /// The directory.
        path: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A file that is to become an object cannot be read, or its directory not written.
    #[error("cannot encrypt file {path}")]
    SourceFile {
        /// The file.
        path: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A row lists an object that the object store does not have.
    #[error("object {key} is listed but missing from the object store")]
    ObjectMissing {
        /// The object key.
        key: String,
    },
    /// An object does not have the content that was written.
    #[error("object {key} is damaged: {problem}")]
    ObjectDamaged {
        /// The object key.
        key: String,
        /// What does not match.
        problem: String,
    },
    /// An object cannot be decrypted.
    #[error("object {key} cannot be decrypted")]
    Decrypt {
        /// The object key.
        key: String,
        /// Where decryption failed.
        #[source]
        source: CipherError,
    },
    /// A byte range lies outside the object.
    #[error("range {start}..{end} lies outside object {key} of {bytes} bytes")]
    Range {
        /// The object key.
        key: String,
        /// The first byte asked for.
        start: u64,
        /// The byte after the last asked for.
        end: u64,
        /// The length of the object.
        bytes: u64,
    },
    /// A data key is wrapped by a master key that is not the configured one.
    #[error("the data key of recording {recording_id} is wrapped by master key {wanted}, configured is {configured}")]
    WrongMasterKey {
        /// The recording.
        recording_id: RecordingId,
        /// The id of the key it needs.
        wanted: String,
        /// The id of the key there is.
        configured: String,
    },
    /// A data key does not unwrap although the master key has the right id.
    #[error("the data key of recording {recording_id} cannot be unwrapped: {problem}")]
    DataKey {
        /// The recording.
        recording_id: RecordingId,
        /// What is wrong.
        problem: &'static str,
    },
    /// The master key cannot be used.
    #[error("master key {origin}: {problem}")]
    MasterKey {
        /// Where it came from: a path, or `setting`.
        origin: String,
        /// What is wrong.
        problem: String,
    },
    /// The file of the master key cannot be read or written.
    #[error("cannot use master key file {path}")]
    MasterKeyFile {
        /// The file.
        path: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A setting cannot be used.
    #[error("setting {setting}: {problem}")]
    Setting {
        /// The name of the setting.
        setting: &'static str,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// A value cannot be written as JSON.
    #[error("cannot write {what} as JSON")]
    Encode {
        /// What was to be written.
        what: &'static str,
        /// Why not.
        #[source]
        source: serde_json::Error,
    },
    /// A task was cancelled because the process is shutting down.
    #[error("{what} was cancelled")]
    Cancelled {
        /// What was cancelled.
        what: &'static str,
    },
    /// A deletion certificate does not prove what it says.
    #[error("the deletion certificate is not valid: {problem}")]
    Certificate {
        /// What is wrong.
        problem: String,
    },
    /// The operating system gives no random bytes.
    #[error("the operating system gives no random bytes")]
    Randomness(#[source] getrandom::Error),
}

impl Error {
    /// Says whether the same call may succeed later without anything else changing.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Timeout { .. } | Self::Cancelled { .. } => true,
            Self::Object { transient, .. } => *transient,
            Self::Database { source, .. } | Self::OpenDatabase { source, .. } => is_transient_database_error(source),
            _ => false,
        }
    }

    pub(crate) fn is_unique_violation(&self) -> bool {
        match self {
            Self::Database { source: sqlx::Error::Database(error), .. } => error.is_unique_violation(),
            _ => false,
        }
    }

    /// Turns a broken uniqueness rule into the conflict it means, and leaves every other error alone.
    pub(crate) fn or_conflict(self, what: &'static str, id: &impl ToString, problem: &str) -> Self {
        if self.is_unique_violation() {
            return Self::Conflict { what, id: id.to_string(), problem: problem.to_owned() };
        }
        self
    }
}

fn join(ids: &[HoldId]) -> String {
    ids.iter().map(HoldId::as_str).collect::<Vec<_>>().join(", ")
}

fn is_transient_database_error(error: &sqlx::Error) -> bool {
    /// Serialization failure, deadlock, server shutting down or starting, too many connections, SQLite busy and locked.
    const TRANSIENT_CODES: &[&str] =
        &["40001", "40P01", "57P01", "57P02", "57P03", "53300", "57014", "5", "6", "261", "262", "517"];
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| TRANSIENT_CODES.contains(&code.as_ref())),
        _ => false,
    }
}
