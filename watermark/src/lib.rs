//! The marks that name a viewer, burned into the pictures of stored CMAF segments.
//!
//! A segment goes through decode, overlay and encode with everything the container says left as it is: the same boxes,
//! times, durations and sample flags; only the coded pictures and their sizes are others. Each segment starts with a
//! picture that needs none before it, so segments can be marked one by one and in any order, and all of them play with
//! the one header of [`PictureMarker::mark_header`]. No I/O, no clock; work that takes time runs where the caller says.
#![warn(missing_docs)]

mod boxes;
mod error;
mod fragment;
mod mark;
mod nal_units;
mod picture_coder;
mod picture_marker;

pub use error::Error;
pub use mark::{Mark, MarkStyle, TextCoverage};
pub use picture_marker::PictureMarker;
