use model::{Layout, Profile};

/// What is left to the rest of the machine: uploads, the API, and whatever a meeting does that was not foreseen.
const SHARE_FOR_RECORDINGS: f64 = 0.8;
/// Cores that a mix of 1280x720 at 25 frames a second takes without its tiles, and each moving tile on top; measured with
/// `make bench`, see docs/CAPACITY.md.
const MIX_CORES: f64 = 0.29;
const TILE_CORES: f64 = 0.023;
const MEASURED_PIXELS_PER_S: f64 = 1280.0 * 720.0 * 25.0;
/// A recording without a picture.
const SOUND_CORES: f64 = 0.05;
/// More tiles are not shown at once, and others are not decoded.
const TILES_MAX: usize = 25;

/// What a recording is expected to take, in cores.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub(crate) struct Cost(f64);

impl Cost {
    /// Expects everybody to have a camera and to move.
    pub(crate) fn of(profile: Profile, layout: Layout, people: usize) -> Self {
        if layout == Layout::Audio {
            return Self(SOUND_CORES);
        }
        let format = profile.video_format();
        let pixels_per_s = f64::from(format.width * format.height * format.frames_per_second);
        let tiles = people.clamp(1, TILES_MAX) as f64;
        Self(MIX_CORES * pixels_per_s / MEASURED_PIXELS_PER_S + TILE_CORES * tiles)
    }

    pub(crate) const fn cores(self) -> f64 {
        self.0
    }
}

/// What a machine has for recordings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Capacity {
    cores: f64,
}

impl Capacity {
    pub(crate) const fn of(cores: f64) -> Self {
        Self { cores: cores * SHARE_FOR_RECORDINGS }
    }

    /// Returns how many cores are left beside what runs.
    pub(crate) fn left(self, running: impl Iterator<Item = Cost>) -> f64 {
        (self.cores - running.map(Cost::cores).sum::<f64>()).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use model::{Layout, Profile};

    use super::{Capacity, Cost};

    #[test]
    fn costs_follow_profile_and_tiles() {
        let cost = |profile, layout, people| (Cost::of(profile, layout, people).cores() * 1000.0).round();
        // The measured meeting: nine moving tiles at 720p25.
        assert!((cost(Profile::High, Layout::Grid, 9) - 497.0).abs() < 1.0);
        assert!((cost(Profile::High, Layout::Audio, 50) - 50.0).abs() < 1.0);
        for pair in [Profile::Economy, Profile::Standard, Profile::High, Profile::Full].windows(2) {
            assert!(cost(pair[0], Layout::Auto, 4) < cost(pair[1], Layout::Auto, 4));
        }
        assert!((cost(Profile::High, Layout::Grid, 25) - cost(Profile::High, Layout::Grid, 300)).abs() < 1.0);
    }

    #[test]
    fn what_runs_is_taken_off() {
        let (two_cores, nine) = (Capacity::of(2.0), Cost::of(Profile::High, Layout::Grid, 9));
        assert!((two_cores.left([].into_iter()) - 1.6).abs() < 1e-9);
        let left = two_cores.left([nine; 3].into_iter());
        assert!(left > 0.1 && left < nine.cores(), "three fit and a fourth does not: {left}");
        let sound = Cost::of(Profile::Standard, Layout::Audio, 8);
        assert!(two_cores.left([sound; 20].into_iter()) >= sound.cores(), "twenty fit, and more");
        assert!(two_cores.left([nine; 9].into_iter()) <= 0.0);
    }
}
