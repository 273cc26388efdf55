use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use model::{
    Coverage, LiveTranscript, ParticipantId, Recording, RecordingId, SegmentState, TenantId, Timestamp, Transcript,
};
use store::{Store, StoredSpeechChunk};
use tokio::sync::Mutex;

use crate::Error;
use crate::pace::Pace;
use crate::transcriber::Transcriber;
use crate::transcript_builder::{LoadedChunk, TranscriptBuilder};

/// Hears how far a transcription is, in percent.
pub(crate) type ProgressReport<'a> = &'a (dyn Fn(u8) + Send + Sync);

/// The transcription of one recording from the store, as far as it has come. It may be brought up to date any number of
/// times while the meeting goes on. Clones work on the same transcription.
///
/// Any call may be dropped before it is done: the batch that a thread works on at that moment is still finished and
/// counted, and the next call goes on behind it.
#[derive(Clone)]
pub(crate) struct RecordingTranscription {
    source: Arc<ChunkSource>,
    work: Arc<Mutex<Work>>,
    /// As of the last batch, readable while the next one is worked on.
    coverage: Arc<std::sync::Mutex<Coverage>>,
    pace: Arc<std::sync::Mutex<Pace>>,
}

struct Work {
    /// Missing only while a batch is worked on, and for good when that work panicked.
    builder: Option<TranscriptBuilder>,
    next_sequences: BTreeMap<ParticipantId, u64>,
}

/// Where the chunks of the recording are.
struct ChunkSource {
    store: Store,
    tenant_id: TenantId,
    recording_id: RecordingId,
    created_at: Timestamp,
}

/// Chunks are read in batches of this many, about 20 s of speech each, so that a long meeting fits in memory.
const BATCH_CHUNKS: usize = 8;
/// After this many batches another meeting has its turn.
const TURN_BATCHES: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Completeness {
    /// More may come, so a participant's chunks are taken up to the first gap.
    SoFar,
    /// Nothing comes any more; what is missing now stays missing.
    Whole,
}

/// How far a turn came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Everything that was there is transcribed.
    CaughtUp,
    /// More is waiting.
    Behind,
}

/// What came of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) turn: Turn,
    /// Sound that is stored and still waits.
    pub(crate) backlog_ms: u64,
}

impl RecordingTranscription {
    pub(crate) fn new(store: &Store, recording: &Recording, transcriber: Arc<dyn Transcriber>) -> Result<Self, Error> {
        let source = ChunkSource {
            store: store.clone(),
            tenant_id: recording.tenant_id.clone(),
            recording_id: recording.id.clone(),
            created_at: recording.created_at,
        };
        let builder = Some(TranscriptBuilder::new(transcriber, recording.language)?);
        let work = Work { builder, next_sequences: BTreeMap::new() };
        let work = Arc::new(Mutex::new(work));
        Ok(Self { source: Arc::new(source), work, coverage: Arc::default(), pace: Arc::default() })
    }

    /// Returns how much of the speech found so far is transcribed.
    pub(crate) fn coverage(&self) -> Coverage {
        self.coverage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sets how many participants are worked on at a time from the next batch on.
    pub(crate) async fn set_workers(&self, workers: usize) {
        if let Some(builder) = &mut self.work.lock().await.builder {
            builder.set_workers(workers);
        }
    }

    /// Says whether work was broken off in the middle, which makes this transcription useless.
    pub(crate) async fn is_broken(&self) -> bool {
        self.work.lock().await.builder.is_none()
    }

    /// Transcribes chunks published since the last time, for a turn.
    pub(crate) async fn catch_up(&self) -> Result<Progress, Error> {
        let chunks = self.list_new(Completeness::SoFar).await?;
        for batch in chunks.chunks(BATCH_CHUNKS).take(TURN_BATCHES) {
            self.take_batch(batch).await?;
        }
        let left = chunks.get(BATCH_CHUNKS * TURN_BATCHES..).unwrap_or_default();
        let turn = if left.is_empty() { Turn::CaughtUp } else { Turn::Behind };
        Ok(Progress { turn, backlog_ms: left.iter().map(|stored| stored.chunk.duration_ms).sum() })
    }

    /// Returns the text so far for people who follow the meeting. Sentences under way are in it unless there is more
    /// urgent work.
    pub(crate) async fn so_far(&self, progress: Progress) -> Result<LiveTranscript, Error> {
        let mut work = Arc::clone(&self.work).lock_owned().await;
        let (recording_id, created_at) = (self.source.recording_id.clone(), self.source.created_at);
        let pace = *self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        blocking(move || {
            let mut builder = work.builder.take().ok_or(Error::BrokenOff)?;
            if progress.turn == Turn::CaughtUp {
                builder.hear_provisionally();
            }
            let (transcript, provisional) = builder.so_far(recording_id, created_at);
            work.builder = Some(builder);
            let (backlog_ms, real_time_factor) = (progress.backlog_ms, pace.real_time_factor());
            Ok(LiveTranscript { transcript, provisional, backlog_ms, real_time_factor })
        })
        .await?
    }

    /// Takes in how long hearing some speech took.
    pub(crate) fn note_pace(&self, speech_ms: u64, busy_ms: u64) {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner).note(speech_ms, busy_ms);
    }

    /// Returns how much speech was heard for good so far, in milliseconds.
    pub(crate) fn heard_ms(&self) -> u64 {
        let coverage = self.coverage.lock().unwrap_or_else(PoisonError::into_inner);
        coverage.speech_ms - coverage.waiting_ms
    }

    /// Transcribes everything that is left and returns the first version of the transcript. May be called again.
    pub(crate) async fn finish(&self, now: Timestamp, progress: ProgressReport<'_>) -> Result<Transcript, Error> {
        let chunks = self.list_new(Completeness::Whole).await?;
        let mut done = 0;
        for batch in chunks.chunks(BATCH_CHUNKS) {
            self.take_batch(batch).await?;
            done += batch.len();
            progress(u8::try_from(done * 99 / chunks.len()).unwrap_or(99));
        }
        let mut work = Arc::clone(&self.work).lock_owned().await;
        let recording_id = self.source.recording_id.clone();
        blocking(move || work.finish(recording_id, now)).await?
    }

    async fn list_new(&self, completeness: Completeness) -> Result<Vec<StoredSpeechChunk>, Error> {
        let next_sequences = self.work.lock().await.next_sequences.clone();
        let chunks = self.source.list_new(next_sequences, completeness).await?;
        if !chunks.is_empty() {
            let roster = self.source.store.load_participants(&self.source.recording_id).await?;
            if let Some(builder) = &mut self.work.lock().await.builder {
                builder.set_roster(&roster);
            }
        }
        Ok(chunks)
    }

    async fn take_batch(&self, batch: &[StoredSpeechChunk]) -> Result<(), Error> {
        let mut loaded = Vec::with_capacity(batch.len());
        for stored in batch {
            loaded.push(self.source.load(stored).await?);
        }
        let mut work = Arc::clone(&self.work).lock_owned().await;
        // The lock goes along, so that a caller that stops waiting does not let another one in.
        let coverage = Arc::clone(&self.coverage);
        blocking(move || {
            work.push(loaded)?;
            if let Some(builder) = &work.builder {
                *coverage.lock().unwrap_or_else(PoisonError::into_inner) = builder.coverage();
            }
            Ok(())
        })
        .await?
    }
}

impl Work {
    fn push(&mut self, mut chunks: Vec<LoadedChunk>) -> Result<(), Error> {
        // Another caller may have been quicker.
        chunks.retain(|LoadedChunk { chunk, .. }| {
            self.next_sequences.get(&chunk.participant_id).is_none_or(|next| chunk.sequence >= *next)
        });
        let taken: Vec<(ParticipantId, u64)> =
            chunks.iter().map(|loaded| (loaded.chunk.participant_id.clone(), loaded.chunk.sequence + 1)).collect();
        let mut builder = self.builder.take().ok_or(Error::BrokenOff)?;
        let result = builder.push(chunks);
        self.builder = Some(builder);
        result?;
        self.next_sequences.extend(taken);
        Ok(())
    }

    fn finish(&mut self, recording_id: RecordingId, now: Timestamp) -> Result<Transcript, Error> {
        let mut builder = self.builder.take().ok_or(Error::BrokenOff)?;
        let transcript = builder.finish(recording_id, FIRST_VERSION, now);
        self.builder = Some(builder);
        Ok(transcript)
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
