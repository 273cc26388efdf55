use model::{RecordingId, TenantId, Timestamp};
use sqlx::any::AnyRow;

use crate::audit_chain::{AuditLink, commitment};
use crate::database::{Transaction, sql};
use crate::fields::{Fields, to_json};
use crate::{Error, Store, data_keys};

/// Who did what, when, and how it ended.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    /// The organisation.
    pub tenant_id: TenantId,
    /// When.
    pub at: Timestamp,
    /// Who: the id of a user or an API key, or `huiji`.
    pub actor: String,
    /// What was done, such as `playback.start`.
    pub action: String,
    /// The recording concerned.
    pub recording_id: Option<RecordingId>,
    /// How it ended, such as `allowed` or `denied`.
    pub outcome: String,
    /// What else there is to say.
    pub detail_json: serde_json::Value,
}

impl Store {
    /// Appends an entry to the audit log of a tenant.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the tenant does not exist.
    pub async fn append_audit(&self, entry: &AuditEntry) -> Result<(), Error> {
        let mut transaction = self.database().begin("audit_entries").await?;
        append(&mut transaction, entry).await?;
        transaction.commit().await
    }

    /// Lists the audit log of a tenant, newest first, for one recording or for all.
    pub async fn list_audit(
        &self,
        tenant_id: &TenantId,
        recording_id: Option<&RecordingId>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, Error> {
        let statement = sql("SELECT tenant_id, seq, at, actor, action, recording_id, outcome, detail_json \
             FROM audit_entries WHERE tenant_id = $1 AND ($2 IS NULL OR recording_id = $2) ORDER BY seq DESC LIMIT $3");
        let statement =
            statement.bind(tenant_id.as_str()).bind(recording_id.map(RecordingId::as_str)).bind(i64::from(limit));
        self.database().read_all("audit_entries", statement).await?.iter().map(decode).collect()
    }

    /// Lists the entries about one recording with one of some actions, newest first.
    pub async fn list_audit_of(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
        actions: &[&str],
        limit: u32,
    ) -> Result<Vec<AuditEntry>, Error> {
        let statement = sql("SELECT tenant_id, seq, at, actor, action, recording_id, outcome, detail_json \
             FROM audit_entries WHERE tenant_id = $1 AND recording_id = $2 AND $3 LIKE '%,' || action || ',%' \
             ORDER BY seq DESC LIMIT $4");
        let statement = statement
            .bind(tenant_id.as_str())
            .bind(recording_id.as_str())
            .bind(format!(",{},", actions.join(",")))
            .bind(i64::from(limit));
        self.database().read_all("audit_entries", statement).await?.iter().map(decode).collect()
    }
}

/// Which entries of the audit log to list; what is none narrows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Who did it.
    pub actor: Option<String>,
    /// The beginning of what was done: `hold` stands for `hold.place` and `hold.release`.
    pub action: Option<String>,
    /// The recording concerned.
    pub recording_id: Option<RecordingId>,
    /// How it ended.
    pub outcome: Option<String>,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// Before this entry.
    pub before_seq: Option<i64>,
}

impl Store {
    /// Lists entries of the audit log of a tenant with their numbers, the newest first.
    pub async fn list_audit_page(
        &self,
        tenant_id: &TenantId,
        filter: &AuditFilter,
        limit: u32,
    ) -> Result<Vec<(i64, AuditEntry)>, Error> {
        let statement = sql("SELECT tenant_id, seq, at, actor, action, recording_id, outcome, detail_json \
             FROM audit_entries WHERE tenant_id = $1 AND ($2 IS NULL OR actor = $2) \
             AND ($3 IS NULL OR action = $3 OR SUBSTR(action, 1, LENGTH($3) + 1) = $3 || '.') \
             AND ($4 IS NULL OR recording_id = $4) AND ($5 IS NULL OR outcome = $5) \
             AND at >= $6 AND at < $7 AND seq < $8 ORDER BY seq DESC LIMIT $9");
        let statement = statement
            .bind(tenant_id.as_str())
            .bind(filter.actor.as_deref())
            .bind(filter.action.as_deref())
            .bind(filter.recording_id.as_ref().map(RecordingId::as_str))
            .bind(filter.outcome.as_deref())
            .bind(filter.from.map_or(i64::MIN, Timestamp::as_micros))
            .bind(filter.until.map_or(i64::MAX, Timestamp::as_micros))
            .bind(filter.before_seq.unwrap_or(i64::MAX))
            .bind(i64::from(limit));
        let rows = self.database().read_all("audit_entries", statement).await?;
        let numbered = |row| {
            let seq = Fields::of(row, "audit_entries", &["tenant_id", "seq"]).number("seq")?;
            Ok((seq, decode(row)?))
        };
        rows.iter().map(numbered).collect()
    }
}

/// Appends an entry in the transaction of what it is about. The tenant's counter is locked until its end, so entries are
/// chained in the order of their numbers.
pub(crate) async fn append(transaction: &mut Transaction, entry: &AuditEntry) -> Result<(), Error> {
    let statement = sql("UPDATE tenants SET audit_seq = audit_seq + 1 WHERE id = $1 RETURNING id, audit_seq");
    let row = transaction.fetch_optional(statement.bind(entry.tenant_id.as_str())).await?;
    let row = row.ok_or_else(|| Error::NotFound { what: "tenant", id: entry.tenant_id.to_string() })?;
    let seq: i64 = Fields::of(&row, "tenants", &["id"]).number("audit_seq")?;
    let statement = sql("SELECT tenant_id, seq, chain FROM audit_entries WHERE tenant_id = $1 AND seq = $2");
    let before = transaction.fetch_optional(statement.bind(entry.tenant_id.as_str()).bind(seq - 1)).await?;
    let before = match before {
        Some(row) => Fields::of(&row, "audit_entries", &["tenant_id", "seq"]).optional_text("chain")?,
        None => None,
    };
    let detail_json = to_json("audit detail", &entry.detail_json)?;
    let salt = hex::encode(data_keys::random::<16>()?);
    let commitment = commitment(&salt, &entry.actor, &detail_json);
    let chain = AuditLink { seq, entry, commitment: &commitment }.chain(before.as_deref().unwrap_or_default());
    let statement = sql("INSERT INTO audit_entries \
         (tenant_id, seq, at, actor, action, recording_id, outcome, detail_json, salt, commitment, chain) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
    let statement = statement
        .bind(entry.tenant_id.as_str())
        .bind(seq)
        .bind(entry.at.as_micros())
        .bind(entry.actor.as_str())
        .bind(entry.action.as_str())
        .bind(entry.recording_id.as_ref().map(RecordingId::as_str))
        .bind(entry.outcome.as_str())
        .bind(detail_json)
        .bind(salt)
        .bind(commitment)
        .bind(chain);
    transaction.execute(statement).await.map(drop)
}

fn decode(row: &AnyRow) -> Result<AuditEntry, Error> {
    let fields = Fields::of(row, "audit_entries", &["tenant_id", "seq"]);
    Ok(AuditEntry {
        tenant_id: fields.parsed("tenant_id")?,
        at: fields.time("at")?,
        actor: fields.text("actor")?,
        action: fields.text("action")?,
        recording_id: fields.optional_parsed("recording_id")?,
        outcome: fields.text("outcome")?,
        detail_json: fields.json("detail_json")?,
    })
}
