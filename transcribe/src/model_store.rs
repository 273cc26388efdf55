use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::fs;
use tokio::io::AsyncWriteExt;

use crate::Error;
use crate::model_catalogue::KnownModel;
use crate::model_file::ModelFile;

/// The directory that speech models are kept in. A file has its own name only when its hash was right; what is still
/// being fetched ends in `.part`.
#[derive(Debug, Clone)]
pub struct ModelStore {
    directory: PathBuf,
}

/// What is known of a model on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelPresence {
    /// It is not here.
    Missing,
    /// So much of it is here; fetching goes on from there.
    Partial {
        /// The length so far.
        bytes: u64,
    },
    /// It is here.
    Present,
}

/// Hears how many bytes are here and how many there will be.
pub type DownloadProgress<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A server that sends nothing for this long is given up.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// Connections that break are taken up again this often as long as each brought something.
const RESUMES_MAX: u32 = 20;

impl ModelStore {
    /// Takes the directory for one; it is made when something is put there.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into() }
    }

    /// Returns where a model is or will be.
    #[must_use]
    pub fn path(&self, known: &KnownModel) -> PathBuf {
        self.directory.join(known.file_name)
    }

    /// Says whether a model is here, by its length; [`ModelStore::verify`] reads it.
    ///
    /// # Errors
    /// [`Error::ModelStorage`] when the directory cannot be read.
    pub async fn presence(&self, known: &KnownModel) -> Result<ModelPresence, Error> {
        if length(&self.path(known)).await? == Some(known.bytes) {
            return Ok(ModelPresence::Present);
        }
        let part = length(&self.part_path(known)).await?;
        Ok(part.map_or(ModelPresence::Missing, |bytes| ModelPresence::Partial { bytes }))
    }

    /// Reads a model and compares its hash, then looks whether it is a whole Whisper model.
    ///
    /// # Errors
    /// [`Error::ModelMissing`] or [`Error::ModelInvalid`].
    pub async fn verify(&self, known: &KnownModel) -> Result<(), Error> {
        verify_file(self.path(known), *known).await
    }

    /// Fetches a model from the address `source`, which holds the files under their published names, and takes up what
    /// an earlier call began.
    ///
    /// # Errors
    /// [`Error::ModelUnpublished`], [`Error::ModelDownload`] when the server fails, [`Error::ModelInvalid`] when what it
    /// sent is another file; then nothing of it is kept.
    pub async fn pull(
        &self,
        known: &KnownModel,
        source: &str,
        progress: DownloadProgress<'_>,
    ) -> Result<PathBuf, Error> {
        if self.presence(known).await? == ModelPresence::Present && self.verify(known).await.is_ok() {
            return Ok(self.path(known));
        }
        if !known.is_published {
            return Err(Error::ModelUnpublished { name: known.name });
        }
        self.make_directory().await?;
        let url = format!("{}/{}", source.trim_end_matches('/'), known.file_name);
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .build()
            .map_err(Error::ModelDownload)?;
        let mut resumes = 0;
        loop {
            let before = length(&self.part_path(known)).await?.unwrap_or(0);
            let result = self.fetch_rest(known, &client, &url, progress).await;
            let after = length(&self.part_path(known)).await?.unwrap_or(0);
            match result {
                Ok(()) if after == known.bytes => break,
                Ok(()) | Err(Error::ModelDownload(_)) if after > before && resumes < RESUMES_MAX => resumes += 1,
                Ok(()) => {
                    let problem = format!("it has {after} bytes instead of {}", known.bytes);
                    return Err(Error::ModelInvalid { path: self.part_path(known), problem });
                }
                Err(error) => return Err(error),
            }
        }
        self.accept_part(known).await
    }

    /// Takes a model from a file, for machines without a way out.
    ///
    /// # Errors
    /// [`Error::ModelMissing`], or [`Error::ModelInvalid`] when it is not the model of that name.
    pub async fn import(&self, known: &KnownModel, file: &Path) -> Result<PathBuf, Error> {
        verify_file(file.to_owned(), *known).await?;
        self.make_directory().await?;
        let part = self.part_path(known);
        fs::copy(file, &part).await.map_err(storage(&part))?;
        self.accept_part(known).await
    }

    fn part_path(&self, known: &KnownModel) -> PathBuf {
        self.directory.join(format!("{}.part", known.file_name))
    }

    async fn make_directory(&self) -> Result<(), Error> {
        fs::create_dir_all(&self.directory).await.map_err(storage(&self.directory))
    }

    /// Fetches what is missing at the end of the partial file, or all of it from a server that cannot skip.
    async fn fetch_rest(
        &self,
        known: &KnownModel,
        client: &reqwest::Client,
        url: &str,
        progress: DownloadProgress<'_>,
    ) -> Result<(), Error> {
        let part = self.part_path(known);
        let mut here = length(&part).await?.filter(|bytes| *bytes < known.bytes).unwrap_or(0);
        let request = client.get(url);
        let request = if here > 0 { request.header("range", format!("bytes={here}-")) } else { request };
        let answered = request.send().await.and_then(reqwest::Response::error_for_status);
        let mut response = answered.map_err(Error::ModelDownload)?;
        let expected_range = format!("bytes {here}-");
        let continues = response.status() == reqwest::StatusCode::PARTIAL_CONTENT
            && response
                .headers()
                .get("content-range")
                .is_some_and(|range| range.as_bytes().starts_with(expected_range.as_bytes()));
        if !continues {
            here = 0;
        }
        let mut options = fs::OpenOptions::new();
        let options = options.create(true).write(true).append(continues).truncate(!continues);
        let mut file = options.open(&part).await.map_err(storage(&part))?;
        progress(here, known.bytes);
        let written = async {
            while let Some(chunk) = response.chunk().await.map_err(Error::ModelDownload)? {
                here += chunk.len() as u64;
                if here > known.bytes {
                    let problem = format!("the server sends more than its {} bytes", known.bytes);
                    return Err(Error::ModelInvalid { path: part.clone(), problem });
                }
                file.write_all(&chunk).await.map_err(storage(&part))?;
                progress(here, known.bytes);
            }
            Ok(())
        }
        .await;
        // What came before a break is kept for the next time.
        file.sync_all().await.map_err(storage(&part))?;
        written
    }

    /// Gives the partial file its name when it is the right one, and removes it when it is not.
    async fn accept_part(&self, known: &KnownModel) -> Result<PathBuf, Error> {
        let (part, path) = (self.part_path(known), self.path(known));
        if let Err(error) = verify_file(part.clone(), *known).await {
            if matches!(error, Error::ModelInvalid { .. }) {
                fs::remove_file(&part).await.map_err(storage(&part))?;
            }
            return Err(error);
        }
        fs::rename(&part, &path).await.map_err(storage(&path))?;
        Ok(path)
    }
}

fn storage(path: &Path) -> impl Fn(std::io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::ModelStorage { path: path.clone(), source }
}

async fn length(path: &Path) -> Result<Option<u64>, Error> {
    match fs::metadata(path).await {
        Ok(metadata) => Ok(Some(metadata.len())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(storage(path)(error)),
    }
}

async fn verify_file(path: PathBuf, known: KnownModel) -> Result<(), Error> {
    let verified = tokio::task::spawn_blocking(move || {
        let file = std::fs::File::open(&path).map_err(|source| Error::ModelMissing { path: path.clone(), source })?;
        let (sha256, bytes) = hash(file).map_err(storage(&path))?;
        if bytes != known.bytes || sha256 != known.sha256 {
            let problem = format!("its SHA-256 is not that of {}", known.name);
            return Err(Error::ModelInvalid { path, problem });
        }
        ModelFile::open(path).map(|_| ())
    });
    verified.await.map_err(Error::Worker)?
}

fn hash(mut file: std::fs::File) -> Result<(String, u64), std::io::Error> {
    let (mut hasher, mut buffer, mut bytes) = (Sha256::new(), vec![0; 1 << 20], 0);
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            let digits = hasher.finalize();
            return Ok((digits.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}")), bytes));
        }
        bytes += count as u64;
        hasher.update(&buffer[..count]);
    }
}
