use std::sync::Arc;

use tokio::sync::{Notify, broadcast};

use crate::changes::Change;
use crate::database::Database;
use crate::media_store::MediaStore;
use crate::{Error, MasterKey, StoreSettings, schema};

const CHANGES_KEPT: usize = 1024;

/// Everything Huiji keeps: rows, objects, and the queue of jobs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) database: Database,
    pub(crate) media: MediaStore,
    pub(crate) master_key: MasterKey,
    pub(crate) changes: broadcast::Sender<Change>,
    pub(crate) job_added: Notify,
}

impl Store {
    /// Opens the database and brings its schema up to date, and opens the object store. A media directory is created and
    /// proved writable; an S3 service is not asked before its first use ([`Store::check_objects`] asks it).
    ///
    /// # Errors
    /// [`Error::OpenDatabase`], [`Error::Schema`], [`Error::MediaDirectory`] or [`Error::Setting`].
    pub async fn open(settings: StoreSettings) -> Result<Self, Error> {
        let media = MediaStore::open(&settings.objects).await?;
        let database = Database::open(&settings.database).await?;
        schema::migrate(&database).await?;
        let inner = Inner {
            database,
            media,
            master_key: settings.master_key,
            changes: broadcast::Sender::new(CHANGES_KEPT),
            job_added: Notify::new(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Writes, reads and deletes a small object, to prove that the object store can be used.
    ///
    /// # Errors
    /// Whatever the object store said.
    pub async fn check_objects(&self) -> Result<(), Error> {
        self.inner.media.check().await
    }

    /// Closes the database connections, waiting for statements in flight. Later calls fail.
    pub async fn close(&self) {
        self.inner.database.close().await;
    }

    pub(crate) fn database(&self) -> &Database {
        &self.inner.database
    }
}
