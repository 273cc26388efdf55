use bytes::Bytes;
use model::{MediaTime, ParticipantId, Rendition, TrackId};

/// What leaves the mixer, in order. Times are positions on the recording's timeline in microseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MixerOutput {
    /// The initialisation segment (`ftyp` and `moov`) of a rendition; precedes its first chunk.
    Init {
        /// Which rendition.
        rendition: Rendition,
        /// The boxes.
        bytes: Bytes,
    },
    /// A CMAF chunk (`moof` and `mdat`). A segment is the run of chunks from one that starts a segment to the next.
    Chunk {
        /// Which rendition.
        rendition: Rendition,
        /// Whether a new segment starts here; such a video chunk begins with a key frame.
        starts_segment: bool,
        /// Start; equals `tfdt` in the track's time scale.
        start_us: u64,
        /// Length; the next chunk of the rendition starts at `start_us + duration_us`.
        duration_us: u64,
        /// The boxes.
        bytes: Bytes,
    },
    /// A contiguous stretch of one microphone, see [`model::SpeechChunk`].
    Speech {
        /// Whose microphone.
        participant_id: ParticipantId,
        /// Start.
        start_us: u64,
        /// Length.
        duration_us: u64,
        /// A complete Ogg Opus file.
        bytes: Bytes,
    },
    /// A compound RTCP packet for the sender of a track.
    Rtcp {
        /// The track it is about.
        track_id: TrackId,
        /// The packet.
        bytes: Bytes,
    },
    /// Another participant became the active speaker, or nobody is.
    ActiveSpeaker {
        /// Who; none when all are silent.
        participant_id: Option<ParticipantId>,
        /// From when.
        at: MediaTime,
    },
    /// A track cannot be decoded; the rest of the mix goes on.
    TrackFailed {
        /// The track.
        track_id: TrackId,
        /// What was wrong.
        problem: String,
    },
    /// The mix broke and ends here; nothing but [`MixerOutput::Finished`] follows.
    Failed {
        /// What was wrong.
        problem: String,
    },
    /// Everything was handed over; the last output.
    Finished {
        /// Where the timeline ends.
        duration_us: u64,
    },
}

impl MixerOutput {
    /// Moves the times of an output along the timeline.
    pub(crate) fn move_by(&mut self, by_ms: u64) {
        match self {
            Self::Chunk { start_us, .. } | Self::Speech { start_us, .. } => *start_us += by_ms * 1000,
            Self::Finished { duration_us } => *duration_us += by_ms * 1000,
            Self::ActiveSpeaker { at, .. } => *at = MediaTime::from_millis(at.as_millis() + by_ms),
            Self::Init { .. } | Self::Rtcp { .. } | Self::TrackFailed { .. } | Self::Failed { .. } => {}
        }
    }
}
