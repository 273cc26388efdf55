use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use model::{Disposal, Recording, RecordingId, StageOutcome, TenantId};
use store::{ChangeKind, Page, RecordingFilter, Store};
use tantivy::TantivyError;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use crate::document::RecordingDocuments;
use crate::search::{TenantSlot, blocking};
use crate::tenant_index::TenantIndex;
use crate::{Error, Search};

/// How long changes of other processes, which announce nothing here, may stay unseen.
const POLL_INTERVAL: Duration = Duration::from_secs(2);
/// Changes that follow one another quickly share a commit: each leaves a segment to be merged.
const COMMIT_PAUSE: Duration = Duration::from_millis(300);
/// How many notes are read, and how many recordings committed, at a time.
const BATCH_SIZE: u32 = 64;
const EXPUNGE_PAUSE: Duration = Duration::from_millis(100);
const EXPUNGE_ATTEMPTS_MAX: u32 = 300;

/// Keeps the index in step with the store. Everything it does can be done again: a recording is replaced as a whole, and
/// a commit carries the number of the last note of the outbox that it holds, so after a crash it goes on from there.
pub struct Indexer {
    search: Search,
    store: Store,
}

/// What a rebuild wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReindexReport {
    /// How many recordings.
    pub recordings: usize,
    /// How many titles, utterances and lines of minutes.
    pub documents: usize,
}

/// What was taken out of an index for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// The last note of the store's outbox in the index.
    pub seq: i64,
    /// The files that held deleted text and are gone.
    pub removed_files: Vec<String>,
}

/// Whose index to look after next.
enum Scope {
    Tenant(TenantId),
    Everyone,
}

impl Indexer {
    /// Makes an indexer that writes what it reads from `store` into the indexes of `search`.
    #[must_use]
    pub const fn new(search: Search, store: Store) -> Self {
        Self { search, store }
    }

    /// Follows the store until it is cancelled. New text can be searched for within three seconds.
    pub async fn run(&self, cancellation: CancellationToken) {
        let mut changes = self.store.changes();
        let mut poll = interval(POLL_INTERVAL);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let scope = tokio::select! {
                biased;
                () = cancellation.cancelled() => break,
                change = changes.recv() => match change {
                    Ok(change) if is_relevant(change.kind) => Scope::Tenant(change.tenant_id),
                    Ok(_) => continue,
                    Err(RecvError::Lagged(_)) => Scope::Everyone,
                    Err(RecvError::Closed) => break,
                },
                _ = poll.tick() => Scope::Everyone,
            };
            // A change that is cut off here is still in the outbox.
            tokio::select! {
                biased;
                () = cancellation.cancelled() => break,
                () = self.look_after(scope) => {}
            }
            tokio::select! {
                biased;
                () = cancellation.cancelled() => break,
                () = sleep(COMMIT_PAUSE) => {}
            }
        }
        self.close_writers().await;
    }

    async fn look_after(&self, scope: Scope) {
        let tenants = match scope {
            Scope::Tenant(tenant_id) => Ok(vec![tenant_id]),
            Scope::Everyone => self.store.list_tenants().await,
        };
        match tenants {
            Ok(tenants) => {
                for tenant_id in tenants {
                    if let Err(error) = self.catch_up(&tenant_id).await {
                        tracing::warn!(tenant.id = %tenant_id, error = %Chain(&error), "search index is behind");
                    }
                }
            }
            Err(error) => tracing::warn!(error = %Chain(&error), "search index cannot list the tenants"),
        }
    }

    /// Brings a tenant's index up to the store and returns the number of the last note in it. When a recording is being
    /// purged, the files that held it are rewritten.
    pub async fn catch_up(&self, tenant_id: &TenantId) -> Result<i64, Error> {
        let (seq, something_is_purged) = self.follow(tenant_id).await?;
        if something_is_purged {
            self.expunge(tenant_id).await?;
        }
        Ok(seq)
    }

    /// Brings a tenant's index up to the store and takes whatever was deleted off the disk: until then deleted text stays
    /// in the files of its segment.
    ///
    /// # Errors
    /// [`Error::StillRead`] when searches keep old files open for too long; call it again.
    pub async fn erase_deleted(&self, tenant_id: &TenantId) -> Result<Erasure, Error> {
        let (seq, _) = self.follow(tenant_id).await?;
        Ok(Erasure { seq, removed_files: self.expunge(tenant_id).await? })
    }

    async fn expunge(&self, tenant_id: &TenantId) -> Result<Vec<String>, Error> {
        let slot = self.search.slot(tenant_id).await?;
        let _turn = take_turn(&slot).await;
        let mut removed_files = Vec::new();
        for _ in 0..EXPUNGE_ATTEMPTS_MAX {
            let Some(index) = slot.current() else { return Ok(removed_files) };
            let expunged = blocking(tenant_id, move || index.expunge()).await?;
            let expunged = expunged.map_err(|source| index_error(tenant_id, "expunge", source))?;
            removed_files.extend(expunged.removed_files);
            if expunged.is_complete {
                return Ok(removed_files);
            }
            // Some systems do not let go of a file that a search still reads; it ends by its deadline.
            sleep(EXPUNGE_PAUSE).await;
        }
        Err(Error::StillRead { tenant_id: tenant_id.clone() })
    }

    async fn follow(&self, tenant_id: &TenantId) -> Result<(i64, bool), Error> {
        let slot = self.search.slot(tenant_id).await?;
        let _turn = take_turn(&slot).await;
        let index = match slot.current() {
            // An index that is ahead was built from a store that has since been restored or replaced.
            Some(index) if index.seq() <= self.store.last_outbox_seq(tenant_id).await? => index,
            _ => {
                self.rebuild(tenant_id, &slot).await?;
                return Ok((slot.current().map_or(0, |index| index.seq()), false));
            }
        };
        let mut something_is_purged = false;
        loop {
            let notes = self.store.read_outbox(tenant_id, index.seq(), BATCH_SIZE).await?;
            let Some(last) = notes.last().map(|note| note.seq) else {
                return Ok((index.seq(), something_is_purged));
            };
            let changed: BTreeSet<RecordingId> = notes.into_iter().map(|note| note.recording_id).collect();
            let mut recordings = Vec::with_capacity(changed.len());
            for recording_id in changed {
                let recording = self.store.load_recording(tenant_id, &recording_id).await?;
                something_is_purged |= recording.as_ref().is_some_and(is_purged);
                recordings.push(self.load_documents(tenant_id, recording_id).await?);
            }
            replace(tenant_id, &index, recordings, last).await?;
        }
    }

    /// Builds a tenant's index anew from the store and puts it to use when it is complete; until then the old one
    /// answers.
    pub async fn reindex(&self, tenant_id: &TenantId) -> Result<ReindexReport, Error> {
        let slot = self.search.slot(tenant_id).await?;
        let _turn = take_turn(&slot).await;
        self.rebuild(tenant_id, &slot).await
    }

    async fn rebuild(&self, tenant_id: &TenantId, slot: &Arc<TenantSlot>) -> Result<ReindexReport, Error> {
        // Whatever changes from here on is read again afterwards.
        let seq = self.store.last_outbox_seq(tenant_id).await?;
        let directory = slot.directory.clone();
        let path = blocking(tenant_id, move || directory.create_generation()).await??;
        let new_path = path.clone();
        let created = blocking(tenant_id, move || TenantIndex::create(&new_path)).await?;
        let index = Arc::new(created.map_err(|source| index_error(tenant_id, "create", source))?);
        let mut report = ReindexReport { recordings: 0, documents: 0 };
        let mut page = Page { size: BATCH_SIZE, token: None };
        loop {
            let listed = self.store.list_recordings(tenant_id, &RecordingFilter::default(), &page).await?;
            let mut recordings = Vec::with_capacity(listed.recordings.len());
            for recording in listed.recordings {
                recordings.push(self.load_documents(tenant_id, recording.id).await?);
            }
            report.recordings += recordings.len();
            report.documents += recordings.iter().map(|recording| recording.documents.len()).sum::<usize>();
            let appended = Arc::clone(&index);
            let work = blocking(tenant_id, move || appended.append(&recordings)).await?;
            work.map_err(|source| index_error(tenant_id, "write", source))?;
            match listed.next {
                Some(token) => page.token = Some(token),
                None => break,
            }
        }
        let finished = Arc::clone(&index);
        let work = blocking(tenant_id, move || finished.finish_appending(seq)).await?;
        work.map_err(|source| index_error(tenant_id, "finish", source))?;
        let slot = Arc::clone(slot);
        let activate = move || {
            slot.directory.activate(&path)?;
            Ok::<_, Error>(slot.replace_current(index))
        };
        let old: Option<Arc<TenantIndex>> = blocking(tenant_id, activate).await??;
        drop(old);
        tracing::info!(tenant.id = %tenant_id, recordings = report.recordings, documents = report.documents,
            "search index is built");
        Ok(report)
    }

    async fn load_documents(
        &self,
        tenant_id: &TenantId,
        recording_id: RecordingId,
    ) -> Result<RecordingDocuments, Error> {
        let Some(recording) = self.store.load_recording(tenant_id, &recording_id).await? else {
            return Ok(RecordingDocuments::removed(recording_id));
        };
        if recording.disposal != Disposal::Active {
            return Ok(RecordingDocuments::removed(recording_id));
        }
        let participants = self.store.load_participants(&recording_id).await?;
        let is_done = |outcome: &StageOutcome| matches!(outcome, StageOutcome::Done { .. });
        let transcript = if is_done(&recording.processing.transcript) {
            readable(&recording_id, self.store.load_transcript(tenant_id, &recording_id, None).await)?
        } else {
            self.store.live_transcript(tenant_id, &recording_id).map(|live| live.transcript.clone())
        };
        let minutes = if is_done(&recording.processing.minutes) {
            readable(&recording_id, self.store.load_minutes(tenant_id, &recording_id, None).await)?
        } else {
            None
        };
        Ok(RecordingDocuments::new(&recording, &participants, transcript.as_ref(), minutes.as_ref()))
    }

    async fn close_writers(&self) {
        for (tenant_id, slot) in self.search.known_tenants() {
            let Some(index) = slot.current() else { continue };
            match blocking(&tenant_id, move || index.close_writer()).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(tenant.id = %tenant_id, %error, "search index was not closed well"),
                Err(error) => tracing::warn!(tenant.id = %tenant_id, %error, "search index was not closed"),
            }
        }
    }
}

const fn is_purged(recording: &Recording) -> bool {
    matches!(recording.disposal, Disposal::Purging | Disposal::Purged { .. })
}

const fn is_relevant(kind: ChangeKind) -> bool {
    matches!(
        kind,
        ChangeKind::Recording
            | ChangeKind::Participants
            | ChangeKind::LiveTranscript
            | ChangeKind::Transcript
            | ChangeKind::Minutes
    )
}

async fn take_turn(slot: &TenantSlot) -> tokio::sync::SemaphorePermit<'_> {
    slot.turn.acquire().await.expect("the semaphore is never closed")
}

async fn replace(
    tenant_id: &TenantId,
    index: &Arc<TenantIndex>,
    recordings: Vec<RecordingDocuments>,
    seq: i64,
) -> Result<(), Error> {
    let index = Arc::clone(index);
    let written = blocking(tenant_id, move || index.replace(&recordings, seq)).await?;
    written.map_err(|source| index_error(tenant_id, "write", source))
}

fn index_error(tenant_id: &TenantId, action: &'static str, source: TantivyError) -> Error {
    Error::Index { tenant_id: tenant_id.clone(), action, source: Box::new(source) }
}

/// One damaged artefact must not keep everything after it from being found: what can be read is indexed.
fn readable<T>(recording_id: &RecordingId, artefact: Result<Option<T>, store::Error>) -> Result<Option<T>, Error> {
    match artefact {
        Err(error) if !error.is_transient() => {
            tracing::error!(recording.id = %recording_id, error = %Chain(&error), "an artefact cannot be indexed");
            Ok(None)
        }
        artefact => Ok(artefact?),
    }
}

/// Writes an error with everything that led to it.
struct Chain<'a>(&'a dyn std::error::Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            write!(formatter, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}
