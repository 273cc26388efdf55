//! `huiji demo`: holds a scripted meeting over real RTP against a real server, through the public API only, and measures
//! what comes of it.

mod choreography;
mod client;
mod meeting;
mod opus_feed;
mod outcome;
mod report;
mod rtp_sender;
mod run;
mod scoring;
mod script;
mod video_feed;

pub(crate) use run::run_demo;
