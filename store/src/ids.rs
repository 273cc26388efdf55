use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{
    ApiKeyId, CaseId, ExportId, HoldId, JobId, PlaybackSessionId, RecordingId, RuleId, ShareLinkId, TenantId, TrackId,
    UserId, WebhookId,
};
use sha2::{Digest, Sha256};

/// Makes ids and secrets. Ids are a kind prefix and 128 random bits in lower-case base 32.
pub trait IdSource: Send + Sync {
    /// Returns 128 random bits.
    fn random_bytes(&self) -> [u8; 16];

    /// Makes the id of a recording, `rec_…`.
    fn recording_id(&self) -> RecordingId {
        RecordingId::new(prefixed("rec", self.random_bytes())).expect(WELL_FORMED)
    }

    /// Makes the id of a track, `trk_…`.
    fn track_id(&self) -> TrackId {
        TrackId::new(prefixed("trk", self.random_bytes())).expect(WELL_FORMED)
    }

    /// Makes the id of a job, `job_…`.
    fn job_id(&self) -> JobId {
        JobId::new(prefixed("job", self.random_bytes())).expect(WELL_FORMED)
    }

    /// Makes the id of a playback session, `ply_…`.
    fn playback_session_id(&self) -> PlaybackSessionId {
        PlaybackSessionId::new(prefixed("ply", self.random_bytes())).expect(WELL_FORMED)
    }

    /// Makes the id of a share link, `lnk_…`.
    fn share_link_id(&self) -> ShareLinkId {
        ShareLinkId::new(prefixed("lnk", self.random_bytes())).expect(WELL_FORMED)
    }

    /// Makes the secret of a share link, 128 random bits, base64url without padding.
    fn link_secret(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.random_bytes())
    }

    /// Makes the id of a user, `usr_…`.
    fn user_id(&self) -> UserId {
        UserId::new(prefixed("usr", self.random_bytes())).expect(WELL_FORMED)
    }

    /// Makes the id of an API key, `key_…`.
    fn api_key_id(&self) -> ApiKeyId {
        ApiKeyId::new(prefixed("key", self.random_bytes())).expect(WELL_FORMED)
    }

    /// Makes the id of a webhook, `whk_…`.
    fn webhook_id(&self) -> WebhookId {
        WebhookId::new(prefixed("whk", self.random_bytes())).expect(WELL_FORMED)
    }

    /// Makes the id of a legal hold, `hld_…`.
    fn hold_id(&self) -> HoldId {
        HoldId::new(prefixed("hld", self.random_bytes())).expect(WELL_FORMED)
    }

    /// Makes the id of a retention rule, `rul_…`.
    fn rule_id(&self) -> RuleId {
        RuleId::new(prefixed("rul", self.random_bytes())).expect(WELL_FORMED)
    }

    /// Makes the id of a case, `cas_…`.
    fn case_id(&self) -> CaseId {
        CaseId::new(prefixed("cas", self.random_bytes())).expect(WELL_FORMED)
    }

    /// Makes the id of a case's export, `exp_…`.
    fn export_id(&self) -> ExportId {
        ExportId::new(prefixed("exp", self.random_bytes())).expect(WELL_FORMED)
    }

    /// Makes the id of a deletion certificate, `crt_…`.
    fn certificate_id(&self) -> String {
        prefixed("crt", self.random_bytes())
    }

    /// Makes the id of a tenant, `ten_…`.
    fn tenant_id(&self) -> TenantId {
        TenantId::new(prefixed("ten", self.random_bytes())).expect(WELL_FORMED)
    }

    /// Makes a secret of 256 random bits, base64url without padding.
    fn secret(&self) -> String {
        URL_SAFE_NO_PAD.encode([self.random_bytes(), self.random_bytes()].concat())
    }
}

/// Random bits of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomIds;

impl IdSource for RandomIds {
    fn random_bytes(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("the operating system gives random bytes once it is running");
        bytes
    }
}

/// Reproducible bits for tests; never for secrets of a deployment.
#[derive(Debug)]
pub struct SeededIds {
    seed: u64,
    count: AtomicU64,
}

impl SeededIds {
    /// Starts the sequence that belongs to a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed, count: AtomicU64::new(0) }
    }
}

impl IdSource for SeededIds {
    fn random_bytes(&self) -> [u8; 16] {
        let count = self.count.fetch_add(1, Ordering::SeqCst);
        let digest: [u8; 32] =
            Sha256::new().chain_update(self.seed.to_be_bytes()).chain_update(count.to_be_bytes()).finalize().into();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        bytes
    }
}

const WELL_FORMED: &str = "a prefix and base 32 form a valid id";

fn prefixed(prefix: &str, bytes: [u8; 16]) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut text = format!("{prefix}_");
    let mut bits = u128::from_be_bytes(bytes);
    for _ in 0..26 {
        text.push(char::from(ALPHABET[(bits & 31) as usize]));
        bits >>= 5;
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{IdSource, RandomIds, SeededIds};

    #[test]
    fn a_seed_repeats_and_ids_do_not() {
        let (first, second) = (SeededIds::new(1), SeededIds::new(1));
        let ids: HashSet<String> = (0..1000).map(|_| first.recording_id().to_string()).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.contains(second.recording_id().as_str()));
        assert!(!ids.contains(SeededIds::new(2).recording_id().as_str()));
    }

    #[test]
    fn ids_carry_their_kind_and_secrets_256_bits() {
        assert!(RandomIds.job_id().as_str().starts_with("job_"));
        assert_eq!(RandomIds.recording_id().as_str().len(), 30);
        assert_eq!(RandomIds.secret().len(), 43);
        assert_ne!(RandomIds.secret(), RandomIds.secret());
    }
}
