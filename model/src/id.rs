use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Error;

const LENGTH_MAX: usize = 64;

fn validate(kind: &'static str, value: &str) -> Result<(), Error> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if value.is_empty() || value.len() > LENGTH_MAX || !value.bytes().all(allowed) || value.starts_with('.') {
        return Err(Error::InvalidId { kind, value: value.chars().take(80).collect() });
    }
    Ok(())
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        ///
        /// 1 to 64 characters of `A-Z a-z 0-9 . _ -`, not starting with a dot, so it is safe in paths and URLs.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Parses the text form.
            ///
            /// # Errors
            /// [`Error::InvalidId`] when the text breaks the rule above.
            pub fn new(value: impl Into<String>) -> Result<Self, Error> {
                let value = value.into();
                validate($kind, &value)?;
                Ok(Self(value))
            }

            /// Returns the text form.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = Error;
            fn from_str(value: &str) -> Result<Self, Error> {
                Self::new(value)
            }
        }

        impl TryFrom<String> for $name {
            type Error = Error;
            fn try_from(value: String) -> Result<Self, Error> {
                Self::new(value)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

text_id!(/** Names an organisation; nothing crosses from one tenant to another. */ TenantId, "tenant");
text_id!(/** Names one recording; random, never derived from a title. */ RecordingId, "recording");
text_id!(/** Names a meeting as the meeting platform does; one meeting may have several recordings. */ MeetingId, "meeting");
text_id!(/** Names one RTP source inside a recording. */ TrackId, "track");
text_id!(/** Names a person in a meeting as the meeting platform's roster does. */ ParticipantId, "participant");
text_id!(/** Names an account of the console or of the meeting platform. */ UserId, "user");
text_id!(/** Names one utterance inside a recording, stable across transcript versions. */ UtteranceId, "utterance");
text_id!(/** Names one job of the durable half. */ JobId, "job");
text_id!(/** Names an API key; not the secret itself. */ ApiKeyId, "api key");
text_id!(/** Names an address that is told what becomes of recordings. */ WebhookId, "webhook");
text_id!(/** Names a legal hold. */ HoldId, "legal hold");
text_id!(/** Names a retention rule. */ RuleId, "retention rule");
text_id!(/** Names a link that opens a recording; not the secret in its URL. */ ShareLinkId, "share link");
text_id!(/** Names a case of the compliance team. */ CaseId, "case");
text_id!(/** Names one export of a case. */ ExportId, "export");
text_id!(/** Names one viewer's playback session; not the secret in its URL. */ PlaybackSessionId, "playback session");

#[cfg(test)]
mod tests {
    use super::RecordingId;

    #[test]
    fn ids_are_safe_in_paths() {
        for bad in ["", "../etc", "a/b", ".hidden", "名", "a b", &"x".repeat(65)] {
            assert!(RecordingId::new(bad).is_err(), "{bad:?} must be refused");
        }
        for good in ["r", "rec_01", "a.b-c", &"x".repeat(64)] {
            assert_eq!(RecordingId::new(good).expect("valid").as_str(), good);
        }
    }

    #[test]
    fn deserialising_validates() {
        assert!(serde_json::from_str::<RecordingId>("\"../x\"").is_err());
    }
}
