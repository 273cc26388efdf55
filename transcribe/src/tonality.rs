use crate::audio::SAMPLE_RATE_HZ;

/// Says whether the sound is made of tones, as hold music and telephones make them. A voice spreads its power over the
/// harmonics of a pitch that moves; here nearly all power lies at one frequency at a time, or at up to three that stay.
pub(crate) fn is_tonal(samples: &[f32]) -> bool {
    if samples.len() < FRAME {
        return false;
    }
    let step = ((samples.len() - FRAME) / (MOMENTS - 1)).max(1);
    let moments: Vec<Moment> = samples.windows(FRAME).step_by(step).take(MOMENTS).map(Moment::listen).collect();
    median(moments.iter().map(|moment| moment.strongest_share)) >= SHARE_MIN
        || median(moments.iter().map(|moment| moment.chord_share)) >= SHARE_MIN && are_few(&moments)
}

/// 64 ms tell 80 Hz apart behind a Hann window.
const FRAME: usize = 1024;
const MOMENTS: usize = 31;
const SHARE_MIN: f32 = 0.9;
const CHORD_TONES: usize = 3;
const FREQUENCY_MIN_HZ: usize = 80;
const FREQUENCY_MAX_HZ: usize = 4_000;
/// A Hann window spreads a tone over this many bins to each side.
const PEAK_BINS: usize = 2;

/// What is loud at one moment.
struct Moment {
    strongest_bin: usize,
    /// The share of the power at the strongest frequency.
    strongest_share: f32,
    /// The share of the power at the three strongest.
    chord_share: f32,
}

impl Moment {
    fn listen(frame: &[f32]) -> Self {
        let bin = |frequency_hz: usize| frequency_hz * FRAME / SAMPLE_RATE_HZ as usize;
        let bins = bin(FREQUENCY_MIN_HZ)..bin(FREQUENCY_MAX_HZ);
        let mut powers: Vec<f32> = bins.map(|index| power_at(frame, index)).collect();
        let total = powers.iter().sum::<f32>().max(f32::MIN_POSITIVE);
        let (strongest_bin, strongest) = take_peak(&mut powers);
        let others: f32 = (1..CHORD_TONES).map(|_| take_peak(&mut powers).1).sum();
        Self { strongest_bin, strongest_share: strongest / total, chord_share: (strongest + others) / total }
    }
}

/// Takes the strongest frequency out of the powers and returns its bin and its power.
fn take_peak(powers: &mut [f32]) -> (usize, f32) {
    let peak = powers.iter().enumerate().max_by(|(_, left), (_, right)| left.total_cmp(right));
    let peak = peak.map_or(0, |(index, _)| index);
    let end = (peak + PEAK_BINS + 1).min(powers.len());
    let nearby = &mut powers[peak.saturating_sub(PEAK_BINS)..end];
    let power = nearby.iter().sum();
    nearby.fill(0.0);
    (peak, power)
}

/// Says whether the strongest frequency is one of three nearly all the time.
fn are_few(moments: &[Moment]) -> bool {
    let mut bins: Vec<usize> = moments.iter().map(|moment| moment.strongest_bin).collect();
    let mut covered = 0;
    for _ in 0..CHORD_TONES {
        let near = |center: usize| bins.iter().filter(|bin| bin.abs_diff(center) <= 1).count();
        let Some(center) = bins.iter().copied().max_by_key(|bin| near(*bin)) else { break };
        covered += near(center);
        bins.retain(|bin| bin.abs_diff(center) > 1);
    }
    covered as f32 >= SHARE_MIN * moments.len() as f32
}

fn median(values: impl Iterator<Item = f32>) -> f32 {
    let mut values: Vec<f32> = values.collect();
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}

/// Goertzel's algorithm behind a Hann window.
fn power_at(frame: &[f32], bin: usize) -> f32 {
    let turn = std::f32::consts::TAU / FRAME as f32;
    let coefficient = 2.0 * (turn * bin as f32).cos();
    let (mut last, mut before) = (0.0_f32, 0.0_f32);
    for (sample, weight) in frame.iter().zip(hann()) {
        (last, before) = (sample * weight + coefficient * last - before, last);
    }
    last * last + before * before - coefficient * last * before
}

fn hann() -> impl Iterator<Item = f32> {
    static WEIGHTS: std::sync::LazyLock<Vec<f32>> = std::sync::LazyLock::new(|| {
        let turn = std::f32::consts::TAU / FRAME as f32;
        (0..FRAME).map(|index| 0.5 - 0.5 * (turn * index as f32).cos()).collect()
    });
    WEIGHTS.iter().copied()
}
