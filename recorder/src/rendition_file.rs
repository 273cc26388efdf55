use std::path::Path;

use model::{RecordingId, Rendition, SegmentState, TenantId};
use store::{ObjectKey, Store};
use tokio::io::AsyncWriteExt;

use crate::Error;

/// Writes a rendition's init segment and all published segments into one fragmented MP4 file.
///
/// Returns false, and writes nothing, when the recording has no segment of that rendition.
pub(crate) async fn write_rendition_file(
    store: &Store,
    tenant_id: &TenantId,
    recording_id: &RecordingId,
    rendition: Rendition,
    path: &Path,
) -> Result<bool, Error> {
    let segments = store.list_segments(recording_id, Some(SegmentState::Published)).await?;
    let segments: Vec<_> = segments.into_iter().filter(|stored| stored.segment.rendition == rendition).collect();
    let Some(first) = segments.first() else { return Ok(false) };
    let failed = |source| Error::Spool { path: path.to_owned(), source };
    let mut file = tokio::fs::File::create(path).await.map_err(failed)?;
    let init = ObjectKey::Init { rendition, epoch: first.segment.epoch };
    // Every epoch of a recording is encoded with the same settings, so the first init segment serves all.
    file.write_all(&store.read_object(tenant_id, recording_id, &init).await?).await.map_err(failed)?;
    for stored in &segments {
        let key = ObjectKey::Segment { rendition, sequence: stored.segment.sequence };
        file.write_all(&store.read_object(tenant_id, recording_id, &key).await?).await.map_err(failed)?;
    }
    file.sync_all().await.map_err(failed)?;
    Ok(true)
}
