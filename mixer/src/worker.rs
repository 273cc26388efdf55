use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use gst::prelude::*;
use model::MediaTime;
use tokio::time::Instant;

use crate::graph::{Branch, CmafSink};
use crate::mix::Mix;
use crate::picture::{ActiveSpeaker, SpeakerChange};
use crate::{Error, MixerOutput};

const TICK: Duration = Duration::from_millis(20);
/// How long the end of the stream may take before tracks that hold it up are cut off.
const TRACKS_END_MAX: Duration = Duration::from_secs(5);
/// How long the end of the stream may take at all.
const END_MAX: Duration = Duration::from_secs(20);

/// The mixer's own thread: reads the bus, keeps the tracks' timers, follows the speaker, and ends the mix.
pub(crate) struct Worker {
    mix: Arc<Mix>,
    speaker: ActiveSpeaker,
    ending_since: Option<Instant>,
    tracks_cut: bool,
}

/// Whether the mix goes on.
enum Next {
    GoOn,
    End(Option<String>),
}

impl Worker {
    pub(crate) fn start(mix: Arc<Mix>) -> Result<JoinHandle<()>, Error> {
        let name = "mixer-worker";
        let worker = Self { mix, speaker: ActiveSpeaker::default(), ending_since: None, tracks_cut: false };
        Builder::new().name(name.to_owned()).spawn(|| worker.run()).map_err(|source| Error::Thread { name, source })
    }

    fn run(mut self) {
        let bus = self.mix.graph.pipeline.bus().expect("a pipeline has a bus");
        let mut next_tick = Instant::now() + TICK;
        let problem = loop {
            let wait = next_tick.saturating_duration_since(Instant::now());
            let message = bus.timed_pop(gst::ClockTime::try_from(wait).unwrap_or(gst::ClockTime::ZERO));
            if let Some(message) = message
                && let Next::End(problem) = self.heed(&message)
            {
                break problem;
            }
            if Instant::now() >= next_tick {
                next_tick = Instant::now() + TICK;
                if let Next::End(problem) = self.tick() {
                    break problem;
                }
            }
        };
        self.end(problem);
    }

    fn heed(&self, message: &gst::Message) -> Next {
        match message.view() {
            gst::MessageView::Error(error) => {
                let problem = format!("{}: {}", error.error(), error.debug().unwrap_or_default());
                let serial = error.src().and_then(Branch::serial_of);
                match serial {
                    Some(serial) => {
                        self.restart(serial, problem);
                        Next::GoOn
                    }
                    None => Next::End(Some(problem)),
                }
            }
            gst::MessageView::Latency(_) => {
                if let Err(error) = self.mix.graph.pipeline.recalculate_latency() {
                    tracing::debug!(%error, "latency was not recalculated");
                }
                Next::GoOn
            }
            _ => Next::GoOn,
        }
    }

    fn restart(&self, serial: u64, problem: String) {
        if self.mix.finishing.load(Ordering::Acquire) {
            return;
        }
        match self.mix.restart_branch(serial) {
            Some((track_id, true)) => tracing::warn!(track.id = %track_id, problem, "track restarted after an error"),
            Some((track_id, false)) => self.mix.outbox.send(MixerOutput::TrackFailed { track_id, problem }),
            None => {}
        }
    }

    fn tick(&mut self) -> Next {
        let mix = &self.mix;
        if mix.abandoned.load(Ordering::Acquire) {
            return Next::End(None);
        }
        if let Some(problem) = mix.graph.sinks.iter().find_map(|sink| sink.problem()) {
            return Next::End(Some(problem.to_owned()));
        }
        if mix.outbox.overflowed() {
            return Next::End(Some("the mixer's outputs were not taken".to_owned()));
        }
        let now_ns = mix.now_ns();
        if mix.finishing.load(Ordering::Acquire) {
            return self.tick_ending();
        }
        for track in mix.tracks() {
            track.tick(mix.settings.rtcp_ssrc, now_ns);
        }
        mix.detach_leaving(Some(now_ns));
        self.follow_speaker(now_ns);
        Next::GoOn
    }

    fn tick_ending(&mut self) -> Next {
        let ended = |sink: &Arc<CmafSink>| sink.ended();
        if self.mix.graph.sinks.iter().all(ended) {
            return Next::End(None);
        }
        let now = Instant::now();
        let waited = now.duration_since(*self.ending_since.get_or_insert(now));
        if waited > TRACKS_END_MAX && !self.tracks_cut {
            self.tracks_cut = true;
            tracing::warn!("tracks held up the end of the mix and were cut off");
            for track in self.mix.tracks() {
                self.mix.forget(&track);
            }
            self.mix.detach_leaving(None);
        }
        if waited > END_MAX {
            return Next::End(Some("the end of the mix was not reached in time".to_owned()));
        }
        Next::GoOn
    }

    fn follow_speaker(&mut self, now_ns: i64) {
        let tracks = self.mix.tracks();
        let microphones = tracks.iter().filter(|track| track.codec.is_audio());
        let levels: Vec<_> =
            microphones.map(|track| (track.participant_id.clone(), track.meter.level_dbfs(now_ns))).collect();
        let at_ms = (now_ns.max(0) / 1_000_000) as u64;
        if let Some(SpeakerChange(participant_id)) = self.speaker.observe(&levels, at_ms) {
            self.mix.set_speaker(participant_id.clone());
            let at = MediaTime::from_millis(at_ms);
            self.mix.outbox.send(MixerOutput::ActiveSpeaker { participant_id, at });
        }
    }

    /// Stops the graph and says how it ended.
    fn end(self, problem: Option<String>) {
        let mix = self.mix;
        mix.finishing.store(true, Ordering::Release);
        for track in mix.tracks() {
            track.close_speech();
        }
        if let Err(error) = mix.graph.pipeline.set_state(gst::State::Null) {
            tracing::warn!(%error, "pipeline did not stop");
        }
        if let Some(problem) = problem {
            mix.outbox.send(MixerOutput::Failed { problem });
        }
        let duration_us = mix.graph.sinks.iter().map(|sink| sink.end_us()).max().unwrap_or(0);
        mix.outbox.send(MixerOutput::Finished { duration_us });
    }
}
