//! The few boxes of ISO/IEC 14496-12 that carry time.

use std::ops::Range;

/// When a chunk plays, in the track's time scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChunkTime {
    pub(crate) start: u64,
    pub(crate) duration: u64,
}

/// Reads the time scale of the only track of an initialisation segment.
pub(crate) fn time_scale(init: &[u8]) -> Option<u32> {
    let moov = find(init, 0..init.len(), *b"moov")?;
    let mdhd = descend(init, moov, &[*b"trak", *b"mdia", *b"mdhd"])?;
    let version = *init.get(mdhd.start)?;
    let at = mdhd.start + if version == 1 { 20 } else { 12 };
    read_u32(init, at).filter(|&scale| scale > 0)
}

/// Sets the decode time of a chunk's only track to `expected_start`, if what the muxer wrote differs by rounding only,
/// and moves it by `shift`. The time returned is not moved.
///
/// The muxer rounds every start down from nanoseconds, which is off by one for AAC; the sum of the sample durations is
/// exact. A real discontinuity is kept.
pub(crate) fn retime(chunk: &mut [u8], expected_start: Option<u64>, shift: u64) -> Option<ChunkTime> {
    const ROUNDING_TICKS: u64 = 2;
    let moof = find(chunk, 0..chunk.len(), *b"moof")?;
    let traf = find(chunk, moof, *b"traf")?;
    let tfdt = find(chunk, traf.clone(), *b"tfdt")?;
    let long = *chunk.get(tfdt.start)? == 1;
    let written = if long { read_u64(chunk, tfdt.start + 4)? } else { u64::from(read_u32(chunk, tfdt.start + 4)?) };
    let start = expected_start.filter(|expected| expected.abs_diff(written) <= ROUNDING_TICKS).unwrap_or(written);
    let field = tfdt.start + 4..tfdt.end;
    if long {
        chunk.get_mut(field)?.copy_from_slice(&(start + shift).to_be_bytes());
    } else {
        chunk.get_mut(field)?.copy_from_slice(&u32::try_from(start + shift).ok()?.to_be_bytes());
    }
    Some(ChunkTime { start, duration: duration(chunk, traf)? })
}

fn duration(chunk: &[u8], traf: Range<usize>) -> Option<u64> {
    let tfhd = find(chunk, traf.clone(), *b"tfhd")?;
    let flags = read_u32(chunk, tfhd.start)? & 0xff_ffff;
    let default_at = tfhd.start + 8 + if flags & 0x1 != 0 { 8 } else { 0 } + if flags & 0x2 != 0 { 4 } else { 0 };
    let default = if flags & 0x8 != 0 { read_u32(chunk, default_at) } else { None };
    let mut total = 0;
    let mut rest = traf;
    while let Some(trun) = find(chunk, rest.clone(), *b"trun") {
        let flags = read_u32(chunk, trun.start)? & 0xff_ffff;
        let count = read_u32(chunk, trun.start + 4)? as usize;
        let mut at = trun.start + 8 + 4 * (flags & 0x5).count_ones() as usize;
        let stride = 4 * (flags & 0xf00).count_ones() as usize;
        for _ in 0..count {
            total += u64::from(if flags & 0x100 != 0 { read_u32(chunk, at)? } else { default? });
            at += stride;
        }
        rest.start = trun.end;
    }
    Some(total)
}

fn descend(bytes: &[u8], range: Range<usize>, path: &[[u8; 4]]) -> Option<Range<usize>> {
    path.iter().try_fold(range, |range, &kind| find(bytes, range, kind))
}

/// Returns the content of the first box of a kind.
fn find(bytes: &[u8], range: Range<usize>, kind: [u8; 4]) -> Option<Range<usize>> {
    let mut at = range.start;
    while at + 8 <= range.end {
        let (header, size) = match read_u32(bytes, at)? {
            0 => (8, range.end - at),
            1 => (16, usize::try_from(read_u64(bytes, at + 8)?).ok()?),
            size => (8, size as usize),
        };
        if size < header || at + size > range.end {
            return None;
        }
        if bytes.get(at + 4..at + 8)? == kind {
            return Some(at + header..at + size);
        }
        at += size;
    }
    None
}

fn read_u32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|value| u32::from_be_bytes(*value))
}

fn read_u64(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|value| u64::from_be_bytes(*value))
}

#[cfg(test)]
mod tests {
    use super::{ChunkTime, retime};

    fn make_box(kind: [u8; 4], content: &[&[u8]]) -> Vec<u8> {
        let content = content.concat();
        let mut bytes = (content.len() as u32 + 8).to_be_bytes().to_vec();
        bytes.extend(kind);
        bytes.extend(content);
        bytes
    }

    fn chunk(decode_time: u32) -> Vec<u8> {
        let word = |value: u32| value.to_be_bytes();
        let tfhd = make_box(*b"tfhd", &[&word(0x8), &word(1), &word(1024)]);
        let tfdt = make_box(*b"tfdt", &[&word(0), &word(decode_time)]);
        let implied = make_box(*b"trun", &[&word(0x201), &word(2), &word(0), &word(9), &word(9)]);
        let stated = make_box(*b"trun", &[&word(0x300), &word(1), &word(1000), &word(9)]);
        make_box(*b"moof", &[&make_box(*b"mfhd", &[&[0; 8]]), &make_box(*b"traf", &[&tfhd, &tfdt, &implied, &stated])])
    }

    #[test]
    fn rounding_is_repaired_and_jumps_are_kept() {
        let check = |written, expected, shift, start| {
            let mut bytes = chunk(written);
            assert_eq!(retime(&mut bytes, expected, shift), Some(ChunkTime { start, duration: 3048 }));
            assert_eq!(bytes, chunk((start + shift) as u32));
        };
        check(1023, Some(1024), 0, 1024);
        check(1023, None, 0, 1023);
        check(5000, Some(1024), 0, 5000);
        check(1023, Some(1024), 480, 1024);
    }

    #[test]
    fn a_cut_chunk_is_refused() {
        let whole = chunk(7);
        for length in 0..whole.len() {
            assert_eq!(retime(&mut whole[..length].to_vec(), None, 0), None, "cut to {length}");
        }
    }
}
