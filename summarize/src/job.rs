use model::{
    Minutes, MinutesAuthor, MinutesChange, MinutesOrder, Recording, RecordingId, TenantId, Timestamp, Transcript,
};
use store::Store;

use crate::error::Error;
use crate::meeting::Meeting;
use crate::merging::merge;
use crate::refreshing::refresh;
use crate::writer::{MinutesWriter, Progress};

const LOADED_PERCENT: u8 = 5;
const WRITTEN_PERCENT: u8 = 95;
/// Reviewers may save while minutes are written again; what they saved is merged into, this often.
const MERGES_MAX: usize = 5;

/// Writes and stores the minutes of a recording's latest transcript, and returns them. Minutes of that transcript that are
/// stored already are returned as they are, so doing it twice changes nothing. Minutes of an earlier transcript are checked
/// against the later one, not written anew: what people made of them stays.
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
    let meeting = load_meeting(store, tenant_id, recording_id).await?;
    let transcript_version = meeting.transcript.version;
    let latest = store.load_minutes(tenant_id, recording_id, None).await?;
    progress(LOADED_PERCENT);
    let minutes = match latest {
        Some(minutes) if minutes.transcript_version == transcript_version => return Ok(minutes),
        Some(minutes) => {
            let before = load_transcript(store, tenant_id, recording_id, Some(minutes.transcript_version)).await?;
            refresh(minutes, &before, &meeting, now)
        }
        None => {
            let (mut minutes, record) = writer.write(meeting, 1, now, progress).await?;
            record.log(recording_id);
            minutes.model_usage = record.usage();
            minutes
        }
    };
    progress(WRITTEN_PERCENT);
    match store.save_minutes(tenant_id, &minutes, now).await {
        Ok(()) => {
            log_written(&minutes);
            Ok(minutes)
        }
        // Another worker or a reviewer was faster; what is stored counts when it is of the same transcript.
        Err(conflict @ store::Error::Conflict { .. }) => {
            let stored = store.load_minutes(tenant_id, recording_id, None).await?;
            stored.filter(|stored| stored.transcript_version == transcript_version).ok_or(Error::Store(conflict))
        }
        Err(error) => Err(error.into()),
    }
}

/// Writes minutes again as somebody wishes for them, and stores them as the next version. Lines that a person had a hand in
/// stay as they are, also those saved while the writer was at work.
///
/// # Errors
/// As [`write_minutes`].
pub async fn rewrite_minutes(
    store: &Store,
    writer: &MinutesWriter,
    tenant_id: &TenantId,
    recording_id: &RecordingId,
    order: &MinutesOrder,
    now: Timestamp,
    progress: Progress<'_>,
) -> Result<Minutes, Error> {
    let wish = &order.wish;
    let meeting = load_meeting(store, tenant_id, recording_id).await?;
    progress(LOADED_PERCENT);
    let (mut fresh, record) = writer.write_as(meeting.clone(), wish, 1, now, progress).await?;
    record.log(recording_id);
    fresh.model_usage = record.usage();
    progress(WRITTEN_PERCENT);
    let mut merges = 0;
    loop {
        merges += 1;
        let minutes = match store.load_minutes(tenant_id, recording_id, None).await? {
            Some(mut earlier) => {
                if earlier.transcript_version != fresh.transcript_version {
                    let version = Some(earlier.transcript_version);
                    let before = load_transcript(store, tenant_id, recording_id, version).await?;
                    let version = earlier.version;
                    earlier = Minutes { version, ..refresh(earlier, &before, &meeting, now) };
                }
                let author = MinutesAuthor::Person { user_id: order.user_id.clone() };
                let change = MinutesChange::Rewritten { section: wish.section };
                merge(earlier, fresh.clone(), wish.section).next_version(author, change, now)
            }
            None => fresh.clone(),
        };
        match store.save_minutes(tenant_id, &minutes, now).await {
            Ok(()) => {
                log_written(&minutes);
                return Ok(minutes);
            }
            Err(store::Error::Conflict { .. }) if merges < MERGES_MAX => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn log_written(minutes: &Minutes) {
    tracing::info!(
        recording.id = %minutes.recording_id,
        minutes.version = minutes.version,
        decisions = minutes.decisions.len(),
        action_items = minutes.action_items.len(),
        "wrote minutes"
    );
}

async fn load_meeting(store: &Store, tenant_id: &TenantId, recording_id: &RecordingId) -> Result<Meeting, Error> {
    let recording: Recording = store
        .load_recording(tenant_id, recording_id)
        .await?
        .ok_or_else(|| Error::RecordingMissing { tenant_id: tenant_id.clone(), recording_id: recording_id.clone() })?;
    let transcript = load_transcript(store, tenant_id, recording_id, None).await?;
    let mut participants = store.load_participants(recording_id).await?;
    transcript.rename_roster(&mut participants);
    Ok(Meeting {
        transcript,
        participants,
        title: recording.title,
        language: recording.language,
        time_zone: recording.time_zone,
        started_at: recording.state.started_at(),
    })
}

async fn load_transcript(
    store: &Store,
    tenant_id: &TenantId,
    recording_id: &RecordingId,
    version: Option<u32>,
) -> Result<Transcript, Error> {
    let transcript = store.load_transcript(tenant_id, recording_id, version).await?;
    transcript.ok_or_else(|| Error::TranscriptMissing { recording_id: recording_id.clone() })
}
