//! Packets that were lost and come another way, and tracks that are found by their name.

use ingest::{Demultiplexer, DemultiplexerSettings, DropReason, RoutedPacket};
use model::{Codec, RtxStream, Track, TrackFeed, TrackMid, TrackSource};

use crate::packets::{PROFILES, Timeline, counting_key, microphone, rtp, track_id};
use crate::srtp::context;

const SFU: &str = "10.0.0.1:5000";
const RED: u8 = 63;

/// Returns sequence number, time stamp and payload of a packet in the clear.
fn parts(packet: &RoutedPacket) -> (u16, u32, Vec<u8>) {
    let RoutedPacket::Rtp { packet, .. } = packet else { panic!("{packet:?}") };
    assert_eq!((packet[1] & 0x7f, &packet[8..12]), (111, &[0, 0, 0, 1][..]), "as the track's own");
    let timestamp = u32::from_be_bytes([packet[4], packet[5], packet[6], packet[7]]);
    (u16::from_be_bytes([packet[2], packet[3]]), timestamp, packet[12..].to_vec())
}

/// A RED packet that repeats the two before it; each payload is its sequence number.
fn red(sequence_number: u16) -> Vec<u8> {
    let mut packet = rtp(1, sequence_number);
    packet.truncate(12);
    packet[1] = RED;
    for before in [2_u32, 1] {
        let word = (before * 960) << 10 | 1;
        packet.push(0xef);
        packet.extend_from_slice(&word.to_be_bytes()[1..]);
    }
    packet.push(111);
    packet.extend((0..3).map(|index| (sequence_number - 2 + index) as u8));
    packet
}

#[test]
fn redundancy_makes_up_for_what_was_lost_and_for_nothing_else() {
    let timeline = Timeline::begin();
    let mut demultiplexer = Demultiplexer::new(DemultiplexerSettings::default());
    let feed = TrackFeed { red_payload_type: Some(RED), ..TrackFeed::default() };
    demultiplexer.add_track(&Track { feed, ..microphone("a", 1) }).expect("added");
    let mut heard = Vec::new();
    // 13 and 14 are lost, 16 to 18 too: of those two come back.
    for sequence_number in [10, 11, 12, 15, 19] {
        let arrival = timeline.rtp(0, SFU);
        let packet = demultiplexer.handle_datagram(arrival, red(sequence_number).into()).expect("taken");
        heard.extend(demultiplexer.take_repaired().map(|packet| parts(&packet)));
        heard.push(parts(&packet));
    }
    heard.sort();
    let expected: Vec<(u16, u32, Vec<u8>)> = [10, 11, 12, 13, 14, 15, 17, 18, 19]
        .map(|number: u16| (number, u32::from(number) * 960, vec![number as u8]))
        .into();
    assert_eq!(heard, expected);
    let statistics = demultiplexer.track_statistics(timeline.at(0)).remove(0);
    assert_eq!((statistics.packets_repaired, statistics.packets_lost), (4, 1));
    let late = demultiplexer.handle_datagram(timeline.rtp(0, SFU), rtp(1, 13).into());
    assert_eq!(late, Err(DropReason::Duplicate), "what was made up for is there");
    let mut cut_short = red(20);
    cut_short.truncate(14);
    assert_eq!(demultiplexer.handle_datagram(timeline.rtp(0, SFU), cut_short.into()), Err(DropReason::Malformed));
}

/// A packet of the retransmission stream for the number given.
fn rtx(own_number: u16, sequence_number: u16) -> Vec<u8> {
    let mut packet = rtp(9, own_number);
    packet.truncate(12);
    packet[1] = 97;
    packet[4..8].copy_from_slice(&(u32::from(sequence_number) * 960).to_be_bytes());
    packet.extend_from_slice(&sequence_number.to_be_bytes());
    packet.extend_from_slice(b"payload");
    packet
}

#[test]
fn what_is_sent_again_takes_its_place_also_under_srtp() {
    for profile in [None].into_iter().chain(PROFILES.map(Some)) {
        let timeline = Timeline::begin();
        let mut demultiplexer = Demultiplexer::new(DemultiplexerSettings::default());
        let feed = TrackFeed { rtx: Some(RtxStream { ssrc: 9, payload_type: 97 }), ..TrackFeed::default() };
        let srtp = profile.map(counting_key);
        let mut sender = srtp.as_ref().map(context);
        demultiplexer.add_track(&Track { feed, srtp, ..microphone("a", 1) }).expect("added");
        let mut take = |plain: Vec<u8>| {
            let datagram = match &mut sender {
                Some(sender) => sender.encrypt_rtp(&plain).expect("sealed"),
                None => plain.into(),
            };
            demultiplexer.handle_datagram(timeline.rtp(0, SFU), datagram).map(|packet| parts(&packet))
        };
        for number in [1, 2, 5] {
            assert_eq!(take(rtp(1, number)), Ok((number, u32::from(number) * 960, b"payload".to_vec())));
        }
        assert_eq!(take(rtx(700, 3)), Ok((3, 2_880, b"payload".to_vec())), "{profile:?}");
        assert_eq!(take(rtx(701, 3)), Err(DropReason::Duplicate));
        assert_eq!(take(rtx(702, 2)), Err(DropReason::Duplicate), "it was never lost");
        let mut probe = rtx(703, 0);
        probe.truncate(12);
        assert_eq!(take(probe), Err(DropReason::Duplicate));
        let statistics = demultiplexer.track_statistics(timeline.at(0)).remove(0);
        assert_eq!((statistics.packets_repaired, statistics.packets_lost), (1, 1));
    }
}

#[test]
fn a_track_is_followed_by_its_name() {
    let timeline = Timeline::begin();
    let mut demultiplexer = Demultiplexer::new(DemultiplexerSettings::default());
    let mid = |value: &str| TrackFeed {
        mid: Some(TrackMid { extension_id: 4, value: value.to_owned() }),
        ..TrackFeed::default()
    };
    demultiplexer.add_track(&Track { feed: mid("0"), ..microphone("a", 1) }).expect("added");
    let camera = Track {
        feed: mid("1"),
        source: TrackSource::Camera,
        codec: Codec::Vp8,
        clock_rate_hz: 90_000,
        ..microphone("b", 2)
    };
    demultiplexer.add_track(&camera).expect("added");
    let named = |ssrc: u32, name: u8, number: u16| {
        let mut packet = rtp(ssrc, number);
        packet[0] |= 0x10;
        packet.splice(12..12, [0xbe, 0xde, 0, 1, 0x40, name, 0, 0]);
        packet
    };
    let outcome = demultiplexer.handle_datagram(timeline.rtp(0, SFU), named(77, b'1', 5).into());
    assert!(matches!(&outcome, Ok(RoutedPacket::Rtp { track_id, .. }) if track_id.as_str() == "b"), "{outcome:?}");
    let told: Vec<RoutedPacket> = demultiplexer.take_repaired().collect();
    assert_eq!(told, [RoutedPacket::Moved { track_id: track_id("b").into(), ssrc: 77 }]);
    // From here on it needs no name, and the SSRC it had is nobody's.
    assert!(demultiplexer.handle_datagram(timeline.rtp(0, SFU), rtp(77, 6).into()).is_ok());
    assert_eq!(demultiplexer.handle_datagram(timeline.rtp(0, SFU), rtp(2, 6).into()), Err(DropReason::UnknownSsrc));
    assert_eq!(
        demultiplexer.handle_datagram(timeline.rtp(0, "10.6.6.6:1"), named(78, b'1', 7).into()),
        Err(DropReason::UnknownSsrc),
        "a stranger does not move it"
    );
    assert_eq!(
        demultiplexer.handle_datagram(timeline.rtp(0, SFU), named(79, b'9', 7).into()),
        Err(DropReason::UnknownSsrc)
    );
}
