use crate::audio::SAMPLE_RATE_HZ;

/// Says whether the sound is one tone after another, as hold music and telephones make them: nearly all the power of
/// most moments lies at one frequency, where a voice spreads it over the harmonics of its pitch.
pub(crate) fn is_tonal(samples: &[f32]) -> bool {
    if samples.len() < FRAME {
        return false;
    }
    let step = ((samples.len() - FRAME) / (MOMENTS - 1)).max(1);
    let mut shares: Vec<f32> = samples.windows(FRAME).step_by(step).take(MOMENTS).map(peak_share).collect();
    let middle = shares.len() / 2;
    let (_, median, _) = shares.select_nth_unstable_by(middle, f32::total_cmp);
    *median >= PEAK_SHARE_MIN
}

/// 64 ms tell 80 Hz apart behind a Hann window.
const FRAME: usize = 1024;
const MOMENTS: usize = 15;
const PEAK_SHARE_MIN: f32 = 0.9;
const FREQUENCY_MIN_HZ: usize = 80;
const FREQUENCY_MAX_HZ: usize = 4_000;
/// A Hann window spreads a tone over this many bins to each side.
const PEAK_BINS: usize = 2;

/// Returns the share of the power that lies at the strongest frequency.
fn peak_share(frame: &[f32]) -> f32 {
    let bin = |frequency_hz: usize| frequency_hz * FRAME / SAMPLE_RATE_HZ as usize;
    let powers: Vec<f32> = (bin(FREQUENCY_MIN_HZ)..bin(FREQUENCY_MAX_HZ)).map(|index| power_at(frame, index)).collect();
    let total: f32 = powers.iter().sum();
    let peak = powers.iter().enumerate().max_by(|(_, left), (_, right)| left.total_cmp(right));
    let Some((peak, _)) = peak else { return 0.0 };
    let nearby = &powers[peak.saturating_sub(PEAK_BINS)..(peak + PEAK_BINS + 1).min(powers.len())];
    nearby.iter().sum::<f32>() / total.max(f32::MIN_POSITIVE)
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
