use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use ingest::{Delivery, Receiver, ReceiverSettings, RoutedPacket};
use mixer::{Mixer, MixerOutput, MixerSettings};
use model::{MediaTime, RecorderStatus};
use tokio::net::UnixListener;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use crate::Error;
use crate::child_process::announce_ready;
use crate::child_settings::ChildSettings;
use crate::control::{Command, Reply, Report};
use crate::control_server::serve_until;
use crate::spool::Spool;
use crate::spool_writer::{SpoolProgress, SpoolWriter};

/// Some seconds of chunks and RTCP; the writer is only ever this far behind when the disk stalls.
const OUTPUTS_MAX: usize = 1024;

/// Carries one recording: receives, mixes and spools until the parent says stop. The hidden subcommand of the binary.
///
/// It survives its parent: whoever connects to the control socket next takes over.
///
/// # Errors
/// When the spool, the sockets or the mix cannot be set up, or the spool cannot be written.
pub async fn run_child(spool_directory: PathBuf) -> Result<(), Error> {
    let spool = Spool::at(spool_directory);
    let settings = spool.settings()?;
    let (outputs_sender, outputs) = mpsc::channel(OUTPUTS_MAX);
    let child = Arc::new(Child::start(&settings, outputs_sender)?);
    let socket = spool.socket_path();
    if let Err(source) = std::fs::remove_file(&socket)
        && source.kind() != std::io::ErrorKind::NotFound
    {
        return Err(Error::Spool { path: socket, source });
    }
    let listener = UnixListener::bind(&socket).map_err(|source| Error::Spool { path: socket, source })?;
    announce_ready();

    let finished = CancellationToken::new();
    let writing = tokio::task::spawn_blocking({
        let (child, finished) = (Arc::clone(&child), finished.clone());
        let writer = SpoolWriter::new(spool, settings.epoch, Arc::clone(&child.progress));
        move || {
            let result = child.write_outputs(outputs, writer);
            finished.cancel();
            result
        }
    });
    let (received, (), written) =
        tokio::join!(child.receive_until(&finished), serve_until(&child, &listener, &finished), writing);
    written.expect("the spool writer neither panics nor is cancelled")?;
    received
}

/// The parts of a recorder process.
pub(crate) struct Child {
    mixer: Mixer,
    receiver: Receiver,
    progress: Arc<SpoolProgress>,
}

impl Child {
    fn start(settings: &ChildSettings, outputs: mpsc::Sender<MixerOutput>) -> Result<Self, Error> {
        let mut receiver_settings = ReceiverSettings::on(settings.bind_address);
        receiver_settings.ports = settings.ports.map(|ports| ports.first..=ports.last);
        let receiver = Receiver::bind(receiver_settings)?;
        let mut mixer_settings = MixerSettings::new(settings.profile, settings.layout, settings.title.clone());
        mixer_settings.encoder_threads = settings.encoder_threads;
        let mixer = Mixer::start(mixer_settings, outputs)?;
        Ok(Self { mixer, receiver, progress: Arc::new(SpoolProgress::default()) })
    }

    async fn receive_until(&self, finished: &CancellationToken) -> Result<(), Error> {
        let deliver = |packet: RoutedPacket| {
            let taken = match packet {
                RoutedPacket::Rtp { track_id, packet, arrived_at } => {
                    self.mixer.push_rtp(&track_id, packet, arrived_at).is_ok()
                }
                RoutedPacket::Rtcp { track_ids, packet, arrived_at } => track_ids
                    .iter()
                    .all(|track_id| self.mixer.push_rtcp(track_id, packet.clone(), arrived_at).is_ok()),
            };
            if taken { Delivery::Taken } else { Delivery::Overrun }
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
        let result = match command {
            Command::AddTrack { track, participant } => {
                let added = self.receiver.add_track(&track).map_err(Error::from).and_then(|()| {
                    let mixed = self.mixer.add_track(&track, &participant);
                    if mixed.is_err() {
                        // The receiver must not hand packets to a track the mixer does not know.
                        drop(self.receiver.remove_track(&track.id));
                    }
                    Ok(mixed?)
                });
                if added.is_ok() {
                    let (media_time_ms, address) = (self.mixer.media_time(), self.receiver.media_address());
                    return Reply::TrackAdded { media_time_ms, address };
                }
                added
            }
            Command::UpdateTrack { track } => self
                .receiver
                .update_track(&track)
                .map_err(Error::from)
                .and_then(|()| Ok(self.mixer.update_track(&track)?)),
            Command::RemoveTrack { track_id } => self
                .receiver
                .remove_track(&track_id)
                .map_err(Error::from)
                .and_then(|_| Ok(self.mixer.remove_track(&track_id)?)),
            Command::SetMuted { track_id, muted } => self.mixer.set_muted(&track_id, muted).map_err(Error::from),
            Command::SetLayout { layout } => {
                self.mixer.set_layout(layout);
                Ok(())
            }
            Command::Mark => Ok(()),
            Command::Pause => {
                self.mixer.pause();
                Ok(())
            }
            Command::Resume => {
                self.mixer.resume();
                Ok(())
            }
            Command::Stop => {
                self.mixer.finish();
                Ok(())
            }
        };
        match result {
            Ok(()) => Reply::Done { media_time_ms: self.mixer.media_time() },
            Err(error) => Reply::Refused { problem: error.to_string() },
        }
    }

    /// Says how it goes.
    pub(crate) fn report(&self) -> Report {
        let statistics = self.receiver.statistics();
        Report {
            closed_files: self.progress.closed_files.load(Ordering::Relaxed),
            status: RecorderStatus {
                media_time_ms: self.mixer.media_time(),
                durable_until_ms: MediaTime::from_micros(self.progress.durable_until_us.load(Ordering::Relaxed)),
                tracks: statistics.tracks,
                dropped: statistics.dropped,
            },
        }
    }

    /// Tells when a file was closed.
    pub(crate) fn file_closed(&self) -> &Notify {
        &self.progress.changed
    }
}
