use model::{Job, JobId, JobPayload, JobState, RecordingId, TenantId, Timestamp};
use sqlx::any::AnyRow;
use tokio::sync::Notify;

use crate::changes::ChangeKind;
use crate::database::{Statement, dialect_sql, sql};
use crate::fields::{Fields, to_json};
use crate::{Error, Store, recordings};

/// A job leased to one worker. The attempt is its fence: whoever is on an older one can change nothing any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedJob {
    /// The job as it was claimed.
    pub job: Job,
    /// The attempt that holds the lease, counted from one.
    pub attempt: u32,
}

macro_rules! job_columns {
    () => {
        "id, tenant_id, recording_id, kind, payload_json, state, state_at, attempt, progress_percent, last_problem, \
         created_at"
    };
}

impl Store {
    /// Adds a job, unless one of its kind is queued or running for its recording; returns the id of the one there is.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the recording does not exist in the tenant.
    pub async fn enqueue_job(
        &self,
        tenant_id: &TenantId,
        job_id: JobId,
        payload: &JobPayload,
        now: Timestamp,
    ) -> Result<JobId, Error> {
        let recording_id = payload.recording_id();
        let mut transaction = self.database().begin("jobs").await?;
        if recordings::tenant_of(&mut transaction, recording_id).await? != *tenant_id {
            return Err(Error::NotFound { what: "recording", id: recording_id.to_string() });
        }
        // The update is empty: it makes the existing row come back, also when another transaction has just added it.
        let statement =
            sql("INSERT INTO jobs (id, tenant_id, recording_id, kind, payload_json, state, state_at, attempt, \
             progress_percent, created_at) VALUES ($1, $2, $3, $4, $5, 'queued', $6, 0, 0, $6) \
             ON CONFLICT (recording_id, kind) WHERE state IN ('queued', 'running') DO UPDATE SET kind = excluded.kind \
             RETURNING id");
        let statement = statement
            .bind(job_id.as_str())
            .bind(tenant_id.as_str())
            .bind(recording_id.as_str())
            .bind(payload.kind())
            .bind(to_json("job payload", payload)?)
            .bind(now.as_micros());
        let row = transaction.fetch_optional(statement).await;
        let row = row.map_err(|error| error.or_conflict("job", &job_id, "the id is taken"))?;
        let row = row.ok_or_else(|| Error::NotFound { what: "job", id: job_id.to_string() })?;
        let id: JobId = Fields::of(&row, "jobs", &["id"]).parsed("id")?;
        transaction.commit().await?;
        if id == job_id {
            self.announce(tenant_id, recording_id, ChangeKind::Job);
            self.inner.job_added.notify_waiters();
        }
        Ok(id)
    }

    /// Leases the job that has been due the longest: one whose start has come, or one whose lease ran out because its
    /// worker died. No two callers get the same attempt.
    pub async fn claim_job(&self, kinds: &[&str], now: Timestamp, lease_ms: u64) -> Result<Option<ClaimedJob>, Error> {
        if kinds.is_empty() {
            return Ok(None);
        }
        let placeholders: Vec<String> = (3..3 + kinds.len()).map(|number| format!("${number}")).collect();
        let mut statement = dialect_sql(format!(
            "UPDATE jobs SET state = 'running', state_at = $2, attempt = attempt + 1, progress_percent = 0 \
             WHERE id = (SELECT id FROM jobs WHERE kind IN ({}) AND state IN ('queued', 'running') AND state_at <= $1 \
             ORDER BY state_at, id LIMIT 1 {}) RETURNING {}",
            placeholders.join(", "),
            self.database().dialect().skip_locked(),
            job_columns!(),
        ))
        .bind(now.as_micros())
        .bind(lease_end(now, lease_ms));
        for kind in kinds {
            statement = statement.bind(*kind);
        }
        let Some(row) = self.database().write_optional("jobs", statement).await? else { return Ok(None) };
        let job = decode(&row)?;
        self.announce(&job.tenant_id, job.payload.recording_id(), ChangeKind::Job);
        Ok(Some(ClaimedJob { attempt: job.attempt, job }))
    }

    /// Prolongs the lease and notes how far the attempt is.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] when another attempt has begun or the job has ended; the worker must stop.
    pub async fn heartbeat_job(
        &self,
        claimed: &ClaimedJob,
        progress_percent: u8,
        now: Timestamp,
        lease_ms: u64,
    ) -> Result<(), Error> {
        let statement = sql("UPDATE jobs SET state_at = $3, progress_percent = $4 \
             WHERE id = $1 AND attempt = $2 AND state = 'running'");
        let bind = |statement: Statement<'static>| {
            statement.bind(lease_end(now, lease_ms)).bind(i64::from(progress_percent.min(100)))
        };
        self.move_on(claimed, statement, bind).await
    }

    /// Ends a job as done.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] as for [`Store::heartbeat_job`].
    pub async fn complete_job(&self, claimed: &ClaimedJob, now: Timestamp) -> Result<(), Error> {
        let statement = sql("UPDATE jobs SET state = 'done', state_at = $3, progress_percent = 100 \
             WHERE id = $1 AND attempt = $2 AND state = 'running'");
        self.move_on(claimed, statement, |statement| statement.bind(now.as_micros())).await
    }

    /// Gives a job back after a failed attempt, to be tried again at `not_before` or later.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] as for [`Store::heartbeat_job`].
    pub async fn retry_job(
        &self,
        claimed: &ClaimedJob,
        problem: &str,
        not_before: Timestamp,
        now: Timestamp,
    ) -> Result<(), Error> {
        let statement = sql("UPDATE jobs SET state = 'queued', state_at = $3, last_problem = $4 \
             WHERE id = $1 AND attempt = $2 AND state = 'running'");
        let bind =
            |statement: Statement<'static>| statement.bind(not_before.max(now).as_micros()).bind(problem.to_owned());
        self.move_on(claimed, statement, bind).await
    }

    /// Gives a job up.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] as for [`Store::heartbeat_job`].
    pub async fn bury_job(&self, claimed: &ClaimedJob, problem: &str, now: Timestamp) -> Result<(), Error> {
        let statement = sql("UPDATE jobs SET state = 'dead', state_at = $3, last_problem = $4 \
             WHERE id = $1 AND attempt = $2 AND state = 'running'");
        let bind = |statement: Statement<'static>| statement.bind(now.as_micros()).bind(problem.to_owned());
        self.move_on(claimed, statement, bind).await
    }

    /// Returns a job of a tenant.
    pub async fn load_job(&self, tenant_id: &TenantId, job_id: &JobId) -> Result<Option<Job>, Error> {
        let statement = sql(concat!("SELECT ", job_columns!(), " FROM jobs WHERE id = $1 AND tenant_id = $2"));
        let statement = statement.bind(job_id.as_str()).bind(tenant_id.as_str());
        self.database().read_optional("jobs", statement).await?.as_ref().map(decode).transpose()
    }

    /// Lists the jobs of a recording, oldest first.
    pub async fn list_jobs(&self, recording_id: &RecordingId) -> Result<Vec<Job>, Error> {
        let statement =
            sql(concat!("SELECT ", job_columns!(), " FROM jobs WHERE recording_id = $1 ORDER BY created_at, id"));
        self.database().read_all("jobs", statement.bind(recording_id.as_str())).await?.iter().map(decode).collect()
    }

    /// Returns what wakes every waiting worker of this process when a job is added or given back. Other processes and
    /// later starts are found by polling. Create its `notified()` future before looking for a job, so that none is missed.
    #[must_use]
    pub fn job_added(&self) -> &Notify {
        &self.inner.job_added
    }

    async fn move_on(
        &self,
        claimed: &ClaimedJob,
        statement: Statement<'static>,
        bind: impl FnOnce(Statement<'static>) -> Statement<'static>,
    ) -> Result<(), Error> {
        let statement = bind(statement.bind(claimed.job.id.to_string()).bind(i64::from(claimed.attempt)));
        if self.database().execute("jobs", statement).await? == 0 {
            return Err(Error::LeaseLost { job_id: claimed.job.id.clone(), attempt: claimed.attempt });
        }
        self.announce(&claimed.job.tenant_id, claimed.job.payload.recording_id(), ChangeKind::Job);
        self.inner.job_added.notify_waiters();
        Ok(())
    }
}

fn lease_end(now: Timestamp, lease_ms: u64) -> i64 {
    now.plus_millis(i64::try_from(lease_ms).unwrap_or(i64::MAX)).as_micros()
}

fn decode(row: &AnyRow) -> Result<Job, Error> {
    let fields = Fields::of(row, "jobs", &["id"]);
    let state_at = fields.time("state_at")?;
    let state = match fields.text("state")?.as_str() {
        "queued" => JobState::Queued { not_before: state_at },
        "running" => JobState::Running { lease_until: state_at },
        "done" => JobState::Done { finished_at: state_at },
        "dead" => JobState::Dead { finished_at: state_at },
        other => return Err(fields.corrupt("state", format_args!("{other:?} is unknown"))),
    };
    let payload: JobPayload = fields.json("payload_json")?;
    let (kind, recording_id) = (fields.text("kind")?, fields.text("recording_id")?);
    if kind != payload.kind() || recording_id != payload.recording_id().as_str() {
        return Err(fields.corrupt("payload_json", format_args!("contradicts {kind} of {recording_id}")));
    }
    Ok(Job {
        id: fields.parsed("id")?,
        tenant_id: fields.parsed("tenant_id")?,
        payload,
        state,
        attempt: fields.number("attempt")?,
        progress_percent: fields.number("progress_percent")?,
        last_problem: fields.optional_text("last_problem")?,
        created_at: fields.time("created_at")?,
    })
}
