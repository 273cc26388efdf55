use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use model::{SrtpKey, Track, TrackFeed, TrackId, TrackStatistics};
use tokio::time::Instant;

use crate::header_extension::extension_element;
use crate::jitter::JitterEstimator;
use crate::red::{NewHeader, RedBlock, rebuild, split_red};
use crate::sequence_tracker::{Sequence, SequenceTracker, SequenceTrust};
use crate::source_latch::SourceLatch;
use crate::srtp_session::SrtpSession;
use crate::{Arrival, DropReason, Error, LocalPort, OutgoingRtcp, RtpHeader};

/// Everything known of one track's packets.
pub(crate) struct TrackReceiver {
    id: Arc<TrackId>,
    ssrc: u32,
    payload_type: u8,
    feed: TrackFeed,
    wants_feedback: bool,
    rtp_latch: SourceLatch,
    rtcp_latch: SourceLatch,
    rtcp_port: LocalPort,
    srtp: Option<SrtpSession>,
    /// Opens what is sent again, which has an SSRC of its own.
    rtx_srtp: Option<SrtpSession>,
    sequence: SequenceTracker,
    jitter: JitterEstimator,
    bytes_received: u64,
    packets_unauthentic: u64,
    packets_repaired: u64,
    last_packet_at: Option<Instant>,
}

impl TrackReceiver {
    pub(crate) fn new(track: &Track, relatch_after: Duration) -> Result<Self, Error> {
        Ok(Self {
            id: Arc::new(track.id.clone()),
            ssrc: track.ssrc,
            payload_type: track.payload_type,
            feed: track.feed.clone(),
            wants_feedback: !track.codec.is_audio(),
            rtp_latch: SourceLatch::new(relatch_after),
            rtcp_latch: SourceLatch::new(relatch_after),
            rtcp_port: LocalPort::Rtp,
            srtp: open_session(track)?,
            rtx_srtp: open_session(track)?,
            sequence: SequenceTracker::new(),
            jitter: JitterEstimator::new(track.clock_rate_hz),
            bytes_received: 0,
            packets_unauthentic: 0,
            packets_repaired: 0,
            last_packet_at: None,
        })
    }

    pub(crate) const fn id(&self) -> &Arc<TrackId> {
        &self.id
    }

    pub(crate) const fn ssrc(&self) -> u32 {
        self.ssrc
    }

    pub(crate) fn srtp_key(&self) -> Option<&SrtpKey> {
        self.srtp.as_ref().map(SrtpSession::key)
    }

    /// Takes over changed fields; counters go on. A new SSRC or key is a new sender, which may sit elsewhere.
    pub(crate) fn update(&mut self, track: &Track) -> Result<(), Error> {
        if self.ssrc != track.ssrc || self.srtp_key() != track.srtp.as_ref() {
            self.srtp = open_session(track)?;
            self.rtx_srtp = open_session(track)?;
            self.rtp_latch.release();
            self.rtcp_latch.release();
            self.sequence.end_run();
            self.jitter.end_run();
        }
        self.ssrc = track.ssrc;
        self.payload_type = track.payload_type;
        self.feed = track.feed.clone();
        Ok(())
    }

    /// Checks, decrypts and counts one RTP packet of this track's SSRC, and returns it in the clear. What it repeats of
    /// packets that were lost goes to `repaired`.
    pub(crate) fn receive_rtp(
        &mut self,
        arrival: &Arrival,
        header: &RtpHeader,
        datagram: Bytes,
        repaired: &mut Vec<Bytes>,
    ) -> Result<Bytes, DropReason> {
        let is_red = self.feed.red_payload_type == Some(header.payload_type);
        if header.payload_type != self.payload_type && !is_red {
            return Err(DropReason::UnknownPayloadType);
        }
        let (packet, trust) = match &mut self.srtp {
            Some(srtp) => match srtp.open_rtp(arrival.at, &datagram, header) {
                Some(packet) => (packet, SequenceTrust::Authentic),
                None => return Err(self.refuse_unauthentic()),
            },
            None if self.rtp_latch.admits(arrival.at, arrival.source) => (datagram, SequenceTrust::Claimed),
            None => return Err(DropReason::WrongSource),
        };
        let payload_bytes = header.payload_bytes(&packet)?;
        let payload = packet.slice(header.header_bytes..header.header_bytes + payload_bytes);
        let red = if is_red { Some(split_red(&payload).ok_or(DropReason::Malformed)?) } else { None };
        match self.sequence.record(header.sequence_number, trust) {
            Sequence::Next(_) | Sequence::Reordered(_) => {}
            Sequence::Restarted(_) => self.jitter.end_run(),
            // Neither moves the latch: a replayed packet is authentic wherever it comes from.
            Sequence::Duplicate | Sequence::OutOfRange if trust == SequenceTrust::Authentic => {
                return Err(self.refuse_unauthentic());
            }
            Sequence::Duplicate => return Err(DropReason::Duplicate),
            Sequence::OutOfRange => return Err(DropReason::SequenceOutOfRange),
        }
        self.jitter.record(arrival.at, header.timestamp);
        self.bytes_received += packet.len() as u64;
        self.last_packet_at = Some(arrival.at);
        self.latch_rtp(arrival);
        Ok(match red {
            Some(blocks) => self.unwrap_red(&packet, header, blocks, trust, repaired)?,
            None => packet,
        })
    }

    /// Takes a RED packet apart: the primary block is the packet itself, the others make up for packets before it that
    /// are missing.
    fn unwrap_red(
        &mut self,
        packet: &[u8],
        header: &RtpHeader,
        mut blocks: Vec<RedBlock>,
        trust: SequenceTrust,
        repaired: &mut Vec<Bytes>,
    ) -> Result<Bytes, DropReason> {
        let primary = blocks.pop().ok_or(DropReason::Malformed)?;
        if primary.payload_type != self.payload_type {
            return Err(DropReason::UnknownPayloadType);
        }
        let new_header = |sequence_number, timestamp| NewHeader {
            payload_type: self.payload_type,
            sequence_number,
            timestamp,
            ssrc: self.ssrc,
        };
        let usable = |block: &RedBlock| block.payload_type == self.payload_type && !block.payload.is_empty();
        for (before, block) in (1_u16..).zip(blocks.iter().rev()).filter(|(_, block)| usable(block)) {
            let sequence_number = header.sequence_number.wrapping_sub(before);
            if self.sequence.is_missing(sequence_number) {
                self.sequence.record(sequence_number, trust);
                self.packets_repaired += 1;
                let timestamp = header.timestamp.wrapping_sub(block.timestamp_offset);
                repaired.push(rebuild(packet, header, new_header(sequence_number, timestamp), &block.payload));
            }
        }
        let same = new_header(header.sequence_number, header.timestamp);
        Ok(rebuild(packet, header, same, &primary.payload))
    }

    /// Takes a packet that was sent again on a stream of its own (RFC 4588 §4), and returns it as it was.
    pub(crate) fn receive_rtx(
        &mut self,
        arrival: &Arrival,
        header: &RtpHeader,
        datagram: Bytes,
    ) -> Result<Bytes, DropReason> {
        if self.feed.rtx.is_none_or(|rtx| rtx.payload_type != header.payload_type) {
            return Err(DropReason::UnknownPayloadType);
        }
        let (packet, trust) = match &mut self.rtx_srtp {
            Some(srtp) => match srtp.open_rtp(arrival.at, &datagram, header) {
                Some(packet) => (packet, SequenceTrust::Authentic),
                None => return Err(self.refuse_unauthentic()),
            },
            None if self.rtp_latch.admits(arrival.at, arrival.source) => (datagram, SequenceTrust::Claimed),
            None => return Err(DropReason::WrongSource),
        };
        let payload_bytes = header.payload_bytes(&packet)?;
        let payload = &packet[header.header_bytes..header.header_bytes + payload_bytes];
        // Without content it only measures the way.
        let Some((number, payload)) = payload.split_first_chunk::<2>() else { return Err(DropReason::Duplicate) };
        let sequence_number = u16::from_be_bytes(*number);
        if !self.sequence.is_missing(sequence_number) {
            return Err(DropReason::Duplicate);
        }
        self.sequence.record(sequence_number, trust);
        self.packets_repaired += 1;
        let (payload_type, ssrc) = (self.payload_type, self.ssrc);
        let new = NewHeader { payload_type, sequence_number, timestamp: header.timestamp, ssrc };
        Ok(rebuild(&packet, header, new, payload))
    }

    /// Returns the SSRC on which packets are sent again.
    pub(crate) fn rtx_ssrc(&self) -> Option<u32> {
        self.feed.rtx.map(|rtx| rtx.ssrc)
    }

    /// Says whether a packet with an SSRC that nobody has calls itself by this track's name.
    pub(crate) fn is_named_in(&self, datagram: &[u8]) -> bool {
        self.feed.mid.as_ref().is_some_and(|mid| {
            extension_element(datagram, mid.extension_id).is_some_and(|name| name == mid.value.as_bytes())
        })
    }

    /// Follows the track to another SSRC.
    pub(crate) fn move_to(&mut self, ssrc: u32) {
        self.ssrc = ssrc;
        self.sequence.end_run();
        self.jitter.end_run();
    }

    /// Says whether a packet may come from where it comes, before anything in it is believed.
    pub(crate) fn admits_rtp(&self, arrival: &Arrival) -> bool {
        self.srtp.is_none() && self.rtp_latch.admits(arrival.at, arrival.source)
    }

    /// Says whether unprotected RTCP from the source may speak for this track.
    pub(crate) fn admits_rtcp(&self, arrival: &Arrival) -> bool {
        let from_rtp_host = self.rtp_latch.source().is_none_or(|source| source.ip() == arrival.source.ip());
        (from_rtp_host || self.rtp_latch.admits(arrival.at, arrival.source))
            && self.rtcp_latch.admits(arrival.at, arrival.source)
    }

    /// Says whether this track's RTCP goes to the source already.
    pub(crate) fn greeted_by(&self, arrival: &Arrival) -> bool {
        self.rtcp_latch.source() == Some(arrival.source)
    }

    /// Says whether a greeting may tell where this track's RTCP goes: pictures are asked for, sound is not.
    pub(crate) fn awaits_greeting(&self, arrival: &Arrival) -> bool {
        self.wants_feedback
            && self.srtp.is_none()
            && self.rtcp_latch.source().is_none()
            && self.rtp_latch.source().is_none_or(|source| source.ip() == arrival.source.ip())
    }

    /// Notes where admitted RTCP came from; RTCP for this track goes back there.
    pub(crate) fn latch_rtcp(&mut self, arrival: &Arrival) {
        self.rtcp_latch.latch(arrival.at, arrival.source);
        self.rtcp_port = arrival.port;
        if self.rtp_latch.source().is_some_and(|source| source.ip() == arrival.source.ip()) {
            self.rtp_latch.keep_alive(arrival.at);
        }
    }

    /// Authenticates and decrypts RTCP for a track with SRTP.
    pub(crate) fn open_rtcp(&mut self, datagram: &[u8]) -> Result<Bytes, DropReason> {
        match self.srtp.as_mut().and_then(|srtp| srtp.open_rtcp(datagram)) {
            Some(packet) => Ok(packet),
            None => Err(self.refuse_unauthentic()),
        }
    }

    /// Protects RTCP as the track is protected, and addresses it to where the track's RTCP comes from, else to the
    /// source of its RTP.
    pub(crate) fn address_rtcp(&mut self, packet: Bytes) -> Result<OutgoingRtcp, Error> {
        let (port, destination) = self.rtcp_destination()?;
        let datagram = match &mut self.srtp {
            Some(srtp) => srtp
                .seal_rtcp(&packet)
                .map_err(|source| Error::ProtectRtcp { track_id: self.id.as_ref().clone(), source })?,
            None => packet,
        };
        Ok(OutgoingRtcp { port, destination, datagram })
    }

    pub(crate) fn statistics(&self, now: Instant) -> TrackStatistics {
        let silence = self.last_packet_at.map(|at| now.saturating_duration_since(at));
        TrackStatistics {
            track_id: self.id.as_ref().clone(),
            packets_received: self.sequence.received(),
            packets_lost: self.sequence.lost(),
            packets_repaired: self.packets_repaired,
            packets_duplicated: self.sequence.duplicated(),
            packets_reordered: self.sequence.reordered(),
            bytes_received: self.bytes_received,
            jitter_ms: self.jitter.jitter_ms(),
            silent_ms: silence.map(|silence| silence.as_millis() as u64),
            packets_unauthentic: self.packets_unauthentic,
        }
    }

    fn rtcp_destination(&self) -> Result<(LocalPort, SocketAddr), Error> {
        if let Some(source) = self.rtcp_latch.source() {
            return Ok((self.rtcp_port, source));
        }
        match self.rtp_latch.source() {
            Some(source) => Ok((LocalPort::Rtp, source)),
            None => Err(Error::NoRtcpDestination { track_id: self.id.as_ref().clone() }),
        }
    }

    fn latch_rtp(&mut self, arrival: &Arrival) {
        self.rtp_latch.latch(arrival.at, arrival.source);
        if self.rtcp_latch.source().is_some_and(|source| source.ip() != arrival.source.ip()) {
            self.rtcp_latch.release();
        }
    }

    const fn refuse_unauthentic(&mut self) -> DropReason {
        self.packets_unauthentic += 1;
        DropReason::Unauthentic
    }
}

fn open_session(track: &Track) -> Result<Option<SrtpSession>, Error> {
    let open = |key| SrtpSession::new(key).map_err(|source| Error::SrtpKey { track_id: track.id.clone(), source });
    track.srtp.as_ref().map(open).transpose()
}
