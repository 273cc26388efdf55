use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use nix::fcntl::posix_fallocate;

const NAME: &str = "reserve";
/// Minutes of sound, and everything a recording writes at its end.
const BYTES_MAX: u64 = 8 << 20;

/// Disk that is set aside for the moment in which there is none: letting go of it makes room for the sound, the events
/// and the end of a recording. That the file is there says that it was not needed yet. All functions block.
#[derive(Debug, Clone)]
pub(crate) struct Reserve {
    path: PathBuf,
    bytes: u64,
}

impl Reserve {
    /// Sets aside a part of what is left when the picture stops.
    pub(crate) fn of(spool: &Path, picture_stops_bytes: u64) -> Self {
        Self { path: spool.join(NAME), bytes: (picture_stops_bytes / 8).min(BYTES_MAX) }
    }

    /// Sets the disk aside unless it is already.
    pub(crate) fn hold(&self) -> io::Result<()> {
        let file = match File::create_new(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
            file => file?,
        };
        if self.bytes == 0 {
            return Ok(());
        }
        posix_fallocate(&file, 0, self.bytes as i64).map_err(|errno| {
            // Half a reserve would look like a whole one.
            drop(fs::remove_file(&self.path));
            errno.into()
        })
    }

    /// Lets go of the disk. Says whether there was any to let go of.
    pub(crate) fn release(&self) -> bool {
        fs::remove_file(&self.path).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Reserve;

    #[test]
    fn a_reserve_is_there_once() {
        let directory = tempfile::tempdir().expect("a directory");
        let reserve = Reserve::of(directory.path(), 800_000);
        assert!(!reserve.release());
        reserve.hold().expect("there is room");
        reserve.hold().expect("it is there");
        assert_eq!(std::fs::metadata(directory.path().join("reserve")).expect("a file").len(), 100_000);
        assert_eq!((reserve.release(), reserve.release()), (true, false));
    }
}
