use std::collections::BTreeMap;

use model::{RecordingId, Rendition};
use store::Store;

use crate::Error;
use crate::spool::SpoolFile;

/// Where the renditions of a recording end; a killed process leaves one shorter than the other.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct MediaEnds {
    pub(crate) first_us: u64,
    pub(crate) last_us: u64,
}

impl MediaEnds {
    /// Looks at what is journalled and at what is still in the spool.
    pub(crate) async fn find(store: &Store, recording_id: &RecordingId, spooled: &[SpoolFile]) -> Result<Self, Error> {
        let mut ends: BTreeMap<Rendition, u64> = BTreeMap::new();
        let mut reach = |rendition, end_us: u64| {
            let end = ends.entry(rendition).or_default();
            *end = end_us.max(*end);
        };
        for stored in store.list_segments(recording_id, None).await? {
            reach(stored.segment.rendition, stored.segment.start_us + stored.segment.duration_us);
        }
        for file in spooled {
            if let SpoolFile::Segment { rendition, start_us, duration_us, .. } = file {
                reach(*rendition, start_us + duration_us);
            }
        }
        let first_us = ends.values().copied().min().unwrap_or(0);
        Ok(Self { first_us, last_us: ends.values().copied().max().unwrap_or(0) })
    }
}
