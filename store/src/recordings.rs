use model::{
    Disposal, Participant, Recording, RecordingId, RecordingState, Relation, TenantId, Timestamp, UserId, WebhookEvent,
    next_step,
};
use serde_json::{Value, json};
use sqlx::any::AnyRow;

use crate::changes::ChangeKind;
use crate::database::{Transaction, sql};
use crate::fields::{Fields, to_json};
use crate::outbox::{self, OutboxKind};
use crate::{Error, Store, data_keys, participants, relations, webhooks};

macro_rules! columns {
    () => {
        "id, tenant_id, meeting_id, title, host_user_id, language, profile, layout, smart_minutes, time_zone, \
         created_at, state, state_json, processing_json, disposal, disposal_json, version"
    };
}

/// Builds a statement on recordings that returns all their columns.
macro_rules! recordings_sql {
    ("SELECT" $rest:literal) => {
        concat!("SELECT ", $crate::recordings::columns!(), " FROM recordings ", $rest)
    };
    ($statement:literal "RETURNING") => {
        concat!($statement, " RETURNING ", $crate::recordings::columns!())
    };
}

pub(crate) use {columns, recordings_sql};

impl Store {
    /// Inserts a recording with its roster and relations, and makes its data key.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the tenant does not exist, [`Error::Conflict`] when the id is taken.
    pub async fn insert_recording(
        &self,
        recording: &Recording,
        participants: &[Participant],
        relations: &[(UserId, Relation)],
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.database().begin("recordings").await?;
        crate::tenants::require(&mut transaction, &recording.tenant_id).await?;
        insert(&mut transaction, recording).await?;
        data_keys::create(self, &mut transaction, &recording.tenant_id, &recording.id, now).await?;
        for participant in participants {
            participants::upsert(&mut transaction, &recording.id, participant).await?;
        }
        for (user_id, relation) in relations {
            relations::upsert(&mut transaction, &recording.id, user_id, *relation).await?;
        }
        outbox::append(&mut transaction, &recording.tenant_id, &recording.id, OutboxKind::Recording).await?;
        transaction.commit().await?;
        self.announce(&recording.tenant_id, &recording.id, ChangeKind::Recording);
        Ok(())
    }

    /// Returns a recording of a tenant.
    pub async fn load_recording(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
    ) -> Result<Option<Recording>, Error> {
        let statement = sql(recordings_sql!("SELECT" "WHERE id = $1 AND tenant_id = $2"));
        let statement = statement.bind(recording_id.as_str()).bind(tenant_id.as_str());
        self.database().read_optional("recordings", statement).await?.as_ref().map(decode).transpose()
    }

    /// Saves a changed recording and returns it with the next version. Tenant, meeting and time of creation never change.
    ///
    /// # Errors
    /// [`Error::Conflict`] when somebody saved it since it was loaded; load it and decide again. Also when it is being
    /// purged: that is left to [`Store::begin_purge`] and what follows.
    pub async fn save_recording(&self, recording: &Recording) -> Result<Recording, Error> {
        if matches!(recording.disposal, Disposal::Purging | Disposal::Purged { .. }) {
            let problem = format!("it is {}", recording.disposal.name());
            return Err(Error::Conflict { what: "recording", id: recording.id.to_string(), problem });
        }
        let mut transaction = self.database().begin("recordings").await?;
        let saved = update(&mut transaction, recording).await?;
        outbox::append(&mut transaction, &saved.tenant_id, &saved.id, OutboxKind::Recording).await?;
        transaction.commit().await?;
        self.announce(&saved.tenant_id, &saved.id, ChangeKind::Recording);
        Ok(saved)
    }

    /// Saves a recording that changed from one state to another, and queues what webhooks tell of it.
    ///
    /// # Errors
    /// As [`Store::save_recording`].
    pub async fn save_transition(
        &self,
        recording: &Recording,
        before: &RecordingState,
        now: Timestamp,
    ) -> Result<Recording, Error> {
        let Some(event) = WebhookEvent::of_change(before, &recording.state) else {
            return self.save_recording(recording).await;
        };
        let mut transaction = self.database().begin("recordings").await?;
        let saved = update(&mut transaction, recording).await?;
        outbox::append(&mut transaction, &saved.tenant_id, &saved.id, OutboxKind::Recording).await?;
        let data = notice(&saved);
        webhooks::enqueue(&mut transaction, &saved.tenant_id, &saved.id, event, data, now).await?;
        transaction.commit().await?;
        self.announce(&saved.tenant_id, &saved.id, ChangeKind::Recording);
        self.inner.webhook_queued.notify_one();
        Ok(saved)
    }

    /// Returns every tenant's recordings that are neither sealed nor failed, oldest first.
    pub async fn list_unfinished_recordings(&self) -> Result<Vec<Recording>, Error> {
        let statement = sql(recordings_sql!("SELECT"
            "WHERE state IN ('requested', 'live', 'paused', 'finalizing') ORDER BY created_at, id"));
        self.database().read_all("recordings", statement).await?.iter().map(decode).collect()
    }

    /// Returns recordings whose next step is a job, oldest first; the reconciler makes sure that the job exists.
    pub async fn list_recordings_needing_work(&self, limit: u32) -> Result<Vec<Recording>, Error> {
        let statement = sql(recordings_sql!("SELECT"
            "WHERE next_job IS NOT NULL AND disposal = 'active' AND NOT EXISTS ( \
             SELECT 1 FROM jobs WHERE jobs.recording_id = recordings.id AND jobs.kind = recordings.next_job \
             AND jobs.state IN ('queued', 'running')) ORDER BY created_at, id LIMIT $1"));
        self.database().read_all("recordings", statement.bind(i64::from(limit))).await?.iter().map(decode).collect()
    }
}

/// Says in a webhook which recording it is about and where it stands: ids and times, nobody's words or names.
pub(crate) fn notice(recording: &Recording) -> Value {
    json!({
        "recording_id": recording.id.as_str(),
        "meeting_id": recording.meeting_id.as_str(),
        "recording": recording.state,
    })
}

/// Locks the row of a recording until the end of the transaction, and returns it.
pub(crate) async fn load_for_update(
    transaction: &mut Transaction,
    tenant_id: &TenantId,
    recording_id: &RecordingId,
) -> Result<Recording, Error> {
    let statement = sql("UPDATE recordings SET version = version WHERE id = $1 AND tenant_id = $2");
    transaction.execute(statement.bind(recording_id.as_str()).bind(tenant_id.as_str())).await?;
    let statement = sql(recordings_sql!("SELECT" "WHERE id = $1 AND tenant_id = $2"));
    let row = transaction.fetch_optional(statement.bind(recording_id.as_str()).bind(tenant_id.as_str())).await?;
    row.as_ref()
        .map(decode)
        .transpose()?
        .ok_or_else(|| Error::NotFound { what: "recording", id: recording_id.to_string() })
}

/// Saves a recording if its version is still the stored one, and returns it with the next.
pub(crate) async fn update(transaction: &mut Transaction, recording: &Recording) -> Result<Recording, Error> {
    let statement = sql(recordings_sql!(
        "UPDATE recordings SET title = $4, title_folded = $5, host_user_id = $6, language = $7, profile = $8, \
         layout = $9, smart_minutes = $10, time_zone = $11, state = $12, state_json = $13, processing_json = $14, \
         disposal = $15, disposal_json = $16, next_job = $17, version = version + 1 \
         WHERE id = $1 AND tenant_id = $2 AND version = $3" "RETURNING"));
    let statement = statement
        .bind(recording.id.as_str())
        .bind(recording.tenant_id.as_str())
        .bind(recording.version)
        .bind(recording.title.as_str())
        .bind(fold(&recording.title))
        .bind(recording.host_user_id.as_str())
        .bind(recording.language.as_str())
        .bind(recording.profile.as_str())
        .bind(recording.layout.as_str())
        .bind(i64::from(recording.smart_minutes))
        .bind(recording.time_zone.as_str())
        .bind(recording.state.name())
        .bind(to_json("recording state", &recording.state)?)
        .bind(to_json("processing", &recording.processing)?)
        .bind(recording.disposal.name())
        .bind(to_json("disposal", &recording.disposal)?)
        .bind(next_job(recording));
    if let Some(row) = transaction.fetch_optional(statement).await? {
        return decode(&row);
    }
    let statement = sql("SELECT id, version FROM recordings WHERE id = $1 AND tenant_id = $2");
    let statement = statement.bind(recording.id.as_str()).bind(recording.tenant_id.as_str());
    let id = recording.id.to_string();
    match transaction.fetch_optional(statement).await? {
        None => Err(Error::NotFound { what: "recording", id }),
        Some(row) => {
            let stored: i64 = Fields::of(&row, "recordings", &["id"]).number("version")?;
            let problem = format!("version {stored} is stored, version {} was to be replaced", recording.version);
            Err(Error::Conflict { what: "recording", id, problem })
        }
    }
}

/// Returns the tenant a recording belongs to.
pub(crate) async fn tenant_of(transaction: &mut Transaction, recording_id: &RecordingId) -> Result<TenantId, Error> {
    let statement = sql("SELECT id, tenant_id FROM recordings WHERE id = $1").bind(recording_id.as_str());
    let row = transaction.fetch_optional(statement).await?;
    let row = row.ok_or_else(|| Error::NotFound { what: "recording", id: recording_id.to_string() })?;
    Fields::of(&row, "recordings", &["id"]).parsed("tenant_id")
}

pub(crate) fn decode(row: &AnyRow) -> Result<Recording, Error> {
    let fields = Fields::of(row, "recordings", &["id"]);
    let recording = Recording {
        id: fields.parsed("id")?,
        tenant_id: fields.parsed("tenant_id")?,
        meeting_id: fields.parsed("meeting_id")?,
        title: fields.text("title")?,
        host_user_id: fields.parsed("host_user_id")?,
        language: fields.parsed("language")?,
        profile: fields.parsed("profile")?,
        layout: fields.parsed("layout")?,
        smart_minutes: fields.flag("smart_minutes")?,
        time_zone: fields.text("time_zone")?,
        created_at: fields.time("created_at")?,
        state: fields.json("state_json")?,
        processing: fields.json("processing_json")?,
        disposal: fields.json("disposal_json")?,
        version: fields.number("version")?,
    };
    let (state, disposal) = (fields.text("state")?, fields.text("disposal")?);
    if state != recording.state.name() {
        return Err(fields.corrupt("state", format_args!("{state:?} contradicts state_json")));
    }
    if disposal != recording.disposal.name() {
        return Err(fields.corrupt("disposal", format_args!("{disposal:?} contradicts disposal_json")));
    }
    Ok(recording)
}

/// Folds case for searching titles.
pub(crate) fn fold(title: &str) -> String {
    title.to_lowercase()
}

async fn insert(transaction: &mut Transaction, recording: &Recording) -> Result<(), Error> {
    let statement = sql("INSERT INTO recordings \
         (id, tenant_id, meeting_id, title, title_folded, host_user_id, language, profile, layout, smart_minutes, \
         time_zone, created_at, state, state_json, processing_json, disposal, disposal_json, next_job, timeline_seq, \
         version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 0, $19)");
    let statement = statement
        .bind(recording.id.as_str())
        .bind(recording.tenant_id.as_str())
        .bind(recording.meeting_id.as_str())
        .bind(recording.title.as_str())
        .bind(fold(&recording.title))
        .bind(recording.host_user_id.as_str())
        .bind(recording.language.as_str())
        .bind(recording.profile.as_str())
        .bind(recording.layout.as_str())
        .bind(i64::from(recording.smart_minutes))
        .bind(recording.time_zone.as_str())
        .bind(recording.created_at.as_micros())
        .bind(recording.state.name())
        .bind(to_json("recording state", &recording.state)?)
        .bind(to_json("processing", &recording.processing)?)
        .bind(recording.disposal.name())
        .bind(to_json("disposal", &recording.disposal)?)
        .bind(next_job(recording))
        .bind(recording.version);
    let inserted = transaction.execute(statement).await;
    inserted.map(drop).map_err(|error| error.or_conflict("recording", &recording.id, "the id is taken"))
}

fn next_job(recording: &Recording) -> Option<&'static str> {
    next_step(recording).map(|job| job.kind())
}
