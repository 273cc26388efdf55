//! The picture: who is shown where, what is drawn by hand, and when it changes.

mod active_speaker;
mod canvas;
mod caption;
mod layout;
mod picture_runs;
mod scene;
mod text;

pub(crate) use active_speaker::{ActiveSpeaker, SpeakerChange};
pub(crate) use canvas::{Canvas, HIGHLIGHT, Overlay, paint};
pub(crate) use caption::Caption;
pub use layout::{Stage, Tile, TileArea, TileContent, arrange};
pub(crate) use picture_runs::PictureRuns;
pub(crate) use scene::{Scene, SceneTimeline};
pub(crate) use text::{Bitmap, TextRenderer};
pub use text::{TextLine, render_text};
