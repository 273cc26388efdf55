use thiserror::Error as ThisError;

/// Says why a question about a plan has no answer.
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
}
