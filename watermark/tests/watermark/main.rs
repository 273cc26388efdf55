//! Marks real segments and reads the pictures back.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod bad_media;
mod delivered_pictures;
mod media;
