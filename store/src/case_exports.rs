use model::{CaseExport, CaseId, ExportId, ExportState, TenantId, Timestamp};
use serde_json::json;
use sqlx::any::AnyRow;

use crate::audit::{self, AuditEntry};
use crate::database::{dialect_sql, sql};
use crate::fields::{Fields, to_json};
use crate::signing::{Purpose, is_signed};
use crate::{Error, Store};

const LEASE_MS: i64 = 60_000;
const ATTEMPTS_MAX: i64 = 5;

macro_rules! export_columns {
    () => {
        "id, case_id, tenant_id, state, progress_percent, attempt, requested_by, requested_at, finished_at, plan_json, \
         manifest, public_key, signature, problem"
    };
}

/// An export leased to one worker; the attempt is its fence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedExport {
    /// The export.
    pub export: CaseExport,
    /// The attempt that holds the lease.
    pub attempt: i64,
}

impl Store {
    /// Asks for an export and writes that into the audit log.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the tenant does not exist.
    pub async fn insert_case_export(&self, export: &CaseExport) -> Result<(), Error> {
        let mut transaction = self.database().begin("case_exports").await?;
        let statement = sql("INSERT INTO case_exports (id, case_id, tenant_id, state, progress_percent, lease_until, \
             attempt, requested_by, requested_at, plan_json) VALUES ($1, $2, $3, 'queued', 0, 0, 0, $4, $5, $6)");
        let statement = statement
            .bind(export.id.as_str())
            .bind(export.case_id.as_str())
            .bind(export.tenant_id.as_str())
            .bind(export.requested_by.as_str())
            .bind(export.requested_at.as_micros())
            .bind(to_json("export plan", &export.plan)?);
        transaction.execute(statement).await?;
        let recordings: Vec<&str> = export.plan.recordings.iter().map(model::RecordingId::as_str).collect();
        let entry = AuditEntry {
            tenant_id: export.tenant_id.clone(),
            at: export.requested_at,
            actor: export.requested_by.to_string(),
            action: "case.export".to_owned(),
            recording_id: None,
            outcome: "allowed".to_owned(),
            detail_json: json!({
                "case": export.case_id.as_str(), "export": export.id.as_str(), "recordings": recordings
            }),
        };
        audit::append(&mut transaction, &entry).await?;
        transaction.commit().await?;
        self.job_added().notify_waiters();
        Ok(())
    }

    /// Lists the exports of a case, the newest first.
    pub async fn list_case_exports(&self, case_id: &CaseId) -> Result<Vec<CaseExport>, Error> {
        let statement = sql(concat!(
            "SELECT ",
            export_columns!(),
            " FROM case_exports WHERE case_id = $1 ORDER BY requested_at DESC, id DESC"
        ));
        let rows = self.database().read_all("case_exports", statement.bind(case_id.as_str())).await?;
        rows.iter().map(|row| decode(row).map(|claimed| claimed.export)).collect()
    }

    /// Returns an export of a case.
    pub async fn load_case_export(&self, case_id: &CaseId, export_id: &ExportId) -> Result<Option<CaseExport>, Error> {
        let exports = self.list_case_exports(case_id).await?;
        Ok(exports.into_iter().find(|export| export.id == *export_id))
    }

    /// Leases the export that waits longest, also one whose worker has not been heard of.
    pub async fn claim_case_export(&self, now: Timestamp) -> Result<Option<ClaimedExport>, Error> {
        let lock = self.database().dialect().for_update();
        let text = format!(
            "UPDATE case_exports SET state = 'running', lease_until = $2, attempt = attempt + 1 WHERE id = (\
             SELECT id FROM case_exports WHERE state IN ('queued', 'running') AND lease_until <= $1 \
             ORDER BY requested_at, id LIMIT 1 {lock}) AND lease_until <= $1 RETURNING {}",
            export_columns!()
        );
        let statement = dialect_sql(text).bind(now.as_micros()).bind(now.plus_millis(LEASE_MS).as_micros());
        self.database().write_optional("case_exports", statement).await?.as_ref().map(decode).transpose()
    }

    /// Says how far a claimed export is and keeps its lease; false when another worker has it by now.
    pub async fn report_case_export(
        &self,
        claimed: &ClaimedExport,
        progress_percent: u8,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let statement = sql("UPDATE case_exports SET progress_percent = $3, lease_until = $4 \
             WHERE id = $1 AND attempt = $2 AND state = 'running'");
        let statement = statement
            .bind(claimed.export.id.as_str())
            .bind(claimed.attempt)
            .bind(i64::from(progress_percent))
            .bind(now.plus_millis(LEASE_MS).as_micros());
        Ok(self.database().execute("case_exports", statement).await? == 1)
    }

    /// Signs the manifest of a claimed export: from now on it can be fetched.
    ///
    /// # Errors
    /// [`Error::Conflict`] when another worker has it by now.
    pub async fn finish_case_export(
        &self,
        claimed: &ClaimedExport,
        manifest: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let signed = self.sign(Purpose::CaseExport, manifest);
        let statement = sql("UPDATE case_exports SET state = 'done', progress_percent = 100, finished_at = $3, \
             manifest = $4, public_key = $5, signature = $6 WHERE id = $1 AND attempt = $2 AND state = 'running'");
        let statement = statement
            .bind(claimed.export.id.as_str())
            .bind(claimed.attempt)
            .bind(now.as_micros())
            .bind(manifest)
            .bind(signed.public_key.as_str())
            .bind(signed.signature.as_str());
        self.require_one(claimed, statement).await
    }

    /// Notes that an attempt failed. The export is tried again a few times.
    ///
    /// # Errors
    /// [`Error::Conflict`] when another worker has it by now.
    pub async fn fail_case_export(&self, claimed: &ClaimedExport, problem: &str, now: Timestamp) -> Result<(), Error> {
        let is_over = claimed.attempt >= ATTEMPTS_MAX;
        let statement = sql("UPDATE case_exports SET state = $3, problem = $4, finished_at = $5, lease_until = $6 \
             WHERE id = $1 AND attempt = $2 AND state = 'running'");
        let statement = statement
            .bind(claimed.export.id.as_str())
            .bind(claimed.attempt)
            .bind(if is_over { "failed" } else { "queued" })
            .bind(problem)
            .bind(is_over.then_some(now.as_micros()))
            .bind(now.plus_millis(claimed.attempt * 2_000).as_micros());
        self.require_one(claimed, statement).await
    }

    async fn require_one(
        &self,
        claimed: &ClaimedExport,
        statement: crate::database::Statement<'_>,
    ) -> Result<(), Error> {
        if self.database().execute("case_exports", statement).await? == 1 {
            return Ok(());
        }
        let problem = format!("attempt {} does not hold it any more", claimed.attempt);
        Err(Error::Conflict { what: "case export", id: claimed.export.id.to_string(), problem })
    }

    /// Returns the number of the last entry of a tenant's audit log.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the tenant does not exist.
    pub async fn last_audit_seq(&self, tenant_id: &TenantId) -> Result<i64, Error> {
        let statement = sql("SELECT id, audit_seq FROM tenants WHERE id = $1").bind(tenant_id.as_str());
        let row = self.database().read_optional("tenants", statement).await?;
        let row = row.ok_or_else(|| Error::NotFound { what: "tenant", id: tenant_id.to_string() })?;
        Fields::of(&row, "tenants", &["id"]).number("audit_seq")
    }
}

/// Says whether a manifest is the one that was signed with a key. Needs no store.
#[must_use]
pub fn verify_case_manifest(manifest: &str, public_key: &str, signature: &str) -> bool {
    is_signed(Purpose::CaseExport, manifest, public_key.trim(), signature.trim())
}

fn decode(row: &AnyRow) -> Result<ClaimedExport, Error> {
    let fields = Fields::of(row, "case_exports", &["id"]);
    let state = match fields.text("state")?.as_str() {
        "queued" => ExportState::Queued,
        "running" => ExportState::Running,
        "done" => ExportState::Done {
            finished_at: fields.time("finished_at")?,
            manifest: fields.text("manifest")?,
            public_key: fields.text("public_key")?,
            signature: fields.text("signature")?,
        },
        "failed" => ExportState::Failed { finished_at: fields.time("finished_at")?, problem: fields.text("problem")? },
        other => return Err(fields.corrupt("state", format_args!("{other:?} is unknown"))),
    };
    let export = CaseExport {
        id: fields.parsed("id")?,
        case_id: fields.parsed("case_id")?,
        tenant_id: fields.parsed("tenant_id")?,
        plan: fields.json("plan_json")?,
        state,
        progress_percent: fields.number("progress_percent")?,
        requested_by: fields.parsed("requested_by")?,
        requested_at: fields.time("requested_at")?,
    };
    Ok(ClaimedExport { export, attempt: fields.number("attempt")? })
}
