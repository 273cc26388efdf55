use std::io::{Error, ErrorKind, Read, Seek, SeekFrom};

/// Walks a ggml Whisper model from its mel filters to its last tensor without reading the weights, so that a file that
/// broke off is told from a whole one: whisper.cpp takes one without tensors for an empty test model and loads it.
///
/// `reader` stands behind the header; returns how many tensors there are.
///
/// # Errors
/// What is wrong with the file, in words.
pub(crate) fn count_tensors(reader: &mut (impl Read + Seek), file_bytes: u64) -> Result<u64, String> {
    let mut walk = Walk { reader, file_bytes };
    walk.skip_filters_and_vocabulary().map_err(|error| describe(&error))?;
    let mut count = 0;
    while walk.position().map_err(|error| describe(&error))? < file_bytes {
        walk.skip_tensor().map_err(|error| describe(&error))?;
        count += 1;
    }
    if count == 0 { Err(CUT_OFF.to_owned()) } else { Ok(count) }
}

const CUT_OFF: &str = "it breaks off before its end";

fn describe(error: &Error) -> String {
    match error.kind() {
        ErrorKind::UnexpectedEof => CUT_OFF.to_owned(),
        _ => error.to_string(),
    }
}

struct Walk<'a, R> {
    reader: &'a mut R,
    file_bytes: u64,
}

/// The names of a Whisper model's tensors are shorter, and a vocabulary's words too.
const NAME_BYTES_MAX: u32 = 256;
const DIMENSIONS_MAX: u32 = 4;

impl<R: Read + Seek> Walk<'_, R> {
    fn skip_filters_and_vocabulary(&mut self) -> Result<(), Error> {
        let (mels, bins) = (self.read_u32()?, self.read_u32()?);
        self.skip(u64::from(mels) * u64::from(bins) * 4)?;
        let words = self.read_u32()?;
        for _ in 0..words {
            let length = self.read_u32()?;
            check(length <= NAME_BYTES_MAX, "a word of its vocabulary is damaged")?;
            self.skip(u64::from(length))?;
        }
        Ok(())
    }

    fn skip_tensor(&mut self) -> Result<(), Error> {
        let (dimensions, name_bytes, kind) = (self.read_u32()?, self.read_u32()?, self.read_u32()?);
        check(dimensions <= DIMENSIONS_MAX && name_bytes <= NAME_BYTES_MAX, "a tensor is damaged")?;
        let mut elements = 1_u64;
        for _ in 0..dimensions {
            elements = elements.saturating_mul(u64::from(self.read_u32()?));
        }
        let Some((block_elements, block_bytes)) = block_of(kind) else {
            return Err(Error::other(format!("a tensor has the unknown type {kind}")));
        };
        self.skip(u64::from(name_bytes))?;
        self.skip(elements.div_ceil(block_elements).saturating_mul(block_bytes))
    }

    fn read_u32(&mut self) -> Result<u32, Error> {
        let mut bytes = [0; 4];
        self.reader.read_exact(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn position(&mut self) -> Result<u64, Error> {
        self.reader.stream_position()
    }

    fn skip(&mut self, bytes: u64) -> Result<(), Error> {
        let left = self.file_bytes.saturating_sub(self.position()?);
        if bytes > left {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.reader.seek(SeekFrom::Current(bytes as i64))?;
        Ok(())
    }
}

fn check(holds: bool, problem: &str) -> Result<(), Error> {
    if holds { Ok(()) } else { Err(Error::other(problem)) }
}

/// Elements and bytes of a block of each ggml type that a published Whisper model has.
const fn block_of(kind: u32) -> Option<(u64, u64)> {
    Some(match kind {
        0 => (1, 4),
        1 | 30 => (1, 2),
        2 => (32, 18),
        3 => (32, 20),
        6 => (32, 22),
        7 => (32, 24),
        8 => (32, 34),
        10 => (256, 84),
        11 => (256, 110),
        12 => (256, 144),
        13 => (256, 176),
        14 => (256, 210),
        _ => return None,
    })
}
