use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;

use crate::Error;

/// Makes names of temporary files unique within the process; the process id does so between processes.
static PARTS: AtomicU64 = AtomicU64::new(0);

/// A disk that does not answer for this long is treated as gone.
const TIMEOUT: Duration = Duration::from_mins(2);
/// A disk slower than this is treated as gone, too.
const BYTES_PER_SECOND_MIN: u64 = 2_000_000;

/// Objects as files below one directory. A file appears under its name only when it is whole and on the disk.
#[derive(Debug, Clone)]
pub(crate) struct LocalDirectory {
    root: PathBuf,
}

impl LocalDirectory {
    pub(crate) async fn open(root: &Path) -> Result<Self, Error> {
        let failed = |source| Error::MediaDirectory { path: root.display().to_string(), source };
        let directory = Self { root: std::path::absolute(root).map_err(failed)? };
        let probe = part_of(&directory.root.join("probe"));
        let task = tokio::task::spawn_blocking({
            let directory = directory.clone();
            move || {
                create_directory(&directory.root)?;
                write_durably(&probe, b"probe")?;
                fs::remove_file(&probe)
            }
        });
        match tokio::time::timeout(TIMEOUT, task).await {
            Ok(Ok(result)) => result.map_err(failed)?,
            Ok(Err(_)) => return Err(Error::Cancelled { what: "opening the media directory" }),
            Err(_) => return Err(failed(io::ErrorKind::TimedOut.into())),
        }
        Ok(directory)
    }

    pub(crate) async fn put(&self, key: &str, content: Bytes) -> Result<(), Error> {
        self.run("write", key, move |path, part| {
            write_part(path, &part, &content)?;
            fs::rename(&part, path)?;
            sync_directory(path)
        })
        .await
    }

    pub(crate) async fn put_file(&self, key: &str, file: &Path, bytes: u64) -> Result<(), Error> {
        let file = file.to_owned();
        let timeout = TIMEOUT + Duration::from_secs(bytes / BYTES_PER_SECOND_MIN);
        self.run_within(timeout, "write", key, move |path, part| {
            if let Some(directory) = path.parent() {
                create_directory(directory)?;
            }
            fs::copy(file, &part)?;
            File::open(&part)?.sync_all()?;
            fs::rename(&part, path)?;
            sync_directory(path)
        })
        .await
    }

    pub(crate) async fn create(&self, key: &str, content: Bytes) -> Result<bool, Error> {
        self.run("write", key, move |path, part| {
            if path.try_exists()? {
                return Ok(false);
            }
            write_part(path, &part, &content)?;
            // A hard link fails where a rename would replace.
            let linked = fs::hard_link(&part, path);
            fs::remove_file(&part)?;
            match linked {
                Ok(()) => sync_directory(path).map(|()| true),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
                Err(error) => Err(error),
            }
        })
        .await
    }

    pub(crate) async fn get(&self, key: &str, range: Option<Range<u64>>) -> Result<Option<Bytes>, Error> {
        self.run("read", key, move |path, _| {
            let mut file = match File::open(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                opened => opened?,
            };
            let length = file.metadata()?.len();
            let range = range.unwrap_or(0..length);
            let mut content = Vec::with_capacity(range.end.min(length).saturating_sub(range.start) as usize);
            file.seek(io::SeekFrom::Start(range.start))?;
            file.take(range.end - range.start).read_to_end(&mut content)?;
            Ok(Some(Bytes::from(content)))
        })
        .await
    }

    pub(crate) async fn delete(&self, key: &str) -> Result<(), Error> {
        self.run("delete", key, |path, _| match fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
            Ok(()) => sync_directory(path),
        })
        .await
    }

    /// Removes a directory with all that is in it, unfinished files included.
    pub(crate) async fn delete_below(&self, prefix: &str) -> Result<(), Error> {
        self.run("delete", prefix.trim_end_matches('/'), |path, _| match fs::remove_dir_all(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
            Ok(()) => sync_directory(path),
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        action: &'static str,
        key: &str,
        work: impl FnOnce(&Path, PathBuf) -> io::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        self.run_within(TIMEOUT, action, key, work).await
    }

    async fn run_within<T: Send + 'static>(
        &self,
        timeout: Duration,
        action: &'static str,
        key: &str,
        work: impl FnOnce(&Path, PathBuf) -> io::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let path = self.root.join(key);
        let part = part_of(&path);
        let task = tokio::task::spawn_blocking(move || {
            let result = work(&path, part.clone());
            if result.is_err() {
                // The file may never have been made; what counts is the first error.
                drop(fs::remove_file(&part));
            }
            result
        });
        let result = match tokio::time::timeout(timeout, task).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => return Err(Error::Cancelled { what: "disk access" }),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        };
        result.map_err(|source| Error::Object {
            action,
            key: key.to_owned(),
            // A full disk may be emptied and a lost mount may come back; a forbidden path stays forbidden.
            transient: source.kind() != io::ErrorKind::PermissionDenied,
            source: Box::new(source),
        })
    }
}

fn part_of(path: &Path) -> PathBuf {
    let number = PARTS.fetch_add(1, Ordering::Relaxed);
    path.with_extension(format!("part-{}-{number}", std::process::id()))
}

fn write_part(path: &Path, part: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        create_directory(directory)?;
    }
    write_durably(part, content)
}

fn write_durably(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Creates missing directories from the top and syncs each one's parent, so that a name survives power loss.
fn create_directory(directory: &Path) -> io::Result<()> {
    if directory.is_dir() {
        return Ok(());
    }
    if let Some(parent) = directory.parent() {
        create_directory(parent)?;
    }
    match fs::create_dir(directory) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    sync_directory(directory)
}

fn sync_directory(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |directory| File::open(directory)?.sync_all())
}
