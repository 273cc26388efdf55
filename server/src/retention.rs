use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use model::TenantId;
use search::Indexer;
use storage_policies::{IndexEraser, SweepReport, sweep};
use store::{Clock, ErasedIndex, IdSource, Store};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// Rules count in days; an hour late is no matter.
const SWEEP_INTERVAL: Duration = Duration::from_hours(1);
/// What happened since the last checkpoint is bound by the chain only.
const CHECKPOINT_INTERVAL: Duration = Duration::from_mins(1);

/// Carries out retention policies and signs the audit log.
pub(crate) struct RetentionWorker {
    pub(crate) store: Store,
    pub(crate) indexer: Arc<Indexer>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
}

impl IndexEraser for RetentionWorker {
    async fn erase_deleted(
        &self,
        tenant_id: &TenantId,
    ) -> Result<ErasedIndex, Box<dyn std::error::Error + Send + Sync>> {
        let erasure = self.indexer.erase_deleted(tenant_id).await?;
        Ok(ErasedIndex { outbox_seq: erasure.seq, removed_files: erasure.removed_files })
    }
}

impl RetentionWorker {
    /// Works until shutdown: at once, to take up what broke off, and then in its intervals.
    pub(crate) async fn work_until(self, shutdown: CancellationToken) {
        let (mut sweeps, mut checkpoints) = (interval(SWEEP_INTERVAL), interval(CHECKPOINT_INTERVAL));
        sweeps.set_missed_tick_behavior(MissedTickBehavior::Delay);
        checkpoints.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let work = async {
                tokio::select! {
                    biased;
                    _ = sweeps.tick() => self.sweep_all().await.map(drop),
                    _ = checkpoints.tick() => self.checkpoint_all().await,
                }
            };
            // A purge that is cut off here is taken up by the next sweep.
            tokio::select! {
                () = shutdown.cancelled() => return,
                done = work => {
                    if let Err(error) = done {
                        tracing::warn!(error = format!("{error:#}"), "retention cannot go on, trying again later");
                    }
                }
            }
        }
    }

    /// Sweeps every tenant once.
    pub(crate) async fn sweep_all(&self) -> anyhow::Result<Vec<(TenantId, SweepReport)>> {
        let mut reports = Vec::new();
        for tenant_id in self.store.list_tenants().await.context("list tenants")? {
            let report = self.sweep(&tenant_id).await?;
            reports.push((tenant_id, report));
        }
        Ok(reports)
    }

    /// Sweeps one tenant.
    pub(crate) async fn sweep(&self, tenant_id: &TenantId) -> anyhow::Result<SweepReport> {
        let report = sweep(&self.store, self, self.ids.as_ref(), tenant_id, self.clock.now()).await;
        let report = report.with_context(|| format!("sweep tenant {tenant_id}"))?;
        let SweepReport { trashed, purged, held, failed, .. } = &report;
        if !trashed.is_empty() || !purged.is_empty() {
            let (trashed, purged) = (trashed.len(), purged.len());
            tracing::info!(tenant.id = %tenant_id, trashed, purged, held, "retention was carried out");
        }
        for (recording_id, problem) in failed {
            tracing::warn!(tenant.id = %tenant_id, recording.id = %recording_id, problem, "retention will be tried again");
        }
        Ok(report)
    }

    async fn checkpoint_all(&self) -> anyhow::Result<()> {
        for tenant_id in self.store.list_tenants().await.context("list tenants")? {
            self.store.checkpoint_audit(&tenant_id, self.clock.now()).await.context("sign the audit log")?;
        }
        Ok(())
    }
}
