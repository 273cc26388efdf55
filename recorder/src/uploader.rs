use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use model::{MediaSegment, MediaTime, RecordingId, SpeechChunk, TenantId};
use store::{Clock, ObjectKey, Store};

use crate::Error;
use crate::spool::{Spool, SpoolFile};
use crate::upload::{blocking, sha256_hex};
use crate::upload_progress::UploadProgress;

const RETRY_FIRST: Duration = Duration::from_millis(500);
const RETRY_MAX: Duration = Duration::from_secs(30);

/// Brings what a recorder process closed into the store: rows, then objects, then the objects read back. Performs no
/// waiting of its own, so that an outage of half an hour can be driven.
pub(crate) struct Uploader {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) tenant_id: TenantId,
    pub(crate) recording_id: RecordingId,
    pub(crate) spool: Spool,
    pub(crate) progress: UploadProgress,
}

/// What became of an attempt to upload everything that is closed.
#[derive(Debug)]
pub(crate) enum Attempt {
    /// Nothing is left.
    Done,
    /// The store did not take it all; the spool keeps the rest.
    Again {
        /// What it said.
        error: Error,
    },
}

/// How long to wait for a store that fails: longer each time, and never long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RetryDelay(Duration);

impl Default for RetryDelay {
    fn default() -> Self {
        Self(RETRY_FIRST)
    }
}

impl RetryDelay {
    /// Returns how long to wait now; the next time it is twice as long.
    pub(crate) fn take(&mut self) -> Duration {
        let now = self.0;
        self.0 = (now * 2).min(RETRY_MAX);
        now
    }

    pub(crate) const fn longest() -> Duration {
        RETRY_MAX
    }
}

impl Uploader {
    /// Journals and uploads every closed file of the spool, oldest first, deleting each once the store gives it back
    /// unchanged; `published` is told of each. Doing it again after a crash at any step is harmless: rows and objects of
    /// the same content are accepted twice.
    ///
    /// # Errors
    /// What trying again does not help; files behind the one concerned are uploaded all the same.
    pub(crate) async fn attempt(&self, mut published: impl FnMut(&SpoolFile)) -> Result<Attempt, Error> {
        let listing = self.spool.clone();
        let mut first_refused = None;
        for file in blocking(move || listing.closed_files()).await? {
            match self.upload(&file).await {
                Ok(()) => {
                    self.progress.note_stored(&file);
                    published(&file);
                }
                Err(error) if error.is_transient() => {
                    self.progress.note_failure(self.clock.now());
                    return Ok(Attempt::Again { error });
                }
                Err(error) => first_refused = first_refused.or(Some(error)),
            }
        }
        first_refused.map_or(Ok(Attempt::Done), |error| {
            self.progress.note_failure(self.clock.now());
            Err(error)
        })
    }

    async fn upload(&self, file: &SpoolFile) -> Result<(), Error> {
        let (reading, name) = (self.spool.clone(), file.clone());
        let bytes = Bytes::from(blocking(move || reading.read(&name)).await?);
        self.publish(file, bytes).await?;
        let (removing, name) = (self.spool.clone(), file.clone());
        blocking(move || removing.remove(&name)).await
    }

    async fn publish(&self, file: &SpoolFile, bytes: Bytes) -> Result<(), Error> {
        let (store, recording_id, now) = (&self.store, &self.recording_id, self.clock.now());
        match file.clone() {
            SpoolFile::Init { rendition, epoch } => {
                self.write(&ObjectKey::Init { rendition, epoch }, bytes).await?;
            }
            SpoolFile::Segment { rendition, epoch, sequence, start_us, duration_us } => {
                let (sha256, length) = (sha256_hex(&bytes), bytes.len() as u64);
                let segment = MediaSegment { rendition, epoch, sequence, start_us, duration_us, bytes: length, sha256 };
                store.stage_segment(recording_id, &segment, now).await?;
                self.write(&ObjectKey::Segment { rendition, sequence }, bytes).await?;
                store.publish_segment(recording_id, rendition, sequence, self.clock.now()).await?;
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
                self.write(&key, bytes).await?;
                store.publish_speech_chunk(recording_id, &participant_id, sequence, self.clock.now()).await?;
            }
        }
        Ok(())
    }

    /// Writes an object and reads it back: a store that says yes and keeps nothing, or something else, is found out while
    /// the spool still has the content. What it damaged is written again.
    async fn write(&self, key: &ObjectKey, bytes: Bytes) -> Result<(), Error> {
        let (store, tenant_id, recording_id) = (&self.store, &self.tenant_id, &self.recording_id);
        store.write_object(tenant_id, recording_id, key, bytes.clone(), self.clock.now()).await?;
        let Err(error) = self.check(key, &bytes).await else { return Ok(()) };
        if !matches!(
            error,
            store::Error::ObjectMissing { .. } | store::Error::ObjectDamaged { .. } | store::Error::Decrypt { .. }
        ) {
            return Err(error.into());
        }
        store.rewrite_object(tenant_id, recording_id, key, bytes.clone()).await?;
        self.check(key, &bytes).await.map_err(|source| Error::NotKept {
            recording_id: recording_id.clone(),
            key: key.to_string(),
            source: Box::new(source),
        })
    }

    async fn check(&self, key: &ObjectKey, bytes: &Bytes) -> Result<(), store::Error> {
        let read = self.store.read_object(&self.tenant_id, &self.recording_id, key).await?;
        if read == *bytes {
            return Ok(());
        }
        let problem = "it is not what was just written".to_owned();
        Err(store::Error::ObjectDamaged { key: key.to_string(), problem })
    }
}

#[cfg(test)]
#[path = "uploader_tests.rs"]
mod tests;
