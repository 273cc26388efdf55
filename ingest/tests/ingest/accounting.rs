//! What is counted adds up.

use ingest::{Demultiplexer, DemultiplexerSettings, DropReason};
use model::TrackStatistics;

use crate::packets::{Timeline, microphone, rtp, track_id};

#[test]
fn loss_duplicates_and_reordering_are_counted() {
    let timeline = Timeline::begin();
    let mut demultiplexer = Demultiplexer::new(DemultiplexerSettings::default());
    demultiplexer.add_track(&microphone("a", 1)).expect("added");
    let mut outcomes = Vec::new();
    for (index, sequence_number) in [65_533_u16, 65_534, 0, 65_535, 65_535, 3, 4].into_iter().enumerate() {
        let arrival = timeline.rtp(20 * index as u64, "10.0.0.1:5000");
        outcomes.push(demultiplexer.handle_datagram(arrival, rtp(1, sequence_number).into()).err());
    }
    assert_eq!(outcomes, [None, None, None, None, Some(DropReason::Duplicate), None, None]);
    let statistics = demultiplexer.track_statistics(timeline.at(1_120)).remove(0);
    let expected = TrackStatistics {
        track_id: track_id("a"),
        packets_received: 6,
        packets_lost: 2,
        packets_repaired: 0,
        packets_duplicated: 1,
        packets_reordered: 1,
        bytes_received: 6 * rtp(1, 0).len() as u64,
        jitter_ms: statistics.jitter_ms,
        silent_ms: Some(1_000),
        packets_unauthentic: 0,
    };
    assert_eq!(statistics, expected);
    assert!(statistics.jitter_ms > 0.0);
}

#[test]
fn seven_days_of_audio_lose_nothing() {
    let timeline = Timeline::begin();
    let mut demultiplexer = Demultiplexer::new(DemultiplexerSettings::default());
    demultiplexer.add_track(&microphone("a", 1)).expect("added");
    // One packet a second instead of fifty keeps the test short; sequence numbers wrap nine times, time stamps six.
    let seconds = 7 * 24 * 3600_u64;
    let mut packet = rtp(1, 0);
    for second in 0..seconds {
        packet[2..4].copy_from_slice(&(second as u16).to_be_bytes());
        packet[4..8].copy_from_slice(&((second * 48_000) as u32).to_be_bytes());
        let arrival = timeline.rtp(second * 1000, "10.0.0.1:5000");
        assert!(demultiplexer.handle_datagram(arrival, packet.clone().into()).is_ok(), "second {second}");
    }
    let statistics = demultiplexer.track_statistics(timeline.at(0)).remove(0);
    assert_eq!((statistics.packets_received, statistics.packets_lost), (seconds, 0));
    assert!(statistics.jitter_ms < 0.001, "{} ms", statistics.jitter_ms);
}
