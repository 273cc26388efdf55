/// Writes the codec of an AVC decoder configuration record (RFC 6381 §3.3): profile, constraints, level.
pub(super) fn avc_codec_string(sample_entry: &str, configuration: &[u8]) -> Option<String> {
    match configuration {
        [1, profile, constraints, level, ..] => {
            Some(format!("{sample_entry}.{profile:02X}{constraints:02X}{level:02X}"))
        }
        _ => None,
    }
}

/// Writes the codec of an elementary stream descriptor (RFC 6381 §3.3, ISO/IEC 14496-1 §7.2.6): object type indication
/// and, for MPEG-4 audio, the audio object type.
pub(super) fn aac_codec_string(esds: &[u8]) -> Option<String> {
    const MPEG4_AUDIO: u8 = 0x40;
    // Version and flags come first.
    let es = descriptor(esds.get(4..)?, 0x03)?;
    let flags = *es.get(2)?;
    let mut skipped = 3;
    if flags & 0x80 != 0 {
        skipped += 2;
    }
    if flags & 0x40 != 0 {
        skipped += 1 + usize::from(*es.get(skipped)?);
    }
    if flags & 0x20 != 0 {
        skipped += 2;
    }
    let decoder = descriptor(es.get(skipped..)?, 0x04)?;
    let object_type_indication = *decoder.first()?;
    if object_type_indication != MPEG4_AUDIO {
        return Some(format!("mp4a.{object_type_indication:02X}"));
    }
    let specific = descriptor(decoder.get(13..)?, 0x05)?;
    let first = u16::from_be_bytes([*specific.first()?, specific.get(1).copied().unwrap_or(0)]);
    let audio_object_type = match first >> 11 {
        31 => 32 + (first >> 5 & 0x3f),
        short => short,
    };
    Some(format!("mp4a.40.{audio_object_type}"))
}

/// Returns the content of the descriptor with a tag at the start of the bytes. Lengths are 7 bits a byte.
fn descriptor(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let (found, mut rest) = bytes.split_first()?;
    if *found != tag {
        return None;
    }
    let mut length = 0_usize;
    for _ in 0..4 {
        let (byte, after) = rest.split_first()?;
        rest = after;
        length = length << 7 | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return rest.get(..length);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{aac_codec_string, avc_codec_string};

    #[test]
    fn audio_object_types_are_read_in_both_forms() {
        let check = |specific: &[u8], expected: Option<&str>| {
            let mut decoder = vec![0x40, 0x15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x05, specific.len() as u8];
            decoder.extend_from_slice(specific);
            let mut es = vec![0, 1, 0, 0x04, 0x80, 0x80, 0x80, decoder.len() as u8];
            es.extend_from_slice(&decoder);
            let mut esds = vec![0, 0, 0, 0, 0x03, es.len() as u8];
            esds.extend_from_slice(&es);
            assert_eq!(aac_codec_string(&esds).as_deref(), expected, "{specific:02x?}");
        };
        check(&[0x12, 0x10], Some("mp4a.40.2"));
        check(&[0x2b, 0x92], Some("mp4a.40.5"));
        check(&[0xf9, 0x40], Some("mp4a.40.42"));
        check(&[], None);
    }

    #[test]
    fn avc_records_have_a_version() {
        assert_eq!(avc_codec_string("avc1", &[1, 0x42, 0xc0, 0x1e, 0xff]).as_deref(), Some("avc1.42C01E"));
        assert_eq!(avc_codec_string("avc1", &[2, 0x42, 0xc0, 0x1e]), None);
        assert_eq!(avc_codec_string("avc1", &[1, 0x42]), None);
    }
}
