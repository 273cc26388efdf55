use std::collections::VecDeque;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, stream};
use model::CaseExport;
use sha2::{Digest as _, Sha256};
use store::Store;

use super::content::{Content, ContentError};
use super::manifest::{BundleFile, Manifest};
use super::tar::{END, entry_bytes, header, padding};

const README: &str = "\
This bundle was exported from a case in Huiji.\n\
\n\
manifest.json     every file with its length and SHA-256, what it was made from, and the searches of the case\n\
manifest.sig      the Ed25519 signature of the manifest, base64\n\
public-key.pem    the key it was signed with; compare it with one you have kept yourself\n\
SHA256SUMS        the same hashes for sha256sum\n\
audit.jsonl       the audit log's entries about the case and its recordings\n\
holds.jsonl       the legal holds of the case\n\
rec_.../          video and sound as recorded, every version of transcript and minutes, the timeline and the\n\
                  recording's own manifest\n\
\n\
To check that no file was changed:\n\
    sha256sum --check SHA256SUMS\n\
To check that this is what was signed:\n\
    { printf 'huiji case export v1\\n'; cat manifest.json; } > signed-text\n\
    base64 --decode manifest.sig > signature\n\
    openssl pkeyutl -verify -rawin -pubin -inkey public-key.pem -in signed-text -sigfile signature\n";

/// An export that is done.
#[derive(Clone)]
pub(crate) struct FinishedExport {
    pub(crate) export: CaseExport,
    pub(crate) manifest: Manifest,
    /// The files that are written on the spot, in their order.
    leading: Vec<(&'static str, Bytes)>,
}

impl FinishedExport {
    /// Takes an export apart; none unless it is done and its manifest can be read.
    pub(crate) fn new(export: CaseExport) -> Option<Self> {
        let model::ExportState::Done { manifest, public_key, signature, .. } = &export.state else { return None };
        let parsed: Manifest = serde_json::from_str(manifest).ok()?;
        let leading = vec![
            ("README.txt", Bytes::from_static(README.as_bytes())),
            ("manifest.json", Bytes::from(manifest.clone())),
            ("manifest.sig", Bytes::from(format!("{signature}\n"))),
            ("public-key.pem", Bytes::from(public_key_pem(public_key)?)),
            ("SHA256SUMS", Bytes::from(parsed.checksums())),
        ];
        Some(Self { manifest: parsed, leading, export })
    }
}

/// Returns the length of the archive.
pub(crate) fn bundle_bytes(finished: &FinishedExport) -> u64 {
    let leading = finished.leading.iter().map(|(_, content)| entry_bytes(content.len() as u64));
    let files = finished.manifest.files.iter().map(|file| entry_bytes(file.bytes));
    leading.chain(files).sum::<u64>() + END.len() as u64
}

/// Puts the archive together piece by piece. A file that is not what the manifest says ends it with an error.
pub(crate) fn bundle_stream(
    store: Store,
    finished: FinishedExport,
) -> impl Stream<Item = Result<Bytes, ContentError>> + Send {
    let FinishedExport { export, manifest, leading } = finished;
    let bundle = Bundle {
        store,
        export: Arc::new(export),
        leading: leading.into(),
        files: manifest.files.into(),
        current: None,
        is_over: false,
    };
    stream::try_unfold(bundle, |mut bundle| async move {
        let piece = bundle.next().await?;
        Ok(piece.map(|piece| (piece, bundle)))
    })
}

/// What is still to come of an archive.
struct Bundle {
    store: Store,
    export: Arc<CaseExport>,
    leading: VecDeque<(&'static str, Bytes)>,
    files: VecDeque<BundleFile>,
    current: Option<Reading>,
    is_over: bool,
}

/// The file that is being read.
struct Reading {
    file: BundleFile,
    content: Content,
    hash: Sha256,
    bytes: u64,
}

impl Bundle {
    async fn next(&mut self) -> Result<Option<Bytes>, ContentError> {
        if let Some((path, content)) = self.leading.pop_front() {
            let mut entry = BytesMut::from(head(path, content.len() as u64)?.as_slice());
            entry.extend_from_slice(&content);
            entry.resize(entry.len() + padding(content.len() as u64), 0);
            return Ok(Some(entry.freeze()));
        }
        if let Some(mut reading) = self.current.take() {
            return match reading.content.next().await? {
                Some(piece) => {
                    reading.hash.update(&piece);
                    reading.bytes += piece.len() as u64;
                    self.current = Some(reading);
                    Ok(Some(piece))
                }
                None => reading.end().map(Some),
            };
        }
        if let Some(file) = self.files.pop_front() {
            let head = head(&file.path, file.bytes)?;
            let content = Content::open(&self.store, &self.export, &file.made_from).await?;
            self.current = Some(Reading { file, content, hash: Sha256::new(), bytes: 0 });
            return Ok(Some(Bytes::from(head)));
        }
        if std::mem::replace(&mut self.is_over, true) {
            return Ok(None);
        }
        Ok(Some(Bytes::from_static(&END)))
    }
}

impl Reading {
    /// Fills the last block, once everything is known to be what was signed.
    fn end(self) -> Result<Bytes, ContentError> {
        let Self { file, hash, bytes, .. } = self;
        if bytes != file.bytes || hex::encode(hash.finalize()) != file.sha256 {
            return Err(ContentError::Changed { what: file.path });
        }
        Ok(Bytes::from(vec![0; padding(file.bytes)]))
    }
}

fn head(path: &str, bytes: u64) -> Result<Vec<u8>, ContentError> {
    let head = header(path, bytes).ok_or_else(|| ContentError::Gone { what: format!("a place for {path}") })?;
    Ok(head.to_vec())
}

/// Writes an Ed25519 public key as `SubjectPublicKeyInfo` (RFC 8410), which openssl reads.
fn public_key_pem(public_key: &str) -> Option<String> {
    const PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    let mut bytes = PREFIX.to_vec();
    bytes.extend(hex::decode(public_key).ok()?);
    Some(format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(bytes)))
}
