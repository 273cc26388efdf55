//! What goes over the wire: request bodies, queries and responses, and how they are made from `model`.

mod closed_set_schemas;
mod job;
mod minutes;
mod plan;
mod playback;
mod problem;
mod recorder_status;
mod recording;
mod search;
mod session;
mod sharing;
mod time_text;
mod timeline;
mod track;
mod transcript;
mod transcript_edit;
mod transcript_review;
mod webhook;

pub(crate) use job::{JobListView, JobRequestView, JobView};
pub(crate) use minutes::MinutesView;
pub(crate) use plan::{HealthView, PlanView};
pub(crate) use playback::PlaybackView;
pub(crate) use problem::ProblemView;
pub(crate) use recorder_status::{RecorderEventView, RecorderStatusView, TrackAddressView};
pub(crate) use recording::{
    NewLayout, NewParticipant, NewRecording, ParticipantView, PermissionsView, RecordingFacts, RecordingPageView,
    RecordingQuery, RecordingView,
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
pub(crate) use time_text::{parse_time, time_text};
pub(crate) use timeline::TimelineView;
pub(crate) use track::{NewTrack, TrackChange};
pub(crate) use transcript::TranscriptView;
pub(crate) use transcript_edit::NewTranscriptEdit;
pub(crate) use transcript_review::{
    SuppressedTextView, TranscriptDifferenceView, TranscriptVersionListView, VersionQuery, version_list,
};
pub(crate) use webhook::{
    NewWebhook, NewWebhookView, WebhookDeliveriesView, WebhookDeliveryView, WebhookView, WebhooksView,
};
