use std::io::{Error, ErrorKind, Read, Write};

use model::Language;
use serde::{Deserialize, Serialize};

use crate::transcriber::DecodedSegment;

/// What a worker process is asked: a frame of one byte for the kind, two for the language, then the samples as 32-bit
/// floats, little-endian.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum WorkerRequest {
    Transcribe { language: Language, samples: Vec<f32> },
    DetectLanguage { samples: Vec<f32> },
}

/// What a worker process answers, as JSON in a frame. The first answer comes unasked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WorkerReply {
    /// The model is loaded. Without a gap, every region is a window of its own.
    Ready { engine: String, packed_gap_ms_max: Option<u64> },
    /// The words of a window.
    Segments(Vec<DecodedSegment>),
    /// The language of a window.
    Language(Option<Language>),
    /// It did not work, and why.
    Failed(String),
}

/// The longest window is 28 s, 1.8 MB.
const FRAME_BYTES_MAX: usize = 16 << 20;
const TRANSCRIBE: u8 = 0;
const DETECT_LANGUAGE: u8 = 1;

impl WorkerRequest {
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let (kind, language, samples) = match self {
            Self::Transcribe { language, samples } => (TRANSCRIBE, *language, samples),
            Self::DetectLanguage { samples } => (DETECT_LANGUAGE, Language::English, samples),
        };
        let mut bytes = Vec::with_capacity(3 + samples.len() * 4);
        bytes.push(kind);
        bytes.extend_from_slice(language.as_str().as_bytes());
        bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let invalid = || Error::new(ErrorKind::InvalidData, "no request for a transcription worker");
        let (head, body) = bytes.split_at_checked(3).ok_or_else(invalid)?;
        let samples =
            body.chunks_exact(4).map(|part| f32::from_le_bytes([part[0], part[1], part[2], part[3]])).collect();
        match head[0] {
            TRANSCRIBE => {
                let language = std::str::from_utf8(&head[1..]).ok().and_then(|text| text.parse().ok());
                Ok(Self::Transcribe { language: language.ok_or_else(invalid)?, samples })
            }
            DETECT_LANGUAGE => Ok(Self::DetectLanguage { samples }),
            _ => Err(invalid()),
        }
    }
}

/// Writes a frame: its length in four bytes, little-endian, then itself.
pub(crate) fn write_frame(output: &mut impl Write, bytes: &[u8]) -> Result<(), Error> {
    let length = u32::try_from(bytes.len()).map_err(|_| Error::from(ErrorKind::InvalidInput))?;
    output.write_all(&length.to_le_bytes())?;
    output.write_all(bytes)?;
    output.flush()
}

/// Reads a frame; none at the end of the stream.
pub(crate) fn read_frame(input: &mut impl Read) -> Result<Option<Vec<u8>>, Error> {
    let mut length = [0; 4];
    match input.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let length = u32::from_le_bytes(length) as usize;
    if length > FRAME_BYTES_MAX {
        return Err(Error::new(ErrorKind::InvalidData, "a frame is too long"));
    }
    let mut bytes = vec![0; length];
    input.read_exact(&mut bytes)?;
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use model::Language;

    use super::{WorkerReply, WorkerRequest, read_frame, write_frame};
    use crate::transcriber::{DecodedSegment, DecodedWord};

    #[test]
    fn requests_and_replies_come_through_unchanged() {
        let samples = vec![0.0, -1.0, 0.333_333_34, f32::MIN_POSITIVE];
        for request in [
            WorkerRequest::Transcribe { language: Language::Mandarin, samples: samples.clone() },
            WorkerRequest::DetectLanguage { samples },
        ] {
            let mut stream = Vec::new();
            write_frame(&mut stream, &request.to_bytes()).unwrap();
            let mut rest = stream.as_slice();
            assert_eq!(WorkerRequest::from_bytes(&read_frame(&mut rest).unwrap().unwrap()).unwrap(), request);
            assert_eq!(read_frame(&mut rest).unwrap(), None);
        }
        let word = DecodedWord { text: " 好".to_owned(), start_ms: 1, end_ms: 2, confidence: 0.123_456_79 };
        let reply = WorkerReply::Segments(vec![DecodedSegment { words: vec![word] }]);
        let json = serde_json::to_vec(&reply).unwrap();
        assert_eq!(serde_json::from_slice::<WorkerReply>(&json).unwrap(), reply);
    }

    #[test]
    fn broken_streams_are_errors() {
        assert!(read_frame(&mut [1, 0, 0, 0].as_slice()).is_err());
        assert!(read_frame(&mut [0xff; 8].as_slice()).is_err());
        for bytes in [&[][..], b"\x00e", b"\x00xx", b"\x07en"] {
            assert!(WorkerRequest::from_bytes(bytes).is_err(), "{bytes:?}");
        }
    }
}
