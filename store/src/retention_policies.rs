use std::collections::BTreeSet;

use model::{RecordingId, RecordingState, RetentionFacts, RetentionPolicy, TenantId, Timestamp, UserId};
use serde_json::json;
use sqlx::any::AnyRow;

use crate::audit::{self, AuditEntry};
use crate::database::sql;
use crate::fields::{Fields, to_json};
use crate::recordings::recordings_sql;
use crate::{Error, Store, recordings};

/// What retention rules go by beside the recording's own row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordingLabels {
    /// The department it belongs to.
    pub department: Option<String>,
    /// The kind of meeting.
    pub meeting_kind: Option<String>,
    /// What people marked it with.
    pub tags: BTreeSet<String>,
}

impl Store {
    /// Returns the retention policy of a tenant and its version; the default, which deletes nothing, with version zero
    /// before one is saved.
    pub async fn load_retention_policy(&self, tenant_id: &TenantId) -> Result<(RetentionPolicy, i64), Error> {
        let statement = sql("SELECT tenant_id, policy_json, version FROM retention_policies WHERE tenant_id = $1");
        let row = self.database().read_optional("retention_policies", statement.bind(tenant_id.as_str())).await?;
        let decode = |row| {
            let fields = Fields::of(&row, "retention_policies", &["tenant_id"]);
            Ok((fields.json("policy_json")?, fields.number("version")?))
        };
        row.map_or_else(|| Ok((RetentionPolicy::default(), 0)), decode)
    }

    /// Saves the retention policy of a tenant over the version it was loaded with.
    ///
    /// # Errors
    /// [`Error::Conflict`] when somebody saved it since.
    pub async fn save_retention_policy(
        &self,
        tenant_id: &TenantId,
        policy: &RetentionPolicy,
        loaded_version: i64,
        saved_by: &UserId,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.database().begin("retention_policies").await?;
        crate::tenants::require(&mut transaction, tenant_id).await?;
        let statement = sql("INSERT INTO retention_policies (tenant_id, policy_json, saved_by, saved_at, version) \
             SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT), CAST($5 AS BIGINT) + 1 \
             WHERE $5 = 0 OR EXISTS (SELECT 1 FROM retention_policies WHERE tenant_id = $1) \
             ON CONFLICT (tenant_id) DO UPDATE SET policy_json = excluded.policy_json, saved_by = excluded.saved_by, \
             saved_at = excluded.saved_at, version = excluded.version WHERE retention_policies.version = $5");
        let statement = statement
            .bind(tenant_id.as_str())
            .bind(to_json("retention policy", policy)?)
            .bind(saved_by.as_str())
            .bind(now.as_micros())
            .bind(loaded_version);
        if transaction.execute(statement).await? == 0 {
            let problem = format!("version {loaded_version} is not the latest any more");
            return Err(Error::Conflict { what: "retention policy", id: tenant_id.to_string(), problem });
        }
        let entry = AuditEntry {
            tenant_id: tenant_id.clone(),
            at: now,
            actor: saved_by.to_string(),
            action: "retention.save".to_owned(),
            recording_id: None,
            outcome: "allowed".to_owned(),
            detail_json: json!({ "version": loaded_version + 1, "policy": policy }),
        };
        audit::append(&mut transaction, &entry).await?;
        transaction.commit().await
    }

    /// Replaces the labels of a recording.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the tenant has no such recording.
    pub async fn save_labels(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
        labels: &RecordingLabels,
    ) -> Result<(), Error> {
        let mut transaction = self.database().begin("recording_labels").await?;
        if recordings::tenant_of(&mut transaction, recording_id).await? != *tenant_id {
            return Err(Error::NotFound { what: "recording", id: recording_id.to_string() });
        }
        let statement = sql("INSERT INTO recording_labels (recording_id, department, meeting_kind, tags_json) \
             VALUES ($1, $2, $3, $4) ON CONFLICT (recording_id) DO UPDATE SET department = excluded.department, \
             meeting_kind = excluded.meeting_kind, tags_json = excluded.tags_json");
        let statement = statement
            .bind(recording_id.as_str())
            .bind(labels.department.as_deref())
            .bind(labels.meeting_kind.as_deref())
            .bind(to_json("tags", &labels.tags)?);
        transaction.execute(statement).await?;
        transaction.commit().await
    }

    /// Returns what rules and holds need to know of a tenant's recordings that are not purged, ordered by id; at most
    /// `limit`, those after a recording.
    pub async fn list_retention_facts(
        &self,
        tenant_id: &TenantId,
        after: Option<&RecordingId>,
        limit: u32,
    ) -> Result<Vec<RetentionFacts>, Error> {
        let statement = sql(recordings_sql!("SELECT" "WHERE tenant_id = $1 AND disposal <> 'purged' \
             AND ($2 IS NULL OR id > $2) ORDER BY id LIMIT $3"));
        let after = after.map(RecordingId::as_str);
        let statement = statement.bind(tenant_id.as_str()).bind(after).bind(i64::from(limit));
        let rows = self.database().read_all("recordings", statement).await?;
        let mut facts = Vec::with_capacity(rows.len());
        for row in &rows {
            facts.push(self.facts_of(recordings::decode(row)?).await?);
        }
        Ok(facts)
    }

    /// Returns what rules and holds need to know of one recording; none when the tenant has no such recording.
    pub async fn load_retention_facts(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
    ) -> Result<Option<RetentionFacts>, Error> {
        match self.load_recording(tenant_id, recording_id).await? {
            Some(recording) => self.facts_of(recording).await.map(Some),
            None => Ok(None),
        }
    }

    async fn facts_of(&self, recording: model::Recording) -> Result<RetentionFacts, Error> {
        let labels = self.load_labels(&recording.id).await?;
        Ok(RetentionFacts {
            people: self.people_of(&recording.id).await?,
            stored_bytes: self.stored_bytes_of(&recording.id).await?,
            department: labels.department,
            meeting_kind: labels.meeting_kind,
            tags: labels.tags,
            held_by: self.holds_of(&recording.id).await?.into_iter().collect(),
            ended_at: ended_at(&recording),
            tenant_id: recording.tenant_id,
            recording_id: recording.id,
            meeting_id: recording.meeting_id,
            host_user_id: recording.host_user_id,
            disposal: recording.disposal,
        })
    }

    /// Returns the labels of a recording.
    pub async fn load_labels(&self, recording_id: &RecordingId) -> Result<RecordingLabels, Error> {
        let statement = sql("SELECT recording_id, department, meeting_kind, tags_json FROM recording_labels \
             WHERE recording_id = $1");
        let row = self.database().read_optional("recording_labels", statement.bind(recording_id.as_str())).await?;
        let decode = |row: AnyRow| {
            let fields = Fields::of(&row, "recording_labels", &["recording_id"]);
            Ok(RecordingLabels {
                department: fields.optional_text("department")?,
                meeting_kind: fields.optional_text("meeting_kind")?,
                tags: fields.json("tags_json")?,
            })
        };
        row.map_or_else(|| Ok(RecordingLabels::default()), decode)
    }

    async fn people_of(&self, recording_id: &RecordingId) -> Result<BTreeSet<UserId>, Error> {
        let statement = sql("SELECT user_id FROM participants WHERE recording_id = $1 AND user_id IS NOT NULL \
             UNION SELECT user_id FROM relations WHERE recording_id = $1");
        let rows = self.database().read_all("participants", statement.bind(recording_id.as_str())).await?;
        rows.iter().map(|row| Fields::of(row, "participants", &[]).parsed("user_id")).collect()
    }

    async fn stored_bytes_of(&self, recording_id: &RecordingId) -> Result<u64, Error> {
        let statement = sql("SELECT CAST(COALESCE(SUM(stored_bytes), 0) AS BIGINT) AS stored_bytes FROM objects \
             WHERE recording_id = $1");
        let row = self.database().read_optional("objects", statement.bind(recording_id.as_str())).await?;
        row.map_or(Ok(0), |row| Fields::of(&row, "objects", &[]).number("stored_bytes"))
    }
}

/// Returns when the meeting ended, or failed.
fn ended_at(recording: &model::Recording) -> Option<Timestamp> {
    match recording.state {
        RecordingState::Sealed { stopped_at, .. } => Some(stopped_at),
        RecordingState::Failed { failed_at, .. } => Some(failed_at),
        RecordingState::Requested
        | RecordingState::Live { .. }
        | RecordingState::Paused { .. }
        | RecordingState::Finalizing { .. } => None,
    }
}
