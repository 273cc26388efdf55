use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actor::ActorView;

/// Deletion certificates, the newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CertificateList)]
pub(crate) struct CertificateListView {
    pub(crate) certificates: Vec<CertificateSummaryView>,
    /// The key they are signed with, hexadecimal. Keep it elsewhere to check certificates without this server.
    pub(crate) public_key: String,
}

/// What a certificate says.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CertificateSummary)]
pub(crate) struct CertificateSummaryView {
    pub(crate) id: String,
    pub(crate) recording_id: String,
    pub(crate) meeting_id: String,
    pub(crate) recorded_at: String,
    #[schema(required)]
    pub(crate) trashed_at: Option<String>,
    /// When its key was destroyed.
    pub(crate) begun_at: String,
    /// When the last of it was gone.
    pub(crate) finished_at: String,
    /// Who had it destroyed; none when a rule did or its time in the trash was over.
    #[schema(required)]
    pub(crate) by: Option<ActorView>,
    /// The rule that moved it to the trash.
    #[schema(required)]
    pub(crate) rule_id: Option<String>,
    pub(crate) objects: u64,
    pub(crate) stored_bytes: u64,
    pub(crate) rows: u64,
    pub(crate) index_files: u64,
}

/// A certificate as it is kept and handed out.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SignedCertificate)]
pub(crate) struct SignedCertificateView {
    /// The very text that is signed, JSON.
    pub(crate) body: String,
    pub(crate) public_key: String,
    pub(crate) signature: String,
}

/// Whether a certificate is genuine.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CertificateCheck)]
pub(crate) struct CertificateCheckView {
    pub(crate) valid: bool,
    /// What is wrong.
    #[schema(required)]
    pub(crate) problem: Option<String>,
    /// The recording it is about.
    #[schema(required)]
    pub(crate) recording_id: Option<String>,
}
