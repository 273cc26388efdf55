//! The index against a real store: the demo meeting, crashes, rebuilds and deletions.

mod archive;
mod erasure;
mod following;
mod judged;
mod meeting;
mod misspelling;
