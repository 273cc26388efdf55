/// The clock Opus durations are counted in, whatever the coded bandwidth.
pub(crate) const OPUS_RATE_HZ: u32 = 48_000;
/// A packet holds at most 120 ms (RFC 6716 §3.2).
const PACKET_SAMPLES_MAX: u32 = 5760;
const FRAME_BYTES_MAX: usize = 1275;

/// What the table-of-contents byte of an Opus packet says (RFC 6716 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OpusPacket {
    /// Length at 48 kHz.
    pub(crate) samples: u32,
    pub(crate) stereo: bool,
    toc: u8,
}

impl OpusPacket {
    /// Checks a packet's framing (RFC 6716 §3.4) and returns its length; none when it is malformed.
    pub(crate) fn parse(packet: &[u8]) -> Option<Self> {
        let (&toc, rest) = packet.split_first()?;
        let frames = match toc & 3 {
            0 => (rest.len() <= FRAME_BYTES_MAX).then_some(1)?,
            1 => (rest.len().is_multiple_of(2) && rest.len() / 2 <= FRAME_BYTES_MAX).then_some(2)?,
            2 => {
                let (first, used) = frame_length(rest)?;
                let second = rest.len().checked_sub(used + first)?;
                (second <= FRAME_BYTES_MAX).then_some(2)?
            }
            _ => counted_frames(rest)?,
        };
        let samples = frames * frame_samples(toc);
        (samples <= PACKET_SAMPLES_MAX).then_some(Self { samples, stereo: toc & 4 != 0, toc })
    }

    /// Returns empty packets that together last `samples`, as a decoder conceals losses; a rest below 2.5 ms is left.
    pub(crate) fn silence(self, mut samples: u32) -> Vec<[u8; 1]> {
        let own = frame_samples(self.toc);
        let mut packets = Vec::new();
        let channels = self.toc & 4;
        // Configurations 31 to 28 are fullband CELT frames of 20, 10, 5 and 2.5 ms.
        let choices = [(self.toc & 0xfc, own), (31 << 3 | channels, 960), (30 << 3 | channels, 480)];
        let choices = choices.into_iter().chain([(29 << 3 | channels, 240), (28 << 3 | channels, 120)]);
        for (toc, length) in choices {
            while samples >= length {
                packets.push([toc]);
                samples -= length;
            }
        }
        packets
    }
}

/// RFC 6716 §3.1, table 2.
fn frame_samples(toc: u8) -> u32 {
    let config = toc >> 3;
    match config {
        0..=11 => [480, 960, 1920, 2880][usize::from(config & 3)],
        12..=15 => [480, 960][usize::from(config & 1)],
        _ => [120, 240, 480, 960][usize::from(config & 3)],
    }
}

/// Returns a frame's length and the bytes that coded it (RFC 6716 §3.2.1).
fn frame_length(bytes: &[u8]) -> Option<(usize, usize)> {
    let first = usize::from(*bytes.first()?);
    if first < 252 {
        return Some((first, 1));
    }
    Some((first + 4 * usize::from(*bytes.get(1)?), 2))
}

/// RFC 6716 §3.2.5: the frames of a code 3 packet.
fn counted_frames(bytes: &[u8]) -> Option<u32> {
    let (&header, mut rest) = bytes.split_first()?;
    let count = usize::from(header & 0x3f);
    if count == 0 {
        return None;
    }
    if header & 0x40 != 0 {
        let mut padding = 0;
        loop {
            let (&byte, after) = rest.split_first()?;
            rest = after;
            padding += if byte == 255 { 254 } else { usize::from(byte) };
            if byte != 255 {
                break;
            }
        }
        rest = rest.get(..rest.len().checked_sub(padding)?)?;
    }
    if header & 0x80 == 0 {
        return (rest.len().is_multiple_of(count) && rest.len() / count <= FRAME_BYTES_MAX).then_some(count as u32);
    }
    let mut sum = 0;
    for _ in 1..count {
        let (length, used) = frame_length(rest)?;
        sum += length;
        rest = rest.get(used..)?;
    }
    (rest.len().checked_sub(sum)? <= FRAME_BYTES_MAX).then_some(count as u32)
}

#[cfg(test)]
mod tests {
    use super::OpusPacket;

    #[test]
    fn lengths_follow_the_table_of_contents() {
        let samples = |packet: &[u8]| OpusPacket::parse(packet).map(|parsed| parsed.samples);
        assert_eq!(samples(&[31 << 3, 1, 2, 3]), Some(960));
        assert_eq!(samples(&[28 << 3 | 4]), Some(120));
        assert_eq!(samples(&[3 << 3, 9]), Some(2880));
        assert_eq!(samples(&[1 << 3 | 1, 9, 9]), Some(1920));
        assert_eq!(samples(&[1 << 3 | 3, 3, 9, 9, 9]), Some(2880));
    }

    #[test]
    fn malformed_framing_is_refused() {
        for packet in [
            &[][..],
            &[1 << 3 | 1, 9],
            &[1 << 3 | 2],
            &[1 << 3 | 2, 20, 1],
            &[1 << 3 | 3],
            &[1 << 3 | 3, 0],
            &[3 << 3 | 3, 3, 9, 9, 9],
            &[1 << 3 | 3, 0x83, 200, 200, 1],
            &[1 << 3 | 3, 0x41, 255, 255],
        ] {
            assert_eq!(OpusPacket::parse(packet), None, "{packet:?}");
        }
    }

    #[test]
    fn silence_lasts_as_long_as_the_gap() {
        let speech = OpusPacket::parse(&[3 << 3, 1]).expect("60 ms");
        for gap in [0, 119, 120, 960, 2880, 2880 * 3 + 960 + 120, 48_000] {
            let packets = speech.silence(gap);
            let total: u32 = packets.iter().map(|packet| OpusPacket::parse(packet).expect("valid").samples).sum();
            assert_eq!(total, gap / 120 * 120);
        }
    }
}
