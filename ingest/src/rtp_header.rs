use crate::DropReason;

const FIXED_BYTES: usize = 12;

/// The parsed header of an RTP packet (RFC 3550 §5.1); the header and its extension lie inside the packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RtpHeader {
    /// The marker bit, whose meaning the payload format gives.
    pub marker: bool,
    /// The payload type, 0 to 127.
    pub payload_type: u8,
    /// The 16-bit sequence number.
    pub sequence_number: u16,
    /// The media time stamp in units of the payload format's clock.
    pub timestamp: u32,
    /// The synchronisation source.
    pub ssrc: u32,
    /// Whether the last bytes of the payload are padding.
    pub has_padding: bool,
    /// The bytes before the payload: fixed header, contributing sources, extension.
    pub header_bytes: usize,
}

impl RtpHeader {
    /// Parses the header at the start of a packet.
    ///
    /// Padding is not looked at: in SRTP it is encrypted. See [`RtpHeader::payload_bytes`].
    ///
    /// # Errors
    /// [`DropReason::Malformed`] when the version is not 2 or the header does not fit into the packet.
    pub fn parse(packet: &[u8]) -> Result<Self, DropReason> {
        let (fixed, rest) = packet.split_first_chunk::<FIXED_BYTES>().ok_or(DropReason::Malformed)?;
        if fixed[0] >> 6 != 2 {
            return Err(DropReason::Malformed);
        }
        let sources_bytes = usize::from(fixed[0] & 0x0f) * 4;
        let after_sources = rest.get(sources_bytes..).ok_or(DropReason::Malformed)?;
        let mut header_bytes = FIXED_BYTES + sources_bytes;
        if fixed[0] & 0x10 != 0 {
            let (extension, after_extension) = after_sources.split_first_chunk::<4>().ok_or(DropReason::Malformed)?;
            let extension_bytes = usize::from(u16::from_be_bytes([extension[2], extension[3]])) * 4;
            if after_extension.len() < extension_bytes {
                return Err(DropReason::Malformed);
            }
            header_bytes += 4 + extension_bytes;
        }
        Ok(Self {
            marker: fixed[1] & 0x80 != 0,
            payload_type: fixed[1] & 0x7f,
            sequence_number: u16::from_be_bytes([fixed[2], fixed[3]]),
            timestamp: u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]),
            ssrc: u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]),
            has_padding: fixed[0] & 0x20 != 0,
            header_bytes,
        })
    }

    /// Returns the length of the payload of the plain packet this header was parsed from, padding taken off.
    ///
    /// # Errors
    /// [`DropReason::Malformed`] when the padding is longer than the payload or of length zero.
    pub fn payload_bytes(&self, packet: &[u8]) -> Result<usize, DropReason> {
        let bytes = packet.len().checked_sub(self.header_bytes).ok_or(DropReason::Malformed)?;
        if !self.has_padding {
            return Ok(bytes);
        }
        let padding = usize::from(*packet.last().ok_or(DropReason::Malformed)?);
        if padding == 0 || padding > bytes {
            return Err(DropReason::Malformed);
        }
        Ok(bytes - padding)
    }
}

/// Tells RTCP from RTP on a shared port by the second byte (RFC 5761 §4).
pub(crate) fn is_rtcp(datagram: &[u8]) -> bool {
    matches!(datagram.get(1), Some(192..=223))
}

#[cfg(test)]
mod tests {
    use super::{RtpHeader, is_rtcp};
    use crate::DropReason;

    fn packet(first: u8, second: u8, tail: &[u8]) -> Vec<u8> {
        let mut packet = vec![first, second, 0x12, 0x34, 0, 0, 0x03, 0xc0, 0xde, 0xad, 0xbe, 0xef];
        packet.extend_from_slice(tail);
        packet
    }

    #[test]
    fn fields_are_read() {
        let header = RtpHeader::parse(&packet(0x80, 0xef, &[1, 2, 3])).expect("valid");
        let expected = RtpHeader {
            marker: true,
            payload_type: 111,
            sequence_number: 0x1234,
            timestamp: 960,
            ssrc: 0xdead_beef,
            has_padding: false,
            header_bytes: 12,
        };
        assert_eq!(header, expected);
    }

    /// Gives the header length and the payload length, or none when refused.
    fn check(first: u8, tail: &[u8]) -> Option<(usize, usize)> {
        let packet = packet(first, 96, tail);
        let header = RtpHeader::parse(&packet).ok()?;
        Some((header.header_bytes, header.payload_bytes(&packet).ok()?))
    }

    #[test]
    fn lengths_are_checked() {
        assert_eq!(check(0x80, &[]), Some((12, 0)), "an empty payload is allowed");
        assert_eq!(check(0x00, &[1]), None, "version 0");
        assert_eq!(check(0x40, &[1]), None, "version 1");
        assert_eq!(check(0xc0, &[1]), None, "version 3");
        assert_eq!(check(0x82, &[0; 8]), Some((20, 0)), "two contributing sources");
        assert_eq!(check(0x82, &[0; 7]), None, "contributing sources cut short");
        assert_eq!(check(0x90, &[0xbe, 0xde, 0, 1, 0x10, 5, 0, 0, 7]), Some((20, 1)), "one extension word");
        assert_eq!(check(0x90, &[0xbe, 0xde, 0, 0, 7]), Some((16, 1)), "an empty extension");
        assert_eq!(check(0x90, &[0xbe, 0xde, 0, 2, 0, 0, 0, 0]), None, "extension cut short");
        assert_eq!(check(0x90, &[0xbe, 0xde, 0]), None, "extension header cut short");
        assert_eq!(check(0xa0, &[9, 9, 0, 2]), Some((12, 2)), "two bytes of padding");
        assert_eq!(check(0xa0, &[0, 2]), Some((12, 0)), "nothing but padding");
        assert_eq!(check(0xa0, &[0, 3]), None, "more padding than payload");
        assert_eq!(check(0xa0, &[0, 0]), None, "padding of length zero");
        assert_eq!(check(0xa0, &[]), None, "padding announced and absent");
    }

    #[test]
    fn every_truncation_is_refused() {
        let whole = packet(0x91, 96, &[0, 0, 0, 9, 0xbe, 0xde, 0, 1, 0, 0, 0, 0]);
        for length in 0..whole.len() {
            assert_eq!(RtpHeader::parse(&whole[..length]), Err(DropReason::Malformed), "{length} bytes");
        }
        assert!(RtpHeader::parse(&whole).is_ok());
    }

    #[test]
    fn rtcp_is_told_by_its_type() {
        for (second, expected) in
            [(0, false), (111, false), (191, false), (192, true), (200, true), (223, true), (224, false)]
        {
            assert_eq!(is_rtcp(&[0x80, second]), expected, "{second}");
        }
        assert!(!is_rtcp(&[0x80]));
    }
}
