use model::{LinkAudience, ShareRights, ShareScope, Sharing, SharingPolicy, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{AccessRequest, AccessRequestState, ShareLink};
use utoipa::{IntoParams, ToSchema};

use super::closed_set_schemas as schemas;
use super::playback::PlaybackView;
use super::recording::ParticipantView;
use super::time_text::time_text;

/// What those admitted may have beside the picture and the sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ShareRights)]
pub(crate) struct ShareRightsView {
    /// Read what was said; without it there are no captions either.
    pub(crate) transcript: bool,
    pub(crate) minutes: bool,
    /// Take away as a file what may be seen and read.
    pub(crate) download: bool,
}

/// Whom a recording is open to from here on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SharingChange {
    #[schema(value_type = schemas::ShareScope)]
    pub(crate) scope: ShareScope,
    pub(crate) rights: ShareRightsView,
    /// Whether members of the organisation who are not admitted may know of it and ask to be.
    pub(crate) takes_requests: bool,
    /// Whether every picture that is delivered names its viewer.
    pub(crate) watermark: bool,
}

/// Whom a recording is open to, and how.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Sharing)]
pub(crate) struct SharingView {
    #[schema(value_type = schemas::ShareScope)]
    pub(crate) scope: ShareScope,
    pub(crate) rights: ShareRightsView,
    pub(crate) takes_requests: bool,
    /// Whether every picture that is delivered names its viewer; the administrator may ask for it besides.
    pub(crate) watermark: bool,
    /// Those named as viewers.
    pub(crate) viewers: Vec<PersonView>,
    /// Newest first, those that ended too.
    pub(crate) links: Vec<ShareLinkView>,
    /// Those who asked for access, oldest first.
    pub(crate) requests: Vec<AccessRequestView>,
    /// What the administrator allows.
    pub(crate) policy: SharingPolicyView,
}

/// An account.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Person)]
pub(crate) struct PersonView {
    pub(crate) id: String,
    /// The name shown to others; the account's id when none is known.
    pub(crate) display_name: String,
}

/// The accounts that were looked for.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = People)]
pub(crate) struct PeopleView {
    pub(crate) people: Vec<PersonView>,
}

/// Whom to look for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PeopleQuery {
    /// Part of a name, any case.
    #[serde(default)]
    pub(crate) q: String,
}

/// A link to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewShareLink {
    #[schema(value_type = schemas::LinkAudience)]
    pub(crate) audience: LinkAudience,
    pub(crate) rights: ShareRightsView,
    /// 4 to 1024 bytes; none when left out.
    #[serde(default)]
    #[schema(format = Password)]
    pub(crate) password: Option<String>,
    /// An RFC 3339 time; none when left out.
    #[serde(default)]
    pub(crate) expires_at: Option<String>,
    /// How often it may be opened; as often as one likes when left out.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub(crate) views_max: Option<u32>,
}

/// A link that was just made. Its secret is shown this once.
#[derive(Serialize, ToSchema)]
#[schema(as = ShareLinkCreated)]
pub(crate) struct ShareLinkCreatedView {
    pub(crate) link: ShareLinkView,
    /// Where the console opens it, below the address of the console. The part after `#` is the secret; browsers keep it
    /// to themselves.
    #[schema(example = "/s#0123456789abcdefABCDEF")]
    pub(crate) path: String,
}

/// A link without its secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ShareLink)]
pub(crate) struct ShareLinkView {
    pub(crate) id: String,
    #[schema(value_type = schemas::LinkAudience)]
    pub(crate) audience: LinkAudience,
    pub(crate) rights: ShareRightsView,
    pub(crate) has_password: bool,
    pub(crate) created_by: String,
    pub(crate) created_at: String,
    #[schema(required)]
    pub(crate) expires_at: Option<String>,
    #[schema(required)]
    pub(crate) views_max: Option<u32>,
    /// How often it was opened.
    pub(crate) views: u32,
    pub(crate) state: ShareLinkState,
}

/// Whether a link still opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ShareLinkState {
    Open,
    Expired,
    UsedUp,
    Revoked,
}

/// Somebody's request for access.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AccessRequest)]
pub(crate) struct AccessRequestView {
    pub(crate) person: PersonView,
    pub(crate) reason: String,
    pub(crate) asked_at: String,
    pub(crate) state: AccessRequestStateName,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AccessRequestStateName {
    Waiting,
    Granted,
    Refused,
}

/// Asks the host for access.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccessQuestion {
    /// Why, up to 500 characters.
    #[serde(default)]
    pub(crate) reason: String,
}

/// The host's answer to a request.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccessAnswer {
    /// Names who asked as a viewer.
    pub(crate) grant: bool,
}

/// Who watched and took away a recording, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ViewLog)]
pub(crate) struct ViewLogView {
    pub(crate) entries: Vec<ViewLogEntryView>,
}

/// One view or download.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ViewLogEntry)]
pub(crate) struct ViewLogEntryView {
    pub(crate) at: String,
    /// `playback.start`, `link.open`, `download.mp4`, `playback.download`, `export.transcript` or `export.minutes`.
    pub(crate) action: String,
    /// `allowed` or `denied`.
    pub(crate) outcome: String,
    /// The account, the API key, or the link for somebody who did not sign in.
    pub(crate) who: PersonView,
    /// The link it was done with.
    #[schema(required)]
    pub(crate) link_id: Option<String>,
}

/// A link to be opened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkToOpen {
    /// The secret of the link.
    pub(crate) token: String,
    #[serde(default)]
    #[schema(format = Password)]
    pub(crate) password: Option<String>,
    /// How the viewer wants to be called, when not signed in; up to 64 characters.
    #[serde(default)]
    pub(crate) name: Option<String>,
}

/// What a link opened.
#[derive(Serialize, ToSchema)]
#[schema(as = LinkOpened)]
pub(crate) struct LinkOpenedView {
    pub(crate) recording: OpenedRecordingView,
    pub(crate) rights: ShareRightsView,
    pub(crate) playback: PlaybackView,
    /// The transcript as JSON; null without the right to it or while there is none.
    #[schema(required)]
    pub(crate) transcript_url: Option<String>,
    /// The minutes as JSON; null without the right to them or while there are none.
    #[schema(required)]
    pub(crate) minutes_url: Option<String>,
    /// POST to it asks for the MP4, GET takes it away; null without the right to.
    #[schema(required)]
    pub(crate) download_url: Option<String>,
}

/// What whoever opened a link may know of its recording.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OpenedRecording)]
pub(crate) struct OpenedRecordingView {
    pub(crate) title: String,
    pub(crate) host_name: String,
    #[schema(required)]
    pub(crate) started_at: Option<String>,
    #[schema(required)]
    pub(crate) duration_ms: Option<u64>,
    /// Whether it is still being recorded.
    pub(crate) live: bool,
    /// Who was there; empty without the right to transcript and minutes.
    pub(crate) participants: Vec<ParticipantView>,
}

/// What an administrator allows to be shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SharingPolicy)]
pub(crate) struct SharingPolicyView {
    /// The widest audience of a link; null when there are to be no links. Links that are wider stop opening at once.
    #[schema(required, value_type = Option<schemas::LinkAudience>)]
    pub(crate) links: Option<LinkAudience>,
    /// How many days a new link may live; null for as long as its host likes.
    #[schema(required, minimum = 1)]
    pub(crate) link_days_max: Option<u32>,
    /// Whether every recording is delivered with its viewer's name in the picture.
    pub(crate) watermark_always: bool,
}

impl PersonView {
    pub(crate) fn unnamed(id: &UserId) -> Self {
        Self { id: id.to_string(), display_name: id.to_string() }
    }
}

impl From<ShareRights> for ShareRightsView {
    fn from(rights: ShareRights) -> Self {
        Self { transcript: rights.transcript, minutes: rights.minutes, download: rights.download }
    }
}

impl From<ShareRightsView> for ShareRights {
    fn from(rights: ShareRightsView) -> Self {
        Self { transcript: rights.transcript, minutes: rights.minutes, download: rights.download }
    }
}

impl SharingChange {
    /// Returns what is decided now.
    pub(crate) fn sharing(&self) -> Sharing {
        Sharing {
            scope: self.scope,
            rights: self.rights.into(),
            takes_requests: self.takes_requests,
            watermark: self.watermark,
        }
    }
}

impl ShareLinkView {
    pub(crate) fn new(link: &ShareLink, now: Timestamp) -> Self {
        let state = if link.revoked_at.is_some() {
            ShareLinkState::Revoked
        } else if !link.is_in_force(now) {
            ShareLinkState::Expired
        } else if !link.may_be_opened(now) {
            ShareLinkState::UsedUp
        } else {
            ShareLinkState::Open
        };
        Self {
            id: link.id.to_string(),
            audience: link.audience,
            rights: link.rights.into(),
            has_password: link.password_hash.is_some(),
            created_by: link.created_by.to_string(),
            created_at: time_text(link.created_at),
            expires_at: link.expires_at.map(time_text),
            views_max: link.views_max,
            views: link.views,
            state,
        }
    }
}

impl AccessRequestView {
    pub(crate) fn new(request: AccessRequest, person: PersonView) -> Self {
        let state = match request.state {
            AccessRequestState::Waiting => AccessRequestStateName::Waiting,
            AccessRequestState::Granted => AccessRequestStateName::Granted,
            AccessRequestState::Refused => AccessRequestStateName::Refused,
        };
        Self { person, reason: request.reason, asked_at: time_text(request.asked_at), state }
    }
}

impl From<SharingPolicy> for SharingPolicyView {
    fn from(policy: SharingPolicy) -> Self {
        Self { links: policy.links, link_days_max: policy.link_days_max, watermark_always: policy.watermark_always }
    }
}

impl SharingPolicyView {
    /// Returns what is allowed now.
    pub(crate) const fn policy(self) -> SharingPolicy {
        SharingPolicy { links: self.links, link_days_max: self.link_days_max, watermark_always: self.watermark_always }
    }
}
