use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};

use api::{RecorderControl, RecorderError};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use model::{
    Layout, MediaAddress, MediaTime, Participant, ParticipantId, RecorderStatus, Recording, RecordingEvent,
    RecordingId, TenantId, Track, TrackId, TrackStatistics,
};
use store::{Clock, ManualClock, Store};

/// Stands where the recorder processes are: saves the states they would save, and remembers what it was asked.
pub(crate) struct StandInRecorder {
    store: Store,
    clock: Arc<ManualClock>,
    tenants: Mutex<Vec<(RecordingId, TenantId)>>,
    calls: Mutex<Vec<String>>,
    /// What has arrived, one entry for each track it was given.
    arrived: Mutex<Vec<TrackStatistics>>,
    refusal: Mutex<Option<String>>,
}

impl StandInRecorder {
    pub(crate) fn new(store: Store, clock: Arc<ManualClock>) -> Self {
        let (tenants, calls, arrived) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self { store, clock, tenants, calls, arrived, refusal: Mutex::default() }
    }

    /// Returns what was asked since the last time.
    pub(crate) fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut self.calls.lock().unwrap())
    }

    /// Refuses everything from here on.
    pub(crate) fn refuse(&self, reason: &str) {
        *self.refusal.lock().unwrap() = Some(reason.to_owned());
    }

    /// Carries a recording that was stored without it.
    pub(crate) fn adopt(&self, recording: &Recording) {
        self.tenants.lock().unwrap().push((recording.id.clone(), recording.tenant_id.clone()));
    }

    fn answer(&self, call: String) -> Result<(), RecorderError> {
        self.calls.lock().unwrap().push(call);
        match self.refusal.lock().unwrap().clone() {
            Some(reason) => Err(RecorderError::Refused { reason }),
            None => Ok(()),
        }
    }

    fn note(&self, call: String) -> BoxFuture<'static, Result<(), RecorderError>> {
        std::future::ready(self.answer(call)).boxed()
    }

    async fn change(&self, recording_id: &RecordingId, event: RecordingEvent) -> Result<(), RecorderError> {
        self.answer(event.name().to_owned())?;
        let known = self.tenants.lock().unwrap().iter().find(|(id, _)| id == recording_id).cloned();
        let not_running = || RecorderError::NotRunning { recording_id: recording_id.clone() };
        let (_, tenant_id) = known.ok_or_else(not_running)?;
        let mut recording = self.store.load_recording(&tenant_id, recording_id).await.unwrap().unwrap();
        recording.state = recording.state.apply(event).unwrap();
        self.store.save_recording(&recording).await.unwrap();
        Ok(())
    }
}

impl RecorderControl for StandInRecorder {
    fn start<'a>(
        &'a self,
        recording: &'a Recording,
        participants: &'a [Participant],
    ) -> BoxFuture<'a, Result<(), RecorderError>> {
        async move {
            self.calls.lock().unwrap().push(format!("{} in the roster", participants.len()));
            self.adopt(recording);
            self.change(&recording.id, RecordingEvent::Start { started_at: self.clock.now() }).await
        }
        .boxed()
    }

    fn add_track<'a>(
        &'a self,
        _recording: &'a Recording,
        track: &'a Track,
        participant: &'a Participant,
    ) -> BoxFuture<'a, Result<MediaAddress, RecorderError>> {
        let answer = self.answer(format!("add {} of {}", track.source, participant.id));
        if answer.is_ok() {
            self.arrived.lock().unwrap().push(nothing_yet(&track.id));
        }
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        std::future::ready(answer.map(|()| MediaAddress { address, rtp_port: 40_000, rtcp_port: 40_001 })).boxed()
    }

    fn update_track<'a>(
        &'a self,
        _recording_id: &'a RecordingId,
        track: &'a Track,
    ) -> BoxFuture<'a, Result<(), RecorderError>> {
        self.note(format!("update to ssrc {} pt {}", track.ssrc, track.payload_type))
    }

    fn remove_track<'a>(
        &'a self,
        _recording_id: &'a RecordingId,
        _track_id: &'a TrackId,
    ) -> BoxFuture<'a, Result<(), RecorderError>> {
        self.note("remove".to_owned())
    }

    fn set_muted<'a>(
        &'a self,
        _recording_id: &'a RecordingId,
        track: &'a Track,
        muted: bool,
    ) -> BoxFuture<'a, Result<(), RecorderError>> {
        self.note(format!("mute {} {muted}", track.source))
    }

    fn participant_joined<'a>(
        &'a self,
        _recording_id: &'a RecordingId,
        participant: &'a Participant,
    ) -> BoxFuture<'a, Result<(), RecorderError>> {
        self.note(format!("joined {}", participant.id))
    }

    fn participant_left<'a>(
        &'a self,
        _recording_id: &'a RecordingId,
        participant_id: &'a ParticipantId,
    ) -> BoxFuture<'a, Result<(), RecorderError>> {
        self.note(format!("left {participant_id}"))
    }

    fn set_layout<'a>(
        &'a self,
        _recording_id: &'a RecordingId,
        layout: Layout,
    ) -> BoxFuture<'a, Result<(), RecorderError>> {
        self.note(format!("layout {layout}"))
    }

    fn pause<'a>(&'a self, recording_id: &'a RecordingId) -> BoxFuture<'a, Result<(), RecorderError>> {
        self.change(recording_id, RecordingEvent::Pause { at: self.clock.now() }).boxed()
    }

    fn resume<'a>(&'a self, recording_id: &'a RecordingId) -> BoxFuture<'a, Result<(), RecorderError>> {
        self.change(recording_id, RecordingEvent::Resume).boxed()
    }

    fn stop<'a>(&'a self, recording_id: &'a RecordingId) -> BoxFuture<'a, Result<(), RecorderError>> {
        self.change(recording_id, RecordingEvent::Stop { at: self.clock.now() }).boxed()
    }

    fn status<'a>(&'a self, _recording_id: &'a RecordingId) -> BoxFuture<'a, Option<RecorderStatus>> {
        let tracks = self.arrived.lock().unwrap().clone();
        let status =
            RecorderStatus { media_time_ms: MediaTime::from_millis(1_500), tracks, ..RecorderStatus::default() };
        std::future::ready(Some(status)).boxed()
    }
}

fn nothing_yet(track_id: &TrackId) -> TrackStatistics {
    TrackStatistics {
        track_id: track_id.clone(),
        packets_received: 0,
        packets_lost: 0,
        packets_repaired: 0,
        packets_duplicated: 0,
        packets_reordered: 0,
        bytes_received: 0,
        jitter_ms: 0.0,
        silent_ms: None,
        packets_unauthentic: 0,
    }
}
