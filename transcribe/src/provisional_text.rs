use crate::audio::{SAMPLES_PER_MS, SamplePosition};
use crate::speech_region::SpeechRegion;
use crate::utterances::UtteranceDraft;

/// What was heard so far in speech that is not over, or that waits to share a window with more of it. It is shown while
/// the meeting runs and never kept: the same speech is heard again as a whole.
#[derive(Default)]
pub(crate) struct ProvisionalText {
    regions: Vec<HeardRegion>,
}

struct HeardRegion {
    start: SamplePosition,
    end: SamplePosition,
    drafts: Vec<UtteranceDraft>,
}

/// Shorter speech tells too little.
const HEARD_MIN: u64 = 1_000 * SAMPLES_PER_MS;
/// A sentence that is going on is heard again when it has grown by this much.
const GROWTH_MIN: u64 = 1_000 * SAMPLES_PER_MS;

impl ProvisionalText {
    /// Forgets regions that wait no longer and returns those that are worth hearing now.
    pub(crate) fn select(&mut self, waiting: Vec<SpeechRegion>) -> Vec<SpeechRegion> {
        self.regions.retain(|heard| waiting.iter().any(|region| region.start == heard.start));
        let is_heard = |region: &SpeechRegion| {
            let same = self.regions.iter().find(|heard| heard.start == region.start);
            same.is_some_and(|heard| region.end().0 < heard.end.0 + GROWTH_MIN)
        };
        waiting.into_iter().filter(|region| region.samples.len() as u64 >= HEARD_MIN && !is_heard(region)).collect()
    }

    pub(crate) fn put(&mut self, region: &SpeechRegion, drafts: Vec<UtteranceDraft>) {
        self.regions.retain(|heard| heard.start != region.start);
        self.regions.push(HeardRegion { start: region.start, end: region.end(), drafts });
    }

    /// Forgets what begins before a moment: it was heard for good.
    pub(crate) fn forget_before(&mut self, moment: SamplePosition) {
        self.regions.retain(|heard| heard.start >= moment);
    }

    pub(crate) fn drafts(&self) -> impl Iterator<Item = &UtteranceDraft> {
        self.regions.iter().flat_map(|heard| &heard.drafts)
    }
}

#[cfg(test)]
mod tests {
    use super::ProvisionalText;
    use crate::audio::{SAMPLES_PER_MS, SamplePosition};
    use crate::speech_region::SpeechRegion;

    fn region(start_ms: u64, length_ms: u64) -> SpeechRegion {
        let samples = vec![0.5; (length_ms * SAMPLES_PER_MS) as usize];
        SpeechRegion { start: SamplePosition(start_ms * SAMPLES_PER_MS), samples, voiced: Vec::new() }
    }

    #[test]
    fn speech_is_heard_again_only_when_it_has_grown() {
        let mut text = ProvisionalText::default();
        let select = |text: &mut ProvisionalText, regions: &[(u64, u64)]| -> Vec<u64> {
            let waiting = regions.iter().map(|&(start, length)| region(start, length)).collect();
            text.select(waiting).iter().map(|region| region.start.0 / SAMPLES_PER_MS).collect()
        };
        assert_eq!(select(&mut text, &[(0, 900)]), [0; 0], "too short");
        assert_eq!(select(&mut text, &[(0, 3_000), (5_000, 1_500)]), [0, 5_000]);
        text.put(&region(0, 3_000), Vec::new());
        text.put(&region(5_000, 1_500), Vec::new());
        assert_eq!(select(&mut text, &[(0, 3_000), (5_000, 2_400)]), [0; 0]);
        assert_eq!(select(&mut text, &[(0, 3_000), (5_000, 2_500)]), [5_000]);
        text.forget_before(SamplePosition(3_000 * SAMPLES_PER_MS));
        assert_eq!(select(&mut text, &[(0, 3_000), (5_000, 1_500)]), [0]);
    }
}
