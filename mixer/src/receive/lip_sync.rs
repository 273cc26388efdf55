use std::collections::BTreeMap;

use model::TrackId;

/// Clocks further apart are not the same clock; their tracks stay as they arrived.
const DELAY_NS_MAX: i128 = 1_000_000_000;
/// Smaller corrections are not worth moving media for.
const CORRECTION_NS_MIN: i64 = 8_000_000;

/// Aligns the tracks of one participant by their sender reports.
///
/// A track's lead is how far the timeline is ahead of the sender's clock in that track. Equal moments of the sender
/// must land on equal moments of the timeline, so every track is delayed to the largest lead.
#[derive(Debug, Default)]
pub(crate) struct LipSync {
    leads: BTreeMap<TrackId, i128>,
    delays: BTreeMap<TrackId, i64>,
}

impl LipSync {
    /// Takes a track's lead; returns the delay of every track of the participant.
    pub(crate) fn observe(&mut self, track_id: &TrackId, lead_ns: i128) -> &BTreeMap<TrackId, i64> {
        self.leads.insert(track_id.clone(), lead_ns);
        let largest = self.leads.values().copied().max().unwrap_or(lead_ns);
        for (track_id, lead) in &self.leads {
            let delay = largest - lead;
            let delay = if delay > DELAY_NS_MAX { 0 } else { delay as i64 };
            let current = self.delays.entry(track_id.clone()).or_insert(0);
            if (delay - *current).abs() >= CORRECTION_NS_MIN {
                *current = delay;
            }
        }
        &self.delays
    }

    /// Forgets a track.
    pub(crate) fn remove(&mut self, track_id: &TrackId) {
        self.leads.remove(track_id);
        self.delays.remove(track_id);
    }
}

#[cfg(test)]
mod tests {
    use model::TrackId;

    use super::LipSync;

    const MS: i128 = 1_000_000;

    #[test]
    fn the_track_that_arrives_sooner_waits_for_the_other() {
        let (voice, picture) = (TrackId::new("voice").expect("valid"), TrackId::new("picture").expect("valid"));
        let mut sync = LipSync::default();
        assert_eq!(sync.observe(&voice, -5_000 * MS)[&voice], 0);
        let delays = sync.observe(&picture, -4_880 * MS);
        assert_eq!((delays[&voice], delays[&picture]), (120_000_000, 0));
        assert_eq!(sync.observe(&picture, -4_885 * MS)[&voice], 120_000_000, "a small change is left alone");
        assert_eq!(sync.observe(&picture, 90_000 * MS)[&voice], 0, "another clock says nothing");
    }
}
