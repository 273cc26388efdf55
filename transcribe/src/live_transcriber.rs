use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{RecordingId, RecordingState, StageOutcome, TenantId, Transcript};
use store::{ChangeKind, Clock, Store};
use tokio::sync::Mutex;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio_util::sync::CancellationToken;

use crate::Error;
use crate::job::{finish_and_save, load_recording};
use crate::recording_transcription::{ProgressReport, RecordingTranscription};
use crate::transcriber::Transcriber;

/// Transcribes meetings while they go on, so that little is left to do when they end. What it knows is only in memory:
/// after a restart, [`LiveTranscriber::transcribe`] starts over and comes to the same result.
pub struct LiveTranscriber {
    store: Store,
    transcriber: Arc<dyn Transcriber>,
    /// Each has a lock of its own, so that the end of one meeting does not wait for another meeting's chunks.
    transcriptions: Mutex<BTreeMap<RecordingId, Arc<Mutex<Option<RecordingTranscription>>>>>,
}

/// Recordings with news.
type Concerned = BTreeSet<(TenantId, RecordingId)>;

/// Mixing comes first while meetings go on.
const WORKERS_WHILE_LIVE: usize = 1;

impl LiveTranscriber {
    /// Makes one for all recordings of a store.
    #[must_use]
    pub fn new(store: Store, transcriber: Arc<dyn Transcriber>) -> Self {
        Self { store, transcriber, transcriptions: Mutex::new(BTreeMap::new()) }
    }

    /// Follows the store's changes and transcribes speech as it is published, until `shutdown`.
    pub async fn follow(&self, shutdown: CancellationToken) {
        let mut changes = self.store.changes();
        let mut concerned = self.unfinished().await;
        loop {
            for (tenant_id, recording_id) in std::mem::take(&mut concerned) {
                if shutdown.is_cancelled() {
                    return;
                }
                self.catch_up(&tenant_id, &recording_id).await;
            }
            let first = tokio::select! {
                () = shutdown.cancelled() => return,
                change = changes.recv() => change,
            };
            match first {
                Ok(change) => note(&mut concerned, change),
                Err(RecvError::Lagged(_)) => concerned.extend(self.unfinished().await),
                Err(RecvError::Closed) => return,
            }
            self.drain(&mut changes, &mut concerned).await;
        }
    }

    /// Transcribes what is left of a recording that ended and saves the transcript, as
    /// [`transcribe_recording`](crate::transcribe_recording) does for one that was not followed.
    ///
    /// # Errors
    /// [`Error::RecordingMissing`], or whatever the store or the engine fails with.
    pub async fn transcribe(
        &self,
        clock: &dyn Clock,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
        progress: ProgressReport<'_>,
    ) -> Result<Transcript, Error> {
        let recording = load_recording(&self.store, tenant_id, recording_id).await?;
        let begun = self.transcriptions.lock().await.remove(recording_id);
        let begun = match begun {
            Some(slot) => slot.lock().await.take().filter(|transcription| !transcription.is_broken()),
            None => None,
        };
        let transcription = match begun {
            Some(mut transcription) => {
                transcription.set_workers(self.transcriber.workers());
                transcription
            }
            None => RecordingTranscription::new(&self.store, &recording, Arc::clone(&self.transcriber))?,
        };
        finish_and_save(&self.store, clock, transcription, &recording, progress).await
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

    async fn catch_up(&self, tenant_id: &TenantId, recording_id: &RecordingId) {
        if let Err(error) = self.try_catch_up(tenant_id, recording_id).await {
            self.transcriptions.lock().await.remove(recording_id);
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                recording.id = %recording_id,
                "transcription during the meeting broke off; it starts over"
            );
        }
    }

    async fn try_catch_up(&self, tenant_id: &TenantId, recording_id: &RecordingId) -> Result<(), Error> {
        let recording = load_recording(&self.store, tenant_id, recording_id).await?;
        match recording.state {
            // What was begun waits for the job.
            RecordingState::Sealed { .. } if recording.processing.transcript == StageOutcome::Waiting => return Ok(()),
            RecordingState::Sealed { .. } | RecordingState::Failed { .. } => {
                self.transcriptions.lock().await.remove(recording_id);
                return Ok(());
            }
            _ => {}
        }
        let slot = {
            let mut transcriptions = self.transcriptions.lock().await;
            Arc::clone(transcriptions.entry(recording_id.clone()).or_default())
        };
        let mut slot = slot.lock().await;
        if slot.is_none() {
            let transcriber = Arc::clone(&self.transcriber);
            let mut transcription = RecordingTranscription::new(&self.store, &recording, transcriber)?;
            transcription.set_workers(WORKERS_WHILE_LIVE);
            *slot = Some(transcription);
        }
        match slot.as_mut() {
            Some(transcription) => transcription.catch_up().await,
            None => Ok(()),
        }
    }
}

fn note(concerned: &mut Concerned, change: store::Change) {
    if matches!(change.kind, ChangeKind::Media | ChangeKind::Recording | ChangeKind::Transcript) {
        concerned.insert((change.tenant_id, change.recording_id));
    }
}
