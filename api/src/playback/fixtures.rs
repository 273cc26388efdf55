//! Synthetic segments and CMAF headers.

use model::{MediaSegment, Rendition, SegmentState, StoredSegment};

pub(crate) fn segment(
    rendition: Rendition,
    epoch: u32,
    sequence: u64,
    start_us: u64,
    duration_us: u64,
) -> StoredSegment {
    let bytes = 100_000;
    StoredSegment {
        segment: MediaSegment { rendition, epoch, sequence, start_us, duration_us, bytes, sha256: "00".repeat(32) },
        key: format!("t/r/{rendition}/{sequence:010}.m4s"),
        state: SegmentState::Published,
    }
}

pub(crate) fn video_init(width: u16, height: u16) -> Vec<u8> {
    let mut entry = vec![0; 24];
    entry.extend(width.to_be_bytes());
    entry.extend(height.to_be_bytes());
    entry.resize(78, 0);
    entry.extend(mp4_box(*b"avcC", &[1, 0x64, 0x00, 0x1f, 0xff]));
    header(&mp4_box(*b"avc1", &entry))
}

pub(crate) fn audio_init() -> Vec<u8> {
    let mut entry = vec![0; 28];
    let mut esds = vec![0, 0, 0, 0, 0x03, 0x19, 0, 1, 0, 0x04, 0x11, 0x40, 0x15];
    esds.extend([0; 11]);
    esds.extend([0x05, 0x02, 0x12, 0x10, 0x06, 0x01, 0x02]);
    entry.extend(mp4_box(*b"esds", &esds));
    header(&mp4_box(*b"mp4a", &entry))
}

fn header(sample_entry: &[u8]) -> Vec<u8> {
    let mut stsd = vec![0, 0, 0, 0, 0, 0, 0, 1];
    stsd.extend_from_slice(sample_entry);
    let nested = [*b"stsd", *b"stbl", *b"minf", *b"mdia", *b"trak", *b"moov"]
        .into_iter()
        .fold(stsd, |content, name| mp4_box(name, &content));
    [mp4_box(*b"ftyp", b"cmf2\0\0\0\0"), nested].concat()
}

fn mp4_box(name: [u8; 4], content: &[u8]) -> Vec<u8> {
    [&(content.len() as u32 + 8).to_be_bytes(), name.as_slice(), content].concat()
}
