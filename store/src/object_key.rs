use std::fmt;
use std::str::FromStr;

use model::{ParticipantId, RecordingId, Rendition, TenantId};

use crate::Error;

/// Every kind of object a recording may have. There is no other way to name an object.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ObjectKey {
    /// The CMAF header of a rendition, one for each recorder process: `video/init-0.mp4`.
    Init {
        /// The rendition.
        rendition: Rendition,
        /// Counts recorder processes.
        epoch: u32,
    },
    /// A CMAF segment: `video/0000000000.m4s`.
    Segment {
        /// The rendition.
        rendition: Rendition,
        /// Counts segments of the rendition.
        sequence: u64,
    },
    /// A stretch of one microphone, Ogg Opus: `speech/<participant>/0000000000.opus`.
    Speech {
        /// Whose microphone.
        participant_id: ParticipantId,
        /// Counts the participant's chunks.
        sequence: u64,
    },
    /// The timeline, one JSON object a line: `events.jsonl`.
    Events,
    /// A version of the transcript: `transcript/v1.json`.
    Transcript {
        /// The version.
        version: u32,
    },
    /// A version of the minutes: `minutes/v1.json`.
    Minutes {
        /// The version.
        version: u32,
    },
    /// The list of everything with hashes: `manifest.json`.
    Manifest,
    /// One file to download: `download.mp4`.
    DownloadMp4,
}

impl ObjectKey {
    /// Returns the full key, `<tenant>/<recording>/<path>`.
    #[must_use]
    pub fn text(&self, tenant_id: &TenantId, recording_id: &RecordingId) -> String {
        format!("{tenant_id}/{recording_id}/{self}")
    }

    /// Returns the class under which the ledger counts it.
    #[must_use]
    pub const fn class(&self) -> &'static str {
        match self {
            Self::Init { .. } | Self::Segment { .. } => "media",
            Self::Speech { .. } => "speech",
            Self::Events | Self::Manifest => "record",
            Self::Transcript { .. } | Self::Minutes { .. } => "artefact",
            Self::DownloadMp4 => "derived",
        }
    }

    /// Says whether content, once listed, never changes. The others may be written anew.
    #[must_use]
    pub const fn is_immutable(&self) -> bool {
        match self {
            Self::Init { .. }
            | Self::Segment { .. }
            | Self::Speech { .. }
            | Self::Transcript { .. }
            | Self::Minutes { .. } => true,
            Self::Events | Self::Manifest | Self::DownloadMp4 => false,
        }
    }
}

impl fmt::Display for ObjectKey {
    /// Writes the path inside the recording.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Init { rendition, epoch } => write!(formatter, "{rendition}/init-{epoch}.mp4"),
            Self::Segment { rendition, sequence } => write!(formatter, "{rendition}/{sequence:010}.m4s"),
            Self::Speech { participant_id, sequence } => {
                write!(formatter, "speech/{participant_id}/{sequence:010}.opus")
            }
            Self::Events => formatter.write_str("events.jsonl"),
            Self::Transcript { version } => write!(formatter, "transcript/v{version}.json"),
            Self::Minutes { version } => write!(formatter, "minutes/v{version}.json"),
            Self::Manifest => formatter.write_str("manifest.json"),
            Self::DownloadMp4 => formatter.write_str("download.mp4"),
        }
    }
}

impl FromStr for ObjectKey {
    type Err = Error;

    /// Parses the path inside the recording.
    fn from_str(path: &str) -> Result<Self, Error> {
        let parsed = match path {
            "events.jsonl" => Some(Self::Events),
            "manifest.json" => Some(Self::Manifest),
            "download.mp4" => Some(Self::DownloadMp4),
            _ => parse_numbered(path),
        };
        // Only the canonical spelling names an object.
        parsed.filter(|key| key.to_string() == path).ok_or_else(|| Error::Setting {
            setting: "object key",
            problem: format!("{:?} names no kind of object", path.chars().take(200).collect::<String>()),
        })
    }
}

fn parse_numbered(path: &str) -> Option<ObjectKey> {
    let (directory, name) = path.rsplit_once('/')?;
    let version = || name.strip_prefix('v')?.strip_suffix(".json")?.parse().ok();
    match directory {
        "transcript" => version().map(|version| ObjectKey::Transcript { version }),
        "minutes" => version().map(|version| ObjectKey::Minutes { version }),
        _ => {
            if let Some(participant_id) = directory.strip_prefix("speech/") {
                let participant_id = participant_id.parse().ok()?;
                let sequence = name.strip_suffix(".opus")?.parse().ok()?;
                return Some(ObjectKey::Speech { participant_id, sequence });
            }
            let rendition = directory.parse().ok()?;
            if let Some(epoch) = name.strip_prefix("init-") {
                return Some(ObjectKey::Init { rendition, epoch: epoch.strip_suffix(".mp4")?.parse().ok()? });
            }
            Some(ObjectKey::Segment { rendition, sequence: name.strip_suffix(".m4s")?.parse().ok()? })
        }
    }
}

#[cfg(test)]
mod tests {
    use model::{ParticipantId, RecordingId, Rendition, TenantId};

    use super::ObjectKey;

    #[test]
    fn every_key_has_one_spelling() {
        let participant_id = ParticipantId::new("v1.json").expect("valid");
        let keys = [
            (ObjectKey::Init { rendition: Rendition::Video, epoch: 3 }, "video/init-3.mp4"),
            (ObjectKey::Segment { rendition: Rendition::Audio, sequence: 12 }, "audio/0000000012.m4s"),
            (ObjectKey::Speech { participant_id, sequence: 7 }, "speech/v1.json/0000000007.opus"),
            (ObjectKey::Events, "events.jsonl"),
            (ObjectKey::Transcript { version: 1 }, "transcript/v1.json"),
            (ObjectKey::Minutes { version: 20 }, "minutes/v20.json"),
            (ObjectKey::Manifest, "manifest.json"),
            (ObjectKey::DownloadMp4, "download.mp4"),
        ];
        for (key, path) in keys {
            assert_eq!(key.to_string(), path);
            assert_eq!(path.parse::<ObjectKey>().expect(path), key);
        }
        for bad in [
            "",
            "video/1.m4s",
            "transcript/v01.json",
            "speech//0000000001.opus",
            "../manifest.json",
            "video/init-+1.mp4",
        ] {
            assert!(bad.parse::<ObjectKey>().is_err(), "{bad:?} must be refused");
        }
    }

    #[test]
    fn keys_begin_with_tenant_and_recording() {
        let (tenant_id, recording_id) = (TenantId::new("t").expect("valid"), RecordingId::new("r").expect("valid"));
        assert_eq!(ObjectKey::Manifest.text(&tenant_id, &recording_id), "t/r/manifest.json");
    }
}
