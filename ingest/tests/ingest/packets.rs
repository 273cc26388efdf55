//! Builds packets and tracks.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use ingest::{Arrival, LocalPort};
use model::{Codec, ParticipantId, SrtpKey, SrtpProfile, Track, TrackId, TrackSource};
use tokio::time::Instant;

pub(crate) const PROFILES: [SrtpProfile; 3] =
    [SrtpProfile::AesCm128HmacSha1Tag80, SrtpProfile::AeadAes128Gcm, SrtpProfile::AeadAes256Gcm];

pub(crate) fn track_id(name: &str) -> TrackId {
    TrackId::new(name).expect("valid")
}

pub(crate) fn microphone(name: &str, ssrc: u32) -> Track {
    Track {
        id: track_id(name),
        participant_id: ParticipantId::new("p1").expect("valid"),
        source: TrackSource::Microphone,
        codec: Codec::Opus,
        payload_type: 111,
        clock_rate_hz: 48_000,
        ssrc,
        srtp: None,
        feed: model::TrackFeed::default(),
    }
}

/// Returns the key 1, 2, 3 … in the length the profile needs.
pub(crate) fn counting_key(profile: SrtpProfile) -> SrtpKey {
    let (key, salt) = profile.key_and_salt_bytes();
    SrtpKey { profile, key_and_salt: (1..=(key + salt) as u8).collect() }
}

pub(crate) fn rtp(ssrc: u32, sequence_number: u16) -> Vec<u8> {
    let mut packet = vec![0x80, 111];
    packet.extend_from_slice(&sequence_number.to_be_bytes());
    packet.extend_from_slice(&(u32::from(sequence_number) * 960).to_be_bytes());
    packet.extend_from_slice(&ssrc.to_be_bytes());
    packet.extend_from_slice(b"payload");
    packet
}

pub(crate) fn sender_report(ssrc: u32) -> Vec<u8> {
    let mut packet = vec![0x80, 200, 0, 6];
    packet.extend_from_slice(&ssrc.to_be_bytes());
    packet.extend_from_slice(&[0; 20]);
    packet
}

pub(crate) fn picture_loss(ssrc: u32) -> Bytes {
    let mut packet = vec![0x81, 206, 0, 2, 0, 0, 0, 1];
    packet.extend_from_slice(&ssrc.to_be_bytes());
    packet.into()
}

pub(crate) fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

/// Tells arrivals relative to one start.
pub(crate) struct Timeline {
    start: Instant,
}

impl Timeline {
    pub(crate) fn begin() -> Self {
        Self { start: Instant::now() }
    }

    pub(crate) fn rtp(&self, after_ms: u64, source: &str) -> Arrival {
        Arrival { at: self.at(after_ms), source: address(source), port: LocalPort::Rtp }
    }

    pub(crate) fn at(&self, after_ms: u64) -> Instant {
        self.start + Duration::from_millis(after_ms)
    }

    pub(crate) fn rtcp(&self, after_ms: u64, source: &str) -> Arrival {
        Arrival { port: LocalPort::Rtcp, ..self.rtp(after_ms, source) }
    }
}
