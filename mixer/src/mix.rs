use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use gst::prelude::*;
use model::{Layout, MediaTime, Participant, ParticipantId, Track, TrackId, TrackSource};
use tokio::time::Instant;

use crate::director::Director;
use crate::graph::{MainGraph, OffRecords, SoundBranch, SpeechTap, TileBoard, VideoBranch, VideoTile};
use crate::picture::SceneTimeline;
use crate::receive::{LipSync, OffRecord};
use crate::track::{MixedTrack, TrackParts};
use crate::{Error, MixerSettings, Outbox, Picture};

const NS_PER_MS: i64 = 1_000_000;
/// A camera that sends nothing for this long gives way to the name card.
const CAMERA_LINGER_NS: i64 = 3_000 * NS_PER_MS;
/// A shared screen may stand still as long as it likes.
const SCREEN_LINGER_NS: i64 = i64::MAX / 4;
/// A removed track's last packets are still decoded and mixed for this much longer than the latency.
const LEAVING_EXTRA_NS: i64 = 300 * NS_PER_MS;
const RESTARTS_MAX: u32 = 5;

/// Everything one recording's mix consists of, shared by the control surface and the worker.
#[derive(Debug)]
pub(crate) struct Mix {
    pub(crate) settings: MixerSettings,
    pub(crate) graph: MainGraph,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) finishing: AtomicBool,
    pub(crate) abandoned: AtomicBool,
    started: Instant,
    pauses: Arc<OffRecord>,
    scenes: Arc<SceneTimeline>,
    tiles: Arc<TileBoard>,
    director: Option<Mutex<Director>>,
    tracks: RwLock<BTreeMap<TrackId, Arc<MixedTrack>>>,
    leaving: Mutex<Vec<(i64, Arc<MixedTrack>)>>,
    lip_sync: Mutex<BTreeMap<ParticipantId, LipSync>>,
    next_serial: AtomicU64,
}

impl Mix {
    /// Builds the graph and sets it playing; the timeline begins now.
    pub(crate) fn start(settings: MixerSettings, outbox: Arc<Outbox>) -> Result<Self, Error> {
        let (scenes, tiles) = (Arc::<SceneTimeline>::default(), Arc::<TileBoard>::default());
        let graph = MainGraph::build(&settings, &outbox, &scenes, &tiles)?;
        let director = match settings.picture {
            Picture::Video(format) => Some(Mutex::new(Director::new(format, settings.layout, settings.title.clone()))),
            Picture::AudioOnly => None,
        };
        // The timeline is the pipeline's running time, and that is the monotonic clock the packets' arrivals are in.
        let clock = gst::SystemClock::obtain();
        graph.pipeline.use_clock(Some(&clock));
        graph.pipeline.set_start_time(gst::ClockTime::NONE);
        graph.pipeline.set_base_time(clock.time());
        let mix = Self {
            settings,
            graph,
            outbox,
            finishing: AtomicBool::new(false),
            abandoned: AtomicBool::new(false),
            started: Instant::now(),
            pauses: Arc::default(),
            scenes,
            tiles,
            director,
            tracks: RwLock::default(),
            leaving: Mutex::default(),
            lip_sync: Mutex::default(),
            next_serial: AtomicU64::new(1),
        };
        mix.recompose();
        let playing = mix.graph.pipeline.set_state(gst::State::Playing);
        playing.map_err(|source| Error::State { part: "pipeline", source })?;
        Ok(mix)
    }

    /// Returns the place of a moment on the timeline.
    pub(crate) fn timeline_ns(&self, moment: Instant) -> i64 {
        match moment.checked_duration_since(self.started) {
            Some(since) => since.as_nanos() as i64,
            None => -(self.started.duration_since(moment).as_nanos() as i64),
        }
    }

    pub(crate) fn now_ns(&self) -> i64 {
        self.timeline_ns(Instant::now())
    }

    pub(crate) fn media_time(&self) -> MediaTime {
        self.place(self.now_ns())
    }

    /// Returns the place on the recording's timeline of a moment of this mix.
    fn place(&self, at_ns: i64) -> MediaTime {
        MediaTime::from_micros((at_ns.max(0) / 1000) as u64 + self.settings.timeline_start_ms * 1000)
    }

    pub(crate) fn track(&self, track_id: &TrackId) -> Option<Arc<MixedTrack>> {
        self.tracks.read().unwrap_or_else(PoisonError::into_inner).get(track_id).cloned()
    }

    pub(crate) fn tracks(&self) -> Vec<Arc<MixedTrack>> {
        self.tracks.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Takes a track into the mix.
    pub(crate) fn add_track(self: &Arc<Self>, track: &Track, participant: &Participant) -> Result<(), Error> {
        track.validate().map_err(|source| Error::InvalidTrack { track_id: track.id.clone(), source })?;
        if track.source != TrackSource::Microphone && !VideoBranch::supports(track.codec) {
            return Err(Error::UnsupportedCodec { track_id: track.id.clone(), codec: track.codec });
        }
        let mixed = {
            let mut tracks = self.tracks.write().unwrap_or_else(PoisonError::into_inner);
            if self.finishing.load(Ordering::Acquire) {
                return Err(Error::Finishing);
            }
            if tracks.contains_key(&track.id) {
                return Err(Error::TrackExists(track.id.clone()));
            }
            let mixed = Arc::new(self.make_track(track));
            tracks.insert(track.id.clone(), mixed.clone());
            mixed
        };
        if let Err(error) = self.attach(&mixed) {
            self.tracks.write().unwrap_or_else(PoisonError::into_inner).remove(&track.id);
            self.forget(&mixed);
            return Err(error);
        }
        if let Some(mut director) = self.director() {
            director.add_track(participant, mixed.serial, track.source);
        }
        self.recompose();
        Ok(())
    }

    fn make_track(&self, track: &Track) -> MixedTrack {
        let video = track.source != TrackSource::Microphone && self.director.is_some();
        let linger_ns = if track.source == TrackSource::Screen { SCREEN_LINGER_NS } else { CAMERA_LINGER_NS };
        let parts = TrackParts {
            serial: self.next_serial.fetch_add(1, Ordering::Relaxed),
            off_records: OffRecords { pauses: self.pauses.clone(), mutes: Arc::default() },
            tile: video.then(|| Arc::new(VideoTile::new(linger_ns))),
            outbox: self.outbox.clone(),
            hold_ns: i64::from(self.settings.latency_ms) * NS_PER_MS / 2,
        };
        MixedTrack::new(track, parts)
    }

    /// Gives a track a branch that decodes it.
    fn attach(self: &Arc<Self>, track: &Arc<MixedTrack>) -> Result<(), Error> {
        let branch = match (&track.tile, &self.graph.compositor) {
            (Some(tile), Some(compositor)) => {
                let branch = VideoBranch {
                    codec: track.codec,
                    payload_type: track.payload_type(),
                    tile: tile.clone(),
                    off_records: track.off_records.clone(),
                    frame_duration: self.frame_duration(),
                };
                let branch = branch.attach(track.serial, &self.graph.pipeline, compositor)?;
                tile.set_pad(Some(branch.pad.clone()));
                self.tiles.insert(track.serial, tile.clone());
                branch
            }
            _ if track.source == TrackSource::Microphone => {
                let for_speech = Arc::downgrade(track);
                let speech_tap: SpeechTap = Arc::new(move |at_ns, payload| {
                    if let Some(track) = for_speech.upgrade() {
                        track.take_encoded_speech(at_ns, payload);
                    }
                });
                let (codec, meter, off_records) = (track.codec, track.meter.clone(), track.off_records.clone());
                let branch = SoundBranch { codec, meter, off_records, speech_tap };
                branch.attach(track.serial, &self.graph.pipeline, &self.graph.audio_mixer)?
            }
            // A camera in a recording of sound alone: received and reported, never decoded.
            _ => return Ok(()),
        };
        let started = branch.start();
        if let Some(replaced) = track.set_branch(Some(branch)) {
            replaced.detach(&self.graph.pipeline);
        }
        started
    }

    fn frame_duration(&self) -> gst::ClockTime {
        match self.settings.picture {
            Picture::Video(format) => {
                gst::ClockTime::from_nseconds(1_000_000_000 / u64::from(format.frames_per_second))
            }
            Picture::AudioOnly => gst::ClockTime::ZERO,
        }
    }

    /// Takes a track out of the mix; what arrived before now is still mixed.
    pub(crate) fn remove_track(&self, track_id: &TrackId) -> Result<(), Error> {
        let removed = self.tracks.write().unwrap_or_else(PoisonError::into_inner).remove(track_id);
        let track = removed.ok_or_else(|| Error::UnknownTrack(track_id.clone()))?;
        let now_ns = self.now_ns();
        track.flush();
        track.off_records.mutes.begin(now_ns);
        track.close_speech_before(now_ns);
        if let Some(tile) = &track.tile {
            tile.runs.close(now_ns);
        }
        if let Some(mut director) = self.director() {
            director.remove_track(track.serial);
        }
        if let Some(sync) = self.lip_sync().get_mut(&track.participant_id) {
            sync.remove(track_id);
        }
        let gone_ns = now_ns + i64::from(self.settings.latency_ms) * NS_PER_MS + LEAVING_EXTRA_NS;
        self.leaving.lock().unwrap_or_else(PoisonError::into_inner).push((gone_ns, track));
        self.recompose();
        Ok(())
    }

    /// Detaches the branches of removed tracks whose media has been mixed; all of them when `now_ns` is none.
    pub(crate) fn detach_leaving(&self, now_ns: Option<i64>) {
        let gone: Vec<Arc<MixedTrack>> = {
            let mut leaving = self.leaving.lock().unwrap_or_else(PoisonError::into_inner);
            let is_gone = |(gone_ns, _): &mut (i64, _)| now_ns.is_none_or(|now_ns| *gone_ns <= now_ns);
            leaving.extract_if(.., is_gone).map(|(_, track)| track).collect()
        };
        for track in gone {
            self.forget(&track);
        }
    }

    /// Detaches a track's branch at once.
    pub(crate) fn forget(&self, track: &MixedTrack) {
        if let Some(tile) = &track.tile {
            self.tiles.remove(track.serial);
            tile.set_pad(None);
        }
        if let Some(branch) = track.set_branch(None) {
            branch.detach(&self.graph.pipeline);
        }
    }

    pub(crate) fn set_muted(&self, track_id: &TrackId, muted: bool) -> Result<(), Error> {
        let track = self.track(track_id).ok_or_else(|| Error::UnknownTrack(track_id.clone()))?;
        let now_ns = self.now_ns();
        if track.muted.swap(muted, Ordering::AcqRel) == muted {
            return Ok(());
        }
        if muted {
            track.off_records.mutes.begin(now_ns);
            track.close_speech_before(now_ns);
            if let Some(tile) = &track.tile {
                tile.runs.close(now_ns);
            }
        } else {
            track.off_records.mutes.end(now_ns);
        }
        if let Some(mut director) = self.director() {
            director.set_muted(track.serial, muted);
        }
        self.recompose();
        Ok(())
    }

    pub(crate) fn set_layout(&self, layout: Layout) {
        if let Some(mut director) = self.director() {
            director.set_layout(layout);
        }
        self.recompose();
    }

    pub(crate) fn set_paused(&self, paused: bool) -> MediaTime {
        let now_ns = self.now_ns();
        if let Some(mut director) = self.director() {
            director.set_paused(paused);
        }
        if paused {
            self.pauses.begin(now_ns);
            for track in self.tracks() {
                track.close_speech_before(now_ns);
                if let Some(tile) = &track.tile {
                    tile.runs.close(now_ns);
                }
            }
        } else {
            self.pauses.end(now_ns);
        }
        self.recompose_from(now_ns);
        self.place(now_ns)
    }

    pub(crate) fn set_picture_off(&self, off: bool) -> MediaTime {
        let now_ns = self.now_ns();
        if let Some(mut director) = self.director() {
            director.set_picture_off(off);
        }
        self.recompose_from(now_ns);
        self.place(now_ns)
    }

    pub(crate) fn set_speaker(&self, speaker: Option<ParticipantId>) {
        if let Some(mut director) = self.director() {
            director.set_speaker(speaker);
        }
        self.recompose();
    }

    /// Notes a track's lead and delays the tracks of its participant accordingly.
    pub(crate) fn align(&self, track: &MixedTrack, lead_ns: i128) {
        let mut lip_sync = self.lip_sync();
        let delays = lip_sync.entry(track.participant_id.clone()).or_default().observe(&track.id, lead_ns);
        for (track_id, &delay_ns) in delays {
            if let Some(track) = self.track(track_id) {
                track.delay_ns.store(delay_ns, Ordering::Relaxed);
            }
        }
    }

    /// Replaces the branch that an error stopped; returns false when it has failed too often.
    pub(crate) fn restart_branch(self: &Arc<Self>, serial: u64) -> Option<(TrackId, bool)> {
        let track = self.tracks().into_iter().find(|track| track.serial == serial)?;
        let restarts = track.count_restart();
        if let Some(branch) = track.set_branch(None) {
            if let Some(tile) = &track.tile {
                tile.runs.close(self.now_ns());
                tile.set_pad(None);
            }
            branch.detach(&self.graph.pipeline);
        }
        let again = restarts <= RESTARTS_MAX;
        if again {
            if let Err(error) = self.attach(&track) {
                tracing::warn!(track.id = %track.id, error = &error as &dyn std::error::Error, "track was not restarted");
            }
            self.recompose();
        }
        Some((track.id.clone(), again))
    }

    /// Ends every source; the worker waits for the end to come out.
    pub(crate) fn finish(&self) {
        if self.finishing.swap(true, Ordering::AcqRel) {
            return;
        }
        let leaving = self.leaving.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for track in self.tracks().into_iter().chain(leaving.into_iter().map(|(_, track)| track)) {
            track.close_speech();
            track.end_branch();
        }
        self.graph.end_sources(self.now_ns().max(0) as u64);
    }

    fn recompose(&self) {
        self.recompose_from(self.now_ns());
    }

    /// Arranges the picture anew from a moment on.
    fn recompose_from(&self, from_ns: i64) {
        let Some(mut director) = self.director() else { return };
        match director.compose(from_ns.max(0)) {
            Ok((scene, placements)) => {
                self.scenes.push(scene);
                for track in self.tracks() {
                    let Some(tile) = &track.tile else { continue };
                    let placement = placements.get(&track.serial);
                    track.set_shown(placement.is_some());
                    if let Some(placement) = placement {
                        tile.set_dress(placement.dress.clone());
                        track.with_branch(|branch| branch.set_size(placement.area));
                    }
                }
            }
            Err(error) => tracing::error!(%error, "picture was not rearranged"),
        }
    }

    fn director(&self) -> Option<MutexGuard<'_, Director>> {
        self.director.as_ref().map(|director| director.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn lip_sync(&self) -> MutexGuard<'_, BTreeMap<ParticipantId, LipSync>> {
        self.lip_sync.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
