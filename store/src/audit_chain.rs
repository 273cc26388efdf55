use sha2::{Digest, Sha256};

use crate::AuditEntry;

/// An entry of the audit log as it is bound into the chain. What may name a person is bound by a salted commitment, so it
/// can be erased later without breaking the chain, and cannot be guessed from it.
pub(crate) struct AuditLink<'a> {
    pub(crate) seq: i64,
    pub(crate) entry: &'a AuditEntry,
    pub(crate) commitment: &'a str,
}

impl AuditLink<'_> {
    /// Returns the hash of this entry and, through `before`, of every entry before it. Hexadecimal; the first one follows
    /// on an empty text.
    pub(crate) fn chain(&self, before: &str) -> String {
        let AuditEntry { tenant_id, at, action, recording_id, outcome, .. } = self.entry;
        digest(&(before, tenant_id, self.seq, at, action, recording_id, outcome, self.commitment))
    }
}

/// Binds who did it and the details, without giving them away.
pub(crate) fn commitment(salt: &str, actor: &str, detail_json: &str) -> String {
    digest(&(salt, actor, detail_json))
}

/// Hashes a list of values: as JSON, no two different lists have the same text.
fn digest(values: &impl serde::Serialize) -> String {
    let text = serde_json::to_vec(values).expect("texts and numbers have a JSON form");
    hex::encode(Sha256::digest(text))
}
