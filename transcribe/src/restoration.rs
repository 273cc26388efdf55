use model::{Timestamp, Transcript, UtteranceId};

/// Takes a suppression back: the next version of the transcript, with the text among the utterances. None when nothing
/// is suppressed under that id.
#[must_use]
pub fn restore_suppressed(transcript: &Transcript, id: &UtteranceId, now: Timestamp) -> Option<Transcript> {
    let index = transcript.coverage.suppressed.iter().position(|suppressed| suppressed.utterance.id == *id)?;
    let mut next = transcript.clone();
    let restored = next.coverage.suppressed.remove(index);
    next.coverage.suppressed_ms -= restored.speech_ms;
    next.coverage.transcribed_ms += restored.speech_ms;
    next.utterances.push(restored.utterance);
    next.utterances.sort_by(|left, right| {
        left.start_ms.cmp(&right.start_ms).then_with(|| left.participant_id.cmp(&right.participant_id))
    });
    next.version += 1;
    next.created_at = now;
    Some(next)
}
