use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use crate::Error;
use crate::model_tensors::count_tensors;
use crate::window::WindowRule;

/// A Whisper model in ggml form whose header was read and found usable, and which is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFile {
    path: PathBuf,
    audio_width: u32,
}

const MAGIC: u32 = 0x6767_6d6c;
const HEADER_FIELDS: usize = 12;
/// Vocabularies below this are for English only.
const MULTILINGUAL_VOCABULARY_MIN: u32 = 51_865;
/// The narrowest published model, `tiny`, is 384 wide.
const PUBLISHED_WIDTH_MIN: u32 = 384;
const PACKED_GAP_MS_MAX: u64 = 30_000;

impl ModelFile {
    /// Reads the header of the file at `path` and looks whether everything that it announces is there.
    ///
    /// # Errors
    /// [`Error::ModelMissing`] when it cannot be read, [`Error::ModelInvalid`] when it is not a multilingual Whisper
    /// model in ggml form.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let path = path.into();
        let missing = |source| Error::ModelMissing { path: path.clone(), source };
        let invalid = |problem: &str| Error::ModelInvalid { path: path.clone(), problem: problem.to_owned() };
        let file = File::open(&path).map_err(missing)?;
        let file_bytes = file.metadata().map_err(missing)?.len();
        let mut reader = BufReader::new(file);
        let mut bytes = Vec::new();
        reader.by_ref().take(HEADER_FIELDS as u64 * 4).read_to_end(&mut bytes).map_err(missing)?;
        let fields: Vec<u32> =
            bytes.chunks_exact(4).map(|field| u32::from_le_bytes([field[0], field[1], field[2], field[3]])).collect();
        let &[magic, vocabulary, audio_positions, audio_width, ..] = fields.as_slice() else {
            return Err(invalid("it is too short"));
        };
        if magic != MAGIC {
            return Err(invalid("it does not start with the ggml magic"));
        }
        if fields.len() < HEADER_FIELDS || audio_positions == 0 || audio_width == 0 {
            return Err(invalid("its header is damaged"));
        }
        if vocabulary < MULTILINGUAL_VOCABULARY_MIN {
            return Err(invalid("it knows English only, and a multilingual model is needed"));
        }
        count_tensors(&mut reader, file_bytes).map_err(|problem| invalid(&problem))?;
        Ok(Self { path, audio_width })
    }

    /// Returns where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the file's name without its endings, such as `micro-whisper` or `ggml-small`.
    #[must_use]
    pub fn name(&self) -> &str {
        let name = self.path.file_name().and_then(|name| name.to_str()).unwrap_or("unnamed");
        name.split('.').next().unwrap_or(name)
    }

    /// Says whether this is a model for tests, far smaller than any published one.
    #[must_use]
    pub const fn is_micro(&self) -> bool {
        self.audio_width < PUBLISHED_WIDTH_MIN
    }

    /// Returns how speech is to be cut up for this model: the micro model loses words of packed windows (figures in
    /// docs/decisions/0004-voice-activity.md), published ones do not and are dear to call.
    #[must_use]
    pub const fn window_rule(&self) -> WindowRule {
        if self.is_micro() { WindowRule::RegionPerWindow } else { WindowRule::Packed { gap_ms_max: PACKED_GAP_MS_MAX } }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::ModelFile;

    fn header(vocabulary: u32, width: u32) -> Vec<u8> {
        let fields = [super::MAGIC, vocabulary, 1500, width, 2, 3, 448, width, 2, 3, 80, 1];
        // One mel filter of one bin, a vocabulary of one word, one tensor of two halves named w.
        let rest = [1, 1, 0, 1, 1].into_iter().flat_map(u32::to_le_bytes).chain(*b"a");
        let tensor = [1, 1, 1, 2].into_iter().flat_map(u32::to_le_bytes).chain(*b"w").chain([0; 4]);
        fields.into_iter().flat_map(u32::to_le_bytes).chain(rest).chain(tensor).collect()
    }

    fn open(bytes: &[u8]) -> Result<ModelFile, String> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        ModelFile::open(file.path()).map_err(|error| error.to_string())
    }

    #[test]
    fn headers_are_checked() {
        assert!(open(&header(51_865, 128)).unwrap().is_micro());
        assert!(!open(&header(51_866, 1280)).unwrap().is_micro());
        for (bytes, problem) in [
            (b"".to_vec(), "too short"),
            (b"RIFF....WAVEfmt .".to_vec(), "magic"),
            (header(51_864, 384), "English only"),
            (header(51_865, 384)[..20].to_vec(), "damaged"),
            (header(51_865, 384)[..48].to_vec(), "breaks off"),
            (header(51_865, 384)[..69].to_vec(), "breaks off"),
            (header(51_865, 384)[..80].to_vec(), "breaks off"),
            (header(51_865, 384)[..89].to_vec(), "breaks off"),
        ] {
            let message = open(&bytes).unwrap_err();
            assert!(message.contains(problem) && message.contains("huiji models pull"), "{message}");
        }
    }

    #[test]
    fn a_missing_file_says_what_to_do() {
        let message = ModelFile::open("/nonexistent/ggml-small.bin").unwrap_err().to_string();
        assert!(message.contains("/nonexistent/ggml-small.bin") && message.contains("huiji models pull"), "{message}");
    }
}
