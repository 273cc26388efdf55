//! Whole mixes in real time: synthetic participants in, media measured out.

extern crate gstreamer as gst;
extern crate gstreamer_app as gst_app;
extern crate gstreamer_video as gst_video;

mod boxes;
mod comings_and_goings;
mod decoded;
mod hostile_media;
mod meeting;
mod network;
mod stored_media;
mod synchronisation;
mod weather;
