//! Nothing an outsider sends makes the core panic or miscount.

use ingest::{Demultiplexer, DemultiplexerSettings, DropReason, RtcpCompound, RtpHeader};
use model::{SrtpProfile, Track};
use proptest::prelude::{Strategy, any, prop_oneof, proptest};

use crate::packets::{PROFILES, Timeline, counting_key, microphone, rtp, sender_report};

fn with_every_kind_of_track() -> Demultiplexer {
    let mut demultiplexer = Demultiplexer::new(DemultiplexerSettings::default());
    demultiplexer.add_track(&microphone("plain", 0)).expect("added");
    for (index, profile) in PROFILES.into_iter().enumerate() {
        let name = format!("srtp{index}");
        let track = Track { srtp: Some(counting_key(profile)), ..microphone(&name, index as u32 + 1) };
        demultiplexer.add_track(&track).expect("added");
    }
    demultiplexer
}

/// Noise, and real packets of the four tracks with some bytes overwritten and the end cut off or filled up.
fn datagram() -> impl Strategy<Value = Vec<u8>> {
    let real = (0_u32..5, any::<u16>(), any::<bool>()).prop_map(|(ssrc, sequence_number, is_control)| {
        if is_control { sender_report(ssrc) } else { rtp(ssrc, sequence_number) }
    });
    let damage = proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..6);
    let damaged = (real, damage, 0_usize..100).prop_map(|(mut packet, damage, length)| {
        for (position, value) in damage {
            let position = position.index(packet.len());
            packet[position] = value;
        }
        packet.resize(length, 0xff);
        packet
    });
    prop_oneof![proptest::collection::vec(any::<u8>(), 0..200), damaged]
}

proptest! {
    #[test]
    fn parsers_never_panic(bytes in datagram()) {
        if let Ok(header) = RtpHeader::parse(&bytes) {
            assert!(header.header_bytes <= bytes.len());
            assert!(header.payload_bytes(&bytes).is_ok_and(|payload| payload <= bytes.len()) || header.has_padding);
        }
        if let Ok(compound) = RtcpCompound::parse(&bytes) {
            let packets: Vec<_> = compound.packets().collect();
            assert!(!packets.is_empty());
            assert!(packets.iter().map(|packet| packet.bytes.len()).sum::<usize>() <= bytes.len());
            for packet in packets {
                assert!(packet.sender_ssrcs().count() <= 31);
                assert!(packet.sender_report().is_none_or(|report| packet.sender_ssrcs().eq([report.ssrc])));
            }
        }
    }

    #[test]
    fn every_datagram_is_accounted_for(datagrams in proptest::collection::vec(datagram(), 1..60)) {
        let timeline = Timeline::begin();
        let mut demultiplexer = with_every_kind_of_track();
        let (mut delivered, mut out_of_range) = (0, 0);
        let mut control = 0;
        for (index, datagram) in datagrams.iter().enumerate() {
            let arrival = timeline.rtp(index as u64, "10.0.0.1:5000");
            match demultiplexer.handle_datagram(arrival, datagram.clone().into()) {
                Ok(ingest::RoutedPacket::Rtp { .. }) => delivered += 1,
                Ok(ingest::RoutedPacket::Rtcp { .. } | ingest::RoutedPacket::Moved { .. }) => control += 1,
                Err(DropReason::SequenceOutOfRange) => out_of_range += 1,
                Err(_) => {}
            }
        }
        let statistics = demultiplexer.track_statistics(timeline.at(0));
        let received: u64 = statistics.iter().map(|track| track.packets_received).sum();
        assert_eq!(received, delivered);
        let dropped = demultiplexer.drop_counters();
        let on_tracks = statistics.iter().map(|track| track.packets_duplicated + track.packets_unauthentic);
        let counted = received
            + on_tracks.sum::<u64>()
            + dropped.malformed
            + dropped.unknown_ssrc
            + dropped.unknown_payload_type
            + dropped.wrong_source;
        assert_eq!(counted + control + out_of_range, datagrams.len() as u64);
    }
}

#[test]
fn protected_tracks_take_nothing_forged() {
    for profile in PROFILES {
        let timeline = Timeline::begin();
        let mut demultiplexer = Demultiplexer::new(DemultiplexerSettings::default());
        let track = Track { srtp: Some(counting_key(profile)), ..microphone("a", 1) };
        demultiplexer.add_track(&track).expect("added");
        let plain_report = sender_report(1);
        // The flag that says "not encrypted", where each profile has its index word.
        let index_offset = if profile == SrtpProfile::AesCm128HmacSha1Tag80 { 14 } else { 4 };
        let mut unencrypted = [&plain_report[..], &[0; 40]].concat();
        let flag = unencrypted.len() - index_offset;
        unencrypted[flag] = 0;
        for datagram in [rtp(1, 1), rtp(1, 2), plain_report, unencrypted] {
            let outcome = demultiplexer.handle_datagram(timeline.rtp(0, "10.0.0.1:5000"), datagram.into());
            assert_eq!(outcome, Err(DropReason::Unauthentic), "{profile}");
        }
        assert_eq!(demultiplexer.track_statistics(timeline.at(0))[0].packets_unauthentic, 4);
    }
}
