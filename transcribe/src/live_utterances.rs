use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use model::{Utterance, UtteranceId};

use crate::echo::find_echoes;
use crate::utterances::{UtteranceDraft, finish_draft, order};

/// What can be shown of a meeting that is going on, in order, and which of it may still read differently.
///
/// The numbers of a transcript would change with every line that comes late, so until there is one an utterance goes by
/// its speaker and its start.
pub(crate) fn live_utterances(
    settled: Vec<UtteranceDraft>,
    provisional: Vec<UtteranceDraft>,
) -> (Vec<Utterance>, BTreeSet<UtteranceId>) {
    let settled_count = settled.len();
    let mut drafts: Vec<UtteranceDraft> = settled;
    drafts.extend(provisional);
    let echoes: BTreeSet<usize> = find_echoes(&drafts).into_iter().collect();
    let mut shown: Vec<(bool, UtteranceDraft)> = drafts
        .into_iter()
        .enumerate()
        .filter(|(index, draft)| !echoes.contains(index) && !draft.words.is_empty())
        .map(|(index, draft)| (index >= settled_count, draft))
        .collect();
    shown.sort_by(|(_, left), (_, right)| order(left).cmp(&order(right)));
    let (mut taken, mut provisional_ids) = (BTreeSet::new(), BTreeSet::new());
    let utterances = shown.into_iter().map(|(is_provisional, draft)| {
        let mut nth = 0;
        let mut id = live_id(&draft, nth);
        while !taken.insert(id.clone()) {
            nth += 1;
            id = live_id(&draft, nth);
        }
        if is_provisional {
            provisional_ids.insert(id.clone());
        }
        finish_draft(draft, id)
    });
    (utterances.collect(), provisional_ids)
}

/// `nth` tells utterances apart that begin at the same moment.
fn live_id(draft: &UtteranceDraft, nth: u32) -> UtteranceId {
    let mut hasher = DefaultHasher::new();
    draft.participant_id.hash(&mut hasher);
    let (speaker, start_ms) = (hasher.finish() as u32, draft.start().to_media_time().as_millis());
    UtteranceId::new(format!("l{start_ms}-{speaker:08x}-{nth}")).expect("letters, digits and hyphens are a valid id")
}
