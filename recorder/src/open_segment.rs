use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use model::Rendition;

use crate::Error;
use crate::spool::SpoolFile;

/// Media this far ahead of the disk is what a power cut may cost; a killed process loses none of it.
const SYNC_INTERVAL_US: u64 = 1_000_000;

/// A segment while its chunks come in: a growing file named after where it begins, and beside it an index with a line
/// for each chunk that was written whole. Whoever finds the two after a crash can close the segment.
pub(crate) struct OpenSegment {
    directory: PathBuf,
    name: OpenName,
    file: File,
    index: File,
    bytes: u64,
    index_bytes: u64,
    end_us: u64,
    synced_until_us: u64,
}

/// What the name of a growing file says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct OpenName {
    rendition: Rendition,
    epoch: u32,
    sequence: u64,
    start_us: u64,
}

impl OpenSegment {
    /// Creates the files of a segment that begins at `start_us`.
    pub(crate) fn create(
        directory: &Path,
        rendition: Rendition,
        epoch: u32,
        sequence: u64,
        start_us: u64,
    ) -> Result<Self, Error> {
        let name = OpenName { rendition, epoch, sequence, start_us };
        let create = |path: PathBuf| File::create(&path).map_err(|source| Error::Spool { path, source });
        let file = create(directory.join(name.media()))?;
        let index = create(directory.join(name.index()))?;
        Ok(Self {
            directory: directory.to_owned(),
            name,
            file,
            index,
            bytes: 0,
            index_bytes: 0,
            end_us: start_us,
            synced_until_us: start_us,
        })
    }

    /// Appends a chunk that ends at `end_us`. When that fails the segment is as it was before, and may go on.
    pub(crate) fn append(&mut self, chunk: &[u8], end_us: u64) -> Result<(), Error> {
        let before = (self.bytes, self.index_bytes, self.end_us);
        self.try_append(chunk, end_us).map_err(|source| {
            (self.bytes, self.index_bytes, self.end_us) = before;
            for (file, length) in [(&mut self.file, self.bytes), (&mut self.index, self.index_bytes)] {
                // What stays behind is cut off by whoever salvages the segment.
                drop(file.set_len(length).and_then(|()| file.seek(SeekFrom::Start(length))));
            }
            Error::Spool { path: self.directory.clone(), source }
        })
    }

    /// Says whether nothing was appended yet.
    pub(crate) const fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// Removes a segment in which there is nothing.
    pub(crate) fn discard(self) {
        for path in [self.directory.join(self.name.media()), self.directory.join(self.name.index())] {
            if let Err(error) = remove_if_there(&path) {
                tracing::debug!(%error, "an empty segment was left behind");
            }
        }
    }

    fn try_append(&mut self, chunk: &[u8], end_us: u64) -> std::io::Result<()> {
        self.file.write_all(chunk)?;
        self.bytes += chunk.len() as u64;
        self.end_us = end_us;
        // The media comes first: a line of the index promises that all before it is there. The first chunk goes to the
        // disk at once, so that a start is confirmed by what is really there.
        let first = self.synced_until_us == self.name.start_us;
        let due = first || end_us.saturating_sub(self.synced_until_us) >= SYNC_INTERVAL_US;
        if due {
            self.file.sync_data()?;
        }
        let line = format!("{} {end_us}\n", self.bytes);
        self.index.write_all(line.as_bytes())?;
        self.index_bytes += line.len() as u64;
        if due {
            self.index.sync_data()?;
            self.synced_until_us = end_us;
        }
        Ok(())
    }

    /// Returns up to where a power cut costs nothing.
    pub(crate) const fn synced_until_us(&self) -> u64 {
        self.synced_until_us
    }

    /// Returns where the segment ends so far.
    pub(crate) const fn end_us(&self) -> u64 {
        self.end_us
    }

    /// Makes the segment durable under its final name.
    pub(crate) fn close(self) -> Result<SpoolFile, Error> {
        close(&self.directory, &self.name, &self.file, self.end_us)
            .map_err(|source| Error::Spool { path: self.directory.join(self.name.media()), source })
    }
}

/// Closes every segment that a dead process left open, cut at its last whole chunk.
pub(crate) fn salvage_open_segments(directory: &Path) -> Result<Vec<SpoolFile>, Error> {
    let failed = |source| Error::Spool { path: directory.to_owned(), source };
    let entries = match fs::read_dir(directory) {
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    let mut salvaged = Vec::new();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_str().and_then(|name| OpenName::from_str(name).ok());
        if let Some(name) = name {
            salvaged.extend(salvage(directory, &name).map_err(failed)?);
        }
    }
    Ok(salvaged)
}

fn salvage(directory: &Path, name: &OpenName) -> std::io::Result<Option<SpoolFile>> {
    let path = directory.join(name.media());
    let length = fs::metadata(&path)?.len();
    let index = match fs::read_to_string(directory.join(name.index())) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        index => index?,
    };
    // What follows the last line break was cut short.
    let whole_lines = index.rsplit_once('\n').map_or("", |(whole_lines, _)| whole_lines).lines();
    let whole_chunks = whole_lines.filter_map(parse_index_line).take_while(|&(bytes, _)| bytes <= length);
    let Some((bytes, end_us)) = whole_chunks.last() else {
        fs::remove_file(&path)?;
        remove_if_there(&directory.join(name.index()))?;
        return Ok(None);
    };
    let file = OpenOptions::new().write(true).open(&path)?;
    file.set_len(bytes)?;
    close(directory, name, &file, end_us).map(Some)
}

/// Reads how many bytes of media there are up to the end of a chunk, and where that is on the timeline.
fn parse_index_line(line: &str) -> Option<(u64, u64)> {
    let (bytes, end_us) = line.split_once(' ')?;
    Some((bytes.parse().ok()?, end_us.parse().ok()?))
}

fn close(directory: &Path, name: &OpenName, file: &File, end_us: u64) -> std::io::Result<SpoolFile> {
    let OpenName { rendition, epoch, sequence, start_us } = *name;
    let closed = SpoolFile::Segment { rendition, epoch, sequence, start_us, duration_us: end_us - start_us };
    file.sync_all()?;
    fs::rename(directory.join(name.media()), directory.join(closed.to_string()))?;
    remove_if_there(&directory.join(name.index()))?;
    File::open(directory)?.sync_all()?;
    Ok(closed)
}

fn remove_if_there(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

impl OpenName {
    fn media(&self) -> String {
        let Self { rendition, epoch, sequence, start_us } = self;
        format!("open~{rendition}~{epoch}~{sequence}~{start_us}")
    }

    fn index(&self) -> String {
        format!("{}.index", self.media())
    }
}

impl FromStr for OpenName {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        let parts: Vec<&str> = name.split('~').collect();
        let ["open", rendition, epoch, sequence, start_us] = parts.as_slice() else { return Err(()) };
        Ok(Self {
            rendition: rendition.parse().map_err(|_| ())?,
            epoch: epoch.parse().map_err(|_| ())?,
            sequence: sequence.parse().map_err(|_| ())?,
            start_us: start_us.parse().map_err(|_| ())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use model::Rendition;

    use super::{OpenSegment, salvage_open_segments};
    use crate::spool::SpoolFile;

    fn open(directory: &Path) -> OpenSegment {
        let mut segment = OpenSegment::create(directory, Rendition::Video, 2, 7, 4_000_000).expect("created");
        segment.append(b"first", 4_200_000).expect("written");
        segment.append(b"second", 4_400_000).expect("written");
        segment
    }

    fn closed(duration_us: u64) -> SpoolFile {
        SpoolFile::Segment { rendition: Rendition::Video, epoch: 2, sequence: 7, start_us: 4_000_000, duration_us }
    }

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).expect("readable");
        entries.map(|entry| entry.expect("entry").file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_closed_segment_leaves_one_file() {
        let directory = tempfile::tempdir().expect("a directory");
        assert_eq!(open(directory.path()).close().expect("closed"), closed(400_000));
        assert_eq!(names(directory.path()), [closed(400_000).to_string()]);
        assert_eq!(salvage_open_segments(directory.path()).expect("salvaged"), []);
    }

    /// Whatever byte a crash cuts media and index at, whole chunks come back and nothing else does.
    #[test]
    fn a_crash_at_any_byte_costs_the_chunk_being_written() {
        let index_length = "5 4200000\n11 4400000\n".len();
        for media_length in 0..=11_u64 {
            for index_cut in 0..=index_length as u64 {
                let directory = tempfile::tempdir().expect("a directory");
                drop(open(directory.path()));
                let media = directory.path().join("open~video~2~7~4000000");
                let cut = |path: &Path, length| {
                    fs::OpenOptions::new().write(true).open(path).and_then(|file| file.set_len(length)).expect("cut");
                };
                cut(&media, media_length);
                cut(&directory.path().join("open~video~2~7~4000000.index"), index_cut);
                let salvaged = salvage_open_segments(directory.path()).expect("salvaged");
                let left = names(directory.path());
                match salvaged.as_slice() {
                    [] => assert_eq!(left, Vec::<String>::new(), "{media_length} {index_cut}"),
                    [file] => {
                        assert_eq!(left, [file.to_string()]);
                        let bytes = fs::read(directory.path().join(file.to_string())).expect("readable");
                        let chunks = if bytes == b"first" { 1 } else { 2 };
                        assert!(bytes == b"first" || bytes == b"firstsecond", "{media_length} {index_cut}");
                        assert_eq!(*file, closed(200_000 * chunks), "{media_length} {index_cut}");
                    }
                    more => panic!("{more:?}"),
                }
            }
        }
    }
}
