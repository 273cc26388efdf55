use aes_gcm::AeadInOut as _;
use aes_gcm::aead::inout::InOutBuf;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::{RecordingId, TenantId, Timestamp};

use crate::cipher::Key;
use crate::database::{Transaction, sql};
use crate::fields::Fields;
use crate::{Error, Store};

const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;

/// Makes a recording's data key and stores it wrapped by the tenant's key.
pub(crate) async fn create(
    store: &Store,
    transaction: &mut Transaction,
    tenant_id: &TenantId,
    recording_id: &RecordingId,
    now: Timestamp,
) -> Result<(), Error> {
    let data_key = random::<32>()?;
    let master_key = &store.inner.master_key;
    let wrapped = seal_small(&master_key.tenant_key(tenant_id), &associated_data(tenant_id, recording_id), &data_key)?;
    let statement =
        sql("INSERT INTO data_keys (recording_id, master_key_id, wrapped_key, created_at) VALUES ($1, $2, $3, $4)");
    let statement = statement.bind(recording_id.as_str()).bind(master_key.id()).bind(wrapped).bind(now.as_micros());
    transaction.execute(statement).await.map(drop)
}

impl Store {
    pub(crate) async fn data_key(&self, tenant_id: &TenantId, recording_id: &RecordingId) -> Result<Key, Error> {
        let statement = sql("SELECT data_keys.recording_id, master_key_id, wrapped_key FROM data_keys \
             JOIN recordings ON recordings.id = data_keys.recording_id \
             WHERE data_keys.recording_id = $1 AND recordings.tenant_id = $2");
        let row = self
            .database()
            .read_optional("data_keys", statement.bind(recording_id.as_str()).bind(tenant_id.as_str()))
            .await?
            .ok_or_else(|| Error::NotFound { what: "data key of recording", id: recording_id.to_string() })?;
        let fields = Fields::of(&row, "data_keys", &["recording_id"]);
        let wanted = fields.text("master_key_id")?;
        let configured = self.inner.master_key.id();
        if wanted != configured {
            return Err(Error::WrongMasterKey { recording_id: recording_id.clone(), wanted, configured });
        }
        let tenant_key = self.inner.master_key.tenant_key(tenant_id);
        let opened = open_small(&tenant_key, &associated_data(tenant_id, recording_id), &fields.text("wrapped_key")?);
        let bytes = opened
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
            .ok_or(Error::DataKey { recording_id: recording_id.clone(), problem: "the row was changed or moved" })?;
        Ok(Key::from_bytes(bytes))
    }
}

/// Encrypts a few bytes for a text column: base64 of nonce, ciphertext and tag.
pub(crate) fn seal_small(key: &Key, associated_data: &[u8], plain: &[u8]) -> Result<String, Error> {
    let nonce = random::<NONCE_BYTES>()?;
    let mut sealed = [&nonce, plain].concat();
    let tag = key
        .aead()
        .encrypt_inout_detached(&nonce.into(), associated_data, InOutBuf::from(&mut sealed[NONCE_BYTES..]))
        .expect("a few bytes are far below the limit of AES-GCM");
    sealed.extend_from_slice(&tag);
    Ok(STANDARD.encode(sealed))
}

/// Decrypts what [`seal_small`] wrote; none when it was changed, moved, or sealed with another key.
pub(crate) fn open_small(key: &Key, associated_data: &[u8], text: &str) -> Option<Vec<u8>> {
    let sealed = STANDARD.decode(text).ok()?;
    let (nonce, rest) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    let (body, tag) = rest.split_last_chunk::<TAG_BYTES>()?;
    let mut plain = body.to_vec();
    key.aead()
        .decrypt_inout_detached(&(*nonce).into(), associated_data, InOutBuf::from(&mut plain[..]), &(*tag).into())
        .ok()?;
    Some(plain)
}

pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(Error::Randomness)?;
    Ok(bytes)
}

fn associated_data(tenant_id: &TenantId, recording_id: &RecordingId) -> Vec<u8> {
    format!("{tenant_id}/{recording_id}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::{open_small, seal_small};
    use crate::cipher::Key;

    #[test]
    fn small_secrets_open_only_where_they_belong() {
        let key = Key::from_bytes([1; 32]);
        let sealed = seal_small(&key, b"here", b"secret").expect("sealed");
        assert_eq!(open_small(&key, b"here", &sealed).as_deref(), Some(&b"secret"[..]));
        assert_eq!(open_small(&key, b"there", &sealed), None);
        assert_eq!(open_small(&Key::from_bytes([2; 32]), b"here", &sealed), None);
        assert_eq!(open_small(&key, b"here", sealed.get(..20).expect("base64 is ASCII")), None);
        assert_eq!(open_small(&key, b"here", "not base64!"), None);
        assert_ne!(sealed, seal_small(&key, b"here", b"secret").expect("sealed"));
    }
}
