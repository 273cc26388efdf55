use crate::DropReason;

const HEADER_BYTES: usize = 4;
const REPORT_BLOCK_BYTES: usize = 24;

/// The kind of one packet inside a compound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RtcpPacketType {
    /// SR, RFC 3550 §6.4.1.
    SenderReport,
    /// RR, RFC 3550 §6.4.2.
    ReceiverReport,
    /// SDES, RFC 3550 §6.5.
    SourceDescription,
    /// BYE, RFC 3550 §6.6.
    Goodbye,
    /// APP, RFC 3550 §6.7.
    Application,
    /// RTPFB (generic NACK, transport-wide feedback), RFC 4585 §6.2.
    TransportFeedback,
    /// PSFB (PLI, FIR, REMB), RFC 4585 §6.3.
    PayloadFeedback,
    /// XR, RFC 3611.
    ExtendedReport,
    /// A type this crate does not know; its length was checked.
    Other(u8),
}

impl RtcpPacketType {
    const fn from_byte(byte: u8) -> Self {
        match byte {
            200 => Self::SenderReport,
            201 => Self::ReceiverReport,
            202 => Self::SourceDescription,
            203 => Self::Goodbye,
            204 => Self::Application,
            205 => Self::TransportFeedback,
            206 => Self::PayloadFeedback,
            207 => Self::ExtendedReport,
            other => Self::Other(other),
        }
    }
}

/// One packet of a compound whose length fits its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RtcpPacket<'a> {
    /// The kind.
    pub packet_type: RtcpPacketType,
    /// The five-bit count or feedback message type.
    pub count: u8,
    /// The whole packet with its header, padding taken off.
    pub bytes: &'a [u8],
}

/// The time mapping and the counts of a sender report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderReport {
    /// The sender.
    pub ssrc: u32,
    /// The wall-clock time: seconds since 1900 in the upper, fractions in the lower 32 bits.
    pub ntp_time: u64,
    /// The RTP time stamp of the same moment.
    pub rtp_timestamp: u32,
    /// Packets sent so far.
    pub packet_count: u32,
    /// Payload bytes sent so far.
    pub octet_count: u32,
}

/// A datagram of RTCP packets that was checked as a whole (RFC 3550 §A.2, without the demand that a report comes
/// first, which RFC 5506 lifted).
#[derive(Debug, Clone, Copy)]
pub struct RtcpCompound<'a> {
    bytes: &'a [u8],
}

impl<'a> RtcpCompound<'a> {
    /// Checks every packet of the datagram.
    ///
    /// # Errors
    /// [`DropReason::Malformed`] when a version is not 2, the lengths do not add up, a packet is too short for its
    /// kind or count, or padding is anywhere but in the last packet.
    pub fn parse(datagram: &'a [u8]) -> Result<Self, DropReason> {
        let mut rest = datagram;
        while !rest.is_empty() {
            let (packet, after) = split_packet(rest).ok_or(DropReason::Malformed)?;
            let padded = rest[0] & 0x20 != 0;
            if (padded && !after.is_empty()) || !is_long_enough(&packet) {
                return Err(DropReason::Malformed);
            }
            rest = after;
        }
        if datagram.is_empty() { Err(DropReason::Malformed) } else { Ok(Self { bytes: datagram }) }
    }

    /// Returns the packets in order.
    pub fn packets(&self) -> impl Iterator<Item = RtcpPacket<'a>> + use<'a> {
        let mut rest = self.bytes;
        std::iter::from_fn(move || {
            let (packet, after) = split_packet(rest)?;
            rest = after;
            Some(packet)
        })
    }

    /// Returns the SSRC of the first packet, which is in the clear even in SRTCP.
    pub(crate) fn first_ssrc(datagram: &[u8]) -> Result<u32, DropReason> {
        if datagram.first().is_none_or(|first| first >> 6 != 2) {
            return Err(DropReason::Malformed);
        }
        read_u32(datagram, 4).ok_or(DropReason::Malformed)
    }
}

impl<'a> RtcpPacket<'a> {
    /// Returns the sources that speak in this packet: its sender, and for BYE and SDES each source listed.
    pub fn sender_ssrcs(&self) -> impl Iterator<Item = u32> + use<'a> {
        let (bytes, count, packet_type) = (self.bytes, usize::from(self.count), self.packet_type);
        let mut offset = HEADER_BYTES;
        let mut left = match packet_type {
            RtcpPacketType::Goodbye | RtcpPacketType::SourceDescription => count,
            RtcpPacketType::Other(_) => 0,
            _ => 1,
        };
        std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            let ssrc = read_u32(bytes, offset)?;
            offset = match packet_type {
                RtcpPacketType::SourceDescription => chunk_end(bytes, offset)?,
                _ => offset + 4,
            };
            Some(ssrc)
        })
    }

    /// Returns the sender report, when this packet is one.
    #[must_use]
    pub fn sender_report(&self) -> Option<SenderReport> {
        if self.packet_type != RtcpPacketType::SenderReport {
            return None;
        }
        let (seconds, fraction) = (read_u32(self.bytes, 8)?, read_u32(self.bytes, 12)?);
        Some(SenderReport {
            ssrc: read_u32(self.bytes, 4)?,
            ntp_time: u64::from(seconds) << 32 | u64::from(fraction),
            rtp_timestamp: read_u32(self.bytes, 16)?,
            packet_count: read_u32(self.bytes, 20)?,
            octet_count: read_u32(self.bytes, 24)?,
        })
    }

    /// Returns the source a key frame is asked of, when this packet is a picture loss indication (RFC 4585 §6.3.1) or
    /// a full intra request (RFC 5104 §4.3.1, its first entry).
    #[must_use]
    pub fn requested_key_frame_of(&self) -> Option<u32> {
        match (self.packet_type, self.count) {
            (RtcpPacketType::PayloadFeedback, 1) => read_u32(self.bytes, 8),
            (RtcpPacketType::PayloadFeedback, 4) => read_u32(self.bytes, 12),
            _ => None,
        }
    }
}

fn read_u32(bytes: &[u8], offset: usize) -> Option<u32> {
    bytes.get(offset..)?.first_chunk::<4>().map(|word| u32::from_be_bytes(*word))
}

/// Cuts the first packet off, or gives none when its header or length is wrong.
fn split_packet(bytes: &[u8]) -> Option<(RtcpPacket<'_>, &[u8])> {
    let header = bytes.first_chunk::<HEADER_BYTES>()?;
    if header[0] >> 6 != 2 || !(192..=223).contains(&header[1]) {
        return None;
    }
    let length = (usize::from(u16::from_be_bytes([header[2], header[3]])) + 1) * 4;
    let (whole, after) = bytes.split_at_checked(length)?;
    let padding = if header[0] & 0x20 == 0 { 0 } else { usize::from(*whole.last()?).max(1) };
    let end = length.checked_sub(padding).filter(|end| *end >= HEADER_BYTES)?;
    let packet =
        RtcpPacket { packet_type: RtcpPacketType::from_byte(header[1]), count: header[0] & 0x1f, bytes: &whole[..end] };
    Some((packet, after))
}

fn is_long_enough(packet: &RtcpPacket<'_>) -> bool {
    let count = usize::from(packet.count);
    let needed = match packet.packet_type {
        RtcpPacketType::SenderReport => 28 + count * REPORT_BLOCK_BYTES,
        RtcpPacketType::ReceiverReport => 8 + count * REPORT_BLOCK_BYTES,
        RtcpPacketType::Goodbye => HEADER_BYTES + count * 4,
        RtcpPacketType::Application | RtcpPacketType::TransportFeedback | RtcpPacketType::PayloadFeedback => 12,
        RtcpPacketType::ExtendedReport => 8,
        RtcpPacketType::SourceDescription => return are_chunks_whole(packet.bytes, count),
        RtcpPacketType::Other(_) => HEADER_BYTES,
    };
    packet.bytes.len() >= needed
}

fn are_chunks_whole(bytes: &[u8], count: usize) -> bool {
    let mut offset = HEADER_BYTES;
    for _ in 0..count {
        match chunk_end(bytes, offset) {
            Some(end) => offset = end,
            None => return false,
        }
    }
    true
}

/// Returns where the SDES chunk that starts at `offset` ends: after its SSRC, its items and the zero bytes that fill
/// the last word.
fn chunk_end(bytes: &[u8], offset: usize) -> Option<usize> {
    let mut position = offset + 4;
    loop {
        match bytes.get(position)? {
            0 => {
                let end = position / 4 * 4 + 4;
                return (end <= bytes.len()).then_some(end);
            }
            _ => position += 2 + usize::from(*bytes.get(position + 1)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{RtcpCompound, RtcpPacketType, SenderReport};
    use crate::DropReason;

    fn packet(first: u8, packet_type: u8, body: &[u8]) -> Vec<u8> {
        assert_eq!(body.len() % 4, 0);
        let words = u16::try_from(body.len() / 4).expect("short");
        [&[first, packet_type], &words.to_be_bytes()[..], body].concat()
    }

    fn sender_report(ssrc: u32) -> Vec<u8> {
        let mut body = ssrc.to_be_bytes().to_vec();
        for word in [10_u32, 20, 30, 40, 50] {
            body.extend_from_slice(&word.to_be_bytes());
        }
        packet(0x80, 200, &body)
    }

    fn names(ssrcs: &[u32]) -> Vec<u8> {
        let mut body = Vec::new();
        for ssrc in ssrcs {
            body.extend_from_slice(&ssrc.to_be_bytes());
            body.extend_from_slice(&[1, 3, b'a', b'@', b'b', 0, 0, 0]);
        }
        packet(0x80 | ssrcs.len() as u8, 202, &body)
    }

    fn senders(datagram: &[u8]) -> Result<Vec<u32>, DropReason> {
        Ok(RtcpCompound::parse(datagram)?.packets().flat_map(|packet| packet.sender_ssrcs()).collect())
    }

    #[test]
    fn senders_of_a_compound() {
        let receiver_report = packet(0x81, 201, &[&5_u32.to_be_bytes()[..], &[0; 24]].concat());
        let goodbye = packet(0x82, 203, &[0, 0, 0, 8, 0, 0, 0, 9]);
        let compound = [sender_report(7), names(&[7, 6]), receiver_report, goodbye, packet(0x80, 210, &[])].concat();
        assert_eq!(senders(&compound), Ok(vec![7, 7, 6, 5, 8, 9]));
    }

    #[test]
    fn sender_report_fields() {
        let datagram = sender_report(7);
        let report = RtcpCompound::parse(&datagram).expect("valid").packets().find_map(|packet| packet.sender_report());
        let expected = SenderReport {
            ssrc: 7,
            ntp_time: 0x0000_000a_0000_0014,
            rtp_timestamp: 30,
            packet_count: 40,
            octet_count: 50,
        };
        assert_eq!(report, Some(expected));
    }

    #[test]
    fn key_frame_requests() {
        let of = |first: u8, body: &[u8]| {
            let datagram = packet(first, 206, body);
            RtcpCompound::parse(&datagram).expect("valid").packets().find_map(|packet| packet.requested_key_frame_of())
        };
        assert_eq!(of(0x81, &[0, 0, 0, 1, 0, 0, 0, 2]), Some(2), "PLI");
        assert_eq!(of(0x84, &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 3, 9, 0, 0, 0]), Some(3), "FIR");
        assert_eq!(of(0x8f, &[0, 0, 0, 1, 0, 0, 0, 2]), None, "REMB");
    }

    #[test]
    fn padding_only_in_the_last_packet() {
        let padded = packet(0xa0, 201, &[0, 0, 0, 1, 0, 0, 0, 4]);
        assert_eq!(senders(&padded), Ok(vec![1]));
        assert_eq!(senders(&[sender_report(2), padded.clone()].concat()), Ok(vec![2, 1]));
        assert!(senders(&[padded, sender_report(2)].concat()).is_err());
        assert!(senders(&packet(0xa0, 201, &[0, 0, 0, 1, 0, 0, 0, 9])).is_err(), "padding over the SSRC");
        assert!(senders(&packet(0xa0, 201, &[0, 0, 0, 1, 0, 0, 0, 255])).is_err(), "padding beyond the packet");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(senders(&[]).is_err());
        assert!(senders(&packet(0x40, 200, &[0; 24])).is_err(), "version 1");
        assert!(senders(&packet(0x81, 200, &[0; 24])).is_err(), "a report block announced and absent");
        assert!(senders(&packet(0x82, 203, &[0; 4])).is_err(), "two sources announced, one there");
        assert!(senders(&packet(0x81, 202, &[0, 0, 0, 1, 1, 200, 0, 0])).is_err(), "an item beyond the packet");
        assert!(senders(&packet(0x81, 202, &[0, 0, 0, 1])).is_err(), "a chunk without an end");
        assert!(senders(&[&sender_report(1)[..], &[0x80]].concat()).is_err(), "a torn second packet");
        let whole = [sender_report(7), names(&[7])].concat();
        for length in 1..whole.len() {
            assert_eq!(senders(&whole[..length]).is_ok(), length == 28, "{length} bytes");
        }
    }

    #[test]
    fn unknown_types_are_passed_over() {
        let datagram = packet(0x80, 195, &[1, 2, 3, 4]);
        let compound = RtcpCompound::parse(&datagram).expect("valid");
        assert_eq!(compound.packets().next().map(|packet| packet.packet_type), Some(RtcpPacketType::Other(195)));
    }
}
