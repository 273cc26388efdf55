//! RTP packets made beforehand, and sending them when they are due.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use gst::prelude::*;
use mixer::{Mixer, PushOutcome};
use model::{Codec, Participant, ParticipantId, Track, TrackId, TrackSource};
use tokio::time::{Instant, sleep_until};

use crate::{Failure, SECONDS};

/// One track and its packets, each with the moment it is sent.
pub(crate) struct Feed {
    pub(crate) track: Track,
    pub(crate) participant: Participant,
    clock_rate_hz: u32,
    packets: Vec<(Duration, Bytes)>,
}

impl Feed {
    /// Takes the RTP packets of an `appsink` named `sink` at the end of a graph.
    pub(crate) fn take(graph: &str, index: u32, source: TrackSource, codec: Codec) -> Result<Self, Failure> {
        let pipeline = gst::parse::launch(graph)?.downcast::<gst::Pipeline>().map_err(|_| "not a pipeline")?;
        let sink =
            pipeline.by_name("sink").and_then(|sink| sink.downcast::<gst_app::AppSink>().ok()).ok_or("no sink")?;
        pipeline.set_state(gst::State::Playing)?;
        let mut packets = Vec::new();
        while let Ok(sample) = sink.pull_sample() {
            let single = sample.buffer_owned();
            let listed = sample.buffer_list_owned();
            for buffer in single.iter().cloned().chain(listed.iter().flat_map(|list| list.iter_owned())) {
                let at = Duration::from_nanos(buffer.pts().ok_or("a packet without a time")?.nseconds());
                packets.push((at, Bytes::copy_from_slice(&buffer.map_readable()?)));
            }
        }
        pipeline.set_state(gst::State::Null)?;
        let clock_rate_hz = if codec.is_audio() { 48_000 } else { 90_000 };
        let participant_id = ParticipantId::new(format!("person-{index}"))?;
        let participant = Participant {
            id: participant_id.clone(),
            display_name: format!("Person {index}"),
            user_id: None,
            language: None,
        };
        let track = Track {
            id: TrackId::new(format!("track-{index}"))?,
            participant_id,
            source,
            codec,
            payload_type: 96,
            clock_rate_hz,
            ssrc: 100 + index,
            srtp: None,
            feed: model::TrackFeed::default(),
        };
        Ok(Self { track, participant, clock_rate_hz, packets })
    }

    /// Returns a packet of a later round through the feed: as the sender would have numbered and stamped it.
    fn packet(&self, index: usize, round: u32) -> Bytes {
        let packet = &self.packets[index].1;
        if round == 0 {
            return packet.clone();
        }
        let mut later = BytesMut::from(&packet[..]);
        let sequence = u16::from_be_bytes([later[2], later[3]]);
        let stamp = u32::from_be_bytes([later[4], later[5], later[6], later[7]]);
        let sequence = sequence.wrapping_add((self.packets.len() as u32 * round) as u16);
        let stamp = stamp.wrapping_add(self.clock_rate_hz.wrapping_mul(SECONDS * round));
        later[2..4].copy_from_slice(&sequence.to_be_bytes());
        later[4..8].copy_from_slice(&stamp.to_be_bytes());
        later.freeze()
    }
}

/// Adds every feed's track to each mixer.
pub(crate) fn join(mixers: &[Mixer], feeds: &[Feed]) -> Result<(), Failure> {
    for mixer in mixers {
        for feed in feeds {
            mixer.add_track(&feed.track, &feed.participant)?;
        }
    }
    Ok(())
}

/// Sends every feed to each mixer in real time, `rounds` times over; returns how many packets were refused.
pub(crate) async fn play(mixers: &[Mixer], feeds: &[Feed], rounds: u32) -> u64 {
    let mut schedule: Vec<(Duration, usize, usize)> = Vec::new();
    for (number, feed) in feeds.iter().enumerate() {
        // Senders are not synchronised with each other.
        let phase = Duration::from_millis(number as u64 * 7);
        schedule.extend(feed.packets.iter().enumerate().map(|(index, (at, _))| (*at + phase, number, index)));
    }
    schedule.sort_unstable();
    let start = Instant::now();
    let mut refused = 0;
    for round in 0..rounds {
        let from = start + Duration::from_secs(u64::from(SECONDS * round));
        for &(at, number, index) in &schedule {
            sleep_until(from + at).await;
            let packet = feeds[number].packet(index, round);
            for mixer in mixers {
                let outcome = mixer.push_rtp(&feeds[number].track.id, packet.clone(), Instant::now());
                refused += u64::from(outcome != PushOutcome::Accepted);
            }
        }
    }
    sleep_until(start + Duration::from_secs(u64::from(SECONDS * rounds))).await;
    refused
}
