use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use ingest::{Delivery, Receiver, ReceiverSettings, RoutedPacket};
use mixer::{Mixer, MixerOutput, MixerSettings, PushOutcome};
use model::{DiskLevel, MediaTime, Participant, ParticipantId, RecorderStatus, Track, TrackId, TrackStatistics};
use store::Clock;
use tokio::net::UnixListener;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use crate::Error;
use crate::child_process::announce_ready;
use crate::child_settings::ChildSettings;
use crate::control::{ChildFacts, Command, Reply, Report};
use crate::control_server::serve_until;
use crate::disk_guard::{DiskGuard, SpoolDisk};
use crate::disk_watch::DiskWatch;
use crate::reserve::Reserve;
use crate::spool::Spool;
use crate::spool_writer::{SpoolProgress, SpoolWriter};

/// Some seconds of chunks and RTCP; the writer is only ever this far behind when the disk stalls.
const OUTPUTS_MAX: usize = 1024;
/// Longer than the pauses of a microphone that sends nothing in silence (DTX), shorter than people wait.
const CAPTURED_WITHIN_MS: u64 = 3_000;

/// Carries one recording: receives, mixes and spools until the parent says stop. The hidden subcommand of the binary.
///
/// It survives its parent: whoever connects to the control socket next takes over.
///
/// # Errors
/// When the spool, the sockets or the mix cannot be set up, or the spool cannot be written.
pub async fn run_child(spool_directory: PathBuf, clock: &dyn Clock) -> Result<(), Error> {
    let spool = Spool::at(spool_directory);
    let settings = spool.settings()?;
    let (outputs_sender, outputs) = mpsc::channel(OUTPUTS_MAX);
    let child = Arc::new(Child::start(&spool, &settings, clock, outputs_sender)?);
    let socket = spool.socket_path();
    if let Err(source) = std::fs::remove_file(&socket)
        && source.kind() != std::io::ErrorKind::NotFound
    {
        return Err(Error::Spool { path: socket, source });
    }
    let listener = UnixListener::bind(&socket).map_err(|source| Error::Spool { path: socket, source })?;
    announce_ready();

    let finished = CancellationToken::new();
    let reserve = Reserve::of(spool.directory(), settings.disk.picture_stops_bytes);
    let watch = DiskWatch {
        disk: SpoolDisk::of(spool.directory(), settings.disk),
        reserve: reserve.clone(),
        spool: spool.clone(),
    };
    let writing = tokio::task::spawn_blocking({
        let (child, finished) = (Arc::clone(&child), finished.clone());
        let next = settings.takeover.map(|takeover| takeover.next_sequences).unwrap_or_default();
        let writer = SpoolWriter::new(spool, settings.epoch, next, reserve, Arc::clone(&child.progress));
        move || {
            let result = child.write_outputs(outputs, writer);
            finished.cancel();
            result
        }
    });
    let (received, (), written, ()) = tokio::join!(
        child.receive_until(&finished),
        serve_until(&child, &listener, &finished),
        writing,
        watch.watch_until(&child, &finished),
    );
    written.expect("the spool writer neither panics nor is cancelled")?;
    received
}

/// The parts of a recorder process.
pub(crate) struct Child {
    /// Gone once the recording was told to stop.
    mixer: RwLock<Option<Mixer>>,
    receiver: Receiver,
    tracks: Mutex<BTreeMap<TrackId, Track>>,
    disk: Mutex<DiskGuard>,
    progress: Arc<SpoolProgress>,
    last_media_time_ms: AtomicU64,
}

impl Child {
    fn start(
        spool: &Spool,
        settings: &ChildSettings,
        clock: &dyn Clock,
        outputs: mpsc::Sender<MixerOutput>,
    ) -> Result<Self, Error> {
        let mut receiver_settings = ReceiverSettings::on(settings.bind_address);
        receiver_settings.ports = settings.ports.map(|ports| ports.first..=ports.last);
        receiver_settings.demultiplexer.allowed_sources.clone_from(&settings.allowed_sources);
        let receiver = Receiver::bind(receiver_settings)?;
        let mut mixer_settings = MixerSettings::new(settings.profile, settings.layout, settings.title.clone());
        mixer_settings.encoder_threads = settings.encoder_threads;
        let now_ms = clock.now().as_micros() / 1000;
        mixer_settings.local_start_ms = Some(now_ms + i64::from(settings.utc_offset_s) * 1000);
        if let Some(takeover) = &settings.takeover {
            // The process before may have been cut off in the middle of a line.
            spool.append_event("\n")?;
            mixer_settings.timeline_start_ms = takeover.timeline_start_ms(clock.now());
        }
        let timeline_start_ms = mixer_settings.timeline_start_ms;
        let mixer = Mixer::start(mixer_settings, outputs)?;
        spool.write_facts(&ChildFacts { address: receiver.media_address(), timeline_start_ms })?;
        Ok(Self {
            mixer: RwLock::new(Some(mixer)),
            receiver,
            tracks: Mutex::default(),
            disk: Mutex::new(DiskGuard::new(settings.disk)),
            progress: Arc::new(SpoolProgress::default()),
            last_media_time_ms: AtomicU64::new(0),
        })
    }

    async fn receive_until(&self, finished: &CancellationToken) -> Result<(), Error> {
        let deliver = |packet: RoutedPacket| {
            // Packets that come after the stop belong to nothing.
            let Some(mixer) = &*self.mixer() else { return Delivery::Taken };
            let overrun = match packet {
                RoutedPacket::Rtp { track_id, packet, arrived_at } => {
                    mixer.push_rtp(&track_id, packet, arrived_at) == PushOutcome::Overrun
                }
                RoutedPacket::Moved { track_id, ssrc } => {
                    self.follow(mixer, &track_id, ssrc);
                    false
                }
                RoutedPacket::Rtcp { track_ids, packet, arrived_at } => {
                    let outcomes = track_ids.iter().map(|id| mixer.push_rtcp(id, &packet, arrived_at));
                    // Every track hears it, whatever became of it at another one.
                    outcomes.filter(|&outcome| outcome == PushOutcome::Overrun).count() > 0
                }
            };
            if overrun { Delivery::Overrun } else { Delivery::Taken }
        };
        self.receiver.run(deliver, finished).await?;
        Ok(())
    }

    /// Writes what the mixer puts out until its last output; sends its RTCP on the way. Blocks.
    fn write_outputs(&self, mut outputs: mpsc::Receiver<MixerOutput>, mut writer: SpoolWriter) -> Result<(), Error> {
        while let Some(output) = outputs.blocking_recv() {
            match output {
                MixerOutput::Rtcp { track_id, bytes } => {
                    // A report that cannot be sent is made up for by the next one, and a track may be gone by now.
                    if let Err(error) = self.receiver.send_rtcp(&track_id, bytes) {
                        tracing::debug!(%error, "RTCP not sent");
                    }
                }
                MixerOutput::TrackFailed { track_id, problem } => {
                    tracing::warn!(track.id = %track_id, problem, "track was taken out of the mix");
                }
                output => {
                    if writer.write(output)? {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    /// Carries out a command of the parent.
    pub(crate) fn obey(&self, command: Command) -> Reply {
        if matches!(command, Command::Stop) {
            return self.stop();
        }
        let mixer = self.mixer();
        let Some(mixer) = &*mixer else {
            return Reply::Refused { problem: "the recording was stopped; start another one".to_owned() };
        };
        let done = match command {
            Command::AddTrack { track, participant, muted } => {
                return self.add_track(mixer, &track, &participant, muted);
            }
            Command::UpdateTrack { track } => self
                .receiver
                .update_track(&track)
                .map_err(Error::from)
                .and_then(|()| mixer.update_track(&track).map_err(Error::from)),
            Command::RemoveTrack { track_id } => self
                .receiver
                .remove_track(&track_id)
                .map_err(Error::from)
                .and_then(|_| mixer.remove_track(&track_id).map_err(Error::from)),
            Command::SetMuted { track_id, muted } => mixer.set_muted(&track_id, muted).map_err(Error::from),
            Command::SetLayout { layout } => {
                mixer.set_layout(layout);
                Ok(())
            }
            Command::Pause => return Reply::Done { media_time_ms: mixer.pause() },
            Command::Resume => return Reply::Done { media_time_ms: mixer.resume() },
            Command::Mark | Command::Stop => Ok(()),
        };
        match done {
            Ok(()) => Reply::Done { media_time_ms: mixer.media_time() },
            Err(error) => Reply::Refused { problem: error.to_string() },
        }
    }

    /// The receiver comes last, so that no packet arrives before it is settled whether the track is muted.
    fn add_track(&self, mixer: &Mixer, track: &Track, participant: &Participant, muted: bool) -> Reply {
        if let Err(error) = mixer.add_track(track, participant) {
            return Reply::Refused { problem: error.to_string() };
        }
        let admitted = if muted { mixer.set_muted(&track.id, true).map_err(Error::from) } else { Ok(()) };
        let admitted = admitted.and_then(|()| self.receiver.add_track(track).map_err(Error::from));
        if let Err(error) = admitted {
            if let Err(error) = mixer.remove_track(&track.id) {
                tracing::error!(%error, "cannot take back a track");
            }
            return Reply::Refused { problem: error.to_string() };
        }
        self.tracks().insert(track.id.clone(), track.clone());
        Reply::TrackAdded { media_time_ms: mixer.media_time(), address: self.receiver.media_address() }
    }

    /// Ends the mix; a second stop changes nothing.
    fn stop(&self) -> Reply {
        let media_time_ms = self.media_time();
        let mixer = self.mixer.write().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(mixer) = mixer {
            mixer.finish();
        }
        Reply::Done { media_time_ms }
    }

    fn media_time(&self) -> MediaTime {
        if let Some(mixer) = &*self.mixer() {
            self.last_media_time_ms.store(mixer.media_time().as_millis(), Ordering::Relaxed);
        }
        MediaTime::from_millis(self.last_media_time_ms.load(Ordering::Relaxed))
    }

    fn mixer(&self) -> RwLockReadGuard<'_, Option<Mixer>> {
        self.mixer.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says how it goes.
    pub(crate) fn report(&self) -> Report {
        let statistics = self.receiver.statistics();
        let captured = self.captured(&statistics.tracks);
        Report {
            closed_files: self.progress.closed_files.load(Ordering::Relaxed),
            status: RecorderStatus {
                media_time_ms: self.media_time(),
                durable_until_ms: MediaTime::from_micros(self.progress.durable_until_us.load(Ordering::Relaxed)),
                captured,
                disk: self.disk().status(),
                tracks: statistics.tracks,
                dropped: statistics.dropped,
                ..RecorderStatus::default()
            },
        }
    }

    /// Returns of whom something arrives.
    fn captured(&self, tracks: &[TrackStatistics]) -> Vec<ParticipantId> {
        let owners = self.tracks();
        let arriving = tracks.iter().filter(|track| track.silent_ms.is_some_and(|silent| silent <= CAPTURED_WITHIN_MS));
        let captured: BTreeSet<&ParticipantId> =
            arriving.filter_map(|track| Some(&owners.get(&track.track_id)?.participant_id)).collect();
        captured.into_iter().cloned().collect()
    }

    /// Takes note of the disk, and leaves the picture out or lets it come back. Returns what is to be marked.
    pub(crate) fn see_disk(&self, free_bytes: u64) -> Option<(MediaTime, bool)> {
        let write_failed = self.progress.write_failed.swap(false, Ordering::Relaxed);
        let (before, after) = {
            let mut guard = self.disk();
            let before = guard.status().level;
            guard.see(free_bytes, write_failed);
            (before, guard.status().level)
        };
        let picture_off = after != DiskLevel::Ample;
        if picture_off == (before != DiskLevel::Ample) {
            return None;
        }
        let mixer = self.mixer();
        Some((mixer.as_ref()?.set_picture_off(picture_off), picture_off))
    }

    /// Returns how much room the disk has, as of the last look.
    pub(crate) fn disk_level(&self) -> DiskLevel {
        self.disk().status().level
    }

    fn disk(&self) -> MutexGuard<'_, DiskGuard> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the mix follow a sender that changed its SSRC and named its track.
    fn follow(&self, mixer: &Mixer, track_id: &TrackId, ssrc: u32) {
        let Some(track) = self.tracks().get_mut(track_id).map(|track| {
            track.ssrc = ssrc;
            track.clone()
        }) else {
            return;
        };
        if let Err(error) = mixer.update_track(&track) {
            tracing::warn!(track.id = %track_id, %error, "the mix does not follow a track");
        }
    }

    fn tracks(&self) -> MutexGuard<'_, BTreeMap<TrackId, Track>> {
        self.tracks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells when a file was closed.
    pub(crate) fn file_closed(&self) -> &Notify {
        &self.progress.changed
    }
}
