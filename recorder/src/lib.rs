//! One recording from its first packet to its sealed manifest.
//!
//! A recording is carried by a child process ([`run_child`]) that joins `ingest` to `mixer` and writes closed files into
//! a spool directory; it touches neither the database nor the object store. The parent keeps one task for each child
//! ([`Recorders`]): it forwards commands, uploads what the child closed, and at the end seals the manifest. Everything
//! the parent must know survives in the spool's file names, so either side may die and the other goes on.
//!
//! When a child dies in the middle of a meeting, what it wrote is salvaged up to its last whole chunk and another child
//! takes over the same recording; the time between is marked on the timeline. After a restart of everything, what is
//! left of a recording is salvaged and sealed.
//!
//! Invariant: a spool file is deleted only after the store has confirmed its content and its row is `published`.

mod capacity;
mod child;
mod child_process;
mod child_settings;
mod control;
mod control_client;
mod control_server;
mod disk_guard;
mod disk_watch;
mod error;
mod keeper;
mod media_ends;
mod next_sequences;
mod open_segment;
mod recorders;
mod recording_update;
mod remux;
mod rendition_file;
mod reserve;
mod seal;
mod spool;
mod spool_writer;
mod takeover;
mod upload;
mod upload_progress;
mod uploader;
mod verify;

pub use child::run_child;
pub use child_settings::{ChildSettings, PortRange};
pub use disk_guard::DiskLimits;
pub use error::Error;
pub use ingest::SourceNetwork;
pub use recorders::{RecorderSettings, Recorders};
pub use remux::export_mp4;
pub use verify::{ObjectProblem, VerificationReport, verify_recording};
