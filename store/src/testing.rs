//! Private servers for tests: each test run starts its own and stops it, and nothing of the machine is touched.

mod object_faults;
mod private_postgres;
mod private_s3;

use thiserror::Error as ThisError;

pub(crate) use object_faults::Write;
pub use object_faults::{ObjectFault, ObjectFaults};
pub use private_postgres::PrivatePostgres;
pub use private_s3::PrivateS3;

/// Says why a private server cannot run.
#[derive(Debug, ThisError)]
pub enum TestingError {
    /// A program is not installed.
    #[error("{program} is missing: install the Debian package {package}")]
    Missing {
        /// What was looked for.
        program: String,
        /// The package that has it.
        package: &'static str,
    },
    /// The system refused something.
    #[error("cannot {action}")]
    System {
        /// What was tried.
        action: &'static str,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The server did not start.
    #[error("{server} did not start; it said: {output}")]
    NotStarted {
        /// Which server.
        server: &'static str,
        /// The end of its output.
        output: String,
    },
    /// The server refused a statement.
    #[error("PostgreSQL cannot {action}")]
    Statement {
        /// What was tried.
        action: &'static str,
        /// What it said.
        #[source]
        source: sqlx::Error,
    },
}

fn system(action: &'static str) -> impl FnOnce(std::io::Error) -> TestingError {
    move |source| TestingError::System { action, source }
}
