//! HLS (RFC 8216) over the stored CMAF segments: pure functions from rows and headers to playlists.

mod codec_string;
mod init_segment;
mod marked_pictures;
mod media_file;
mod media_playlist;
mod multivariant_playlist;

pub(crate) use init_segment::InitSegment;
pub(crate) use marked_pictures::MarkedPictures;
pub(crate) use media_file::MediaFile;
pub(crate) use media_playlist::{Ending, listed_segments, media_playlist};
pub(crate) use multivariant_playlist::{RenditionSummary, multivariant_playlist};

#[cfg(test)]
pub(crate) mod fixtures;
