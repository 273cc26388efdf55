use proptest::prelude::*;

use super::SpeechRegionFinder;
use crate::audio::{SAMPLES_PER_MS, SamplePosition};

/// Something like a voice: a buzz of 120 Hz through moving formants, in syllables.
fn voice(length_ms: u64) -> Vec<f32> {
    let rate = 16_000.0_f32;
    (0..length_ms * SAMPLES_PER_MS)
        .map(|index| {
            let time = index as f32 / rate;
            let syllable = (std::f32::consts::TAU * 3.5 * time).sin().max(-0.6) * 0.4 + 0.6;
            let glide = (std::f32::consts::TAU * 1.7 * time).sin();
            let harmonics = (1..=28).map(|harmonic| {
                let frequency = 120.0 * harmonic as f32;
                let near = |formant: f32, width: f32| (-((frequency - formant) / width).powi(2)).exp();
                let gain = near(550.0 + 200.0 * glide, 180.0) + 0.6 * near(1_500.0 - 400.0 * glide, 250.0) + 0.05;
                gain * (std::f32::consts::TAU * frequency * time).sin()
            });
            0.12 * syllable * harmonics.sum::<f32>()
        })
        .collect()
}

fn noise(length_ms: u64, amplitude: f32) -> Vec<f32> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    (0..length_ms * SAMPLES_PER_MS)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            amplitude * ((state >> 40) as f32 / (1_u64 << 23) as f32 - 1.0)
        })
        .collect()
}

/// Returns start and end of each region in milliseconds.
fn find(start_ms: u64, sound: &[f32], piece: usize) -> Vec<(u64, u64)> {
    let mut finder = SpeechRegionFinder::new();
    finder.restart(SamplePosition(start_ms * SAMPLES_PER_MS));
    let mut regions = Vec::new();
    for piece in sound.chunks(piece) {
        regions.extend(finder.push(piece));
    }
    regions.extend(finder.finish());
    regions.iter().map(|region| (region.start.0 / SAMPLES_PER_MS, region.end().0 / SAMPLES_PER_MS)).collect()
}

#[test]
fn silence_and_noise_hold_no_speech() {
    assert_eq!(find(0, &vec![0.0; 960_000], 4_000), []);
    for amplitude in [0.001, 0.01, 0.1, 0.5] {
        assert_eq!(find(0, &noise(60_000, amplitude), 4_000), [], "amplitude {amplitude}");
    }
}

/// A tone of hold music and of a telephone: three pitches, each struck and fading or steady.
fn tones(length_ms: u64, fades: bool) -> Vec<f32> {
    (0..length_ms * SAMPLES_PER_MS)
        .map(|index| {
            let time = index as f32 / 16_000.0;
            let pitch = [440.0, 554.0, 659.0][(time * 2.0) as usize % 3];
            let strength = if fades { (-4.0 * (time % 0.5)).exp() } else { 1.0 };
            0.3 * strength * (std::f32::consts::TAU * pitch * time).sin()
        })
        .collect()
}

#[test]
fn tones_hold_no_speech() {
    assert_eq!(find(0, &tones(60_000, false), 4_000), []);
    let struck: u64 = find(0, &tones(60_000, true), 4_000).iter().map(|(start, end)| end - start).sum();
    assert!(struck <= 6_000, "{struck} ms of struck tones pass for speech");
}

#[test]
fn regions_keep_their_place_and_their_edges() {
    let mut sound = vec![0.0; 16_000];
    sound.extend(voice(2_000));
    sound.extend(vec![0.0; 24_000]);
    sound.extend(voice(1_500));
    let regions = find(100_000, &sound, 320);
    assert_eq!(regions.len(), 2, "{regions:?}");
    for ((start, end), (voice_start, voice_end)) in regions.iter().zip([(101_000, 103_000), (104_500, 106_000)]) {
        assert!(*start <= voice_start && voice_start - start <= 300, "{regions:?}");
        assert!(*end >= voice_end && end - voice_end <= 400, "{regions:?}");
    }
}

#[test]
fn endless_speech_is_cut_without_losing_any() {
    let regions = find(0, &voice(70_000), 16_000);
    assert!(regions.len() >= 3, "{regions:?}");
    assert!(regions.iter().all(|(start, end)| end - start <= 24_000), "{regions:?}");
    assert!(regions.windows(2).all(|pair| pair[0].1 == pair[1].0), "{regions:?}");
    assert!(regions[0].0 <= 100 && regions[regions.len() - 1].1 >= 69_500, "{regions:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn the_size_of_the_pieces_does_not_matter(piece in 1_usize..5_000) {
        let mut sound = noise(700, 0.001);
        sound.extend(voice(1_200));
        sound.extend(noise(900, 0.001));
        sound.extend(voice(700));
        prop_assert_eq!(find(5_000, &sound, piece), find(5_000, &sound, sound.len()));
    }
}
