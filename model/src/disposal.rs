use serde::{Deserialize, Serialize};

use crate::{Error, Timestamp};

/// Whether a recording is on its way out.
///
/// ```text
/// Active <─> Trashed{until} ─> Purging ─> Purged{certificate}
/// ```
///
/// A legal hold is a fact of its own, checked in the same transaction as every step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "disposal", rename_all = "snake_case")]
pub enum Disposal {
    /// In use.
    Active,
    /// In the trash; can be restored.
    Trashed {
        /// When it may be purged.
        until: Timestamp,
    },
    /// Objects, keys and index entries are being destroyed; a crash resumes here.
    Purging,
    /// Gone.
    Purged {
        /// The id of the deletion certificate.
        certificate: String,
    },
}

/// What can happen to a recording on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DisposalEvent {
    /// Someone or a rule threw it away.
    Trash {
        /// When it may be purged.
        until: Timestamp,
    },
    /// Someone took it back.
    Restore,
    /// Its time in the trash is over.
    BeginPurge,
    /// Everything is destroyed.
    FinishPurge {
        /// The id of the deletion certificate.
        certificate: String,
    },
}

impl Disposal {
    /// Applies an event.
    ///
    /// # Errors
    /// [`Error::InvalidTransition`] when the event does not apply in this state.
    pub fn apply(self, event: DisposalEvent) -> Result<Self, Error> {
        match (self, event) {
            (Self::Active, DisposalEvent::Trash { until }) => Ok(Self::Trashed { until }),
            (Self::Trashed { .. }, DisposalEvent::Restore) => Ok(Self::Active),
            (Self::Trashed { .. }, DisposalEvent::BeginPurge) => Ok(Self::Purging),
            (Self::Purging, DisposalEvent::FinishPurge { certificate }) => Ok(Self::Purged { certificate }),
            (state, event) => {
                Err(Error::InvalidTransition { subject: "disposal", event: event.name(), state: state.name() })
            }
        }
    }

    /// Returns the state's wire name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Trashed { .. } => "trashed",
            Self::Purging => "purging",
            Self::Purged { .. } => "purged",
        }
    }
}

impl DisposalEvent {
    const fn name(&self) -> &'static str {
        match self {
            Self::Trash { .. } => "be trashed",
            Self::Restore => "be restored",
            Self::BeginPurge => "begin its purge",
            Self::FinishPurge { .. } => "finish its purge",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Disposal, DisposalEvent};
    use crate::Timestamp;

    #[test]
    fn every_state_meets_every_event() {
        let until = Timestamp::from_micros(1);
        let certificate = || "c".to_owned();
        let states = [
            Disposal::Active,
            Disposal::Trashed { until },
            Disposal::Purging,
            Disposal::Purged { certificate: certificate() },
        ];
        let events = [
            DisposalEvent::Trash { until },
            DisposalEvent::Restore,
            DisposalEvent::BeginPurge,
            DisposalEvent::FinishPurge { certificate: certificate() },
        ];
        let table: Vec<Vec<&str>> = states
            .iter()
            .map(|state| {
                events.iter().map(|event| state.clone().apply(event.clone()).map_or("-", |next| next.name())).collect()
            })
            .collect();
        assert_eq!(
            table,
            vec![
                vec!["trashed", "-", "-", "-"],
                vec!["-", "active", "purging", "-"],
                vec!["-", "-", "-", "purged"],
                vec!["-", "-", "-", "-"],
            ]
        );
    }
}
