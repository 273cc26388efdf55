use mixer::{Mixer, MixerOutput, Picture};
use model::{Layout, Rendition};

use crate::decoded::{Look, is_colour, looks, sound};
use crate::meeting::{COLOURS, FORMAT, Meeting, PITCHES_HZ, Recorded, participant, settings, track_id};
use crate::stored_media::check_rendition;
use crate::synchronisation::grid_areas;

/// The edge of another participant's beep reaches this far into every pitch; a beep itself is at 8 000.
const SPLATTER: f64 = 1_000.0;

/// Returns in how many frames of a span an area has a colour.
fn seen(looks: &[Look], area: usize, colour: [u8; 3], span_ms: (u64, u64)) -> usize {
    let inside = |look: &&Look| (span_ms.0 as i64 * 1000..span_ms.1 as i64 * 1000).contains(&look.at_us);
    looks.iter().filter(inside).filter(|look| is_colour(look.colours[area], colour)).count()
}

/// Returns the spans of a participant's speech in milliseconds.
fn spoken(recorded: &Recorded, index: usize) -> Vec<(u64, u64)> {
    let own = recorded.speech.iter().filter(|chunk| chunk.participant_id == participant(index).id);
    own.map(|chunk| (chunk.start_us / 1000, (chunk.start_us + chunk.duration_us) / 1000)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_holds_nothing_and_the_timeline_goes_on() {
    let mut meeting = Meeting::start(settings(Picture::Video(FORMAT)));
    let source = meeting.join(0, |_| {});
    meeting.until(3_050).await;
    let paused_ms = meeting.mixer.pause().as_millis();
    meeting.until(5_650).await;
    let resumed_ms = meeting.mixer.resume().as_millis();
    meeting.until(8_500).await;
    drop(source);
    let (recorded, _) = meeting.finish().await;
    assert_eq!(recorded.problems, Vec::<String>::new());
    check_rendition(&recorded, Rendition::Video, "avc1");
    check_rendition(&recorded, Rendition::Audio, "mp4a");

    let looks = looks(&recorded.file(Rendition::Video), &grid_areas(1));
    let mixed = sound(&recorded.file(Rendition::Audio), "qtdemux ! avdec_aac");
    assert!(seen(&looks, 0, COLOURS[0], (0, paused_ms)) >= 6, "flashes before the pause");
    assert_eq!(seen(&looks, 0, COLOURS[0], (paused_ms, resumed_ms)), 0, "no flash in the pause");
    assert!(seen(&looks, 0, COLOURS[0], (resumed_ms, 8_500)) >= 4, "flashes after the pause");
    assert!(recorded.picture_loss_indications.contains_key(&track_id("c0")), "a key frame is asked for to go on");
    assert!(mixed.loudest(PITCHES_HZ[0], 0, paused_ms) > 4_000.0);
    // The AAC frame that holds the edge spreads it by its own length.
    let in_pause = mixed.loudest(PITCHES_HZ[0], paused_ms + 45, resumed_ms.saturating_sub(45));
    assert!(in_pause < 30.0, "amplitude {in_pause} in the pause");
    assert!(mixed.loudest(PITCHES_HZ[0], resumed_ms, 8_500) > 4_000.0);
    for (from_ms, until_ms) in spoken(&recorded, 0) {
        assert!(until_ms <= paused_ms || from_ms >= resumed_ms, "speech from {from_ms} to {until_ms} ms");
    }
    let last = spoken(&recorded, 0).into_iter().map(|(_, until_ms)| until_ms).max();
    assert!(last.is_some_and(|last| last > 8_000), "speech goes on after the pause");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_come_go_and_mute() {
    let mut meeting = Meeting::start(settings(Picture::Video(FORMAT)));
    let first = meeting.join(0, |_| {});
    meeting.until(2_500).await;
    let second = meeting.join(1, |_| {});
    meeting.until(5_000).await;
    meeting.mixer.set_muted(&track_id("m0"), true).expect("known");
    meeting.until(7_500).await;
    meeting.mixer.set_muted(&track_id("m0"), false).expect("known");
    for track in ["m1", "c1"] {
        meeting.mixer.remove_track(&track_id(track)).expect("known");
    }
    drop(second);
    meeting.until(10_500).await;
    drop(first);
    let (recorded, _) = meeting.finish().await;
    assert_eq!(recorded.problems, Vec::<String>::new());
    check_rendition(&recorded, Rendition::Video, "avc1");
    check_rendition(&recorded, Rendition::Audio, "mp4a");

    let (alone, both) = (grid_areas(1), grid_areas(2));
    let looks = looks(&recorded.file(Rendition::Video), &[alone[0], both[0], both[1]]);
    let mixed = sound(&recorded.file(Rendition::Audio), "qtdemux ! avdec_aac");
    assert!(seen(&looks, 0, COLOURS[0], (0, 2_500)) >= 4, "the first person fills the picture");
    assert!(seen(&looks, 1, COLOURS[0], (3_000, 7_500)) >= 8, "then shares it");
    assert!(seen(&looks, 2, COLOURS[1], (3_000, 7_500)) >= 8, "with the second");
    assert_eq!(seen(&looks, 2, COLOURS[1], (7_600, 10_500)), 0, "who leaves");
    assert!(seen(&looks, 0, COLOURS[0], (7_700, 10_500)) >= 4, "and gives the picture back");

    assert!(mixed.loudest(PITCHES_HZ[0], 3_000, 5_000) > 4_000.0);
    let muted = mixed.loudest(PITCHES_HZ[0], 5_100, 7_400);
    assert!(muted < SPLATTER, "amplitude {muted} while muted");
    assert!(mixed.loudest(PITCHES_HZ[0], 7_600, 10_500) > 4_000.0, "unmuted");
    assert!(mixed.loudest(PITCHES_HZ[1], 0, 2_500) < SPLATTER);
    assert!(mixed.loudest(PITCHES_HZ[1], 3_000, 7_500) > 4_000.0);
    assert!(mixed.loudest(PITCHES_HZ[1], 7_600, 10_500) < SPLATTER);
    for (from_ms, until_ms) in spoken(&recorded, 0) {
        assert!(until_ms <= 5_060 || from_ms >= 7_440, "muted speech from {from_ms} to {until_ms} ms");
    }
    assert!(recorded.speakers.iter().any(|(speaker, _)| speaker.as_ref() == Some(&participant(0).id)));
    for track in ["m0", "c0", "m1", "c1"] {
        assert!(recorded.receiver_reports[&track_id(track)] >= 2, "{track} is reported on");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn churn_and_silent_tracks_do_not_stall_the_mix() {
    let mut meeting = Meeting::start(settings(Picture::Video(FORMAT)));
    let stream = mixer::synthetic::RtpStream::new(77, 96);
    let silent = track_id("silent");
    meeting.add(&silent, 2, model::TrackSource::Camera, model::Codec::Vp8, stream);
    let mut sources = Vec::new();
    for round in 0..8 {
        sources.push(meeting.join(0, |settings| settings.camera.ssrc += round));
        meeting.mixer.set_layout(Layout::ALL[round as usize % Layout::ALL.len()]);
        meeting.until(u64::from(round + 1) * 500).await;
        // The sender stops first: its ids are taken by the next one, who marks packets otherwise.
        drop(sources.pop());
        meeting.silence().await;
        for track in ["m0", "c0"] {
            meeting.mixer.remove_track(&track_id(track)).expect("known");
        }
    }
    let (recorded, ran) = meeting.finish().await;
    assert_eq!(recorded.problems, Vec::<String>::new());
    check_rendition(&recorded, Rendition::Video, "avc1");
    check_rendition(&recorded, Rendition::Audio, "mp4a");
    let duration_us = recorded.duration_us.expect("finished");
    assert!(duration_us.abs_diff(ran.as_micros() as u64) < 200_000, "{duration_us} us recorded in {ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_of_sound_alone_has_no_picture() {
    let mut meeting = Meeting::start(settings(Picture::AudioOnly));
    let source = meeting.join(0, |settings| {
        settings.audio_codec = model::Codec::G722;
        settings.microphone.payload_type = 9;
    });
    meeting.until(3_500).await;
    drop(source);
    let (recorded, _) = meeting.finish().await;
    assert_eq!(recorded.problems, Vec::<String>::new());
    assert_eq!(recorded.inits.keys().copied().collect::<Vec<_>>(), vec![Rendition::Audio]);
    check_rendition(&recorded, Rendition::Audio, "mp4a");
    let mixed = sound(&recorded.file(Rendition::Audio), "qtdemux ! avdec_aac");
    assert!(mixed.beeps(PITCHES_HZ[0]).len() >= 3);
    assert!(!spoken(&recorded, 0).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_recording_is_black_and_silent_and_ends() {
    let (outputs, mut received) = tokio::sync::mpsc::channel(64);
    let mixer = Mixer::start(settings(Picture::Video(FORMAT)), outputs).expect("the mix starts");
    tokio::time::sleep(std::time::Duration::from_millis(1_200)).await;
    mixer.finish();
    let mut last = None;
    while let Some(output) = received.recv().await {
        assert!(!matches!(output, MixerOutput::Failed { .. }), "{output:?}");
        last = Some(output);
    }
    assert!(matches!(last, Some(MixerOutput::Finished { duration_us: 1_000_000.. })), "{last:?}");
}
