use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use model::{
    LiveTranscript, Minutes, Rendition, SegmentState, StoredSegment, TimelineEvent, Transcript, TranscriptDifference,
};
use store::{MinutesVersion, ObjectKey, StoredObject, TranscriptVersion};

use super::Archive;
use crate::access::RecordingPermit;
use crate::error::ApiError;

impl Archive {
    pub(crate) async fn timeline(&self, permit: &RecordingPermit) -> Result<Vec<TimelineEvent>, ApiError> {
        Ok(self.store.list_timeline_events(&permit.recording().id).await?)
    }

    pub(crate) async fn transcript(&self, permit: &RecordingPermit) -> Result<Option<Transcript>, ApiError> {
        let recording = content(permit)?;
        Ok(self.store.load_transcript(&recording.tenant_id, &recording.id, None).await?)
    }

    /// Returns what has been heard so far of a meeting that is going on.
    pub(crate) fn live_transcript(&self, permit: &RecordingPermit) -> Result<Option<Arc<LiveTranscript>>, ApiError> {
        let recording = content(permit)?;
        Ok(self.store.live_transcript(&recording.tenant_id, &recording.id))
    }

    /// Returns an older version of the transcript; none when it does not exist.
    pub(crate) async fn transcript_version(
        &self,
        permit: &RecordingPermit,
        version: u32,
    ) -> Result<Option<Transcript>, ApiError> {
        let recording = content(permit)?;
        Ok(self.store.load_transcript(&recording.tenant_id, &recording.id, Some(version)).await?)
    }

    pub(crate) async fn transcript_versions(
        &self,
        permit: &RecordingPermit,
    ) -> Result<Vec<TranscriptVersion>, ApiError> {
        let recording = content(permit)?;
        Ok(self.store.list_transcript_versions(&recording.tenant_id, &recording.id).await?)
    }

    /// Says what two versions of the transcript do not have in common; none when one of them does not exist.
    pub(crate) async fn compare_transcripts(
        &self,
        permit: &RecordingPermit,
        from_version: u32,
        to_version: u32,
    ) -> Result<Option<TranscriptDifference>, ApiError> {
        let recording = content(permit)?;
        let (tenant_id, recording_id) = (&recording.tenant_id, &recording.id);
        Ok(self.store.compare_transcript_versions(tenant_id, recording_id, from_version, to_version).await?)
    }

    pub(crate) async fn minutes(&self, permit: &RecordingPermit) -> Result<Option<Minutes>, ApiError> {
        let recording = content(permit)?;
        Ok(self.store.load_minutes(&recording.tenant_id, &recording.id, None).await?)
    }

    /// Returns an older version of the minutes; none when it does not exist.
    pub(crate) async fn minutes_version(
        &self,
        permit: &RecordingPermit,
        version: u32,
    ) -> Result<Option<Minutes>, ApiError> {
        let recording = content(permit)?;
        Ok(self.store.load_minutes(&recording.tenant_id, &recording.id, Some(version)).await?)
    }

    /// Lists the versions of the minutes, the latest first.
    pub(crate) async fn minutes_versions(&self, permit: &RecordingPermit) -> Result<Vec<MinutesVersion>, ApiError> {
        Ok(self.store.list_minutes_versions(&content(permit)?.id).await?)
    }

    /// Lists the published segments of one rendition by number.
    pub(crate) async fn published_segments(&self, permit: &RecordingPermit) -> Result<Vec<StoredSegment>, ApiError> {
        let recording = content(permit)?;
        Ok(self.store.list_segments(&recording.id, Some(SegmentState::Published)).await?)
    }

    pub(crate) async fn init_segment(
        &self,
        permit: &RecordingPermit,
        rendition: Rendition,
        epoch: u32,
    ) -> Result<Bytes, ApiError> {
        let recording = content(permit)?;
        let key = ObjectKey::Init { rendition, epoch };
        Ok(self.store.read_object(&recording.tenant_id, &recording.id, &key).await?)
    }

    /// Returns what is stored under a key, none when nothing is.
    pub(crate) async fn object(
        &self,
        permit: &RecordingPermit,
        key: &ObjectKey,
    ) -> Result<Option<StoredObject>, ApiError> {
        Ok(self.store.object(&content(permit)?.id, key).await?)
    }

    /// Reads all of an object's plain content.
    pub(crate) async fn whole_object(&self, permit: &RecordingPermit, key: &ObjectKey) -> Result<Bytes, ApiError> {
        let recording = content(permit)?;
        Ok(self.store.read_object(&recording.tenant_id, &recording.id, key).await?)
    }

    /// Reads a range of an object's plain content.
    pub(crate) async fn object_range(
        &self,
        permit: &RecordingPermit,
        key: &ObjectKey,
        range: Range<u64>,
    ) -> Result<Bytes, ApiError> {
        let recording = content(permit)?;
        Ok(self.store.read_object_range(&recording.tenant_id, &recording.id, key, range).await?)
    }
}

/// Refuses content to a permit that was given for something else: a route that declares the wrong action fails here.
fn content(permit: &RecordingPermit) -> Result<&model::Recording, ApiError> {
    let action = permit.permit().action();
    if action.exposes_content() {
        Ok(permit.recording())
    } else {
        Err(ApiError::internal(format!("a permit for {} does not open content", action.name())))
    }
}
