use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

/// Holds on to the address a track's packets come from, so that others cannot inject packets.
#[derive(Debug)]
pub(crate) struct SourceLatch {
    relatch_after: Duration,
    latched: Option<Latched>,
}

#[derive(Debug, Clone, Copy)]
struct Latched {
    source: SocketAddr,
    heard_at: Instant,
}

impl SourceLatch {
    pub(crate) const fn new(relatch_after: Duration) -> Self {
        Self { relatch_after, latched: None }
    }

    /// Says whether a packet from the source may be taken: it is the one, there is none, or the one has been silent.
    pub(crate) fn admits(&self, now: Instant, source: SocketAddr) -> bool {
        self.latched.is_none_or(|latched| {
            latched.source == source || now.saturating_duration_since(latched.heard_at) >= self.relatch_after
        })
    }

    /// Takes the source of a packet that was admitted or authenticated.
    pub(crate) const fn latch(&mut self, now: Instant, source: SocketAddr) {
        self.latched = Some(Latched { source, heard_at: now });
    }

    /// Notes a sign of life that came another way.
    pub(crate) const fn keep_alive(&mut self, now: Instant) {
        if let Some(latched) = &mut self.latched {
            latched.heard_at = now;
        }
    }

    pub(crate) const fn release(&mut self) {
        self.latched = None;
    }

    pub(crate) fn source(&self) -> Option<SocketAddr> {
        self.latched.map(|latched| latched.source)
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::time::Duration;

    use tokio::time::Instant;

    use super::SourceLatch;

    #[test]
    fn another_source_waits_for_silence() {
        let sources: [SocketAddr; 2] = ["10.0.0.1:5000", "10.0.0.1:5002"].map(|text| text.parse().expect("address"));
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut latch = SourceLatch::new(Duration::from_secs(5));
        assert!(latch.admits(start, sources[1]), "nobody is latched yet");
        latch.latch(start, sources[0]);
        assert!(latch.admits(after(1), sources[0]));
        assert!(!latch.admits(after(4), sources[1]));
        latch.keep_alive(after(4));
        assert!(!latch.admits(after(8), sources[1]));
        assert!(latch.admits(after(9), sources[1]));
        latch.latch(after(9), sources[1]);
        assert!(!latch.admits(after(10), sources[0]));
        assert_eq!(latch.source(), Some(sources[1]));
        latch.release();
        assert!(latch.admits(after(10), sources[0]));
    }
}
