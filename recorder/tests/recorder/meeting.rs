use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use mixer::synthetic::{BeepFlash, BeepFlashSettings, RtpStream, SyntheticPacket};
use model::{
    Codec, Disposal, Language, Layout, MediaAddress, MeetingId, Participant, ParticipantId, Plan, PlanName, Processing,
    Profile, RecorderStatus, Recording, RecordingId, RecordingState, TenantId, Track, TrackId, TrackSource, UserId,
};
use recorder::{DiskLimits, RecorderSettings, Recorders};
use store::{Clock, DatabaseUrl, MasterKey, ObjectSettings, SeededIds, Store, StoreSettings, SystemClock, Tenant};
use tokio::net::{UdpSocket, UnixStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// One recording with one participant who beeps and flashes every second.
pub(crate) struct Meeting {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) recorders: Recorders,
    pub(crate) recording: Recording,
    directory: tempfile::TempDir,
    disk: DiskLimits,
    _source: BeepFlash,
    feeds: JoinSet<()>,
}

fn child_executable() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.ancestors().nth(2).unwrap();
    let executable = profile.join("examples/recorder_child");
    assert!(executable.is_file(), "{} is missing: build the package's examples", executable.display());
    executable
}

fn recorder_settings(directory: &std::path::Path, disk: DiskLimits) -> RecorderSettings {
    RecorderSettings {
        executable: child_executable(),
        spool_root: directory.join("spool"),
        bind_address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        ports: None,
        allowed_sources: Vec::new(),
        recordings_max: 2,
        cores: 64.0,
        encoder_threads: 1,
        disk,
    }
}

fn participant() -> Participant {
    let id = ParticipantId::new("alice").unwrap();
    Participant { id, display_name: "Alice 爱丽丝".to_owned(), user_id: None, language: None }
}

fn recording(clock: &dyn Clock) -> Recording {
    Recording {
        id: RecordingId::new("rec_crash").unwrap(),
        tenant_id: TenantId::new("acme").unwrap(),
        meeting_id: MeetingId::new("weekly").unwrap(),
        title: "Weekly 周会".to_owned(),
        host_user_id: UserId::new("alice").unwrap(),
        language: Language::English,
        profile: Profile::Economy,
        layout: Layout::Grid,
        smart_minutes: false,
        time_zone: "Asia/Shanghai".to_owned(),
        created_at: clock.now(),
        state: RecordingState::Requested,
        processing: Processing::default(),
        disposal: Disposal::Active,
        version: 1,
    }
}

impl Meeting {
    pub(crate) async fn start() -> Self {
        Self::start_on(DiskLimits { picture_stops_bytes: 0, spools_bytes_max: None }).await
    }

    /// Starts with so much disk.
    pub(crate) async fn start_on(disk: DiskLimits) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("spool")).unwrap();
        let settings = StoreSettings {
            database: DatabaseUrl::Sqlite { path: directory.path().join("huiji.db") },
            objects: ObjectSettings::Directory { path: directory.path().join("objects") },
            master_key: MasterKey::load_or_create(&directory.path().join("key"), &SeededIds::new(7)).unwrap(),
        };
        let store = Store::open(settings).await.unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let recording = recording(clock.as_ref());
        let plan = Plan::published(PlanName::Standard, 4);
        let tenant = Tenant { id: recording.tenant_id.clone(), name: "Acme".to_owned(), plan };
        store.insert_tenant(&tenant, clock.now()).await.unwrap();
        store.insert_recording(&recording, &[participant()], &[], clock.now()).await.unwrap();
        let recorders = Recorders::new(recorder_settings(directory.path(), disk), store.clone(), Arc::clone(&clock));
        recorders.start(&recording, &[participant()]).await.unwrap();
        let (microphone, microphone_packets) = mpsc::channel(512);
        let (camera, camera_packets) = mpsc::channel(512);
        let settings = BeepFlashSettings {
            frequency_hz: 1000.0,
            colour: [81, 90, 240],
            phase_ms: 0,
            video_codec: Codec::Vp8,
            audio_codec: Codec::Opus,
            frames_per_second: 15,
            microphone: RtpStream::new(1001, 111),
            camera: RtpStream::new(1002, 96),
        };
        let source = BeepFlash::start(settings, microphone, camera).unwrap();
        let mut meeting =
            Self { store, clock, recorders, recording, directory, disk, _source: source, feeds: JoinSet::new() };
        meeting.feed(TrackSource::Microphone, Codec::Opus, settings.microphone, microphone_packets).await;
        meeting.feed(TrackSource::Camera, Codec::Vp8, settings.camera, camera_packets).await;
        meeting
    }

    async fn feed(
        &mut self,
        source: TrackSource,
        codec: Codec,
        stream: RtpStream,
        mut packets: mpsc::Receiver<SyntheticPacket>,
    ) {
        let track = Track {
            id: TrackId::new(source.as_str()).unwrap(),
            participant_id: participant().id,
            source,
            codec,
            payload_type: stream.payload_type,
            clock_rate_hz: codec.clock_rate_hz(),
            ssrc: stream.ssrc,
            srtp: None,
            feed: model::TrackFeed::default(),
        };
        self.store.insert_track(&self.recording.id, &track, self.clock.now()).await.unwrap();
        let address = self.recorders.add_track(&self.recording.id, &track, &participant()).await.unwrap();
        let MediaAddress { address, rtp_port, rtcp_port } = address;
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        self.feeds.spawn(async move {
            while let Some(packet) = packets.recv().await {
                let (bytes, port) = match packet {
                    SyntheticPacket::Rtp(bytes) => (bytes, rtp_port),
                    SyntheticPacket::Rtcp(bytes) => (bytes, rtcp_port),
                };
                // While no process has the port, packets are lost, as an SFU's would be.
                drop(socket.send_to(&bytes, SocketAddr::new(address, port)).await);
            }
        });
    }

    /// Returns the directory of all spools.
    pub(crate) fn spool_root(&self) -> PathBuf {
        self.directory.path().join("spool")
    }

    /// Waits until the recorder says something, and returns all it says then.
    pub(crate) async fn until_status(&self, wanted: impl Fn(&RecorderStatus) -> bool) -> RecorderStatus {
        let wait = async {
            loop {
                if let Some(status) = self.recorders.status(&self.recording.id).filter(&wanted) {
                    return status;
                }
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(Duration::from_secs(30), wait).await.expect("it comes to that")
    }

    /// Waits until media is durable up to a moment of the timeline, and returns up to where it is.
    pub(crate) async fn until_durable(&self, moment_ms: u64) -> u64 {
        let wait = async {
            loop {
                let status = self.recorders.status(&self.recording.id);
                let durable_ms = status.map_or(0, |status| status.durable_until_ms.as_millis());
                if durable_ms >= moment_ms {
                    return durable_ms;
                }
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(Duration::from_secs(30), wait).await.expect("the recording goes on")
    }

    /// Kills the child the hard way; returns where the timeline was.
    pub(crate) async fn kill_child(&self) -> u64 {
        let spool = self.directory.path().join("spool").join(self.recording.id.as_str());
        let pids = child_pids(&spool);
        assert_eq!(pids.len(), 1, "one process carries the recording: {pids:?}");
        let started_at = self.load().await.state.started_at().unwrap();
        let killed_ms = (self.clock.now().as_micros() - started_at.as_micros()) / 1000;
        let killed = std::process::Command::new("kill").args(["-9", &pids[0].to_string()]).status().unwrap();
        assert!(killed.success());
        // Its sockets live until the system has cleared it away, unless the next process listens already.
        while child_pids(&spool).is_empty() && UnixStream::connect(spool.join("control.sock")).await.is_ok() {
            sleep(Duration::from_millis(5)).await;
        }
        killed_ms as u64
    }

    /// Lets go of the recording and forgets everything in memory, as a parent that is killed does.
    pub(crate) async fn restart_parent(&mut self) {
        self.recorders.shut_down().await;
        let settings = recorder_settings(self.directory.path(), self.disk);
        self.recorders = Recorders::new(settings, self.store.clone(), Arc::clone(&self.clock));
        self.recorders.recover().await.unwrap();
    }

    pub(crate) async fn load(&self) -> Recording {
        let (tenant_id, id) = (&self.recording.tenant_id, &self.recording.id);
        self.store.load_recording(tenant_id, id).await.unwrap().expect("the recording is there")
    }

    /// Waits until the recording is sealed; returns its duration.
    pub(crate) async fn until_sealed(&self) -> u64 {
        let mut changes = self.store.changes();
        let wait = async {
            loop {
                match self.load().await.state {
                    RecordingState::Sealed { duration_ms, .. } => return duration_ms,
                    _ => drop(timeout(Duration::from_millis(500), changes.recv()).await),
                }
            }
        };
        timeout(Duration::from_secs(40), wait).await.expect("the recording is sealed")
    }
}

/// Finds the processes that carry a spool.
fn child_pids(spool: &std::path::Path) -> Vec<u32> {
    let wanted = spool.as_os_str().as_encoded_bytes();
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let carries = |pid: &u32| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        line.split(|byte| *byte == 0).any(|argument| argument == wanted)
    };
    processes.filter_map(|process| process.file_name().to_str()?.parse().ok()).filter(carries).collect()
}
