use std::net::SocketAddr;

use anyhow::Context;
use bytes::Bytes;
use model::{MediaAddress, Timestamp};
use tokio::net::UdpSocket;

const RTP_HEADER_BYTES: usize = 12;
/// Seconds from 1900, where NTP counts from, to 1970.
const NTP_EPOCH_OFFSET_S: u64 = 2_208_988_800;
const SENDER_REPORT: u8 = 200;
const PAYLOAD_FEEDBACK: u8 = 206;
const PICTURE_LOSS: u8 = 1;

/// How a feed's packets are marked.
#[derive(Debug, Clone, Copy)]
pub(super) struct RtpIdentity {
    pub(super) ssrc: u32,
    pub(super) payload_type: u8,
    pub(super) clock_rate_hz: u32,
    pub(super) first_sequence: u16,
    pub(super) first_timestamp: u32,
}

/// Sends one feed's RTP and sender reports (RFC 3550) over UDP, the way an SFU does.
pub(super) struct RtpSender {
    socket: UdpSocket,
    rtp: SocketAddr,
    rtcp: SocketAddr,
    identity: RtpIdentity,
    packets: u64,
    octets: u64,
}

impl RtpSender {
    pub(super) async fn open(address: MediaAddress, identity: RtpIdentity) -> anyhow::Result<Self> {
        let local = if address.address.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
        let socket = UdpSocket::bind(local).await.context("open a UDP socket")?;
        Ok(Self {
            socket,
            rtp: SocketAddr::new(address.address, address.rtp_port),
            rtcp: SocketAddr::new(address.address, address.rtcp_port),
            identity,
            packets: 0,
            octets: 0,
        })
    }

    /// Returns how many packets were sent.
    pub(super) const fn packets_sent(&self) -> u64 {
        self.packets
    }

    /// Sends a payload in a packet of its own. The marker says that it is the first after silence.
    pub(super) async fn send_payload(&mut self, payload: &[u8], media_ms: u64, marker: bool) -> anyhow::Result<()> {
        let sequence = self.identity.first_sequence.wrapping_add(self.packets as u16);
        let mut packet = Vec::with_capacity(RTP_HEADER_BYTES + payload.len());
        packet.extend([0x80, u8::from(marker) << 7 | self.identity.payload_type]);
        packet.extend(sequence.to_be_bytes());
        packet.extend(self.timestamp_at(media_ms).to_be_bytes());
        packet.extend(self.identity.ssrc.to_be_bytes());
        packet.extend(payload);
        self.send_packet(Bytes::from(packet)).await
    }

    /// Sends a packet that is ready made.
    pub(super) async fn send_packet(&mut self, packet: Bytes) -> anyhow::Result<()> {
        self.socket.send_to(&packet, self.rtp).await.with_context(|| format!("send RTP to {}", self.rtp))?;
        self.packets += 1;
        self.octets += packet.len().saturating_sub(RTP_HEADER_BYTES) as u64;
        Ok(())
    }

    /// Sends a sender report that ties a media time to the wall clock.
    pub(super) async fn send_report(&self, media_ms: u64, now: Timestamp) -> anyhow::Result<()> {
        self.send_report_for(self.timestamp_at(media_ms), now).await
    }

    /// Sends a sender report that ties an RTP time stamp to the wall clock.
    pub(super) async fn send_report_for(&self, rtp_timestamp: u32, now: Timestamp) -> anyhow::Result<()> {
        let micros = now.as_micros() as u64;
        let seconds = micros / 1_000_000 + NTP_EPOCH_OFFSET_S;
        let fraction = ((micros % 1_000_000) << 32) / 1_000_000;
        let mut report = vec![0x80, SENDER_REPORT, 0, 6];
        report.extend(self.identity.ssrc.to_be_bytes());
        report.extend((seconds as u32).to_be_bytes());
        report.extend((fraction as u32).to_be_bytes());
        report.extend(rtp_timestamp.to_be_bytes());
        report.extend((self.packets as u32).to_be_bytes());
        report.extend((self.octets as u32).to_be_bytes());
        self.socket.send_to(&report, self.rtcp).await.with_context(|| format!("send RTCP to {}", self.rtcp))?;
        Ok(())
    }

    /// Waits for RTCP that asks for a key frame (RFC 4585 §6.3.1). Other RTCP is passed over.
    pub(super) async fn key_frame_wanted(&self) -> anyhow::Result<()> {
        let mut buffer = [0; 1500];
        loop {
            let (length, _) = self.socket.recv_from(&mut buffer).await.context("receive RTCP")?;
            if asks_for_key_frame(&buffer[..length]) {
                return Ok(());
            }
        }
    }

    fn timestamp_at(&self, media_ms: u64) -> u32 {
        let ticks = media_ms * u64::from(self.identity.clock_rate_hz) / 1000;
        self.identity.first_timestamp.wrapping_add(ticks as u32)
    }
}

fn asks_for_key_frame(mut compound: &[u8]) -> bool {
    while let [flags, packet_type, high, low, ..] = *compound {
        if packet_type == PAYLOAD_FEEDBACK && flags & 0x1f == PICTURE_LOSS {
            return true;
        }
        let bytes = (usize::from(u16::from_be_bytes([high, low])) + 1) * 4;
        compound = compound.get(bytes..).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::asks_for_key_frame;

    #[test]
    fn picture_loss_is_found_behind_a_report() {
        let report = [0x80, 201, 0, 1, 0, 0, 0, 1];
        let loss = [0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2];
        assert!(asks_for_key_frame(&[report.as_slice(), loss.as_slice()].concat()));
        assert!(!asks_for_key_frame(&report));
        assert!(!asks_for_key_frame(&[0x80, 201, 0xff, 0xff]));
    }
}
