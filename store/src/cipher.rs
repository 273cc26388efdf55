use std::fmt;
use std::ops::Range;

use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::{AeadInOut, Aes256Gcm, KeyInit};
use hkdf::Hkdf;
use sha2::Sha256;
use thiserror::Error as ThisError;

/// Plain bytes in a chunk; every chunk but the last has exactly as many.
pub(crate) const CHUNK_BYTES: u64 = 64 * 1024;
/// Bytes before the first chunk.
pub(crate) const HEADER_BYTES: u64 = 32;
const TAG_BYTES: u64 = 16;
const MAGIC: &[u8; 5] = b"HUIJI";
const VERSION: u8 = 1;
const CHUNK_BYTES_LOG2: u8 = 16;
const SALT: Range<usize> = 8..24;
const NONCE_PREFIX: Range<usize> = 24..31;

/// Says where decrypting failed.
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
pub enum CipherError {
    /// The first bytes are not those of an encrypted object.
    #[error("the header is not that of an encrypted object")]
    NotEncrypted,
    /// A newer Huiji wrote it.
    #[error("format version {version} is unknown")]
    UnknownVersion {
        /// The version found.
        version: u8,
    },
    /// Bytes are missing.
    #[error("{actual} bytes are there, {expected} are needed")]
    WrongLength {
        /// The bytes needed.
        expected: u64,
        /// The bytes there.
        actual: u64,
    },
    /// A chunk fails its authentication.
    #[error("chunk {chunk} was changed, moved or cut off, or belongs to another object or key")]
    Inauthentic {
        /// Counts chunks from zero.
        chunk: u32,
    },
}

/// A 256-bit key; hidden in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Key([u8; 32]);

impl Key {
    pub(crate) const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) fn aead(&self) -> Aes256Gcm {
        Aes256Gcm::new(&self.0.into())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Key(hidden)")
    }
}

/// Encrypts or decrypts the chunks of one object: AES-256-GCM in the STREAM construction (Hoang, Reyhanitabar, Rogaway,
/// Vizár 2015), with a key derived from the recording's data key, a random salt and the object key.
///
/// Header: magic, version, log2 of the chunk length, a zero, 16 bytes salt, 7 bytes nonce prefix, a zero. Nonce: prefix,
/// chunk number, last-chunk flag. Associated data: header and object key. So chunks cannot be changed, reordered, cut off, or
/// moved to another object.
pub(crate) struct ObjectCipher {
    aead: Aes256Gcm,
    header: [u8; HEADER_BYTES as usize],
    associated_data: Vec<u8>,
}

impl ObjectCipher {
    /// Starts a new object. `salt` and `nonce_prefix` must be fresh random bytes.
    pub(crate) fn create(data_key: &Key, object_key: &str, random: [u8; 23]) -> Self {
        let mut header = [0; HEADER_BYTES as usize];
        header[..5].copy_from_slice(MAGIC);
        header[5] = VERSION;
        header[6] = CHUNK_BYTES_LOG2;
        header[SALT.start..NONCE_PREFIX.end].copy_from_slice(&random);
        Self::with_header(data_key, object_key, header)
    }

    /// Continues with the header of a stored object.
    pub(crate) fn open(data_key: &Key, object_key: &str, header: &[u8]) -> Result<Self, CipherError> {
        let header: [u8; HEADER_BYTES as usize] = header
            .get(..HEADER_BYTES as usize)
            .and_then(|header| header.try_into().ok())
            .ok_or(CipherError::WrongLength { expected: HEADER_BYTES, actual: header.len() as u64 })?;
        if header[..5] != *MAGIC {
            return Err(CipherError::NotEncrypted);
        }
        if header[5] != VERSION || header[6] != CHUNK_BYTES_LOG2 {
            return Err(CipherError::UnknownVersion { version: header[5] });
        }
        Ok(Self::with_header(data_key, object_key, header))
    }

    pub(crate) const fn header(&self) -> &[u8] {
        &self.header
    }

    /// Appends the encrypted chunk and its tag to `output`.
    pub(crate) fn seal_chunk(&self, chunk: u32, last: bool, plain: &[u8], output: &mut Vec<u8>) {
        let start = output.len();
        output.extend_from_slice(plain);
        let tag = self
            .aead
            .encrypt_inout_detached(
                &self.nonce(chunk, last).into(),
                &self.associated_data,
                InOutBuf::from(&mut output[start..]),
            )
            .expect("a chunk is far below the limit of AES-GCM");
        output.extend_from_slice(&tag);
    }

    /// Appends the decrypted chunk to `output`.
    pub(crate) fn open_chunk(
        &self,
        chunk: u32,
        last: bool,
        sealed: &[u8],
        output: &mut Vec<u8>,
    ) -> Result<(), CipherError> {
        let inauthentic = CipherError::Inauthentic { chunk };
        let Some((body, tag)) = sealed.split_last_chunk::<{ TAG_BYTES as usize }>() else { return Err(inauthentic) };
        let start = output.len();
        output.extend_from_slice(body);
        self.aead
            .decrypt_inout_detached(
                &self.nonce(chunk, last).into(),
                &self.associated_data,
                InOutBuf::from(&mut output[start..]),
                &(*tag).into(),
            )
            .map_err(|_| inauthentic)
    }

    fn with_header(data_key: &Key, object_key: &str, header: [u8; HEADER_BYTES as usize]) -> Self {
        let mut object_data_key = [0; 32];
        Hkdf::<Sha256>::new(Some(&header[SALT]), data_key.as_bytes())
            .expand_multi_info(&[b"huiji object v1 ", object_key.as_bytes()], &mut object_data_key)
            .expect("32 bytes are a valid HKDF-SHA256 length");
        let associated_data = [&header, object_key.as_bytes()].concat();
        Self { aead: Key(object_data_key).aead(), header, associated_data }
    }

    fn nonce(&self, chunk: u32, last: bool) -> [u8; 12] {
        let mut nonce = [0; 12];
        nonce[..7].copy_from_slice(&self.header[NONCE_PREFIX]);
        nonce[7..11].copy_from_slice(&chunk.to_be_bytes());
        nonce[11] = u8::from(last);
        nonce
    }
}

/// Returns the length of an encrypted object in bytes.
pub(crate) const fn sealed_bytes(plain_bytes: u64) -> u64 {
    HEADER_BYTES + plain_bytes + chunk_count(plain_bytes) * TAG_BYTES
}

/// Encrypts a whole object.
pub(crate) fn seal(cipher: &ObjectCipher, plain: &[u8]) -> Vec<u8> {
    let mut output = Vec::with_capacity(sealed_bytes(plain.len() as u64) as usize);
    output.extend_from_slice(cipher.header());
    let last = chunk_count(plain.len() as u64) as u32 - 1;
    if plain.is_empty() {
        cipher.seal_chunk(0, true, plain, &mut output);
    }
    for (chunk, plain) in (0..).zip(plain.chunks(CHUNK_BYTES as usize)) {
        cipher.seal_chunk(chunk, chunk == last, plain, &mut output);
    }
    output
}

/// The chunks that hold a byte range, and where the range lies in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChunkSpan {
    /// The bytes to fetch from the stored object.
    pub(crate) stored: Range<u64>,
    first_chunk: u32,
    last_chunk_of_object: u32,
    /// Where the range starts in the decrypted chunks.
    skip: usize,
    /// The length of the range.
    take: usize,
}

impl ChunkSpan {
    /// Plans reading `range` of an object of `plain_bytes`. The range must lie inside the object.
    pub(crate) fn plan(plain_bytes: u64, range: &Range<u64>) -> Self {
        let last_chunk_of_object = (chunk_count(plain_bytes) - 1) as u32;
        let first = (range.start / CHUNK_BYTES).min(u64::from(last_chunk_of_object));
        let last = (range.end.max(range.start + 1) - 1) / CHUNK_BYTES;
        let last = last.clamp(first, u64::from(last_chunk_of_object));
        let sealed_chunk = CHUNK_BYTES + TAG_BYTES;
        let end = (HEADER_BYTES + (last + 1) * sealed_chunk).min(sealed_bytes(plain_bytes));
        Self {
            stored: HEADER_BYTES + first * sealed_chunk..end,
            first_chunk: first as u32,
            last_chunk_of_object,
            skip: (range.start - first * CHUNK_BYTES) as usize,
            take: (range.end - range.start) as usize,
        }
    }

    /// Decrypts the fetched bytes and returns the range.
    pub(crate) fn open(&self, cipher: &ObjectCipher, stored: &[u8]) -> Result<Vec<u8>, CipherError> {
        let expected = self.stored.end - self.stored.start;
        if stored.len() as u64 != expected {
            return Err(CipherError::WrongLength { expected, actual: stored.len() as u64 });
        }
        let mut output = Vec::with_capacity(stored.len());
        for (chunk, sealed) in (self.first_chunk..).zip(stored.chunks((CHUNK_BYTES + TAG_BYTES) as usize)) {
            cipher.open_chunk(chunk, chunk == self.last_chunk_of_object, sealed, &mut output)?;
        }
        output.truncate(self.skip + self.take);
        output.drain(..self.skip);
        Ok(output)
    }
}

pub(crate) const fn chunk_count(plain_bytes: u64) -> u64 {
    if plain_bytes == 0 { 1 } else { plain_bytes.div_ceil(CHUNK_BYTES) }
}

#[cfg(test)]
#[path = "cipher_tests.rs"]
mod tests;
