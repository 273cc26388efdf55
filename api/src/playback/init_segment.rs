use model::Rendition;
use thiserror::Error as ThisError;

use super::codec_string::{aac_codec_string, avc_codec_string};

/// What a playlist has to say about a CMAF header (ISO/IEC 14496-12, -15, -14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InitSegment {
    /// RFC 6381.
    pub(crate) codec: String,
    /// Picture width and height in pixels.
    pub(crate) resolution: Option<(u16, u16)>,
}

/// Says why a CMAF header cannot be described.
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
pub(crate) enum InitSegmentError {
    #[error("the header has no {0} box")]
    MissingBox(&'static str),
    #[error("the header's {0} box is damaged")]
    DamagedBox(&'static str),
}

impl InitSegment {
    /// Reads the sample entry of a header with one track.
    pub(crate) fn parse(rendition: Rendition, bytes: &[u8]) -> Result<Self, InitSegmentError> {
        let moov = find(bytes, *b"moov").ok_or(InitSegmentError::MissingBox("moov"))?;
        let trak = find(moov, *b"trak").ok_or(InitSegmentError::MissingBox("trak"))?;
        let mdia = find(trak, *b"mdia").ok_or(InitSegmentError::MissingBox("mdia"))?;
        let minf = find(mdia, *b"minf").ok_or(InitSegmentError::MissingBox("minf"))?;
        let stbl = find(minf, *b"stbl").ok_or(InitSegmentError::MissingBox("stbl"))?;
        let stsd = find(stbl, *b"stsd").ok_or(InitSegmentError::MissingBox("stsd"))?;
        // Version, flags and the number of entries come first.
        let entries = stsd.get(8..).ok_or(InitSegmentError::DamagedBox("stsd"))?;
        match rendition {
            Rendition::Video => video(entries),
            Rendition::Audio => audio(entries),
        }
    }
}

fn video(entries: &[u8]) -> Result<InitSegment, InitSegmentError> {
    const VISUAL_SAMPLE_ENTRY_BYTES: usize = 78;
    let (name, entry) = [*b"avc1", *b"avc3"]
        .into_iter()
        .find_map(|name| Some((name, find(entries, name)?)))
        .ok_or(InitSegmentError::MissingBox("avc1"))?;
    let number = |at: usize| entry.get(at..at + 2).map(|bytes| u16::from_be_bytes([bytes[0], bytes[1]]));
    let (width, height) = number(24).zip(number(26)).ok_or(InitSegmentError::DamagedBox("avc1"))?;
    let children = entry.get(VISUAL_SAMPLE_ENTRY_BYTES..).ok_or(InitSegmentError::DamagedBox("avc1"))?;
    let configuration = find(children, *b"avcC").ok_or(InitSegmentError::MissingBox("avcC"))?;
    let name = if name == *b"avc1" { "avc1" } else { "avc3" };
    let codec = avc_codec_string(name, configuration).ok_or(InitSegmentError::DamagedBox("avcC"))?;
    Ok(InitSegment { codec, resolution: Some((width, height)) })
}

fn audio(entries: &[u8]) -> Result<InitSegment, InitSegmentError> {
    const AUDIO_SAMPLE_ENTRY_BYTES: usize = 28;
    let entry = find(entries, *b"mp4a").ok_or(InitSegmentError::MissingBox("mp4a"))?;
    let children = entry.get(AUDIO_SAMPLE_ENTRY_BYTES..).ok_or(InitSegmentError::DamagedBox("mp4a"))?;
    let descriptors = find(children, *b"esds").ok_or(InitSegmentError::MissingBox("esds"))?;
    let codec = aac_codec_string(descriptors).ok_or(InitSegmentError::DamagedBox("esds"))?;
    Ok(InitSegment { codec, resolution: None })
}

/// Returns the content of the first box with a name, none when there is none or a length lies.
fn find(mut bytes: &[u8], name: [u8; 4]) -> Option<&[u8]> {
    while bytes.len() >= 8 {
        let short = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        let (header_bytes, length) = match short {
            0 => (8, bytes.len()),
            1 => {
                let long: [u8; 8] = bytes.get(8..16)?.try_into().ok()?;
                (16, usize::try_from(u64::from_be_bytes(long)).ok()?)
            }
            length => (8, length as usize),
        };
        let content = bytes.get(header_bytes..length)?;
        if bytes[4..8] == name {
            return Some(content);
        }
        bytes = &bytes[length..];
    }
    None
}

#[cfg(test)]
mod tests {
    use model::Rendition;

    use super::{InitSegment, InitSegmentError};
    use crate::playback::fixtures::{audio_init, video_init};

    #[test]
    fn codecs_are_read_from_the_header() {
        let video = InitSegment::parse(Rendition::Video, &video_init(1280, 720)).unwrap();
        assert_eq!(video, InitSegment { codec: "avc1.64001F".to_owned(), resolution: Some((1280, 720)) });
        let audio = InitSegment::parse(Rendition::Audio, &audio_init()).unwrap();
        assert_eq!(audio, InitSegment { codec: "mp4a.40.2".to_owned(), resolution: None });
    }

    #[test]
    fn a_damaged_header_is_an_error_at_every_length() {
        for (rendition, whole) in [(Rendition::Video, video_init(640, 360)), (Rendition::Audio, audio_init())] {
            for length in 0..whole.len() {
                assert!(InitSegment::parse(rendition, &whole[..length]).is_err(), "{rendition} {length}");
            }
        }
        assert_eq!(InitSegment::parse(Rendition::Video, &audio_init()), Err(InitSegmentError::MissingBox("avc1")));
    }
}
