use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::edited_words::align_words;
use crate::text_replacement::TextReplacement;
use crate::{
    Error, Participant, ParticipantId, SuppressedSpeech, SuppressionReason, Timestamp, Transcript, UserId, Utterance,
    UtteranceId,
};

/// What a person changes in a transcript. Every edit makes a new version; none is ever changed or taken away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TranscriptEdit {
    /// Says what was really said.
    CorrectUtterance {
        /// The utterance.
        utterance_id: UtteranceId,
        /// Its text from now on.
        text: String,
    },
    /// Takes an utterance out that nobody said. It stays among what is suppressed and can be restored.
    RemoveUtterance {
        /// The utterance.
        utterance_id: UtteranceId,
    },
    /// Takes a suppression back.
    RestoreSuppressed {
        /// The utterance under which the text is kept.
        utterance_id: UtteranceId,
    },
    /// Gives a speaker another name in this recording.
    RenameSpeaker {
        /// The speaker.
        participant_id: ParticipantId,
        /// The name from now on.
        name: String,
    },
    /// Makes everything one speaker said another's, as when somebody joined twice.
    MergeSpeakers {
        /// Who is not to speak any more.
        from: ParticipantId,
        /// Who said it.
        into: ParticipantId,
    },
    /// Says who really said some utterances, as when two people share a microphone.
    AssignSpeaker {
        /// The utterances.
        utterance_ids: BTreeSet<UtteranceId>,
        /// Who said them.
        participant_id: ParticipantId,
    },
    /// Writes a word or phrase another way wherever it occurs. Words of alphabetic scripts are found whole only.
    ReplaceText {
        /// What is written.
        find: String,
        /// What is to be written; may be empty.
        replacement: String,
        /// Capital and small letters are told apart.
        match_case: bool,
    },
    /// Takes the transcript back to what it was in an older version.
    RestoreVersion {
        /// That version.
        version: u32,
    },
}

/// How a version of a transcript came out of the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Who made it.
    pub author: UserId,
    /// The version it was made from.
    pub base_version: u32,
    /// What was done.
    pub edit: TranscriptEdit,
}

const TEXT_CHARS_MAX: usize = 4_000;
const NAME_CHARS_MAX: usize = 128;

impl TranscriptEdit {
    /// Returns the kind as stored beside a version.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::CorrectUtterance { .. } => "correct_utterance",
            Self::RemoveUtterance { .. } => "remove_utterance",
            Self::RestoreSuppressed { .. } => "restore_suppressed",
            Self::RenameSpeaker { .. } => "rename_speaker",
            Self::MergeSpeakers { .. } => "merge_speakers",
            Self::AssignSpeaker { .. } => "assign_speaker",
            Self::ReplaceText { .. } => "replace_text",
            Self::RestoreVersion { .. } => "restore_version",
        }
    }

    /// Returns the version the edit goes back to.
    #[must_use]
    pub const fn restored_version(&self) -> Option<u32> {
        match self {
            Self::RestoreVersion { version } => Some(*version),
            _ => None,
        }
    }
}

impl Transcript {
    /// Returns the next version with an edit carried out. `roster` are the people utterances may be given to besides those
    /// who speak already.
    ///
    /// # Errors
    /// [`Error::InvalidField`] for a text that cannot be, [`Error::EditTargetMissing`] for an id that is not there (a
    /// version is restored by [`Transcript::restored`]), [`Error::EditWithoutEffect`] when nothing would change.
    pub fn edited(
        &self,
        edit: TranscriptEdit,
        roster: &[Participant],
        author: UserId,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let mut next = self.clone();
        match &edit {
            TranscriptEdit::CorrectUtterance { utterance_id, text } => next.correct_utterance(utterance_id, text)?,
            TranscriptEdit::RemoveUtterance { utterance_id } => next.remove_utterance(utterance_id)?,
            TranscriptEdit::RestoreSuppressed { utterance_id } => next.restore_suppressed(utterance_id)?,
            TranscriptEdit::RenameSpeaker { participant_id, name } => {
                next.require_person(participant_id, roster)?;
                next.speaker_names.insert(participant_id.clone(), valid_name(name)?);
            }
            TranscriptEdit::MergeSpeakers { from, into } => {
                next.require_person(into, roster)?;
                next.give_utterances(into, |utterance| utterance.participant_id == *from);
            }
            TranscriptEdit::AssignSpeaker { utterance_ids, participant_id } => {
                next.require_person(participant_id, roster)?;
                for id in utterance_ids {
                    next.position_of(id)?;
                }
                next.give_utterances(participant_id, |utterance| utterance_ids.contains(&utterance.id));
            }
            TranscriptEdit::ReplaceText { find, replacement, match_case } => {
                next.replace_text(&TextReplacement::new(find, replacement, *match_case)?)?;
            }
            TranscriptEdit::RestoreVersion { version } => {
                return Err(Error::EditTargetMissing { what: "version", id: version.to_string() });
            }
        }
        if next == *self {
            return Err(Error::EditWithoutEffect);
        }
        Ok(next.revised(self.version, edit, author, now))
    }

    /// Returns the next version, which is as `older` was.
    ///
    /// # Errors
    /// [`Error::EditWithoutEffect`] when nothing would change.
    pub fn restored(&self, older: Self, author: UserId, now: Timestamp) -> Result<Self, Error> {
        let is_same = older.utterances == self.utterances
            && older.speaker_names == self.speaker_names
            && older.coverage == self.coverage;
        if is_same {
            return Err(Error::EditWithoutEffect);
        }
        let edit = TranscriptEdit::RestoreVersion { version: older.version };
        Ok(older.revised(self.version, edit, author, now))
    }

    fn revised(self, base_version: u32, edit: TranscriptEdit, author: UserId, now: Timestamp) -> Self {
        let revision = Some(Revision { author, base_version, edit });
        Self { version: base_version + 1, created_at: now, revision, ..self }
    }

    fn correct_utterance(&mut self, id: &UtteranceId, text: &str) -> Result<(), Error> {
        let text = valid_text(text)?;
        let index = self.position_of(id)?;
        self.utterances[index].rewrite(text);
        Ok(())
    }

    fn remove_utterance(&mut self, id: &UtteranceId) -> Result<(), Error> {
        let index = self.position_of(id)?;
        let utterance = self.utterances.remove(index);
        let lasted_ms = utterance.end_ms.as_millis().saturating_sub(utterance.start_ms.as_millis());
        let speech_ms = lasted_ms.min(self.coverage.transcribed_ms);
        self.coverage.transcribed_ms -= speech_ms;
        self.coverage.suppressed_ms += speech_ms;
        let removed = SuppressedSpeech { reason: SuppressionReason::RemovedByEditor, utterance, speech_ms };
        let later =
            self.coverage.suppressed.partition_point(|other| other.utterance.start_ms <= removed.utterance.start_ms);
        self.coverage.suppressed.insert(later, removed);
        Ok(())
    }

    fn restore_suppressed(&mut self, id: &UtteranceId) -> Result<(), Error> {
        let index = self.coverage.suppressed.iter().position(|suppressed| suppressed.utterance.id == *id);
        let index = index.ok_or_else(|| missing("suppressed text", id.as_str()))?;
        let restored = self.coverage.suppressed.remove(index);
        self.coverage.suppressed_ms -= restored.speech_ms;
        self.coverage.transcribed_ms += restored.speech_ms;
        self.utterances.push(restored.utterance);
        self.sort_utterances();
        Ok(())
    }

    fn give_utterances(&mut self, participant_id: &ParticipantId, is_theirs: impl Fn(&Utterance) -> bool) {
        for utterance in self.utterances.iter_mut().filter(|utterance| is_theirs(utterance)) {
            utterance.participant_id.clone_from(participant_id);
        }
        self.sort_utterances();
    }

    fn replace_text(&mut self, replacement: &TextReplacement) -> Result<(), Error> {
        for utterance in &mut self.utterances {
            let Some(text) = replacement.apply(&utterance.text) else { continue };
            let problem = || format!("would leave nothing of utterance {}; remove that one instead", utterance.id);
            let text =
                valid_text(&text).map_err(|_| Error::InvalidField { field: "replacement", problem: problem() })?;
            utterance.rewrite(text);
        }
        Ok(())
    }

    fn sort_utterances(&mut self) {
        self.utterances.sort_by(|left, right| {
            left.start_ms.cmp(&right.start_ms).then_with(|| left.participant_id.cmp(&right.participant_id))
        });
    }

    fn position_of(&self, id: &UtteranceId) -> Result<usize, Error> {
        let index = self.utterances.iter().position(|utterance| utterance.id == *id);
        index.ok_or_else(|| missing("utterance", id.as_str()))
    }

    fn require_person(&self, id: &ParticipantId, roster: &[Participant]) -> Result<(), Error> {
        let is_known = roster.iter().any(|participant| participant.id == *id)
            || self.utterances.iter().any(|utterance| utterance.participant_id == *id);
        if is_known { Ok(()) } else { Err(missing("speaker", id.as_str())) }
    }
}

impl Utterance {
    /// Gives the utterance another text; words that stay keep their time, the others are a person's and certain.
    fn rewrite(&mut self, text: String) {
        if self.text == text {
            return;
        }
        self.words = align_words(self, &text);
        if !self.words.is_empty() {
            self.confidence = self.words.iter().map(|word| word.confidence).sum::<f32>() / self.words.len() as f32;
        }
        self.text = text;
    }
}

fn missing(what: &'static str, id: &str) -> Error {
    Error::EditTargetMissing { what, id: id.to_owned() }
}

fn valid_text(text: &str) -> Result<String, Error> {
    valid("text", text, TEXT_CHARS_MAX)
}

fn valid_name(name: &str) -> Result<String, Error> {
    valid("name", name, NAME_CHARS_MAX)
}

fn valid(field: &'static str, text: &str, chars_max: usize) -> Result<String, Error> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > chars_max || text.chars().any(char::is_control) {
        let problem = format!("must be 1 to {chars_max} characters without line breaks");
        return Err(Error::InvalidField { field, problem });
    }
    Ok(text.to_owned())
}

#[cfg(test)]
#[path = "transcript_edit_tests.rs"]
mod tests;
