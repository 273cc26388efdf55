use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use model::{DiskLevel, DiskStatus};
use nix::sys::statvfs::statvfs;
use serde::{Deserialize, Serialize};

/// When the picture is left out to keep the sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskLimits {
    /// With less than this free, the picture is left out. It comes back with twice as much.
    pub picture_stops_bytes: u64,
    /// How much all spools together may hold; none for as much as the disk has.
    pub spools_bytes_max: Option<u64>,
}

impl Default for DiskLimits {
    /// An hour of the largest profile, or many of sound.
    fn default() -> Self {
        Self { picture_stops_bytes: 512 << 20, spools_bytes_max: None }
    }
}

/// Decides what a recorder with little disk leaves out. Pure: whoever owns it looks at the disk and tells it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DiskGuard {
    limits: DiskLimits,
    status: DiskStatus,
}

impl DiskGuard {
    pub(crate) fn new(limits: DiskLimits) -> Self {
        Self { limits, status: DiskStatus::default() }
    }

    pub(crate) const fn status(&self) -> DiskStatus {
        self.status
    }

    /// Takes note of what is free, and of whether something could not be written since the last look.
    pub(crate) fn see(&mut self, free_bytes: u64, write_failed: bool) {
        let stops = self.limits.picture_stops_bytes;
        let level = match self.status.level {
            _ if write_failed => DiskLevel::Full,
            _ if free_bytes < stops => DiskLevel::Low,
            // It must not flicker at the edge.
            DiskLevel::Low | DiskLevel::Full if free_bytes < stops.saturating_mul(2) => DiskLevel::Low,
            _ => DiskLevel::Ample,
        };
        self.status = DiskStatus { level, free_bytes: Some(free_bytes) };
    }
}

/// The disk under the spools.
#[derive(Debug, Clone)]
pub(crate) struct SpoolDisk {
    spool_root: PathBuf,
    spools_bytes_max: Option<u64>,
}

impl SpoolDisk {
    /// Looks at the disk of a spool, which lies in the directory of all spools.
    pub(crate) fn of(spool: &Path, limits: DiskLimits) -> Self {
        let spool_root = spool.parent().unwrap_or(spool).to_owned();
        Self { spool_root, spools_bytes_max: limits.spools_bytes_max }
    }

    /// Returns what is free for spools. Blocks.
    pub(crate) fn free_bytes(&self) -> io::Result<u64> {
        let system = statvfs(&self.spool_root)?;
        let free = system.fragment_size() * system.blocks_available();
        let Some(max) = self.spools_bytes_max else { return Ok(free) };
        Ok(free.min(max.saturating_sub(bytes_below(&self.spool_root)?)))
    }
}

fn bytes_below(directory: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(directory)? {
        // What is uploaded meanwhile is gone.
        let Ok(entry) = entry else { continue };
        let Ok(metadata) = entry.metadata() else { continue };
        bytes += if metadata.is_dir() { bytes_below(&entry.path()).unwrap_or(0) } else { metadata.len() };
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use model::DiskLevel::{Ample, Full, Low};

    use super::{DiskGuard, DiskLimits, SpoolDisk};

    #[test]
    fn the_picture_goes_at_the_limit_and_comes_back_at_twice_of_it() {
        let mut guard = DiskGuard::new(DiskLimits { picture_stops_bytes: 100, spools_bytes_max: None });
        let mut levels = Vec::new();
        for (free_bytes, write_failed) in [
            (1_000, false),
            (100, false),
            (99, false),
            (150, false),
            (199, false),
            (200, false),
            (150, false),
            (50, true),
            (50, false),
            (300, true),
            (300, false),
        ] {
            guard.see(free_bytes, write_failed);
            assert_eq!(guard.status().free_bytes, Some(free_bytes));
            levels.push(guard.status().level);
        }
        assert_eq!(levels, [Ample, Ample, Low, Low, Low, Ample, Ample, Full, Low, Full, Ample]);
    }

    #[test]
    fn spools_share_what_they_may_hold() {
        let root = tempfile::tempdir().expect("a directory");
        for (spool, bytes) in [("a", 300), ("b", 200)] {
            std::fs::create_dir(root.path().join(spool)).expect("a directory");
            std::fs::write(root.path().join(spool).join("segment"), vec![0; bytes]).expect("written");
        }
        let free = |max| {
            let limits = DiskLimits { spools_bytes_max: max, ..DiskLimits::default() };
            SpoolDisk::of(&root.path().join("a"), limits).free_bytes().expect("looked at")
        };
        assert_eq!((free(Some(600)), free(Some(400))), (100, 0));
        assert!(free(None) > 0);
    }
}
