use std::sync::Arc;

use model::{Recording, RecordingId, TenantId, Transcript};
use store::{Clock, Store};

use crate::Error;
use crate::recording_transcription::{ProgressReport, RecordingTranscription};
use crate::transcriber::Transcriber;

/// Transcribes a recording whose chunks are all in the store, and saves the transcript. `progress` hears percentages.
/// A recording that has a transcript keeps it: doing this twice leaves the same artefact.
///
/// # Errors
/// [`Error::RecordingMissing`], or whatever the store or the engine fails with.
pub async fn transcribe_recording(
    store: &Store,
    clock: &dyn Clock,
    transcriber: Arc<dyn Transcriber>,
    tenant_id: &TenantId,
    recording_id: &RecordingId,
    progress: ProgressReport<'_>,
) -> Result<Transcript, Error> {
    let recording = load_recording(store, tenant_id, recording_id).await?;
    let transcription = RecordingTranscription::new(store, &recording, transcriber)?;
    finish_and_save(store, clock, &transcription, &recording, progress).await
}

pub(crate) async fn load_recording(
    store: &Store,
    tenant_id: &TenantId,
    recording_id: &RecordingId,
) -> Result<Recording, Error> {
    store
        .load_recording(tenant_id, recording_id)
        .await?
        .ok_or_else(|| Error::RecordingMissing { tenant_id: tenant_id.clone(), recording_id: recording_id.clone() })
}

pub(crate) async fn finish_and_save(
    store: &Store,
    clock: &dyn Clock,
    transcription: &RecordingTranscription,
    recording: &Recording,
    progress: ProgressReport<'_>,
) -> Result<Transcript, Error> {
    if let Some(existing) = store.load_transcript(&recording.tenant_id, &recording.id, None).await? {
        return Ok(existing);
    }
    let transcript = transcription.finish(clock.now(), progress).await?;
    match store.save_transcript(&recording.tenant_id, &transcript, clock.now()).await {
        Ok(()) => {}
        // Another worker was quicker.
        Err(error @ store::Error::Conflict { .. }) => {
            let existing = store.load_transcript(&recording.tenant_id, &recording.id, None).await?;
            return existing.ok_or_else(|| error.into());
        }
        Err(error) => return Err(error.into()),
    }
    progress(100);
    let coverage = &transcript.coverage;
    tracing::info!(
        recording.id = %recording.id,
        utterances = transcript.utterances.len(),
        speech_ms = coverage.speech_ms,
        suppressed_ms = coverage.suppressed_ms,
        failed_ms = coverage.failed_ms,
        "transcript saved"
    );
    Ok(transcript)
}
