//! Transcript and minutes as files: pure functions from `model` to text. Everything said or named in a meeting is
//! untrusted and is escaped for the format it goes into.

mod cue;
mod file_name;
mod markdown;
mod minutes_markdown;
mod speaker_names;
mod subrip;
mod transcript_markdown;
mod webvtt;

pub(crate) use file_name::content_disposition;
pub(crate) use minutes_markdown::minutes_markdown;
pub(crate) use speaker_names::SpeakerNames;
pub(crate) use subrip::subrip;
pub(crate) use transcript_markdown::transcript_markdown;
pub(crate) use webvtt::webvtt;

#[cfg(test)]
mod fixtures;
