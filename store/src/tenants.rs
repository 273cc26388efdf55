use model::{Plan, TenantId, Timestamp};

use crate::database::{Transaction, sql};
use crate::fields::{Fields, to_json};
use crate::{Error, Store};

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its name.
    pub name: String,
    /// What it may use.
    pub plan: Plan,
}

/// What a tenant uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Bytes in the object store, encryption included.
    pub stored_bytes: u64,
    /// Recordings with smart minutes asked for since the start of the month.
    pub smart_recordings: u64,
}

impl Store {
    /// Inserts a tenant.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the id is taken.
    pub async fn insert_tenant(&self, tenant: &Tenant, now: Timestamp) -> Result<(), Error> {
        let statement = sql("INSERT INTO tenants (id, name, plan_name, plan_json, outbox_seq, audit_seq, created_at) \
             VALUES ($1, $2, $3, $4, 0, 0, $5)");
        let statement = statement
            .bind(tenant.id.as_str())
            .bind(tenant.name.as_str())
            .bind(tenant.plan.name.as_str())
            .bind(to_json("plan", &tenant.plan)?)
            .bind(now.as_micros());
        let inserted = self.database().execute("tenants", statement).await;
        inserted.map(drop).map_err(|error| error.or_conflict("tenant", &tenant.id, "the id is taken"))
    }

    /// Returns a tenant.
    pub async fn load_tenant(&self, tenant_id: &TenantId) -> Result<Option<Tenant>, Error> {
        let statement = sql("SELECT id, name, plan_name, plan_json FROM tenants WHERE id = $1");
        let row = self.database().read_optional("tenants", statement.bind(tenant_id.as_str())).await?;
        let decode = |row| {
            let fields = Fields::of(&row, "tenants", &["id"]);
            let plan: Plan = fields.json("plan_json")?;
            if fields.text("plan_name")? != plan.name.as_str() {
                return Err(fields.corrupt("plan_name", "contradicts plan_json"));
            }
            Ok(Tenant { id: fields.parsed("id")?, name: fields.text("name")?, plan })
        };
        row.map(decode).transpose()
    }

    /// Lists the ids of all tenants.
    pub async fn list_tenants(&self) -> Result<Vec<TenantId>, Error> {
        let rows = self.database().read_all("tenants", sql("SELECT id FROM tenants ORDER BY created_at, id")).await?;
        rows.iter().map(|row| Fields::of(row, "tenants", &["id"]).parsed("id")).collect()
    }

    /// Changes the plan of a tenant.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the tenant does not exist.
    pub async fn save_plan(&self, tenant_id: &TenantId, plan: &Plan) -> Result<(), Error> {
        let statement = sql("UPDATE tenants SET plan_name = $2, plan_json = $3 WHERE id = $1");
        let statement = statement.bind(tenant_id.as_str()).bind(plan.name.as_str()).bind(to_json("plan", plan)?);
        match self.database().execute("tenants", statement).await? {
            0 => Err(Error::NotFound { what: "tenant", id: tenant_id.to_string() }),
            _ => Ok(()),
        }
    }

    /// Returns what a tenant uses, counting smart recordings from the given start of the month.
    pub async fn tenant_usage(&self, tenant_id: &TenantId, month_start: Timestamp) -> Result<Usage, Error> {
        let statement = sql("SELECT \
             (SELECT CAST(COALESCE(SUM(stored_bytes), 0) AS BIGINT) FROM objects WHERE tenant_id = $1) AS stored_bytes, \
             (SELECT COUNT(*) FROM recordings WHERE tenant_id = $1 AND smart_minutes = 1 AND created_at >= $2) \
             AS smart_recordings");
        let statement = statement.bind(tenant_id.as_str()).bind(month_start.as_micros());
        let row = self.database().read_optional("objects", statement).await?;
        let row = row.ok_or_else(|| Error::NotFound { what: "usage of tenant", id: tenant_id.to_string() })?;
        let fields = Fields::of(&row, "objects", &[]);
        Ok(Usage { stored_bytes: fields.number("stored_bytes")?, smart_recordings: fields.number("smart_recordings")? })
    }
}

pub(crate) async fn require(transaction: &mut Transaction, tenant_id: &TenantId) -> Result<(), Error> {
    let statement = sql("SELECT id FROM tenants WHERE id = $1").bind(tenant_id.as_str());
    match transaction.fetch_optional(statement).await? {
        Some(_) => Ok(()),
        None => Err(Error::NotFound { what: "tenant", id: tenant_id.to_string() }),
    }
}
