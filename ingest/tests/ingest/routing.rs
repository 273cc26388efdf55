//! Which packets reach which track.

use bytes::Bytes;
use ingest::{Arrival, Demultiplexer, DemultiplexerSettings, DropReason, Error, LocalPort, RoutedPacket};
use model::{Codec, DropCounters, Track, TrackSource};

use crate::packets::{Timeline, address, microphone, picture_loss, rtp, sender_report, track_id};

const SFU: &str = "10.0.0.1:5000";
const SFU_RTCP: &str = "10.0.0.1:5001";
const STRANGER: &str = "10.6.6.6:5000";

fn with_tracks(tracks: &[Track]) -> Demultiplexer {
    let mut demultiplexer = Demultiplexer::new(DemultiplexerSettings::default());
    for track in tracks {
        demultiplexer.add_track(track).expect("added");
    }
    demultiplexer
}

/// Gives the names of the tracks a datagram reached.
fn deliver(
    demultiplexer: &mut Demultiplexer,
    arrival: Arrival,
    datagram: impl Into<Bytes>,
) -> Result<Vec<String>, DropReason> {
    let datagram = datagram.into();
    Ok(match demultiplexer.handle_datagram(arrival, datagram.clone())? {
        RoutedPacket::Rtp { track_id, packet, arrived_at } => {
            assert_eq!((packet, arrived_at), (datagram, arrival.at));
            vec![track_id.to_string()]
        }
        RoutedPacket::Rtcp { track_ids, packet, .. } => {
            assert_eq!(packet, datagram);
            track_ids.iter().map(ToString::to_string).collect()
        }
        RoutedPacket::Moved { .. } => panic!("no track has a name"),
    })
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn packets_reach_the_track_of_their_ssrc() {
    let timeline = Timeline::begin();
    let mut demultiplexer = with_tracks(&[microphone("a", 1), microphone("b", 2)]);
    let at = timeline.rtp(0, SFU);
    assert_eq!(deliver(&mut demultiplexer, at, rtp(2, 7)), Ok(names(&["b"])));
    assert_eq!(deliver(&mut demultiplexer, at, rtp(1, 7)), Ok(names(&["a"])));
    assert_eq!(deliver(&mut demultiplexer, at, rtp(3, 7)), Err(DropReason::UnknownSsrc));
    let mut comfort_noise = rtp(1, 8);
    comfort_noise[1] = 13;
    assert_eq!(deliver(&mut demultiplexer, at, comfort_noise), Err(DropReason::UnknownPayloadType));
    assert_eq!(deliver(&mut demultiplexer, at, &b"\x16\xfe\xfd\x00DTLS, say"[..]), Err(DropReason::Malformed));
    assert_eq!(deliver(&mut demultiplexer, at, Bytes::new()), Err(DropReason::Malformed));
    let expected = DropCounters { malformed: 2, unknown_ssrc: 1, unknown_payload_type: 1, wrong_source: 0, overrun: 0 };
    assert_eq!(demultiplexer.drop_counters(), expected);
}

#[test]
fn the_first_source_is_held_on_to() {
    let timeline = Timeline::begin();
    let mut demultiplexer = with_tracks(&[microphone("a", 1)]);
    assert_eq!(deliver(&mut demultiplexer, timeline.rtp(0, SFU), rtp(1, 1)), Ok(names(&["a"])));
    let elsewhere = [STRANGER, "10.0.0.1:5004"];
    for source in elsewhere {
        assert_eq!(deliver(&mut demultiplexer, timeline.rtp(20, source), rtp(1, 2)), Err(DropReason::WrongSource));
    }
    assert_eq!(deliver(&mut demultiplexer, timeline.rtp(20, SFU), rtp(1, 2)), Ok(names(&["a"])));
    assert_eq!(demultiplexer.drop_counters().wrong_source, 2);
    // After five seconds without a word from the SFU another source may take over, and then is held on to.
    assert_eq!(deliver(&mut demultiplexer, timeline.rtp(5_019, STRANGER), rtp(1, 3)), Err(DropReason::WrongSource));
    assert_eq!(deliver(&mut demultiplexer, timeline.rtp(5_020, STRANGER), rtp(1, 3)), Ok(names(&["a"])));
    assert_eq!(deliver(&mut demultiplexer, timeline.rtp(5_040, SFU), rtp(1, 4)), Err(DropReason::WrongSource));
}

#[test]
fn what_is_dropped_neither_takes_nor_keeps_the_latch() {
    let timeline = Timeline::begin();
    let mut demultiplexer = with_tracks(&[microphone("a", 1)]);
    let mut wrong_type = rtp(1, 1);
    wrong_type[1] = 0;
    assert!(deliver(&mut demultiplexer, timeline.rtp(0, STRANGER), wrong_type).is_err());
    let mut bad_padding = rtp(1, 1);
    bad_padding[0] |= 0x20;
    assert_eq!(deliver(&mut demultiplexer, timeline.rtp(0, STRANGER), bad_padding), Err(DropReason::Malformed));
    assert_eq!(deliver(&mut demultiplexer, timeline.rtp(0, SFU), rtp(1, 1)), Ok(names(&["a"])));
}

#[test]
fn reports_keep_a_silent_source() {
    let timeline = Timeline::begin();
    let mut demultiplexer = with_tracks(&[microphone("a", 1)]);
    assert!(deliver(&mut demultiplexer, timeline.rtp(0, SFU), rtp(1, 1)).is_ok());
    for after_ms in [4_000, 8_000] {
        let report = deliver(&mut demultiplexer, timeline.rtcp(after_ms, SFU_RTCP), sender_report(1));
        assert_eq!(report, Ok(names(&["a"])));
    }
    let intruder = deliver(&mut demultiplexer, timeline.rtp(12_000, STRANGER), rtp(1, 2));
    assert_eq!(intruder, Err(DropReason::WrongSource), "a muted microphone is still the SFU's");
}

#[test]
fn reports_reach_the_tracks_that_speak_in_them() {
    let timeline = Timeline::begin();
    let mut demultiplexer = with_tracks(&[microphone("a", 1), microphone("b", 2), microphone("c", 3)]);
    let at = timeline.rtcp(0, SFU_RTCP);
    assert_eq!(deliver(&mut demultiplexer, at, sender_report(2)), Ok(names(&["b"])));
    let goodbye = [0x82, 203, 0, 2, 0, 0, 0, 1, 0, 0, 0, 9];
    let compound = [&sender_report(3)[..], &goodbye].concat();
    assert_eq!(deliver(&mut demultiplexer, at, compound), Ok(names(&["a", "c"])));
    assert_eq!(deliver(&mut demultiplexer, at, sender_report(9)), Err(DropReason::UnknownSsrc));
    let torn = sender_report(1)[..20].to_vec();
    assert_eq!(deliver(&mut demultiplexer, at, torn), Err(DropReason::Malformed));
}

#[test]
fn reports_from_elsewhere_are_refused() {
    let timeline = Timeline::begin();
    let mut demultiplexer = with_tracks(&[microphone("a", 1)]);
    assert!(deliver(&mut demultiplexer, timeline.rtp(0, SFU), rtp(1, 1)).is_ok());
    let forged = deliver(&mut demultiplexer, timeline.rtcp(10, STRANGER), sender_report(1));
    assert_eq!(forged, Err(DropReason::WrongSource), "it would shift the track's clock");
    assert_eq!(deliver(&mut demultiplexer, timeline.rtcp(10, SFU_RTCP), sender_report(1)), Ok(names(&["a"])));
    assert_eq!(demultiplexer.drop_counters().wrong_source, 1);
}

#[test]
fn only_allowed_networks_may_send() {
    let timeline = Timeline::begin();
    let allowed_sources = vec!["10.0.0.0/24".parse().expect("a network")];
    let settings = DemultiplexerSettings { allowed_sources, ..DemultiplexerSettings::default() };
    let mut demultiplexer = Demultiplexer::new(settings);
    demultiplexer.add_track(&microphone("a", 1)).expect("added");
    assert_eq!(deliver(&mut demultiplexer, timeline.rtp(0, STRANGER), rtp(1, 1)), Err(DropReason::WrongSource));
    assert_eq!(deliver(&mut demultiplexer, timeline.rtp(0, SFU), rtp(1, 1)), Ok(names(&["a"])));
}

#[test]
fn rtcp_goes_back_where_rtcp_comes_from() {
    let timeline = Timeline::begin();
    let mut demultiplexer = with_tracks(&[microphone("a", 1)]);
    let id = track_id("a");
    let destination = |demultiplexer: &mut Demultiplexer| {
        demultiplexer.address_rtcp(&id, picture_loss(1)).map(|outgoing| (outgoing.port, outgoing.destination))
    };
    let nowhere = destination(&mut demultiplexer).expect_err("nobody is known");
    assert!(matches!(nowhere, Error::NoRtcpDestination { .. }) && nowhere.is_transient());
    assert!(deliver(&mut demultiplexer, timeline.rtp(0, SFU), rtp(1, 1)).is_ok());
    assert_eq!(destination(&mut demultiplexer).expect("known"), (LocalPort::Rtp, address(SFU)));
    assert!(deliver(&mut demultiplexer, timeline.rtcp(0, SFU_RTCP), sender_report(1)).is_ok());
    assert_eq!(destination(&mut demultiplexer).expect("known"), (LocalPort::Rtcp, address(SFU_RTCP)));
    let refused = demultiplexer.address_rtcp(&track_id("a"), Bytes::from_static(b"no RTCP"));
    assert!(matches!(refused, Err(Error::NotRtcp { .. })));
}

#[test]
fn tracks_come_change_and_go() {
    let timeline = Timeline::begin();
    let mut demultiplexer = with_tracks(&[microphone("a", 1), microphone("b", 2)]);
    let at = timeline.rtp(0, SFU);
    assert!(matches!(demultiplexer.add_track(&microphone("a", 3)), Err(Error::TrackExists { .. })));
    assert!(matches!(demultiplexer.add_track(&microphone("c", 2)), Err(Error::SsrcInUse { ssrc: 2, .. })));
    assert!(matches!(demultiplexer.update_track(&microphone("b", 1)), Err(Error::SsrcInUse { ssrc: 1, .. })));
    assert!(matches!(demultiplexer.update_track(&microphone("c", 4)), Err(Error::UnknownTrack { .. })));
    let invalid = Track { codec: Codec::Vp8, ..microphone("c", 4) };
    assert!(matches!(demultiplexer.add_track(&invalid), Err(Error::InvalidTrack { .. })));

    for sequence_number in [1, 2, 4] {
        assert!(deliver(&mut demultiplexer, at, rtp(2, sequence_number)).is_ok());
    }
    demultiplexer.update_track(&microphone("b", 20)).expect("updated");
    assert_eq!(deliver(&mut demultiplexer, at, rtp(2, 5)), Err(DropReason::UnknownSsrc));
    let moved = timeline.rtp(0, STRANGER);
    for sequence_number in [60_000, 60_001] {
        assert_eq!(deliver(&mut demultiplexer, moved, rtp(20, sequence_number)), Ok(names(&["b"])));
    }
    let statistics = &demultiplexer.track_statistics(timeline.at(0))[1];
    assert_eq!((statistics.packets_received, statistics.packets_lost), (5, 1), "counters go on, the jump is no loss");

    let removed = demultiplexer.remove_track(&track_id("a"), timeline.at(0)).expect("removed");
    assert_eq!(removed.packets_received, 0);
    assert_eq!(deliver(&mut demultiplexer, at, rtp(1, 1)), Err(DropReason::UnknownSsrc));
    assert_eq!(deliver(&mut demultiplexer, moved, rtp(20, 60_002)), Ok(names(&["b"])));
    assert!(matches!(demultiplexer.remove_track(&track_id("a"), timeline.at(0)), Err(Error::UnknownTrack { .. })));
    demultiplexer.add_track(&microphone("a", 1)).expect("may come again");
    assert_eq!(deliver(&mut demultiplexer, at, rtp(1, 1)), Ok(names(&["a"])));
}

/// Janus greets the RTCP port from the socket on which it takes requests for key frames.
#[test]
fn rtcp_goes_to_where_a_greeting_came_from() {
    let timeline = Timeline::begin();
    let mut demultiplexer = Demultiplexer::new(DemultiplexerSettings::default());
    demultiplexer.add_track(&microphone("voice", 1)).expect("added");
    let camera = |name, ssrc| Track {
        codec: Codec::Vp8,
        clock_rate_hz: 90_000,
        payload_type: 111,
        source: TrackSource::Camera,
        ..microphone(name, ssrc)
    };
    let greeting = [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let greet = |demultiplexer: &mut Demultiplexer, source: &str| {
        let outcome = demultiplexer.handle_datagram(timeline.rtcp(0, source), greeting.to_vec().into());
        assert_eq!(outcome, Err(DropReason::Greeting));
    };
    demultiplexer.add_track(&camera("first", 2)).expect("added");
    greet(&mut demultiplexer, "10.0.0.1:7001");
    demultiplexer.add_track(&camera("second", 3)).expect("added");
    // It greets twice, in case the first is lost.
    greet(&mut demultiplexer, "10.0.0.1:7001");
    greet(&mut demultiplexer, "10.0.0.1:7002");
    greet(&mut demultiplexer, "10.0.0.1:7003");
    for (name, ssrc, destination) in [("first", 2, "10.0.0.1:7001"), ("second", 3, "10.0.0.1:7002")] {
        let sent = demultiplexer.address_rtcp(&track_id(name), picture_loss(ssrc)).expect("addressed");
        assert_eq!((sent.port, sent.destination), (LocalPort::Rtcp, address(destination)));
    }
    assert!(demultiplexer.address_rtcp(&track_id("voice"), picture_loss(1)).is_err(), "sound needs none");
    assert_eq!(demultiplexer.drop_counters(), DropCounters::default());
    // On the RTP port it is a packet of nobody.
    let outcome = demultiplexer.handle_datagram(timeline.rtp(0, "10.0.0.1:7001"), greeting.to_vec().into());
    assert_eq!(outcome, Err(DropReason::UnknownSsrc));
}
