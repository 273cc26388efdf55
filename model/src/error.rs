use thiserror::Error as ThisError;

/// Says which domain rule a value or a transition broke.
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
pub enum Error {
    /// An id contained a character outside `[A-Za-z0-9._-]`, was empty, or was longer than 64 bytes.
    #[error("{kind} id {value:?} must be 1 to 64 characters of A-Z a-z 0-9 . _ -")]
    InvalidId {
        /// The kind of id, such as `recording`.
        kind: &'static str,
        /// The rejected text, cut to 80 characters.
        value: String,
    },
    /// A name outside a closed set was given.
    #[error("unknown {kind} {value:?}, expected one of: {expected}")]
    UnknownName {
        /// What was being named, such as `codec`.
        kind: &'static str,
        /// The rejected text, cut to 80 characters.
        value: String,
        /// The accepted names, comma separated.
        expected: String,
    },
    /// A review of minutes does not fit them.
    #[error("the review does not fit: {problem}")]
    InvalidReview {
        /// What is wrong and what would be right.
        problem: String,
    },
    /// An event does not apply in the state the thing is in.
    #[error("{subject} cannot {event} while {state}")]
    InvalidTransition {
        /// What has the state, such as `recording`.
        subject: &'static str,
        /// The event that was tried.
        event: &'static str,
        /// The state it was tried in.
        state: &'static str,
    },
    /// A field held a value outside its range.
    #[error("{field} {problem}")]
    InvalidField {
        /// The field's name as it is written in the API.
        field: &'static str,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// An edit named something that is not there.
    #[error("the transcript has no {what} {id}")]
    EditTargetMissing {
        /// What is missing, such as `utterance`.
        what: &'static str,
        /// Its id or number.
        id: String,
    },
    /// An edit would leave everything as it is.
    #[error("the edit changes nothing")]
    EditWithoutEffect,
}
