use std::ops::Range;

use bytes::Bytes;
use model::{RecordingId, TenantId, Timestamp};
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;

use crate::cipher::{self, CHUNK_BYTES, ChunkSpan, HEADER_BYTES, Key, ObjectCipher};
use crate::database::{Transaction, sql};
use crate::fields::{Fields, bigint};
use crate::{Error, ObjectKey, Store, data_keys};

/// An object that is wholly written, as the ledger lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredObject {
    /// Which object of the recording.
    pub key: ObjectKey,
    /// The full key, `<tenant>/<recording>/<path>`, as the manifest lists it.
    pub path: String,
    /// Length of the content in bytes, before encryption.
    pub bytes: u64,
    /// SHA-256 of the content before encryption, lower-case hexadecimal.
    pub sha256: String,
    /// Length in the object store in bytes; what the quota counts.
    pub stored_bytes: u64,
}

/// Content that is encrypted and hashed, ready to be put.
pub(crate) struct SealedObject {
    pub(crate) object: StoredObject,
    pub(crate) content: Bytes,
}

impl Store {
    /// Encrypts and writes an object, then lists it in the ledger. Doing so again with the same content is harmless, also
    /// after a crash between the two.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the object is listed with other content and its kind never changes.
    pub async fn write_object(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
        key: &ObjectKey,
        content: Bytes,
        now: Timestamp,
    ) -> Result<StoredObject, Error> {
        let sealed = self.seal_object(tenant_id, recording_id, key, content).await?;
        let SealedObject { object, content } = sealed;
        let _turn = self.turn(&object.path).await;
        let mut transaction;
        if key.is_immutable() {
            let created = self.inner.media.create(&object.path, content.clone()).await?;
            transaction = self.database().begin("objects").await?;
            if !created && !is_listed(&mut transaction, tenant_id, recording_id, &object).await? {
                // What a crash left behind. Only the holder of the row lock replaces it, so that of two writers the one
                // whose row is committed is also the one whose content is stored.
                lock_recording(&mut transaction, tenant_id, recording_id).await?;
                if !is_listed(&mut transaction, tenant_id, recording_id, &object).await? {
                    self.inner.media.put(&object.path, content).await?;
                }
            }
        } else {
            self.inner.media.put(&object.path, content).await?;
            transaction = self.database().begin("objects").await?;
        }
        list(&mut transaction, tenant_id, recording_id, &object, now).await?;
        transaction.commit().await?;
        Ok(object)
    }

    /// Writes the object store's copy of a listed object again, after it was lost or damaged. The ledger does not change.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not listed, [`Error::Conflict`] when it is listed with other content.
    pub async fn rewrite_object(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
        key: &ObjectKey,
        content: Bytes,
    ) -> Result<(), Error> {
        let SealedObject { object, content } = self.seal_object(tenant_id, recording_id, key, content).await?;
        let _turn = self.turn(&object.path).await;
        let listed = self.object(recording_id, key).await?;
        let listed = listed.ok_or_else(|| Error::NotFound { what: "object", id: object.path.clone() })?;
        if listed.sha256 != object.sha256 {
            return Err(content_conflict(&object));
        }
        self.inner.media.put(&object.path, content).await
    }

    /// Reads and decrypts a whole object and checks it against the ledger.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not listed, [`Error::ObjectMissing`] when only the ledger has it,
    /// [`Error::Decrypt`] or [`Error::ObjectDamaged`] when the content is not what was written.
    pub async fn read_object(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
        key: &ObjectKey,
    ) -> Result<Bytes, Error> {
        let (object, data_key) = self.listed_object(tenant_id, recording_id, key).await?;
        let stored = self.inner.media.get(&object.path).await?;
        let stored = stored.ok_or_else(|| Error::ObjectMissing { key: object.path.clone() })?;
        blocking("decryption", object.bytes, move || {
            if stored.len() as u64 != object.stored_bytes {
                let problem = format!("{} bytes are stored, {} were written", stored.len(), object.stored_bytes);
                return Err(Error::ObjectDamaged { key: object.path, problem });
            }
            let opened = ObjectCipher::open(&data_key, &object.path, &stored).and_then(|cipher| {
                ChunkSpan::plan(object.bytes, &(0..object.bytes)).open(&cipher, &stored[HEADER_BYTES as usize..])
            });
            let plain = opened.map_err(|source| Error::Decrypt { key: object.path.clone(), source })?;
            if hex::encode(Sha256::digest(&plain)) != object.sha256 {
                return Err(Error::ObjectDamaged { key: object.path, problem: "the SHA-256 differs".to_owned() });
            }
            Ok(Bytes::from(plain))
        })
        .await
    }

    /// Reads and decrypts part of an object, fetching only the chunks of 64 KiB that hold it.
    ///
    /// # Errors
    /// As [`Store::read_object`], and [`Error::Range`] when the range is not inside the object.
    pub async fn read_object_range(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
        key: &ObjectKey,
        range: Range<u64>,
    ) -> Result<Bytes, Error> {
        let (object, data_key) = self.listed_object(tenant_id, recording_id, key).await?;
        if range.start > range.end || range.end > object.bytes {
            return Err(Error::Range { key: object.path, start: range.start, end: range.end, bytes: object.bytes });
        }
        let span = ChunkSpan::plan(object.bytes, &range);
        let missing = || Error::ObjectMissing { key: object.path.clone() };
        let (header, chunks) = if span.stored.start == HEADER_BYTES {
            let mut header = self.inner.media.get_range(&object.path, 0..span.stored.end).await?.ok_or_else(missing)?;
            let chunks = header.split_off(header.len().min(HEADER_BYTES as usize));
            (header, chunks)
        } else {
            let header = self.inner.media.get_range(&object.path, 0..HEADER_BYTES).await?.ok_or_else(missing)?;
            (header, self.inner.media.get_range(&object.path, span.stored.clone()).await?.ok_or_else(missing)?)
        };
        blocking("decryption", chunks.len() as u64, move || {
            let opened = ObjectCipher::open(&data_key, &object.path, &header)
                .and_then(|cipher| span.open(&cipher, &chunks))
                .map_err(|source| Error::Decrypt { key: object.path, source })?;
            Ok(Bytes::from(opened))
        })
        .await
    }

    /// Lists every object of a recording, ordered by key.
    pub async fn list_objects(&self, recording_id: &RecordingId) -> Result<Vec<StoredObject>, Error> {
        let statement = sql(
            "SELECT recording_id, tenant_id, object_key, bytes, stored_bytes, sha256 FROM objects WHERE recording_id = $1",
        );
        let rows = self.database().read_all("objects", statement.bind(recording_id.as_str())).await?;
        let mut objects = rows.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
        objects.sort_by(|left, right| left.path.cmp(&right.path));
        Ok(objects)
    }

    /// Returns what the ledger says of one object.
    pub async fn object(&self, recording_id: &RecordingId, key: &ObjectKey) -> Result<Option<StoredObject>, Error> {
        let statement = sql("SELECT recording_id, tenant_id, object_key, bytes, stored_bytes, sha256 FROM objects \
             WHERE recording_id = $1 AND object_key = $2");
        let statement = statement.bind(recording_id.as_str()).bind(key.to_string());
        self.database().read_optional("objects", statement).await?.as_ref().map(decode).transpose()
    }

    pub(crate) async fn seal_object(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
        key: &ObjectKey,
        content: Bytes,
    ) -> Result<SealedObject, Error> {
        let data_key = self.data_key(tenant_id, recording_id).await?;
        let (key, path) = (key.clone(), key.text(tenant_id, recording_id));
        let random = data_keys::random()?;
        blocking("encryption", content.len() as u64, move || {
            let sealed = cipher::seal(&ObjectCipher::create(&data_key, &path, random), &content);
            let object = StoredObject {
                key,
                path,
                bytes: content.len() as u64,
                sha256: hex::encode(Sha256::digest(&content)),
                stored_bytes: sealed.len() as u64,
            };
            Ok(SealedObject { object, content: Bytes::from(sealed) })
        })
        .await
    }

    async fn listed_object(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
        key: &ObjectKey,
    ) -> Result<(StoredObject, Key), Error> {
        let object = self.object(recording_id, key).await?;
        let path = key.text(tenant_id, recording_id);
        let object =
            object.filter(|object| object.path == path).ok_or_else(|| Error::NotFound { what: "object", id: path })?;
        Ok((object, self.data_key(tenant_id, recording_id).await?))
    }
}

/// Lists every object of a recording within a transaction, ordered by key.
pub(crate) async fn list_in(
    transaction: &mut Transaction,
    recording_id: &RecordingId,
) -> Result<Vec<StoredObject>, Error> {
    let statement = sql(
        "SELECT recording_id, tenant_id, object_key, bytes, stored_bytes, sha256 FROM objects WHERE recording_id = $1",
    );
    let rows = transaction.fetch_all(statement.bind(recording_id.as_str())).await?;
    let mut objects = rows.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
    objects.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(objects)
}

/// Says whether the object is listed with this content.
///
/// # Errors
/// [`Error::Conflict`] when it is listed with other content.
pub(crate) async fn is_listed(
    transaction: &mut Transaction,
    tenant_id: &TenantId,
    recording_id: &RecordingId,
    object: &StoredObject,
) -> Result<bool, Error> {
    let statement = sql("SELECT recording_id, tenant_id, object_key, bytes, stored_bytes, sha256 FROM objects \
         WHERE recording_id = $1 AND object_key = $2 AND tenant_id = $3");
    let statement = statement.bind(recording_id.as_str()).bind(object.key.to_string()).bind(tenant_id.as_str());
    match transaction.fetch_optional(statement).await?.as_ref().map(decode).transpose()? {
        Some(listed) if listed.sha256 == object.sha256 => Ok(true),
        Some(_) => Err(content_conflict(object)),
        None => Ok(false),
    }
}

/// Lists an object that is wholly written.
///
/// # Errors
/// [`Error::Conflict`] when it is listed with other content and its kind never changes.
pub(crate) async fn list(
    transaction: &mut Transaction,
    tenant_id: &TenantId,
    recording_id: &RecordingId,
    object: &StoredObject,
    now: Timestamp,
) -> Result<(), Error> {
    let statement = sql("INSERT INTO objects \
         (recording_id, object_key, tenant_id, object_class, bytes, stored_bytes, sha256, written_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (recording_id, object_key) DO UPDATE SET \
         bytes = excluded.bytes, stored_bytes = excluded.stored_bytes, sha256 = excluded.sha256, \
         written_at = excluded.written_at \
         WHERE objects.sha256 = excluded.sha256 OR $9 = 0");
    let statement = statement
        .bind(recording_id.as_str())
        .bind(object.key.to_string())
        .bind(tenant_id.as_str())
        .bind(object.key.class())
        .bind(bigint("object bytes", object.bytes)?)
        .bind(bigint("stored bytes", object.stored_bytes)?)
        .bind(object.sha256.as_str())
        .bind(now.as_micros())
        .bind(i64::from(object.key.is_immutable()));
    if transaction.execute(statement).await? == 0 { Err(content_conflict(object)) } else { Ok(()) }
}

/// Holds the recording's row until the end of the transaction.
pub(crate) async fn lock_recording(
    transaction: &mut Transaction,
    tenant_id: &TenantId,
    recording_id: &RecordingId,
) -> Result<(), Error> {
    let statement = sql("UPDATE recordings SET version = version WHERE id = $1 AND tenant_id = $2");
    let locked = transaction.execute(statement.bind(recording_id.as_str()).bind(tenant_id.as_str())).await?;
    if locked == 0 { Err(Error::NotFound { what: "recording", id: recording_id.to_string() }) } else { Ok(()) }
}

/// Runs work on the processor: short work here, long work where it delays nobody.
async fn blocking<T: Send + 'static>(
    what: &'static str,
    bytes: u64,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    if bytes <= CHUNK_BYTES {
        return work();
    }
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(Error::Cancelled { what }))
}

fn content_conflict(object: &StoredObject) -> Error {
    Error::Conflict { what: "object", id: object.path.clone(), problem: "is stored with other content".to_owned() }
}

fn decode(row: &AnyRow) -> Result<StoredObject, Error> {
    let fields = Fields::of(row, "objects", &["recording_id", "object_key"]);
    let key: ObjectKey = fields.parsed("object_key")?;
    let path = key.text(&fields.parsed("tenant_id")?, &fields.parsed("recording_id")?);
    Ok(StoredObject {
        key,
        path,
        bytes: fields.number("bytes")?,
        sha256: fields.text("sha256")?,
        stored_bytes: fields.number("stored_bytes")?,
    })
}
