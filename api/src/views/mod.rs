//! What goes over the wire: request bodies, queries and responses, and how they are made from `model`.

mod actor;
mod audit;
mod case;
mod certificate;
mod closed_set_schemas;
mod hold;
mod job;
mod live_transcript;
mod minutes;
mod minutes_review;
mod minutes_revision;
mod plan;
mod playback;
mod problem;
mod recorder_status;
mod recording;
mod retention;
mod search;
mod session;
mod sharing;
mod storage;
mod time_text;
mod timeline;
mod track;
mod transcript;
mod transcript_edit;
mod transcript_review;
mod trash;
mod webhook;

pub(crate) use actor::ActorView;
pub(crate) use audit::{AuditEntryView, AuditPageView, AuditQuery, AuditVerificationView};
pub(crate) use case::{
    CaseChangeView, CaseExportStateName, CaseExportView, CaseFileView, CaseListView, CaseRecordingView,
    CaseSearchQuery, CaseView, NewCase, SavedSearchView,
};
pub(crate) use certificate::{
    CertificateCheckView, CertificateListView, CertificateSummaryView, SignedCertificateView,
};
pub(crate) use hold::{HoldListView, HoldScopeView, HoldStateName, HoldView, NewHold, PlacedHoldView};
pub(crate) use job::{JobListView, JobRequestView, JobView};
pub(crate) use live_transcript::{LiveTranscriptView, ToldUtterances};
pub(crate) use minutes::MinutesView;
pub(crate) use minutes_review::{
    ActionItemQuery, MinutesOptionsView, MinutesTemplateView, MinutesVersionListView, MinutesVersionView,
    NewMinutesRestoration, NewMinutesReview, NewMinutesRewrite, OwnActionItemListView, OwnActionItemView,
};
pub(crate) use plan::{HealthView, PlanView};
pub(crate) use playback::PlaybackView;
pub(crate) use problem::ProblemView;
pub(crate) use recorder_status::{RecorderEventView, RecorderStatusView, TrackAddressView};
pub(crate) use recording::{
    NewLayout, NewParticipant, NewRecording, ParticipantView, PermissionsView, RecordingFacts, RecordingPageView,
    RecordingQuery, RecordingView,
};
pub(crate) use retention::{
    PolicyInForceView, PolicySave, PolicyView, RuleScopeView, RuleView, SimulatedDayView, SimulatedRecordingView,
    SimulationRequest, SimulationView,
};
pub(crate) use search::{
    HighlightView, SearchGroupView, SearchHitKind, SearchHitView, SearchPageView, SearchQuery, SearchSort,
};
pub(crate) use session::{SessionView, SignIn, SignedInView, UserView};
pub(crate) use sharing::{
    AccessAnswer, AccessQuestion, AccessRequestView, LinkOpenedView, LinkToOpen, NewShareLink, OpenedRecordingView,
    PeopleQuery, PeopleView, PersonView, ShareLinkCreatedView, ShareLinkView, SharingChange, SharingPolicyView,
    SharingView, ViewLogEntryView, ViewLogView,
};
pub(crate) use storage::{DepartmentShareView, ForecastDayView, HostShareView, LedgerLineView, StorageReportView};
pub(crate) use time_text::{parse_time, time_text};
pub(crate) use timeline::TimelineView;
pub(crate) use track::{NewTrack, TrackChange};
pub(crate) use transcript::TranscriptView;
pub(crate) use transcript_edit::NewTranscriptEdit;
pub(crate) use transcript_review::{
    SuppressedTextView, TranscriptDifferenceView, TranscriptVersionListView, VersionQuery, version_list,
};
pub(crate) use trash::{LabelsView, TrashView, TrashedRecordingView, reason_parts};
pub(crate) use webhook::{
    NewWebhook, NewWebhookView, WebhookDeliveriesView, WebhookDeliveryView, WebhookView, WebhooksView,
};
