//! The sweep on a real store.

mod archive;
mod sweeping;
