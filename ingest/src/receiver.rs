use std::io;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::os::fd::AsRawFd;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use model::{DropCounters, MediaAddress, Track, TrackId, TrackStatistics};
use nix::sys::socket::{MsgFlags, SockaddrStorage, sendto};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::datagram_batch::DatagramBatch;
use crate::socket_pair::SocketPair;
use crate::{Arrival, Demultiplexer, DemultiplexerSettings, Error, LocalPort, OutgoingRtcp, RoutedPacket};

/// Where to receive and from whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiverSettings {
    /// The local address.
    pub address: IpAddr,
    /// The ports to choose an even one with its odd neighbour from; the system chooses when none.
    pub ports: Option<RangeInclusive<u16>>,
    /// The kernel's buffer for each socket: it must hold what comes while the mixer's host is busy elsewhere.
    pub receive_buffer_bytes: usize,
    /// Who may send.
    pub demultiplexer: DemultiplexerSettings,
}

impl ReceiverSettings {
    /// Returns the settings that suit most: any ports, 4 MiB of buffer, senders from anywhere.
    #[must_use]
    pub fn on(address: IpAddr) -> Self {
        Self { address, ports: None, receive_buffer_bytes: 4 << 20, demultiplexer: DemultiplexerSettings::default() }
    }
}

/// What a sink did with a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Took it.
    Taken,
    /// Had no room; the packet is counted as overrun.
    Overrun,
}

/// What has arrived so far.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceiverStatistics {
    /// Every track in the order they were added.
    pub tracks: Vec<TrackStatistics>,
    /// Datagrams that belong to no track.
    pub dropped: DropCounters,
}

/// Receives the tracks of one recording on a pair of UDP ports.
///
/// Tracks may come, change and go while [`Receiver::run`] runs; every method but it returns at once and may be called
/// from any thread.
pub struct Receiver {
    sockets: SocketPair,
    demultiplexer: Mutex<Demultiplexer>,
}

impl Receiver {
    /// Binds the ports. Datagrams are buffered from here on. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// [`Error::AddressNotLocal`], [`Error::NoFreePortPair`], [`Error::PortForbidden`] or [`Error::Bind`].
    pub fn bind(settings: ReceiverSettings) -> Result<Self, Error> {
        let ReceiverSettings { address, ports, receive_buffer_bytes, demultiplexer } = settings;
        let sockets = SocketPair::bind(address, ports.as_ref(), receive_buffer_bytes)?;
        Ok(Self { sockets, demultiplexer: Mutex::new(Demultiplexer::new(demultiplexer)) })
    }

    /// Returns where the SFU is to send. The address is the configured one, so `0.0.0.0` stays `0.0.0.0`.
    #[must_use]
    pub const fn media_address(&self) -> MediaAddress {
        let rtp_port = self.sockets.rtp_port;
        MediaAddress { address: self.sockets.address, rtp_port, rtcp_port: rtp_port + 1 }
    }

    /// Begins to take a track's packets.
    ///
    /// # Errors
    /// As [`Demultiplexer::add_track`].
    pub fn add_track(&self, track: &Track) -> Result<(), Error> {
        self.lock().add_track(track)
    }

    /// Takes over a track's changed SSRC, payload type or key.
    ///
    /// # Errors
    /// As [`Demultiplexer::update_track`].
    pub fn update_track(&self, track: &Track) -> Result<(), Error> {
        self.lock().update_track(track)
    }

    /// Stops taking a track's packets and returns its final counters.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`].
    pub fn remove_track(&self, track_id: &TrackId) -> Result<TrackStatistics, Error> {
        self.lock().remove_track(track_id, Instant::now())
    }

    /// Returns the counters as of now.
    #[must_use]
    pub fn statistics(&self) -> ReceiverStatistics {
        let demultiplexer = self.lock();
        ReceiverStatistics {
            tracks: demultiplexer.track_statistics(Instant::now()),
            dropped: demultiplexer.drop_counters(),
        }
    }

    /// Sends RTCP about a track to where the track's RTCP comes from, else to the source of its RTP.
    ///
    /// # Errors
    /// As [`Demultiplexer::address_rtcp`], or [`Error::SendRtcp`]. The next report makes up for a lost one.
    pub fn send_rtcp(&self, track_id: &TrackId, packet: Bytes) -> Result<(), Error> {
        let OutgoingRtcp { port, destination, datagram } = self.lock().address_rtcp(track_id, packet)?;
        let descriptor = self.sockets.socket(port).as_raw_fd();
        // Straight to the system: tokio's own try_send needs its reactor to have seen the socket writable first.
        let sent = sendto(descriptor, &datagram, &SockaddrStorage::from(destination), MsgFlags::MSG_DONTWAIT);
        sent.map(drop).map_err(|errno| Error::SendRtcp {
            track_id: track_id.clone(),
            destination,
            source: errno.into(),
        })
    }

    /// Receives until cancelled, handing each packet to the sink in the order of arrival.
    ///
    /// The sink must not block; it says when it has no room. It may call this receiver's methods.
    ///
    /// # Errors
    /// [`Error::Receive`] when a socket fails; the receiver may be run again.
    pub async fn run(
        &self,
        mut sink: impl FnMut(RoutedPacket) -> Delivery + Send,
        cancellation: &CancellationToken,
    ) -> Result<(), Error> {
        let SocketPair { rtp, rtcp, .. } = &self.sockets;
        let mut rtp_batch = DatagramBatch::new(rtp).map_err(|source| self.receive_error(LocalPort::Rtp, source))?;
        let mut rtcp_batch = DatagramBatch::new(rtcp).map_err(|source| self.receive_error(LocalPort::Rtcp, source))?;
        let mut routed = Vec::new();
        loop {
            let (filled, batch, port) = tokio::select! {
                () = cancellation.cancelled() => return Ok(()),
                filled = rtp_batch.fill(rtp) => (filled, &mut rtp_batch, LocalPort::Rtp),
                filled = rtcp_batch.fill(rtcp) => (filled, &mut rtcp_batch, LocalPort::Rtcp),
            };
            filled.map_err(|source| self.receive_error(port, source))?;
            self.route(batch, port, &mut routed);
            let overruns =
                routed.drain(..).filter_map(|packet| (sink(packet) == Delivery::Overrun).then_some(())).count();
            if overruns > 0 {
                self.lock().count_overruns(overruns as u64);
            }
        }
    }

    fn route(&self, batch: &mut DatagramBatch, port: LocalPort, routed: &mut Vec<RoutedPacket>) {
        let at = Instant::now();
        let mut demultiplexer = self.lock();
        demultiplexer.count_overruns(batch.take_kernel_drops());
        for datagram in batch.drain() {
            let arrival = Arrival { at, source: datagram.source, port };
            let packet = demultiplexer.handle_datagram(arrival, datagram.bytes).ok();
            routed.extend(demultiplexer.take_repaired());
            routed.extend(packet);
        }
    }

    fn receive_error(&self, port: LocalPort, source: io::Error) -> Error {
        let MediaAddress { address, rtp_port, rtcp_port } = self.media_address();
        let local_port = if port == LocalPort::Rtp { rtp_port } else { rtcp_port };
        Error::Receive { local: (address, local_port).into(), source }
    }

    fn lock(&self) -> MutexGuard<'_, Demultiplexer> {
        // The core never leaves itself half changed, so a panic elsewhere does not spoil it.
        self.demultiplexer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
