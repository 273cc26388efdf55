//! Recordings carried by real child processes, and what is left when those are killed.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod crashes;
mod disk;
mod meeting;
