use model::Language;

/// A model that is known to work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownModel {
    /// The name used in the configuration and on the command line.
    pub name: &'static str,
    /// The name of the file, where models are published and here.
    pub file_name: &'static str,
    /// The length of the file.
    pub bytes: u64,
    /// SHA-256 of the file in lower-case hexadecimal.
    pub sha256: &'static str,
    /// The licence of the weights, as an SPDX identifier.
    pub licence: &'static str,
    /// What it transcribes.
    pub languages: &'static [Language],
    /// What it is good for.
    pub note: &'static str,
    /// Says whether a mirror of the published models has it.
    pub is_published: bool,
}

impl KnownModel {
    /// Returns the model of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        KNOWN_MODELS.iter().find(|known| known.name == name)
    }
}

/// The models Huiji knows by name, smallest first: those of whisper.cpp that know both of Huiji's languages, and `micro`,
/// which is the fixture of the demo and the tests and no recogniser for people's speech.
pub const KNOWN_MODELS: &[KnownModel] = &[
    KnownModel {
        name: "micro",
        file_name: "micro-whisper.ggml.bin",
        bytes: 7_797_431,
        sha256: "f92517fbcbb9da92107996a673c26b3e6e35779b15fb659b3b1a4538dc1f9533",
        licence: "Apache-2.0",
        languages: Language::ALL,
        note: "the demo's model; made-up voices only",
        is_published: false,
    },
    published(
        "tiny",
        "ggml-tiny.bin",
        77_691_713,
        "be07e048e1e599ad46341c8d2a135645097a538221678b7acdd1b1919c6e1b21",
        "fastest; Chinese is poor",
    ),
    published(
        "base",
        "ggml-base.bin",
        147_951_465,
        "60ed5bc3dd14eea856493d334349b405782ddcaf0028d4b5df4088345fba2efe",
        "fast",
    ),
    published(
        "small-q8_0",
        "ggml-small-q8_0.bin",
        264_464_607,
        "49c8fb02b65e6049d5fa6c04f81f53b867b5ec9540406812c643f177317f779f",
        "as good as small at half the size; the one to start with",
    ),
    published(
        "small",
        "ggml-small.bin",
        487_601_967,
        "1be3a9b2063867b937e64e2ec7483364a79917e157fa98c5d94b5c1fffea987b",
        "good",
    ),
    published(
        "large-v3-turbo-q5_0",
        "ggml-large-v3-turbo-q5_0.bin",
        574_041_195,
        "394221709cd5ad1f40c46e6031ca61bce88931e6e088c188294c6d5a55ffa7e2",
        "best; needs a fast machine",
    ),
    published(
        "large-v3-turbo",
        "ggml-large-v3-turbo.bin",
        1_624_555_275,
        "1fc70f774d38eb169993ac391eea357ef47c88757ef72ee5943879b7e8e2bc69",
        "best, unquantised",
    ),
];

const fn published(
    name: &'static str,
    file_name: &'static str,
    bytes: u64,
    sha256: &'static str,
    note: &'static str,
) -> KnownModel {
    KnownModel { name, file_name, bytes, sha256, licence: "MIT", languages: Language::ALL, note, is_published: true }
}

#[cfg(test)]
mod tests {
    use super::{KNOWN_MODELS, KnownModel};

    #[test]
    fn the_catalogue_is_consistent() {
        assert!(KNOWN_MODELS.is_sorted_by_key(|known| known.bytes));
        for known in KNOWN_MODELS {
            assert!(known.sha256.len() == 64 && known.sha256.bytes().all(|digit| digit.is_ascii_hexdigit()));
            assert_eq!(KnownModel::find(known.name), Some(known));
        }
        assert_eq!(KnownModel::find("huge"), None);
    }
}
