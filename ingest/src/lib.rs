//! RTP in: sockets, source checks, SSRC → track, loss and jitter accounting, SRTP, RTCP back to the SFU.
//!
//! [`Demultiplexer`] is the core: it performs no I/O and reads no clock. A datagram and its [`Arrival`] go in; out
//! comes a [`RoutedPacket`] that names its track, already decrypted, or the [`DropReason`]. Every media datagram is
//! counted exactly once, on its track or in the drop counters; a sequence number out of range shows up as loss when the
//! stream goes on from it. [`Receiver`] puts the core behind a pair of UDP sockets,
//! hands packets to a sink and sends RTCP back to where the track's RTCP comes from.
//!
//! Nothing an outsider sends makes this crate panic, allocate without bound, or trust a packet whose track, source
//! and (for SRTP) authentication do not fit.
#![warn(missing_docs)]

mod datagram_batch;
mod demultiplexer;
mod drop_reason;
mod error;
mod header_extension;
mod jitter;
mod receiver;
mod red;
mod replay_window;
mod rollover_search;
mod rtcp;
mod rtp_header;
mod sequence_tracker;
mod socket_pair;
mod source_latch;
mod source_network;
mod srtp_session;
mod track_receiver;

pub use demultiplexer::{Arrival, Demultiplexer, DemultiplexerSettings, LocalPort, OutgoingRtcp, RoutedPacket};
pub use drop_reason::DropReason;
pub use error::Error;
pub use receiver::{Delivery, Receiver, ReceiverSettings, ReceiverStatistics};
pub use rtcp::{RtcpCompound, RtcpPacket, RtcpPacketType, SenderReport};
pub use rtp_header::RtpHeader;
pub use source_network::SourceNetwork;
