use std::collections::HashMap;

use model::{Participant, ParticipantId, Transcript};

/// Finds the name of a speaker; whoever is not in the roster goes by id.
#[derive(Debug, Default)]
pub(crate) struct SpeakerNames(HashMap<ParticipantId, String>);

impl SpeakerNames {
    /// Takes the names of the roster, and those that somebody corrected in the transcript before them.
    pub(crate) fn in_transcript(mut participants: Vec<Participant>, transcript: &Transcript) -> Self {
        transcript.rename_roster(&mut participants);
        Self::new(participants)
    }

    pub(crate) fn new(participants: Vec<Participant>) -> Self {
        Self(participants.into_iter().map(|participant| (participant.id, participant.display_name)).collect())
    }

    pub(super) fn of<'a>(&'a self, participant_id: &'a ParticipantId) -> &'a str {
        self.0.get(participant_id).map_or_else(|| participant_id.as_str(), String::as_str)
    }
}
