use bytes::{Bytes, BytesMut};

use crate::RtpHeader;

/// What one RED payload may hold; two or three is usual.
const BLOCKS_MAX: usize = 32;

/// A block of a RED payload (RFC 2198 §3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RedBlock {
    pub(crate) payload_type: u8,
    /// How much earlier than the packet's time stamp; zero for the primary block.
    pub(crate) timestamp_offset: u32,
    pub(crate) payload: Bytes,
}

/// Splits a RED payload: older blocks first, the primary last. None when its lengths do not add up.
pub(crate) fn split_red(payload: &Bytes) -> Option<Vec<RedBlock>> {
    let mut announced = Vec::new();
    let mut at = 0;
    loop {
        let first = *payload.get(at)?;
        if first & 0x80 == 0 {
            announced.push((first & 0x7f, 0, None));
            at += 1;
            break;
        }
        let [_, high, middle, low] = *payload.get(at..at + 4)?.first_chunk::<4>()?;
        let word = u32::from_be_bytes([0, high, middle, low]);
        announced.push((first & 0x7f, word >> 10, Some((word & 0x3ff) as usize)));
        at += 4;
        if announced.len() > BLOCKS_MAX {
            return None;
        }
    }
    let mut blocks = Vec::with_capacity(announced.len());
    for (payload_type, timestamp_offset, length) in announced {
        let end = length.map_or(payload.len(), |length| at + length);
        if end > payload.len() {
            return None;
        }
        blocks.push(RedBlock { payload_type, timestamp_offset, payload: payload.slice(at..end) });
        at = end;
    }
    Some(blocks)
}

/// What is put in place of parts of a packet's header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewHeader {
    pub(crate) payload_type: u8,
    pub(crate) sequence_number: u16,
    pub(crate) timestamp: u32,
    pub(crate) ssrc: u32,
}

/// Makes a packet with the rest of another's header, extensions included, and a payload without padding.
pub(crate) fn rebuild(original: &[u8], header: &RtpHeader, new: NewHeader, payload: &[u8]) -> Bytes {
    const PADDING: u8 = 0x20;
    let mut packet = BytesMut::with_capacity(header.header_bytes + payload.len());
    packet.extend_from_slice(&original[..header.header_bytes]);
    packet[0] &= !PADDING;
    packet[1] = (original[1] & 0x80) | new.payload_type;
    packet[2..4].copy_from_slice(&new.sequence_number.to_be_bytes());
    packet[4..8].copy_from_slice(&new.timestamp.to_be_bytes());
    packet[8..12].copy_from_slice(&new.ssrc.to_be_bytes());
    packet.extend_from_slice(payload);
    packet.freeze()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::collection::vec;
    use proptest::prelude::{any, prop_assert, proptest};

    use super::{RedBlock, split_red};

    #[test]
    fn blocks_come_apart_as_the_standard_says() {
        let payload = Bytes::from_static(&[0xef, 0x1e, 0x00, 0x02, 111, 1, 2, 3, 4, 5]);
        let block = |timestamp_offset, bytes: &'static [u8]| RedBlock {
            payload_type: 111,
            timestamp_offset,
            payload: Bytes::from_static(bytes),
        };
        assert_eq!(split_red(&payload), Some(vec![block(1920, &[1, 2]), block(0, &[3, 4, 5])]));
        assert_eq!(split_red(&Bytes::from_static(&[111, 9])), Some(vec![block(0, &[9])]));
        for bad in [&[][..], &[0xef, 0, 0], &[0xef, 0, 0, 9, 111, 1], &[0x80; 400]] {
            assert_eq!(split_red(&Bytes::copy_from_slice(bad)), None, "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_blocks_lie_inside(bytes in vec(any::<u8>(), 0..200)) {
            let payload = Bytes::from(bytes);
            if let Some(blocks) = split_red(&payload) {
                let length: usize = blocks.iter().map(|block| block.payload.len()).sum();
                prop_assert!(!blocks.is_empty() && length < payload.len());
            }
        }
    }
}
