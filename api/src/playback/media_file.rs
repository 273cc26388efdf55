use model::Rendition;
use store::ObjectKey;

/// What may be fetched below a playback session and a rendition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MediaFile {
    Playlist,
    Init { epoch: u32 },
    Segment { sequence: u64 },
}

impl MediaFile {
    /// Parses a file name. Only the exact form that playlists contain names a file.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let file = if name == "playlist.m3u8" {
            Self::Playlist
        } else if let Some(epoch) = name.strip_prefix("init-").and_then(|rest| rest.strip_suffix(".mp4")) {
            Self::Init { epoch: epoch.parse().ok()? }
        } else {
            Self::Segment { sequence: name.strip_suffix(".m4s")?.parse().ok()? }
        };
        (file.name() == name).then_some(file)
    }

    /// Returns the file name.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Playlist => "playlist.m3u8".to_owned(),
            Self::Init { epoch } => format!("init-{epoch}.mp4"),
            Self::Segment { sequence } => format!("{sequence:010}.m4s"),
        }
    }

    /// Returns the object behind the file, none for a playlist, which is made on the spot.
    pub(crate) const fn object_key(&self, rendition: Rendition) -> Option<ObjectKey> {
        match *self {
            Self::Playlist => None,
            Self::Init { epoch } => Some(ObjectKey::Init { rendition, epoch }),
            Self::Segment { sequence } => Some(ObjectKey::Segment { rendition, sequence }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::MediaFile;

    #[test]
    fn only_the_exact_names_parse() {
        assert_eq!(MediaFile::parse("playlist.m3u8"), Some(MediaFile::Playlist));
        assert_eq!(MediaFile::parse("init-2.mp4"), Some(MediaFile::Init { epoch: 2 }));
        assert_eq!(MediaFile::parse("0000000017.m4s"), Some(MediaFile::Segment { sequence: 17 }));
        for bad in [
            "",
            "17.m4s",
            "+000000017.m4s",
            "init-02.mp4",
            "init-.mp4",
            "../0000000017.m4s",
            "0000000017.m4s.part",
            "x",
        ] {
            assert_eq!(MediaFile::parse(bad), None, "{bad}");
        }
    }
}
