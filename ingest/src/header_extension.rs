/// Finds an element of a packet's header extension (RFC 8285), one-byte or two-byte form. The header must have been parsed
/// before, so that its lengths hold.
pub(crate) fn extension_element(packet: &[u8], id: u8) -> Option<&[u8]> {
    const EXTENSION: u8 = 0x10;
    const ONE_BYTE: u16 = 0xbede;
    const TWO_BYTE: u16 = 0x1000;
    let first = *packet.first()?;
    if first & EXTENSION == 0 {
        return None;
    }
    let at = 12 + usize::from(first & 0x0f) * 4;
    let [profile_high, profile_low, words_high, words_low] = *packet.get(at..)?.first_chunk::<4>()?;
    let length = usize::from(u16::from_be_bytes([words_high, words_low])) * 4;
    let mut rest = packet.get(at + 4..at + 4 + length)?;
    let profile = u16::from_be_bytes([profile_high, profile_low]);
    while let [first, behind @ ..] = rest {
        if *first == 0 {
            rest = behind;
            continue;
        }
        let (element_id, length, body) = match profile {
            // Fifteen is reserved and ends the list.
            ONE_BYTE if first >> 4 == 15 => return None,
            ONE_BYTE => (first >> 4, usize::from(first & 0x0f) + 1, behind),
            _ if profile & 0xfff0 == TWO_BYTE => {
                let (length, body) = behind.split_first()?;
                (*first, usize::from(*length), body)
            }
            _ => return None,
        };
        let (element, behind) = body.split_at_checked(length)?;
        if element_id == id {
            return Some(element);
        }
        rest = behind;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{any, proptest};

    use super::extension_element;

    fn packet(profile: u16, body: &[u8]) -> Vec<u8> {
        let mut packet = vec![0x91, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 1, 1, 1, 1];
        packet.extend_from_slice(&profile.to_be_bytes());
        packet.extend_from_slice(&((body.len() / 4) as u16).to_be_bytes());
        packet.extend_from_slice(body);
        packet
    }

    #[test]
    fn elements_of_both_forms_are_found() {
        let one_byte = packet(0xbede, &[0x10, 0x85, 0, 0x31, b'v', b'1', 0, 0]);
        assert_eq!(extension_element(&one_byte, 1), Some(&[0x85][..]));
        assert_eq!(extension_element(&one_byte, 3), Some(&b"v1"[..]));
        assert_eq!(extension_element(&one_byte, 4), None);
        let two_bytes = packet(0x1000, &[1, 0, 17, 2, b'a', b'b', 0, 0]);
        assert_eq!(extension_element(&two_bytes, 17), Some(&b"ab"[..]));
        assert_eq!(extension_element(&two_bytes, 1), Some(&[][..]));
        for cut_short in
            [packet(0xbede, &[0x1f, 1, 2, 3]), packet(0xbede, &[0xf0, 1, 0x20, 1]), packet(7, &[0x20, 1, 0, 0])]
        {
            assert_eq!(extension_element(&cut_short, 2), None);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(bytes in vec(any::<u8>(), 0..80), id in any::<u8>()) {
            let _found = extension_element(&bytes, id);
        }
    }
}
