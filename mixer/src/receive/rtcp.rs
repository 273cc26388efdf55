//! The RTCP Huiji reads (sender reports) and writes (receiver reports, generic NACK, picture loss indication).

use bytes::{BufMut, Bytes, BytesMut};

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const TRANSPORT_FEEDBACK: u8 = 205;
const PAYLOAD_FEEDBACK: u8 = 206;
const CANONICAL_NAME: &[u8] = b"huiji";

/// What a sender report says about the sender's clock (RFC 3550 §6.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SenderReport {
    pub(crate) ssrc: u32,
    /// Seconds and fractions since 1900, as sent.
    pub(crate) ntp: u64,
    /// The media clock at the same moment.
    pub(crate) rtp_timestamp: u32,
}

impl SenderReport {
    /// Returns the sender's clock in nanoseconds.
    pub(crate) fn ntp_ns(&self) -> i128 {
        (i128::from(self.ntp) * 1_000_000_000) >> 32
    }
}

/// Returns the sender reports inside a compound packet; whatever is cut short is ignored.
pub(crate) fn sender_reports(mut packet: &[u8]) -> Vec<SenderReport> {
    let mut reports = Vec::new();
    while let Some(&[first, kind, high, low]) = packet.first_chunk() {
        let length = 4 + 4 * usize::from(u16::from_be_bytes([high, low]));
        if first >> 6 != 2 || length > packet.len() {
            break;
        }
        let (body, rest) = packet.split_at(length);
        if kind == SENDER_REPORT
            && let Some(fields) = body.get(4..20)
        {
            let word = |at: usize| u32::from_be_bytes([fields[at], fields[at + 1], fields[at + 2], fields[at + 3]]);
            let ntp = u64::from(word(4)) << 32 | u64::from(word(8));
            reports.push(SenderReport { ssrc: word(0), ntp, rtp_timestamp: word(12) });
        }
        packet = rest;
    }
    reports
}

/// A report block (RFC 3550 §6.4.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ReportBlock {
    pub(crate) fraction_lost: u8,
    pub(crate) cumulative_lost: i32,
    pub(crate) highest_sequence: u32,
    pub(crate) jitter: u32,
    /// The middle half of the last sender report's NTP time; zero when there was none.
    pub(crate) last_sender_report: u32,
    /// Time since that report in units of 1/65536 s.
    pub(crate) delay_since_sender_report: u32,
}

/// What is asked of a track's sender beside the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feedback<'a> {
    Nothing,
    /// The next frame shall be a key frame (RFC 4585 §6.3.1).
    PictureLoss,
    /// These packets are missing (RFC 4585 §6.2.1).
    Missing(&'a [u16]),
}

/// Writes a compound packet: receiver report, canonical name, and the feedback.
pub(crate) fn write_report(own_ssrc: u32, media_ssrc: u32, block: Option<&ReportBlock>, feedback: Feedback) -> Bytes {
    let mut packet = BytesMut::with_capacity(96);
    let header = |packet: &mut BytesMut, count: usize, kind: u8, words: usize| {
        packet.put_u8(0x80 | count as u8);
        packet.put_u8(kind);
        packet.put_u16(words as u16);
    };
    header(&mut packet, usize::from(block.is_some()), RECEIVER_REPORT, if block.is_some() { 7 } else { 1 });
    packet.put_u32(own_ssrc);
    if let Some(block) = block {
        packet.put_u32(media_ssrc);
        let lost = block.cumulative_lost.clamp(-0x80_0000, 0x7f_ffff) as u32 & 0xff_ffff;
        packet.put_u32(u32::from(block.fraction_lost) << 24 | lost);
        packet.put_u32(block.highest_sequence);
        packet.put_u32(block.jitter);
        packet.put_u32(block.last_sender_report);
        packet.put_u32(block.delay_since_sender_report);
    }
    let chunk = (4 + 2 + CANONICAL_NAME.len() + 1).div_ceil(4);
    header(&mut packet, 1, SOURCE_DESCRIPTION, chunk);
    packet.put_u32(own_ssrc);
    packet.put_u8(1);
    packet.put_u8(CANONICAL_NAME.len() as u8);
    packet.put_slice(CANONICAL_NAME);
    packet.put_bytes(0, chunk * 4 - 4 - 2 - CANONICAL_NAME.len());
    match feedback {
        Feedback::Nothing => {}
        Feedback::PictureLoss => {
            header(&mut packet, 1, PAYLOAD_FEEDBACK, 2);
            packet.put_u32(own_ssrc);
            packet.put_u32(media_ssrc);
        }
        Feedback::Missing(sequences) => {
            let pairs = nack_pairs(sequences);
            header(&mut packet, 1, TRANSPORT_FEEDBACK, 2 + pairs.len());
            packet.put_u32(own_ssrc);
            packet.put_u32(media_ssrc);
            for (sequence, following) in pairs {
                packet.put_u16(sequence);
                packet.put_u16(following);
            }
        }
    }
    packet.freeze()
}

fn nack_pairs(sequences: &[u16]) -> Vec<(u16, u16)> {
    let mut pairs: Vec<(u16, u16)> = Vec::new();
    for &sequence in sequences {
        match pairs.last_mut() {
            Some((first, following)) if (1..=16).contains(&sequence.wrapping_sub(*first)) => {
                *following |= 1 << (sequence.wrapping_sub(*first) - 1);
            }
            _ => pairs.push((sequence, 0)),
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::{Feedback, ReportBlock, nack_pairs, sender_reports, write_report};

    #[test]
    fn sender_report_is_found_in_a_compound_packet() {
        let mut packet = write_report(1, 2, None, Feedback::Nothing).to_vec();
        packet.extend([0x80, 200, 0, 6, 0, 0, 0, 9, 0, 0, 0, 1, 0x80, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0, 1]);
        let reports = sender_reports(&packet);
        assert_eq!(reports.len(), 1);
        assert_eq!((reports[0].ssrc, reports[0].rtp_timestamp, reports[0].ntp_ns()), (9, 5, 1_500_000_000));
        for length in 0..packet.len() - 1 {
            assert_eq!(sender_reports(&packet[..length]), vec![], "cut to {length}");
        }
    }

    #[test]
    fn every_packet_of_a_compound_has_its_stated_length() {
        let block = ReportBlock { cumulative_lost: -1, ..ReportBlock::default() };
        for feedback in [Feedback::Nothing, Feedback::PictureLoss, Feedback::Missing(&[1, 2, 40])] {
            let packet = write_report(1, 2, Some(&block), feedback);
            let mut rest = &packet[..];
            while !rest.is_empty() {
                let length = 4 + 4 * usize::from(u16::from_be_bytes([rest[2], rest[3]]));
                rest = &rest[length..];
            }
        }
    }

    #[test]
    fn neighbours_share_a_nack_pair_across_the_wrap() {
        assert_eq!(nack_pairs(&[65_535, 0, 15, 16]), vec![(65_535, 0b1000_0000_0000_0001), (16, 0)]);
    }
}
