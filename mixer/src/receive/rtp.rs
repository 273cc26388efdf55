use std::ops::Range;

/// The fixed header of an RTP packet and where its payload lies (RFC 3550 §5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RtpHeader {
    pub(crate) payload_type: u8,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) ssrc: u32,
    pub(crate) payload: Range<usize>,
}

impl RtpHeader {
    /// Reads the header; none when the packet is not RTP version 2 or its lengths contradict each other.
    pub(crate) fn parse(packet: &[u8]) -> Option<Self> {
        let fixed: &[u8; 12] = packet.first_chunk()?;
        if fixed[0] >> 6 != 2 {
            return None;
        }
        let mut start = 12 + 4 * usize::from(fixed[0] & 0x0f);
        if fixed[0] & 0x10 != 0 {
            let words = packet.get(start + 2..start + 4)?;
            start += 4 + 4 * usize::from(u16::from_be_bytes([words[0], words[1]]));
        }
        let mut end = packet.len();
        if fixed[0] & 0x20 != 0 {
            let padding = usize::from(*packet.last()?);
            if padding == 0 {
                return None;
            }
            end = end.checked_sub(padding)?;
        }
        if start > end {
            return None;
        }
        Some(Self {
            payload_type: fixed[1] & 0x7f,
            sequence: u16::from_be_bytes([fixed[2], fixed[3]]),
            timestamp: u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]),
            ssrc: u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]),
            payload: start..end,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::RtpHeader;

    #[test]
    fn extension_and_padding_are_left_out_of_the_payload() {
        let mut packet = vec![0b1011_0001, 0xe0, 1, 2, 0, 0, 0, 9, 0, 0, 0, 7, 1, 1, 1, 1];
        packet.extend([0xbe, 0xde, 0, 1, 9, 9, 9, 9]);
        packet.extend([5, 6, 0, 2]);
        let header = RtpHeader::parse(&packet).expect("valid");
        assert_eq!((header.payload_type, header.sequence, header.timestamp, header.ssrc), (96, 258, 9, 7));
        assert_eq!(&packet[header.payload], &[5, 6]);
    }

    #[test]
    fn contradicting_lengths_are_refused() {
        for packet in [
            &[][..],
            &[0x80; 11],
            &[0x40, 96, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            &[0x81, 96, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            &[0x90, 96, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff],
            &[0xa0, 96, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 200],
            &[0xa0, 96, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ] {
            assert_eq!(RtpHeader::parse(packet), None, "{packet:?}");
        }
    }
}
