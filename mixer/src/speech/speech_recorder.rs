use bytes::Bytes;
use ogg::writing::{PacketWriteEndInfo, PacketWriter};

use crate::speech::opus_packet::{OPUS_RATE_HZ, OpusPacket};

/// Short enough for a transcript that follows the meeting, long enough for few objects.
const CHUNK_SAMPLES_MAX: u64 = 5 * OPUS_RATE_HZ as u64;
/// A longer silence on the wire ends the chunk.
const GAP_SAMPLES_MAX: i64 = OPUS_RATE_HZ as i64;
const GAP_NS_MAX: i64 = 1_000_000_000;
/// Packets whose start lies this much before the end of the last one are dropped as repeats.
const OVERLAP_SAMPLES_MAX: i64 = OPUS_RATE_HZ as i64 / 5;
/// The timeline and the media clock of one chunk may part by this much before a new chunk is begun.
const DRIFT_NS_MAX: i64 = 15_000_000;
const PAGE_SAMPLES: u64 = OPUS_RATE_HZ as u64;

/// A closed speech chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClosedChunk {
    pub(crate) start_us: u64,
    pub(crate) duration_us: u64,
    pub(crate) bytes: Bytes,
}

/// Collects one microphone's Opus packets, untouched, into chunks whose sample count equals their time.
#[derive(Debug, Default)]
pub(crate) struct SpeechRecorder {
    open: Option<OpenChunk>,
}

#[derive(Debug)]
struct OpenChunk {
    start_ns: i64,
    first_sample: i64,
    samples: u64,
    packets: Vec<(Bytes, u32)>,
    stereo: bool,
    last: OpusPacket,
}

impl OpenChunk {
    fn end_sample(&self) -> i64 {
        self.first_sample + self.samples as i64
    }

    fn end_ns(&self) -> i64 {
        self.start_ns + samples_to_ns(self.samples)
    }

    fn append(&mut self, payload: Bytes, packet: OpusPacket) {
        self.samples += u64::from(packet.samples);
        self.stereo |= packet.stereo;
        self.packets.push((payload, packet.samples));
        self.last = packet;
    }
}

impl SpeechRecorder {
    /// Takes a packet that starts at `sample` of the media clock and `at_ns` of the timeline.
    ///
    /// Returns the chunk that it closed.
    pub(crate) fn push(&mut self, sample: i64, at_ns: i64, packet: OpusPacket, payload: Bytes) -> Option<ClosedChunk> {
        let mut closed = None;
        if let Some(open) = &mut self.open {
            let gap = sample - open.end_sample();
            let expected_ns = open.start_ns + samples_to_ns_signed(sample - open.first_sample);
            let drifted = (at_ns - expected_ns).abs() > DRIFT_NS_MAX;
            if (-OVERLAP_SAMPLES_MAX..0).contains(&gap) && !drifted {
                return None;
            }
            let full = open.samples + gap.max(0) as u64 + u64::from(packet.samples) > CHUNK_SAMPLES_MAX;
            if !(0..=GAP_SAMPLES_MAX).contains(&gap) || full || drifted {
                closed = self.close();
            } else {
                for silence in open.last.silence(gap as u32) {
                    let silent = OpusPacket::parse(&silence).expect("a lone table of contents is a valid packet");
                    open.append(Bytes::copy_from_slice(&silence), silent);
                }
                open.last = packet;
            }
        }
        match &mut self.open {
            Some(open) => open.append(payload, packet),
            None => {
                self.open = Some(OpenChunk {
                    start_ns: at_ns.max(0),
                    first_sample: sample,
                    samples: u64::from(packet.samples),
                    packets: vec![(payload, packet.samples)],
                    stereo: packet.stereo,
                    last: packet,
                });
            }
        }
        closed
    }

    /// Closes the chunk if nothing was said for longer than a gap may last.
    pub(crate) fn close_if_silent(&mut self, now_ns: i64) -> Option<ClosedChunk> {
        let silent = self.open.as_ref().is_some_and(|open| now_ns - open.end_ns() > GAP_NS_MAX);
        if silent { self.close() } else { None }
    }

    /// Closes the chunk without the packets that go on after `until_ns`, because they are off the record from there.
    pub(crate) fn close_before(&mut self, until_ns: i64) -> Option<ClosedChunk> {
        let open = self.open.as_mut()?;
        while open.end_ns() > until_ns
            && let Some((_, samples)) = open.packets.pop()
        {
            open.samples -= u64::from(samples);
        }
        if open.packets.is_empty() {
            self.open = None;
        }
        self.close()
    }

    /// Closes the chunk.
    pub(crate) fn close(&mut self) -> Option<ClosedChunk> {
        let open = self.open.take()?;
        let serial = (open.start_ns / 1_000_000) as u32;
        Some(ClosedChunk {
            start_us: (open.start_ns / 1000) as u64,
            duration_us: (samples_to_ns(open.samples) / 1000) as u64,
            bytes: write_ogg(serial, if open.stereo { 2 } else { 1 }, open.packets),
        })
    }
}

fn samples_to_ns(samples: u64) -> i64 {
    samples_to_ns_signed(samples as i64)
}

fn samples_to_ns_signed(samples: i64) -> i64 {
    samples * 62_500 / 3
}

/// Writes an Ogg Opus file (RFC 7845) with a page a second and no pre-skip.
fn write_ogg(serial: u32, channels: u8, packets: Vec<(Bytes, u32)>) -> Bytes {
    let mut head = b"OpusHead\x01".to_vec();
    head.push(channels);
    head.extend(0_u16.to_le_bytes());
    head.extend(OPUS_RATE_HZ.to_le_bytes());
    head.extend([0, 0, 0]);
    let mut tags = b"OpusTags".to_vec();
    tags.extend(5_u32.to_le_bytes());
    tags.extend(b"huiji");
    tags.extend(0_u32.to_le_bytes());

    let mut writer = PacketWriter::new(Vec::new());
    let written = "writing to memory cannot fail";
    writer.write_packet(head, serial, PacketWriteEndInfo::EndPage, 0).expect(written);
    writer.write_packet(tags, serial, PacketWriteEndInfo::EndPage, 0).expect(written);
    let (mut granule, mut page_start) = (0, 0);
    let count = packets.len();
    for (index, (payload, samples)) in packets.into_iter().enumerate() {
        granule += u64::from(samples);
        let end = if index + 1 == count {
            PacketWriteEndInfo::EndStream
        } else if granule - page_start >= PAGE_SAMPLES {
            page_start = granule;
            PacketWriteEndInfo::EndPage
        } else {
            PacketWriteEndInfo::NormalPacket
        };
        writer.write_packet(payload.to_vec(), serial, end, granule).expect(written);
    }
    Bytes::from(writer.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use bytes::Bytes;
    use ogg::PacketReader;

    use super::{ClosedChunk, SpeechRecorder};
    use crate::speech::opus_packet::OpusPacket;

    const FRAME_NS: i64 = 20_000_000;
    const PAYLOAD: &[u8] = &[31 << 3, 1, 2, 3];

    fn push(recorder: &mut SpeechRecorder, frame: i64) -> Option<ClosedChunk> {
        let packet = OpusPacket::parse(PAYLOAD).expect("valid");
        recorder.push(frame * 960, frame * FRAME_NS, packet, Bytes::from_static(PAYLOAD))
    }

    fn packets(chunk: &ClosedChunk) -> Vec<(Vec<u8>, u64)> {
        let mut reader = PacketReader::new(Cursor::new(chunk.bytes.to_vec()));
        std::iter::from_fn(|| reader.read_packet().expect("ogg"))
            .map(|packet| (packet.data.clone(), packet.absgp_page()))
            .collect()
    }

    #[test]
    fn packets_pass_untouched_and_gaps_are_filled() {
        let mut recorder = SpeechRecorder::default();
        for frame in [10, 11, 14] {
            assert_eq!(push(&mut recorder, frame), None);
        }
        let chunk = recorder.close().expect("open");
        assert_eq!((chunk.start_us, chunk.duration_us), (200_000, 100_000));
        let read = packets(&chunk);
        assert!(read[0].0.starts_with(b"OpusHead"));
        let data: Vec<&[u8]> = read[2..].iter().map(|(data, _)| data.as_slice()).collect();
        assert_eq!(data, vec![PAYLOAD, PAYLOAD, &[31 << 3], &[31 << 3], PAYLOAD]);
        assert_eq!(read.last().expect("some").1, 5 * 960);
    }

    #[test]
    fn chunks_end_at_five_seconds_at_long_gaps_and_at_silence() {
        let mut recorder = SpeechRecorder::default();
        let closed: Vec<ClosedChunk> = (0..1000).filter_map(|frame| push(&mut recorder, frame)).collect();
        let spans: Vec<(u64, u64)> = closed.iter().map(|chunk| (chunk.start_us, chunk.duration_us)).collect();
        assert_eq!(spans, vec![(0, 5_000_000), (5_000_000, 5_000_000), (10_000_000, 5_000_000)]);
        let after_gap = push(&mut recorder, 1051).expect("the gap is longer than a second");
        assert_eq!((after_gap.start_us, after_gap.duration_us), (15_000_000, 5_000_000));
        assert_eq!(recorder.close_if_silent(1052 * FRAME_NS + 999_000_000), None);
        assert!(recorder.close_if_silent(1052 * FRAME_NS + 1_001_000_000).is_some());
        assert_eq!(recorder.close(), None);
    }

    #[test]
    fn a_packet_that_goes_on_off_the_record_is_left_out() {
        let mut recorder = SpeechRecorder::default();
        for frame in [10, 11, 12] {
            assert_eq!(push(&mut recorder, frame), None);
        }
        let chunk = recorder.close_before(12 * FRAME_NS + 1).expect("two packets are on the record");
        assert_eq!((chunk.start_us, chunk.duration_us), (200_000, 40_000));
        assert_eq!(push(&mut recorder, 13), None);
        assert_eq!(recorder.close_before(13 * FRAME_NS), None, "nothing is left");
        assert_eq!(recorder.close(), None);
    }

    #[test]
    fn a_repeated_packet_is_dropped_and_a_clock_jump_begins_a_chunk() {
        let mut recorder = SpeechRecorder::default();
        assert_eq!(push(&mut recorder, 5), None);
        assert_eq!(push(&mut recorder, 5), None);
        let packet = OpusPacket::parse(PAYLOAD).expect("valid");
        let closed = recorder.push(6 * 960, 6 * FRAME_NS + 40_000_000, packet, Bytes::from_static(PAYLOAD));
        assert_eq!(closed.expect("the timeline moved").duration_us, 20_000);
    }
}
