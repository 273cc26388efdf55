use std::collections::BTreeMap;

const PACKETS_MAX: usize = 2048;
/// A sequence number further off than this belongs to a restarted sender (RFC 3550 §A.1).
const MISORDER_MAX: i64 = 3000;

/// Hands packets on in sequence order, waiting a bounded time for those that are missing.
///
/// Packets in order pass at once: the mix has its own latency, so nothing is gained by holding them.
#[derive(Debug)]
pub(crate) struct ReorderBuffer<T> {
    hold_ns: i64,
    next: Option<i64>,
    waiting: BTreeMap<i64, (i64, T)>,
    suspect: Option<u16>,
    pub(crate) received: u64,
    pub(crate) base: i64,
    pub(crate) highest: i64,
}

impl<T> ReorderBuffer<T> {
    pub(crate) const fn new(hold_ns: i64) -> Self {
        Self { hold_ns, next: None, waiting: BTreeMap::new(), suspect: None, received: 0, base: 0, highest: 0 }
    }

    /// Takes a packet; returns false when it is a duplicate, too late, or far out of sequence.
    pub(crate) fn push(&mut self, sequence: u16, arrival_ns: i64, packet: T) -> bool {
        let Some(next) = self.next else {
            self.restart(sequence);
            self.insert(i64::from(sequence), arrival_ns, packet);
            return true;
        };
        let extended = self.highest + i64::from(sequence.wrapping_sub(self.highest as u16) as i16);
        if (extended - self.highest).abs() > MISORDER_MAX {
            if self.suspect != Some(sequence) {
                self.suspect = Some(sequence.wrapping_add(1));
                return false;
            }
            self.waiting.clear();
            self.restart(sequence);
            self.insert(i64::from(sequence), arrival_ns, packet);
            return true;
        }
        self.suspect = None;
        if extended < next || self.waiting.contains_key(&extended) {
            return false;
        }
        self.insert(extended, arrival_ns, packet);
        true
    }

    /// Returns the next packet in order and how many before it are given up as lost.
    pub(crate) fn pop(&mut self, now_ns: i64) -> Option<(u64, T)> {
        let (&first, &(arrival_ns, _)) = self.waiting.first_key_value()?;
        let next = self.next?;
        let overdue = now_ns - arrival_ns >= self.hold_ns || self.waiting.len() > PACKETS_MAX;
        if first != next && !overdue {
            return None;
        }
        let (_, (_, packet)) = self.waiting.pop_first()?;
        self.next = Some(first + 1);
        Some(((first - next) as u64, packet))
    }

    /// Returns the sequence numbers waited for, at most `limit`.
    pub(crate) fn missing(&self, limit: usize) -> Vec<u16> {
        let (Some(next), Some((&last, _))) = (self.next, self.waiting.last_key_value()) else { return Vec::new() };
        let absent = (next..last).filter(|sequence| !self.waiting.contains_key(sequence));
        absent.take(limit).map(|sequence| sequence as u16).collect()
    }

    fn restart(&mut self, sequence: u16) {
        self.next = Some(i64::from(sequence));
        self.base = i64::from(sequence);
        self.highest = i64::from(sequence);
        self.received = 0;
        self.suspect = None;
    }

    fn insert(&mut self, extended: i64, arrival_ns: i64, packet: T) {
        self.received += 1;
        self.highest = self.highest.max(extended);
        self.waiting.insert(extended, (arrival_ns, packet));
    }
}

#[cfg(test)]
mod tests {
    use super::ReorderBuffer;

    fn drain(buffer: &mut ReorderBuffer<u16>, now_ns: i64) -> Vec<(u64, u16)> {
        std::iter::from_fn(|| buffer.pop(now_ns)).collect()
    }

    #[test]
    fn order_is_restored_across_the_wrap() {
        let mut buffer = ReorderBuffer::new(100);
        for sequence in [65_534, 0, 65_535, 1] {
            assert!(buffer.push(sequence, 0, sequence));
        }
        assert_eq!(drain(&mut buffer, 0), vec![(0, 65_534), (0, 65_535), (0, 0), (0, 1)]);
        assert!(!buffer.push(0, 0, 0), "a duplicate is refused");
    }

    #[test]
    fn a_gap_is_waited_for_then_given_up() {
        let mut buffer = ReorderBuffer::new(100);
        for sequence in [1, 4] {
            buffer.push(sequence, 10, sequence);
        }
        assert_eq!(drain(&mut buffer, 50), vec![(0, 1)]);
        assert_eq!(buffer.missing(9), vec![2, 3]);
        assert_eq!(drain(&mut buffer, 110), vec![(2, 4)]);
        assert!(!buffer.push(3, 120, 3), "too late");
    }

    #[test]
    fn a_restarted_sender_is_believed_on_its_second_packet() {
        let mut buffer = ReorderBuffer::new(100);
        buffer.push(1, 0, 1);
        assert!(!buffer.push(30_000, 0, 30_000));
        assert!(buffer.push(30_001, 0, 30_001));
        assert_eq!(drain(&mut buffer, 0), vec![(0, 30_001)]);
    }
}
