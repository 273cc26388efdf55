use bytes::Bytes;
use model::{MediaSegment, MediaTime, RecordingId, SpeechChunk, TenantId};
use sha2::{Digest, Sha256};
use store::{Clock, ObjectKey, Store};

use crate::Error;
use crate::spool::{Spool, SpoolFile};

/// Journals and uploads every closed file of a spool, oldest first, deleting each once it is published; each is told
/// when it is.
///
/// Doing it again after a crash at any step is harmless: rows and objects of the same content are accepted twice.
pub(crate) async fn publish_closed_files(
    store: &Store,
    clock: &dyn Clock,
    tenant_id: &TenantId,
    recording_id: &RecordingId,
    spool: &Spool,
    mut published: impl FnMut(&SpoolFile),
) -> Result<(), Error> {
    let listing = spool.clone();
    for file in blocking(move || listing.closed_files()).await? {
        let (reading, name) = (spool.clone(), file.clone());
        let bytes = Bytes::from(blocking(move || reading.read(&name)).await?);
        publish_file(store, clock, tenant_id, recording_id, &file, bytes).await?;
        published(&file);
        let removing = spool.clone();
        blocking(move || removing.remove(&file)).await?;
    }
    Ok(())
}

async fn publish_file(
    store: &Store,
    clock: &dyn Clock,
    tenant_id: &TenantId,
    recording_id: &RecordingId,
    file: &SpoolFile,
    bytes: Bytes,
) -> Result<(), Error> {
    let now = clock.now();
    match file.clone() {
        SpoolFile::Init { rendition, epoch } => {
            let key = ObjectKey::Init { rendition, epoch };
            store.write_object(tenant_id, recording_id, &key, bytes, now).await?;
        }
        SpoolFile::Segment { rendition, epoch, sequence, start_us, duration_us } => {
            let (sha256, length) = (sha256_hex(&bytes), bytes.len() as u64);
            let segment = MediaSegment { rendition, epoch, sequence, start_us, duration_us, bytes: length, sha256 };
            store.stage_segment(recording_id, &segment, now).await?;
            let key = ObjectKey::Segment { rendition, sequence };
            store.write_object(tenant_id, recording_id, &key, bytes, now).await?;
            store.publish_segment(recording_id, rendition, sequence, clock.now()).await?;
        }
        SpoolFile::Speech { participant_id, sequence, start_us, duration_us } => {
            let chunk = SpeechChunk {
                participant_id: participant_id.clone(),
                sequence,
                start_ms: MediaTime::from_micros(start_us),
                duration_ms: MediaTime::from_micros(duration_us).as_millis(),
                bytes: bytes.len() as u64,
                sha256: sha256_hex(&bytes),
            };
            store.stage_speech_chunk(recording_id, &chunk, now).await?;
            let key = ObjectKey::Speech { participant_id: participant_id.clone(), sequence };
            store.write_object(tenant_id, recording_id, &key, bytes, now).await?;
            store.publish_speech_chunk(recording_id, &participant_id, sequence, clock.now()).await?;
        }
    }
    Ok(())
}

/// Returns the SHA-256 of bytes as lower-case hexadecimal.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Runs file work off the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.expect("file work does not panic and is not cancelled")
}
