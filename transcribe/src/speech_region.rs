use std::ops::Range;

use crate::audio::{SAMPLES_PER_MS, SamplePosition};
use crate::tonality::is_tonal;
use crate::voice_activity::{FRAME_SAMPLES, FrameScore, VoiceActivityDetector};

/// A stretch of one microphone in which somebody speaks, with room to breathe at both ends.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SpeechRegion {
    pub(crate) start: SamplePosition,
    pub(crate) samples: Vec<f32>,
    /// Where a voice was heard, in samples on the recording's timeline; what lies between is a pause.
    pub(crate) voiced: Vec<Range<u64>>,
}

impl SpeechRegion {
    pub(crate) fn end(&self) -> SamplePosition {
        SamplePosition(self.start.0 + self.samples.len() as u64)
    }

    pub(crate) fn duration_ms(&self) -> u64 {
        self.samples.len() as u64 / SAMPLES_PER_MS
    }

    /// Returns the mean power where a voice was heard, in decibels below full scale.
    pub(crate) fn voice_level_db(&self) -> f32 {
        let inside = |position: u64| (position.saturating_sub(self.start.0) as usize).min(self.samples.len());
        let voiced = self.voiced.iter().map(|run| &self.samples[inside(run.start)..inside(run.end)]);
        let (mut power, mut count) = (0.0_f64, 0_usize);
        for samples in voiced {
            power += samples.iter().map(|sample| f64::from(sample * sample)).sum::<f64>();
            count += samples.len();
        }
        (10.0 * (power / count.max(1) as f64 + 1e-12).log10()) as f32
    }
}

/// Cuts one microphone's sound into [`SpeechRegion`]s while it arrives; keeps no more of it than the open region.
pub(crate) struct SpeechRegionFinder {
    detector: VoiceActivityDetector,
    /// Sound not yet given away; begins at `buffer_start`.
    buffer: Vec<f32>,
    buffer_start: u64,
    /// Up to where frames were judged.
    judged: u64,
    /// Where the last region ended; the next one does not reach back over it.
    given_until: u64,
    /// Frames that sound like a voice, up to the one judged last; not yet enough for a region.
    rising: Vec<FrameScore>,
    open: Option<OpenRegion>,
}

struct OpenRegion {
    /// The first voiced frame.
    onset: u64,
    /// The frame that left no doubt.
    certain_from: u64,
    /// A continuation of a region that grew too long has no silence before it to take in.
    pad_start: bool,
    voiced: Vec<Range<u64>>,
    /// Of every frame from the onset on.
    scores: Vec<FrameScore>,
}

const fn milliseconds(count: u64) -> u64 {
    count * SAMPLES_PER_MS
}

const FRAME: u64 = FRAME_SAMPLES as u64;
const ONSET_SCORE: f32 = 0.7;
const VOICED_SCORE: f32 = 0.5;
const SPEECH_MIN: u64 = milliseconds(200);
const SILENCE_MIN: u64 = milliseconds(500);
/// The detector becomes certain late; what sounded like a voice right before belongs to it.
const RISING_FRAMES_MAX: usize = 60;
/// The loudness of a voice changes all the time; noise and tones that vary less than this are none.
const LEVEL_SPREAD_MIN_DB: f32 = 3.0;
/// A held vowel may be steady for less than this, a hummed yes may be a pure tone.
const STEADY_MIN: u64 = milliseconds(400);
const TONAL_MIN: u64 = milliseconds(1_500);
/// The detector's onset lags by up to 200 ms in noise, its end does not.
const PAD_START: u64 = milliseconds(240);
const PAD_END: u64 = milliseconds(200);
const PAUSE_MIN: u64 = milliseconds(160);
/// Fits the shortest window, that of Mandarin, with both pads.
const REGION_MAX: u64 = milliseconds(23_500);
const CUT_SEARCH: u64 = milliseconds(10_000);

impl SpeechRegionFinder {
    pub(crate) fn new() -> Self {
        let detector = VoiceActivityDetector::new();
        Self {
            detector,
            buffer: Vec::new(),
            buffer_start: 0,
            judged: 0,
            given_until: 0,
            rising: Vec::new(),
            open: None,
        }
    }

    /// Makes the next sample the one at `position`. Call [`SpeechRegionFinder::finish`] before.
    pub(crate) fn restart(&mut self, position: SamplePosition) {
        self.detector.reset();
        self.buffer.clear();
        self.buffer_start = position.0;
        self.judged = position.0;
        self.given_until = position.0;
        self.rising.clear();
        self.open = None;
    }

    /// Returns where the next sample belongs.
    pub(crate) fn position(&self) -> SamplePosition {
        SamplePosition(self.buffer_start + self.buffer.len() as u64)
    }

    /// Takes sound in and returns the regions that it closed.
    pub(crate) fn push(&mut self, samples: &[f32]) -> Vec<SpeechRegion> {
        self.buffer.extend_from_slice(samples);
        let mut regions = Vec::new();
        while self.judged + FRAME <= self.position().0 {
            let offset = (self.judged - self.buffer_start) as usize;
            let score = self.detector.score(&self.buffer[offset..offset + FRAME_SAMPLES]);
            regions.extend(self.judge_frame(score));
        }
        self.forget_silence();
        regions
    }

    /// Ends the stream and returns the region that was open.
    pub(crate) fn finish(&mut self) -> Option<SpeechRegion> {
        let region = self.open.take().and_then(|open| self.close(&open));
        self.judged = self.position().0;
        region
    }

    /// Returns the region that is open, as far as it goes; none while it may still turn out to be no voice.
    pub(crate) fn open_region(&self) -> Option<SpeechRegion> {
        let open = self.open.as_ref()?;
        if open.pad_start && open.certain_voice() < SPEECH_MIN || self.is_no_voice(open) {
            return None;
        }
        Some(self.region(open, (open.voiced_end() + PAD_END).min(self.position().0)))
    }

    fn judge_frame(&mut self, score: FrameScore) -> Option<SpeechRegion> {
        let frame = self.judged..self.judged + FRAME;
        self.judged = frame.end;
        let Some(open) = &mut self.open else {
            self.rise(frame, score);
            return None;
        };
        open.scores.push(score);
        if score.voice >= VOICED_SCORE {
            open.add_voiced(frame);
        } else if frame.end - open.voiced_end() >= SILENCE_MIN {
            return self.finish_open();
        }
        if self.judged - self.open.as_ref()?.onset >= REGION_MAX { self.cut() } else { None }
    }

    /// Opens a region once a frame leaves no doubt, from where the sound began to be like a voice.
    fn rise(&mut self, frame: Range<u64>, score: FrameScore) {
        if score.voice < VOICED_SCORE {
            self.rising.clear();
            return;
        }
        if self.rising.len() == RISING_FRAMES_MAX {
            self.rising.remove(0);
        }
        self.rising.push(score);
        if score.voice >= ONSET_SCORE {
            let scores = std::mem::take(&mut self.rising);
            let onset = frame.end - scores.len() as u64 * FRAME;
            let mut voiced = Vec::with_capacity(8);
            voiced.push(onset..frame.end);
            self.open = Some(OpenRegion { onset, certain_from: frame.start, pad_start: true, voiced, scores });
        }
    }

    fn finish_open(&mut self) -> Option<SpeechRegion> {
        let open = self.open.take()?;
        self.close(&open)
    }

    fn close(&mut self, open: &OpenRegion) -> Option<SpeechRegion> {
        // The rest of a region that was cut is speech however short it is.
        if open.pad_start && open.certain_voice() < SPEECH_MIN || self.is_no_voice(open) {
            return None;
        }
        let end = (open.voiced_end() + PAD_END).min(self.position().0);
        Some(self.take_region(open, end))
    }

    /// Says whether what the network took for a voice is noise or a tone.
    fn is_no_voice(&self, open: &OpenRegion) -> bool {
        if open.is_steady() {
            return true;
        }
        let (start, end) = (open.onset - self.buffer_start, open.voiced_end() - self.buffer_start);
        end - start >= TONAL_MIN && is_tonal(&self.buffer[start as usize..end as usize])
    }

    fn take_region(&mut self, open: &OpenRegion, end: u64) -> SpeechRegion {
        let region = self.region(open, end);
        self.given_until = end;
        region
    }

    fn region(&self, open: &OpenRegion, end: u64) -> SpeechRegion {
        let pad = if open.pad_start { PAD_START } else { 0 };
        let start = open.onset.saturating_sub(pad).max(self.given_until).max(self.buffer_start);
        let samples = self.buffer[(start - self.buffer_start) as usize..(end - self.buffer_start) as usize].to_vec();
        let voiced = open.voiced.iter().map(|run| run.start..run.end.min(end)).filter(|run| !run.is_empty()).collect();
        SpeechRegion { start: SamplePosition(start), samples, voiced }
    }

    /// Cuts a region that grew too long where it is least like speech.
    fn cut(&mut self) -> Option<SpeechRegion> {
        let open = self.open.take()?;
        let cut_frame = open.quietest_frame();
        let cut = open.onset + cut_frame as u64 * FRAME;
        let region = if self.is_no_voice(&open) { None } else { Some(self.take_region(&open, cut)) };
        let voiced: Vec<Range<u64>> =
            open.voiced.iter().filter(|run| run.end > cut).map(|run| run.start.max(cut)..run.end).collect();
        if !voiced.is_empty() {
            let scores = open.scores[cut_frame..].to_vec();
            self.open = Some(OpenRegion { onset: cut, certain_from: cut, pad_start: false, voiced, scores });
        }
        region
    }

    fn forget_silence(&mut self) {
        let needed_from = match &self.open {
            Some(open) => open.onset.saturating_sub(PAD_START),
            None => self.judged.saturating_sub(PAD_START + self.rising.len() as u64 * FRAME),
        };
        let count = needed_from.saturating_sub(self.buffer_start) as usize;
        self.buffer.drain(..count);
        self.buffer_start += count as u64;
    }
}

impl OpenRegion {
    fn voiced_end(&self) -> u64 {
        self.voiced.last().map_or(self.onset, |run| run.end)
    }

    fn add_voiced(&mut self, frame: Range<u64>) {
        match self.voiced.last_mut() {
            Some(run) if frame.start - run.end < PAUSE_MIN => run.end = frame.end,
            _ => self.voiced.push(frame),
        }
    }

    /// Counts what was voiced since the detector was certain.
    fn certain_voice(&self) -> u64 {
        self.voiced.iter().map(|run| run.end.saturating_sub(run.start.max(self.certain_from))).sum()
    }

    /// Says whether the loudness hardly changes while a voice seems to be heard.
    fn is_steady(&self) -> bool {
        let voiced = self.scores.iter().filter(|score| score.voice >= VOICED_SCORE);
        let mut levels_db: Vec<f32> = voiced.map(|score| score.level_db).collect();
        if (levels_db.len() as u64) * FRAME < STEADY_MIN {
            return false;
        }
        levels_db.sort_unstable_by(f32::total_cmp);
        let tenth = levels_db.len() / 10;
        levels_db[levels_db.len() - 1 - tenth] - levels_db[tenth] < LEVEL_SPREAD_MIN_DB
    }

    fn quietest_frame(&self) -> usize {
        const SMOOTHED_FRAMES: usize = 8;
        let first = self.scores.len().saturating_sub((CUT_SEARCH / FRAME) as usize);
        let windows = self.scores[first..].windows(SMOOTHED_FRAMES);
        let windows = windows.map(|window| window.iter().map(|score| score.voice).sum::<f32>());
        windows
            .enumerate()
            .min_by(|(_, left), (_, right)| left.total_cmp(right))
            .map_or(self.scores.len(), |(index, _)| first + index + SMOOTHED_FRAMES / 2)
    }
}

#[cfg(test)]
#[path = "speech_region_tests.rs"]
mod tests;
