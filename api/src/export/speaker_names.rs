use std::collections::HashMap;

use model::{Participant, ParticipantId};

/// Finds the name of a speaker; whoever is not in the roster goes by id.
#[derive(Debug, Default)]
pub(crate) struct SpeakerNames(HashMap<ParticipantId, String>);

impl SpeakerNames {
    pub(crate) fn new(participants: Vec<Participant>) -> Self {
        Self(participants.into_iter().map(|participant| (participant.id, participant.display_name)).collect())
    }

    pub(super) fn of<'a>(&'a self, participant_id: &'a ParticipantId) -> &'a str {
        self.0.get(participant_id).map_or_else(|| participant_id.as_str(), String::as_str)
    }
}
