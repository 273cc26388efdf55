//! Everything Huiji keeps, and the only crate with SQL and object keys: metadata in SQLite or PostgreSQL, media in a
//! local directory or an S3 bucket, encryption at rest, and the queue of jobs.
//!
//! [`Store`] is the one door. Rows go out and come in as types of `model`; a row that does not fit them is an error that
//! names table and id. Objects are named by [`ObjectKey`] and encrypted before they leave the process, each recording with
//! a data key of its own. An object is written first and listed second, so what is listed is always there; writing it again
//! after a crash in between is harmless. Changes are announced after their commit.
//!
//! A recording leaves through one door: the trash, then a purge that ends in a signed [`DeletionCertificate`]. Legal holds
//! are checked in the transaction of every step, and triggers of the database refuse what tries to go another way.
#![warn(missing_docs)]

mod access_requests;
mod api_keys;
mod artefacts;
mod audit;
mod audit_chain;
mod audit_log;
mod case_exports;
mod cases;
mod certificates;
mod changes;
mod cipher;
mod clock;
mod data_keys;
mod database;
mod dialect;
mod disposal;
mod error;
mod fields;
mod ids;
mod jobs;
mod ledger;
mod legal_holds;
mod live_transcripts;
mod local_directory;
mod master_key;
mod media_store;
mod minutes_rows;
mod object_files;
mod object_key;
mod objects;
mod outbox;
mod participants;
mod playback_sessions;
mod purge;
mod recording_list;
mod recordings;
mod relations;
mod retention_policies;
mod s3_bucket;
mod schema;
mod segments;
mod settings;
mod share_links;
mod sharing;
mod sign_ins;
mod signing;
mod speech_chunks;
mod storage_use;
mod store;
mod tenants;
#[cfg(feature = "testing")]
pub mod testing;
mod timeline;
mod tracks;
mod transcript_versions;
mod users;
mod webhook_deliveries;
mod webhooks;

pub use access_requests::{AccessRequest, AccessRequestState};
pub use api_keys::ApiKey;
pub use artefacts::Stage;
pub use audit::{AuditEntry, AuditFilter};
pub use audit_log::{AuditCheckpoint, AuditLine, AuditLog, AuditProblem, AuditRecord, AuditReport, verify_audit};
pub use case_exports::{ClaimedExport, verify_case_manifest};
pub use cases::{CaseChange, CaseMember, SavedSearch};
pub use certificates::{DeletionCertificate, DestroyedKey, DestroyedObject, ErasedIndex, SignedCertificate};
pub use changes::{Change, ChangeKind};
pub use cipher::CipherError;
pub use clock::{Clock, ManualClock, SystemClock};
pub use disposal::{DisposalReason, TrashedRecording};
pub use error::Error;
pub use ids::{IdSource, RandomIds, SeededIds};
pub use jobs::ClaimedJob;
pub use ledger::LedgerLine;
pub use legal_holds::PlacedHold;
pub use master_key::MasterKey;
pub use minutes_rows::{ActionItemPlace, MinutesVersion};
pub use object_key::ObjectKey;
pub use objects::StoredObject;
pub use outbox::{OutboxEntry, OutboxKind};
pub use playback_sessions::PlaybackSession;
pub use recording_list::{Page, PageToken, RecordingFilter, RecordingPage};
pub use retention_policies::RecordingLabels;
pub use settings::{DatabaseUrl, ObjectSettings, StoreSettings};
pub use share_links::ShareLink;
pub use speech_chunks::StoredSpeechChunk;
pub use storage_use::{DailyGrowth, StorageShare};
pub use store::Store;
pub use tenants::{Tenant, Usage};
pub use transcript_versions::TranscriptVersion;
pub use users::User;
pub use webhook_deliveries::{AttemptOutcome, ClaimedDelivery};
pub use webhooks::WebhookSecret;
