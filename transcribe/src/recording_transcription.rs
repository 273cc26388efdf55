use std::collections::BTreeMap;
use std::sync::Arc;

use model::{ParticipantId, Recording, RecordingId, SegmentState, TenantId, Timestamp, Transcript};
use store::{Store, StoredSpeechChunk};

use crate::Error;
use crate::transcriber::Transcriber;
use crate::transcript_builder::{LoadedChunk, TranscriptBuilder};

/// Hears how far a transcription is, in percent.
pub(crate) type ProgressReport<'a> = &'a (dyn Fn(u8) + Send + Sync);

/// The transcription of one recording from the store, as far as it has come. It may be brought up to date any number of
/// times while the meeting goes on.
pub(crate) struct RecordingTranscription {
    source: ChunkSource,
    /// Missing only while a batch is worked on, and after such work was broken off.
    builder: Option<TranscriptBuilder>,
    next_sequences: BTreeMap<ParticipantId, u64>,
}

/// Where the chunks of the recording are.
struct ChunkSource {
    store: Store,
    tenant_id: TenantId,
    recording_id: RecordingId,
}

/// Chunks are read in batches of this many, about 20 s of speech each, so that a long meeting fits in memory.
const BATCH_CHUNKS: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Completeness {
    /// More may come, so a participant's chunks are taken up to the first gap.
    SoFar,
    /// Nothing comes any more; what is missing now stays missing.
    Whole,
}

impl RecordingTranscription {
    pub(crate) fn new(store: &Store, recording: &Recording, transcriber: Arc<dyn Transcriber>) -> Result<Self, Error> {
        Ok(Self {
            source: ChunkSource {
                store: store.clone(),
                tenant_id: recording.tenant_id.clone(),
                recording_id: recording.id.clone(),
            },
            builder: Some(TranscriptBuilder::new(transcriber, recording.language)?),
            next_sequences: BTreeMap::new(),
        })
    }

    pub(crate) fn set_workers(&mut self, workers: usize) {
        if let Some(builder) = &mut self.builder {
            builder.set_workers(workers);
        }
    }

    /// Says whether work was broken off in the middle, which makes this transcription useless.
    pub(crate) fn is_broken(&self) -> bool {
        self.builder.is_none()
    }

    /// Transcribes the chunks published since the last time.
    pub(crate) async fn catch_up(&mut self) -> Result<(), Error> {
        self.take_chunks(Completeness::SoFar, &|_| {}).await
    }

    /// Transcribes everything that is left and returns the first version of the transcript.
    pub(crate) async fn finish(mut self, now: Timestamp, progress: ProgressReport<'_>) -> Result<Transcript, Error> {
        self.take_chunks(Completeness::Whole, progress).await?;
        let Some(builder) = self.builder.take() else { return Err(Error::BrokenOff) };
        let recording_id = self.source.recording_id;
        blocking(move || builder.finish(recording_id, FIRST_VERSION, now)).await
    }

    async fn take_chunks(&mut self, completeness: Completeness, progress: ProgressReport<'_>) -> Result<(), Error> {
        let chunks = self.source.list_new(self.next_sequences.clone(), completeness).await?;
        if chunks.is_empty() {
            return Ok(());
        }
        let roster = self.source.store.load_participants(&self.source.recording_id).await?;
        if let Some(builder) = &mut self.builder {
            builder.set_roster(&roster);
        }
        let mut done = 0;
        for batch in chunks.chunks(BATCH_CHUNKS) {
            self.take_batch(batch).await?;
            done += batch.len();
            progress(u8::try_from(done * 99 / chunks.len()).unwrap_or(99));
        }
        Ok(())
    }

    async fn take_batch(&mut self, batch: &[StoredSpeechChunk]) -> Result<(), Error> {
        let mut loaded = Vec::with_capacity(batch.len());
        for stored in batch {
            loaded.push(self.source.load(stored).await?);
        }
        let Some(mut builder) = self.builder.take() else { return Err(Error::BrokenOff) };
        let (builder, result) = blocking(move || {
            let result = builder.push(loaded);
            (builder, result)
        })
        .await?;
        result?;
        self.builder = Some(builder);
        for stored in batch {
            self.next_sequences.insert(stored.chunk.participant_id.clone(), stored.chunk.sequence + 1);
        }
        Ok(())
    }
}

impl ChunkSource {
    /// Returns chunks not taken yet, by start, those of each participant in order of their sequence.
    async fn list_new(
        &self,
        mut next_sequences: BTreeMap<ParticipantId, u64>,
        completeness: Completeness,
    ) -> Result<Vec<StoredSpeechChunk>, Error> {
        let mut stored = self.store.list_speech_chunks(&self.recording_id).await?;
        stored.sort_by_key(|stored| stored.chunk.sequence);
        stored.retain(|stored| {
            let next = next_sequences.entry(stored.chunk.participant_id.clone()).or_default();
            let sequence = stored.chunk.sequence;
            let may_take = match completeness {
                Completeness::SoFar => sequence == *next && stored.state == SegmentState::Published,
                Completeness::Whole => sequence >= *next,
            };
            if may_take {
                *next = sequence + 1;
            }
            may_take
        });
        // Batches by time give every worker something to do; the sort is stable, so sequences stay in order.
        stored.sort_by_key(|stored| stored.chunk.start_ms);
        Ok(stored)
    }

    async fn load(&self, stored: &StoredSpeechChunk) -> Result<LoadedChunk, Error> {
        let chunk = stored.chunk.clone();
        match self.store.read_object(&self.tenant_id, &self.recording_id, &stored.key).await {
            Ok(bytes) => Ok(LoadedChunk { chunk, bytes: Some(bytes.to_vec()) }),
            Err(
                error @ (store::Error::NotFound { .. }
                | store::Error::ObjectMissing { .. }
                | store::Error::ObjectDamaged { .. }
                | store::Error::Decrypt { .. }),
            ) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    recording.id = %self.recording_id,
                    participant.id = %chunk.participant_id,
                    chunk.sequence = chunk.sequence,
                    "speech chunk is lost and left out of the transcript"
                );
                Ok(LoadedChunk { chunk, bytes: None })
            }
            Err(error) => Err(error.into()),
        }
    }
}

const FIRST_VERSION: u32 = 1;

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(Error::Worker)
}
