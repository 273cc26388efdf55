use model::{RecordingId, Sharing, SharingPolicy, TenantId, Timestamp, UserId};

use crate::changes::ChangeKind;
use crate::database::sql;
use crate::fields::{Fields, to_json};
use crate::{Error, Store};

impl Store {
    /// Returns what the host decided about a recording; the usual when nothing was decided yet.
    pub async fn load_sharing(&self, recording_id: &RecordingId) -> Result<Sharing, Error> {
        let statement = sql("SELECT recording_id, sharing_json FROM recording_sharing WHERE recording_id = $1");
        let row = self.database().read_optional("recording_sharing", statement.bind(recording_id.as_str())).await?;
        let decode = |row| Fields::of(&row, "recording_sharing", &["recording_id"]).json("sharing_json");
        row.map_or_else(|| Ok(Sharing::default()), decode)
    }

    /// Saves what the host decided, over what was decided before.
    ///
    /// # Errors
    /// [`Error::Database`] when the recording does not exist or is being purged.
    pub async fn save_sharing(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
        sharing: &Sharing,
        (saved_by, now): (&UserId, Timestamp),
    ) -> Result<(), Error> {
        let statement = sql("INSERT INTO recording_sharing \
             (recording_id, scope, reads_text, sharing_json, saved_by, saved_at) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (recording_id) DO UPDATE SET scope = excluded.scope, reads_text = excluded.reads_text, \
             sharing_json = excluded.sharing_json, saved_by = excluded.saved_by, saved_at = excluded.saved_at");
        let reads_text = sharing.rights.transcript && sharing.rights.minutes;
        let statement = statement
            .bind(recording_id.as_str())
            .bind(sharing.scope.as_str())
            .bind(i64::from(reads_text))
            .bind(to_json("sharing", sharing)?)
            .bind(saved_by.as_str())
            .bind(now.as_micros());
        self.database().execute("recording_sharing", statement).await?;
        self.announce(tenant_id, recording_id, ChangeKind::Recording);
        Ok(())
    }

    /// Returns what an administrator decided for all recordings; the usual when nothing was decided yet.
    pub async fn load_sharing_policy(&self, tenant_id: &TenantId) -> Result<SharingPolicy, Error> {
        let statement = sql("SELECT tenant_id, policy_json FROM sharing_policies WHERE tenant_id = $1");
        let row = self.database().read_optional("sharing_policies", statement.bind(tenant_id.as_str())).await?;
        let decode = |row| Fields::of(&row, "sharing_policies", &["tenant_id"]).json("policy_json");
        row.map_or_else(|| Ok(SharingPolicy::default()), decode)
    }

    /// Saves what an administrator decided, over what was decided before.
    pub async fn save_sharing_policy(
        &self,
        tenant_id: &TenantId,
        policy: &SharingPolicy,
        (saved_by, now): (&UserId, Timestamp),
    ) -> Result<(), Error> {
        let statement = sql("INSERT INTO sharing_policies (tenant_id, policy_json, saved_by, saved_at) \
             VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id) DO UPDATE SET policy_json = excluded.policy_json, \
             saved_by = excluded.saved_by, saved_at = excluded.saved_at");
        let statement = statement
            .bind(tenant_id.as_str())
            .bind(to_json("sharing policy", policy)?)
            .bind(saved_by.as_str())
            .bind(now.as_micros());
        self.database().execute("sharing_policies", statement).await.map(drop)
    }
}
