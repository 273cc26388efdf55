use std::sync::Arc;
use std::time::Duration;

use model::{FailureReason, RecorderStatus, Recording, RecordingEvent, RecordingState};
use store::{Clock, Store};
use tokio::sync::{Notify, mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::Error;
use crate::control_client::{ControlClient, Order};
use crate::recording_update::apply_event;
use crate::seal::seal_recording;
use crate::spool::Spool;
use crate::upload::{blocking, publish_closed_files};

const RETRY_FIRST: Duration = Duration::from_millis(500);
const RETRY_MAX: Duration = Duration::from_secs(30);

/// The parent's task for one recording: commands to the child, files to the store, and the seal at the end.
pub(crate) struct Keeper {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) recording: Recording,
    pub(crate) spool: Spool,
    pub(crate) shutdown: CancellationToken,
}

impl Keeper {
    /// Carries the recording until its child has ended and everything is sealed, or until shutdown, which leaves the
    /// child running for the next parent to adopt.
    pub(crate) async fn keep(
        self,
        mut client: ControlClient,
        mut orders: mpsc::Receiver<Order>,
        status: watch::Sender<RecorderStatus>,
    ) -> Result<(), Error> {
        let files_closed = Notify::new();
        let child_gone = CancellationToken::new();
        let converse = async {
            let result = self.converse(&mut client, &mut orders, &status, &files_closed).await;
            child_gone.cancel();
            files_closed.notify_one();
            result
        };
        let (conversation, uploads) = tokio::join!(converse, self.upload_until(&files_closed, &child_gone));
        conversation.and(uploads)?;
        if self.shutdown.is_cancelled() {
            return Ok(());
        }
        // From here on callers are told that nothing runs; the map entry is removed by the caller.
        orders.close();
        self.finalize().await
    }

    /// Publishes what the spool still holds and seals the recording; also used for recordings whose child died while
    /// no parent was there.
    pub(crate) async fn finalize(&self) -> Result<(), Error> {
        self.publish_with_retries().await?;
        if self.shutdown.is_cancelled() {
            return Ok(());
        }
        let (tenant_id, recording_id) = (&self.recording.tenant_id, &self.recording.id);
        let reading = self.spool.clone();
        let finished = blocking(move || reading.finished()).await?;
        let Some(mut recording) = self.store.load_recording(tenant_id, recording_id).await? else {
            return Err(Error::NoSuchRecording { recording_id: recording_id.clone() });
        };
        if recording.state.accepts_media() {
            let reason = match recording.state {
                RecordingState::Requested => FailureReason::RecorderStart,
                _ => FailureReason::RecorderLost,
            };
            tracing::error!(recording.id = %recording_id, %reason, "recorder process ended unasked");
            let event = RecordingEvent::Fail { at: self.clock.now(), reason };
            recording = apply_event(&self.store, tenant_id, recording_id, event).await?;
        }
        let duration_us = match finished {
            Some(finished) => {
                if let Some(problem) = finished.problem {
                    tracing::error!(recording.id = %recording_id, problem, "mix ended by a fault");
                }
                finished.duration_us
            }
            None => self.published_until_us().await?,
        };
        if recording.state.started_at().is_none() || duration_us == 0 {
            return Ok(());
        }
        seal_recording(&self.store, self.clock.as_ref(), &recording, &self.spool, duration_us / 1000).await?;
        tracing::info!(recording.id = %recording_id, duration_ms = duration_us / 1000, "recording sealed");
        Ok(())
    }

    async fn converse(
        &self,
        client: &mut ControlClient,
        orders: &mut mpsc::Receiver<Order>,
        status: &watch::Sender<RecorderStatus>,
        files_closed: &Notify,
    ) -> Result<(), Error> {
        let mut closed_files = 0;
        loop {
            tokio::select! {
                () = self.shutdown.cancelled() => return Ok(()),
                Some(order) = orders.recv() => client.send(order).await?,
                report = client.next_report() => {
                    let Some(report) = report? else { return Ok(()) };
                    if report.closed_files != closed_files {
                        closed_files = report.closed_files;
                        files_closed.notify_one();
                    }
                    status.send_replace(report.status);
                }
            }
        }
    }

    async fn upload_until(&self, files_closed: &Notify, child_gone: &CancellationToken) -> Result<(), Error> {
        while !child_gone.is_cancelled() {
            files_closed.notified().await;
            self.publish_with_retries().await?;
        }
        Ok(())
    }

    /// Publishes all closed files, waiting out a store that is down: the spool is safe meanwhile.
    async fn publish_with_retries(&self) -> Result<(), Error> {
        let mut delay = RETRY_FIRST;
        loop {
            let (tenant_id, recording_id) = (&self.recording.tenant_id, &self.recording.id);
            let attempt =
                publish_closed_files(&self.store, self.clock.as_ref(), tenant_id, recording_id, &self.spool).await;
            let error = match attempt {
                Ok(()) => return Ok(()),
                Err(error) if error.is_transient() => error,
                Err(error) => return Err(error),
            };
            let delay_ms = delay.as_millis() as u64;
            tracing::warn!(recording.id = %recording_id, %error, delay_ms, "upload failed, media stays in the spool");
            tokio::select! {
                () = self.shutdown.cancelled() => return Ok(()),
                () = tokio::time::sleep(delay) => delay = (delay * 2).min(RETRY_MAX),
            }
        }
    }

    async fn published_until_us(&self) -> Result<u64, Error> {
        let segments = self.store.list_segments(&self.recording.id, None).await?;
        Ok(segments.iter().map(|stored| stored.segment.start_us + stored.segment.duration_us).max().unwrap_or(0))
    }
}
