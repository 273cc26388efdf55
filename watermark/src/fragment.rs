use std::ops::Range;

use crate::Error;
use crate::boxes::{BoxAt, boxes, child, read_u32, write_length};

/// What samples have that the boxes of a fragment say nothing of: the track's defaults, from the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct SampleDefaults {
    pub(crate) size: u32,
    pub(crate) flags: u32,
}

/// One `moof` and the `mdat` that follows it, with one track and one run of samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fragment {
    moof: Range<usize>,
    mdat: BoxAt,
    run: Run,
    /// Where each sample lies, in the file.
    pub(crate) samples: Vec<Range<usize>>,
    /// Whether each sample needs none before it.
    pub(crate) is_sync: Vec<bool>,
}

/// Where a run of samples is described; positions are in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    traf_start: usize,
    trun_start: usize,
    flags: u32,
    flags_at: usize,
    entries: Range<usize>,
    entry_bytes: usize,
    /// Where in an entry the size stands, or would stand when all samples are of one size and it is left out.
    size_in_entry: usize,
}

const DATA_OFFSET: u32 = 0x1;
const FIRST_FLAGS: u32 = 0x4;
const DURATIONS: u32 = 0x100;
const SIZES: u32 = 0x200;
const FLAGS: u32 = 0x400;
const COMPOSITION: u32 = 0x800;
const IS_NO_SYNC: u32 = 0x0001_0000;

/// Reads the defaults of the only track from a header.
pub(crate) fn sample_defaults(header: &[u8]) -> Result<SampleDefaults, Error> {
    let moov = child(header, 0..header.len(), "moov")?;
    let mvex = child(header, moov.content, "mvex")?;
    let trex = child(header, mvex.content, "trex")?.content.start;
    Ok(SampleDefaults { size: read_u32(header, trex + 16)?, flags: read_u32(header, trex + 20)? })
}

/// Finds the fragments of a segment, in order.
pub(crate) fn fragments(segment: &[u8], defaults: SampleDefaults) -> Result<Vec<Fragment>, Error> {
    let all = boxes(segment, 0..segment.len())?;
    let mut found = Vec::new();
    let mut before: Option<&BoxAt> = None;
    for one in &all {
        if one.name == *b"moof" {
            before = Some(one);
        } else if one.name == *b"mdat" {
            found.push(fragment(segment, before.take().ok_or(Error::Box("moof"))?, one, defaults)?);
        }
    }
    if found.is_empty() { Err(Error::Box("moof")) } else { Ok(found) }
}

fn fragment(segment: &[u8], moof: &BoxAt, mdat: &BoxAt, defaults: SampleDefaults) -> Result<Fragment, Error> {
    let traf = child(segment, moof.content.clone(), "traf")?;
    let tfhd = child(segment, traf.content.clone(), "tfhd")?;
    let trun = child(segment, traf.content.clone(), "trun")?;
    if boxes(segment, traf.content)?.iter().filter(|one| one.name == *b"trun").count() != 1 {
        return Err(Error::Samples("there is more than one run"));
    }
    let defaults = of_fragment(segment, &tfhd, defaults)?;
    let at = trun.content.start;
    let flags = read_u32(segment, at)? & 0x00ff_ffff;
    let count = read_u32(segment, at + 4)? as usize;
    if flags & DATA_OFFSET == 0 || count > segment.len() {
        return Err(Error::Samples("a run does not say where its samples are"));
    }
    let data_start = moof.whole.start + read_u32(segment, at + 8)? as usize;
    let first_flags = if flags & FIRST_FLAGS == 0 { None } else { Some(read_u32(segment, at + 12)?) };
    let entries_start = at + 12 + if first_flags.is_some() { 4 } else { 0 };
    let field = |flag: u32| if flags & flag == 0 { 0 } else { 4 };
    let entry_bytes = field(DURATIONS) + field(SIZES) + field(FLAGS) + field(COMPOSITION);
    let run = Run {
        traf_start: traf.whole.start,
        trun_start: trun.whole.start,
        flags,
        flags_at: at,
        entries: entries_start..entries_start + count * entry_bytes,
        entry_bytes,
        size_in_entry: field(DURATIONS),
    };
    if run.entries.end > trun.content.end {
        return Err(Error::Box("trun"));
    }
    let (mut samples, mut is_sync) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let mut start = data_start;
    for index in 0..count {
        let entry = Entry::read(segment, &run, index, defaults)?;
        let of_first = if index == 0 { first_flags } else { None };
        is_sync.push(of_first.unwrap_or(entry.flags) & IS_NO_SYNC == 0);
        let end = start.checked_add(entry.size as usize).filter(|end| *end <= mdat.content.end);
        let end = end.filter(|_| start >= mdat.content.start).ok_or(Error::Samples("a sample lies outside"))?;
        samples.push(start..end);
        start = end;
    }
    if samples.first().is_some_and(|first| first.start != mdat.content.start) || start != mdat.content.end {
        return Err(Error::Samples("there are bytes between the samples"));
    }
    Ok(Fragment { moof: moof.whole.clone(), mdat: mdat.clone(), run, samples, is_sync })
}

struct Entry {
    size: u32,
    flags: u32,
}

impl Entry {
    fn read(segment: &[u8], run: &Run, index: usize, defaults: SampleDefaults) -> Result<Self, Error> {
        let mut at = run.entries.start + index * run.entry_bytes + run.size_in_entry;
        let mut take = |flag: u32, otherwise: u32| {
            if run.flags & flag == 0 {
                return Ok(otherwise);
            }
            at += 4;
            read_u32(segment, at - 4)
        };
        let entry = Self { size: take(SIZES, defaults.size)?, flags: take(FLAGS, defaults.flags)? };
        // Pictures are shown in the order they are coded in, or they could not be coded again one by one.
        if take(COMPOSITION, 0)? == 0 { Ok(entry) } else { Err(Error::Samples("pictures are reordered")) }
    }
}

/// Returns what the header of a fragment says instead of the track's.
fn of_fragment(segment: &[u8], tfhd: &BoxAt, track: SampleDefaults) -> Result<SampleDefaults, Error> {
    let flags = read_u32(segment, tfhd.content.start)? & 0x00ff_ffff;
    let mut at = tfhd.content.start + 8;
    let mut take = |flag: u32, bytes: usize| {
        if flags & flag == 0 {
            return Ok(None);
        }
        at += bytes;
        read_u32(segment, at - bytes).map(Some)
    };
    // Where its data begins, the description of its samples, and their duration stand before.
    for (flag, bytes) in [(0x1, 8), (0x2, 4), (0x8, 4)] {
        take(flag, bytes)?;
    }
    let (size, own_flags) = (take(0x10, 4)?, take(0x20, 4)?);
    Ok(SampleDefaults { size: size.unwrap_or(track.size), flags: own_flags.unwrap_or(track.flags) })
}

/// Writes a segment anew with other samples in place of its own; everything else stays byte for byte, but that a run whose
/// samples were all of one size has to name the sizes now.
pub(crate) fn with_samples(segment: &[u8], fragments: &[Fragment], samples: &[Vec<u8>]) -> Result<Vec<u8>, Error> {
    let mut written = Vec::with_capacity(segment.len() + samples.iter().map(Vec::len).sum::<usize>());
    let mut copied = 0;
    let mut rest = samples;
    for fragment in fragments {
        let own = rest.split_at_checked(fragment.samples.len()).ok_or(Error::Samples("there are too few"))?;
        rest = own.1;
        written.extend(&segment[copied..fragment.moof.start]);
        written.extend(fragment.moof_with_sizes(segment, own.0)?);
        written.extend(&segment[fragment.moof.end..fragment.mdat.content.start]);
        let mdat_start = written.len() - (fragment.mdat.content.start - fragment.mdat.whole.start);
        written.extend(own.0.iter().flatten());
        let length = written.len() - mdat_start;
        write_length(&mut written, mdat_start, length)?;
        copied = fragment.mdat.whole.end;
    }
    if !rest.is_empty() {
        return Err(Error::Samples("there are too many"));
    }
    written.extend(&segment[copied..]);
    Ok(written)
}

impl Fragment {
    fn moof_with_sizes(&self, segment: &[u8], samples: &[Vec<u8>]) -> Result<Vec<u8>, Error> {
        let run = &self.run;
        let after_size = run.size_in_entry + if run.flags & SIZES == 0 { 0 } else { 4 };
        let mut moof = segment[self.moof.start..run.entries.start].to_vec();
        for (index, sample) in samples.iter().enumerate() {
            let entry = run.entries.start + index * run.entry_bytes;
            let size = u32::try_from(sample.len()).map_err(|_| Error::Samples("one is too large"))?;
            moof.extend(&segment[entry..entry + run.size_in_entry]);
            moof.extend(size.to_be_bytes());
            moof.extend(&segment[entry + after_size..entry + run.entry_bytes]);
        }
        moof.extend(&segment[run.entries.end..self.moof.end]);
        let added = moof.len() - self.moof.len();
        if added == 0 {
            return Ok(moof);
        }
        let inside = |position: usize| position - self.moof.start;
        for box_start in [0, inside(run.traf_start), inside(run.trun_start)] {
            let length = read_u32(&moof, box_start)? as usize + added;
            write_length(&mut moof, box_start, length)?;
        }
        let flags_at = inside(run.flags_at);
        for (at, change) in [(flags_at, SIZES), (flags_at + 8, added as u32)] {
            let changed = read_u32(&moof, at)? + change;
            moof[at..at + 4].copy_from_slice(&changed.to_be_bytes());
        }
        Ok(moof)
    }
}

#[cfg(test)]
mod tests {
    use super::{SampleDefaults, fragments, with_samples};

    fn mp4_box(name: &str, content: &[u8]) -> Vec<u8> {
        [&(content.len() as u32 + 8).to_be_bytes(), name.as_bytes(), content].concat()
    }

    /// Two samples of three bytes, whose size stands in the track's defaults only; the first is a key picture.
    fn of_one_size() -> Vec<u8> {
        let words = |words: &[u32]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
        let tfhd = mp4_box("tfhd", &words(&[0x0002_0000, 1]));
        let tfdt = mp4_box("tfdt", &words(&[0, 7]));
        let trun = |offset: u32| mp4_box("trun", &words(&[0x105, 2, offset, 0x0200_0000, 1000, 1001]));
        let moof =
            |offset: u32| mp4_box("moof", &mp4_box("traf", &[tfhd.clone(), tfdt.clone(), trun(offset)].concat()));
        let offset = moof(0).len() as u32 + 8;
        [moof(offset), mp4_box("mdat", b"abcdef")].concat()
    }

    #[test]
    fn sizes_that_were_left_out_are_named_once_they_differ() {
        let segment = of_one_size();
        let defaults = SampleDefaults { size: 3, flags: 0x0001_0000 };
        let before = fragments(&segment, defaults).expect("valid");
        assert_eq!((before[0].samples.len(), &before[0].is_sync), (2, &vec![true, false]));
        let written = with_samples(&segment, &before, &[b"12345".to_vec(), b"6".to_vec()]).expect("fits");
        assert_eq!(written.len(), segment.len() + 8);
        let other_defaults = SampleDefaults { size: 99, ..defaults };
        let after = fragments(&written, other_defaults).expect("valid");
        let content: Vec<&[u8]> = after[0].samples.iter().map(|range| &written[range.clone()]).collect();
        assert_eq!(content, [b"12345".as_slice(), b"6"]);
        assert_eq!(after[0].is_sync, before[0].is_sync);
        let again = with_samples(&written, &after, &[b"abc".to_vec(), b"def".to_vec()]).expect("fits");
        assert_eq!(again.len(), written.len(), "sizes that are named are replaced where they stand");
        assert!(fragments(&segment, other_defaults).is_err(), "samples that do not fit are refused");
        for wrong in [1, 3] {
            assert!(with_samples(&segment, &before, &vec![vec![0]; wrong]).is_err(), "{wrong} samples");
        }
    }
}
