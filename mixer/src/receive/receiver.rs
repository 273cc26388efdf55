use bytes::Bytes;

use super::reorder_buffer::ReorderBuffer;
use super::rtcp::{Feedback, ReportBlock, SenderReport, write_report};
use super::rtp::RtpHeader;
use super::rtp_clock::{RtpClock, RtpMoment};

/// A packet in order, with its place on the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReceivedPacket {
    /// The whole packet.
    pub(crate) packet: Bytes,
    pub(crate) payload: Bytes,
    pub(crate) moment: RtpMoment,
    /// How many packets before this one are lost.
    pub(crate) lost_before: u64,
}

/// The receiving end of one RTP stream: checks, order, time, and the figures of receiver reports.
#[derive(Debug)]
pub(crate) struct Receiver {
    ssrc: u32,
    payload_type: u8,
    rate_hz: u32,
    hold_ns: i64,
    clock: RtpClock,
    buffer: ReorderBuffer<(Bytes, Bytes, RtpMoment)>,
    jitter_ns: f64,
    last_transit_ns: Option<i64>,
    last_sender_report: Option<(SenderReport, i64)>,
    reported_expected: i64,
    reported_received: u64,
}

impl Receiver {
    pub(crate) const fn ssrc(&self) -> u32 {
        self.ssrc
    }

    pub(crate) const fn payload_type(&self) -> u8 {
        self.payload_type
    }

    /// Makes a receiver that waits `hold_ns` for packets out of order.
    pub(crate) fn new(ssrc: u32, payload_type: u8, rate_hz: u32, hold_ns: i64) -> Self {
        Self {
            ssrc,
            payload_type,
            rate_hz,
            hold_ns,
            clock: RtpClock::new(rate_hz),
            buffer: ReorderBuffer::new(hold_ns),
            jitter_ns: 0.0,
            last_transit_ns: None,
            last_sender_report: None,
            reported_expected: 0,
            reported_received: 0,
        }
    }

    /// Starts over for another sender.
    pub(crate) fn retarget(&mut self, ssrc: u32, payload_type: u8) {
        *self = Self::new(ssrc, payload_type, self.rate_hz, self.hold_ns);
    }

    /// Takes a datagram; returns false when it is no RTP packet of this stream.
    pub(crate) fn push(&mut self, packet: Bytes, arrival_ns: i64) -> bool {
        let Some(header) = RtpHeader::parse(&packet) else { return false };
        if header.ssrc != self.ssrc || header.payload_type != self.payload_type {
            return false;
        }
        let Some(moment) = self.clock.observe(header.timestamp, arrival_ns) else { return true };
        let transit_ns = arrival_ns - moment.at_ns;
        if let Some(last) = self.last_transit_ns.replace(transit_ns) {
            self.jitter_ns += ((transit_ns - last).abs() as f64 - self.jitter_ns) / 16.0;
        }
        let payload = packet.slice(header.payload);
        self.buffer.push(header.sequence, arrival_ns, (packet, payload, moment));
        true
    }

    /// Returns the next packet in order, if it is there or the one before it is given up.
    pub(crate) fn pop(&mut self, now_ns: i64) -> Option<ReceivedPacket> {
        let (lost_before, (packet, payload, moment)) = self.buffer.pop(now_ns)?;
        Some(ReceivedPacket { packet, payload, moment, lost_before })
    }

    /// Takes the sender's report; returns how far the timeline is ahead of the sender's clock.
    pub(crate) fn sender_report(&mut self, report: SenderReport, arrival_ns: i64) -> Option<i128> {
        if report.ssrc != self.ssrc {
            return None;
        }
        self.last_sender_report = Some((report, arrival_ns));
        let at_ns = self.clock.locate(report.rtp_timestamp)?;
        (report.ntp != 0).then(|| i128::from(at_ns) - report.ntp_ns())
    }

    /// Returns the sequence numbers being waited for.
    pub(crate) fn missing(&self) -> Vec<u16> {
        self.buffer.missing(64)
    }

    /// Writes RTCP for the sender: the reception so far and the feedback.
    pub(crate) fn report(&mut self, own_ssrc: u32, now_ns: i64, feedback: Feedback) -> Bytes {
        let block = self.report_block(now_ns);
        write_report(own_ssrc, self.ssrc, block.as_ref(), feedback)
    }

    fn report_block(&mut self, now_ns: i64) -> Option<ReportBlock> {
        if self.buffer.received == 0 {
            return None;
        }
        let expected = self.buffer.highest - self.buffer.base + 1;
        let received = self.buffer.received;
        let expected_lately = (expected - self.reported_expected).max(0);
        let lost_lately = expected_lately - received.saturating_sub(self.reported_received) as i64;
        (self.reported_expected, self.reported_received) = (expected, received);
        let fraction_lost = (lost_lately.max(0) * 256).checked_div(expected_lately).unwrap_or(0).min(255) as u8;
        let (last_sender_report, delay_since_sender_report) =
            self.last_sender_report.map_or((0, 0), |(report, arrival_ns)| {
                let delay = i128::from((now_ns - arrival_ns).max(0)) * 65_536 / 1_000_000_000;
                ((report.ntp >> 16) as u32, delay as u32)
            });
        Some(ReportBlock {
            fraction_lost,
            cumulative_lost: (expected - received as i64) as i32,
            highest_sequence: self.buffer.highest as u32,
            jitter: (self.jitter_ns * f64::from(self.rate_hz) / 1e9) as u32,
            last_sender_report,
            delay_since_sender_report,
        })
    }
}
