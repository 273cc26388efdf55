//! Meetings in bad weather: what the networks do to the packets, and what is still seen and heard.

use std::ops::Range;

use mixer::Picture;
use model::Rendition;

use crate::decoded::{Sound, flashes, looks, offsets_ms, percentile_95, sound};
use crate::meeting::{COLOURS, FORMAT, Meeting, PITCHES_HZ, Recorded, settings};
use crate::network::NetworkSettings;
use crate::synchronisation::grid_areas;

const RUN_MS: u64 = 24_400;
/// The first seconds of a stream are for finding its clock.
const SETTLED_US: i64 = 3_000_000;
/// A beep of a second is found this late or early at most.
const CADENCE_TOLERANCE_US: i64 = 120_000;

/// What is left of a participant in the recording.
#[derive(Debug)]
struct Presence {
    beeps: Vec<i64>,
    flashes: Vec<i64>,
}

impl Presence {
    fn of(recorded: &Recorded, people: usize) -> Vec<Self> {
        let looks = looks(&recorded.file(Rendition::Video), &grid_areas(people));
        let sound: Sound = sound(&recorded.file(Rendition::Audio), "qtdemux ! avdec_aac");
        (0..people)
            .map(|index| Self {
                beeps: sound.beeps(PITCHES_HZ[index]),
                flashes: flashes(&looks, index, COLOURS[index]),
            })
            .collect()
    }

    /// Returns how much longer than a second the picture or the sound stood still between two signs of life, added up.
    fn frozen_ms(signs: &[i64], from_us: i64, until_us: i64) -> i64 {
        let inside: Vec<i64> = signs.iter().copied().filter(|at| (from_us..until_us).contains(at)).collect();
        let ends = [from_us].into_iter().chain(inside).chain([until_us]).collect::<Vec<_>>();
        ends.windows(2).map(|pair| (pair[1] - pair[0] - 1_000_000 - CADENCE_TOLERANCE_US).max(0) / 1000).sum()
    }

    /// Returns how far beeps and flashes are apart, but for a span.
    fn offsets_ms(&self, but_us: &Range<i64>) -> Vec<i64> {
        let counts = |at: &i64| *at > SETTLED_US && !but_us.contains(at);
        let settled = |signs: &[i64]| signs.iter().copied().filter(counts).collect::<Vec<_>>();
        offsets_ms(&settled(&self.beeps), &settled(&self.flashes))
    }
}

async fn hold(networks: Vec<NetworkSettings>) -> (Recorded, Vec<Presence>) {
    let people = networks.len();
    let mut meeting = Meeting::start(settings(Picture::Video(FORMAT)));
    for (index, network) in networks.into_iter().enumerate() {
        meeting.join_through(index, &network);
    }
    meeting.until(RUN_MS).await;
    let (recorded, _) = meeting.finish().await;
    assert_eq!(recorded.problems, Vec::<String>::new());
    let presences = Presence::of(&recorded, people);
    (recorded, presences)
}

/// Loss of 1, 5 and 10 %, with repetition, reordering and 100 ms of jitter, side by side; the SFU answers requests for
/// retransmission, and what it sends again may be lost too.
#[tokio::test(flavor = "multi_thread")]
async fn loss_and_jitter_are_hardly_seen_or_heard() {
    let network = |seed, loss| NetworkSettings {
        seed,
        loss,
        duplication: 0.02,
        reordering: 0.02,
        jitter_ms: 100,
        ..NetworkSettings::default()
    };
    let (_, presences) = hold(vec![network(1, 0.01), network(2, 0.05), network(3, 0.10)]).await;
    for (index, presence) in presences.iter().enumerate() {
        let offsets = presence.offsets_ms(&(0..0));
        let until_us = RUN_MS as i64 * 1000 - 1_000_000;
        let frozen = Presence::frozen_ms(&presence.flashes, SETTLED_US, until_us);
        let silent = Presence::frozen_ms(&presence.beeps, SETTLED_US, until_us);
        let said = format!("participant {index}: {offsets:?} ms apart, frozen {frozen} ms, silent {silent} ms");
        println!("{said}");
        assert!(offsets.len() >= 18, "{said}");
        assert!(percentile_95(&offsets) <= 120, "{said}");
        assert!(frozen <= [0, 1_000, 2_000][index] && silent <= [0, 0, 1_000][index], "{said}");
    }
}

/// Five seconds without a packet, and a sender whose clock is 200 ppm fast beside one that has clear weather.
#[tokio::test(flavor = "multi_thread")]
async fn an_outage_ends_when_it_ends_and_touches_nobody_else() {
    let outage = NetworkSettings { seed: 4, outage_ms: 8_000..13_000, ..NetworkSettings::default() };
    let skewed = NetworkSettings { seed: 5, skew_ppm: 200, jitter_ms: 20, ..NetworkSettings::default() };
    let (_, presences) = hold(vec![outage, skewed]).await;
    let until_us = RUN_MS as i64 * 1000 - 1_000_000;
    let [cut_off, other] = presences.as_slice() else { panic!("two took part") };
    // Within two seconds of its return a stream has found its clock again.
    for (presence, but_us) in [(cut_off, 8_000_000..15_500_000), (other, 0..0)] {
        assert!(percentile_95(&presence.offsets_ms(&but_us)) <= 80, "{presence:?}");
    }
    assert_eq!(Presence::frozen_ms(&other.flashes, SETTLED_US, until_us), 0, "{other:?}");
    assert_eq!(Presence::frozen_ms(&other.beeps, SETTLED_US, until_us), 0, "{other:?}");
    for signs in [&cut_off.flashes, &cut_off.beeps] {
        let frozen = Presence::frozen_ms(signs, SETTLED_US, until_us);
        assert!((3_000..=6_500).contains(&frozen), "{frozen} ms: {signs:?}");
        assert!(signs.iter().filter(|at| **at > 15_500_000).count() >= 7, "it is back: {signs:?}");
    }
}
