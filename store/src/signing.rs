use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use crate::Store;

/// A text and who signed it, Ed25519 (RFC 8032).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signed {
    /// The public key, hexadecimal.
    pub(crate) public_key: String,
    /// The signature, base64.
    pub(crate) signature: String,
}

/// What a signature is for. A text signed for one purpose means nothing for another.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    Certificate,
    Checkpoint,
    CaseExport,
}

impl Purpose {
    fn message(self, text: &str) -> Vec<u8> {
        let name = match self {
            Self::Certificate => "huiji deletion certificate v1",
            Self::Checkpoint => "huiji audit checkpoint v1",
            Self::CaseExport => "huiji case export v1",
        };
        format!("{name}\n{text}").into_bytes()
    }
}

impl Store {
    /// Returns the public key against which deletion certificates and checkpoints of the audit log are checked,
    /// hexadecimal. It belongs to the master key and changes with it; keep it outside.
    #[must_use]
    pub fn public_key(&self) -> String {
        hex::encode(self.signing_key().verifying_key().to_bytes())
    }

    pub(crate) fn sign(&self, purpose: Purpose, text: &str) -> Signed {
        let signature = self.signing_key().sign(&purpose.message(text));
        Signed { public_key: self.public_key(), signature: STANDARD.encode(signature.to_bytes()) }
    }

    fn signing_key(&self) -> SigningKey {
        SigningKey::from_bytes(&self.inner.master_key.signing_seed())
    }
}

/// Says whether the holder of a public key signed a text.
pub(crate) fn is_signed(purpose: Purpose, text: &str, public_key: &str, signature: &str) -> bool {
    let check = || {
        let public_key: [u8; 32] = hex::decode(public_key).ok()?.try_into().ok()?;
        let signature: [u8; 64] = STANDARD.decode(signature).ok()?.try_into().ok()?;
        let public_key = VerifyingKey::from_bytes(&public_key).ok()?;
        public_key.verify_strict(&purpose.message(text), &Signature::from_bytes(&signature)).ok()
    };
    check().is_some()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::{Purpose, is_signed};

    #[test]
    fn a_signature_holds_for_its_text_purpose_and_key() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let public_key = hex::encode(key.verifying_key().to_bytes());
        let signature = STANDARD.encode(key.sign(&Purpose::Certificate.message("gone")).to_bytes());
        assert!(is_signed(Purpose::Certificate, "gone", &public_key, &signature));
        assert!(!is_signed(Purpose::Certificate, "gone ", &public_key, &signature));
        assert!(!is_signed(Purpose::Checkpoint, "gone", &public_key, &signature));
        let other = hex::encode(SigningKey::from_bytes(&[8; 32]).verifying_key().to_bytes());
        assert!(!is_signed(Purpose::Certificate, "gone", &other, &signature));
        for nonsense in ["", "zz", "00"] {
            assert!(!is_signed(Purpose::Certificate, "gone", nonsense, &signature));
            assert!(!is_signed(Purpose::Certificate, "gone", &public_key, nonsense));
        }
    }
}
