use serde::{Deserialize, Serialize};

use crate::{Error, Language, ParticipantId, UserId};

/// A person in a meeting's roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// The platform's id of the person in this meeting.
    pub id: ParticipantId,
    /// The name shown on tiles, transcript and minutes. Untrusted text: escape it wherever it is rendered.
    pub display_name: String,
    /// The account behind the person, when the platform knows it.
    pub user_id: Option<UserId>,
    /// The language the person speaks, when the roster says so.
    pub language: Option<Language>,
}

impl Participant {
    const DISPLAY_NAME_CHARS_MAX: usize = 128;

    /// Checks the free text: a display name has 1 to 128 characters and no control characters.
    ///
    /// # Errors
    /// [`Error::InvalidField`] naming the field.
    pub fn validate(&self) -> Result<(), Error> {
        let length = self.display_name.chars().count();
        if length == 0 || length > Self::DISPLAY_NAME_CHARS_MAX || self.display_name.chars().any(char::is_control) {
            return Err(Error::InvalidField {
                field: "display_name",
                problem: format!("must be 1 to {} characters without control characters", Self::DISPLAY_NAME_CHARS_MAX),
            });
        }
        Ok(())
    }
}
