use std::io;
use std::path::PathBuf;

use model::TenantId;
use thiserror::Error as ThisError;

/// Says why a search or an update of the index failed.
#[derive(Debug, ThisError)]
pub enum Error {
    /// The index of a tenant cannot be read or written.
    #[error("cannot {action} the search index of tenant {tenant_id}")]
    Index {
        /// The tenant.
        tenant_id: TenantId,
        /// What was tried.
        action: &'static str,
        /// What the index said.
        #[source]
        source: Box<tantivy::TantivyError>,
    },
    /// A directory of the index cannot be used.
    #[error("cannot {action} {}", path.display())]
    Directory {
        /// What was tried.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The answer was not ready in time.
    #[error("the search did not finish before its deadline")]
    DeadlineExceeded,
    /// Files with deleted text cannot be removed, because searches still read them.
    #[error("searches still read deleted files of tenant {tenant_id}")]
    StillRead {
        /// The tenant.
        tenant_id: TenantId,
    },
    /// The work was given up because the process is stopping, or because of a defect in it.
    #[error("the search work of tenant {tenant_id} was interrupted")]
    Interrupted {
        /// The tenant.
        tenant_id: TenantId,
        /// What the runtime said.
        #[source]
        source: tokio::task::JoinError,
    },
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Error {
    /// Says whether the same call may succeed later without anything else changing.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::DeadlineExceeded | Self::StillRead { .. } => true,
            Self::Store(source) => source.is_transient(),
            Self::Index { source, .. } => {
                matches!(**source, tantivy::TantivyError::IoError(_) | tantivy::TantivyError::LockFailure(..))
            }
            Self::Directory { .. } | Self::Interrupted { .. } => false,
        }
    }
}
