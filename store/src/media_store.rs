use std::ops::Range;
use std::path::Path;

use bytes::Bytes;

use crate::local_directory::LocalDirectory;
use crate::s3_bucket::S3Bucket;
#[cfg(feature = "testing")]
use crate::testing::{ObjectFaults, Write};
use crate::{Error, ObjectSettings};

/// Where encrypted objects lie. It knows neither tenants nor keys of encryption, only names and bytes.
#[derive(Clone)]
pub(crate) enum MediaStore {
    Directory(LocalDirectory),
    S3(S3Bucket),
    /// One of the others, which misbehaves as a test wants it.
    #[cfg(feature = "testing")]
    Faulty(Box<Self>, ObjectFaults),
}

impl MediaStore {
    pub(crate) async fn open(settings: &ObjectSettings) -> Result<Self, Error> {
        match settings {
            ObjectSettings::Directory { path } => Ok(Self::Directory(LocalDirectory::open(path).await?)),
            ObjectSettings::S3 { .. } => Ok(Self::S3(S3Bucket::new(settings)?)),
        }
    }

    /// Writes an object, replacing what was there. When it returns, the object is durable.
    pub(crate) async fn put(&self, key: &str, content: Bytes) -> Result<(), Error> {
        match self {
            Self::Directory(directory) => directory.put(key, content).await,
            Self::S3(bucket) => bucket.put(key, content).await,
            #[cfg(feature = "testing")]
            Self::Faulty(store, faults) => {
                refuse(faults, "write", key)?;
                match faults.on_write(content) {
                    Write::Keep(content) => Box::pin(store.put(key, content)).await,
                    Write::Lose => Ok(()),
                }
            }
        }
    }

    /// Writes an object unless there is one, and says whether it did.
    pub(crate) async fn create(&self, key: &str, content: Bytes) -> Result<bool, Error> {
        match self {
            Self::Directory(directory) => directory.create(key, content).await,
            Self::S3(bucket) => bucket.create(key, content).await,
            #[cfg(feature = "testing")]
            Self::Faulty(store, faults) => {
                refuse(faults, "write", key)?;
                match faults.on_write(content) {
                    Write::Keep(content) => Box::pin(store.create(key, content)).await,
                    Write::Lose => Ok(true),
                }
            }
        }
    }

    /// Writes an object of any length from a file, replacing what was there.
    pub(crate) async fn put_file(&self, key: &str, file: &Path, bytes: u64) -> Result<(), Error> {
        match self {
            Self::Directory(directory) => directory.put_file(key, file, bytes).await,
            Self::S3(bucket) => bucket.put_file(key, file, bytes).await,
            #[cfg(feature = "testing")]
            Self::Faulty(store, faults) => {
                refuse(faults, "write", key)?;
                Box::pin(store.put_file(key, file, bytes)).await
            }
        }
    }

    /// Reads a whole object, none when there is none.
    pub(crate) async fn get(&self, key: &str) -> Result<Option<Bytes>, Error> {
        match self {
            Self::Directory(directory) => directory.get(key, None).await,
            Self::S3(bucket) => bucket.get(key, None).await,
            #[cfg(feature = "testing")]
            Self::Faulty(store, faults) => {
                refuse(faults, "read", key)?;
                Box::pin(store.get(key)).await
            }
        }
    }

    /// Reads part of an object; less than asked for when the object is shorter.
    pub(crate) async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Option<Bytes>, Error> {
        match self {
            Self::Directory(directory) => directory.get(key, Some(range)).await,
            Self::S3(bucket) => bucket.get(key, Some(range)).await,
            #[cfg(feature = "testing")]
            Self::Faulty(store, faults) => {
                refuse(faults, "read", key)?;
                Box::pin(store.get_range(key, range)).await
            }
        }
    }

    /// Deletes an object; nothing happens when there is none.
    pub(crate) async fn delete(&self, key: &str) -> Result<(), Error> {
        match self {
            Self::Directory(directory) => directory.delete(key).await,
            Self::S3(bucket) => bucket.delete(key).await,
            #[cfg(feature = "testing")]
            Self::Faulty(store, faults) => {
                refuse(faults, "delete", key)?;
                Box::pin(store.delete(key)).await
            }
        }
    }

    /// Deletes everything below a prefix, also what no row lists, and returns when nothing is left.
    pub(crate) async fn delete_below(&self, prefix: &str) -> Result<(), Error> {
        match self {
            Self::Directory(directory) => directory.delete_below(prefix).await,
            Self::S3(bucket) => bucket.delete_below(prefix).await,
            #[cfg(feature = "testing")]
            Self::Faulty(store, faults) => {
                refuse(faults, "delete", prefix)?;
                Box::pin(store.delete_below(prefix)).await
            }
        }
    }

    /// Says where objects lie, for certificates; no secrets.
    pub(crate) fn place(&self) -> String {
        match self {
            Self::Directory(_) => "local directory".to_owned(),
            Self::S3(bucket) => bucket.place(),
            #[cfg(feature = "testing")]
            Self::Faulty(store, _) => store.place(),
        }
    }

    pub(crate) async fn check(&self) -> Result<(), Error> {
        const KEY: &str = "huiji-check";
        const CONTENT: &[u8] = b"written by huiji to prove that it can";
        self.put(KEY, Bytes::from_static(CONTENT)).await?;
        let read = self.get(KEY).await?;
        self.delete(KEY).await?;
        match read {
            Some(content) if content == CONTENT => Ok(()),
            Some(_) => Err(Error::ObjectDamaged { key: KEY.to_owned(), problem: "reads back differently".to_owned() }),
            None => Err(Error::ObjectMissing { key: KEY.to_owned() }),
        }
    }
}

/// Fails as a service does that cannot be reached.
#[cfg(feature = "testing")]
fn refuse(faults: &ObjectFaults, action: &'static str, key: &str) -> Result<(), Error> {
    if !faults.refuses() {
        return Ok(());
    }
    let source = Box::new(std::io::Error::from(std::io::ErrorKind::ConnectionRefused));
    Err(Error::Object { action, key: key.to_owned(), transient: true, source })
}
