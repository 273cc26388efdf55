//! A network between a sender and ingest: it loses, repeats, delays and reorders, the same way for the same seed. Time is
//! an argument, as in str0m: whoever owns it tells it what came and asks it what is due.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::time::Duration;

use mixer::synthetic::SyntheticPacket;
use tokio::time::Instant;

/// What an SFU keeps to answer requests for retransmission from.
const HISTORY: usize = 512;

/// What a network does to packets. The default does nothing to them.
#[derive(Debug, Clone, Default)]
pub(crate) struct NetworkSettings {
    pub(crate) seed: u64,
    /// The share of packets that are lost.
    pub(crate) loss: f64,
    /// The share of packets that come twice.
    pub(crate) duplication: f64,
    /// The share of packets that are held up for 60 ms more than the others.
    pub(crate) reordering: f64,
    /// The longest delay; each packet has one of its own, so that jitter reorders too.
    pub(crate) jitter_ms: u64,
    /// The span after the start in which nothing comes through.
    pub(crate) outage_ms: Range<u64>,
    /// How much faster the sender's clock is than the receiver's, in millionths.
    pub(crate) skew_ppm: u64,
}

/// A network with packets on their way.
pub(crate) struct Network {
    settings: NetworkSettings,
    random: u64,
    started: Instant,
    under_way: BTreeMap<(Instant, u64), SyntheticPacket>,
    sent: u64,
    history: VecDeque<(u16, SyntheticPacket)>,
    pub(crate) lost: u64,
}

impl Network {
    pub(crate) fn new(settings: NetworkSettings, now: Instant) -> Self {
        let random = settings.seed;
        Self { settings, random, started: now, under_way: BTreeMap::new(), sent: 0, history: VecDeque::new(), lost: 0 }
    }

    /// Takes a packet that was sent now.
    pub(crate) fn handle_packet(&mut self, now: Instant, packet: &SyntheticPacket) {
        if let SyntheticPacket::Rtp(bytes) = packet {
            let sequence = u16::from_be_bytes([bytes[2], bytes[3]]);
            self.history.push_back((sequence, packet.clone()));
            if self.history.len() > HISTORY {
                self.history.pop_front();
            }
        }
        self.send(now, packet);
    }

    /// Sends again what was asked for, as far as it is still known. That may be lost like anything else.
    pub(crate) fn resend(&mut self, now: Instant, sequences: &[u16]) {
        let known: Vec<SyntheticPacket> = self
            .history
            .iter()
            .filter(|(sequence, _)| sequences.contains(sequence))
            .map(|(_, packet)| packet.clone())
            .collect();
        for packet in known {
            self.send(now, &packet);
        }
    }

    /// Returns a packet that has come through by now.
    pub(crate) fn poll(&mut self, now: Instant) -> Option<SyntheticPacket> {
        let entry = self.under_way.first_entry().filter(|entry| entry.key().0 <= now)?;
        Some(entry.remove())
    }

    /// Returns when there is something to poll.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.under_way.first_key_value().map(|((at, _), _)| *at)
    }

    fn send(&mut self, now: Instant, packet: &SyntheticPacket) {
        let elapsed = now - self.started;
        let elapsed_ms = elapsed.as_millis() as u64;
        let away = self.settings.outage_ms.contains(&elapsed_ms);
        if self.chance(self.settings.loss) || away {
            self.lost += 1;
            return;
        }
        let copies = 1 + u32::from(self.chance(self.settings.duplication));
        for _ in 0..copies {
            let jitter = Duration::from_secs_f64(self.uniform() * self.settings.jitter_ms as f64 / 1000.0);
            let held_up = if self.chance(self.settings.reordering) { 60 } else { 0 };
            // What a fast clock sends comes a little sooner each time; the constant keeps it from coming before it was sent.
            let lead = elapsed * self.settings.skew_ppm as u32 / 1_000_000;
            let transit = Duration::from_millis(30 + held_up) + jitter;
            self.sent += 1;
            self.under_way.insert((now + transit.saturating_sub(lead), self.sent), packet.clone());
        }
    }

    fn chance(&mut self, share: f64) -> bool {
        self.uniform() < share
    }

    /// `SplitMix64`: short, and the same everywhere.
    fn uniform(&mut self) -> f64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.random;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Returns the sequence numbers that a compound RTCP packet asks for again (RFC 4585 §6.2.1).
pub(crate) fn requested_again(compound: &[u8]) -> Vec<u16> {
    let mut sequences = Vec::new();
    let mut rest = compound;
    while let [first, kind, high, low, ..] = *rest {
        let length = 4 * (1 + usize::from(u16::from_be_bytes([high, low])));
        let Some((packet, behind)) = rest.split_at_checked(length) else { break };
        if kind == 205 && first & 31 == 1 {
            for pair in packet[12..].chunks_exact(4) {
                let (first, mask) = (u16::from_be_bytes([pair[0], pair[1]]), u16::from_be_bytes([pair[2], pair[3]]));
                sequences.push(first);
                sequences.extend((0..16).filter(|bit| mask >> bit & 1 == 1).map(|bit| first.wrapping_add(bit + 1)));
            }
        }
        rest = behind;
    }
    sequences
}

/// A seed says everything; without faults everything comes, in order.
#[test]
fn the_same_seed_makes_the_same_weather() {
    let packet = |sequence: u16| {
        let [high, low] = sequence.to_be_bytes();
        SyntheticPacket::Rtp(vec![0x80, 96, high, low].into())
    };
    let start = Instant::now();
    let run = |settings: &NetworkSettings| {
        let mut network = Network::new(settings.clone(), start);
        let mut arrived = Vec::new();
        for number in 0..2_000_u16 {
            let now = start + Duration::from_millis(u64::from(number) * 20);
            network.handle_packet(now, &packet(number));
            while let Some(SyntheticPacket::Rtp(bytes)) = network.poll(now) {
                arrived.push((now - start, u16::from_be_bytes([bytes[2], bytes[3]])));
            }
        }
        (arrived, network.lost)
    };
    let (clear, lost) = run(&NetworkSettings::default());
    assert_eq!(lost, 0);
    assert!(clear.iter().map(|(_, sequence)| *sequence).eq(0..clear.len() as u16));
    let storm = NetworkSettings {
        seed: 3,
        loss: 0.1,
        duplication: 0.02,
        reordering: 0.02,
        jitter_ms: 100,
        ..NetworkSettings::default()
    };
    let (first, lost) = run(&storm);
    assert_eq!(first, run(&storm).0);
    assert!((150..250).contains(&lost), "{lost} of 2000");
    assert!(first.windows(2).any(|pair| pair[0].1 > pair[1].1), "some overtake others");
    let mut network = Network::new(NetworkSettings::default(), start);
    network.handle_packet(start, &packet(7));
    network.resend(start, &[6, 7]);
    let due = network.deadline().expect("two are under way");
    assert_eq!([network.poll(due), network.poll(due), network.poll(due)], [Some(packet(7)), Some(packet(7)), None]);
}
