/// Refuses an index that was accepted before or lies 64 or more behind the highest (RFC 3711 §3.3.2).
#[derive(Debug, Default)]
pub(crate) struct ReplayWindow {
    highest: Option<u64>,
    /// Bit `n` stands for `highest - n`.
    accepted: u64,
}

impl ReplayWindow {
    pub(crate) fn is_fresh(&self, index: u64) -> bool {
        let Some(highest) = self.highest else { return true };
        match highest.checked_sub(index) {
            None => true,
            Some(behind @ 0..64) => self.accepted & (1 << behind) == 0,
            Some(_) => false,
        }
    }

    /// Notes an index whose packet was authenticated.
    pub(crate) fn accept(&mut self, index: u64) {
        let highest = self.highest.unwrap_or(index);
        if index >= highest {
            let advance = u32::try_from(index - highest).unwrap_or(u32::MAX);
            self.accepted = self.accepted.checked_shl(advance).unwrap_or(0) | 1;
            self.highest = Some(index);
        } else if highest - index < 64 {
            self.accepted |= 1 << (highest - index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ReplayWindow;

    #[test]
    fn each_index_passes_once() {
        let mut window = ReplayWindow::default();
        let mut check = |index| {
            let fresh = window.is_fresh(index);
            if fresh {
                window.accept(index);
            }
            fresh
        };
        let script = [(5, true), (5, false), (3, true), (3, false), (70, true), (7, true), (6, false), (5, false)];
        for (index, expected) in script {
            assert_eq!(check(index), expected, "{index}");
        }
        assert!(check(1 << 31));
        assert!(!check(70));
    }
}
