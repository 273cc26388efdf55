use std::collections::BTreeMap;

use model::{Disposal, DisposalEvent, Recording, RecordingId, TenantId, Timestamp};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::audit;
use crate::certificates::{self, DeletionCertificate, DestroyedKey, DestroyedObject, ErasedIndex, SignedCertificate};
use crate::changes::ChangeKind;
use crate::database::{Transaction, dialect_sql, sql};
use crate::disposal::{apply, conflict, entry, trash_entry};
use crate::fields::{Fields, to_json};
use crate::legal_holds::{require_unheld, take_turn};
use crate::{DisposalReason, Error, Store, objects, recordings};

/// The tables whose rows go when their recording is purged. What stays names nobody: the recording's own row without its
/// title, the notes to the index and to webhooks, the audit log, the certificate.
const PURGED_TABLES: [&str; 17] = [
    "access_requests",
    "action_items",
    "artefacts",
    "jobs",
    "minutes_revisions",
    "objects",
    "participants",
    "playback_sessions",
    "recording_labels",
    "recording_sharing",
    "relations",
    "segments",
    "share_links",
    "speech_chunks",
    "timeline_events",
    "tracks",
    "trash_entries",
];

/// A purge goes in three steps, each of which may be done again after a crash:
///
/// ```text
/// begin_purge            hold checked, key destroyed: from here on nothing can be read     one transaction
/// delete_purged_objects  bytes gone from the object store                                  as often as needed
/// finish_purge           rows gone, certificate signed                                     one transaction
/// ```
impl Store {
    /// Begins to destroy a recording that is in the trash. The check for holds, the step to `Purging` and the end of the
    /// data key are one transaction. Only a person may do so before the recording's time in the trash is over.
    ///
    /// # Errors
    /// [`Error::Held`] when a hold keeps it, [`Error::Conflict`] when it is not in the trash or not long enough,
    /// [`Error::NotFound`] when the tenant has no such recording.
    pub async fn begin_purge(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
        reason: &DisposalReason,
        now: Timestamp,
    ) -> Result<Recording, Error> {
        let mut transaction = self.database().begin("recordings").await?;
        take_turn(&mut transaction, tenant_id).await?;
        let lock = format!("SELECT id FROM recordings WHERE id = $1 {}", self.database().dialect().for_update());
        transaction.fetch_all(dialect_sql(lock).bind(recording_id.as_str())).await?;
        let recording = recordings::load_for_update(&mut transaction, tenant_id, recording_id).await?;
        require_unheld(&mut transaction, recording_id).await?;
        if let Disposal::Trashed { until } = recording.disposal
            && now < until
            && !matches!(reason, DisposalReason::Person { .. })
        {
            return Err(conflict(recording_id, format!("it stays in the trash until {until}")));
        }
        let saved = apply(&mut transaction, recording, DisposalEvent::BeginPurge).await?;
        let key = destroy_key(&mut transaction, recording_id).await?;
        let statement = sql("INSERT INTO purges (recording_id, tenant_id, reason_json, begun_at, key_json) \
             VALUES ($1, $2, $3, $4, $5)");
        let statement = statement
            .bind(recording_id.as_str())
            .bind(tenant_id.as_str())
            .bind(to_json("reason", reason)?)
            .bind(now.as_micros())
            .bind(to_json("destroyed key", &key)?);
        transaction.execute(statement).await?;
        let detail = json!({ "reason": reason });
        audit::append(&mut transaction, &entry(&saved, reason.actor(), now, "recording.begin_purge", detail)).await?;
        transaction.commit().await?;
        self.announce(tenant_id, recording_id, ChangeKind::Recording);
        Ok(saved)
    }

    /// Deletes every object of a recording whose purge has begun, also those that no row lists.
    ///
    /// # Errors
    /// [`Error::Conflict`] unless its purge has begun; whatever the object store said.
    pub async fn delete_purged_objects(&self, tenant_id: &TenantId, recording_id: &RecordingId) -> Result<(), Error> {
        let recording = self.load_recording(tenant_id, recording_id).await?;
        let recording = recording.ok_or_else(|| Error::NotFound { what: "recording", id: recording_id.to_string() })?;
        require_purging(&recording)?;
        self.inner.media.delete_below(&format!("{tenant_id}/{recording_id}/")).await
    }

    /// Ends a purge: removes the rows, signs the certificate and keeps it. The objects must be gone, and the index must
    /// have been freed of the recording; `index` says how.
    ///
    /// # Errors
    /// [`Error::Conflict`] unless its purge has begun or when an object is still there.
    pub async fn finish_purge(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
        index: ErasedIndex,
        certificate_id: String,
        now: Timestamp,
    ) -> Result<SignedCertificate, Error> {
        for object in self.list_objects(recording_id).await? {
            if self.inner.media.get_range(&object.path, 0..1).await?.is_some() {
                return Err(conflict(recording_id, format!("object {} is still there", object.path)));
            }
        }
        let mut transaction = self.database().begin("recordings").await?;
        let recording = recordings::load_for_update(&mut transaction, tenant_id, recording_id).await?;
        require_purging(&recording)?;
        let certificate = self.certificate(&mut transaction, &recording, index, certificate_id, now).await?;
        let signed = certificates::sign_and_insert(self, &mut transaction, &certificate).await?;
        let event = DisposalEvent::FinishPurge { certificate: certificate.id.clone() };
        let unnamed = Recording { title: recording_id.to_string(), ..recording };
        let saved = apply(&mut transaction, unnamed, event).await?;
        let detail = json!({ "certificate": certificate.id });
        audit::append(&mut transaction, &entry(&saved, "huiji", now, "recording.purge", detail)).await?;
        transaction.commit().await?;
        self.scrub().await;
        self.announce(tenant_id, recording_id, ChangeKind::Recording);
        Ok(signed)
    }

    /// Collects what is certified and removes the rows it is taken from.
    async fn certificate(
        &self,
        transaction: &mut Transaction,
        recording: &Recording,
        index: ErasedIndex,
        id: String,
        now: Timestamp,
    ) -> Result<DeletionCertificate, Error> {
        let recording_id = &recording.id;
        let statement = sql("SELECT recording_id, reason_json, begun_at, key_json FROM purges WHERE recording_id = $1");
        let row = transaction.fetch_optional(statement.bind(recording_id.as_str())).await?;
        let row = row.ok_or_else(|| Error::NotFound { what: "purge of recording", id: recording_id.to_string() })?;
        let fields = Fields::of(&row, "purges", &["recording_id"]);
        let trashed = trash_entry(transaction, recording_id).await?;
        let objects = objects::list_in(transaction, recording_id).await?;
        let mut rows = BTreeMap::new();
        for table in PURGED_TABLES {
            let statement = dialect_sql(format!("DELETE FROM {table} WHERE recording_id = $1"));
            rows.insert(table.to_owned(), transaction.execute(statement.bind(recording_id.as_str())).await?);
        }
        Ok(DeletionCertificate {
            schema: DeletionCertificate::SCHEMA,
            id,
            tenant_id: recording.tenant_id.clone(),
            recording_id: recording_id.clone(),
            meeting_id: recording.meeting_id.clone(),
            recorded_at: recording.created_at,
            trashed_at: trashed.as_ref().map(|(_, trashed_at)| *trashed_at),
            trashed_for: trashed.map(|(reason, _)| reason),
            purged_for: fields.json("reason_json")?,
            begun_at: fields.time("begun_at")?,
            finished_at: now,
            key: fields.json("key_json")?,
            place: self.inner.media.place(),
            objects: objects.into_iter().map(DestroyedObject::from).collect(),
            rows,
            index,
        })
    }

    /// Brings what was deleted out of the database's files where it does not leave them by itself. What fails here is
    /// done again with the next purge.
    async fn scrub(&self) {
        let Some(statement) = self.database().dialect().scrub_statement() else { return };
        if let Err(error) = self.database().execute("purges", sql(statement)).await {
            tracing::warn!(%error, "deleted rows may stay in the database's log until its next checkpoint");
        }
    }
}

fn require_purging(recording: &Recording) -> Result<(), Error> {
    match recording.disposal {
        Disposal::Purging => Ok(()),
        _ => Err(conflict(&recording.id, format!("it is {}, not being purged", recording.disposal.name()))),
    }
}

/// Removes a recording's data key, without which none of its objects can be read, nor any copy of them.
async fn destroy_key(transaction: &mut Transaction, recording_id: &RecordingId) -> Result<DestroyedKey, Error> {
    let statement =
        sql("SELECT recording_id, master_key_id, wrapped_key, created_at FROM data_keys WHERE recording_id = $1");
    let row = transaction.fetch_optional(statement.bind(recording_id.as_str())).await?;
    let row = row.ok_or_else(|| Error::NotFound { what: "data key of recording", id: recording_id.to_string() })?;
    let fields = Fields::of(&row, "data_keys", &["recording_id"]);
    let key = DestroyedKey {
        master_key_id: fields.text("master_key_id")?,
        wrapped_key_sha256: hex::encode(Sha256::digest(fields.text("wrapped_key")?)),
        created_at: fields.time("created_at")?,
    };
    let statement = sql("DELETE FROM data_keys WHERE recording_id = $1").bind(recording_id.as_str());
    transaction.execute(statement).await?;
    Ok(key)
}
