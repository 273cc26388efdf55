//! Runs a mix in real time and keeps everything that comes out of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use ingest::{Arrival, Demultiplexer, DemultiplexerSettings, LocalPort, RoutedPacket};
use mixer::synthetic::{BeepFlash, BeepFlashSettings, RtpStream, SyntheticPacket};
use mixer::{Mixer, MixerOutput, MixerSettings, Picture, PushOutcome};
use model::{
    Codec, Layout, MediaTime, Participant, ParticipantId, Profile, Rendition, Track, TrackId, TrackSource, VideoFormat,
};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::network::{Network, NetworkSettings, requested_again};

pub(crate) const FORMAT: VideoFormat =
    VideoFormat { width: 640, height: 360, frames_per_second: 25, bitrate_kbps: 1000 };

/// The participants' pitches and colours: far apart, so that each is found in the mix.
pub(crate) const PITCHES_HZ: [f64; 3] = [800.0, 1300.0, 2100.0];
pub(crate) const COLOURS: [[u8; 3]; 3] = [[81, 90, 240], [145, 54, 34], [170, 166, 16]];

pub(crate) fn track_id(text: &str) -> TrackId {
    TrackId::new(text).expect("valid")
}

pub(crate) fn participant(index: usize) -> Participant {
    let id = ParticipantId::new(format!("p{index}")).expect("valid");
    Participant { id, display_name: format!("第{index}位 Person {index}"), user_id: None, language: None }
}

pub(crate) fn settings(picture: Picture) -> MixerSettings {
    let layout = if picture == Picture::AudioOnly { Layout::Audio } else { Layout::Grid };
    MixerSettings {
        picture,
        encoder_threads: 1,
        local_start_ms: Some(0),
        ..MixerSettings::new(Profile::High, layout, "周会")
    }
}

/// A chunk as it was handed over.
#[derive(Debug, Clone)]
pub(crate) struct HandedChunk {
    pub(crate) starts_segment: bool,
    pub(crate) start_us: u64,
    pub(crate) duration_us: u64,
    pub(crate) bytes: Bytes,
}

#[derive(Debug, Clone)]
pub(crate) struct HandedSpeech {
    pub(crate) participant_id: ParticipantId,
    pub(crate) start_us: u64,
    pub(crate) duration_us: u64,
    pub(crate) bytes: Bytes,
}

/// Everything that came out of a mix.
#[derive(Debug, Default)]
pub(crate) struct Recorded {
    pub(crate) inits: BTreeMap<Rendition, Bytes>,
    pub(crate) chunks: BTreeMap<Rendition, Vec<HandedChunk>>,
    pub(crate) speech: Vec<HandedSpeech>,
    pub(crate) speakers: Vec<(Option<ParticipantId>, MediaTime)>,
    pub(crate) picture_loss_indications: BTreeMap<TrackId, u32>,
    pub(crate) receiver_reports: BTreeMap<TrackId, u32>,
    pub(crate) problems: Vec<String>,
    pub(crate) duration_us: Option<u64>,
}

impl Recorded {
    /// Returns a rendition as one file.
    pub(crate) fn file(&self, rendition: Rendition) -> Vec<u8> {
        let chunks = self.chunks[&rendition].iter().map(|chunk| &chunk.bytes);
        std::iter::once(&self.inits[&rendition]).chain(chunks).flat_map(|bytes| bytes.to_vec()).collect()
    }
}

/// A running mix with synthetic participants.
pub(crate) struct Meeting {
    pub(crate) mixer: Arc<Mixer>,
    pub(crate) started: Instant,
    cameras: Arc<Mutex<BTreeMap<TrackId, Arc<BeepFlash>>>>,
    /// Where requests for retransmission go, of tracks behind a network.
    requests: Arc<Mutex<BTreeMap<TrackId, mpsc::Sender<Vec<u16>>>>>,
    feeds: JoinSet<()>,
    collector: JoinSet<Recorded>,
}

/// A frame of the picture and one of the sound.
const END_APART_US: u64 = 40_000 + 21_334;

impl Meeting {
    pub(crate) fn start(settings: MixerSettings) -> Self {
        let (outputs, mut received) = mpsc::channel(64);
        let mixer = Arc::new(Mixer::start(settings, outputs).expect("the mix starts"));
        let started = Instant::now();
        let cameras: Arc<Mutex<BTreeMap<TrackId, Arc<BeepFlash>>>> = Arc::default();
        let requests: Arc<Mutex<BTreeMap<TrackId, mpsc::Sender<Vec<u16>>>>> = Arc::default();
        let (mut collector, for_feedback, for_requests) = (JoinSet::new(), cameras.clone(), requests.clone());
        collector.spawn(async move {
            let mut recorded = Recorded::default();
            while let Some(output) = received.recv().await {
                assert!(recorded.duration_us.is_none(), "{output:?} after the end");
                pass_on_requests(&output, &for_requests);
                keep(&mut recorded, output, &for_feedback);
            }
            recorded
        });
        Self { mixer, started, cameras, requests, feeds: JoinSet::new(), collector }
    }

    /// Starts a participant's beeps and flashes and adds its two tracks, `mN` and `cN`.
    pub(crate) fn join(&mut self, index: usize, change: impl FnOnce(&mut BeepFlashSettings)) -> Arc<BeepFlash> {
        self.join_by(index, change, Self::feed)
    }

    /// As [`Self::join`], behind a network of its own and ingest.
    pub(crate) fn join_through(&mut self, index: usize, network: &NetworkSettings) -> Arc<BeepFlash> {
        let demultiplexer = Arc::new(Mutex::new(Demultiplexer::new(DemultiplexerSettings::default())));
        let mut seed = network.seed;
        self.join_by(
            index,
            |_| {},
            |meeting, track| {
                seed += 1_000;
                let network = Network::new(NetworkSettings { seed, ..network.clone() }, Instant::now());
                meeting.feed_through(track, network, &demultiplexer)
            },
        )
    }

    fn join_by(
        &mut self,
        index: usize,
        change: impl FnOnce(&mut BeepFlashSettings),
        mut feed: impl FnMut(&mut Self, &Track) -> mpsc::Sender<SyntheticPacket>,
    ) -> Arc<BeepFlash> {
        let mut settings = BeepFlashSettings {
            frequency_hz: PITCHES_HZ[index],
            colour: COLOURS[index],
            phase_ms: 200 * index as u32,
            video_codec: Codec::Vp8,
            audio_codec: Codec::Opus,
            frames_per_second: 25,
            microphone: RtpStream::new(1000 + index as u32, 111),
            camera: RtpStream::new(2000 + index as u32, 96),
        };
        change(&mut settings);
        let (microphone, camera) = (track_id(&format!("m{index}")), track_id(&format!("c{index}")));
        let microphone =
            self.add(&microphone, index, TrackSource::Microphone, settings.audio_codec, settings.microphone);
        let camera = self.add(&camera, index, TrackSource::Camera, settings.video_codec, settings.camera);
        let (microphone_packets, camera_packets) = (feed(self, &microphone), feed(self, &camera));
        let source = BeepFlash::start(settings, microphone_packets, camera_packets).expect("the source starts");
        let source = Arc::new(source);
        self.cameras.lock().expect("not poisoned").insert(camera.id, source.clone());
        source
    }

    pub(crate) fn add(
        &self,
        id: &TrackId,
        index: usize,
        source: TrackSource,
        codec: Codec,
        stream: RtpStream,
    ) -> Track {
        let participant = participant(index);
        let track = Track {
            id: id.clone(),
            participant_id: participant.id.clone(),
            source,
            codec,
            payload_type: stream.payload_type,
            clock_rate_hz: codec.clock_rate_hz(),
            ssrc: stream.ssrc,
            srtp: None,
            feed: model::TrackFeed::default(),
        };
        self.mixer.add_track(&track, &participant).expect("the track is taken");
        track
    }

    /// Returns where to send a track's packets.
    pub(crate) fn feed(&mut self, track: &Track) -> mpsc::Sender<SyntheticPacket> {
        let (packets, mut queue) = mpsc::channel(1024);
        let (mixer, id) = (self.mixer.clone(), track.id.clone());
        self.feeds.spawn(async move {
            while let Some(packet) = queue.recv().await {
                let arrival = Instant::now();
                let outcome = match packet {
                    SyntheticPacket::Rtp(packet) => mixer.push_rtp(&id, packet, arrival),
                    SyntheticPacket::Rtcp(packet) => mixer.push_rtcp(&id, &packet, arrival),
                };
                assert!(matches!(outcome, PushOutcome::Accepted | PushOutcome::UnknownTrack), "{id}: {outcome:?}");
            }
        });
        packets
    }

    /// Returns where to send a track's packets that go through a network and ingest.
    fn feed_through(
        &mut self,
        track: &Track,
        mut network: Network,
        demultiplexer: &Arc<Mutex<Demultiplexer>>,
    ) -> mpsc::Sender<SyntheticPacket> {
        demultiplexer.lock().expect("not poisoned").add_track(track).expect("the track is taken");
        let (packets, mut queue) = mpsc::channel(1024);
        let (requests, mut requested) = mpsc::channel::<Vec<u16>>(64);
        self.requests.lock().expect("not poisoned").insert(track.id.clone(), requests);
        let (mixer, demultiplexer) = (self.mixer.clone(), demultiplexer.clone());
        self.feeds.spawn(async move {
            loop {
                let deadline = network.deadline();
                tokio::select! {
                    packet = queue.recv() => match packet {
                        Some(packet) => network.handle_packet(Instant::now(), &packet),
                        None => return,
                    },
                    Some(sequences) = requested.recv() => network.resend(Instant::now(), &sequences),
                    () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {}
                }
                while let Some(packet) = network.poll(Instant::now()) {
                    let routed = route(&demultiplexer, packet);
                    deliver(&mixer, routed);
                }
            }
        });
        packets
    }

    /// Waits until everything sent so far has been handed over and nobody sends any more.
    pub(crate) async fn silence(&mut self) {
        self.cameras.lock().expect("not poisoned").clear();
        while let Some(ended) = self.feeds.join_next().await {
            ended.expect("the feed ends in peace");
        }
    }

    /// Waits until the timeline has come to a moment.
    pub(crate) async fn until(&self, moment_ms: u64) {
        let left = moment_ms.saturating_sub(self.mixer.media_time().as_millis());
        sleep(Duration::from_millis(left)).await;
    }

    /// Ends the mix and returns all of it, and how long it ran.
    pub(crate) async fn finish(mut self) -> (Recorded, Duration) {
        self.cameras.lock().expect("not poisoned").clear();
        self.feeds.abort_all();
        while self.feeds.join_next().await.is_some() {}
        let ran = self.started.elapsed();
        Arc::into_inner(self.mixer).expect("the feeds have ended").finish();
        let recorded = timeout(Duration::from_secs(30), self.collector.join_next()).await;
        let recorded = recorded.expect("the mix ends").expect("one collector").expect("it does not panic");
        let end_us = |handed: &Vec<HandedChunk>| handed.last().map_or(0, |last| last.start_us + last.duration_us);
        let ends_us: Vec<u64> = recorded.chunks.values().map(end_us).collect();
        let apart_us = ends_us.iter().max().zip(ends_us.iter().min()).map_or(0, |(last, first)| last - first);
        assert!(apart_us <= END_APART_US, "sound and picture end together: {ends_us:?}");
        (recorded, ran)
    }
}

/// Takes a packet in as the recorder's sockets would.
fn route(demultiplexer: &Mutex<Demultiplexer>, packet: SyntheticPacket) -> Option<RoutedPacket> {
    let (bytes, port) = match packet {
        SyntheticPacket::Rtp(bytes) => (bytes, LocalPort::Rtp),
        SyntheticPacket::Rtcp(bytes) => (bytes, LocalPort::Rtcp),
    };
    let arrival = Arrival { at: Instant::now(), source: ([10, 0, 0, 1], 5_000).into(), port };
    demultiplexer.lock().expect("not poisoned").handle_datagram(arrival, bytes).ok()
}

fn deliver(mixer: &Mixer, routed: Option<RoutedPacket>) {
    match routed {
        Some(RoutedPacket::Rtp { track_id, packet, arrived_at }) => {
            assert_eq!(mixer.push_rtp(&track_id, packet, arrived_at), PushOutcome::Accepted);
        }
        Some(RoutedPacket::Rtcp { track_ids, packet, arrived_at }) => {
            for track_id in track_ids {
                assert_eq!(mixer.push_rtcp(&track_id, &packet, arrived_at), PushOutcome::Accepted);
            }
        }
        // A repetition; and nobody has another SSRC here.
        None | Some(RoutedPacket::Moved { .. }) => {}
    }
}

/// Hands what is asked for again to the network it was lost in, which may have forgotten it.
fn pass_on_requests(output: &MixerOutput, requests: &Mutex<BTreeMap<TrackId, mpsc::Sender<Vec<u16>>>>) {
    let MixerOutput::Rtcp { track_id, bytes } = output else { return };
    let sequences = requested_again(bytes);
    if !sequences.is_empty()
        && let Some(requests) = requests.lock().expect("not poisoned").get(track_id)
    {
        drop(requests.try_send(sequences));
    }
}

fn keep(recorded: &mut Recorded, output: MixerOutput, cameras: &Mutex<BTreeMap<TrackId, Arc<BeepFlash>>>) {
    match output {
        MixerOutput::Init { rendition, bytes } => {
            assert!(recorded.inits.insert(rendition, bytes).is_none(), "one initialisation segment");
        }
        MixerOutput::Chunk { rendition, starts_segment, start_us, duration_us, bytes } => {
            let chunk = HandedChunk { starts_segment, start_us, duration_us, bytes };
            recorded.chunks.entry(rendition).or_default().push(chunk);
        }
        MixerOutput::Speech { participant_id, start_us, duration_us, bytes } => {
            recorded.speech.push(HandedSpeech { participant_id, start_us, duration_us, bytes });
        }
        MixerOutput::Rtcp { track_id, bytes } => {
            *recorded.receiver_reports.entry(track_id.clone()).or_default() += 1;
            let last_packet = bytes.len().checked_sub(12).map(|at| &bytes[at..at + 2]);
            if last_packet == Some(&[0x81, 206]) {
                if let Some(camera) = cameras.lock().expect("not poisoned").get(&track_id) {
                    assert!(camera.request_key_frame());
                }
                *recorded.picture_loss_indications.entry(track_id).or_default() += 1;
            }
        }
        MixerOutput::ActiveSpeaker { participant_id, at } => recorded.speakers.push((participant_id, at)),
        MixerOutput::TrackFailed { track_id, problem } => recorded.problems.push(format!("{track_id}: {problem}")),
        MixerOutput::Failed { problem } => recorded.problems.push(problem),
        MixerOutput::Finished { duration_us } => recorded.duration_us = Some(duration_us),
    }
}
