use std::fmt;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use model::{ParticipantId, RecordingId, Rendition};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Error;
use crate::child_settings::ChildSettings;
use crate::control::{ChildFacts, Finished};

const SETTINGS: &str = "settings.json";
const FACTS: &str = "facts.json";
const FINISHED: &str = "finished.json";
const SOCKET: &str = "control.sock";
const EVENTS: &str = "speaking.jsonl";

/// The directory in which a recorder process leaves what it closed, one per recording.
///
/// Every closed file carries its place on the timeline in its name, so a parent that was not there when it was closed
/// can still journal it. All functions block; call them off the async threads.
#[derive(Debug, Clone)]
pub(crate) struct Spool {
    directory: PathBuf,
}

impl Spool {
    pub(crate) fn new(root: &Path, recording_id: &RecordingId) -> Self {
        Self { directory: root.join(recording_id.as_str()) }
    }

    pub(crate) fn at(directory: PathBuf) -> Self {
        Self { directory }
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(crate) fn create(&self, settings: &ChildSettings) -> Result<(), Error> {
        fs::create_dir_all(&self.directory).map_err(|source| self.error("", source))?;
        self.write_settings(settings)
    }

    pub(crate) fn settings(&self) -> Result<ChildSettings, Error> {
        self.read_json(SETTINGS).and_then(|settings| {
            settings.ok_or_else(|| self.error(SETTINGS, std::io::Error::from(std::io::ErrorKind::NotFound)))
        })
    }

    pub(crate) fn finished(&self) -> Result<Option<Finished>, Error> {
        self.read_json(FINISHED)
    }

    /// Returns what the newest process told of itself, once it listened.
    pub(crate) fn facts(&self) -> Result<Option<ChildFacts>, Error> {
        self.read_json(FACTS)
    }

    pub(crate) fn write_facts(&self, facts: &ChildFacts) -> Result<(), Error> {
        self.write_json(FACTS, facts)
    }

    pub(crate) fn write_settings(&self, settings: &ChildSettings) -> Result<(), Error> {
        self.write_json(SETTINGS, settings)
    }

    pub(crate) fn write_finished(&self, finished: &Finished) -> Result<(), Error> {
        self.write_json(FINISHED, finished)
    }

    pub(crate) fn socket_path(&self) -> PathBuf {
        self.directory.join(SOCKET)
    }

    /// Writes a file whole: `*.part`, fsync, rename, fsync of the directory.
    pub(crate) fn write_closed(&self, name: &SpoolFile, bytes: &[u8]) -> Result<(), Error> {
        self.write_atomically(&name.to_string(), bytes)
    }

    /// Lists closed files in the order they should be journalled: init segments, then by kind and sequence.
    pub(crate) fn closed_files(&self) -> Result<Vec<SpoolFile>, Error> {
        let entries = match fs::read_dir(&self.directory) {
            Ok(entries) => entries,
            Err(source) if source.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(self.error("", source)),
        };
        let mut files = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|source| self.error("", source))?;
            if let Some(file) = entry.file_name().to_str().and_then(|name| SpoolFile::from_str(name).ok()) {
                files.push(file);
            }
        }
        files.sort();
        Ok(files)
    }

    pub(crate) fn read(&self, file: &SpoolFile) -> Result<Vec<u8>, Error> {
        let name = file.to_string();
        fs::read(self.directory.join(&name)).map_err(|source| self.error(&name, source))
    }

    pub(crate) fn remove(&self, file: &SpoolFile) -> Result<(), Error> {
        let name = file.to_string();
        fs::remove_file(self.directory.join(&name)).map_err(|source| self.error(&name, source))
    }

    pub(crate) fn append_event(&self, line: &str) -> Result<(), Error> {
        let path = self.directory.join(EVENTS);
        let write = || fs::OpenOptions::new().create(true).append(true).open(&path)?.write_all(line.as_bytes());
        write().map_err(|source| self.error(EVENTS, source))
    }

    pub(crate) fn read_events(&self) -> Result<String, Error> {
        match fs::read_to_string(self.directory.join(EVENTS)) {
            Ok(text) => Ok(text),
            Err(source) if source.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
            Err(source) => Err(self.error(EVENTS, source)),
        }
    }

    /// Removes the whole spool; only after the recording is sealed.
    pub(crate) fn remove_all(&self) -> Result<(), Error> {
        match fs::remove_dir_all(&self.directory) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(self.error("", source)),
            _ => Ok(()),
        }
    }

    fn write_json(&self, name: &str, value: &impl Serialize) -> Result<(), Error> {
        let bytes = serde_json::to_vec(value).map_err(Error::Control)?;
        self.write_atomically(name, &bytes)
    }

    fn read_json<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Error> {
        match fs::read(self.directory.join(name)) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(Error::Control),
            Err(source) if source.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(self.error(name, source)),
        }
    }

    fn write_atomically(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let part = self.directory.join(format!("{name}.part"));
        let write = || {
            let mut file = File::create(&part)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&part, self.directory.join(name))?;
            File::open(&self.directory)?.sync_all()
        };
        write().map_err(|source| self.error(name, source))
    }

    fn error(&self, name: &str, source: std::io::Error) -> Error {
        Error::Spool { path: self.directory.join(name), source }
    }
}

/// The name of a closed spool file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SpoolFile {
    Init { rendition: Rendition, epoch: u32 },
    Segment { rendition: Rendition, epoch: u32, sequence: u64, start_us: u64, duration_us: u64 },
    Speech { participant_id: ParticipantId, sequence: u64, start_us: u64, duration_us: u64 },
}

impl fmt::Display for SpoolFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Init { rendition, epoch } => write!(formatter, "init~{rendition}~{epoch}"),
            Self::Segment { rendition, epoch, sequence, start_us, duration_us } => {
                write!(formatter, "segment~{rendition}~{epoch}~{sequence}~{start_us}~{duration_us}")
            }
            Self::Speech { participant_id, sequence, start_us, duration_us } => {
                write!(formatter, "speech~{participant_id}~{sequence}~{start_us}~{duration_us}")
            }
        }
    }
}

impl FromStr for SpoolFile {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        let parts: Vec<&str> = name.split('~').collect();
        let number = |text: &str| text.parse::<u64>().map_err(|_| ());
        match parts.as_slice() {
            ["init", rendition, epoch] => {
                Ok(Self::Init { rendition: rendition.parse().map_err(|_| ())?, epoch: epoch.parse().map_err(|_| ())? })
            }
            ["segment", rendition, epoch, sequence, start_us, duration_us] => Ok(Self::Segment {
                rendition: rendition.parse().map_err(|_| ())?,
                epoch: epoch.parse().map_err(|_| ())?,
                sequence: number(sequence)?,
                start_us: number(start_us)?,
                duration_us: number(duration_us)?,
            }),
            ["speech", participant_id, sequence, start_us, duration_us] => Ok(Self::Speech {
                participant_id: ParticipantId::new(*participant_id).map_err(|_| ())?,
                sequence: number(sequence)?,
                start_us: number(start_us)?,
                duration_us: number(duration_us)?,
            }),
            _ => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use model::{ParticipantId, Rendition};

    use super::SpoolFile;

    #[test]
    fn names_survive_the_directory() {
        let participant_id = ParticipantId::new("a_b-c.d").expect("valid");
        for file in [
            SpoolFile::Init { rendition: Rendition::Video, epoch: 3 },
            SpoolFile::Segment {
                rendition: Rendition::Audio,
                epoch: 0,
                sequence: 7,
                start_us: 28_000_000,
                duration_us: 4,
            },
            SpoolFile::Speech { participant_id, sequence: 1, start_us: 2, duration_us: 3 },
        ] {
            assert_eq!(SpoolFile::from_str(&file.to_string()), Ok(file));
        }
        for other in ["open~video~0~1~2", "settings.json", "segment~video~0~1~2", "speech~../x~0~0~0", "init~video~-1"]
        {
            assert!(SpoolFile::from_str(other).is_err(), "{other}");
        }
    }

    #[test]
    fn sequences_sort_as_numbers() {
        let segment = |sequence| SpoolFile::Segment {
            rendition: Rendition::Video,
            epoch: 0,
            sequence,
            start_us: 0,
            duration_us: 0,
        };
        assert!(segment(9) < segment(10));
        assert!(SpoolFile::Init { rendition: Rendition::Video, epoch: 9 } < segment(0));
    }
}
