//! SRTP and SRTCP in every profile, against vectors made by libsrtp and against a sender made of the same library.

use bytes::Bytes;
use ingest::{Demultiplexer, DemultiplexerSettings, DropReason, Error, RoutedPacket};
use model::{SrtpKey, SrtpProfile, Track};
use webrtc_srtp::context::Context;
use webrtc_srtp::protection_profile::ProtectionProfile;

use crate::packets::{PROFILES, Timeline, counting_key, microphone, picture_loss, rtp, sender_report, track_id};

const SFU: &str = "10.0.0.1:5000";
const MOVED: &str = "10.0.0.2:6000";

fn with_track(key: &SrtpKey, ssrc: u32) -> Demultiplexer {
    let mut demultiplexer = Demultiplexer::new(DemultiplexerSettings::default());
    demultiplexer.add_track(&Track { srtp: Some(key.clone()), ..microphone("a", ssrc) }).expect("added");
    demultiplexer
}

pub(crate) fn context(key: &SrtpKey) -> Context {
    let profile = match key.profile {
        SrtpProfile::AesCm128HmacSha1Tag80 => ProtectionProfile::Aes128CmHmacSha1_80,
        SrtpProfile::AeadAes128Gcm => ProtectionProfile::AeadAes128Gcm,
        SrtpProfile::AeadAes256Gcm => ProtectionProfile::AeadAes256Gcm,
    };
    let (master_key, salt) = key.key_and_salt.split_at(key.profile.key_and_salt_bytes().0);
    Context::new(master_key, salt, profile, None, None).expect("a valid key")
}

fn opened(demultiplexer: &mut Demultiplexer, timeline: &Timeline, datagram: Bytes) -> Result<Bytes, DropReason> {
    match demultiplexer.handle_datagram(timeline.rtp(0, SFU), datagram)? {
        RoutedPacket::Rtp { packet, .. } | RoutedPacket::Rtcp { packet, .. } => Ok(packet),
        RoutedPacket::Moved { .. } => panic!("no track has a name"),
    }
}

fn bytes(hexadecimal: &str) -> Bytes {
    let digit = |byte: u8| (byte as char).to_digit(16).expect("a digit") as u8;
    hexadecimal.as_bytes().chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

#[test]
fn what_libsrtp_seals_is_opened() {
    let plain_rtp = "91effffe01020304cafebabe11223344bede00021001aa00220203ff4875696a69206865617273206c696273727470";
    let plain_rtcp = "80c80006cafebabee10000008000000001020304000000070000038481ca0003cafebabe0103614062000000";
    let sealed = [
        (
            SrtpProfile::AesCm128HmacSha1Tag80,
            "91effffe01020304cafebabe11223344bede00021001aa00220203ffed2565e2fe44a3f99da64c97888160b556f0128fc4cc23f134c1\
             68dcf1",
            "80c80006cafebabe495b0958b57dbdfd309b1002837178d6d33c357d5e50862b2c73032c46d21def420d4856800000015f2063820e14\
             e0adc8ff",
        ),
        (
            SrtpProfile::AeadAes128Gcm,
            "91effffe01020304cafebabe11223344bede00021001aa00220203ff72a47a7769b0d0dc2daa5ce70f36e4df38ba5c577a3ca095648a\
             ca6838d1b5549e3412",
            "80c80006cafebabe91d7c81f58908ff4b11aa76841c0ee2413da889dc77f70b1f70cc579a875f660d7bdc653499f01abb6dba114a0c9\
             cf72f8fee55f80000001",
        ),
        (
            SrtpProfile::AeadAes256Gcm,
            "91effffe01020304cafebabe11223344bede00021001aa00220203ffc4a8b7604444a5ff40a73c69e30b7178620cda3d6203b1200d4c\
             1ed9a265c2bb97726c",
            "80c80006cafebabecf534aa099b05191b295e95e92ec5a900da652cf6c8f6e79e3f435d93e228ae76096a3e8825d112e8f92f835f22d\
             033aa973cfda80000001",
        ),
    ];
    for (profile, rtp, rtcp) in sealed {
        let timeline = Timeline::begin();
        let mut demultiplexer = with_track(&counting_key(profile), 0xcafe_babe);
        assert_eq!(opened(&mut demultiplexer, &timeline, bytes(rtp)), Ok(bytes(plain_rtp)), "{profile}");
        assert_eq!(opened(&mut demultiplexer, &timeline, bytes(rtcp)), Ok(bytes(plain_rtcp)), "{profile}");
        assert_eq!(opened(&mut demultiplexer, &timeline, bytes(rtcp)), Err(DropReason::Unauthentic), "replayed RTCP");
    }
}

#[test]
fn streams_are_opened_through_wraps_and_replays_refused() {
    for profile in PROFILES {
        let key = counting_key(profile);
        let (timeline, mut sender, mut demultiplexer) = (Timeline::begin(), context(&key), with_track(&key, 1));
        let mut sealed = Vec::new();
        for index in 0..700_u32 {
            // Strides of 300 wrap the sequence number three times.
            let plain = rtp(1, (65_000 + index * 300) as u16);
            let datagram = sender.encrypt_rtp(&plain).expect("sealed");
            assert_ne!(datagram, plain);
            assert_eq!(opened(&mut demultiplexer, &timeline, datagram.clone()), Ok(plain.into()), "{profile} {index}");
            sealed.push(datagram);
        }
        for datagram in [&sealed[0], &sealed[350], &sealed[698], &sealed[699]] {
            assert_eq!(opened(&mut demultiplexer, &timeline, datagram.clone()), Err(DropReason::Unauthentic));
        }
        let statistics = demultiplexer.track_statistics(timeline.at(0)).remove(0);
        assert_eq!((statistics.packets_received, statistics.packets_unauthentic), (700, 4));
        assert_eq!(statistics.packets_lost, 699 * 299);
    }
}

#[test]
fn every_flipped_bit_is_noticed() {
    for profile in PROFILES {
        let key = counting_key(profile);
        let (timeline, mut demultiplexer) = (Timeline::begin(), with_track(&key, 1));
        let sealed = context(&key).encrypt_rtp(&rtp(1, 5)).expect("sealed");
        for bit in 0..sealed.len() * 8 {
            let mut damaged = sealed.to_vec();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(opened(&mut demultiplexer, &timeline, damaged.into()).is_err(), "{profile}: bit {bit}");
        }
        assert!(opened(&mut demultiplexer, &timeline, sealed).is_ok(), "forgeries leave the session intact");
    }
}

#[test]
fn a_stream_that_began_long_ago_is_joined() {
    for profile in PROFILES {
        let key = counting_key(profile);
        let (timeline, mut sender) = (Timeline::begin(), context(&key));
        // 40 rollovers: half a day of audio before this recorder process was started.
        let mut sealed = Bytes::new();
        for index in (0..40 * 65_536_u64 + 1_234).step_by(20_000) {
            sealed = sender.encrypt_rtp(&rtp(1, index as u16)).expect("sealed");
        }
        let mut demultiplexer = with_track(&key, 1);
        let mut forged = sealed.to_vec();
        forged[14] ^= 1;
        let too_early = demultiplexer.handle_datagram(timeline.rtp(0, SFU), forged.into());
        assert_eq!(too_early, Err(DropReason::Unauthentic));
        let soon = demultiplexer.handle_datagram(timeline.rtp(499, SFU), sealed.clone());
        assert_eq!(soon, Err(DropReason::Unauthentic), "forgeries must not buy unlimited work");
        assert!(demultiplexer.handle_datagram(timeline.rtp(500, SFU), sealed).is_ok(), "{profile}");
        let next = sender.encrypt_rtp(&rtp(1, 12_345)).expect("sealed");
        assert!(demultiplexer.handle_datagram(timeline.rtp(501, SFU), next).is_ok(), "{profile}");
    }
}

#[test]
fn authentic_packets_move_the_source() {
    let key = counting_key(SrtpProfile::AeadAes128Gcm);
    let (timeline, mut sender, mut demultiplexer) = (Timeline::begin(), context(&key), with_track(&key, 1));
    let first = sender.encrypt_rtp(&rtp(1, 1)).expect("sealed");
    let second = sender.encrypt_rtp(&rtp(1, 2)).expect("sealed");
    let destination = |demultiplexer: &mut Demultiplexer| {
        demultiplexer.address_rtcp(&track_id("a"), picture_loss(1)).map(|outgoing| outgoing.destination.to_string())
    };
    assert!(demultiplexer.handle_datagram(timeline.rtp(0, SFU), first.clone()).is_ok());
    assert!(demultiplexer.handle_datagram(timeline.rtp(1, MOVED), first).is_err(), "a replay moves nothing");
    assert_eq!(destination(&mut demultiplexer).expect("known"), SFU);
    assert!(demultiplexer.handle_datagram(timeline.rtp(2, MOVED), second).is_ok());
    assert_eq!(destination(&mut demultiplexer).expect("known"), MOVED);
}

#[test]
fn outgoing_rtcp_is_protected() {
    for profile in PROFILES {
        let key = counting_key(profile);
        let (timeline, mut sfu, mut demultiplexer) = (Timeline::begin(), context(&key), with_track(&key, 1));
        let report = sfu.encrypt_rtcp(&sender_report(1)).expect("sealed");
        assert_eq!(opened(&mut demultiplexer, &timeline, report), Ok(sender_report(1).into()));
        let outgoing = demultiplexer.address_rtcp(&track_id("a"), picture_loss(1)).expect("addressed");
        assert_ne!(outgoing.datagram, picture_loss(1));
        assert_eq!(context(&key).decrypt_rtcp(&outgoing.datagram), Ok(picture_loss(1)), "{profile}");
    }
}

#[test]
fn a_new_key_replaces_the_old() {
    let old = counting_key(SrtpProfile::AeadAes128Gcm);
    let new = counting_key(SrtpProfile::AeadAes256Gcm);
    let (timeline, mut demultiplexer) = (Timeline::begin(), with_track(&old, 1));
    let (mut old_sender, mut new_sender) = (context(&old), context(&new));
    assert!(opened(&mut demultiplexer, &timeline, old_sender.encrypt_rtp(&rtp(1, 1)).expect("sealed")).is_ok());
    demultiplexer.update_track(&Track { srtp: Some(new), ..microphone("a", 1) }).expect("updated");
    assert!(opened(&mut demultiplexer, &timeline, old_sender.encrypt_rtp(&rtp(1, 2)).expect("sealed")).is_err());
    assert!(opened(&mut demultiplexer, &timeline, new_sender.encrypt_rtp(&rtp(1, 2)).expect("sealed")).is_ok());
    let short = SrtpKey { profile: SrtpProfile::AeadAes128Gcm, key_and_salt: vec![1; 5] };
    let refused = demultiplexer.add_track(&Track { srtp: Some(short), ..microphone("b", 2) });
    assert!(matches!(refused, Err(Error::InvalidTrack { .. })));
}
