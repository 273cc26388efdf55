use model::Codec;

/// Says whether a video payload begins a picture that can be decoded without any before it.
///
/// For H.264 a parameter set counts: encoders send it right before the IDR slice.
pub(crate) fn begins_key_frame(codec: Codec, payload: &[u8]) -> bool {
    match codec {
        Codec::Vp8 => vp8_begins_key_frame(payload).unwrap_or(false),
        Codec::Vp9 => vp9_begins_key_frame(payload),
        Codec::H264 => h264_begins_key_frame(payload).unwrap_or(false),
        _ => false,
    }
}

/// RFC 7741 §4.2: start of partition 0 and the inverse key frame bit of the payload header clear.
fn vp8_begins_key_frame(payload: &[u8]) -> Option<bool> {
    let first = *payload.first()?;
    if first & 0x10 == 0 || first & 0x07 != 0 {
        return Some(false);
    }
    let mut at = 1;
    if first & 0x80 != 0 {
        let extension = *payload.get(at)?;
        at += 1;
        if extension & 0x80 != 0 {
            at += if payload.get(at)? & 0x80 != 0 { 2 } else { 1 };
        }
        at += usize::from(extension & 0x40 != 0);
        at += usize::from(extension & 0x30 != 0);
    }
    Some(payload.get(at)? & 0x01 == 0)
}

/// RFC 9628 §4.2: not inter-picture predicted, start of frame.
fn vp9_begins_key_frame(payload: &[u8]) -> bool {
    payload.first().is_some_and(|first| first & 0x40 == 0 && first & 0x08 != 0)
}

/// RFC 6184 §5.4: an SPS or IDR slice, alone, first in an aggregate, or at the start of a fragmentation.
fn h264_begins_key_frame(payload: &[u8]) -> Option<bool> {
    let opens = |unit: u8| matches!(unit & 0x1f, 5 | 7);
    let first = *payload.first()?;
    Some(match first & 0x1f {
        24 => {
            let mut rest = payload.get(1..)?;
            let mut found = false;
            while let Some((length, units)) = rest.split_first_chunk::<2>() {
                let length = usize::from(u16::from_be_bytes(*length));
                found |= units.first().is_some_and(|&unit| opens(unit));
                rest = units.get(length..).unwrap_or_default();
            }
            found
        }
        28 => payload.get(1).is_some_and(|&fragment| fragment & 0x80 != 0 && opens(fragment)),
        _ => opens(first),
    })
}

#[cfg(test)]
mod tests {
    use model::Codec;

    use super::begins_key_frame;

    #[test]
    fn key_frames_are_told_from_others() {
        let check = |codec, payload: &[u8], expect: bool| {
            assert_eq!(begins_key_frame(codec, payload), expect, "{codec} {payload:02x?}");
        };
        check(Codec::Vp8, &[0x10, 0x00], true);
        check(Codec::Vp8, &[0x10, 0x01], false);
        check(Codec::Vp8, &[0x00, 0x00], false);
        check(Codec::Vp8, &[0x90, 0x80, 0x81, 0x23, 0x00], true);
        check(Codec::Vp8, &[0x90, 0xe0, 0x01, 0x02, 0x03, 0x01], false);
        check(Codec::Vp8, &[0x90, 0x80], false);
        check(Codec::H264, &[0x67, 1], true);
        check(Codec::H264, &[0x65], true);
        check(Codec::H264, &[0x41], false);
        check(Codec::H264, &[0x7c, 0x85], true);
        check(Codec::H264, &[0x7c, 0x05], false);
        check(Codec::H264, &[0x78, 0, 1, 0x09, 0, 1, 0x67], true);
        check(Codec::H264, &[0x78, 0, 9, 0x41], false);
        check(Codec::Vp9, &[0x88], true);
        check(Codec::Vp9, &[0xc8], false);
        for codec in [Codec::Vp8, Codec::Vp9, Codec::H264] {
            check(codec, &[], false);
        }
    }
}
