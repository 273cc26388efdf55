use model::RecordingId;
use thiserror::Error as ThisError;

/// Says why a question about a plan has no answer, or a sweep cannot go on.
#[derive(Debug, ThisError)]
pub enum Error {
    /// The tenant's time zone is not in the time zone database.
    #[error("unknown time zone {time_zone:?}, expected an IANA name such as Asia/Shanghai")]
    UnknownTimeZone {
        /// The name, cut to 80 characters.
        time_zone: String,
        /// What the database said.
        #[source]
        source: jiff::Error,
    },
    /// The moment lies outside the years a calendar knows.
    #[error("no calendar month holds {micros} us")]
    TimeOutOfRange {
        /// The moment in microseconds since the Unix epoch.
        micros: i64,
        /// What the calendar said.
        #[source]
        source: jiff::Error,
    },
    /// The store failed or refused.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The search index cannot be freed of a recording that is being purged.
    #[error("the search index cannot be freed of recording {recording_id}")]
    Index {
        /// The recording.
        recording_id: RecordingId,
        /// What the index said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
