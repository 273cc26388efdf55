//! The receiver on real sockets.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use bytes::Bytes;
use ingest::{Delivery, Error, Receiver, ReceiverSettings, RoutedPacket};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::packets::{microphone, picture_loss, rtp, sender_report, track_id};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const PATIENCE: Duration = Duration::from_secs(10);

fn sender() -> UdpSocket {
    let socket = UdpSocket::bind((LOOPBACK, 0)).expect("bound");
    socket.set_read_timeout(Some(PATIENCE)).expect("set");
    socket
}

fn ports(receiver: &Receiver) -> (SocketAddr, SocketAddr) {
    let media = receiver.media_address();
    ((media.address, media.rtp_port).into(), (media.address, media.rtcp_port).into())
}

/// Runs the receiver while `scenario` looks at what it delivers into a channel with room for 4096 packets.
async fn run_during(receiver: &Receiver, scenario: impl AsyncFnOnce(mpsc::Receiver<RoutedPacket>)) {
    let (packets, delivered) = mpsc::channel(4096);
    let cancellation = CancellationToken::new();
    let sink = |packet| packets.try_send(packet).map_or(Delivery::Overrun, |()| Delivery::Taken);
    let running = receiver.run(sink, &cancellation);
    let ((), ended) = tokio::join!(
        async {
            scenario(delivered).await;
            cancellation.cancel();
        },
        running
    );
    ended.expect("ran until cancelled");
}

async fn next(delivered: &mut mpsc::Receiver<RoutedPacket>) -> RoutedPacket {
    timeout(PATIENCE, delivered.recv()).await.expect("in time").expect("open")
}

#[tokio::test]
async fn media_arrives_and_feedback_returns() {
    let receiver = Receiver::bind(ReceiverSettings::on(LOOPBACK)).expect("bound");
    let (rtp_port, rtcp_port) = ports(&receiver);
    assert_eq!((rtp_port.port() % 2, rtcp_port.port()), (0, rtp_port.port() + 1));
    let (media, control) = (sender(), sender());
    run_during(&receiver, async |mut delivered| {
        receiver.add_track(&microphone("a", 1)).expect("added while running");
        media.send_to(&rtp(1, 1), rtp_port).expect("sent");
        let RoutedPacket::Rtp { track_id: id, packet, .. } = next(&mut delivered).await else { panic!("not RTP") };
        assert_eq!((id.as_str(), packet), ("a", Bytes::from(rtp(1, 1))));

        let mut buffer = [0; 100];
        receiver.send_rtcp(&track_id("a"), picture_loss(1)).expect("sent");
        let (length, from) = media.recv_from(&mut buffer).expect("feedback at the RTP source");
        assert_eq!((&buffer[..length], from), (&picture_loss(1)[..], rtp_port));

        control.send_to(&sender_report(1), rtcp_port).expect("sent");
        let RoutedPacket::Rtcp { track_ids, .. } = next(&mut delivered).await else { panic!("not RTCP") };
        assert_eq!(track_ids.len(), 1);
        receiver.send_rtcp(&track_id("a"), picture_loss(1)).expect("sent");
        let (length, from) = control.recv_from(&mut buffer).expect("feedback at the RTCP source");
        assert_eq!((&buffer[..length], from), (&picture_loss(1)[..], rtcp_port));

        receiver.update_track(&microphone("a", 2)).expect("updated while running");
        media.send_to(&rtp(2, 9), rtp_port).expect("sent");
        next(&mut delivered).await;
        assert_eq!(receiver.remove_track(&track_id("a")).expect("removed").packets_received, 2);
    })
    .await;
    let gone = receiver.send_rtcp(&track_id("a"), picture_loss(1));
    assert!(matches!(gone, Err(Error::UnknownTrack { .. })));
}

#[tokio::test]
async fn what_the_sink_has_no_room_for_is_counted() {
    let receiver = Receiver::bind(ReceiverSettings::on(LOOPBACK)).expect("bound");
    receiver.add_track(&microphone("a", 1)).expect("added");
    let (media, (rtp_port, _)) = (sender(), ports(&receiver));
    for sequence_number in 0..100 {
        media.send_to(&rtp(1, sequence_number), rtp_port).expect("sent");
    }
    let cancellation = CancellationToken::new();
    let mut seen = 0;
    let sink = |_| {
        seen += 1;
        if seen == 100 {
            cancellation.cancel();
        }
        if seen % 2 == 0 { Delivery::Overrun } else { Delivery::Taken }
    };
    timeout(PATIENCE, receiver.run(sink, &cancellation)).await.expect("in time").expect("ran");
    let statistics = receiver.statistics();
    assert_eq!((statistics.tracks[0].packets_received, statistics.dropped.overrun), (100, 50));
}

#[tokio::test]
async fn what_the_kernel_drops_is_counted() {
    let settings = ReceiverSettings { receive_buffer_bytes: 16 * 1024, ..ReceiverSettings::on(LOOPBACK) };
    let receiver = Receiver::bind(settings).expect("bound");
    receiver.add_track(&microphone("a", 1)).expect("added");
    let (media, (rtp_port, _)) = (sender(), ports(&receiver));
    let sent = 2000_u64;
    for sequence_number in 0..sent {
        media.send_to(&rtp(1, sequence_number as u16), rtp_port).expect("sent");
    }
    let last = (sent as u16).to_be_bytes();
    let mut copies = 0;
    run_during(&receiver, async |mut delivered| {
        let has_last = async |delivered: &mut mpsc::Receiver<RoutedPacket>| loop {
            if matches!(next(delivered).await, RoutedPacket::Rtp { packet, .. } if packet[2..4] == last) {
                return;
            }
        };
        // The kernel tells of its drops with the next datagram it takes; that one may meet a full buffer, too.
        while copies == 0 || timeout(Duration::from_secs(1), has_last(&mut delivered)).await.is_err() {
            media.send_to(&rtp(1, sent as u16), rtp_port).expect("sent");
            copies += 1;
        }
    })
    .await;
    let statistics = receiver.statistics();
    let track = &statistics.tracks[0];
    assert!(track.packets_lost > 0, "the buffer was to overflow");
    assert_eq!(statistics.dropped.overrun, track.packets_lost + copies - 1);
    assert_eq!(track.packets_received + track.packets_lost, sent + 1);
}

#[tokio::test]
async fn giant_datagrams_are_malformed() {
    let receiver = Receiver::bind(ReceiverSettings::on(LOOPBACK)).expect("bound");
    receiver.add_track(&microphone("a", 1)).expect("added");
    let (media, (rtp_port, _)) = (sender(), ports(&receiver));
    let mut giant = rtp(1, 1);
    giant.resize(20_000, 0);
    run_during(&receiver, async |mut delivered| {
        media.send_to(&giant, rtp_port).expect("sent");
        media.send_to(&rtp(1, 2), rtp_port).expect("sent");
        next(&mut delivered).await;
    })
    .await;
    let statistics = receiver.statistics();
    assert_eq!((statistics.dropped.malformed, statistics.tracks[0].packets_received), (1, 1));
}

#[tokio::test]
async fn a_taken_pair_is_passed_over() {
    let first = Receiver::bind(ReceiverSettings::on(LOOPBACK)).expect("bound").media_address();
    // The first receiver is gone again; its odd port is taken by someone else now.
    let squatter = UdpSocket::bind((LOOPBACK, first.rtcp_port)).expect("bound");
    let only = ReceiverSettings { ports: Some(first.rtp_port..=first.rtcp_port), ..ReceiverSettings::on(LOOPBACK) };
    let message = match Receiver::bind(only.clone()) {
        Err(error @ Error::NoFreePortPair { .. }) if error.is_transient() => error.to_string(),
        other => panic!("{:?}", other.err()),
    };
    let expected = format!("no free pair of UDP ports between {} and {} on 127.0.0.1", first.rtp_port, first.rtcp_port);
    assert!(message.starts_with(&expected), "{message}");
    drop(squatter);
    assert_eq!(Receiver::bind(only).expect("free again").media_address(), first);
}

#[tokio::test]
async fn a_foreign_address_is_named() {
    let elsewhere = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    let refused = Receiver::bind(ReceiverSettings::on(elsewhere)).err().expect("refused");
    assert!(matches!(refused, Error::AddressNotLocal { address } if address == elsewhere), "{refused}");
    assert!(!refused.is_transient());
}
