use std::collections::BTreeSet;

use model::TranscriptEdit;
use serde::Deserialize;
use utoipa::ToSchema;

/// A change of a transcript, and the version it was made from.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTranscriptEdit {
    /// The version the editor saw. When it is no longer the latest, nothing is changed and the answer is `stale_version`.
    pub(crate) base_version: u32,
    #[schema(value_type = TranscriptEditView)]
    pub(crate) edit: TranscriptEditView,
}

/// What is changed in a transcript.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = TranscriptEdit)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum TranscriptEditView {
    /// Says what was really said.
    CorrectUtterance { utterance_id: String, text: String },
    /// Takes an utterance out that nobody said; it can be restored.
    RemoveUtterance { utterance_id: String },
    /// Takes a suppression back.
    RestoreSuppressed { utterance_id: String },
    /// Gives a speaker another name in this recording.
    RenameSpeaker { participant_id: String, name: String },
    /// Makes everything one speaker said another's.
    MergeSpeakers { from: String, into: String },
    /// Says who really said some utterances.
    AssignSpeaker { utterance_ids: BTreeSet<String>, participant_id: String },
    /// Writes a word or phrase another way wherever it occurs. Words of alphabetic scripts are found whole only.
    ReplaceText {
        find: String,
        /// May be empty.
        replacement: String,
        /// Tells capital and small letters apart; does not when left out.
        #[serde(default)]
        match_case: bool,
    },
    /// Takes the transcript back to what it was in an older version.
    RestoreVersion { version: u32 },
}

impl TryFrom<TranscriptEditView> for TranscriptEdit {
    type Error = model::Error;

    fn try_from(view: TranscriptEditView) -> Result<Self, model::Error> {
        Ok(match view {
            TranscriptEditView::CorrectUtterance { utterance_id, text } => {
                Self::CorrectUtterance { utterance_id: utterance_id.parse()?, text }
            }
            TranscriptEditView::RemoveUtterance { utterance_id } => {
                Self::RemoveUtterance { utterance_id: utterance_id.parse()? }
            }
            TranscriptEditView::RestoreSuppressed { utterance_id } => {
                Self::RestoreSuppressed { utterance_id: utterance_id.parse()? }
            }
            TranscriptEditView::RenameSpeaker { participant_id, name } => {
                Self::RenameSpeaker { participant_id: participant_id.parse()?, name }
            }
            TranscriptEditView::MergeSpeakers { from, into } => {
                Self::MergeSpeakers { from: from.parse()?, into: into.parse()? }
            }
            TranscriptEditView::AssignSpeaker { utterance_ids, participant_id } => Self::AssignSpeaker {
                utterance_ids: utterance_ids.iter().map(|id| id.parse()).collect::<Result<_, _>>()?,
                participant_id: participant_id.parse()?,
            },
            TranscriptEditView::ReplaceText { find, replacement, match_case } => {
                Self::ReplaceText { find, replacement, match_case }
            }
            TranscriptEditView::RestoreVersion { version } => Self::RestoreVersion { version },
        })
    }
}
