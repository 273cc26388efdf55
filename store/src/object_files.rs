use std::fs::File;
use std::io::{self, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use model::{RecordingId, TenantId, Timestamp};
use sha2::{Digest, Sha256};
use tempfile::TempPath;

use crate::cipher::{CHUNK_BYTES, ObjectCipher, chunk_count};
use crate::{Error, ObjectKey, Store, StoredObject, data_keys, objects};

impl Store {
    /// Encrypts and writes a file of any length as an object, then lists it, replacing what the object was before. A chunk
    /// at a time is in memory; the encrypted copy lies beside the source until it is written.
    ///
    /// # Errors
    /// [`Error::Conflict`] when objects of this kind never change: write those with [`Store::write_object`].
    /// [`Error::SourceFile`] when the file cannot be read, or its directory not written.
    pub async fn write_object_file(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
        key: &ObjectKey,
        source: &Path,
        now: Timestamp,
    ) -> Result<StoredObject, Error> {
        let path = key.text(tenant_id, recording_id);
        if key.is_immutable() {
            let problem = "is of a kind that never changes and cannot be replaced by a file".to_owned();
            return Err(Error::Conflict { what: "object", id: path, problem });
        }
        let data_key = self.data_key(tenant_id, recording_id).await?;
        let random = data_keys::random()?;
        let task = tokio::task::spawn_blocking({
            let (source, path) = (source.to_owned(), path.clone());
            move || seal_file(&source, &ObjectCipher::create(&data_key, &path, random))
        });
        let sealed = task.await.map_err(|_| Error::Cancelled { what: "encryption" })?;
        let sealed = sealed.map_err(|error| Error::SourceFile { path: source.display().to_string(), source: error })?;
        let _turn = self.turn(&path).await;
        self.inner.media.put_file(&path, &sealed.file, sealed.stored_bytes).await?;
        let object = StoredObject {
            key: key.clone(),
            path,
            bytes: sealed.bytes,
            sha256: sealed.sha256,
            stored_bytes: sealed.stored_bytes,
        };
        let mut transaction = self.database().begin("objects").await?;
        objects::list(&mut transaction, tenant_id, recording_id, &object, now).await?;
        transaction.commit().await?;
        Ok(object)
    }
}

struct SealedFile {
    /// The encrypted copy; removed when this is dropped.
    file: TempPath,
    bytes: u64,
    sha256: String,
    stored_bytes: u64,
}

fn seal_file(source: &Path, cipher: &ObjectCipher) -> io::Result<SealedFile> {
    let mut source_file = File::open(source)?;
    let bytes = source_file.metadata()?.len();
    let directory = source.parent().map_or_else(PathBuf::new, Path::to_owned);
    let (file, path) = tempfile::Builder::new().prefix(".sealed-").tempfile_in(directory)?.into_parts();
    let mut writer = BufWriter::new(file);
    writer.write_all(cipher.header())?;
    let mut stored_bytes = cipher.header().len() as u64;
    let mut hash = Sha256::new();
    let (mut plain, mut sealed) = (Vec::new(), Vec::new());
    let last = chunk_count(bytes) - 1;
    for chunk in 0..=last {
        plain.resize((bytes - chunk * CHUNK_BYTES).min(CHUNK_BYTES) as usize, 0);
        source_file.read_exact(&mut plain)?;
        hash.update(&plain);
        sealed.clear();
        cipher.seal_chunk(u32::try_from(chunk).map_err(io::Error::other)?, chunk == last, &plain, &mut sealed);
        writer.write_all(&sealed)?;
        stored_bytes += sealed.len() as u64;
    }
    writer.flush()?;
    Ok(SealedFile { file: path, bytes, sha256: hex::encode(hash.finalize()), stored_bytes })
}
