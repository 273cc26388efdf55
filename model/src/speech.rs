use serde::{Deserialize, Serialize};

use crate::{MediaTime, ParticipantId};

/// A contiguous stretch of one participant's microphone: an Ogg Opus file (RFC 7845) whose packets are those that came
/// over RTP, untouched. Short losses inside are filled with empty Opus frames, so sample counts equal time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpeechChunk {
    /// Whose microphone.
    pub participant_id: ParticipantId,
    /// Counts the participant's chunks from zero.
    pub sequence: u64,
    /// Start on the recording's timeline.
    pub start_ms: MediaTime,
    /// Length in milliseconds.
    pub duration_ms: u64,
    /// Length in bytes.
    pub bytes: u64,
    /// SHA-256 of the bytes, lower-case hexadecimal.
    pub sha256: String,
}
