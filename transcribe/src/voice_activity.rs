use std::collections::VecDeque;

/// Scores frames of one microphone for speech: a small neural network (`earshot`, weights in the crate) decides what a
/// voice is, and an adaptive noise floor keeps loud steady noise from passing for one.
///
/// Needs no model file. Why this one: docs/decisions/0004-voice-activity.md.
pub(crate) struct VoiceActivityDetector {
    network: Box<earshot::Detector>,
    noise_floor: NoiseFloor,
}

/// What the detector says about a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct FrameScore {
    /// How likely it holds a voice, 0 to 1.
    pub(crate) voice: f32,
    /// Its power in decibels below full scale.
    pub(crate) level_db: f32,
}

/// The number of samples the detector judges at a time: 16 ms.
pub(crate) const FRAME_SAMPLES: usize = 256;

const LEVEL_MIN_DB: f32 = -55.0;
const MARGIN_MIN_DB: f32 = 4.0;

impl VoiceActivityDetector {
    pub(crate) fn new() -> Self {
        Self { network: Box::default(), noise_floor: NoiseFloor::new() }
    }

    /// Forgets the sound so far; what follows comes from another moment.
    pub(crate) fn reset(&mut self) {
        self.network.reset();
    }

    /// Judges the next frame.
    pub(crate) fn score(&mut self, frame: &[f32]) -> FrameScore {
        let power = frame.iter().map(|sample| sample * sample).sum::<f32>() / frame.len() as f32;
        let level_db = 10.0 * (power + 1e-12).log10();
        let floor_db = self.noise_floor.update(level_db);
        let score = self.network.predict_f32(frame);
        let stands_out = level_db >= LEVEL_MIN_DB && level_db >= floor_db + MARGIN_MIN_DB;
        FrameScore { voice: if stands_out { score } else { 0.0 }, level_db }
    }
}

/// The level that nine tenths of the last four seconds exceed.
struct NoiseFloor {
    levels_db: VecDeque<f32>,
    floor_db: f32,
    frames_until_update: u32,
}

const QUIET_DB: f32 = -70.0;
const FLOOR_FRAMES: usize = 250;
const UPDATE_FRAMES: u32 = 10;

impl NoiseFloor {
    fn new() -> Self {
        // Starting from quiet lets a track begin in the middle of a word.
        let levels_db = VecDeque::from(vec![QUIET_DB; FLOOR_FRAMES]);
        Self { levels_db, floor_db: QUIET_DB, frames_until_update: UPDATE_FRAMES }
    }

    fn update(&mut self, level_db: f32) -> f32 {
        self.levels_db.pop_front();
        self.levels_db.push_back(level_db.max(QUIET_DB));
        self.frames_until_update -= 1;
        if self.frames_until_update == 0 {
            self.frames_until_update = UPDATE_FRAMES;
            let mut sorted: Vec<f32> = self.levels_db.iter().copied().collect();
            let (_, tenth, _) = sorted.select_nth_unstable_by(FLOOR_FRAMES / 10, f32::total_cmp);
            self.floor_db = *tenth;
        }
        self.floor_db
    }
}
