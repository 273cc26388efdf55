//! The GStreamer side: the always-on graph, one branch per track, and the CMAF sinks.

mod branch;
mod cmaf;
mod cmaf_sink;
mod cut_line;
mod level_meter;
mod main_graph;
mod still_picture;
mod tile_board;

pub(crate) use branch::{Branch, OffRecords, SoundBranch, SpeechTap, VideoBranch};
pub(crate) use cmaf_sink::{CmafSink, buffer_of};
pub(crate) use level_meter::LevelMeter;
pub(crate) use main_graph::MainGraph;
pub(crate) use tile_board::{Dress, TileBoard, VideoTile};
