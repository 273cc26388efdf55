use serde::{Deserialize, Serialize};

use crate::closed_set::closed_set;

closed_set! {
    /// One of the two mixed renditions, each a CMAF track of its own (ISO/IEC 23000-19).
    pub enum Rendition as "rendition" {
        /// Mixed H.264.
        Video = "video",
        /// Mixed AAC.
        Audio = "audio",
    }
}

closed_set! {
    /// Where a segment stands: `Staged → Published → MarkedForDeletion`.
    pub enum SegmentState as "segment state" {
        /// Closed in the spool, its upload not confirmed.
        Staged = "staged",
        /// In the store, listed in playlists.
        Published = "published",
        /// Chosen by disposal; no longer listed.
        MarkedForDeletion = "marked_for_deletion",
    }
}

/// A closed CMAF segment that is still local.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaSegment {
    /// Which rendition it belongs to.
    pub rendition: Rendition,
    /// Counts recorder processes of this recording; each epoch has its own init segment.
    pub epoch: u32,
    /// Counts segments of the rendition from zero, across epochs.
    pub sequence: u64,
    /// Start on the recording's timeline in microseconds.
    pub start_us: u64,
    /// Duration in microseconds.
    pub duration_us: u64,
    /// Length in bytes.
    pub bytes: u64,
    /// SHA-256 of the bytes, lower-case hexadecimal.
    pub sha256: String,
}

/// A segment that the store confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredSegment {
    /// The segment as it was closed.
    pub segment: MediaSegment,
    /// The object key it is stored under.
    pub key: String,
    /// Where it stands.
    pub state: SegmentState,
}
