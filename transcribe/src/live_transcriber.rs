use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use model::{Coverage, Recording, RecordingId, RecordingState, StageOutcome, TenantId, Transcript};
use store::{ChangeKind, Clock, Store};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio_util::sync::CancellationToken;

use crate::Error;
use crate::job::{finish_and_save, load_recording};
use crate::recording_transcription::{ProgressReport, RecordingTranscription, Turn};
use crate::transcriber::Transcriber;

/// Transcribes meetings while they go on, so that little is left to do when they end. What it knows is only in memory:
/// after a restart, [`LiveTranscriber::transcribe`] starts over and comes to the same result.
pub struct LiveTranscriber {
    store: Store,
    transcriber: Arc<dyn Transcriber>,
    clock: Arc<dyn Clock>,
    transcriptions: Mutex<BTreeMap<RecordingId, RecordingTranscription>>,
}

/// Recordings with news.
type Concerned = BTreeSet<(TenantId, RecordingId)>;

/// Mixing comes first while meetings go on.
const WORKERS_WHILE_LIVE: usize = 1;

impl LiveTranscriber {
    /// Makes one for all recordings of a store.
    #[must_use]
    pub fn new(store: Store, transcriber: Arc<dyn Transcriber>, clock: Arc<dyn Clock>) -> Self {
        Self { store, transcriber, clock, transcriptions: Mutex::new(BTreeMap::new()) }
    }

    /// Follows the store's changes and transcribes speech as it is published, until `shutdown`. What is heard is shown
    /// through [`Store::publish_live_transcript`], sentences that are not finished among it.
    pub async fn follow(&self, shutdown: CancellationToken) {
        // Every await below may be dropped: see `RecordingTranscription`.
        shutdown.run_until_cancelled(self.follow_changes()).await;
    }

    async fn follow_changes(&self) {
        let mut changes = self.store.changes();
        let mut concerned = self.unfinished().await;
        loop {
            for (tenant_id, recording_id) in std::mem::take(&mut concerned) {
                if self.catch_up(&tenant_id, &recording_id).await == Turn::Behind {
                    concerned.insert((tenant_id, recording_id));
                }
            }
            if concerned.is_empty() {
                match changes.recv().await {
                    Ok(change) => note(&mut concerned, change),
                    Err(RecvError::Lagged(_)) => concerned.extend(self.unfinished().await),
                    Err(RecvError::Closed) => return,
                }
            }
            self.drain(&mut changes, &mut concerned).await;
        }
    }

    /// Transcribes what is left of a recording that ended and saves the transcript, as
    /// [`transcribe_recording`](crate::transcribe_recording) does for one that was not followed. When the call is dropped,
    /// the next one goes on where the work got to.
    ///
    /// # Errors
    /// [`Error::RecordingMissing`], or whatever the store or the engine fails with.
    pub async fn transcribe(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
        progress: ProgressReport<'_>,
    ) -> Result<Transcript, Error> {
        let recording = load_recording(&self.store, tenant_id, recording_id).await?;
        let transcription = self.begin(&recording)?;
        transcription.set_workers(self.transcriber.workers()).await;
        let result = finish_and_save(&self.store, self.clock.as_ref(), &transcription, &recording, progress).await;
        if result.is_ok() || transcription.is_broken().await {
            self.forget(recording_id);
        }
        result
    }

    /// Returns how much of the speech found so far in a meeting that is being followed is transcribed.
    #[must_use]
    pub fn coverage(&self, recording_id: &RecordingId) -> Option<Coverage> {
        let transcriptions = self.transcriptions.lock().unwrap_or_else(PoisonError::into_inner);
        transcriptions.get(recording_id).map(RecordingTranscription::coverage)
    }

    /// Returns the recording's transcription, a new one unless it was begun.
    fn begin(&self, recording: &Recording) -> Result<RecordingTranscription, Error> {
        let mut transcriptions = self.transcriptions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(begun) = transcriptions.get(&recording.id) {
            return Ok(begun.clone());
        }
        let transcription = RecordingTranscription::new(&self.store, recording, Arc::clone(&self.transcriber))?;
        transcriptions.insert(recording.id.clone(), transcription.clone());
        Ok(transcription)
    }

    fn forget(&self, recording_id: &RecordingId) {
        self.transcriptions.lock().unwrap_or_else(PoisonError::into_inner).remove(recording_id);
        self.store.forget_live_transcript(recording_id);
    }

    /// Takes over everything that has been announced meanwhile; most of it concerns the same few recordings.
    async fn drain(&self, changes: &mut Receiver<store::Change>, concerned: &mut Concerned) {
        loop {
            match changes.try_recv() {
                Ok(change) => note(concerned, change),
                Err(TryRecvError::Lagged(_)) => concerned.extend(self.unfinished().await),
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            }
        }
    }

    async fn unfinished(&self) -> Concerned {
        match self.store.list_unfinished_recordings().await {
            Ok(recordings) => recordings.into_iter().map(|recording| (recording.tenant_id, recording.id)).collect(),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "cannot list recordings; they are transcribed when they end"
                );
                Concerned::new()
            }
        }
    }

    async fn catch_up(&self, tenant_id: &TenantId, recording_id: &RecordingId) -> Turn {
        match self.try_catch_up(tenant_id, recording_id).await {
            Ok(turn) => turn,
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    recording.id = %recording_id,
                    "transcription fell behind the meeting; the next change or its end takes it up again"
                );
                Turn::CaughtUp
            }
        }
    }

    async fn try_catch_up(&self, tenant_id: &TenantId, recording_id: &RecordingId) -> Result<Turn, Error> {
        let recording = load_recording(&self.store, tenant_id, recording_id).await?;
        match recording.state {
            // What was begun waits for the job.
            RecordingState::Sealed { .. } if recording.processing.transcript == StageOutcome::Waiting => {
                return Ok(Turn::CaughtUp);
            }
            RecordingState::Sealed { .. } | RecordingState::Failed { .. } => {
                self.forget(recording_id);
                return Ok(Turn::CaughtUp);
            }
            _ => {}
        }
        let transcription = self.begin(&recording)?;
        transcription.set_workers(WORKERS_WHILE_LIVE).await;
        let result = self.hear(tenant_id, &transcription).await;
        if result.is_err() && transcription.is_broken().await {
            self.forget(recording_id);
        }
        result
    }

    /// Hears what is new and shows it.
    async fn hear(&self, tenant_id: &TenantId, transcription: &RecordingTranscription) -> Result<Turn, Error> {
        let (began_at, heard_before_ms) = (self.clock.now(), transcription.heard_ms());
        let progress = transcription.catch_up().await?;
        let busy_ms = (self.clock.now().as_micros() - began_at.as_micros()).max(0) as u64 / 1_000;
        transcription.note_pace(transcription.heard_ms() - heard_before_ms, busy_ms);
        let so_far = transcription.so_far(progress).await?;
        self.store.publish_live_transcript(tenant_id, so_far, self.clock.now()).await?;
        Ok(progress.turn)
    }
}

fn note(concerned: &mut Concerned, change: store::Change) {
    if matches!(change.kind, ChangeKind::Media | ChangeKind::Recording | ChangeKind::Transcript) {
        concerned.insert((change.tenant_id, change.recording_id));
    }
}
