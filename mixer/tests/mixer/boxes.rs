//! A reader of ISO boxes that shares nothing with the code under test.

/// A box: its kind and its content.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IsoBox<'a> {
    pub(crate) kind: &'a str,
    pub(crate) content: &'a [u8],
}

pub(crate) fn word(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes")))
}

/// Splits bytes that consist of boxes and nothing else.
pub(crate) fn boxes(mut bytes: &[u8]) -> Vec<IsoBox<'_>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let size = word(bytes, 0) as usize;
        assert!(size >= 8 && size <= bytes.len(), "a box of {size} bytes in {}", bytes.len());
        let kind = std::str::from_utf8(&bytes[4..8]).expect("box kinds are text");
        found.push(IsoBox { kind, content: &bytes[8..size] });
        bytes = &bytes[size..];
    }
    found
}

/// Returns the content at a path such as `moov/trak/mdia`.
pub(crate) fn at<'a>(bytes: &'a [u8], path: &str) -> &'a [u8] {
    path.split('/').fold(bytes, |bytes, kind| {
        let found = boxes(bytes).into_iter().find(|found| found.kind == kind);
        found.unwrap_or_else(|| panic!("no {kind} of {path}")).content
    })
}

/// What an initialisation segment says of its track.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TrackHeader {
    pub(crate) time_scale: u64,
    pub(crate) sample_entry: String,
    default_duration: u64,
}

pub(crate) fn track_header(init: &[u8]) -> TrackHeader {
    let kinds: Vec<&str> = boxes(init).iter().map(|found| found.kind).collect();
    assert_eq!(kinds, ["ftyp", "moov"]);
    let mdhd = at(init, "moov/trak/mdia/mdhd");
    let time_scale = word(mdhd, if mdhd[0] == 1 { 20 } else { 12 });
    let entries = at(init, "moov/trak/mdia/minf/stbl/stsd");
    let sample_entry = boxes(&entries[8..])[0].kind.to_owned();
    let default_duration = word(at(init, "moov/mvex/trex"), 12);
    TrackHeader { time_scale, sample_entry, default_duration }
}

/// A chunk as its boxes describe it.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) decode_time: u64,
    pub(crate) durations: Vec<u64>,
    pub(crate) composition_offsets: Vec<i64>,
    pub(crate) sync_samples: Vec<bool>,
}

impl Chunk {
    pub(crate) fn end(&self) -> u64 {
        self.decode_time + self.durations.iter().sum::<u64>()
    }
}

pub(crate) fn chunk(bytes: &[u8], header: &TrackHeader) -> Chunk {
    let top = boxes(bytes);
    let kinds: Vec<&str> = top.iter().map(|found| found.kind).filter(|kind| *kind != "styp").collect();
    assert_eq!(kinds, ["moof", "mdat"]);
    let traf = at(bytes, "moof/traf");
    let tfhd = at(traf, "tfhd");
    let flags = word(tfhd, 0) & 0xff_ffff;
    let mut next = 8;
    let mut field = |flag: u64, size: usize| {
        (flags & flag != 0).then(|| {
            next += size;
            word(tfhd, next - 4)
        })
    };
    field(0x1, 8);
    field(0x2, 4);
    let default_duration = field(0x8, 4).unwrap_or(header.default_duration);
    let default_size = field(0x10, 4);
    let default_flags = field(0x20, 4);
    let tfdt = at(traf, "tfdt");
    let decode_time = if tfdt[0] == 1 { word(tfdt, 4) << 32 | word(tfdt, 8) } else { word(tfdt, 4) };
    let mut parsed =
        Chunk { decode_time, durations: Vec::new(), composition_offsets: Vec::new(), sync_samples: Vec::new() };
    let mut media_bytes = 0;
    for run in boxes(traf).into_iter().filter(|found| found.kind == "trun") {
        let flags = word(run.content, 0) & 0xff_ffff;
        let mut next = 8 + if flags & 0x1 != 0 { 4 } else { 0 };
        let mut field = |flag: u64| {
            (flags & flag != 0).then(|| {
                next += 4;
                word(run.content, next - 4)
            })
        };
        let mut first_flags = field(0x4);
        for _ in 0..word(run.content, 4) {
            parsed.durations.push(field(0x100).unwrap_or(default_duration));
            media_bytes += field(0x200).or(default_size).expect("a sample has a size");
            let sample_flags = field(0x400).or(first_flags.take()).or(default_flags).expect("a sample has flags");
            parsed.sync_samples.push(sample_flags & 0x1_0000 == 0);
            parsed.composition_offsets.push(field(0x800).map_or(0, |offset| i64::from(offset as u32 as i32)));
        }
    }
    let mdat = at(bytes, "mdat");
    assert_eq!(media_bytes, mdat.len() as u64, "mdat holds the samples and nothing else");
    parsed
}
