//! Packets in, a mixed recording out: CMAF segments of picture and sound, and every microphone's speech on its own.
//!
//! The only package that links GStreamer. RTP packets are put in order and placed on the recording's timeline
//! (`receive`), decoded in a branch per track (`graph`), arranged by scenes that take effect at their moment of the
//! timeline (`picture`), mixed over ever-present black and silence, encoded and cut into CMAF chunks. Opus microphones
//! are also written, untouched, as speech chunks (`speech`).
//!
//! The timeline is running time on the monotonic clock since [`Mixer::start`]; it never jumps or stalls, whatever the
//! tracks do, and nothing that belongs to a pause is ever on it.

extern crate gstreamer as gst;
extern crate gstreamer_app as gst_app;
extern crate gstreamer_video as gst_video;

mod director;
mod error;
mod graph;
mod installation;
mod mix;
mod mixer;
mod outbox;
mod output;
mod picture;
mod receive;
mod settings;
mod speech;
pub mod synthetic;
mod track;
mod worker;

pub use error::Error;
pub use installation::{MissingElement, check_installation};
pub use mixer::Mixer;
pub(crate) use outbox::Outbox;
pub use output::MixerOutput;
pub use picture::{Stage, TextLine, Tile, TileArea, TileContent, arrange, render_text};
pub use settings::{MixerSettings, Picture};
pub use track::PushOutcome;
