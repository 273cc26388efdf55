use model::{Recording, RecordingEvent, RecordingId, TenantId};
use store::{Clock, Store};

use crate::Error;

const ATTEMPTS_MAX: u32 = 8;

/// Applies an event to a stored recording, again on the fresh row when somebody else saved in between.
pub(crate) async fn apply_event(
    store: &Store,
    clock: &dyn Clock,
    tenant_id: &TenantId,
    recording_id: &RecordingId,
    event: RecordingEvent,
) -> Result<Recording, Error> {
    let mut attempt = 1;
    loop {
        let Some(mut recording) = store.load_recording(tenant_id, recording_id).await? else {
            return Err(Error::NoSuchRecording { recording_id: recording_id.clone() });
        };
        let before = recording.state.clone();
        recording.state = before.clone().apply(event)?;
        match store.save_transition(&recording, &before, clock.now()).await {
            Ok(saved) => return Ok(saved),
            Err(store::Error::Conflict { .. }) if attempt < ATTEMPTS_MAX => attempt += 1,
            Err(error) => return Err(error.into()),
        }
    }
}
