use thiserror::Error as ThisError;

/// Says why an endpoint cannot be used or a message not be sent.
#[derive(Debug, ThisError)]
pub enum Error {
    /// The address is none that requests are sent to.
    #[error("the address {problem}")]
    Url {
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The HTTP client could not be made.
    #[error("cannot prepare the HTTP client")]
    Client(#[source] reqwest::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}
