use std::collections::HashMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ingest::SourceNetwork;
use model::{
    FailureReason, Layout, MediaAddress, MediaTime, Participant, ParticipantId, RecorderStatus, Recording,
    RecordingEvent, RecordingId, SpanCause, TenantId, TimelineEvent, TimelineEventKind, Timestamp, Track, TrackId,
};
use store::{Clock, Store};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::Error;
use crate::capacity::{Capacity, Cost};
use crate::child_process::spawn_child;
use crate::child_settings::{ChildSettings, PortRange};
use crate::control::{Command, Reply};
use crate::control_client::{ControlClient, Order};
use crate::disk_guard::DiskLimits;
use crate::keeper::Keeper;
use crate::recording_update::apply_event;
use crate::spool::Spool;
use crate::upload::blocking;
use crate::upload_progress::UploadProgress;
use crate::uploader::Uploader;

const ORDERS_MAX: usize = 32;
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// The mix takes a second or two until its first chunk; a busy machine takes longer.
const FIRST_DURABLE_TIMEOUT: Duration = Duration::from_secs(12);

/// How this machine records.
#[derive(Debug, Clone)]
pub struct RecorderSettings {
    /// The program to start for each recording; this same binary.
    pub executable: PathBuf,
    /// The directory that holds one spool for each running recording.
    pub spool_root: PathBuf,
    /// The local address media is received on.
    pub bind_address: IpAddr,
    /// The UDP ports recordings may use; none lets the system choose.
    pub ports: Option<PortRange>,
    /// The networks media may come from; anywhere when empty.
    pub allowed_sources: Vec<SourceNetwork>,
    /// How many recordings may run at once.
    pub recordings_max: usize,
    /// How many cores the machine has; recordings are admitted as long as four fifths of them suffice.
    pub cores: f64,
    /// Threads each video encoder may use.
    pub encoder_threads: u32,
    /// When the picture is left out to keep the sound.
    pub disk: DiskLimits,
}

/// The recordings this process carries.
#[derive(Clone)]
pub struct Recorders {
    shared: Arc<Shared>,
}

struct Shared {
    settings: RecorderSettings,
    store: Store,
    clock: Arc<dyn Clock>,
    tracker: TaskTracker,
    shutdown: CancellationToken,
    running: Mutex<HashMap<RecordingId, Running>>,
}

#[derive(Clone)]
struct Running {
    tenant_id: TenantId,
    cost: Cost,
    orders: mpsc::Sender<Order>,
    status: watch::Receiver<RecorderStatus>,
}

impl Recorders {
    /// Prepares to record; call [`Self::recover`] before taking new recordings.
    #[must_use]
    pub fn new(settings: RecorderSettings, store: Store, clock: Arc<dyn Clock>) -> Self {
        let shared = Shared {
            settings,
            store,
            clock,
            tracker: TaskTracker::new(),
            shutdown: CancellationToken::new(),
            running: Mutex::new(HashMap::new()),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Takes up every recording that an earlier process left unfinished: adopts children that still run, and seals
    /// what the dead ones left.
    pub async fn recover(&self) -> Result<(), Error> {
        for recording in self.shared.store.list_unfinished_recordings().await? {
            let spool = Spool::new(&self.shared.settings.spool_root, &recording.id);
            match ControlClient::connect(&recording.id, &spool.socket_path()).await {
                Ok(client) => {
                    tracing::info!(recording.id = %recording.id, "adopted a running recorder");
                    let people = self.shared.store.load_participants(&recording.id).await?.len();
                    self.keep(recording, spool, Some(client), people);
                }
                Err(_) => self.keep(recording, spool, None, 0),
            }
        }
        Ok(())
    }

    /// Starts a recorder process for a stored recording. Returns once it can receive media and its first chunk is on the
    /// disk: what is called live is being kept.
    ///
    /// # Errors
    /// [`Error::Full`] or [`Error::Busy`] when the machine carries as much as it may; [`Error::Spawn`], [`Error::ChildLost`],
    /// [`Error::Spool`] or [`Error::NothingDurable`] when the process does not come up, in which case the recording is
    /// saved as failed.
    pub async fn start(&self, recording: &Recording, participants: &[Participant]) -> Result<(), Error> {
        self.admit(Cost::of(recording.profile, recording.layout, participants.len()))?;
        match self.launch(recording, participants).await {
            Ok(()) => Ok(()),
            Err(error) => {
                let reason = match error {
                    Error::NothingDurable { .. } => FailureReason::NoMedia,
                    _ => FailureReason::RecorderStart,
                };
                let event = RecordingEvent::Fail { at: self.shared.clock.now(), reason };
                let failed = apply_event(
                    &self.shared.store,
                    self.shared.clock.as_ref(),
                    &recording.tenant_id,
                    &recording.id,
                    event,
                )
                .await;
                if let Err(error) = failed {
                    // Its keeper may have said so already.
                    tracing::debug!(recording.id = %recording.id, %error, "a failed start was not noted");
                }
                Err(error)
            }
        }
    }

    /// Says whether a recording may start beside what runs. A machine that carries nothing takes any.
    fn admit(&self, cost: Cost) -> Result<(), Error> {
        let running = self.lock_running();
        if running.len() >= self.shared.settings.recordings_max {
            return Err(Error::Full { running: running.len() });
        }
        let left_cores = Capacity::of(self.shared.settings.cores).left(running.values().map(|running| running.cost));
        if !running.is_empty() && cost.cores() > left_cores {
            return Err(Error::Busy { needed_cores: cost.cores(), left_cores });
        }
        Ok(())
    }

    async fn launch(&self, recording: &Recording, participants: &[Participant]) -> Result<(), Error> {
        let settings = &self.shared.settings;
        let spool = Spool::new(&settings.spool_root, &recording.id);
        let child_settings = ChildSettings {
            recording_id: recording.id.clone(),
            epoch: 0,
            title: recording.title.clone(),
            profile: recording.profile,
            layout: recording.layout,
            participants: participants.to_vec(),
            bind_address: settings.bind_address,
            ports: settings.ports,
            allowed_sources: settings.allowed_sources.clone(),
            utc_offset_s: utc_offset_s(&recording.time_zone, self.shared.clock.now()),
            encoder_threads: settings.encoder_threads,
            disk: settings.disk,
            takeover: None,
        };
        let creating = spool.clone();
        blocking(move || creating.create(&child_settings)).await?;
        drop(spawn_child(&settings.executable, &recording.id, &spool).await?);
        let client = ControlClient::connect(&recording.id, &spool.socket_path()).await?;
        self.keep(recording.clone(), spool, Some(client), participants.len());
        if let Err(error) = self.until_first_durable(&recording.id).await {
            // It would go on with nobody who wants it.
            drop(self.send(&recording.id, Command::Stop).await);
            return Err(error);
        }
        let media_time = self.send(&recording.id, Command::Mark).await?.0;
        let started_at = self.shared.clock.now().plus_millis(-(media_time.as_millis() as i64));
        let event = RecordingEvent::Start { started_at };
        apply_event(&self.shared.store, self.shared.clock.as_ref(), &recording.tenant_id, &recording.id, event).await?;
        tracing::info!(recording.id = %recording.id, "recording started");
        Ok(())
    }

    /// Waits until a process has something on the disk.
    async fn until_first_durable(&self, recording_id: &RecordingId) -> Result<(), Error> {
        let not_running = || Error::NotRunning { recording_id: recording_id.clone() };
        let status = self.lock_running().get(recording_id).map(|running| running.status.clone());
        let mut status = status.ok_or_else(not_running)?;
        let durable = status.wait_for(|status| status.durable_until_ms > MediaTime::ZERO);
        match timeout(FIRST_DURABLE_TIMEOUT, durable).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) => Err(not_running()),
            Err(_) => Err(Error::NothingDurable { recording_id: recording_id.clone() }),
        }
    }

    /// Adds a track and returns where to send it.
    pub async fn add_track(
        &self,
        recording_id: &RecordingId,
        track: &Track,
        participant: &Participant,
    ) -> Result<MediaAddress, Error> {
        let command = Command::AddTrack { track: track.clone(), participant: participant.clone(), muted: false };
        match self.send(recording_id, command).await? {
            (_, Some(address)) => Ok(address),
            (_, None) => Err(Error::ChildLost {
                recording_id: recording_id.clone(),
                problem: "it answered without an address".to_owned(),
            }),
        }
    }

    /// Replaces a track's SSRC or payload type.
    pub async fn update_track(&self, recording_id: &RecordingId, track: &Track) -> Result<(), Error> {
        self.send(recording_id, Command::UpdateTrack { track: track.clone() }).await.map(|_| ())
    }

    /// Ends a track.
    pub async fn remove_track(&self, recording_id: &RecordingId, track_id: &TrackId) -> Result<(), Error> {
        self.send(recording_id, Command::RemoveTrack { track_id: track_id.clone() }).await.map(|_| ())
    }

    /// Marks a track muted or not.
    pub async fn set_muted(&self, recording_id: &RecordingId, track: &Track, muted: bool) -> Result<(), Error> {
        let command = Command::SetMuted { track_id: track.id.clone(), muted };
        let (at_ms, _) = self.send(recording_id, command).await?;
        let kind =
            TimelineEventKind::Muted { participant_id: track.participant_id.clone(), source: track.source, muted };
        self.append_event(recording_id, at_ms, kind).await
    }

    /// Writes down that a participant came.
    pub async fn participant_joined(
        &self,
        recording_id: &RecordingId,
        participant_id: &ParticipantId,
    ) -> Result<(), Error> {
        let (at_ms, _) = self.send(recording_id, Command::Mark).await?;
        let participant_id = participant_id.clone();
        self.append_event(recording_id, at_ms, TimelineEventKind::Joined { participant_id }).await
    }

    /// Writes down that a participant went.
    pub async fn participant_left(
        &self,
        recording_id: &RecordingId,
        participant_id: &ParticipantId,
    ) -> Result<(), Error> {
        let (at_ms, _) = self.send(recording_id, Command::Mark).await?;
        let participant_id = participant_id.clone();
        self.append_event(recording_id, at_ms, TimelineEventKind::Left { participant_id }).await
    }

    /// Rearranges the picture.
    pub async fn set_layout(&self, recording_id: &RecordingId, layout: Layout) -> Result<(), Error> {
        let (at_ms, _) = self.send(recording_id, Command::SetLayout { layout }).await?;
        self.append_event(recording_id, at_ms, TimelineEventKind::LayoutChanged { layout }).await
    }

    /// Takes the meeting off the record.
    pub async fn pause(&self, recording_id: &RecordingId) -> Result<(), Error> {
        self.apply(recording_id, RecordingEvent::Pause { at: self.shared.clock.now() }).await?;
        let (at_ms, _) = self.send(recording_id, Command::Pause).await?;
        let kind = TimelineEventKind::SpanBegan { cause: SpanCause::Pause, rendition: None };
        self.append_event(recording_id, at_ms, kind).await
    }

    /// Puts the meeting back on the record.
    pub async fn resume(&self, recording_id: &RecordingId) -> Result<(), Error> {
        self.apply(recording_id, RecordingEvent::Resume).await?;
        let (at_ms, _) = self.send(recording_id, Command::Resume).await?;
        let kind = TimelineEventKind::SpanEnded { cause: SpanCause::Pause, rendition: None };
        self.append_event(recording_id, at_ms, kind).await
    }

    /// Ends the recording; sealing goes on afterwards.
    pub async fn stop(&self, recording_id: &RecordingId) -> Result<(), Error> {
        self.apply(recording_id, RecordingEvent::Stop { at: self.shared.clock.now() }).await?;
        self.send(recording_id, Command::Stop).await.map(|_| ())
    }

    /// Returns what a running recording's process last reported.
    #[must_use]
    pub fn status(&self, recording_id: &RecordingId) -> Option<RecorderStatus> {
        self.lock_running().get(recording_id).map(|running| running.status.borrow().clone())
    }

    /// Lets go of all children, which record on, and waits for uploads under way.
    pub async fn shut_down(&self) {
        self.shared.shutdown.cancel();
        self.shared.tracker.close();
        self.shared.tracker.wait().await;
    }

    fn keep(&self, recording: Recording, spool: Spool, client: Option<ControlClient>, people: usize) {
        let cost = Cost::of(recording.profile, recording.layout, people);
        let (orders_sender, orders) = mpsc::channel(ORDERS_MAX);
        let (status_sender, status) = watch::channel(RecorderStatus::default());
        let uploader = Uploader {
            store: self.shared.store.clone(),
            clock: Arc::clone(&self.shared.clock),
            tenant_id: recording.tenant_id.clone(),
            recording_id: recording.id.clone(),
            spool: spool.clone(),
            progress: UploadProgress::default(),
        };
        let keeper = Keeper {
            store: self.shared.store.clone(),
            clock: Arc::clone(&self.shared.clock),
            recording,
            spool,
            executable: self.shared.settings.executable.clone(),
            shutdown: self.shared.shutdown.clone(),
            uploader,
        };
        let (recording_id, tenant_id) = (keeper.recording.id.clone(), keeper.recording.tenant_id.clone());
        if client.is_some() {
            self.lock_running()
                .insert(recording_id.clone(), Running { tenant_id, cost, orders: orders_sender, status });
        }
        let shared = Arc::clone(&self.shared);
        self.shared.tracker.spawn(async move {
            let result = match client {
                Some(client) => keeper.keep(client, orders, status_sender).await,
                None => keeper.finalize(&status_sender).await,
            };
            shared.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&recording_id);
            if let Err(error) = result {
                let error = &error as &dyn std::error::Error;
                tracing::error!(recording.id = %recording_id, error, "recording needs attention");
            }
        });
    }

    async fn send(
        &self,
        recording_id: &RecordingId,
        command: Command,
    ) -> Result<(MediaTime, Option<MediaAddress>), Error> {
        let not_running = || Error::NotRunning { recording_id: recording_id.clone() };
        let lost = |problem: &str| Error::ChildLost { recording_id: recording_id.clone(), problem: problem.to_owned() };
        let orders = self.lock_running().get(recording_id).map(|running| running.orders.clone());
        let (answer, answered) = oneshot::channel();
        orders.ok_or_else(not_running)?.send(Order { command, answer }).await.map_err(|_| not_running())?;
        let reply = timeout(ANSWER_TIMEOUT, answered).await.map_err(|_| lost("it did not answer in time"))?;
        match reply.map_err(|_| lost("it ended before it answered"))? {
            Reply::Done { media_time_ms } => Ok((media_time_ms, None)),
            Reply::TrackAdded { media_time_ms, address } => Ok((media_time_ms, Some(address))),
            Reply::Refused { problem } => Err(Error::Refused { recording_id: recording_id.clone(), problem }),
        }
    }

    async fn apply(&self, recording_id: &RecordingId, event: RecordingEvent) -> Result<(), Error> {
        let tenant_id = self.lock_running().get(recording_id).map(|running| running.tenant_id.clone());
        let tenant_id = tenant_id.ok_or_else(|| Error::NotRunning { recording_id: recording_id.clone() })?;
        apply_event(&self.shared.store, self.shared.clock.as_ref(), &tenant_id, recording_id, event).await.map(|_| ())
    }

    async fn append_event(
        &self,
        recording_id: &RecordingId,
        at_ms: MediaTime,
        kind: TimelineEventKind,
    ) -> Result<(), Error> {
        let event = TimelineEvent { at_ms, at: self.shared.clock.now(), kind };
        self.shared.store.append_timeline_event(recording_id, &event).await?;
        Ok(())
    }

    fn lock_running(&self) -> std::sync::MutexGuard<'_, HashMap<RecordingId, Running>> {
        self.shared.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns how far a time zone is ahead of UTC; zones are checked when a recording is made, so an unknown one is UTC.
fn utc_offset_s(time_zone: &str, at: Timestamp) -> i32 {
    let zone = jiff::tz::TimeZone::get(time_zone).ok();
    let at = jiff::Timestamp::from_microsecond(at.as_micros()).ok();
    zone.zip(at).map_or(0, |(zone, at)| zone.to_offset(at).seconds())
}
