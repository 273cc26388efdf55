use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use model::{HoldScope, TenantId};
use search::{Indexer, Search};
use storage_policies::{IndexEraser, SweepReport, purge_recording, sweep};
use store::{Clock, DisposalReason, ErasedIndex, IdSource, Store};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// Rules count in days; an hour late is no matter.
const SWEEP_INTERVAL: Duration = Duration::from_hours(1);
const HOLD_SEARCH_DEADLINE: Duration = Duration::from_mins(1);
/// What happened since the last checkpoint is bound by the chain only.
const CHECKPOINT_INTERVAL: Duration = Duration::from_mins(1);

/// Carries out retention policies and signs the audit log.
pub(crate) struct RetentionWorker {
    pub(crate) store: Store,
    pub(crate) indexer: Arc<Indexer>,
    pub(crate) search: Search,
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
                    _ = checkpoints.tick() => {
                        self.finish_purges().await?;
                        self.checkpoint_all().await
                    }
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
        self.extend_holds(tenant_id).await?;
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

    /// Puts what the searches of legal holds find by now under them, before anything goes. Without an answer nothing goes.
    async fn extend_holds(&self, tenant_id: &TenantId) -> anyhow::Result<()> {
        for hold in self.store.list_holds(tenant_id).await.context("list holds")? {
            let HoldScope::Query { query } = hold.scope.clone() else { continue };
            if hold.is_in_force() {
                self.indexer.catch_up(tenant_id).await.context("bring the index up to date")?;
                let deadline = Instant::now() + HOLD_SEARCH_DEADLINE;
                let found = self.search.matching_recordings(tenant_id, &query, deadline).await;
                let found = found.with_context(|| format!("search for hold {}", hold.id))?;
                let extended = self.store.extend_hold(tenant_id, &hold.id, &found, self.clock.now()).await;
                extended.with_context(|| format!("extend hold {}", hold.id))?;
            }
        }
        Ok(())
    }

    /// Clears away what people had destroyed, without waiting for the next sweep.
    async fn finish_purges(&self) -> anyhow::Result<()> {
        for recording in self.store.list_purging().await.context("list purges")? {
            let facts = self.store.load_retention_facts(&recording.tenant_id, &recording.id).await?;
            let Some(facts) = facts else { continue };
            let (ids, reason) = (self.ids.as_ref(), &DisposalReason::TrashOver);
            if let Err(error) = purge_recording(&self.store, self, ids, &facts, reason, self.clock.now()).await {
                let error = anyhow::Error::new(error);
                tracing::warn!(recording.id = %recording.id, error = format!("{error:#}"), "a purge will be tried again");
            }
        }
        Ok(())
    }

    async fn checkpoint_all(&self) -> anyhow::Result<()> {
        for tenant_id in self.store.list_tenants().await.context("list tenants")? {
            self.store.checkpoint_audit(&tenant_id, self.clock.now()).await.context("sign the audit log")?;
        }
        Ok(())
    }
}
