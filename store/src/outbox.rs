use model::{RecordingId, TenantId};
use sqlx::any::AnyRow;

use crate::database::{Transaction, sql};
use crate::fields::Fields;
use crate::{Error, Store};

/// What the search index has to read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutboxKind {
    /// The recording's row or roster.
    Recording,
    /// Its transcript.
    Transcript,
    /// Its minutes.
    Minutes,
}

impl OutboxKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Recording => "recording",
            Self::Transcript => "transcript",
            Self::Minutes => "minutes",
        }
    }
}

/// A note to the search index. Numbers grow in the order of commits, so whoever has read up to one has read all before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxEntry {
    /// Counts the notes of a tenant from one.
    pub seq: i64,
    /// The recording.
    pub recording_id: RecordingId,
    /// What about it changed.
    pub kind: OutboxKind,
}

impl Store {
    /// Returns the notes of a tenant after a number, oldest first.
    pub async fn read_outbox(
        &self,
        tenant_id: &TenantId,
        after_seq: i64,
        limit: u32,
    ) -> Result<Vec<OutboxEntry>, Error> {
        let statement = sql("SELECT tenant_id, seq, recording_id, kind FROM search_outbox \
             WHERE tenant_id = $1 AND seq > $2 ORDER BY seq LIMIT $3");
        let statement = statement.bind(tenant_id.as_str()).bind(after_seq).bind(i64::from(limit));
        self.database().read_all("search_outbox", statement).await?.iter().map(decode).collect()
    }

    /// Returns the number of the last note of a tenant, zero when there is none.
    pub async fn last_outbox_seq(&self, tenant_id: &TenantId) -> Result<i64, Error> {
        let statement = sql("SELECT COALESCE(MAX(seq), 0) AS seq FROM search_outbox WHERE tenant_id = $1");
        self.last_seq(statement.bind(tenant_id.as_str())).await
    }

    /// Returns the number of the last note about a recording, zero when there is none.
    pub async fn last_outbox_seq_of(&self, recording_id: &RecordingId) -> Result<i64, Error> {
        let statement = sql("SELECT COALESCE(MAX(seq), 0) AS seq FROM search_outbox WHERE recording_id = $1");
        self.last_seq(statement.bind(recording_id.as_str())).await
    }

    async fn last_seq(&self, statement: crate::database::Statement<'_>) -> Result<i64, Error> {
        let row = self.database().read_optional("search_outbox", statement).await?;
        row.map_or(Ok(0), |row| Fields::of(&row, "search_outbox", &[]).number("seq"))
    }
}

/// Appends a note in the transaction of the change it is about.
pub(crate) async fn append(
    transaction: &mut Transaction,
    tenant_id: &TenantId,
    recording_id: &RecordingId,
    kind: OutboxKind,
) -> Result<(), Error> {
    let statement = sql("UPDATE tenants SET outbox_seq = outbox_seq + 1 WHERE id = $1 RETURNING id, outbox_seq");
    let row = transaction.fetch_optional(statement.bind(tenant_id.as_str())).await?;
    let row = row.ok_or_else(|| Error::NotFound { what: "tenant", id: tenant_id.to_string() })?;
    let seq: i64 = Fields::of(&row, "tenants", &["id"]).number("outbox_seq")?;
    let statement = sql("INSERT INTO search_outbox (tenant_id, seq, recording_id, kind) VALUES ($1, $2, $3, $4)");
    let statement = statement.bind(tenant_id.as_str()).bind(seq).bind(recording_id.as_str()).bind(kind.as_str());
    transaction.execute(statement).await.map(drop)
}

fn decode(row: &AnyRow) -> Result<OutboxEntry, Error> {
    let fields = Fields::of(row, "search_outbox", &["tenant_id", "seq"]);
    let kind = match fields.text("kind")?.as_str() {
        "recording" => OutboxKind::Recording,
        "transcript" => OutboxKind::Transcript,
        "minutes" => OutboxKind::Minutes,
        other => return Err(fields.corrupt("kind", format_args!("{other:?} is unknown"))),
    };
    Ok(OutboxEntry { seq: fields.number("seq")?, recording_id: fields.parsed("recording_id")?, kind })
}
