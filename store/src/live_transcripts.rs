use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use model::{LiveTranscript, RecordingId, TenantId, Timestamp};

use crate::changes::ChangeKind;
use crate::outbox::{self, OutboxKind};
use crate::{Error, Store};

/// What is heard of meetings that are going on. It is only in memory: whoever follows a meeting hears it again after a
/// restart, and the transcript that stays is an artefact.
#[derive(Debug, Default)]
pub(crate) struct LiveTranscripts(Mutex<BTreeMap<RecordingId, Entry>>);

#[derive(Debug)]
struct Entry {
    tenant_id: TenantId,
    transcript: Arc<LiveTranscript>,
    /// When the search index was last told to read it, and whether it has changed since.
    noted_at: Timestamp,
    is_noted: bool,
}

/// The index replaces a recording as a whole, so it is not asked to for every word.
const NOTE_INTERVAL_MS: i64 = 3_000;

/// What there is to say about a live transcript that was put in.
struct News {
    is_changed: bool,
    is_note_due: bool,
}

impl LiveTranscripts {
    fn put(&self, tenant_id: &TenantId, transcript: LiveTranscript, now: Timestamp) -> News {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let recording_id = transcript.transcript.recording_id.clone();
        let known = entries.get(&recording_id);
        let is_changed = known.is_none_or(|known| *known.transcript != transcript);
        let is_said_anew =
            known.is_none_or(|known| known.transcript.transcript.utterances != transcript.transcript.utterances);
        let was_noted = known.is_none_or(|known| known.is_noted);
        let noted_at = known.map(|known| known.noted_at);
        let is_unnoted = is_said_anew || !was_noted;
        let is_rested = noted_at.is_none_or(|at| now.as_micros() - at.as_micros() >= NOTE_INTERVAL_MS * 1_000);
        let is_note_due = is_unnoted && is_rested && !transcript.transcript.utterances.is_empty();
        let entry = Entry {
            tenant_id: tenant_id.clone(),
            transcript: Arc::new(transcript),
            noted_at: if is_note_due { now } else { noted_at.unwrap_or(Timestamp::from_micros(0)) },
            is_noted: !is_unnoted || is_note_due,
        };
        entries.insert(recording_id, entry);
        News { is_changed, is_note_due }
    }

    fn get(&self, tenant_id: &TenantId, recording_id: &RecordingId) -> Option<Arc<LiveTranscript>> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.get(recording_id).filter(|entry| entry.tenant_id == *tenant_id);
        entry.map(|entry| Arc::clone(&entry.transcript))
    }

    fn remove(&self, recording_id: &RecordingId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(recording_id);
    }
}

impl Store {
    /// Shows what has been heard of a meeting so far: to readers at once, to the search index every few seconds. Called
    /// again with the same, it does no more than tell the index what it does not know yet.
    pub async fn publish_live_transcript(
        &self,
        tenant_id: &TenantId,
        transcript: LiveTranscript,
        now: Timestamp,
    ) -> Result<(), Error> {
        let recording_id = transcript.transcript.recording_id.clone();
        let news = self.inner.live_transcripts.put(tenant_id, transcript, now);
        if news.is_note_due {
            let mut transaction = self.database().begin("search_outbox").await?;
            outbox::append(&mut transaction, tenant_id, &recording_id, OutboxKind::Transcript).await?;
            transaction.commit().await?;
        }
        if news.is_changed || news.is_note_due {
            self.announce(tenant_id, &recording_id, ChangeKind::LiveTranscript);
        }
        Ok(())
    }

    /// Returns what has been heard so far of a meeting that this process follows.
    #[must_use]
    pub fn live_transcript(&self, tenant_id: &TenantId, recording_id: &RecordingId) -> Option<Arc<LiveTranscript>> {
        self.inner.live_transcripts.get(tenant_id, recording_id)
    }

    /// Lets go of what was heard of a meeting: its transcript is stored, or there will be none.
    pub fn forget_live_transcript(&self, recording_id: &RecordingId) {
        self.inner.live_transcripts.remove(recording_id);
    }
}
