//! RTP in: order, time, lip sync, feedback. Pure: time and packets are arguments, no I/O, no GStreamer.

mod key_frame;
mod lip_sync;
mod off_record;
mod receiver;
mod reorder_buffer;
mod rtcp;
mod rtp;
mod rtp_clock;

pub(crate) use key_frame::begins_key_frame;
pub(crate) use lip_sync::LipSync;
pub(crate) use off_record::OffRecord;
pub(crate) use receiver::{ReceivedPacket, Receiver};
pub(crate) use rtcp::{Feedback, sender_reports};
