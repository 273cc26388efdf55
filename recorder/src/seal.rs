use bytes::Bytes;
use model::{ManifestObject, Recording, RecordingEvent, RecordingManifest, RecordingState, TimelineEvent, Timestamp};
use store::{Clock, ObjectKey, Store};

use crate::Error;
use crate::recording_update::apply_event;
use crate::spool::Spool;
use crate::spool_writer::SpooledEvent;
use crate::upload::blocking;

/// Writes `events.jsonl` and `manifest.json` of a recording whose media is all published, marks it sealed and removes
/// its spool.
pub(crate) async fn seal_recording(
    store: &Store,
    clock: &dyn Clock,
    recording: &Recording,
    spool: &Spool,
    duration_ms: u64,
) -> Result<(), Error> {
    let Some(started_at) = recording.state.started_at() else {
        return Err(Error::NotSealed { recording_id: recording.id.clone() });
    };
    let stopped_at = match &recording.state {
        RecordingState::Finalizing { stopped_at, .. } => *stopped_at,
        RecordingState::Failed { failed_at, .. } => *failed_at,
        _ => clock.now(),
    };
    store_spooled_events(store, recording, spool, started_at).await?;
    write_events(store, clock, recording).await?;
    let manifest = RecordingManifest {
        schema: RecordingManifest::SCHEMA,
        tenant_id: recording.tenant_id.clone(),
        recording_id: recording.id.clone(),
        started_at,
        stopped_at,
        duration_ms,
        objects: list_manifest_objects(store, recording).await?,
    };
    let bytes = to_json("manifest", recording, &manifest)?;
    store.write_object(&recording.tenant_id, &recording.id, &ObjectKey::Manifest, bytes, clock.now()).await?;
    let event = RecordingEvent::Seal { at: clock.now(), duration_ms };
    apply_event(store, clock, &recording.tenant_id, &recording.id, event).await?;
    let removing = spool.clone();
    blocking(move || removing.remove_all()).await
}

async fn store_spooled_events(
    store: &Store,
    recording: &Recording,
    spool: &Spool,
    started_at: Timestamp,
) -> Result<(), Error> {
    let reading = spool.clone();
    let text = blocking(move || reading.read_events()).await?;
    // A crash can cut the last line of a process; the other lines are whole.
    for event in text.lines().filter_map(|line| serde_json::from_str::<SpooledEvent>(line).ok()) {
        let at = started_at.plus_millis(event.at_ms.as_millis() as i64);
        let event = TimelineEvent { at_ms: event.at_ms, at, kind: event.kind };
        store.append_timeline_event(&recording.id, &event).await?;
    }
    Ok(())
}

async fn write_events(store: &Store, clock: &dyn Clock, recording: &Recording) -> Result<(), Error> {
    let mut lines = Vec::new();
    for event in store.list_timeline_events(&recording.id).await? {
        serde_json::to_writer(&mut lines, &event).map_err(|source| Error::Artefact {
            what: "timeline",
            recording_id: recording.id.clone(),
            source,
        })?;
        lines.push(b'\n');
    }
    store
        .write_object(&recording.tenant_id, &recording.id, &ObjectKey::Events, Bytes::from(lines), clock.now())
        .await?;
    Ok(())
}

async fn list_manifest_objects(store: &Store, recording: &Recording) -> Result<Vec<ManifestObject>, Error> {
    let mut objects: Vec<ManifestObject> = store
        .list_objects(&recording.id)
        .await?
        .into_iter()
        // Derived files can be made again at any time, and the manifest cannot list itself.
        .filter(|object| !matches!(object.key, ObjectKey::Manifest | ObjectKey::DownloadMp4))
        .map(|object| ManifestObject { key: object.key.to_string(), bytes: object.bytes, sha256: object.sha256 })
        .collect();
    objects.sort_by(|left, right| left.key.cmp(&right.key));
    Ok(objects)
}

fn to_json(what: &'static str, recording: &Recording, value: &impl serde::Serialize) -> Result<Bytes, Error> {
    serde_json::to_vec_pretty(value).map(Bytes::from).map_err(|source| Error::Artefact {
        what,
        recording_id: recording.id.clone(),
        source,
    })
}
