use anyhow::Context;
use model::{MediaTime, ParticipantId, Transcript};
use transcribe::{ReferenceLine, TranscriptScore, score_transcript};

use super::meeting::participant_id;
use super::script::ScriptLine;

/// Compares a transcript with the script. Recording and meeting begin within moments of each other, so the script's times
/// serve as they are.
pub(super) fn score(lines: &[ScriptLine], transcript: &Transcript) -> anyhow::Result<TranscriptScore> {
    let reference = lines
        .iter()
        .map(|line| {
            Ok(ReferenceLine {
                participant_id: ParticipantId::new(participant_id(&line.speaker)).context("name a participant")?,
                language: line.language,
                start_ms: MediaTime::from_millis(line.start_ms),
                text: line.text.clone(),
            })
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    Ok(score_transcript(&reference, transcript))
}
