use crate::Error;

const SEQUENCE_PARAMETERS: u8 = 7;
const PICTURE_PARAMETERS: u8 = 8;
const ACCESS_UNIT_DELIMITER: u8 = 9;

/// The parameter sets of an H.264 stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ParameterSets {
    pub(crate) sequence: Vec<Vec<u8>>,
    pub(crate) picture: Vec<Vec<u8>>,
}

impl ParameterSets {
    /// Reads the decoder configuration of a sample entry (ISO/IEC 14496-15 §5.3.3.1) with lengths of four bytes.
    pub(crate) fn of_configuration(avcc: &[u8]) -> Result<Self, Error> {
        const BAD: Error = Error::Pictures("the decoder configuration is damaged");
        if avcc.get(4).ok_or(BAD)? & 3 != 3 {
            return Err(Error::Pictures("lengths have not four bytes"));
        }
        let mut at = 5;
        let mut take = |mask: u8| {
            let count = avcc.get(at).ok_or(BAD)? & mask;
            at += 1;
            let mut sets = Vec::new();
            for _ in 0..count {
                let length = avcc.get(at..at + 2).ok_or(BAD)?;
                let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
                sets.push(avcc.get(at + 2..at + 2 + length).ok_or(BAD)?.to_vec());
                at += 2 + length;
            }
            Ok::<_, Error>(sets)
        };
        Ok(Self { sequence: take(31)?, picture: take(255)? })
    }

    /// Reads the parameter sets in front of a coded picture.
    pub(crate) fn of_annex_b(bytes: &[u8]) -> Result<Self, Error> {
        let of_type = |wanted: u8| units(bytes).filter(|unit| unit_type(unit) == wanted).map(<[u8]>::to_vec).collect();
        let sets = Self { sequence: of_type(SEQUENCE_PARAMETERS), picture: of_type(PICTURE_PARAMETERS) };
        if sets.sequence.len() == 1 && sets.picture.len() == 1 {
            Ok(sets)
        } else {
            Err(Error::Pictures("the encoder wrote no parameter sets"))
        }
    }

    /// Writes the decoder configuration.
    pub(crate) fn configuration(&self) -> Result<Vec<u8>, Error> {
        let first = self.sequence.first().filter(|set| set.len() >= 4);
        let first = first.ok_or(Error::Pictures("there are no sequence parameters"))?;
        let mut bytes = vec![1, first[1], first[2], first[3], 0xff, 0xe0 | self.sequence.len() as u8];
        let push = |set: &Vec<u8>, bytes: &mut Vec<u8>| {
            bytes.extend((set.len() as u16).to_be_bytes());
            bytes.extend(set);
        };
        self.sequence.iter().for_each(|set| push(set, &mut bytes));
        bytes.push(self.picture.len() as u8);
        self.picture.iter().for_each(|set| push(set, &mut bytes));
        // Profiles above main say how the samples are built: 4:2:0 with eight bits.
        if matches!(first[1], 100 | 110 | 122 | 144) {
            bytes.extend([0xfd, 0xf8, 0xf8, 0]);
        }
        Ok(bytes)
    }

    pub(crate) fn to_annex_b(&self) -> Vec<u8> {
        self.sequence.iter().chain(&self.picture).flat_map(|set| [&[0, 0, 0, 1], set.as_slice()].concat()).collect()
    }
}

/// Turns a sample of an MP4, each unit with its length before it, into a byte stream with start codes.
pub(crate) fn sample_to_annex_b(sample: &[u8]) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::with_capacity(sample.len() + 16);
    let mut rest = sample;
    while !rest.is_empty() {
        let (length, after) = rest.split_first_chunk::<4>().ok_or(Error::Pictures("a sample ends early"))?;
        let length = u32::from_be_bytes(*length) as usize;
        let unit = after.get(..length).ok_or(Error::Pictures("a sample ends early"))?;
        bytes.extend([0, 0, 0, 1]);
        bytes.extend(unit);
        rest = &after[length..];
    }
    Ok(bytes)
}

/// Turns a byte stream with start codes into a sample of an MP4. Parameter sets stay in the header of the file.
pub(crate) fn annex_b_to_sample(bytes: &[u8]) -> Vec<u8> {
    let mut sample = Vec::with_capacity(bytes.len() + 16);
    let outside = [SEQUENCE_PARAMETERS, PICTURE_PARAMETERS, ACCESS_UNIT_DELIMITER];
    for unit in units(bytes).filter(|unit| !outside.contains(&unit_type(unit))) {
        sample.extend((unit.len() as u32).to_be_bytes());
        sample.extend(unit);
    }
    sample
}

fn unit_type(unit: &[u8]) -> u8 {
    unit.first().map_or(0, |first| first & 31)
}

/// Cuts a byte stream at its start codes of three or four bytes (ISO/IEC 14496-10 annex B).
fn units(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut starts = Vec::new();
    let mut at = 0;
    while at + 3 <= bytes.len() {
        if bytes[at..at + 3] == [0, 0, 1] {
            starts.push(at);
            at += 3;
        } else {
            at += 1;
        }
    }
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([bytes.len()]).collect();
    starts.into_iter().zip(ends).filter_map(move |(start, end)| {
        let mut unit = &bytes[start + 3..end];
        // What a longer start code of the next unit begins with, or padding.
        while let Some((0, shorter)) = unit.split_last() {
            unit = shorter;
        }
        (!unit.is_empty()).then_some(unit)
    })
}

#[cfg(test)]
mod tests {
    use super::{ParameterSets, annex_b_to_sample, sample_to_annex_b};

    #[test]
    fn samples_and_byte_streams_are_the_same_pictures() {
        let stream = [0, 0, 0, 1, 0x67, 100, 0, 31, 9, 0, 0, 1, 0x68, 7, 0, 0, 1, 0x65, 1, 2, 0, 0, 0, 1, 0x65, 3];
        let sample = annex_b_to_sample(&stream);
        assert_eq!(sample, [0, 0, 0, 3, 0x65, 1, 2, 0, 0, 0, 2, 0x65, 3]);
        assert_eq!(sample_to_annex_b(&sample).expect("valid"), [0, 0, 0, 1, 0x65, 1, 2, 0, 0, 0, 1, 0x65, 3]);
        let sets = ParameterSets::of_annex_b(&stream).expect("both are there");
        let configuration = sets.configuration().expect("valid");
        assert_eq!(ParameterSets::of_configuration(&configuration).expect("valid"), sets);
        assert_eq!(sets.to_annex_b(), [0, 0, 0, 1, 0x67, 100, 0, 31, 9, 0, 0, 0, 1, 0x68, 7]);
        for length in 0..configuration.len() - 4 {
            assert!(ParameterSets::of_configuration(&configuration[..length]).is_err(), "{length}");
        }
        for length in [1, 5, 9] {
            assert!(sample_to_annex_b(&sample[..length]).is_err(), "{length}");
        }
        assert!(ParameterSets::of_annex_b(&stream[14..]).is_err());
    }
}
