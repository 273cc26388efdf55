use std::os::unix::fs::symlink;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use mixer::MixerOutput;
use model::{Rendition, SpanCause, TimelineEventKind};

use super::{SpoolProgress, SpoolWriter, SpooledEvent};
use crate::next_sequences::NextSequences;
use crate::reserve::Reserve;
use crate::spool::{Spool, SpoolFile};

const CHUNK_US: u64 = 1_000_000;
const CHUNKS_PER_SEGMENT: u64 = 4;

struct Writing {
    writer: SpoolWriter,
    spool: Spool,
    reserve: Reserve,
    progress: Arc<SpoolProgress>,
    directory: tempfile::TempDir,
}

impl Writing {
    fn begin() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let spool = Spool::at(directory.path().to_owned());
        let reserve = Reserve::of(directory.path(), 8_000);
        reserve.hold().expect("there is room");
        let progress = Arc::new(SpoolProgress::default());
        let next = NextSequences::default();
        let writer = SpoolWriter::new(spool.clone(), 0, next, reserve.clone(), Arc::clone(&progress));
        let mut writing = Self { writer, spool, reserve, progress, directory };
        for rendition in [Rendition::Video, Rendition::Audio] {
            writing.write(MixerOutput::Init { rendition, bytes: Bytes::from_static(b"init") });
        }
        writing
    }

    fn write(&mut self, output: MixerOutput) {
        self.writer.write(output).expect("a full disk ends nothing");
    }

    fn chunk(&mut self, rendition: Rendition, number: u64) {
        let bytes = Bytes::from(format!("{rendition}{number};"));
        let starts_segment = number.is_multiple_of(CHUNKS_PER_SEGMENT);
        let (start_us, duration_us) = (number * CHUNK_US, CHUNK_US);
        self.write(MixerOutput::Chunk { rendition, starts_segment, start_us, duration_us, bytes });
    }

    /// Makes the disk full for the segment of that number: the system refuses every write to it.
    fn fill(&self, rendition: Rendition, sequence: u64, start_us: u64) {
        let name = format!("open~{rendition}~0~{sequence}~{start_us}");
        symlink("/dev/full", self.directory.path().join(name)).expect("linked");
    }

    fn segments(&self) -> Vec<(Rendition, u64, u64, u64, String)> {
        let files = self.spool.closed_files().expect("readable");
        let of_segment = |file: SpoolFile| match file {
            SpoolFile::Segment { rendition, sequence, start_us, duration_us, .. } => {
                let content = String::from_utf8(self.spool.read(&file).expect("readable")).expect("text");
                Some((rendition, sequence, start_us / CHUNK_US, duration_us / CHUNK_US, content))
            }
            _ => None,
        };
        files.into_iter().filter_map(of_segment).collect()
    }

    fn spans(&self) -> Vec<(u64, TimelineEventKind)> {
        let text = self.spool.read_events().expect("readable");
        let events = text.lines().filter_map(|line| serde_json::from_str::<SpooledEvent>(line).ok());
        events.map(|event| (event.at_ms.as_millis(), event.kind)).collect()
    }
}

#[test]
fn a_recording_is_durable_as_far_as_its_later_rendition() {
    let mut writing = Writing::begin();
    let durable = |writing: &Writing| writing.progress.durable_until_us.load(Ordering::Relaxed);
    writing.chunk(Rendition::Video, 0);
    assert_eq!(durable(&writing), 0, "there is no sound yet");
    writing.chunk(Rendition::Audio, 0);
    assert_eq!(durable(&writing), CHUNK_US);
    writing.chunk(Rendition::Video, 1);
    writing.chunk(Rendition::Audio, 1);
    assert_eq!(durable(&writing), 2 * CHUNK_US);
}

/// The second segments meet a disk on which nothing can be written, and the third do not.
#[test]
fn a_full_disk_costs_what_comes_meanwhile_and_is_marked() {
    let mut writing = Writing::begin();
    for number in 0..12 {
        for rendition in [Rendition::Video, Rendition::Audio] {
            if number == 4 {
                writing.fill(rendition, 1, number * CHUNK_US);
            }
            writing.chunk(rendition, number);
        }
    }
    assert!(writing.progress.write_failed.load(Ordering::Relaxed));
    assert!(!writing.reserve.release(), "the reserve was let go of first");
    writing.write(MixerOutput::Finished { duration_us: 12 * CHUNK_US });

    let cause = SpanCause::DiskLow;
    let (video, audio) = (Some(Rendition::Video), Some(Rendition::Audio));
    assert_eq!(
        writing.spans(),
        [
            (4_000, TimelineEventKind::SpanBegan { cause, rendition: video }),
            (4_000, TimelineEventKind::SpanBegan { cause, rendition: audio }),
            (5_000, TimelineEventKind::SpanEnded { cause, rendition: audio }),
            (8_000, TimelineEventKind::SpanEnded { cause, rendition: video }),
        ],
        "the sound goes on with the next chunk, the picture with the next key frame"
    );
    let text = |rendition: Rendition, numbers: std::ops::Range<u64>| {
        numbers.map(|number| format!("{rendition}{number};")).collect::<Vec<_>>().concat()
    };
    assert_eq!(
        writing.segments(),
        [
            (Rendition::Video, 0, 0, 4, text(Rendition::Video, 0..4)),
            (Rendition::Video, 1, 8, 4, text(Rendition::Video, 8..12)),
            (Rendition::Audio, 0, 0, 4, text(Rendition::Audio, 0..4)),
            (Rendition::Audio, 1, 5, 3, text(Rendition::Audio, 5..8)),
            (Rendition::Audio, 2, 8, 4, text(Rendition::Audio, 8..12)),
        ],
        "numbers have no holes, so that playlists go on"
    );
    assert_eq!(writing.spool.finished().expect("readable").expect("written").duration_us, 12 * CHUNK_US);
}
