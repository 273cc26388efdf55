//! The whole way from speech chunks to transcripts, with the fixture model on the demo meeting.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod demo_meeting;
mod fixtures;
mod recordings;
mod scripted;
mod untidy_input;
