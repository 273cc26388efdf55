//! The whole way from speech chunks to transcripts, with the fixture model on the demo meeting.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod crosstalk;
mod demo_meeting;
mod fixtures;
mod guards;
mod live;
mod model_downloads;
mod recordings;
mod remote_engine;
mod scripted;
mod untidy_input;
mod worker_processes;
