use model::{Recording, RecordingEvent, RecordingId, TenantId};
use store::Store;

use crate::Error;

const ATTEMPTS_MAX: u32 = 8;

/// Applies an event to a stored recording, again on the fresh row when somebody else saved in between.
pub(crate) async fn apply_event(
    store: &Store,
    tenant_id: &TenantId,
    recording_id: &RecordingId,
    event: RecordingEvent,
) -> Result<Recording, Error> {
    let mut attempt = 1;
    loop {
        let Some(mut recording) = store.load_recording(tenant_id, recording_id).await? else {
            return Err(Error::NoSuchRecording { recording_id: recording_id.clone() });
        };
        recording.state = recording.state.apply(event)?;
        match store.save_recording(&recording).await {
            Ok(saved) => return Ok(saved),
            Err(store::Error::Conflict { .. }) if attempt < ATTEMPTS_MAX => attempt += 1,
            Err(error) => return Err(error.into()),
        }
    }
}
