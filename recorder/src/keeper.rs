use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use model::{
    FailureReason, MediaTime, RecorderStatus, Recording, RecordingEvent, RecordingState, SafetyConcern, SpanCause,
    TimelineEvent, TimelineEventKind, TrackId, WebhookEvent,
};
use serde_json::json;
use store::{Clock, Store};
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::Error;
use crate::control::{Command, Reply};
use crate::control_client::{ControlClient, Order};
use crate::media_ends::MediaEnds;
use crate::open_segment::salvage_open_segments;
use crate::recording_update::apply_event;
use crate::seal::seal_recording;
use crate::spool::Spool;
use crate::takeover::{Successor, take_over};
use crate::upload::blocking;
use crate::uploader::{Attempt, RetryDelay, Uploader};

const RETRY_FIRST: Duration = Duration::from_millis(500);
const RETRY_MAX: Duration = Duration::from_secs(30);
/// A child that dies before has not recorded much.
const EARLY: Duration = Duration::from_secs(10);
const EARLY_DEATHS_MAX: u32 = 3;

/// The parent's task for one recording: commands to the child, files to the store, and the seal at the end.
pub(crate) struct Keeper {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) recording: Recording,
    pub(crate) spool: Spool,
    /// The program each child is.
    pub(crate) executable: PathBuf,
    pub(crate) shutdown: CancellationToken,
    pub(crate) uploader: Uploader,
}

/// Counts children that died soon after they started: what kills one after the other will kill the next.
#[derive(Debug, Default)]
struct EarlyDeaths(u32);

impl EarlyDeaths {
    /// Says whether another child may be started after one that lived for `lifetime`.
    fn allow_another(&mut self, lifetime: Duration) -> bool {
        self.0 = if lifetime < EARLY { self.0 + 1 } else { 0 };
        self.0 <= EARLY_DEATHS_MAX
    }
}

impl Keeper {
    /// Carries the recording until it ended and everything is sealed, or until shutdown, which leaves the child running
    /// for the next parent to adopt. A child that dies in the middle of the meeting is replaced.
    pub(crate) async fn keep(
        self,
        client: ControlClient,
        mut orders: mpsc::Receiver<Order>,
        status: watch::Sender<RecorderStatus>,
    ) -> Result<(), Error> {
        self.uploader.progress.load(&self.store, &self.recording.id).await?;
        let mut deaths = EarlyDeaths::default();
        let mut child = client;
        let left_over = loop {
            let begun = Instant::now();
            let unanswered = self.carry(child, &mut orders, &status).await?;
            if self.shutdown.is_cancelled() {
                return Ok(());
            }
            if !self.goes_on().await? || !deaths.allow_another(begun.elapsed()) {
                break unanswered;
            }
            let Successor { mut client, tracks } = match self.replace_child().await {
                Ok(Some(successor)) => successor,
                Ok(None) => return Ok(()),
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(recording.id = %self.recording.id, error, "a dead recorder was not replaced");
                    break unanswered;
                }
            };
            for order in unanswered {
                pass_on(order, &tracks, &mut client).await?;
            }
            child = client;
        };
        // From here on callers are told that nothing runs; the map entry is removed by the caller.
        orders.close();
        let sealed = self.finalize(&status).await;
        for order in left_over.into_iter().filter(|order| matches!(order.command, Command::Stop)) {
            // What was asked for has happened, though not by the process that was asked.
            drop(order.answer.send(Reply::Done { media_time_ms: status.borrow().media_time_ms }));
        }
        sealed
    }

    /// Carries the recording for as long as one child lives. Returns the commands it never answered.
    async fn carry(
        &self,
        mut client: ControlClient,
        orders: &mut mpsc::Receiver<Order>,
        status: &watch::Sender<RecorderStatus>,
    ) -> Result<Vec<Order>, Error> {
        let files_closed = Notify::new();
        let child_gone = CancellationToken::new();
        let converse = async {
            let result = self.converse(&mut client, orders, status, &files_closed).await;
            child_gone.cancel();
            files_closed.notify_one();
            result
        };
        let (conversation, uploads) = tokio::join!(converse, self.upload_until(&files_closed, &child_gone, status));
        conversation.and(uploads)?;
        Ok(client.into_unanswered())
    }

    /// Says whether the meeting goes on although the child is gone.
    async fn goes_on(&self) -> Result<bool, Error> {
        let reading = self.spool.clone();
        if blocking(move || reading.finished()).await?.is_some() {
            return Ok(false);
        }
        let recording = self.load().await?;
        Ok(matches!(recording.state, RecordingState::Live { .. } | RecordingState::Paused { .. }))
    }

    /// Starts another child; while that fails for a passing reason it is tried again. None means shutdown.
    async fn replace_child(&self) -> Result<Option<Successor>, Error> {
        let mut delay = RETRY_FIRST;
        loop {
            let recording = self.load().await?;
            let (store, clock) = (&self.store, self.clock.as_ref());
            match take_over(store, clock, &self.executable, &recording, &self.spool).await {
                Ok(successor) => return Ok(Some(successor)),
                Err(error) if error.is_transient() => {
                    tracing::warn!(recording.id = %recording.id, %error, "cannot replace a dead recorder yet");
                }
                Err(error) => return Err(error),
            }
            tokio::select! {
                () = self.shutdown.cancelled() => return Ok(None),
                () = tokio::time::sleep(delay) => delay = (delay * 2).min(RETRY_MAX),
            }
        }
    }

    async fn load(&self) -> Result<Recording, Error> {
        let (tenant_id, recording_id) = (&self.recording.tenant_id, &self.recording.id);
        let recording = self.store.load_recording(tenant_id, recording_id).await?;
        recording.ok_or_else(|| Error::NoSuchRecording { recording_id: recording_id.clone() })
    }

    /// Publishes what the spool still holds and seals the recording; also used for recordings whose child died while
    /// no parent was there.
    pub(crate) async fn finalize(&self, status: &watch::Sender<RecorderStatus>) -> Result<(), Error> {
        let salvaging = self.spool.clone();
        blocking(move || salvage_open_segments(salvaging.directory())).await?;
        self.publish_with_retries(status).await?;
        if self.shutdown.is_cancelled() {
            return Ok(());
        }
        let (tenant_id, recording_id) = (&self.recording.tenant_id, &self.recording.id);
        let reading = self.spool.clone();
        let finished = blocking(move || reading.finished()).await?;
        let mut recording = self.load().await?;
        if recording.state.accepts_media() {
            let reason = match recording.state {
                RecordingState::Requested => FailureReason::RecorderStart,
                _ => FailureReason::RecorderLost,
            };
            tracing::error!(recording.id = %recording_id, %reason, "recorder process ended unasked");
            let event = RecordingEvent::Fail { at: self.clock.now(), reason };
            recording = apply_event(&self.store, self.clock.as_ref(), tenant_id, recording_id, event).await?;
        }
        let duration_us = match finished {
            Some(finished) => {
                if let Some(problem) = finished.problem {
                    tracing::error!(recording.id = %recording_id, problem, "mix ended by a fault");
                }
                finished.duration_us
            }
            None => self.mark_broken_end().await?,
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
        let mut told = Vec::new();
        loop {
            tokio::select! {
                () = self.shutdown.cancelled() => return Ok(()),
                Some(order) = orders.recv() => client.send(order).await?,
                report = client.next_report() => {
                    let Some(mut report) = report? else { return Ok(()) };
                    self.uploader.progress.complete(&mut report.status);
                    if report.closed_files != closed_files {
                        closed_files = report.closed_files;
                        files_closed.notify_one();
                    }
                    let concerns = report.status.concerns();
                    status.send_replace(report.status);
                    if concerns != told {
                        self.tell_concerns(&told, &concerns).await;
                        told = concerns;
                    }
                }
            }
        }
    }

    /// Tells webhooks and the log that a recording is not as safe as it should be, or is again.
    async fn tell_concerns(&self, before: &[SafetyConcern], now: &[SafetyConcern]) {
        let recording_id = &self.recording.id;
        let event = if now.is_empty() { WebhookEvent::Recovered } else { WebhookEvent::Degraded };
        if now.is_empty() {
            tracing::info!(recording.id = %recording_id, ?before, "recording is safe again");
        } else {
            tracing::error!(recording.id = %recording_id, concerns = ?now, "recording goes on but needs attention");
        }
        let data = json!({
            "recording_id": recording_id.as_str(),
            "meeting_id": self.recording.meeting_id.as_str(),
            "concerns": now,
        });
        let told = self.store.notify_webhooks(&self.recording.tenant_id, recording_id, event, data, self.clock.now());
        if let Err(error) = told.await {
            tracing::warn!(recording.id = %recording_id, %error, "webhooks were not told of it");
        }
    }

    /// Uploads what is closed until the child is gone. Nothing ends this but shutdown: the child records on.
    async fn upload_until(
        &self,
        files_closed: &Notify,
        child_gone: &CancellationToken,
        status: &watch::Sender<RecorderStatus>,
    ) -> Result<(), Error> {
        while !child_gone.is_cancelled() {
            files_closed.notified().await;
            while let Err(error) = self.publish_with_retries(status).await {
                self.note_refused(&error);
                tokio::select! {
                    () = self.shutdown.cancelled() => return Ok(()),
                    () = child_gone.cancelled() => return Ok(()),
                    () = tokio::time::sleep(RetryDelay::longest()) => {}
                }
            }
        }
        Ok(())
    }

    fn note_refused(&self, error: &Error) {
        let error = error as &dyn std::error::Error;
        tracing::error!(recording.id = %self.recording.id, error, "a file cannot be stored and stays in the spool");
    }

    /// Publishes all closed files, waiting out a store that is down: the spool is safe meanwhile.
    async fn publish_with_retries(&self, status: &watch::Sender<RecorderStatus>) -> Result<(), Error> {
        let mut delay = RetryDelay::default();
        loop {
            let attempt = self.uploader.attempt(|_| self.uploader.progress.tell(status)).await;
            self.uploader.progress.tell(status);
            let Attempt::Again { error } = attempt? else { return Ok(()) };
            let wait = delay.take();
            let (recording_id, delay_ms) = (&self.recording.id, wait.as_millis() as u64);
            tracing::warn!(recording.id = %recording_id, %error, delay_ms, "upload failed, media stays in the spool");
            tokio::select! {
                () = self.shutdown.cancelled() => return Ok(()),
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Marks on the timeline from where on something is missing, because no process came to its end. Returns where the
    /// last media ends.
    async fn mark_broken_end(&self) -> Result<u64, Error> {
        let recording_id = &self.recording.id;
        let ends = MediaEnds::find(&self.store, recording_id, &[]).await?;
        let restarts = self.store.list_timeline_events(recording_id).await?;
        let last = restarts.into_iter().rev().find_map(|event| match event.kind {
            TimelineEventKind::SpanBegan { cause: SpanCause::RecorderRestart, .. } => Some(true),
            TimelineEventKind::SpanEnded { cause: SpanCause::RecorderRestart, .. } => Some(false),
            _ => None,
        });
        // This was done before, if the process that did it died as well.
        if last != Some(true) && ends.last_us > 0 {
            let kind = TimelineEventKind::SpanBegan { cause: SpanCause::RecorderRestart, rendition: None };
            let at_ms = MediaTime::from_micros(ends.first_us);
            let event = TimelineEvent { at_ms, at: self.clock.now(), kind };
            self.store.append_timeline_event(recording_id, &event).await?;
        }
        Ok(ends.last_us)
    }
}

/// Gives a command that died with its process to the next one. A track that was being added is there by now.
async fn pass_on(order: Order, tracks: &BTreeMap<TrackId, Reply>, client: &mut ControlClient) -> Result<(), Error> {
    match &order.command {
        Command::AddTrack { track, .. } if tracks.contains_key(&track.id) => {
            drop(order.answer.send(tracks[&track.id].clone()));
            Ok(())
        }
        _ => client.send(order).await,
    }
}
