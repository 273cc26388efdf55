use model::Language;

use crate::audio::{SAMPLES_PER_MS, SamplePosition};
use crate::speech_region::SpeechRegion;

/// How speech is cut up for an engine. Every call of Whisper pays for 30 s whatever it is given, so packing several
/// regions into one window saves time, where the model bears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowRule {
    /// One region per window.
    RegionPerWindow,
    /// Consecutive regions of one speaker share a window, silence between them.
    Packed {
        /// The longest silence between two regions that share a window, in milliseconds; beyond it the topic may have
        /// changed.
        gap_ms_max: u64,
    },
}

/// Speech of one participant as the engine gets it.
pub(crate) struct SpeechWindow {
    pub(crate) language: Language,
    pub(crate) samples: Vec<f32>,
    pub(crate) parts: Vec<WindowPart>,
}

/// A region inside a window.
pub(crate) struct WindowPart {
    /// Where in the window it begins, in samples.
    pub(crate) offset: u64,
    pub(crate) region: SpeechRegion,
}

/// The silence put between two regions in a window.
const SPACER: u64 = 400 * SAMPLES_PER_MS;

const VOICED_MARGIN: u64 = 200 * SAMPLES_PER_MS;

/// Fast Mandarin fills Whisper's 220 tokens in less than its 30 s.
const fn window_samples_max(language: Language) -> u64 {
    match language {
        Language::English => 28_000 * SAMPLES_PER_MS,
        Language::Mandarin => 24_000 * SAMPLES_PER_MS,
    }
}

impl SpeechWindow {
    fn new(language: Language, region: SpeechRegion) -> Self {
        let mut window = Self { language, samples: Vec::new(), parts: Vec::new() };
        window.append(region);
        window
    }

    fn append(&mut self, region: SpeechRegion) {
        let offset = self.samples.len() as u64;
        self.samples.extend_from_slice(&region.samples);
        self.parts.push(WindowPart { offset, region });
    }

    fn has_room_for(&self, region: &SpeechRegion, rule: WindowRule) -> bool {
        let WindowRule::Packed { gap_ms_max } = rule else { return false };
        let length = self.samples.len() as u64 + SPACER + region.samples.len() as u64;
        let gap = self.parts.last().map_or(0, |part| region.start.0.saturating_sub(part.region.end().0));
        length <= window_samples_max(self.language) && gap <= gap_ms_max * SAMPLES_PER_MS
    }

    /// Returns how long a voice was heard between two moments of the window; each run of it counts with a margin, because
    /// engines place words only roughly.
    pub(crate) fn voiced_ms(&self, from_ms: u64, until_ms: u64) -> u64 {
        let (from, until) = (from_ms * SAMPLES_PER_MS, until_ms * SAMPLES_PER_MS);
        let voiced = self.parts.iter().flat_map(|part| {
            part.region.voiced.iter().map(|run| {
                let start = part.offset + run.start.saturating_sub(part.region.start.0 + VOICED_MARGIN);
                let end = part.offset + run.end.saturating_sub(part.region.start.0) + VOICED_MARGIN;
                until.min(end).saturating_sub(from.max(start))
            })
        });
        (voiced.sum::<u64>() / SAMPLES_PER_MS).min(until_ms.saturating_sub(from_ms))
    }

    pub(crate) fn duration_ms(&self) -> u64 {
        self.parts.iter().map(|part| part.region.duration_ms()).sum()
    }

    /// Returns the index of the part that a moment of the window belongs to; the middle of a spacer is the border.
    pub(crate) fn part_at(&self, window_ms: u64) -> usize {
        let position = window_ms * SAMPLES_PER_MS;
        let later = self.parts.partition_point(|part| part.offset.saturating_sub(SPACER / 2) <= position);
        later.saturating_sub(1)
    }
}

impl WindowPart {
    /// Maps a moment of the window to the recording's timeline, never outside the region.
    pub(crate) fn to_recording(&self, window_ms: u64) -> SamplePosition {
        let inside = (window_ms * SAMPLES_PER_MS).saturating_sub(self.offset).min(self.region.samples.len() as u64);
        SamplePosition(self.region.start.0 + inside)
    }
}

/// Collects the regions of one participant into windows.
pub(crate) struct WindowPacker {
    rule: WindowRule,
    language: Language,
    open: Option<SpeechWindow>,
}

impl WindowPacker {
    pub(crate) fn new(rule: WindowRule, language: Language) -> Self {
        Self { rule, language, open: None }
    }

    pub(crate) const fn language(&self) -> Language {
        self.language
    }

    /// Takes the next region in and returns the window that is complete now.
    pub(crate) fn push(&mut self, region: SpeechRegion) -> Option<SpeechWindow> {
        if self.rule == WindowRule::RegionPerWindow {
            return Some(SpeechWindow::new(self.language, region));
        }
        match &mut self.open {
            Some(open) if open.has_room_for(&region, self.rule) => {
                open.samples.resize(open.samples.len() + SPACER as usize, 0.0);
                open.append(region);
                None
            }
            _ => self.open.replace(SpeechWindow::new(self.language, region)),
        }
    }

    /// Returns the regions that wait in the window that is still open.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = &SpeechRegion> {
        self.open.iter().flat_map(|window| window.parts.iter().map(|part| &part.region))
    }

    /// Returns the window that is still open.
    pub(crate) fn finish(&mut self) -> Option<SpeechWindow> {
        self.open.take()
    }
}

#[cfg(test)]
mod tests {
    use model::Language;
    use proptest::prelude::*;

    use super::{SpeechWindow, WindowPacker, WindowRule, window_samples_max};
    use crate::audio::{SAMPLES_PER_MS, SamplePosition};
    use crate::speech_region::SpeechRegion;

    fn region(start_ms: u64, length_ms: u64) -> SpeechRegion {
        let samples = vec![0.5; (length_ms * SAMPLES_PER_MS) as usize];
        SpeechRegion { start: SamplePosition(start_ms * SAMPLES_PER_MS), samples, voiced: Vec::new() }
    }

    fn pack(rule: WindowRule, language: Language, regions: Vec<SpeechRegion>) -> Vec<SpeechWindow> {
        let mut packer = WindowPacker::new(rule, language);
        let mut windows: Vec<SpeechWindow> = regions.into_iter().filter_map(|region| packer.push(region)).collect();
        windows.extend(packer.finish());
        windows
    }

    #[test]
    fn a_window_closes_when_it_is_full_or_the_gap_is_long() {
        let shape = |rule, regions: &[(u64, u64)]| -> Vec<usize> {
            let regions = regions.iter().map(|&(start, length)| region(start, length)).collect();
            pack(rule, Language::Mandarin, regions).iter().map(|window| window.parts.len()).collect()
        };
        let packed = WindowRule::Packed { gap_ms_max: 30_000 };
        assert_eq!(shape(packed, &[(0, 10_000), (12_000, 10_000), (30_000, 5_000)]), [2, 1]);
        assert_eq!(shape(packed, &[(0, 1_000), (31_000, 1_000), (62_001, 1_000)]), [2, 1]);
        assert_eq!(shape(WindowRule::RegionPerWindow, &[(0, 1_000), (2_000, 1_000)]), [1, 1]);
        assert_eq!(shape(packed, &[]), Vec::<usize>::new());
    }

    proptest! {
        #[test]
        fn every_moment_of_speech_maps_back_to_itself(
            regions in prop::collection::vec((1_u64..40_000, 200_u64..23_000), 1..12),
            mandarin in any::<bool>(),
        ) {
            let language = if mandarin { Language::Mandarin } else { Language::English };
            let mut start_ms = 0;
            let mut placed = Vec::new();
            for (gap_ms, length_ms) in regions {
                start_ms += gap_ms;
                placed.push((start_ms, length_ms));
                start_ms += length_ms;
            }
            let regions = placed.iter().map(|&(start, length)| region(start, length)).collect();
            let windows = pack(WindowRule::Packed { gap_ms_max: 30_000 }, language, regions);
            let mut seen = Vec::new();
            for window in &windows {
                prop_assert!(window.samples.len() as u64 <= window_samples_max(language));
                for (index, part) in window.parts.iter().enumerate() {
                    let length_ms = part.region.duration_ms();
                    let start_ms = part.region.start.0 / SAMPLES_PER_MS;
                    for inside_ms in [0, length_ms / 3, length_ms - 1] {
                        let window_ms = part.offset / SAMPLES_PER_MS + inside_ms;
                        prop_assert_eq!(window.part_at(window_ms), index);
                        prop_assert_eq!(part.to_recording(window_ms).0 / SAMPLES_PER_MS, start_ms + inside_ms);
                    }
                    seen.push((start_ms, length_ms));
                }
                for window_ms in [0, 7_777, 29_999, 1_000_000] {
                    let part = &window.parts[window.part_at(window_ms)];
                    let mapped = part.to_recording(window_ms);
                    prop_assert!(mapped >= part.region.start && mapped <= part.region.end());
                }
            }
            prop_assert_eq!(seen, placed);
        }
    }
}
