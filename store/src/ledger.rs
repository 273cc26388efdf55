use model::TenantId;

use crate::database::sql;
use crate::fields::Fields;
use crate::{Error, Store};

/// What a tenant stores of one class in one state of disposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerLine {
    /// `media`, `speech`, `record`, `artefact` or `derived`.
    pub class: String,
    /// `active`, `trashed`, `purging`: what is purged takes nothing.
    pub disposal: String,
    /// Whether a legal hold keeps it.
    pub is_held: bool,
    /// How many objects.
    pub objects: u64,
    /// What they take in the object store, in bytes.
    pub stored_bytes: u64,
}

impl Store {
    /// Returns what a tenant stores, by class, state of disposal and hold. It is counted from the rows that list the
    /// objects, which change in the same transaction as everything else about them, so there is no second count that
    /// could drift. The trash counts until it is purged.
    pub async fn storage_ledger(&self, tenant_id: &TenantId) -> Result<Vec<LedgerLine>, Error> {
        let statement = sql("SELECT object_class, disposal, is_held, COUNT(*) AS objects, \
             CAST(SUM(stored_bytes) AS BIGINT) AS stored_bytes FROM ( \
             SELECT objects.object_class, objects.stored_bytes, recordings.disposal, CASE WHEN EXISTS ( \
             SELECT 1 FROM holds_in_force WHERE holds_in_force.recording_id = recordings.id) THEN CAST(1 AS BIGINT) \
             ELSE 0 END AS is_held \
             FROM objects JOIN recordings ON recordings.id = objects.recording_id WHERE objects.tenant_id = $1) AS listed \
             GROUP BY object_class, disposal, is_held ORDER BY object_class, disposal, is_held");
        let rows = self.database().read_all("objects", statement.bind(tenant_id.as_str())).await?;
        let decode = |row| {
            let fields = Fields::of(row, "objects", &["object_class", "disposal"]);
            Ok(LedgerLine {
                class: fields.text("object_class")?,
                disposal: fields.text("disposal")?,
                is_held: fields.flag("is_held")?,
                objects: fields.number("objects")?,
                stored_bytes: fields.number("stored_bytes")?,
            })
        };
        rows.iter().map(decode).collect()
    }
}
