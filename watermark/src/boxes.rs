use std::ops::Range;

use crate::Error;

/// A box of an ISO base media file (ISO/IEC 14496-12) and where its content lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BoxAt {
    pub(crate) name: [u8; 4],
    pub(crate) whole: Range<usize>,
    pub(crate) content: Range<usize>,
}

/// Lists the boxes in a range of a file.
pub(crate) fn boxes(bytes: &[u8], within: Range<usize>) -> Result<Vec<BoxAt>, Error> {
    let mut found = Vec::new();
    let mut at = within.start;
    while at < within.end {
        let header = bytes.get(at..at + 8).filter(|_| at + 8 <= within.end).ok_or(Error::Box("whole"))?;
        let short = u32::from_be_bytes([header[0], header[1], header[2], header[3]]) as usize;
        let name = [header[4], header[5], header[6], header[7]];
        let (header_bytes, length) = match short {
            0 => (8, within.end - at),
            1 => {
                let long =
                    bytes.get(at + 8..at + 16).and_then(|long| long.try_into().ok()).ok_or(Error::Box("long"))?;
                (16, usize::try_from(u64::from_be_bytes(long)).map_err(|_| Error::Box("long"))?)
            }
            length => (8, length),
        };
        let end = at.checked_add(length).filter(|end| length >= header_bytes && *end <= within.end);
        let end = end.ok_or(Error::Box("whole"))?;
        found.push(BoxAt { name, whole: at..end, content: at + header_bytes..end });
        at = end;
    }
    Ok(found)
}

/// Returns the first box of a name in a range.
pub(crate) fn child(bytes: &[u8], within: Range<usize>, name: &'static str) -> Result<BoxAt, Error> {
    let found = boxes(bytes, within)?.into_iter().find(|one| one.name == *name.as_bytes());
    found.ok_or(Error::Box(name))
}

pub(crate) fn read_u32(bytes: &[u8], at: usize) -> Result<u32, Error> {
    let four: [u8; 4] = bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).ok_or(Error::Box("whole"))?;
    Ok(u32::from_be_bytes(four))
}

pub(crate) fn read_u16(bytes: &[u8], at: usize) -> Result<u16, Error> {
    let two: [u8; 2] = bytes.get(at..at + 2).and_then(|two| two.try_into().ok()).ok_or(Error::Box("whole"))?;
    Ok(u16::from_be_bytes(two))
}

/// Writes a length into the header of a box, whose length is written in 32 bits.
pub(crate) fn write_length(bytes: &mut [u8], box_start: usize, length: usize) -> Result<(), Error> {
    let length = u32::try_from(length).map_err(|_| Error::Box("long"))?;
    let slot = bytes.get_mut(box_start..box_start + 4).ok_or(Error::Box("whole"))?;
    if slot == [0, 0, 0, 1] {
        return Err(Error::Box("long"));
    }
    slot.copy_from_slice(&length.to_be_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{boxes, child};

    #[test]
    fn lengths_that_lie_are_refused() {
        let whole = [0, 0, 0, 12, b'a', b'b', b'c', b'd', 1, 2, 3, 4, 0, 0, 0, 8, b'e', b'f', b'g', b'h'];
        let found = boxes(&whole, 0..whole.len()).expect("valid");
        assert_eq!((found.len(), found[0].content.clone(), found[1].whole.clone()), (2, 8..12, 12..20));
        assert!(child(&whole, 0..whole.len(), "efgh").is_ok());
        assert!(child(&whole, 0..12, "efgh").is_err());
        for length in 1..whole.len() {
            if length != 12 {
                assert!(boxes(&whole, 0..length).is_err(), "{length}");
            }
        }
        assert!(boxes(&[0, 0, 0, 7, 0, 0, 0, 0], 0..8).is_err());
        assert!(boxes(&[0, 0, 0, 1, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255], 0..16).is_err());
    }
}
