use std::cmp::Reverse;

use model::{ParticipantId, SpeakerPoints};

use crate::coverage::{Room, pick_covering_of};
use crate::discussion::Discussion;
use crate::summary::quote_lines;

const POINTS_MAX: usize = 4;
/// One of so many sentences of a person is a key point at most.
const SENTENCES_PER_POINT: usize = 3;

/// Picks what each person said that covers most of what the whole meeting talks about; whoever spoke most comes first.
pub(crate) fn find_speaker_points(discussion: &Discussion<'_>) -> Vec<SpeakerPoints> {
    let mut speakers: Vec<(ParticipantId, u64)> = Vec::new();
    for sentence in &discussion.sentences {
        let spoken_ms = sentence.end_ms - sentence.start_ms;
        match speakers.iter_mut().find(|(speaker, _)| *speaker == sentence.speaker) {
            Some((_, total_ms)) => *total_ms += spoken_ms,
            None => speakers.push((sentence.speaker.clone(), spoken_ms)),
        }
    }
    speakers.sort_by_key(|(_, spoken_ms)| Reverse(*spoken_ms));
    let points = speakers.into_iter().map(|(participant_id, _)| {
        let own = discussion.sentences.iter().filter(|sentence| sentence.speaker == participant_id).count();
        let room = Room { lines: (own / SENTENCES_PER_POINT).clamp(1, POINTS_MAX), length: usize::MAX };
        let picked = pick_covering_of(discussion, &participant_id, room);
        SpeakerPoints { participant_id, points: quote_lines(discussion, &picked) }
    });
    points.filter(|speaker| !speaker.points.is_empty()).collect()
}
