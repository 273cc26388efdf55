use model::{
    Participant, ParticipantId, Processing, RecorderStatus, Recording, RecordingState, StageOutcome, Track, UserId,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::closed_set_schemas as schemas;
use super::recorder_status::RecorderStatusView;
use super::time_text::time_text;

/// What a meeting platform asks for when it starts a recording.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRecording {
    /// The meeting as the platform names it; one meeting may have several recordings.
    #[schema(value_type = String, example = "meeting-42")]
    pub(crate) meeting_id: model::MeetingId,
    /// The meeting's title, 1 to 256 characters.
    pub(crate) title: String,
    /// The account that owns the meeting.
    #[schema(value_type = String)]
    pub(crate) host_user_id: UserId,
    /// Accounts with the host's rights for this meeting.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub(crate) co_host_user_ids: Vec<UserId>,
    /// The people expected; more may join later.
    #[serde(default)]
    pub(crate) roster: Vec<NewParticipant>,
    /// The language most of the meeting is held in.
    #[schema(value_type = schemas::Language)]
    pub(crate) language: model::Language,
    /// The quality to record in; `standard` when left out.
    #[serde(default = "default_profile")]
    #[schema(value_type = schemas::Profile, required = false)]
    pub(crate) profile: model::Profile,
    /// The arrangement of the picture; `auto` when left out.
    #[serde(default = "default_layout")]
    #[schema(value_type = schemas::Layout, required = false)]
    pub(crate) layout: model::Layout,
    /// Whether minutes are to be written; counted against the plan.
    #[serde(default)]
    pub(crate) smart_minutes: bool,
    /// The IANA time zone in which dates that people say are resolved; `UTC` when left out.
    #[serde(default = "default_time_zone")]
    #[schema(example = "Asia/Shanghai")]
    pub(crate) time_zone: String,
}

const fn default_profile() -> model::Profile {
    model::Profile::Standard
}

const fn default_layout() -> model::Layout {
    model::Layout::Auto
}

fn default_time_zone() -> String {
    "UTC".to_owned()
}

/// A person who is in the meeting or joins it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewParticipant {
    /// The platform's id of the person in this meeting.
    #[schema(value_type = String)]
    pub(crate) id: ParticipantId,
    /// The name shown on tiles, transcript and minutes, 1 to 128 characters.
    pub(crate) display_name: String,
    /// The account behind the person, who may then view the recording.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(crate) user_id: Option<UserId>,
    /// The language the person speaks, when it is not the meeting's.
    #[serde(default)]
    #[schema(value_type = Option<schemas::Language>)]
    pub(crate) language: Option<model::Language>,
}

impl From<NewParticipant> for Participant {
    fn from(new: NewParticipant) -> Self {
        Self { id: new.id, display_name: new.display_name, user_id: new.user_id, language: new.language }
    }
}

/// Chooses another arrangement of the picture.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewLayout {
    /// The arrangement from here on.
    #[schema(value_type = schemas::Layout)]
    pub(crate) layout: model::Layout,
}

/// Which recordings to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RecordingQuery {
    /// Part of the title, any case.
    pub(crate) title: Option<String>,
    /// A state, or several with commas between.
    #[param(example = "live,paused")]
    pub(crate) state: Option<String>,
    /// The host's account.
    pub(crate) host: Option<String>,
    /// The meeting as the platform names it.
    pub(crate) meeting_id: Option<String>,
    /// Created at or after this RFC 3339 time.
    pub(crate) from: Option<String>,
    /// Created before this RFC 3339 time.
    pub(crate) to: Option<String>,
    /// Where the last page ended.
    pub(crate) page_token: Option<String>,
    /// How many to return, 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    pub(crate) page_size: Option<u32>,
}

/// A page of recordings, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RecordingPage)]
pub(crate) struct RecordingPageView {
    pub(crate) recordings: Vec<RecordingView>,
    /// Pass it as `page_token` for the next page; null on the last.
    #[schema(required)]
    pub(crate) next_page_token: Option<String>,
}

/// A recording as the caller may see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Recording)]
pub(crate) struct RecordingView {
    pub(crate) id: String,
    /// Grows with each change of the recording: of two views, an answer and an event that overtook it, the higher is newer.
    pub(crate) version: i64,
    pub(crate) meeting_id: String,
    pub(crate) title: String,
    pub(crate) host_user_id: String,
    /// The host's name; the account id when no name is known.
    pub(crate) host_name: String,
    #[schema(value_type = schemas::Language)]
    pub(crate) language: model::Language,
    #[schema(value_type = schemas::Profile)]
    pub(crate) profile: model::Profile,
    #[schema(value_type = schemas::Layout)]
    pub(crate) layout: model::Layout,
    pub(crate) smart_minutes: bool,
    pub(crate) time_zone: String,
    /// RFC 3339, UTC.
    pub(crate) created_at: String,
    pub(crate) state: RecordingStateName,
    /// The wall-clock time of media time zero.
    #[schema(required)]
    pub(crate) started_at: Option<String>,
    /// When the running pause began.
    #[schema(required)]
    pub(crate) paused_at: Option<String>,
    #[schema(required)]
    pub(crate) stopped_at: Option<String>,
    /// The length of the timeline; null until the recording is sealed.
    #[schema(required)]
    pub(crate) duration_ms: Option<u64>,
    /// What the recording occupies in the store.
    pub(crate) stored_bytes: u64,
    #[schema(required, value_type = Option<schemas::FailureReason>)]
    pub(crate) failure_reason: Option<model::FailureReason>,
    pub(crate) processing: ProcessingView,
    /// Whether it is on its way out: `active`, `trashed`, `purging` or `purged`.
    pub(crate) disposal: DisposalName,
    pub(crate) participants: Vec<ParticipantView>,
    pub(crate) permissions: PermissionsView,
    /// For how many minutes of this quality the plan has room, while it runs. A running recording is finished all the same.
    #[schema(required)]
    pub(crate) plan_minutes_left: Option<u64>,
    /// What the recorder says, while it runs.
    #[schema(required)]
    pub(crate) recorder: Option<RecorderStatusView>,
}

/// Where a recording stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RecordingStateName {
    Requested,
    Live,
    Paused,
    Finalizing,
    Sealed,
    Failed,
}

/// Whether a recording is on its way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DisposalName {
    Active,
    Trashed,
    Purging,
    Purged,
}

/// How far transcript, minutes and index have come.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Processing)]
pub(crate) struct ProcessingView {
    pub(crate) transcript: StageView,
    pub(crate) minutes: StageView,
    /// Whether everything that is done can be found by search.
    pub(crate) searchable: bool,
}

/// How one step of the processing ended, or that it has not.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[schema(as = StageOutcome)]
pub(crate) enum StageView {
    Waiting,
    Done {
        /// The version of the artefact.
        version: u32,
    },
    Failed {
        /// What went wrong.
        problem: String,
    },
}

/// A person in the meeting.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Participant)]
pub(crate) struct ParticipantView {
    pub(crate) id: String,
    pub(crate) display_name: String,
    #[schema(required)]
    pub(crate) user_id: Option<String>,
    #[schema(required, value_type = Option<schemas::Language>)]
    pub(crate) language: Option<model::Language>,
}

/// What the caller may do with the recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Permissions)]
#[expect(clippy::struct_excessive_bools, reason = "each shows or hides a button of its own")]
pub(crate) struct PermissionsView {
    pub(crate) can_control: bool,
    pub(crate) can_view: bool,
    pub(crate) can_download: bool,
    /// Confirm, reword and reject lines of the minutes, and have them written again.
    pub(crate) can_review_minutes: bool,
    pub(crate) can_edit_transcript: bool,
    /// Whether the caller may see the transcript's older versions and what is suppressed in it.
    pub(crate) can_review_transcript: bool,
    pub(crate) can_read_transcript: bool,
    pub(crate) can_read_minutes: bool,
    /// Whether the caller may change whom it is open to.
    pub(crate) can_share: bool,
    pub(crate) can_read_view_log: bool,
    /// Move it to the trash and take it out again.
    pub(crate) can_trash: bool,
}

/// Everything a recording's view is made of.
pub(crate) struct RecordingFacts {
    pub(crate) recording: Recording,
    pub(crate) host_name: String,
    pub(crate) participants: Vec<Participant>,
    pub(crate) stored_bytes: u64,
    pub(crate) searchable: bool,
    pub(crate) permissions: PermissionsView,
    pub(crate) plan_minutes_left: Option<u64>,
    pub(crate) recorder: Option<RecorderStatus>,
    /// The tracks that the recorder's figures are about.
    pub(crate) tracks: Vec<Track>,
}

impl From<RecordingFacts> for RecordingView {
    fn from(facts: RecordingFacts) -> Self {
        let recording = facts.recording;
        let state = StateFields::of(&recording.state);
        Self {
            id: recording.id.to_string(),
            version: recording.version,
            meeting_id: recording.meeting_id.to_string(),
            title: recording.title,
            host_user_id: recording.host_user_id.to_string(),
            host_name: facts.host_name,
            language: recording.language,
            profile: recording.profile,
            layout: recording.layout,
            smart_minutes: recording.smart_minutes,
            time_zone: recording.time_zone,
            created_at: time_text(recording.created_at),
            state: state.name,
            started_at: recording.state.started_at().map(time_text),
            paused_at: state.paused_at,
            stopped_at: state.stopped_at,
            duration_ms: state.duration_ms,
            stored_bytes: facts.stored_bytes,
            failure_reason: state.failure_reason,
            processing: ProcessingView::new(&recording.processing, facts.searchable),
            disposal: (&recording.disposal).into(),
            participants: facts.participants.into_iter().map(ParticipantView::from).collect(),
            permissions: facts.permissions,
            plan_minutes_left: facts.plan_minutes_left,
            recorder: facts.recorder.map(|status| RecorderStatusView::new(&status, &facts.tracks)),
        }
    }
}

struct StateFields {
    name: RecordingStateName,
    paused_at: Option<String>,
    stopped_at: Option<String>,
    duration_ms: Option<u64>,
    failure_reason: Option<model::FailureReason>,
}

impl StateFields {
    fn of(state: &RecordingState) -> Self {
        let plain = |name| Self { name, paused_at: None, stopped_at: None, duration_ms: None, failure_reason: None };
        match state {
            RecordingState::Requested => plain(RecordingStateName::Requested),
            RecordingState::Live { .. } => plain(RecordingStateName::Live),
            RecordingState::Paused { paused_at, .. } => {
                Self { paused_at: Some(time_text(*paused_at)), ..plain(RecordingStateName::Paused) }
            }
            RecordingState::Finalizing { stopped_at, .. } => {
                Self { stopped_at: Some(time_text(*stopped_at)), ..plain(RecordingStateName::Finalizing) }
            }
            RecordingState::Sealed { stopped_at, duration_ms, .. } => Self {
                stopped_at: Some(time_text(*stopped_at)),
                duration_ms: Some(*duration_ms),
                ..plain(RecordingStateName::Sealed)
            },
            RecordingState::Failed { failed_at, reason, .. } => Self {
                stopped_at: Some(time_text(*failed_at)),
                failure_reason: Some(*reason),
                ..plain(RecordingStateName::Failed)
            },
        }
    }
}

impl ProcessingView {
    fn new(processing: &Processing, searchable: bool) -> Self {
        Self { transcript: (&processing.transcript).into(), minutes: (&processing.minutes).into(), searchable }
    }
}

impl From<&StageOutcome> for StageView {
    fn from(outcome: &StageOutcome) -> Self {
        match outcome {
            StageOutcome::Waiting => Self::Waiting,
            StageOutcome::Done { version } => Self::Done { version: *version },
            StageOutcome::Failed { problem } => Self::Failed { problem: problem.clone() },
        }
    }
}

impl From<&model::Disposal> for DisposalName {
    fn from(disposal: &model::Disposal) -> Self {
        match disposal {
            model::Disposal::Active => Self::Active,
            model::Disposal::Trashed { .. } => Self::Trashed,
            model::Disposal::Purging => Self::Purging,
            model::Disposal::Purged { .. } => Self::Purged,
        }
    }
}

impl From<Participant> for ParticipantView {
    fn from(participant: Participant) -> Self {
        Self {
            id: participant.id.to_string(),
            display_name: participant.display_name,
            user_id: participant.user_id.map(String::from),
            language: participant.language,
        }
    }
}
