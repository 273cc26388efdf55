//! The domain's words: ids, media time, lifecycles, artefact schemas, job payloads, the workflow order.
//!
//! Every other package speaks in these types. Nothing here performs I/O, awaits, or reads a clock: time and ids
//! arrive as arguments. A value that exists is valid; parsing happens in the constructors.

mod access;
mod case;
mod closed_set;
mod disposal;
mod edited_words;
mod error;
mod id;
mod job;
mod language;
mod layout;
mod legal_hold;
mod live_transcript;
mod manifest;
mod minutes;
mod minutes_review;
mod minutes_revision;
mod minutes_template;
mod participant;
mod plan;
mod processing;
mod profile;
mod recorder_status;
mod recording;
mod recording_state;
mod retention;
mod safety;
mod segment;
mod sharing;
mod speech;
mod text_replacement;
mod time;
mod timeline;
mod track;
mod transcript;
mod transcript_difference;
mod transcript_edit;
mod webhook;

pub use access::{Relation, Role};
pub use case::{Case, CaseExport, CaseState, ExportPlan, ExportState};
pub use disposal::{Disposal, DisposalEvent};
pub use error::Error;
pub use id::{
    ApiKeyId, CaseId, ExportId, HoldId, JobId, MeetingId, ParticipantId, PlaybackSessionId, RecordingId, RuleId,
    ShareLinkId, TenantId, TrackId, UserId, UtteranceId, WebhookId,
};
pub use job::{Job, JobPayload, JobState};
pub use language::Language;
pub use layout::Layout;
pub use legal_hold::{HoldScope, HoldState, LegalHold};
pub use live_transcript::LiveTranscript;
pub use manifest::{ManifestObject, RecordingManifest};
pub use minutes::{
    ActionItem, ActionStatus, Chapter, Citation, CitedLine, Minutes, MinutesEngine, ModelUsage, Provenance,
    ReviewState, SpeakerPoints, Verification,
};
pub use minutes_review::{LineReview, LineVerdict};
pub use minutes_revision::{LineId, MinutesAuthor, MinutesChange, MinutesRevision};
pub use minutes_template::{MinutesOrder, MinutesSection, MinutesTemplate, MinutesWish};
pub use participant::Participant;
pub use plan::{Plan, PlanName, SmartRecordingLimit};
pub use processing::{Processing, StageOutcome, next_step};
pub use profile::{Profile, VideoFormat};
pub use recorder_status::{DropCounters, MediaAddress, RecorderStatus, TrackStatistics};
pub use recording::Recording;
pub use recording_state::{FailureReason, RecordingEvent, RecordingState};
pub use retention::{Deletion, RetentionFacts, RetentionPolicy, RetentionRule, RuleScope};
pub use safety::{DiskLevel, DiskStatus, SafetyConcern, StoreStatus};
pub use segment::{MediaSegment, Rendition, SegmentState, StoredSegment};
pub use sharing::{LinkAudience, ShareRights, ShareScope, Sharing, SharingPolicy};
pub use speech::SpeechChunk;
pub use time::{MediaTime, TimeSpan, Timestamp};
pub use timeline::{SpanCause, TimelineEvent, TimelineEventKind};
pub use track::{Codec, RtxStream, SrtpKey, SrtpProfile, Track, TrackFeed, TrackMid, TrackSource};
pub use transcript::{Coverage, FailedSpeech, SuppressedSpeech, SuppressionReason, Transcript, Utterance, Word};
pub use transcript_difference::{SpeakerRename, TranscriptDifference, UtteranceDifference, compare_transcripts};
pub use transcript_edit::{Revision, TranscriptEdit};
pub use webhook::{DeliveryState, WebhookDelivery, WebhookEndpoint, WebhookEvent};
