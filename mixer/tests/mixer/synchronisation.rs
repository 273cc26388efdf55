use mixer::{Picture, Stage, TileArea, arrange};
use model::{Codec, Layout, Rendition};

use crate::decoded::{flashes, looks, offsets_ms, percentile_95, sound};
use crate::meeting::{COLOURS, FORMAT, Meeting, PITCHES_HZ, Recorded, participant, settings};
use crate::stored_media::{check_rendition, probe};

pub(crate) fn grid_areas(people: usize) -> Vec<TileArea> {
    let participants = (0..people).map(|index| participant(index).id).collect();
    let stage = Stage { participants, ..Stage::default() };
    arrange(Layout::Grid, &stage, FORMAT).into_iter().map(|tile| tile.area).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn beeps_meet_flashes_and_boxes_tell_the_truth() {
    let mut meeting = Meeting::start(settings(Picture::Video(FORMAT)));
    let sources = [
        meeting.join(0, |_| {}),
        meeting.join(1, |settings| {
            settings.video_codec = Codec::H264;
            settings.audio_codec = Codec::Pcmu;
            settings.microphone.payload_type = 0;
        }),
        meeting.join(2, |settings| {
            settings.microphone.sender_reports = false;
            settings.camera.sender_reports = false;
            settings.frames_per_second = 15;
        }),
    ];
    meeting.until(10_400).await;
    drop(sources);
    let (recorded, ran) = meeting.finish().await;
    assert_eq!(recorded.problems, Vec::<String>::new());

    check_rendition(&recorded, Rendition::Video, "avc1");
    check_rendition(&recorded, Rendition::Audio, "mp4a");
    let duration_us = recorded.duration_us.expect("finished");
    assert!(duration_us.abs_diff(ran.as_micros() as u64) < 200_000, "{duration_us} us recorded in {ran:?}");
    let (codec, seconds, frames) = probe(&recorded, Rendition::Video);
    assert_eq!((codec.as_str(), frames), ("h264", (seconds * 25.0).round() as u64));
    let (codec, audio_seconds, packets) = probe(&recorded, Rendition::Audio);
    // The last frame may be cut short.
    let frames = ((audio_seconds * 48_000.0).round() as u64).div_ceil(1024);
    assert_eq!((codec.as_str(), packets), ("aac", frames));
    assert!((seconds - audio_seconds).abs() < 0.1, "{seconds} s of picture, {audio_seconds} s of sound");

    measure_offsets(&recorded);
    measure_speech(&recorded);
}

fn measure_offsets(recorded: &Recorded) {
    let looks = looks(&recorded.file(Rendition::Video), &grid_areas(3));
    let sound = sound(&recorded.file(Rendition::Audio), "qtdemux ! avdec_aac");
    assert_eq!(sound.start_us, 0);
    for (index, pitch) in PITCHES_HZ.into_iter().enumerate() {
        let (beeps, flashes) = (sound.beeps(pitch), flashes(&looks, index, COLOURS[index]));
        let offsets = offsets_ms(&beeps, &flashes);
        assert!(offsets.len() >= 9, "participant {index}: beeps at {beeps:?}, flashes at {flashes:?}");
        assert!(
            percentile_95(&offsets) <= 80,
            "participant {index}: {offsets:?}, beeps at {beeps:?}, flashes at {flashes:?}"
        );
        let cadence = beeps.windows(2).map(|pair| (pair[1] - pair[0] - 1_000_000).abs() / 1000);
        assert!(cadence.clone().all(|error_ms| error_ms <= 40), "{:?}", cadence.collect::<Vec<_>>());
    }
}

/// Speech chunks, each decoded by itself, hold the beeps at the moments the mix has them.
fn measure_speech(recorded: &Recorded) {
    let mixed = sound(&recorded.file(Rendition::Audio), "qtdemux ! avdec_aac");
    for (index, pitch) in PITCHES_HZ.into_iter().enumerate() {
        let chunks: Vec<_> =
            recorded.speech.iter().filter(|chunk| chunk.participant_id == participant(index).id).collect();
        assert!(!chunks.is_empty(), "participant {index} has speech");
        let mut heard = Vec::new();
        for chunk in chunks {
            let spoken = sound(&chunk.bytes, "oggdemux ! opusdec");
            let length_us = spoken.samples.len() as u64 * 1_000_000 / 48_000;
            assert!(length_us.abs_diff(chunk.duration_us) <= 7_000, "{length_us} of {} us", chunk.duration_us);
            heard.extend(spoken.beeps(pitch).into_iter().map(|at_us| at_us + chunk.start_us as i64));
            for other in PITCHES_HZ.into_iter().filter(|other| (other - pitch).abs() > 1.0) {
                // A decoder that begins inside a beep needs 80 ms to come to itself (RFC 7845 §4.6).
                let heard_others = spoken.beeps(other).into_iter().any(|at_us| at_us > 80_000);
                assert!(!heard_others, "nobody else in participant {index}'s speech");
            }
        }
        // A beep that a chunk's border divides begins once.
        heard.dedup_by(|later, earlier| *later - *earlier < 300_000);
        let offsets = offsets_ms(&heard, &mixed.beeps(pitch));
        assert!(offsets.len() >= 9 && percentile_95(&offsets) <= 20, "participant {index}: {offsets:?}");
    }
}
