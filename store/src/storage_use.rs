use model::{TenantId, Timestamp};

use crate::database::sql;
use crate::fields::Fields;
use crate::{Error, Store};

const DAY_US: i64 = 86_400_000_000;

/// What recordings of one host or department take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageShare {
    /// The account or the department; none for recordings that have none.
    pub owner: Option<String>,
    /// How many recordings.
    pub recordings: u64,
    /// What they take in the object store, in bytes.
    pub stored_bytes: u64,
}

/// What was written on one day and is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DailyGrowth {
    /// The first moment of the day, UTC.
    pub day: Timestamp,
    /// Bytes in the object store.
    pub stored_bytes: u64,
}

impl Store {
    /// Returns what each host's recordings take, the largest first.
    pub async fn storage_by_host(&self, tenant_id: &TenantId, limit: u32) -> Result<Vec<StorageShare>, Error> {
        let statement = sql("SELECT recordings.host_user_id AS owner, COUNT(DISTINCT recordings.id) AS recordings, \
             CAST(SUM(objects.stored_bytes) AS BIGINT) AS stored_bytes \
             FROM objects JOIN recordings ON recordings.id = objects.recording_id WHERE objects.tenant_id = $1 \
             GROUP BY recordings.host_user_id ORDER BY SUM(objects.stored_bytes) DESC, recordings.host_user_id LIMIT $2");
        self.shares(statement.bind(tenant_id.as_str()).bind(i64::from(limit))).await
    }

    /// Returns what each department's recordings take, the largest first.
    pub async fn storage_by_department(&self, tenant_id: &TenantId, limit: u32) -> Result<Vec<StorageShare>, Error> {
        let statement =
            sql("SELECT recording_labels.department AS owner, COUNT(DISTINCT objects.recording_id) AS recordings, \
             CAST(SUM(objects.stored_bytes) AS BIGINT) AS stored_bytes FROM objects \
             LEFT JOIN recording_labels ON recording_labels.recording_id = objects.recording_id \
             WHERE objects.tenant_id = $1 GROUP BY recording_labels.department \
             ORDER BY SUM(objects.stored_bytes) DESC, recording_labels.department LIMIT $2");
        self.shares(statement.bind(tenant_id.as_str()).bind(i64::from(limit))).await
    }

    /// Returns what was written on each day since a moment and is still there, in order; days without are left out.
    pub async fn storage_growth(&self, tenant_id: &TenantId, since: Timestamp) -> Result<Vec<DailyGrowth>, Error> {
        let statement = sql("SELECT written_at / 86400000000 AS day_number, \
             CAST(SUM(stored_bytes) AS BIGINT) AS stored_bytes FROM objects \
             WHERE tenant_id = $1 AND written_at >= $2 GROUP BY written_at / 86400000000 ORDER BY day_number");
        let statement = statement.bind(tenant_id.as_str()).bind(since.as_micros());
        let rows = self.database().read_all("objects", statement).await?;
        let decode = |row| {
            let fields = Fields::of(row, "objects", &["day_number"]);
            let day = Timestamp::from_micros(fields.number::<i64>("day_number")? * DAY_US);
            Ok(DailyGrowth { day, stored_bytes: fields.number("stored_bytes")? })
        };
        rows.iter().map(decode).collect()
    }

    async fn shares(&self, statement: crate::database::Statement<'_>) -> Result<Vec<StorageShare>, Error> {
        let rows = self.database().read_all("objects", statement).await?;
        let decode = |row| {
            let fields = Fields::of(row, "objects", &[]);
            Ok(StorageShare {
                owner: fields.optional_text("owner")?,
                recordings: fields.number("recordings")?,
                stored_bytes: fields.number("stored_bytes")?,
            })
        };
        rows.iter().map(decode).collect()
    }
}
