use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::Error;

/// Where a tenant's index is on disk. Each full build is a generation of its own below it, and one small file names the
/// one in use, so that a rebuild takes over in one step and a crash leaves the old one.
#[derive(Debug, Clone)]
pub(crate) struct IndexDirectory {
    path: PathBuf,
}

const CURRENT: &str = "CURRENT";

impl IndexDirectory {
    pub(crate) const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Returns the generation in use; none before the first build.
    pub(crate) fn current(&self) -> Result<Option<PathBuf>, Error> {
        let path = self.path.join(CURRENT);
        match fs::read_to_string(&path) {
            Ok(name) => Ok(parse_generation(name.trim()).map(|number| self.path.join(generation_name(number)))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(Error::Directory { action: "read", path, source }),
        }
    }

    /// Makes an empty directory for the next generation.
    pub(crate) fn create_generation(&self) -> Result<PathBuf, Error> {
        create_directory(&self.path)?;
        let last = self.generations()?.into_iter().map(|(number, _)| number).max().unwrap_or(0);
        let path = self.path.join(generation_name(last + 1));
        create_directory(&path)?;
        Ok(path)
    }

    /// Puts a generation to use and removes every other. Readers of the old one go on: its files are gone when the last
    /// one is done with them.
    pub(crate) fn activate(&self, generation: &Path) -> Result<(), Error> {
        let name = generation.file_name().unwrap_or_default();
        let (draft, current) = (self.path.join("CURRENT.part"), self.path.join(CURRENT));
        let write = || {
            let mut file = File::create(&draft)?;
            file.write_all(name.as_encoded_bytes())?;
            file.sync_all()?;
            fs::rename(&draft, &current)?;
            File::open(&self.path)?.sync_all()
        };
        write().map_err(|source| Error::Directory { action: "write", path: current.clone(), source })?;
        for (_, path) in self.generations()? {
            if path != generation {
                fs::remove_dir_all(&path).map_err(|source| Error::Directory { action: "remove", path, source })?;
            }
        }
        Ok(())
    }

    fn generations(&self) -> Result<Vec<(u64, PathBuf)>, Error> {
        let failed = |source| Error::Directory { action: "list", path: self.path.clone(), source };
        let mut generations = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if let Some(number) = entry.file_name().to_str().and_then(parse_generation) {
                generations.push((number, entry.path()));
            }
        }
        Ok(generations)
    }
}

pub(crate) fn create_directory(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(|source| Error::Directory { action: "create", path: path.to_owned(), source })
}

fn generation_name(number: u64) -> String {
    format!("generation-{number}")
}

fn parse_generation(name: &str) -> Option<u64> {
    name.strip_prefix("generation-")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::IndexDirectory;

    #[test]
    fn a_generation_takes_over_in_one_step() {
        let root = tempfile::tempdir().unwrap();
        let directory = IndexDirectory::new(root.path().join("tenant"));
        assert!(directory.current().unwrap().is_none());
        let first = directory.create_generation().unwrap();
        assert!(directory.current().unwrap().is_none());
        directory.activate(&first).unwrap();
        assert_eq!(directory.current().unwrap(), Some(first.clone()));
        // Given up half-way.
        let second = directory.create_generation().unwrap();
        let third = directory.create_generation().unwrap();
        assert_eq!(directory.current().unwrap(), Some(first.clone()));
        directory.activate(&third).unwrap();
        assert_eq!(directory.current().unwrap(), Some(third.clone()));
        assert!(!first.exists() && !second.exists() && third.exists());
    }

    #[test]
    fn a_damaged_pointer_names_nothing() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("CURRENT"), "../../etc").unwrap();
        assert!(IndexDirectory::new(root.path().to_owned()).current().unwrap().is_none());
    }
}
