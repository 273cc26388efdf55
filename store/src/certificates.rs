use std::collections::BTreeMap;

use model::{MeetingId, RecordingId, TenantId, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;

use crate::database::{Transaction, sql};
use crate::fields::{Fields, to_json};
use crate::signing::{Purpose, is_signed};
use crate::{DisposalReason, Error, Store, StoredObject};

/// What was destroyed, where, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletionCertificate {
    /// [`DeletionCertificate::SCHEMA`].
    pub schema: u32,
    /// Its id.
    pub id: String,
    /// The organisation.
    pub tenant_id: TenantId,
    /// The recording.
    pub recording_id: RecordingId,
    /// Its meeting.
    pub meeting_id: MeetingId,
    /// When it was asked for.
    pub recorded_at: Timestamp,
    /// When it was moved to the trash.
    pub trashed_at: Option<Timestamp>,
    /// Why it was moved to the trash.
    pub trashed_for: Option<DisposalReason>,
    /// Why it was destroyed.
    pub purged_for: DisposalReason,
    /// When its key was destroyed.
    pub begun_at: Timestamp,
    /// When the last of it was gone.
    pub finished_at: Timestamp,
    /// The data key that encrypted it.
    pub key: DestroyedKey,
    /// Where its objects lay.
    pub place: String,
    /// Its objects, ordered by key.
    pub objects: Vec<DestroyedObject>,
    /// How many rows went, by table.
    pub rows: BTreeMap<String, u64>,
    /// How the search index was freed of it.
    pub index: ErasedIndex,
}

impl DeletionCertificate {
    /// The version of this form.
    pub const SCHEMA: u32 = 1;
}

/// The key that is gone, without its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DestroyedKey {
    /// The master key that wrapped it.
    pub master_key_id: String,
    /// SHA-256 of its wrapped form, to recognise it in a backup.
    pub wrapped_key_sha256: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// An object that is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DestroyedObject {
    /// The full key.
    pub path: String,
    /// Length of the content in bytes.
    pub bytes: u64,
    /// SHA-256 of the content.
    pub sha256: String,
    /// Length in the object store in bytes.
    pub stored_bytes: u64,
}

impl From<StoredObject> for DestroyedObject {
    fn from(object: StoredObject) -> Self {
        Self { path: object.path, bytes: object.bytes, sha256: object.sha256, stored_bytes: object.stored_bytes }
    }
}

/// How a search index was freed of a recording.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasedIndex {
    /// The last note of the outbox in the index when that was done.
    pub outbox_seq: i64,
    /// The index files that held deleted text and were removed, without their directory.
    pub removed_files: Vec<String>,
}

/// A certificate as it is kept and handed out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedCertificate {
    /// The certificate as JSON, the very text that is signed.
    pub body: String,
    /// The public key, hexadecimal.
    pub public_key: String,
    /// The Ed25519 signature, base64.
    pub signature: String,
}

impl SignedCertificate {
    /// Checks the signature against a public key that the reader trusts, and returns what is certified. Needs nothing but
    /// the certificate.
    ///
    /// # Errors
    /// [`Error::Certificate`] when the text was changed, another key signed it, or it cannot be read.
    pub fn verify(&self, public_key: &str) -> Result<DeletionCertificate, Error> {
        let refused = |problem: String| Error::Certificate { problem };
        if !self.public_key.eq_ignore_ascii_case(public_key.trim()) {
            return Err(refused("another key signed it".to_owned()));
        }
        if !is_signed(Purpose::Certificate, &self.body, &self.public_key, &self.signature) {
            return Err(refused("the signature does not fit the text".to_owned()));
        }
        serde_json::from_str(&self.body).map_err(|error| refused(error.to_string()))
    }
}

impl Store {
    /// Lists the certificates of a tenant, the newest first.
    pub async fn list_certificates(&self, tenant_id: &TenantId, limit: u32) -> Result<Vec<SignedCertificate>, Error> {
        let statement = sql("SELECT id, body, public_key, signature FROM deletion_certificates \
             WHERE tenant_id = $1 ORDER BY issued_at DESC, id DESC LIMIT $2");
        let statement = statement.bind(tenant_id.as_str()).bind(i64::from(limit));
        self.database().read_all("deletion_certificates", statement).await?.iter().map(decode).collect()
    }

    /// Returns the certificate of a recording; none while it is not purged.
    pub async fn load_certificate(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
    ) -> Result<Option<SignedCertificate>, Error> {
        let statement = sql("SELECT id, body, public_key, signature FROM deletion_certificates \
             WHERE tenant_id = $1 AND recording_id = $2");
        let statement = statement.bind(tenant_id.as_str()).bind(recording_id.as_str());
        self.database().read_optional("deletion_certificates", statement).await?.as_ref().map(decode).transpose()
    }
}

pub(crate) async fn sign_and_insert(
    store: &Store,
    transaction: &mut Transaction,
    certificate: &DeletionCertificate,
) -> Result<SignedCertificate, Error> {
    let body = to_json("deletion certificate", certificate)?;
    let signed = store.sign(Purpose::Certificate, &body);
    let statement = sql("INSERT INTO deletion_certificates \
         (id, tenant_id, recording_id, issued_at, body, public_key, signature) VALUES ($1, $2, $3, $4, $5, $6, $7)");
    let statement = statement
        .bind(certificate.id.as_str())
        .bind(certificate.tenant_id.as_str())
        .bind(certificate.recording_id.as_str())
        .bind(certificate.finished_at.as_micros())
        .bind(body.as_str())
        .bind(signed.public_key.as_str())
        .bind(signed.signature.as_str());
    let inserted = transaction.execute(statement).await;
    inserted.map_err(|error| error.or_conflict("deletion certificate", &certificate.id, "there is one already"))?;
    Ok(SignedCertificate { body, public_key: signed.public_key, signature: signed.signature })
}

fn decode(row: &AnyRow) -> Result<SignedCertificate, Error> {
    let fields = Fields::of(row, "deletion_certificates", &["id"]);
    Ok(SignedCertificate {
        body: fields.text("body")?,
        public_key: fields.text("public_key")?,
        signature: fields.text("signature")?,
    })
}
