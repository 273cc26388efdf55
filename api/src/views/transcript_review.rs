use std::collections::BTreeMap;

use model::{FailedSpeech, SuppressedSpeech, SuppressionReason, Transcript, TranscriptDifference, UserId};
use serde::{Deserialize, Serialize};
use store::TranscriptVersion;
use utoipa::{IntoParams, ToSchema};

use super::closed_set_schemas as schemas;
use super::time_text::time_text;
use super::transcript::UtteranceView;

/// The versions of a transcript, oldest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TranscriptVersionList)]
pub(crate) struct TranscriptVersionListView {
    pub(crate) versions: Vec<TranscriptVersionView>,
    /// The version to restore in order to undo the last edit that is not undone yet; none when there is none.
    pub(crate) undo_version: Option<u32>,
}

/// A version of a transcript.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TranscriptVersion)]
pub(crate) struct TranscriptVersionView {
    pub(crate) version: u32,
    pub(crate) created_at: String,
    /// Who made it; none for the engine.
    pub(crate) author_id: Option<String>,
    /// The author's name, when the account is known.
    pub(crate) author_name: Option<String>,
    /// What was done, as in `TranscriptEdit`; none for the engine's.
    pub(crate) edit_kind: Option<String>,
    /// The version that was restored.
    pub(crate) restored_version: Option<u32>,
}

/// With which version to compare.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct VersionQuery {
    /// The version to compare from; the one before when left out.
    pub(crate) from: Option<u32>,
}

/// What two versions of a transcript do not have in common.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TranscriptDifference)]
pub(crate) struct TranscriptDifferenceView {
    pub(crate) from_version: u32,
    pub(crate) to_version: u32,
    /// Utterances that are not the same, by start.
    pub(crate) utterances: Vec<UtteranceDifferenceView>,
    /// Speakers who do not go by the same name.
    pub(crate) renames: Vec<SpeakerRenameView>,
}

/// An utterance that is not the same in both versions.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = UtteranceDifference)]
pub(crate) struct UtteranceDifferenceView {
    pub(crate) utterance_id: String,
    /// As it was; none when it was not there.
    pub(crate) before: Option<UtteranceView>,
    /// As it is; none when it is not there.
    pub(crate) after: Option<UtteranceView>,
}

/// A speaker who does not go by the same name in both versions.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SpeakerRename)]
pub(crate) struct SpeakerRenameView {
    pub(crate) participant_id: String,
    /// None for the name in the roster.
    pub(crate) before: Option<String>,
    /// None for the name in the roster.
    pub(crate) after: Option<String>,
}

/// What is not in the transcript though it may have been said.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SuppressedText)]
pub(crate) struct SuppressedTextView {
    /// The version of the transcript this belongs to.
    pub(crate) version: u32,
    /// Text taken for invented, or taken out by a person, by start.
    pub(crate) suppressed: Vec<SuppressedSpeechView>,
    /// Speech that could not be decoded, by start.
    pub(crate) failed: Vec<FailedSpeechView>,
}

/// Text that is kept out of the transcript.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SuppressedSpeech)]
pub(crate) struct SuppressedSpeechView {
    /// Why.
    #[schema(value_type = schemas::SuppressionReason)]
    pub(crate) reason: SuppressionReason,
    /// How much speech counts as suppressed with it.
    pub(crate) speech_ms: u64,
    /// The utterance it would be.
    pub(crate) utterance: UtteranceView,
}

/// Speech that could not be decoded after all retries.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FailedSpeech)]
pub(crate) struct FailedSpeechView {
    pub(crate) participant_id: String,
    pub(crate) start_ms: u64,
    pub(crate) duration_ms: u64,
    /// What the last attempt came to.
    pub(crate) problem: String,
}

/// Makes the list of versions; `names` are those of the authors that are known.
pub(crate) fn version_list(
    versions: Vec<TranscriptVersion>,
    names: &BTreeMap<UserId, String>,
) -> TranscriptVersionListView {
    let undo_version = undo_version(&versions);
    let view = |version: TranscriptVersion| TranscriptVersionView {
        version: version.version,
        created_at: time_text(version.created_at),
        author_name: version.author.as_ref().and_then(|author| names.get(author)).cloned(),
        author_id: version.author.map(String::from),
        edit_kind: version.edit_kind,
        restored_version: version.restored_version,
    };
    TranscriptVersionListView { versions: versions.into_iter().map(view).collect(), undo_version }
}

/// Finds the version before the last edit that is not undone: restoring an older version undoes what came after it, so one
/// can go back step by step.
fn undo_version(versions: &[TranscriptVersion]) -> Option<u32> {
    let find = |number: u32| versions.iter().find(|version| version.version == number);
    let content_of = |number: u32| {
        let mut number = number;
        // A version restores an older one only, so this ends.
        while let Some(restored) = find(number).and_then(|version| version.restored_version) {
            number = restored.min(number.saturating_sub(1));
        }
        number
    };
    let shown = content_of(versions.last()?.version);
    let before = shown.checked_sub(1).filter(|before| find(*before).is_some())?;
    Some(content_of(before))
}

impl From<TranscriptDifference> for TranscriptDifferenceView {
    fn from(difference: TranscriptDifference) -> Self {
        let utterance = |pair: model::UtteranceDifference| UtteranceDifferenceView {
            utterance_id: pair.utterance_id.into(),
            before: pair.before.map(UtteranceView::from),
            after: pair.after.map(UtteranceView::from),
        };
        let rename = |rename: model::SpeakerRename| SpeakerRenameView {
            participant_id: rename.participant_id.into(),
            before: rename.before,
            after: rename.after,
        };
        Self {
            from_version: difference.from_version,
            to_version: difference.to_version,
            utterances: difference.utterances.into_iter().map(utterance).collect(),
            renames: difference.renames.into_iter().map(rename).collect(),
        }
    }
}

impl From<Transcript> for SuppressedTextView {
    fn from(transcript: Transcript) -> Self {
        Self {
            version: transcript.version,
            suppressed: transcript.coverage.suppressed.into_iter().map(SuppressedSpeechView::from).collect(),
            failed: transcript.coverage.failed.into_iter().map(FailedSpeechView::from).collect(),
        }
    }
}

impl From<SuppressedSpeech> for SuppressedSpeechView {
    fn from(suppressed: SuppressedSpeech) -> Self {
        Self { reason: suppressed.reason, speech_ms: suppressed.speech_ms, utterance: suppressed.utterance.into() }
    }
}

impl From<FailedSpeech> for FailedSpeechView {
    fn from(failed: FailedSpeech) -> Self {
        Self {
            participant_id: failed.participant_id.into(),
            start_ms: failed.start_ms.as_millis(),
            duration_ms: failed.duration_ms,
            problem: failed.problem,
        }
    }
}

#[cfg(test)]
mod tests {
    use model::Timestamp;
    use store::TranscriptVersion;

    use super::undo_version;

    fn check(restored: &[Option<u32>], expected: Option<u32>) {
        let versions: Vec<TranscriptVersion> = restored
            .iter()
            .zip(1..)
            .map(|(restored_version, version)| TranscriptVersion {
                version,
                created_at: Timestamp::from_micros(0),
                author: None,
                edit_kind: None,
                restored_version: *restored_version,
            })
            .collect();
        assert_eq!(undo_version(&versions), expected, "{restored:?}");
    }

    #[test]
    fn undoing_goes_back_step_by_step() {
        check(&[], None);
        check(&[None], None);
        check(&[None, None, None], Some(2));
        check(&[None, None, None, Some(2)], Some(1));
        check(&[None, None, None, Some(2), Some(1)], None);
        // An edit after undoing is undone to what was there before it.
        check(&[None, None, Some(1), None], Some(1));
    }
}
