use std::collections::BTreeSet;
use std::fmt;

use model::{RecordingId, TenantId, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;

use crate::audit::{self, AuditEntry};
use crate::audit_chain::{AuditLink, commitment};
use crate::database::sql;
use crate::fields::Fields;
use crate::signing::{Purpose, is_signed};
use crate::{Error, Store};

/// The whole audit log of a tenant, as it is exported and checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLog {
    /// The organisation.
    pub tenant_id: TenantId,
    /// How many entries were ever written.
    pub last_seq: i64,
    /// The entries in order.
    pub records: Vec<AuditRecord>,
    /// The checkpoints in order.
    pub checkpoints: Vec<AuditCheckpoint>,
}

/// A line of an exported log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum AuditLine {
    /// The first line.
    Head {
        /// The organisation.
        tenant_id: TenantId,
        /// How many entries were ever written.
        last_seq: i64,
    },
    /// An entry.
    Entry(AuditRecord),
    /// A checkpoint.
    Checkpoint(AuditCheckpoint),
}

/// An entry with what binds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// Counts the entries of a tenant from one.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who; `erased` when that was erased.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// The recording concerned.
    pub recording_id: Option<RecordingId>,
    /// How it ended.
    pub outcome: String,
    /// The details as they were written, JSON; `null` when they were erased.
    pub detail_json: String,
    /// What hides the commitment; none when who and what were erased.
    pub salt: Option<String>,
    /// Binds who and what; none for entries older than the chain.
    pub commitment: Option<String>,
    /// Binds the entry and every one before it; none for entries older than the chain.
    pub chain: Option<String>,
}

/// A signed statement of how the log stood. One that is kept elsewhere proves that nothing before it was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditCheckpoint {
    /// The last entry it covers.
    pub seq: i64,
    /// The chain at that entry.
    pub chain: String,
    /// When it was signed.
    pub at: Timestamp,
    /// The public key, hexadecimal.
    pub public_key: String,
    /// The Ed25519 signature, base64.
    pub signature: String,
}

impl AuditCheckpoint {
    fn text(tenant_id: &TenantId, seq: i64, chain: &str, at: Timestamp) -> String {
        format!("{tenant_id}\n{seq}\n{chain}\n{}\n", at.as_micros())
    }
}

/// What a check of the log found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditReport {
    /// How many entries there are.
    pub entries: usize,
    /// How many of them are older than the chain and bound by nothing.
    pub unbound: usize,
    /// How many have had names and details erased, as an entry of the log says.
    pub erased: usize,
    /// How many checkpoints were checked.
    pub checkpoints: usize,
    /// The last entry that a checkpoint covers.
    pub covered_until: i64,
    /// What is wrong; empty when nothing is.
    pub problems: Vec<AuditProblem>,
}

/// Something that is wrong with the log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum AuditProblem {
    /// An entry is not there.
    Missing {
        /// Its number.
        seq: i64,
    },
    /// An entry stands where another belongs.
    OutOfOrder {
        /// Its number.
        seq: i64,
    },
    /// An entry is not what was written, or stands elsewhere than it was written.
    Changed {
        /// Its number.
        seq: i64,
    },
    /// Names and details were taken out of an entry and no entry says so.
    ErasedInSecret {
        /// Its number.
        seq: i64,
    },
    /// A checkpoint says something else than the entries.
    Contradicted {
        /// The entry it covers.
        seq: i64,
    },
    /// A checkpoint is not signed by the key.
    Unsigned {
        /// The entry it covers.
        seq: i64,
    },
}

impl fmt::Display for AuditProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { seq } => write!(formatter, "entry {seq} is missing"),
            Self::OutOfOrder { seq } => write!(formatter, "entry {seq} is out of order"),
            Self::Changed { seq } => write!(formatter, "entry {seq} was changed or moved"),
            Self::ErasedInSecret { seq } => write!(formatter, "entry {seq} was erased and no entry says so"),
            Self::Contradicted { seq } => write!(formatter, "the checkpoint at entry {seq} does not fit the log"),
            Self::Unsigned { seq } => write!(formatter, "the checkpoint at entry {seq} is not signed by this key"),
        }
    }
}

/// Checks a log, and checkpoints of it that were kept elsewhere, against a public key. Needs no store.
#[must_use]
pub fn verify_audit(log: &AuditLog, kept_elsewhere: &[AuditCheckpoint], public_key: &str) -> AuditReport {
    let mut report = AuditReport { entries: log.records.len(), ..AuditReport::default() };
    let erasures: BTreeSet<(i64, i64)> = log.records.iter().filter_map(erasure).collect();
    let (mut expected_seq, mut before) = (1, String::new());
    let mut problems = Vec::new();
    for record in &log.records {
        if record.seq < expected_seq {
            problems.push(AuditProblem::OutOfOrder { seq: record.seq });
            continue;
        }
        problems.extend((expected_seq..record.seq).map(|seq| AuditProblem::Missing { seq }));
        expected_seq = record.seq + 1;
        let (Some(commitment_text), Some(chain)) = (&record.commitment, &record.chain) else {
            // Only what stands before the first bound entry is older than the chain.
            if before.is_empty() {
                report.unbound += 1;
            } else {
                problems.push(AuditProblem::Changed { seq: record.seq });
            }
            continue;
        };
        let is_bound = match &record.salt {
            Some(salt) => commitment(salt, &record.actor, &record.detail_json) == *commitment_text,
            None => true,
        };
        let entry = record.entry(&log.tenant_id);
        let link = AuditLink { seq: record.seq, entry: &entry, commitment: commitment_text };
        if !is_bound || link.chain(&before) != *chain {
            problems.push(AuditProblem::Changed { seq: record.seq });
        }
        if record.salt.is_none() {
            report.erased += 1;
            let is_said = erasures.iter().any(|(seq, by)| *seq == record.seq && *by > record.seq);
            if !is_said {
                problems.push(AuditProblem::ErasedInSecret { seq: record.seq });
            }
        }
        before.clone_from(chain);
    }
    problems.extend((expected_seq..=log.last_seq).map(|seq| AuditProblem::Missing { seq }));
    for checkpoint in log.checkpoints.iter().chain(kept_elsewhere) {
        report.checkpoints += 1;
        report.covered_until = report.covered_until.max(checkpoint.seq);
        problems.extend(checkpoint_problem(log, checkpoint, public_key));
    }
    problems.sort();
    problems.dedup();
    report.problems = problems;
    report
}

fn checkpoint_problem(log: &AuditLog, checkpoint: &AuditCheckpoint, public_key: &str) -> Option<AuditProblem> {
    let AuditCheckpoint { seq, chain, at, signature, .. } = checkpoint;
    let text = AuditCheckpoint::text(&log.tenant_id, *seq, chain, *at);
    if !is_signed(Purpose::Checkpoint, &text, public_key.trim(), signature) {
        return Some(AuditProblem::Unsigned { seq: *seq });
    }
    let record = log.records.iter().find(|record| record.seq == *seq);
    let fits = record.is_some_and(|record| record.chain.as_ref() == Some(chain));
    (!fits).then_some(AuditProblem::Contradicted { seq: *seq })
}

/// Returns which entry an entry says was erased, and its own number.
fn erasure(record: &AuditRecord) -> Option<(i64, i64)> {
    let detail: serde_json::Value = serde_json::from_str(&record.detail_json).ok()?;
    (record.action == ERASE).then_some((detail.get("seq")?.as_i64()?, record.seq))
}

const ERASE: &str = "audit.erase";

impl AuditRecord {
    fn entry(&self, tenant_id: &TenantId) -> AuditEntry {
        AuditEntry {
            tenant_id: tenant_id.clone(),
            at: self.at,
            actor: self.actor.clone(),
            action: self.action.clone(),
            recording_id: self.recording_id.clone(),
            outcome: self.outcome.clone(),
            // Bound by the commitment, not by the link.
            detail_json: serde_json::Value::Null,
        }
    }
}

impl AuditLog {
    /// Writes the log one JSON object a line.
    ///
    /// # Errors
    /// [`Error::Encode`] when a line has no JSON form.
    pub fn to_lines(&self) -> Result<Vec<String>, Error> {
        let head = AuditLine::Head { tenant_id: self.tenant_id.clone(), last_seq: self.last_seq };
        let records = self.records.iter().cloned().map(AuditLine::Entry);
        let checkpoints = self.checkpoints.iter().cloned().map(AuditLine::Checkpoint);
        let lines = std::iter::once(head).chain(records).chain(checkpoints);
        lines.map(|line| crate::fields::to_json("audit line", &line)).collect()
    }

    /// Reads an exported log; none when a line is not one, or the first is not the head.
    #[must_use]
    pub fn from_lines<'a>(lines: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut lines = lines.into_iter().filter(|line| !line.trim().is_empty());
        let AuditLine::Head { tenant_id, last_seq } = serde_json::from_str(lines.next()?).ok()? else { return None };
        let mut log = Self { tenant_id, last_seq, records: Vec::new(), checkpoints: Vec::new() };
        for line in lines {
            match serde_json::from_str(line).ok()? {
                AuditLine::Head { .. } => return None,
                AuditLine::Entry(record) => log.records.push(record),
                AuditLine::Checkpoint(checkpoint) => log.checkpoints.push(checkpoint),
            }
        }
        Some(log)
    }
}

impl Store {
    /// Signs how the audit log of a tenant stands, unless nothing came since the last checkpoint or nothing is there.
    pub async fn checkpoint_audit(
        &self,
        tenant_id: &TenantId,
        now: Timestamp,
    ) -> Result<Option<AuditCheckpoint>, Error> {
        let mut transaction = self.database().begin("audit_checkpoints").await?;
        let statement = sql("SELECT tenant_id, seq, chain FROM audit_entries WHERE tenant_id = $1 \
             AND chain IS NOT NULL AND seq > (SELECT COALESCE(MAX(seq), 0) FROM audit_checkpoints WHERE tenant_id = $1) \
             ORDER BY seq DESC LIMIT 1");
        let Some(row) = transaction.fetch_optional(statement.bind(tenant_id.as_str())).await? else { return Ok(None) };
        let fields = Fields::of(&row, "audit_entries", &["tenant_id", "seq"]);
        let (seq, chain) = (fields.number("seq")?, fields.text("chain")?);
        let signed = self.sign(Purpose::Checkpoint, &AuditCheckpoint::text(tenant_id, seq, &chain, now));
        let statement = sql("INSERT INTO audit_checkpoints (tenant_id, seq, chain, at, public_key, signature) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, seq) DO NOTHING");
        let statement = statement
            .bind(tenant_id.as_str())
            .bind(seq)
            .bind(chain.as_str())
            .bind(now.as_micros())
            .bind(signed.public_key.as_str())
            .bind(signed.signature.as_str());
        transaction.execute(statement).await?;
        transaction.commit().await?;
        let (public_key, signature) = (signed.public_key, signed.signature);
        Ok(Some(AuditCheckpoint { seq, chain, at: now, public_key, signature }))
    }

    /// Reads the whole audit log of a tenant, as it stands at one moment.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the tenant does not exist.
    pub async fn load_audit_log(&self, tenant_id: &TenantId) -> Result<AuditLog, Error> {
        let statement = sql("SELECT id, audit_seq FROM tenants WHERE id = $1").bind(tenant_id.as_str());
        let row = self.database().read_optional("tenants", statement).await?;
        let row = row.ok_or_else(|| Error::NotFound { what: "tenant", id: tenant_id.to_string() })?;
        let last_seq = Fields::of(&row, "tenants", &["id"]).number("audit_seq")?;
        let statement = sql("SELECT tenant_id, seq, at, actor, action, recording_id, outcome, detail_json, salt, \
             commitment, chain FROM audit_entries WHERE tenant_id = $1 ORDER BY seq");
        let rows = self.database().read_all("audit_entries", statement.bind(tenant_id.as_str())).await?;
        let records = rows.iter().map(decode_record).collect::<Result<_, _>>()?;
        let statement = sql("SELECT tenant_id, seq, chain, at, public_key, signature FROM audit_checkpoints \
             WHERE tenant_id = $1 ORDER BY seq");
        let rows = self.database().read_all("audit_checkpoints", statement.bind(tenant_id.as_str())).await?;
        let checkpoints = rows.iter().map(decode_checkpoint).collect::<Result<_, _>>()?;
        Ok(AuditLog { tenant_id: tenant_id.clone(), last_seq, records, checkpoints })
    }

    /// Erases who did it and the details from an entry, and says so in a new one. The chain still holds.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is nothing to erase, or it says that something was erased.
    pub async fn erase_audit(
        &self,
        tenant_id: &TenantId,
        seq: i64,
        erased_by: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.database().begin("audit_entries").await?;
        let statement = sql("UPDATE audit_entries SET actor = 'erased', detail_json = 'null', salt = NULL \
             WHERE tenant_id = $1 AND seq = $2 AND salt IS NOT NULL AND action <> 'audit.erase'");
        if transaction.execute(statement.bind(tenant_id.as_str()).bind(seq)).await? == 0 {
            return Err(Error::NotFound { what: "erasable audit entry", id: format!("{tenant_id}/{seq}") });
        }
        let entry = AuditEntry {
            tenant_id: tenant_id.clone(),
            at: now,
            actor: erased_by.to_owned(),
            action: ERASE.to_owned(),
            recording_id: None,
            outcome: "allowed".to_owned(),
            detail_json: serde_json::json!({ "seq": seq }),
        };
        audit::append(&mut transaction, &entry).await?;
        transaction.commit().await
    }
}

fn decode_record(row: &AnyRow) -> Result<AuditRecord, Error> {
    let fields = Fields::of(row, "audit_entries", &["tenant_id", "seq"]);
    Ok(AuditRecord {
        seq: fields.number("seq")?,
        at: fields.time("at")?,
        actor: fields.text("actor")?,
        action: fields.text("action")?,
        recording_id: fields.optional_parsed("recording_id")?,
        outcome: fields.text("outcome")?,
        detail_json: fields.text("detail_json")?,
        salt: fields.optional_text("salt")?,
        commitment: fields.optional_text("commitment")?,
        chain: fields.optional_text("chain")?,
    })
}

fn decode_checkpoint(row: &AnyRow) -> Result<AuditCheckpoint, Error> {
    let fields = Fields::of(row, "audit_checkpoints", &["tenant_id", "seq"]);
    Ok(AuditCheckpoint {
        seq: fields.number("seq")?,
        chain: fields.text("chain")?,
        at: fields.time("at")?,
        public_key: fields.text("public_key")?,
        signature: fields.text("signature")?,
    })
}
