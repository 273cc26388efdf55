use std::collections::VecDeque;

const NS_PER_SECOND: i128 = 1_000_000_000;
const WINDOW_NS: i64 = 5_000_000_000;
const SETTLING_NS: i64 = 2_000_000_000;
/// A packet this far off the mapping is a jump of the sender's clock, or hostile.
const JUMP_NS: i64 = 500_000_000;
const JUMP_PACKETS_MIN: u32 = 8;
/// While settled the mapping follows the sender's clock by at most this fraction of elapsed time.
const SLEW_DIVISOR: i64 = 500;

/// Maps a sender's RTP timestamps, extended to 64 bits, to the recording's timeline in nanoseconds.
///
/// The mapping is `timestamp / clock rate + offset`. The offset is the smallest transit seen lately: the packet that
/// waited least tells most about the sender's clock. It follows drift slowly, so consecutive audio packets stay on
/// the sample grid, and jumps only when several packets agree that the sender's clock jumped.
#[derive(Debug)]
pub(crate) struct RtpClock {
    rate_hz: u32,
    last_extended: Option<i64>,
    started_ns: i64,
    last_arrival_ns: i64,
    offset_ns: i64,
    /// Arrivals and transits, transits rising: the front is the smallest of the window.
    transits: VecDeque<(i64, i64)>,
    outliers: u32,
}

/// Where a packet belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RtpMoment {
    /// The timestamp extended to 64 bits.
    pub(crate) extended: i64,
    /// Position on the timeline.
    pub(crate) at_ns: i64,
}

impl RtpClock {
    pub(crate) fn new(rate_hz: u32) -> Self {
        Self {
            rate_hz,
            last_extended: None,
            started_ns: 0,
            last_arrival_ns: 0,
            offset_ns: 0,
            transits: VecDeque::new(),
            outliers: 0,
        }
    }

    /// Takes a packet's timestamp and arrival; none while its timestamp does not fit the mapping.
    pub(crate) fn observe(&mut self, timestamp: u32, arrival_ns: i64) -> Option<RtpMoment> {
        let extended = self.extend(timestamp);
        let transit_ns = arrival_ns - self.nanoseconds(extended);
        if self.last_extended.is_none() {
            self.restart(transit_ns, arrival_ns);
        } else if (transit_ns - self.offset_ns).abs() > JUMP_NS.max(self.late_tolerance_ns(transit_ns)) {
            self.outliers += 1;
            if self.outliers < JUMP_PACKETS_MIN {
                return None;
            }
            self.restart(transit_ns, arrival_ns);
        } else {
            self.outliers = 0;
            self.follow(transit_ns, arrival_ns);
        }
        self.last_extended = Some(extended);
        Some(RtpMoment { extended, at_ns: self.nanoseconds(extended) + self.offset_ns })
    }

    /// Returns where a timestamp lies on the timeline; none before the first packet.
    pub(crate) fn locate(&self, timestamp: u32) -> Option<i64> {
        self.last_extended?;
        Some(self.nanoseconds(self.extend(timestamp)) + self.offset_ns)
    }

    /// A packet may be later than the mapping says by network delay, but never earlier.
    const fn late_tolerance_ns(&self, transit_ns: i64) -> i64 {
        if transit_ns > self.offset_ns { 4 * JUMP_NS } else { JUMP_NS }
    }

    fn extend(&self, timestamp: u32) -> i64 {
        match self.last_extended {
            Some(last) => last + i64::from(timestamp.wrapping_sub(last as u32) as i32),
            None => i64::from(timestamp),
        }
    }

    fn nanoseconds(&self, extended: i64) -> i64 {
        (i128::from(extended) * NS_PER_SECOND / i128::from(self.rate_hz)) as i64
    }

    fn restart(&mut self, transit_ns: i64, arrival_ns: i64) {
        self.offset_ns = transit_ns;
        self.started_ns = arrival_ns;
        self.last_arrival_ns = arrival_ns;
        self.outliers = 0;
        self.transits.clear();
        self.transits.push_back((arrival_ns, transit_ns));
    }

    fn follow(&mut self, transit_ns: i64, arrival_ns: i64) {
        while self.transits.back().is_some_and(|&(_, queued)| queued >= transit_ns) {
            self.transits.pop_back();
        }
        self.transits.push_back((arrival_ns, transit_ns));
        while self.transits.front().is_some_and(|&(queued_ns, _)| queued_ns < arrival_ns - WINDOW_NS) {
            self.transits.pop_front();
        }
        let target_ns = self.transits.front().map_or(transit_ns, |&(_, least)| least);
        let elapsed_ns = (arrival_ns - self.last_arrival_ns).max(0);
        self.last_arrival_ns = self.last_arrival_ns.max(arrival_ns);
        if arrival_ns - self.started_ns < SETTLING_NS {
            self.offset_ns = self.offset_ns.min(target_ns);
        } else {
            let step_ns = elapsed_ns / SLEW_DIVISOR;
            self.offset_ns += (target_ns - self.offset_ns).clamp(-step_ns, step_ns);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RtpClock;

    const MS: i64 = 1_000_000;

    #[test]
    fn jitter_does_not_move_settled_packets() {
        let mut clock = RtpClock::new(48_000);
        let mut previous: Option<i64> = None;
        for packet in 0_i64..500 {
            let jitter = (packet * 7919 % 40) * MS;
            let moment = clock.observe((packet * 960) as u32, packet * 20 * MS + jitter).expect("fits");
            if packet > 100 {
                let step = moment.at_ns - previous.expect("not the first");
                assert!((step - 20 * MS).abs() < MS / 5, "packet {packet} moved {step} ns");
                assert!((moment.at_ns - packet * 20 * MS).abs() < 2 * MS);
            }
            previous = Some(moment.at_ns);
        }
    }

    #[test]
    fn time_goes_on_through_every_wrap_of_a_week() {
        let mut clock = RtpClock::new(90_000);
        let start = 0xffff_0000_u32;
        for second in 0_i64..7 * 24 * 3600 {
            let moment = clock.observe(start.wrapping_add((second * 90_000) as u32), second * 1000 * MS).expect("fits");
            assert_eq!(moment.at_ns, second * 1000 * MS);
        }
    }

    #[test]
    fn a_drifting_sender_is_followed() {
        let mut clock = RtpClock::new(48_000);
        for packet in 0_i64..50 * 600 {
            let arrival = packet * 20 * MS + packet * 20 * MS / 10_000;
            let moment = clock.observe((packet * 960) as u32, arrival).expect("fits");
            assert!((moment.at_ns - arrival).abs() < 3 * MS, "{} ns off at {packet}", moment.at_ns - arrival);
        }
    }

    /// A clock that is 200 ppm fast is two minutes ahead after a week; its packets never are.
    #[test]
    fn a_week_of_drift_and_jitter_is_followed_through_every_wrap() {
        let mut clock = RtpClock::new(90_000);
        let mut worst_ns = 0;
        for packet in 0_i64..7 * 24 * 3600 * 5 {
            let sent_ns = packet * 200 * MS - packet * 200 * MS / 5_000;
            let jitter_ns = (packet * 7919 % 100) * MS;
            let moment = clock.observe((packet * 18_000) as u32, sent_ns + jitter_ns).expect("fits");
            worst_ns = worst_ns.max((moment.at_ns - sent_ns).abs());
        }
        assert!(worst_ns < 30 * MS, "{worst_ns} ns off");
    }

    #[test]
    fn a_stray_timestamp_is_refused_and_a_jump_is_believed() {
        let mut clock = RtpClock::new(90_000);
        for packet in 0_i64..10 {
            assert!(clock.observe((packet * 3600) as u32, packet * 40 * MS).is_some());
        }
        assert_eq!(clock.observe(4_000_000_000, 400 * MS), None);
        assert_eq!(clock.observe(39_600, 440 * MS).expect("fits").at_ns / MS, 440);
        let jumped = |packet: i64| (900_000_000 + packet * 3600) as u32;
        let believed = (0..20).find_map(|packet| clock.observe(jumped(packet), (480 + packet * 40) * MS));
        assert_eq!(believed.expect("believed at last").at_ns / MS, 480 + 7 * 40);
    }
}
