//! Measures how fast datagrams get through: over loopback sockets, and through the core with SRTP.
//!
//! `cargo run --release -p ingest --example receive_rate`
#![expect(clippy::print_stdout, reason = "the figures are the output")]

use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::time::Duration;

use bytes::Bytes;
use ingest::{Arrival, Delivery, Demultiplexer, DemultiplexerSettings, LocalPort, Receiver, ReceiverSettings};
use model::{Codec, ParticipantId, SrtpKey, SrtpProfile, Track, TrackId, TrackSource};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use webrtc_srtp::context::Context;
use webrtc_srtp::protection_profile::ProtectionProfile;

const PACKET_BYTES: usize = 1200;
const RUN: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    measure_sockets().await?;
    for (profile, library_profile) in [
        (SrtpProfile::AesCm128HmacSha1Tag80, ProtectionProfile::Aes128CmHmacSha1_80),
        (SrtpProfile::AeadAes128Gcm, ProtectionProfile::AeadAes128Gcm),
        (SrtpProfile::AeadAes256Gcm, ProtectionProfile::AeadAes256Gcm),
    ] {
        measure_srtp(profile, library_profile)?;
    }
    Ok(())
}

async fn measure_sockets() -> Result<(), Box<dyn std::error::Error>> {
    let receiver = Receiver::bind(ReceiverSettings::on(IpAddr::V4(Ipv4Addr::LOCALHOST)))?;
    receiver.add_track(&camera(None)?)?;
    let media = receiver.media_address();
    let sender = tokio::task::spawn_blocking(move || -> std::io::Result<u64> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        let begun = Instant::now();
        let mut sent = 0_u64;
        while begun.elapsed() < RUN {
            socket.send_to(&packet(sent), (media.address, media.rtp_port))?;
            sent += 1;
        }
        Ok(sent)
    });
    let cancellation = CancellationToken::new();
    let mut delivered = 0_u64;
    let sink = |_| {
        delivered += 1;
        Delivery::Taken
    };
    let sent = async {
        let sent = sender.await??;
        cancellation.cancel();
        Ok::<u64, Box<dyn std::error::Error>>(sent)
    };
    let (ran, sent) = tokio::join!(receiver.run(sink, &cancellation), sent);
    ran?;
    let (sent, seconds) = (sent?, RUN.as_secs_f64());
    println!(
        "sockets: {:.0} datagrams/s received of {:.0}/s sent, {} overrun",
        delivered as f64 / seconds,
        sent as f64 / seconds,
        receiver.statistics().dropped.overrun
    );
    Ok(())
}

fn measure_srtp(profile: SrtpProfile, library: ProtectionProfile) -> Result<(), Box<dyn std::error::Error>> {
    let (key_bytes, salt_bytes) = profile.key_and_salt_bytes();
    let key = SrtpKey { profile, key_and_salt: (1..=(key_bytes + salt_bytes) as u8).collect() };
    let (master_key, salt) = key.key_and_salt.split_at(key_bytes);
    let mut sender = Context::new(master_key, salt, library, None, None)?;
    let sealed: Vec<Bytes> = (0..50_000).map(|index| sender.encrypt_rtp(&packet(index))).collect::<Result<_, _>>()?;
    let mut demultiplexer = Demultiplexer::new(DemultiplexerSettings::default());
    demultiplexer.add_track(&camera(Some(key.clone()))?)?;
    let at = Instant::now();
    let arrival = Arrival { at, source: (Ipv4Addr::LOCALHOST, 5000).into(), port: LocalPort::Rtp };
    let opened = sealed.into_iter().filter(|sealed| demultiplexer.handle_datagram(arrival, sealed.clone()).is_ok());
    println!("{profile}: {:.0} packets/s opened on one core", opened.count() as f64 / at.elapsed().as_secs_f64());
    Ok(())
}

fn camera(srtp: Option<SrtpKey>) -> Result<Track, model::Error> {
    Ok(Track {
        id: TrackId::new("camera")?,
        participant_id: ParticipantId::new("alice")?,
        source: TrackSource::Camera,
        codec: Codec::Vp8,
        payload_type: 96,
        clock_rate_hz: 90_000,
        ssrc: 1,
        srtp,
        feed: model::TrackFeed::default(),
    })
}

fn packet(index: u64) -> [u8; PACKET_BYTES] {
    let mut packet = [0; PACKET_BYTES];
    packet[..2].copy_from_slice(&[0x80, 96]);
    packet[2..4].copy_from_slice(&(index as u16).to_be_bytes());
    packet[4..8].copy_from_slice(&((index * 90) as u32).to_be_bytes());
    packet[11] = 1;
    packet
}
