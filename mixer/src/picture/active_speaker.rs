use model::ParticipantId;

/// Quieter than this is no speech.
const SPEECH_DBFS: f32 = -50.0;
/// Another voice must be this much louder to take over from one that goes on.
const LOUDER_DB: f32 = 6.0;
const BEGIN_MS: u64 = 100;
const TAKE_OVER_MS: u64 = 600;
const PAUSE_MS: u64 = 400;
const SILENCE_MS: u64 = 2_000;

/// Decides who the active speaker is, steadily: short noises and pauses for breath change nothing.
#[derive(Debug, Default)]
pub(crate) struct ActiveSpeaker {
    current: Option<ParticipantId>,
    current_heard_ms: u64,
    challenger: Option<(ParticipantId, u64)>,
}

/// Who speaks from now on; nobody when the last speaker fell silent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SpeakerChange(pub(crate) Option<ParticipantId>);

impl ActiveSpeaker {
    /// Takes everyone's level in dBFS at a moment; returns the active speaker when it changes.
    pub(crate) fn observe(&mut self, levels: &[(ParticipantId, f32)], at_ms: u64) -> Option<SpeakerChange> {
        let level_of = |id: &ParticipantId| levels.iter().find(|(other, _)| other == id).map(|&(_, level)| level);
        let current_level = self.current.as_ref().and_then(level_of).filter(|&level| level >= SPEECH_DBFS);
        if current_level.is_some() {
            self.current_heard_ms = at_ms;
        }
        let loudest = levels
            .iter()
            .filter(|(id, level)| *level >= SPEECH_DBFS && Some(id) != self.current.as_ref())
            .filter(|(_, level)| current_level.is_none_or(|current| *level >= current + LOUDER_DB))
            .max_by(|left, right| left.1.total_cmp(&right.1));
        let Some((loudest, _)) = loudest else {
            self.challenger = None;
            if self.current.is_some() && at_ms.saturating_sub(self.current_heard_ms) >= SILENCE_MS {
                self.current = None;
                return Some(SpeakerChange(None));
            }
            return None;
        };
        let since_ms = match &self.challenger {
            Some((challenger, since_ms)) if challenger == loudest => *since_ms,
            _ => {
                self.challenger = Some((loudest.clone(), at_ms));
                at_ms
            }
        };
        let needed_ms = match (&self.current, current_level) {
            (None, _) => BEGIN_MS,
            (Some(_), Some(_)) => TAKE_OVER_MS,
            (Some(_), None) => PAUSE_MS,
        };
        if at_ms.saturating_sub(since_ms) < needed_ms {
            return None;
        }
        self.current = Some(loudest.clone());
        self.current_heard_ms = at_ms;
        self.challenger = None;
        Some(SpeakerChange(self.current.clone()))
    }
}

#[cfg(test)]
mod tests {
    use model::ParticipantId;

    use super::{ActiveSpeaker, SpeakerChange};

    /// Plays levels of two people, one row per 20 ms times `repeat`, and returns the changes as text.
    fn changes(rows: &[(f32, f32, u64)]) -> String {
        let id = |name: &str| ParticipantId::new(name).expect("valid");
        let (mut speaker, mut at_ms, mut text) = (ActiveSpeaker::default(), 0, Vec::new());
        for &(first, second, repeat) in rows {
            for _ in 0..repeat {
                if let Some(SpeakerChange(change)) = speaker.observe(&[(id("a"), first), (id("b"), second)], at_ms) {
                    text.push(format!("{} at {at_ms}", change.map_or("nobody".to_owned(), |id| id.to_string())));
                }
                at_ms += 20;
            }
        }
        text.join(", ")
    }

    #[test]
    fn speech_is_followed_and_noise_is_not() {
        assert_eq!(changes(&[(-80.0, -80.0, 100)]), "");
        assert_eq!(changes(&[(-20.0, -80.0, 2), (-80.0, -80.0, 100)]), "");
        assert_eq!(changes(&[(-20.0, -80.0, 50), (-80.0, -80.0, 200)]), "a at 100, nobody at 2980");
        assert_eq!(changes(&[(-20.0, -80.0, 50), (-80.0, -20.0, 50)]), "a at 100, b at 1400");
        assert_eq!(changes(&[(-30.0, -80.0, 50), (-30.0, -28.0, 100)]), "a at 100");
        assert_eq!(changes(&[(-30.0, -80.0, 50), (-30.0, -20.0, 100)]), "a at 100, b at 1600");
    }
}
