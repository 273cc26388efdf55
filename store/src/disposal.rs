use model::{
    Disposal, DisposalEvent, HoldId, Recording, RecordingId, RecordingState, RuleId, TenantId, Timestamp, UserId,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::audit::{self, AuditEntry};
use crate::changes::ChangeKind;
use crate::database::{Transaction, sql};
use crate::fields::{Fields, to_json};
use crate::legal_holds::{require_unheld, take_turn};
use crate::outbox::{self, OutboxKind};
use crate::recordings::{self, recordings_sql};
use crate::{Error, Store};

/// On whose account a recording goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum DisposalReason {
    /// A retention rule.
    Rule {
        /// The rule.
        rule_id: RuleId,
    },
    /// A person.
    Person {
        /// The account.
        user_id: UserId,
    },
    /// Its time in the trash was over.
    TrashOver,
}

/// A recording in the trash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrashedRecording {
    /// The recording.
    pub recording: Recording,
    /// Why it is there.
    pub reason: Option<DisposalReason>,
    /// Since when.
    pub trashed_at: Option<Timestamp>,
    /// What it takes in the object store, in bytes.
    pub stored_bytes: u64,
    /// The holds that keep it there though its time is over.
    pub held_by: Vec<HoldId>,
}

impl DisposalReason {
    pub(crate) fn actor(&self) -> &str {
        match self {
            Self::Person { user_id } => user_id.as_str(),
            Self::Rule { .. } | Self::TrashOver => "huiji",
        }
    }
}

impl Store {
    /// Moves a recording to the trash, where it is kept until `until` at least.
    ///
    /// # Errors
    /// [`Error::Held`] when a hold keeps it, [`Error::Conflict`] when it is not over or not active,
    /// [`Error::NotFound`] when the tenant has no such recording.
    pub async fn trash_recording(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
        until: Timestamp,
        reason: &DisposalReason,
        now: Timestamp,
    ) -> Result<Recording, Error> {
        let mut transaction = self.database().begin("recordings").await?;
        take_turn(&mut transaction, tenant_id).await?;
        let recording = recordings::load_for_update(&mut transaction, tenant_id, recording_id).await?;
        require_unheld(&mut transaction, recording_id).await?;
        if !matches!(recording.state, RecordingState::Sealed { .. } | RecordingState::Failed { .. }) {
            let problem = format!("it is {} and cannot be thrown away before it is over", recording.state.name());
            return Err(conflict(recording_id, problem));
        }
        let saved = apply(&mut transaction, recording, DisposalEvent::Trash { until }).await?;
        let statement = sql("INSERT INTO trash_entries (recording_id, reason_json, trashed_at) VALUES ($1, $2, $3) \
             ON CONFLICT (recording_id) DO UPDATE SET reason_json = excluded.reason_json, \
             trashed_at = excluded.trashed_at");
        let statement = statement.bind(recording_id.as_str()).bind(to_json("reason", reason)?).bind(now.as_micros());
        transaction.execute(statement).await?;
        let detail = json!({ "reason": reason, "until": until });
        audit::append(&mut transaction, &entry(&saved, reason.actor(), now, "recording.trash", detail)).await?;
        transaction.commit().await?;
        self.announce(tenant_id, recording_id, ChangeKind::Recording);
        Ok(saved)
    }

    /// Takes a recording out of the trash.
    ///
    /// # Errors
    /// [`Error::Conflict`] when it is not in the trash, [`Error::NotFound`] when the tenant has no such recording.
    pub async fn restore_recording(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
        restored_by: &UserId,
        now: Timestamp,
    ) -> Result<Recording, Error> {
        let mut transaction = self.database().begin("recordings").await?;
        take_turn(&mut transaction, tenant_id).await?;
        let recording = recordings::load_for_update(&mut transaction, tenant_id, recording_id).await?;
        let saved = apply(&mut transaction, recording, DisposalEvent::Restore).await?;
        let entry = entry(&saved, restored_by.as_str(), now, "recording.restore", serde_json::Value::Null);
        audit::append(&mut transaction, &entry).await?;
        transaction.commit().await?;
        self.announce(tenant_id, recording_id, ChangeKind::Recording);
        Ok(saved)
    }

    /// Lists the trash of a tenant, what goes first first.
    pub async fn list_trash(&self, tenant_id: &TenantId) -> Result<Vec<Recording>, Error> {
        let statement = sql(recordings_sql!("SELECT" "WHERE tenant_id = $1 AND disposal = 'trashed' ORDER BY id"));
        let rows = self.database().read_all("recordings", statement.bind(tenant_id.as_str())).await?;
        let mut trash = rows.iter().map(recordings::decode).collect::<Result<Vec<_>, _>>()?;
        trash.sort_by_key(|recording| match recording.disposal {
            Disposal::Trashed { until } => Some(until),
            _ => None,
        });
        Ok(trash)
    }

    /// Lists the trash of a tenant with why each recording is there, what goes first first; of one host or of all.
    pub async fn list_trash_of(
        &self,
        tenant_id: &TenantId,
        host: Option<&UserId>,
    ) -> Result<Vec<TrashedRecording>, Error> {
        let recordings = self.list_trash(tenant_id).await?;
        let recordings = recordings.into_iter().filter(|recording| host.is_none_or(|id| recording.host_user_id == *id));
        let mut trash = Vec::new();
        for recording in recordings {
            let statement =
                sql("SELECT recording_id, reason_json, trashed_at FROM trash_entries WHERE recording_id = $1");
            let statement = statement.bind(recording.id.as_str());
            let row = self.database().read_optional("trash_entries", statement).await?;
            let (reason, trashed_at) = match row {
                Some(row) => {
                    let fields = Fields::of(&row, "trash_entries", &["recording_id"]);
                    (Some(fields.json("reason_json")?), Some(fields.time("trashed_at")?))
                }
                None => (None, None),
            };
            let objects = self.list_objects(&recording.id).await?;
            trash.push(TrashedRecording {
                reason,
                trashed_at,
                stored_bytes: objects.iter().map(|object| object.stored_bytes).sum(),
                held_by: self.holds_of(&recording.id).await?,
                recording,
            });
        }
        Ok(trash)
    }

    /// Lists every tenant's recordings whose purge has begun and not ended.
    pub async fn list_purging(&self) -> Result<Vec<Recording>, Error> {
        let statement = sql(recordings_sql!("SELECT" "WHERE disposal = 'purging' ORDER BY id"));
        self.database().read_all("recordings", statement).await?.iter().map(recordings::decode).collect()
    }
}

/// Takes a recording a step on its way out, in the transaction that holds its row.
pub(crate) async fn apply(
    transaction: &mut Transaction,
    recording: Recording,
    event: DisposalEvent,
) -> Result<Recording, Error> {
    let Recording { id, disposal, .. } = recording.clone();
    let disposal = disposal.apply(event).map_err(|error| conflict(&id, error.to_string()))?;
    let saved = recordings::update(transaction, &Recording { disposal, ..recording }).await?;
    outbox::append(transaction, &saved.tenant_id, &id, OutboxKind::Recording).await?;
    Ok(saved)
}

/// Returns why and when a recording was last moved to the trash.
pub(crate) async fn trash_entry(
    transaction: &mut Transaction,
    recording_id: &RecordingId,
) -> Result<Option<(DisposalReason, Timestamp)>, Error> {
    let statement = sql("SELECT recording_id, reason_json, trashed_at FROM trash_entries WHERE recording_id = $1");
    let row = transaction.fetch_optional(statement.bind(recording_id.as_str())).await?;
    let decode = |row| {
        let fields = Fields::of(&row, "trash_entries", &["recording_id"]);
        Ok((fields.json("reason_json")?, fields.time("trashed_at")?))
    };
    row.map(decode).transpose()
}

pub(crate) fn entry(
    recording: &Recording,
    actor: &str,
    at: Timestamp,
    action: &str,
    detail_json: serde_json::Value,
) -> AuditEntry {
    AuditEntry {
        tenant_id: recording.tenant_id.clone(),
        at,
        actor: actor.to_owned(),
        action: action.to_owned(),
        recording_id: Some(recording.id.clone()),
        outcome: "allowed".to_owned(),
        detail_json,
    }
}

pub(crate) fn conflict(recording_id: &RecordingId, problem: String) -> Error {
    Error::Conflict { what: "recording", id: recording_id.to_string(), problem }
}
