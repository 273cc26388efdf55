use model::{Minutes, RecordingId, TenantId, Timestamp};
use store::Store;

use crate::error::Error;
use crate::meeting::Meeting;
use crate::writer::{MinutesWriter, Progress};

const LOADED_PERCENT: u8 = 5;
const WRITTEN_PERCENT: u8 = 95;

/// Writes and stores the minutes of a recording's latest transcript, and returns them. Minutes of that transcript that are
/// stored already are returned as they are, so doing it twice changes nothing.
///
/// # Errors
/// [`Error::RecordingMissing`] and [`Error::TranscriptMissing`] when there is nothing to write from, [`Error::Store`]
/// when the store fails; [`Error::is_transient`] says whether to try again.
pub async fn write_minutes(
    store: &Store,
    writer: &MinutesWriter,
    tenant_id: &TenantId,
    recording_id: &RecordingId,
    now: Timestamp,
    progress: Progress<'_>,
) -> Result<Minutes, Error> {
    let recording = store
        .load_recording(tenant_id, recording_id)
        .await?
        .ok_or_else(|| Error::RecordingMissing { tenant_id: tenant_id.clone(), recording_id: recording_id.clone() })?;
    let transcript = store
        .load_transcript(tenant_id, recording_id, None)
        .await?
        .ok_or_else(|| Error::TranscriptMissing { recording_id: recording_id.clone() })?;
    let latest = store.load_minutes(tenant_id, recording_id, None).await?;
    let version = latest.as_ref().map_or(1, |minutes| minutes.version + 1);
    if let Some(minutes) = latest.filter(|minutes| minutes.transcript_version == transcript.version) {
        return Ok(minutes);
    }
    let transcript_version = transcript.version;
    let meeting = Meeting {
        transcript,
        participants: store.load_participants(recording_id).await?,
        title: recording.title,
        language: recording.language,
        time_zone: recording.time_zone,
        started_at: recording.state.started_at(),
    };
    progress(LOADED_PERCENT);
    let minutes = writer.write(meeting, version, now, progress).await?;
    progress(WRITTEN_PERCENT);
    match store.save_minutes(tenant_id, &minutes, now).await {
        Ok(()) => {
            tracing::info!(
                recording.id = %recording_id,
                minutes.version = version,
                decisions = minutes.decisions.len(),
                action_items = minutes.action_items.len(),
                "wrote minutes"
            );
            Ok(minutes)
        }
        // Another worker was faster; its minutes count when they are of the same transcript.
        Err(conflict @ store::Error::Conflict { .. }) => {
            let stored = store.load_minutes(tenant_id, recording_id, None).await?;
            stored.filter(|stored| stored.transcript_version == transcript_version).ok_or(Error::Store(conflict))
        }
        Err(error) => Err(error.into()),
    }
}
