use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use model::{DropCounters, Track, TrackId, TrackStatistics};
use tokio::time::Instant;

use crate::rtp_header::is_rtcp;
use crate::track_receiver::TrackReceiver;
use crate::{DropReason, Error, RtcpCompound, RtpHeader, SourceNetwork};

/// Who may send, and how long the one who does is held on to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemultiplexerSettings {
    /// The networks media may come from; anywhere when empty.
    pub allowed_sources: Vec<SourceNetwork>,
    /// How long a track's source must be silent before unprotected packets from another address are taken.
    pub relatch_after: Duration,
}

impl Default for DemultiplexerSettings {
    fn default() -> Self {
        Self { allowed_sources: Vec::new(), relatch_after: Duration::from_secs(5) }
    }
}

/// Which of the two local ports a datagram came to or leaves from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LocalPort {
    /// The even port: RTP, and RTCP when the sender multiplexes it (RFC 5761).
    Rtp,
    /// The odd port above it: RTCP.
    Rtcp,
}

/// When, from where and to which port a datagram came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// When.
    pub at: Instant,
    /// From where.
    pub source: SocketAddr,
    /// To which local port.
    pub port: LocalPort,
}

/// A packet that was checked, decrypted and given to its track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoutedPacket {
    /// A media packet.
    Rtp {
        /// The track.
        track_id: Arc<TrackId>,
        /// The whole RTP packet in the clear.
        packet: Bytes,
        /// When it came.
        arrived_at: Instant,
    },
    /// A track's sender has another SSRC from here on; it comes before the packets that have it.
    Moved {
        /// The track.
        track_id: Arc<TrackId>,
        /// The SSRC.
        ssrc: u32,
    },
    /// A control packet.
    Rtcp {
        /// The tracks whose senders speak in it; at least one.
        track_ids: Vec<Arc<TrackId>>,
        /// The whole compound in the clear.
        packet: Bytes,
        /// When it came.
        arrived_at: Instant,
    },
}

/// RTCP ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingRtcp {
    /// The local port to send from.
    pub port: LocalPort,
    /// Where to.
    pub destination: SocketAddr,
    /// The bytes on the wire, protected when the track is.
    pub datagram: Bytes,
}

/// Gives datagrams to tracks. Performs no I/O and reads no clock.
#[derive(Default)]
pub struct Demultiplexer {
    settings: DemultiplexerSettings,
    /// In the order they were added.
    tracks: Vec<TrackReceiver>,
    position_of_ssrc: HashMap<u32, usize>,
    dropped: DropCounters,
    /// Packets that were made up for and wait to be taken.
    repaired: Vec<RoutedPacket>,
}

impl Demultiplexer {
    /// Makes one without tracks, which drops everything.
    #[must_use]
    pub fn new(settings: DemultiplexerSettings) -> Self {
        Self { settings, ..Self::default() }
    }

    /// Begins to take a track's packets.
    ///
    /// # Errors
    /// [`Error::InvalidTrack`], [`Error::TrackExists`], [`Error::SsrcInUse`] or [`Error::SrtpKey`]; nothing changes.
    pub fn add_track(&mut self, track: &Track) -> Result<(), Error> {
        self.check_track(track, None)?;
        if self.position(&track.id).is_ok() {
            return Err(Error::TrackExists { track_id: track.id.clone() });
        }
        self.tracks.push(TrackReceiver::new(track, self.settings.relatch_after)?);
        self.find_positions();
        Ok(())
    }

    /// Takes over a track's changed SSRC, payload type or key. Its counters go on.
    ///
    /// # Errors
    /// [`Error::InvalidTrack`], [`Error::UnknownTrack`], [`Error::SsrcInUse`] or [`Error::SrtpKey`]; nothing changes.
    pub fn update_track(&mut self, track: &Track) -> Result<(), Error> {
        let position = self.position(&track.id)?;
        self.check_track(track, Some(position))?;
        self.tracks[position].update(track)?;
        self.find_positions();
        Ok(())
    }

    /// Stops taking a track's packets and returns its final counters.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`].
    pub fn remove_track(&mut self, track_id: &TrackId, now: Instant) -> Result<TrackStatistics, Error> {
        let removed = self.tracks.remove(self.position(track_id)?);
        self.find_positions();
        Ok(removed.statistics(now))
    }

    /// Checks, decrypts and counts one datagram.
    ///
    /// # Errors
    /// Why it was dropped.
    pub fn handle_datagram(&mut self, arrival: Arrival, datagram: Bytes) -> Result<RoutedPacket, DropReason> {
        let routed = if !self.is_allowed(arrival.source) {
            Err(DropReason::WrongSource)
        } else if is_greeting(&arrival, &datagram) {
            self.greet(&arrival);
            Err(DropReason::Greeting)
        } else if is_rtcp(&datagram) {
            self.handle_rtcp(&arrival, datagram)
        } else {
            self.handle_rtp(&arrival, datagram)
        };
        routed.inspect_err(|reason| self.count_drop(*reason))
    }

    /// Takes the packets that the last datagram made up for, apart from what it is itself.
    pub fn take_repaired(&mut self) -> impl Iterator<Item = RoutedPacket> {
        self.repaired.drain(..)
    }

    /// Counts datagrams that were lost between the network and the mixer.
    pub const fn count_overruns(&mut self, datagrams: u64) {
        self.dropped.overrun += datagrams;
    }

    /// Protects and addresses RTCP about a track: it goes to where the track's RTCP comes from, else to the source
    /// of its RTP.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`], [`Error::NotRtcp`], [`Error::NoRtcpDestination`] or [`Error::ProtectRtcp`].
    pub fn address_rtcp(&mut self, track_id: &TrackId, packet: Bytes) -> Result<OutgoingRtcp, Error> {
        let position = self.position(track_id)?;
        if RtcpCompound::parse(&packet).is_err() {
            return Err(Error::NotRtcp { track_id: track_id.clone() });
        }
        self.tracks[position].address_rtcp(packet)
    }

    /// Returns the counters of every track as of `now`, in the order they were added.
    #[must_use]
    pub fn track_statistics(&self, now: Instant) -> Vec<TrackStatistics> {
        self.tracks.iter().map(|track| track.statistics(now)).collect()
    }

    /// Returns the counters of datagrams that no track could take.
    #[must_use]
    pub const fn drop_counters(&self) -> DropCounters {
        self.dropped
    }

    fn handle_rtp(&mut self, arrival: &Arrival, datagram: Bytes) -> Result<RoutedPacket, DropReason> {
        let header = RtpHeader::parse(&datagram)?;
        let known = self.position_of_ssrc.get(&header.ssrc).copied();
        let position = match known {
            Some(position) => position,
            None => self.find_by_name(arrival, &header, &datagram).ok_or(DropReason::UnknownSsrc)?,
        };
        let track = &mut self.tracks[position];
        let track_id = Arc::clone(track.id());
        let arrived_at = arrival.at;
        if track.ssrc() != header.ssrc {
            let packet = track.receive_rtx(arrival, &header, datagram)?;
            return Ok(RoutedPacket::Rtp { track_id, packet, arrived_at });
        }
        let mut repaired = Vec::new();
        let packet = track.receive_rtp(arrival, &header, datagram, &mut repaired)?;
        let of_track = |packet| RoutedPacket::Rtp { track_id: Arc::clone(&track_id), packet, arrived_at };
        self.repaired.extend(repaired.into_iter().map(of_track));
        Ok(RoutedPacket::Rtp { track_id, packet, arrived_at })
    }

    /// Finds the track that a packet of an unknown SSRC names, and follows it there (RFC 8843 §9.2).
    fn find_by_name(&mut self, arrival: &Arrival, header: &RtpHeader, datagram: &[u8]) -> Option<usize> {
        let position = self.tracks.iter().position(|track| track.is_named_in(datagram))?;
        let track = &mut self.tracks[position];
        // A key vouches for its SSRC only, so a protected track is moved by a call.
        if !track.admits_rtp(arrival) {
            return None;
        }
        track.move_to(header.ssrc);
        let moved = RoutedPacket::Moved { track_id: Arc::clone(track.id()), ssrc: header.ssrc };
        self.repaired.push(moved);
        self.find_positions();
        Some(position)
    }

    fn find_positions(&mut self) {
        let tracks = self.tracks.iter().enumerate();
        // A track's own stream comes before what is sent again.
        let again = tracks.clone().filter_map(|(index, track)| Some((track.rtx_ssrc()?, index)));
        self.position_of_ssrc = again.chain(tracks.map(|(index, track)| (track.ssrc(), index))).collect();
    }

    fn handle_rtcp(&mut self, arrival: &Arrival, datagram: Bytes) -> Result<RoutedPacket, DropReason> {
        let first = self.position_of_ssrc.get(&RtcpCompound::first_ssrc(&datagram)?).copied();
        let protected = first.filter(|position| self.tracks[*position].srtp_key().is_some());
        let packet = match protected {
            Some(position) => self.tracks[position].open_rtcp(&datagram)?,
            None => datagram,
        };
        let compound = RtcpCompound::parse(&packet)?;
        // A key speaks for the tracks that share it, and unprotected RTCP for unprotected tracks only.
        let key = protected.and_then(|position| self.tracks[position].srtp_key()).cloned();
        let mut positions: Vec<usize> = compound
            .packets()
            .flat_map(|packet| packet.sender_ssrcs())
            .filter_map(|ssrc| self.position_of_ssrc.get(&ssrc).copied())
            .filter(|position| self.tracks[*position].srtp_key() == key.as_ref())
            .collect();
        positions.sort_unstable();
        positions.dedup();
        if positions.is_empty() {
            return Err(DropReason::UnknownSsrc);
        }
        positions.retain(|position| key.is_some() || self.tracks[*position].admits_rtcp(arrival));
        if positions.is_empty() {
            return Err(DropReason::WrongSource);
        }
        for position in &positions {
            self.tracks[*position].latch_rtcp(arrival);
        }
        let track_ids = positions.iter().map(|position| Arc::clone(self.tracks[*position].id())).collect();
        Ok(RoutedPacket::Rtcp { track_ids, packet, arrived_at: arrival.at })
    }

    /// Gives a greeting to the track whose sender must have sent it: the one that was added last, wants RTCP and does not
    /// know where to send it.
    fn greet(&mut self, arrival: &Arrival) {
        if !self.tracks.iter().any(|track| track.greeted_by(arrival)) {
            let greeted = self.tracks.iter_mut().rev().find(|track| track.awaits_greeting(arrival));
            if let Some(track) = greeted {
                track.latch_rtcp(arrival);
            }
        }
    }

    fn is_allowed(&self, source: SocketAddr) -> bool {
        let networks = &self.settings.allowed_sources;
        networks.is_empty() || networks.iter().any(|network| network.contains(source.ip()))
    }

    const fn count_drop(&mut self, reason: DropReason) {
        match reason {
            DropReason::Malformed => self.dropped.malformed += 1,
            DropReason::UnknownSsrc => self.dropped.unknown_ssrc += 1,
            DropReason::UnknownPayloadType => self.dropped.unknown_payload_type += 1,
            DropReason::WrongSource => self.dropped.wrong_source += 1,
            // Counted on the track.
            DropReason::Unauthentic | DropReason::Greeting | DropReason::Duplicate | DropReason::SequenceOutOfRange => {
            }
        }
    }

    fn position(&self, track_id: &TrackId) -> Result<usize, Error> {
        let position = self.tracks.iter().position(|track| track.id().as_ref() == track_id);
        position.ok_or_else(|| Error::UnknownTrack { track_id: track_id.clone() })
    }

    fn check_track(&self, track: &Track, own_position: Option<usize>) -> Result<(), Error> {
        track.validate().map_err(|source| Error::InvalidTrack { track_id: track.id.clone(), source })?;
        match self.position_of_ssrc.get(&track.ssrc) {
            Some(position) if Some(*position) != own_position && self.tracks[*position].id().as_ref() != &track.id => {
                let track_id = self.tracks[*position].id().as_ref().clone();
                Err(Error::SsrcInUse { ssrc: track.ssrc, track_id })
            }
            _ => Ok(()),
        }
    }
}

/// Recognises what Janus sends to a forwarder's RTCP port when it begins: the fixed header of an RTP packet of nothing.
fn is_greeting(arrival: &Arrival, datagram: &[u8]) -> bool {
    const GREETING: [u8; 12] = [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    arrival.port == LocalPort::Rtcp && datagram == GREETING
}
