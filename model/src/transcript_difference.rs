use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::{ParticipantId, Transcript, Utterance, UtteranceId};

/// What two versions of a transcript do not have in common.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TranscriptDifference {
    /// The version compared from.
    pub from_version: u32,
    /// The version compared with.
    pub to_version: u32,
    /// Utterances that are not the same, by start.
    pub utterances: Vec<UtteranceDifference>,
    /// Speakers who do not go by the same name.
    pub renames: Vec<SpeakerRename>,
}

/// An utterance that is not the same in both versions: not there in one of them, or with another text, speaker or time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UtteranceDifference {
    /// The utterance.
    pub utterance_id: UtteranceId,
    /// As it was; none when it was not there.
    pub before: Option<Utterance>,
    /// As it is; none when it is not there.
    pub after: Option<Utterance>,
}

/// A speaker who does not go by the same name in both versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SpeakerRename {
    /// The speaker.
    pub participant_id: ParticipantId,
    /// The name as it was; none for that of the roster.
    pub before: Option<String>,
    /// The name as it is; none for that of the roster.
    pub after: Option<String>,
}

impl TranscriptDifference {
    /// Returns the ids of the utterances that are not the same: what cites one of them has to be looked at again.
    #[must_use]
    pub fn changed_utterance_ids(&self) -> BTreeSet<UtteranceId> {
        self.utterances.iter().map(|utterance| utterance.utterance_id.clone()).collect()
    }
}

/// Compares two versions of a transcript. How sure the engine was and when each word was said make no difference.
#[must_use]
pub fn compare_transcripts(before: &Transcript, after: &Transcript) -> TranscriptDifference {
    let by_id = |transcript: &Transcript| -> BTreeMap<UtteranceId, Utterance> {
        transcript.utterances.iter().map(|utterance| (utterance.id.clone(), utterance.clone())).collect()
    };
    let (mut old, mut new) = (by_id(before), by_id(after));
    let ids: BTreeSet<UtteranceId> = old.keys().chain(new.keys()).cloned().collect();
    let mut utterances: Vec<UtteranceDifference> = ids
        .into_iter()
        .map(|id| UtteranceDifference { before: old.remove(&id), after: new.remove(&id), utterance_id: id })
        .filter(|pair| !matches!((&pair.before, &pair.after), (Some(before), Some(after)) if is_same(before, after)))
        .collect();
    utterances.sort_by_key(|pair| pair.before.as_ref().or(pair.after.as_ref()).map(|utterance| utterance.start_ms));
    let named: BTreeSet<&ParticipantId> = before.speaker_names.keys().chain(after.speaker_names.keys()).collect();
    let renames = named.into_iter().map(|id| SpeakerRename {
        participant_id: id.clone(),
        before: before.speaker_names.get(id).cloned(),
        after: after.speaker_names.get(id).cloned(),
    });
    TranscriptDifference {
        from_version: before.version,
        to_version: after.version,
        utterances,
        renames: renames.filter(|rename| rename.before != rename.after).collect(),
    }
}

fn is_same(before: &Utterance, after: &Utterance) -> bool {
    before.text == after.text
        && before.participant_id == after.participant_id
        && before.start_ms == after.start_ms
        && before.end_ms == after.end_ms
}
