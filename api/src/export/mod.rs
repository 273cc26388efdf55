//! Transcript and minutes as files: pure functions from `model` to text. Everything said or named in a meeting is
//! untrusted and is escaped for the format it goes into.

mod action_items_icalendar;
mod cue;
mod file_name;
mod markdown;
mod minutes_document;
mod minutes_docx;
mod minutes_markdown;
mod minutes_pdf;
mod pdf_layout;
mod speaker_names;
mod subrip;
mod transcript_markdown;
mod webvtt;

pub(crate) use action_items_icalendar::action_items_icalendar;
pub(crate) use file_name::content_disposition;
pub(crate) use minutes_document::MinutesDocument;
pub(crate) use minutes_docx::minutes_docx;
pub(crate) use minutes_markdown::minutes_markdown;
pub(crate) use minutes_pdf::minutes_pdf;
pub(crate) use speaker_names::SpeakerNames;
pub(crate) use subrip::subrip;
pub(crate) use transcript_markdown::transcript_markdown;
pub(crate) use webvtt::webvtt;

#[cfg(test)]
mod fixtures;
