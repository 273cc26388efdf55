use std::fmt;
use std::io::{self, Write};
use std::path::Path;

use hkdf::Hkdf;
use model::TenantId;
use sha2::Sha256;

use crate::cipher::Key;
use crate::{Error, IdSource};

/// The 256-bit key from which every tenant's key is derived. Losing it loses every recording.
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKey([u8; 32]);

impl MasterKey {
    /// Parses 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`Error::MasterKey`] when the text is anything else.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::parse_from("setting", text)
    }

    /// Reads the key file, or writes a new key into it when there is none. The file is readable by its owner only.
    ///
    /// # Errors
    /// [`Error::MasterKeyFile`] when the file cannot be read or written, [`Error::MasterKey`] when it holds anything
    /// but a key.
    pub fn load_or_create(path: &Path, ids: &dyn IdSource) -> Result<Self, Error> {
        let failed = |source| Error::MasterKeyFile { path: path.display().to_string(), source };
        match std::fs::read_to_string(path) {
            Ok(text) => return Self::parse_from(&path.display().to_string(), text.trim()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(&ids.random_bytes());
        bytes[16..].copy_from_slice(&ids.random_bytes());
        let key = Self(bytes);
        match key.write_new(path) {
            // Another process was faster; its key is the key.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let text = std::fs::read_to_string(path).map_err(failed)?;
                Self::parse_from(&path.display().to_string(), text.trim())
            }
            written => written.map(|()| key).map_err(failed),
        }
    }

    /// Returns a name for this key that does not reveal it, stored beside everything it wraps.
    pub(crate) fn id(&self) -> String {
        hex::encode(&self.derive(b"huiji master key id v1")[..8])
    }

    pub(crate) fn tenant_key(&self, tenant_id: &TenantId) -> Key {
        Key::from_bytes(self.derive(format!("huiji tenant key v1 {tenant_id}").as_bytes()))
    }

    /// Returns the seed of the key that signs certificates and checkpoints.
    pub(crate) fn signing_seed(&self) -> [u8; 32] {
        self.derive(b"huiji signing key v1")
    }

    fn derive(&self, purpose: &[u8]) -> [u8; 32] {
        let mut output = [0; 32];
        Hkdf::<Sha256>::new(None, &self.0)
            .expand(purpose, &mut output)
            .expect("32 bytes are a valid HKDF-SHA256 length");
        output
    }

    /// Writes a temporary file and links it into place, so that a crash leaves a whole key or none.
    fn write_new(&self, path: &Path) -> io::Result<()> {
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(directory)?;
        let part = path.with_extension(format!("part-{}", std::process::id()));
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&part)?;
        writeln!(file, "{}", hex::encode(self.0))?;
        file.sync_all()?;
        let linked = std::fs::hard_link(&part, path);
        std::fs::remove_file(&part)?;
        linked?;
        std::fs::File::open(directory)?.sync_all()
    }

    fn parse_from(origin: &str, text: &str) -> Result<Self, Error> {
        let invalid =
            || Error::MasterKey { origin: origin.to_owned(), problem: "must be 64 hexadecimal digits".to_owned() };
        if text.len() != 64 || !text.is_ascii() {
            return Err(invalid());
        }
        let mut bytes = [0; 32];
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| invalid())?;
            if digits.starts_with('+') {
                return Err(invalid());
            }
            *byte = u8::from_str_radix(digits, 16).map_err(|_| invalid())?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MasterKey(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::MasterKey;
    use crate::SeededIds;

    #[test]
    fn a_key_is_64_digits_and_hidden() {
        let key = MasterKey::parse(&"ab".repeat(32)).expect("valid");
        assert!(!format!("{key:?}").contains("ab"), "the key must not be shown");
        for bad in ["", "ab", &"g".repeat(64), &"+1".repeat(32), &"a".repeat(65), &"é".repeat(32)] {
            assert!(MasterKey::parse(bad).is_err(), "{bad:?} must be refused");
        }
        assert_ne!(key.id(), MasterKey::parse(&"ac".repeat(32)).expect("valid").id());
    }

    #[test]
    fn the_key_file_is_created_once_and_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().expect("temporary directory");
        let path = directory.path().join("keys/master.key");
        let created = MasterKey::load_or_create(&path, &SeededIds::new(1)).expect("created");
        assert_eq!(created, MasterKey::load_or_create(&path, &SeededIds::new(2)).expect("loaded"));
        let mode = std::fs::metadata(&path).expect("metadata").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::write(&path, "nonsense").expect("written");
        let message = MasterKey::load_or_create(&path, &SeededIds::new(3)).expect_err("refused").to_string();
        assert!(message.contains("master.key"), "{message}");
    }
}
