use serde::{Deserialize, Serialize};

use crate::{
    Disposal, Error, Language, Layout, MeetingId, Processing, Profile, RecordingId, RecordingState, TenantId,
    Timestamp, UserId,
};

/// One recording of a meeting: what was asked for, and where it stands.
///
/// Its three lifecycles are independent: [`RecordingState`] says whether media is still coming in, [`Processing`] how
/// far transcript, minutes and index have come, [`Disposal`] whether it is on its way out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// The id given by Huiji.
    pub id: RecordingId,
    /// The organisation it belongs to.
    pub tenant_id: TenantId,
    /// The meeting it records.
    pub meeting_id: MeetingId,
    /// The meeting's title. Untrusted text: escape it wherever it is rendered.
    pub title: String,
    /// The account that owns the meeting.
    pub host_user_id: UserId,
    /// The language most of the meeting is held in; participants may each have their own.
    pub language: Language,
    /// The quality it is recorded in.
    pub profile: Profile,
    /// The arrangement of the picture.
    pub layout: Layout,
    /// Whether minutes are written when it ends, counted against the plan.
    pub smart_minutes: bool,
    /// The IANA time zone in which dates that people say are resolved.
    pub time_zone: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Whether media is coming in.
    pub state: RecordingState,
    /// How far transcript, minutes and index have come.
    pub processing: Processing,
    /// Whether it is on its way out.
    pub disposal: Disposal,
    /// Grows by one with each saved change; a save with an old version is refused.
    pub version: i64,
}

impl Recording {
    const TITLE_CHARS_MAX: usize = 256;

    /// Checks a title: 1 to 256 characters and no control characters.
    ///
    /// # Errors
    /// [`Error::InvalidField`] naming `title`.
    pub fn validate_title(title: &str) -> Result<(), Error> {
        let length = title.chars().count();
        if length == 0 || length > Self::TITLE_CHARS_MAX || title.chars().any(char::is_control) {
            return Err(Error::InvalidField {
                field: "title",
                problem: format!("must be 1 to {} characters without control characters", Self::TITLE_CHARS_MAX),
            });
        }
        Ok(())
    }
}
