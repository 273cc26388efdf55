use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use anyhow::Context;
use model::{JobPayload, next_step};
use store::{ClaimedJob, Clock, IdSource, Stage, Store};
use summarize::MinutesWriter;
use tokio_util::sync::CancellationToken;
use transcribe::LiveTranscriber;

const LEASE_MS: u64 = 60_000;
const HEARTBEAT: Duration = Duration::from_secs(2);
/// A lost wake-up or another node's job waits no longer than this.
const POLL: Duration = Duration::from_secs(2);
const ATTEMPTS_MAX: u32 = 5;

/// Carries out jobs of the durable half, one at a time.
#[derive(Clone)]
pub(crate) struct JobWorker {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    /// Missing when no model is installed; transcription then waits.
    pub(crate) transcriber: Option<Arc<LiveTranscriber>>,
    pub(crate) minutes_writer: MinutesWriter,
}

impl JobWorker {
    /// Derives missing jobs from the state of recordings whenever something changes, so a lost enqueue heals.
    pub(crate) async fn reconcile_until(self, shutdown: CancellationToken) {
        let mut changes = self.store.changes();
        while !shutdown.is_cancelled() {
            if let Err(error) = self.enqueue_missing_jobs().await {
                tracing::warn!(error = format!("{error:#}"), "cannot derive missing jobs, trying again later");
            }
            tokio::select! {
                () = shutdown.cancelled() => return,
                // A reader that lagged behind reads everything again, which is what it does anyway.
                _ = changes.recv() => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
    }

    /// Works on jobs of the given kinds until shutdown; a job under way is given up and taken again after its lease.
    pub(crate) async fn work_until(self, kinds: &'static [&'static str], shutdown: CancellationToken) {
        while !shutdown.is_cancelled() {
            let wake = self.store.job_added().notified();
            match self.store.claim_job(kinds, self.clock.now(), LEASE_MS).await {
                Ok(Some(claimed)) => {
                    tokio::select! {
                        () = shutdown.cancelled() => return,
                        () = self.work_on(&claimed) => continue,
                    }
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "cannot claim a job, trying again later"),
            }
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = wake => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
    }

    async fn enqueue_missing_jobs(&self) -> anyhow::Result<()> {
        const BATCH: u32 = 100;
        for recording in self.store.list_recordings_needing_work(BATCH).await.context("list recordings")? {
            let Some(payload) = next_step(&recording) else { continue };
            if matches!(payload, JobPayload::Transcribe { .. }) && self.transcriber.is_none() {
                continue;
            }
            let (tenant_id, job_id) = (&recording.tenant_id, self.ids.job_id());
            self.store.enqueue_job(tenant_id, job_id, &payload, self.clock.now()).await.context("enqueue job")?;
        }
        Ok(())
    }

    async fn work_on(&self, claimed: &ClaimedJob) {
        let progress = AtomicU8::new(0);
        let result = tokio::select! {
            result = self.carry_out(claimed, &progress) => result,
            () = self.beat_while_leased(claimed, &progress) => Err(anyhow::anyhow!("the lease was lost")),
        };
        let (job, now) = (&claimed.job, self.clock.now());
        let recording_id = job.payload.recording_id();
        let saved = match result {
            Ok(()) => {
                tracing::info!(job.id = %job.id, job.kind = job.payload.kind(), recording.id = %recording_id, "job done");
                self.store.complete_job(claimed, now).await
            }
            Err(error) if claimed.attempt < ATTEMPTS_MAX => {
                let problem = format!("{error:#}");
                let delay_ms = 1000 << claimed.attempt.min(10);
                tracing::warn!(job.id = %job.id, recording.id = %recording_id, problem, delay_ms, "job failed, will retry");
                self.store.retry_job(claimed, &problem, now.plus_millis(delay_ms), now).await
            }
            Err(error) => {
                let problem = format!("{error:#}");
                tracing::error!(job.id = %job.id, recording.id = %recording_id, problem, "job given up");
                self.give_up(claimed, &problem).await
            }
        };
        if let Err(error) = saved {
            tracing::warn!(job.id = %job.id, %error, "cannot save how a job ended; it will be done again");
        }
    }

    async fn carry_out(&self, claimed: &ClaimedJob, progress: &AtomicU8) -> anyhow::Result<()> {
        let (store, clock, tenant_id) = (&self.store, self.clock.as_ref(), &claimed.job.tenant_id);
        let report = |percent: u8| progress.store(percent, Ordering::Relaxed);
        match &claimed.job.payload {
            JobPayload::Transcribe { recording_id } => {
                let transcriber = self.transcriber.clone().context("no speech model is installed")?;
                transcriber.transcribe(tenant_id, recording_id, &report).await.context("transcribe")?;
            }
            JobPayload::Summarize { recording_id } => {
                let writer = self.minutes_writer.clone();
                summarize::write_minutes(store, &writer, tenant_id, recording_id, clock.now(), &report)
                    .await
                    .context("write minutes")?;
            }
            JobPayload::RewriteMinutes { recording_id, order } => {
                let writer = self.minutes_writer.clone();
                summarize::rewrite_minutes(store, &writer, tenant_id, recording_id, order, clock.now(), &report)
                    .await
                    .context("write minutes again")?;
            }
            JobPayload::ExportMp4 { recording_id } => {
                recorder::export_mp4(store, clock, tenant_id, recording_id).await.context("remux to MP4")?;
            }
        }
        Ok(())
    }

    /// Renews the lease until it turns out to be lost.
    async fn beat_while_leased(&self, claimed: &ClaimedJob, progress: &AtomicU8) {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            let percent = progress.load(Ordering::Relaxed);
            match self.store.heartbeat_job(claimed, percent, self.clock.now(), LEASE_MS).await {
                Ok(()) => {}
                Err(store::Error::LeaseLost { .. }) => return,
                Err(error) => tracing::warn!(job.id = %claimed.job.id, %error, "cannot renew the lease of a job"),
            }
        }
    }

    async fn give_up(&self, claimed: &ClaimedJob, problem: &str) -> Result<(), store::Error> {
        let (tenant_id, recording_id) = (&claimed.job.tenant_id, claimed.job.payload.recording_id());
        let stage = match &claimed.job.payload {
            JobPayload::Transcribe { .. } => Some(Stage::Transcript),
            JobPayload::Summarize { .. } => Some(Stage::Minutes),
            JobPayload::RewriteMinutes { .. } | JobPayload::ExportMp4 { .. } => None,
        };
        if let Some(stage) = stage {
            self.store.fail_stage(tenant_id, recording_id, stage, problem).await?;
        }
        self.store.bury_job(claimed, problem, self.clock.now()).await
    }
}
