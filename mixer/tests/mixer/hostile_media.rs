use bytes::{Bytes, BytesMut};
use mixer::synthetic::{BeepFlash, BeepFlashSettings, RtpStream, SyntheticPacket};
use mixer::{Picture, PushOutcome};
use model::{Codec, Rendition, TrackSource};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::decoded::{flashes, looks, sound};
use crate::meeting::{COLOURS, FORMAT, Meeting, PITCHES_HZ, settings, track_id};
use crate::stored_media::check_rendition;
use crate::synchronisation::grid_areas;

/// Cuts, flips and invents; the same for the same number.
fn spoil(packet: &Bytes, number: u32) -> Bytes {
    let mut spoiled = BytesMut::from(&packet[..]);
    let noise = number.wrapping_mul(0x9e37_79b9);
    match number % 5 {
        0 => spoiled.truncate(12 + noise as usize % (packet.len() - 11)),
        1 => spoiled[12..].iter_mut().for_each(|byte| *byte = (u32::from(*byte) ^ noise >> 7) as u8),
        2 => spoiled[12] ^= noise as u8,
        3 => spoiled.extend_from_slice(&[0xff; 300]),
        _ => {}
    }
    spoiled.freeze()
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_and_truncated_media_leave_the_others_intact() {
    let mut meeting = Meeting::start(settings(Picture::Video(FORMAT)));
    let healthy = meeting.join(0, |_| {});
    let hostile = [(Codec::Vp8, Codec::Opus), (Codec::H264, Codec::Opus), (Codec::Vp9, Codec::G722)];
    let mut sources = Vec::new();
    let (all, mut spoiled) = mpsc::channel(4096);
    for (index, (video_codec, audio_codec)) in (1..).zip(hostile) {
        let (microphone, camera) = (RtpStream::new(3000 + index, 111), RtpStream::new(4000 + index, 96));
        let names = [track_id(&format!("bad-m{index}")), track_id(&format!("bad-c{index}"))];
        meeting.add(&names[0], index as usize, TrackSource::Microphone, audio_codec, microphone);
        meeting.add(&names[1], index as usize, TrackSource::Camera, video_codec, camera);
        let feeds = names.map(|name| {
            let (feed, mut queue) = mpsc::channel(1024);
            let all = all.clone();
            (feed, async move {
                while let Some(packet) = queue.recv().await {
                    all.send((name.clone(), packet)).await.expect("the test receives");
                }
            })
        });
        let [(microphone_feed, forward_microphone), (camera_feed, forward_camera)] = feeds;
        sources.push((forward_microphone, forward_camera));
        let settings = BeepFlashSettings {
            frequency_hz: 440.0,
            colour: [200, 128, 128],
            phase_ms: 500,
            video_codec,
            audio_codec,
            frames_per_second: 15,
            microphone,
            camera,
        };
        let source = BeepFlash::start(settings, microphone_feed, camera_feed).expect("the source starts");
        std::mem::forget(source);
    }
    let mut tasks = tokio::task::JoinSet::new();
    for (microphone, camera) in sources {
        tasks.spawn(microphone);
        tasks.spawn(camera);
    }
    let (mut number, mut refused) = (0, 0);
    while meeting.mixer.media_time().as_millis() < 6_500 {
        let (name, packet) = spoiled.recv().await.expect("sources run");
        number += 1;
        let outcome = match packet {
            SyntheticPacket::Rtp(packet) => meeting.mixer.push_rtp(&name, spoil(&packet, number), Instant::now()),
            SyntheticPacket::Rtcp(packet) => {
                meeting.mixer.push_rtcp(&name, &packet[..packet.len() / 2], Instant::now())
            }
        };
        let garbage = meeting.mixer.push_rtp(&name, Bytes::from(vec![number as u8; 40]), Instant::now());
        refused += u32::from(garbage == PushOutcome::Malformed);
        assert_ne!(outcome, PushOutcome::UnknownTrack);
    }
    assert!(number > 500 && refused > 500, "{number} packets spoiled, {refused} refused");
    let stranger = meeting.mixer.push_rtp(&track_id("nobody"), Bytes::new(), Instant::now());
    assert_eq!(stranger, PushOutcome::UnknownTrack);
    tasks.abort_all();
    drop(healthy);
    let (recorded, _) = meeting.finish().await;
    let fatal: Vec<&String> = recorded.problems.iter().filter(|problem| !problem.starts_with("bad-")).collect();
    assert_eq!(fatal, Vec::<&String>::new());
    check_rendition(&recorded, Rendition::Video, "avc1");
    check_rendition(&recorded, Rendition::Audio, "mp4a");
    let looks = looks(&recorded.file(Rendition::Video), &grid_areas(4));
    assert!(flashes(&looks, 0, COLOURS[0]).len() >= 5, "the healthy camera is seen");
    let mixed = sound(&recorded.file(Rendition::Audio), "qtdemux ! avdec_aac");
    assert!(mixed.beeps(PITCHES_HZ[0]).len() >= 5, "the healthy microphone is heard");
}
