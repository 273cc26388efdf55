/// How far behind the newest packet another may come and still be told from a duplicate: two seconds of a busy video.
const WINDOW: u64 = 2048;
const WINDOW_WORDS: usize = (WINDOW / 64) as usize;
/// How far ahead of the newest packet a sequence number may jump before it counts as a fresh start (RFC 3550 §A.1).
const DROPOUT_MAX: i64 = 3000;
/// Room below the first packet, so that packets overtaken by it have numbers too.
const FIRST_CYCLE: u64 = 1 << 16;

/// What a sequence number is in the light of those before it. Numbers are extended to 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sequence {
    /// Newer than all before.
    Next(u64),
    /// Older than the newest, and not seen before.
    Reordered(u64),
    /// Seen before.
    Duplicate,
    /// Too far from the others to say; the next packet decides whether the sender started over.
    OutOfRange,
    /// The second packet in a row of a new run; counting began anew.
    Restarted(u64),
}

/// Whether the sequence number was authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SequenceTrust {
    /// Anyone may have written it: two packets in a row must agree on a jump.
    Claimed,
    /// The sender's key vouches for it: a jump forward is a loss, a jump back is a replay.
    Authentic,
}

/// Extends 16-bit sequence numbers, tells duplicates, and counts what was expected and what came.
#[derive(Debug)]
pub(crate) struct SequenceTracker {
    run: Option<Run>,
    expected_before: u64,
    received: u64,
    duplicated: u64,
    reordered: u64,
    candidate: Option<u16>,
    seen: Box<[u64; WINDOW_WORDS]>,
}

/// A stretch of packets without a fresh start.
#[derive(Debug, Clone, Copy)]
struct Run {
    lowest: u64,
    highest: u64,
}

impl SequenceTracker {
    pub(crate) fn new() -> Self {
        Self {
            run: None,
            expected_before: 0,
            received: 0,
            duplicated: 0,
            reordered: 0,
            candidate: None,
            seen: Box::new([0; WINDOW_WORDS]),
        }
    }

    pub(crate) fn record(&mut self, sequence_number: u16, trust: SequenceTrust) -> Sequence {
        let Some(run) = self.run else {
            return Sequence::Next(self.begin_run(FIRST_CYCLE + u64::from(sequence_number), 0));
        };
        let distance = i64::from(sequence_number.wrapping_sub(run.highest as u16) as i16);
        let forward_max = if trust == SequenceTrust::Authentic { i64::from(i16::MAX) } else { DROPOUT_MAX };
        if distance > forward_max || distance <= -(WINDOW as i64) {
            return self.weigh_restart(run, sequence_number, trust);
        }
        self.candidate = None;
        let extended = run.highest.saturating_add_signed(distance);
        if distance > 0 {
            self.forget(run.highest + 1, extended);
            self.run = Some(Run { highest: extended, ..run });
        } else if self.is_seen(extended) {
            self.duplicated += 1;
            return Sequence::Duplicate;
        } else {
            self.run = Some(Run { lowest: run.lowest.min(extended), ..run });
            self.reordered += 1;
        }
        self.mark(extended);
        self.received += 1;
        if distance > 0 { Sequence::Next(extended) } else { Sequence::Reordered(extended) }
    }

    /// Says whether a packet has been expected and has not come, and may still be told from a duplicate.
    pub(crate) fn is_missing(&self, sequence_number: u16) -> bool {
        let Some(run) = self.run else { return false };
        let distance = i64::from(sequence_number.wrapping_sub(run.highest as u16) as i16);
        let extended = run.highest.saturating_add_signed(distance);
        (-(WINDOW as i64) + 1..0).contains(&distance) && extended >= run.lowest && !self.is_seen(extended)
    }

    /// Begins counting anew with the next packet, keeping what was counted: the track has a new SSRC.
    pub(crate) fn end_run(&mut self) {
        self.expected_before = self.expected();
        self.run = None;
        self.candidate = None;
    }

    pub(crate) const fn received(&self) -> u64 {
        self.received
    }

    pub(crate) const fn duplicated(&self) -> u64 {
        self.duplicated
    }

    pub(crate) const fn reordered(&self) -> u64 {
        self.reordered
    }

    pub(crate) fn lost(&self) -> u64 {
        self.expected().saturating_sub(self.received)
    }

    fn expected(&self) -> u64 {
        self.expected_before + self.run.map_or(0, |run| run.highest - run.lowest + 1)
    }

    fn weigh_restart(&mut self, run: Run, sequence_number: u16, trust: SequenceTrust) -> Sequence {
        if trust == SequenceTrust::Authentic || self.candidate != Some(sequence_number) {
            self.candidate = Some(sequence_number.wrapping_add(1));
            return Sequence::OutOfRange;
        }
        self.expected_before = self.expected();
        // Two cycles on, so that extended numbers never go back; the packet before this one was not handed on.
        let extended = ((run.highest >> 16) + 2) << 16 | u64::from(sequence_number);
        Sequence::Restarted(self.begin_run(extended, 1))
    }

    fn begin_run(&mut self, first: u64, already_missed: u64) -> u64 {
        self.seen.fill(0);
        self.mark(first);
        self.run = Some(Run { lowest: first - already_missed, highest: first });
        self.candidate = None;
        self.received += 1;
        first
    }

    fn forget(&mut self, first: u64, last: u64) {
        if last - first >= WINDOW {
            self.seen.fill(0);
            return;
        }
        for extended in first..=last {
            self.seen[word(extended)] &= !bit(extended);
        }
    }

    fn mark(&mut self, extended: u64) {
        self.seen[word(extended)] |= bit(extended);
    }

    fn is_seen(&self, extended: u64) -> bool {
        self.seen[word(extended)] & bit(extended) != 0
    }
}

const fn word(extended: u64) -> usize {
    (extended % WINDOW / 64) as usize
}

const fn bit(extended: u64) -> u64 {
    1 << (extended % 64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, any, proptest};

    use super::{FIRST_CYCLE, Sequence, SequenceTracker, SequenceTrust};

    fn claimed(tracker: &mut SequenceTracker, sequence_number: u16) -> Sequence {
        tracker.record(sequence_number, SequenceTrust::Claimed)
    }

    #[test]
    fn wraps_are_counted_through_a_week() {
        // 7 × 24 h of 20 ms audio: 30 240 000 packets, 461 wraps; every thousandth packet is lost.
        let mut tracker = SequenceTracker::new();
        let first = 65_000_u64;
        let count = 7 * 24 * 3600 * 50_u64;
        for index in (0..count).filter(|index| index % 1000 != 999) {
            let number = first + index;
            assert_eq!(claimed(&mut tracker, number as u16), Sequence::Next(FIRST_CYCLE + number));
        }
        // The very last packet of the week is one of the lost, and nothing after it tells.
        assert_eq!(tracker.lost(), count / 1000 - 1);
        assert_eq!(tracker.received(), count - count / 1000);
    }

    #[test]
    fn a_packet_before_the_first_is_no_loss() {
        let mut tracker = SequenceTracker::new();
        assert_eq!(claimed(&mut tracker, 0), Sequence::Next(FIRST_CYCLE));
        assert_eq!(claimed(&mut tracker, 65_534), Sequence::Reordered(FIRST_CYCLE - 2));
        assert_eq!(tracker.lost(), 1);
        assert_eq!(claimed(&mut tracker, 65_535), Sequence::Reordered(FIRST_CYCLE - 1));
        assert_eq!((tracker.lost(), tracker.reordered(), tracker.received()), (0, 2, 3));
    }

    #[test]
    fn a_restart_needs_two_in_a_row() {
        let mut tracker = SequenceTracker::new();
        claimed(&mut tracker, 10);
        assert_eq!(claimed(&mut tracker, 40_000), Sequence::OutOfRange);
        assert_eq!(claimed(&mut tracker, 11), Sequence::Next(FIRST_CYCLE + 11));
        assert_eq!(claimed(&mut tracker, 40_001), Sequence::OutOfRange, "the run went on in between");
        let Sequence::Restarted(extended) = claimed(&mut tracker, 40_002) else { panic!("no restart") };
        assert!(extended > FIRST_CYCLE + 11);
        assert_eq!(extended as u16, 40_002);
        assert_eq!((tracker.received(), tracker.lost()), (3, 1), "the packet that announced the restart was not kept");
        assert_eq!(claimed(&mut tracker, 40_003), Sequence::Next(extended + 1));
    }

    #[test]
    fn authentic_jumps_are_losses_and_never_restarts() {
        let mut tracker = SequenceTracker::new();
        let mut authentic = |number| tracker.record(number, SequenceTrust::Authentic);
        authentic(10);
        assert_eq!(authentic(20_010), Sequence::Next(FIRST_CYCLE + 20_010));
        assert_eq!(authentic(11), Sequence::OutOfRange);
        assert_eq!(authentic(12), Sequence::OutOfRange, "old packets in a row are still replays");
        assert_eq!(tracker.lost(), 19_999);
    }

    /// Counts as a reader with unlimited memory would.
    fn oracle(arrivals: &[u64]) -> (u64, u64, u64, u64) {
        let (mut seen, mut duplicated, mut reordered) = (std::collections::BTreeSet::new(), 0, 0);
        for arrival in arrivals {
            let is_behind = seen.last().is_some_and(|last| arrival < last);
            if !seen.insert(*arrival) {
                duplicated += 1;
            } else if is_behind {
                reordered += 1;
            }
        }
        let span = seen.last().zip(seen.first()).map_or(0, |(last, first)| last - first + 1);
        (seen.len() as u64, span - seen.len() as u64, duplicated, reordered)
    }

    /// Packets that are lost, doubled, or delayed by up to 1500 places.
    fn disturbed_stream() -> impl Strategy<Value = Vec<u64>> {
        let fate = (0_u8..100, 0_u64..1500);
        (any::<u16>(), proptest::collection::vec(fate, 1..3000)).prop_map(|(first, fates)| {
            let mut arrivals = Vec::new();
            for (index, (luck, delay)) in fates.into_iter().enumerate() {
                let (index, number) = (index as u64, u64::from(first) + index as u64);
                match luck {
                    0..10 => {}
                    10..20 => arrivals.extend([(index, number), (index + delay, number)]),
                    20..30 => arrivals.push((index + delay, number)),
                    _ => arrivals.push((index, number)),
                }
            }
            arrivals.sort_by_key(|(position, _)| *position);
            arrivals.into_iter().map(|(_, number)| number).collect()
        })
    }

    proptest! {
        #[test]
        fn counters_agree_with_the_oracle(arrivals in disturbed_stream()) {
            let mut tracker = SequenceTracker::new();
            for arrival in &arrivals {
                match claimed(&mut tracker, *arrival as u16) {
                    Sequence::Next(extended) | Sequence::Reordered(extended) => {
                        assert_eq!(extended % FIRST_CYCLE, arrival % FIRST_CYCLE);
                    }
                    Sequence::Duplicate => {}
                    other => panic!("{other:?}"),
                }
            }
            let counted = (tracker.received(), tracker.lost(), tracker.duplicated(), tracker.reordered());
            assert_eq!(counted, oracle(&arrivals));
        }

        #[test]
        fn any_numbers_keep_the_counters_sound(numbers in proptest::collection::vec(any::<u16>(), 0..500)) {
            let mut tracker = SequenceTracker::new();
            let mut highest = 0;
            for number in &numbers {
                if let Sequence::Next(extended) | Sequence::Restarted(extended) = claimed(&mut tracker, *number) {
                    assert!(extended > highest, "extended numbers of new packets only grow");
                    highest = extended;
                }
            }
            assert!(tracker.received() + tracker.duplicated() <= numbers.len() as u64);
        }
    }
}
