use std::collections::BTreeMap;

use model::{ParticipantId, RecordingId, Rendition};
use serde::{Deserialize, Serialize};
use store::Store;

use crate::Error;
use crate::spool::SpoolFile;

/// The numbers a recorder process gives to what it closes next; they go on where the process before it stopped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NextSequences {
    segments: BTreeMap<Rendition, u64>,
    speech: BTreeMap<ParticipantId, u64>,
}

impl NextSequences {
    /// Finds what follows everything that is journalled and everything that is still in the spool.
    pub(crate) async fn find(store: &Store, recording_id: &RecordingId, spooled: &[SpoolFile]) -> Result<Self, Error> {
        let mut next = Self::default();
        for stored in store.list_segments(recording_id, None).await? {
            next.pass_segment(stored.segment.rendition, stored.segment.sequence);
        }
        for stored in store.list_speech_chunks(recording_id).await? {
            next.pass_speech(&stored.chunk.participant_id, stored.chunk.sequence);
        }
        for file in spooled {
            match file {
                SpoolFile::Segment { rendition, sequence, .. } => next.pass_segment(*rendition, *sequence),
                SpoolFile::Speech { participant_id, sequence, .. } => next.pass_speech(participant_id, *sequence),
                SpoolFile::Init { .. } => {}
            }
        }
        Ok(next)
    }

    /// Returns the number of the next segment; it is taken with [`Self::take_segment`] once there is one.
    pub(crate) fn segment(&self, rendition: Rendition) -> u64 {
        self.segments.get(&rendition).copied().unwrap_or_default()
    }

    pub(crate) fn take_segment(&mut self, rendition: Rendition) {
        *self.segments.entry(rendition).or_default() += 1;
    }

    /// Returns the number of the next speech chunk; it is taken with [`Self::take_speech`] once there is one.
    pub(crate) fn speech(&self, participant_id: &ParticipantId) -> u64 {
        self.speech.get(participant_id).copied().unwrap_or_default()
    }

    pub(crate) fn take_speech(&mut self, participant_id: &ParticipantId) {
        *self.speech.entry(participant_id.clone()).or_default() += 1;
    }

    fn pass_segment(&mut self, rendition: Rendition, sequence: u64) {
        let next = self.segments.entry(rendition).or_default();
        *next = (*next).max(sequence + 1);
    }

    fn pass_speech(&mut self, participant_id: &ParticipantId, sequence: u64) {
        let next = self.speech.entry(participant_id.clone()).or_default();
        *next = (*next).max(sequence + 1);
    }
}
