use model::{Codec, TrackId};
use thiserror::Error as ThisError;

use crate::MissingElement;

/// Says why the mixer could not do what was asked.
#[derive(Debug, ThisError)]
pub enum Error {
    /// GStreamer itself could not be initialised.
    #[error("initialise GStreamer")]
    Initialise(#[source] gst::glib::Error),
    /// The statically linked CMAF plugin could not be registered.
    #[error("register the CMAF multiplexer")]
    Register(#[source] gst::glib::BoolError),
    /// GStreamer elements are not installed; `huiji doctor` lists them too.
    #[error("GStreamer elements are missing: {}", list(.0))]
    MissingElements(Vec<MissingElement>),
    /// A setting is outside its range.
    #[error("mixer setting {field} {problem}")]
    InvalidSetting {
        /// The setting's name.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// A line of text could not be rendered.
    #[error("render text")]
    Text(#[source] gst::glib::Error),
    /// A part of the media graph could not be built.
    #[error("build {part} of the media graph")]
    Graph {
        /// Which part.
        part: &'static str,
        /// What GStreamer said.
        #[source]
        source: gst::glib::BoolError,
    },
    /// The line with title and clock could not be rendered.
    #[error("render the picture's caption")]
    Caption(#[source] gst::glib::Error),
    /// A part of the media graph did not change state.
    #[error("change the state of {part} of the media graph")]
    State {
        /// Which part.
        part: &'static str,
        /// What GStreamer said.
        #[source]
        source: gst::StateChangeError,
    },
    /// A worker thread could not be started.
    #[error("start thread {name}")]
    Thread {
        /// The thread's name.
        name: &'static str,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The track contradicts itself.
    #[error("track {track_id} is not valid")]
    InvalidTrack {
        /// The track.
        track_id: TrackId,
        /// The rule it breaks.
        #[source]
        source: model::Error,
    },
    /// A track of that id is being mixed already.
    #[error("track {0} is being mixed already")]
    TrackExists(TrackId),
    /// No track of that id is being mixed.
    #[error("track {0} is not being mixed")]
    UnknownTrack(TrackId),
    /// This GStreamer has no depayloader or decoder for the codec.
    #[error("track {track_id} is {codec}, which this GStreamer cannot receive")]
    UnsupportedCodec {
        /// The track.
        track_id: TrackId,
        /// Its codec.
        codec: Codec,
    },
    /// The mix is being finished; nothing can be added.
    #[error("the mix is being finished")]
    Finishing,
}

fn list(elements: &[MissingElement]) -> String {
    let items: Vec<String> = elements
        .iter()
        .map(|missing| format!("{} (apt install {})", missing.element, missing.debian_package))
        .collect();
    items.join(", ")
}
