//! The API in process: the real store on SQLite and a directory, a clock that stands still, a stand-in for recorders.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod artefacts;
mod bad_input;
mod cases;
mod content;
mod deletion_paths;
mod description;
mod editing;
mod governance;
mod hardening;
mod harness;
mod matrix;
mod minutes_exports;
mod minutes_review;
mod mp4;
mod playback;
mod recordings;
mod search;
mod session;
mod sharing;
mod stand_in_marking;
mod stand_in_recorder;
mod streams;
mod tracks;
mod watermarked;
