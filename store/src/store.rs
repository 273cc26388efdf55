use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use tokio::sync::{Mutex, MutexGuard, Notify, broadcast};

use crate::changes::Change;
use crate::database::Database;
use crate::live_transcripts::LiveTranscripts;
use crate::media_store::MediaStore;
use crate::{Error, MasterKey, StoreSettings, schema};

const CHANGES_KEPT: usize = 1024;
const TURNS: usize = 64;

/// Everything Huiji keeps: rows, objects, and the queue of jobs. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) database: Database,
    pub(crate) media: MediaStore,
    pub(crate) master_key: MasterKey,
    pub(crate) changes: broadcast::Sender<Change>,
    pub(crate) job_added: Notify,
    pub(crate) webhook_queued: Notify,
    pub(crate) live_transcripts: LiveTranscripts,
    /// One is picked by the hash of an object's key; whoever holds it writes objects with such keys.
    turns: [Mutex<()>; TURNS],
}

impl Store {
    /// Opens the database and brings its schema up to date, and opens the object store. A media directory is created and
    /// proved writable; an S3 service is not asked before its first use ([`Store::check_objects`] asks it).
    ///
    /// # Errors
    /// [`Error::OpenDatabase`], [`Error::Schema`], [`Error::MediaDirectory`] or [`Error::Setting`].
    pub async fn open(settings: StoreSettings) -> Result<Self, Error> {
        let media = MediaStore::open(&settings.objects).await?;
        Self::open_with(media, settings).await
    }

    /// As [`Store::open`], with an object store that misbehaves when it is told to.
    #[cfg(feature = "testing")]
    pub async fn open_with_faults(
        settings: StoreSettings,
        faults: crate::testing::ObjectFaults,
    ) -> Result<Self, Error> {
        let media = MediaStore::open(&settings.objects).await?;
        Self::open_with(MediaStore::Faulty(Box::new(media), faults), settings).await
    }

    async fn open_with(media: MediaStore, settings: StoreSettings) -> Result<Self, Error> {
        let database = Database::open(&settings.database).await?;
        schema::migrate(&database).await?;
        let inner = Inner {
            database,
            media,
            master_key: settings.master_key,
            changes: broadcast::Sender::new(CHANGES_KEPT),
            job_added: Notify::new(),
            webhook_queued: Notify::new(),
            live_transcripts: LiveTranscripts::default(),
            turns: std::array::from_fn(|_| Mutex::new(())),
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

    /// Makes writers of the same object in this process take turns, from the object to its row. Between processes the
    /// conditional creation of objects decides, which not every S3 service does in one step.
    pub(crate) async fn turn(&self, object_path: &str) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        object_path.hash(&mut hasher);
        self.inner.turns[hasher.finish() as usize % TURNS].lock().await
    }

    pub(crate) fn database(&self) -> &Database {
        &self.inner.database
    }
}

impl fmt::Debug for Store {
    /// Shows nothing of the connections: their own forms hold the passwords they were opened with.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Store").finish_non_exhaustive()
    }
}
