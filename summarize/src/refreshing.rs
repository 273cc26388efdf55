use std::collections::{HashMap, HashSet};

use model::{
    ActionItem, CitedLine, LineId, Minutes, MinutesAuthor, MinutesChange, Timestamp, Transcript, Utterance,
    UtteranceId, Verification, compare_transcripts,
};

use crate::folding::contains_quote;
use crate::meeting::Meeting;
use crate::roster::Roster;
use crate::verification::Verifier;

/// Checks minutes against a corrected transcript and returns the version that comes of it: every line that cites what was
/// changed is checked again. What still holds is verified or weak as before; what no longer does is stale. A citation of
/// words that were corrected quotes the corrected utterance; a line all of whose utterances are gone goes too, and stays
/// in the version before.
pub(crate) fn refresh(minutes: Minutes, before: &Transcript, meeting: &Meeting, now: Timestamp) -> Minutes {
    let difference = compare_transcripts(before, &meeting.transcript);
    let changed = difference.changed_utterance_ids().into_iter().collect();
    let roster = Roster::new(&meeting.participants);
    let refresher = Refresher {
        verifier: Verifier::new(meeting, &roster),
        utterances: meeting.transcript.utterances.iter().map(|utterance| (&utterance.id, utterance)).collect(),
        changed,
        transcript_version: meeting.transcript.version,
    };
    refresher.refresh(minutes, now)
}

struct Refresher<'a> {
    verifier: Verifier<'a>,
    utterances: HashMap<&'a UtteranceId, &'a Utterance>,
    changed: HashSet<UtteranceId>,
    transcript_version: u32,
}

impl Refresher<'_> {
    fn refresh(&self, mut minutes: Minutes, now: Timestamp) -> Minutes {
        let mut concerned: Vec<LineId> = Vec::new();
        // Owner and due date of an item that nobody has looked at rest on the evidence as well.
        for item in minutes.action_items.iter_mut().filter(|item| !item.line.is_reviewed()) {
            if self.concerns(&item.line) {
                concerned.push(item.line.id);
                self.recheck_item(item);
            }
        }
        minutes.retain_lines(|line| {
            let is_done = concerned.contains(&line.id);
            if !is_done && self.concerns(line) {
                concerned.push(line.id);
                self.reanchor(line);
                let outcome = self.verifier.check_line(line);
                settle(line, outcome);
            }
            line.provenance.transcript_version = self.transcript_version;
            !line.citations.is_empty()
        });
        minutes.transcript_version = self.transcript_version;
        let change = MinutesChange::TranscriptChanged { transcript_version: self.transcript_version, lines: concerned };
        minutes.next_version(MinutesAuthor::Huiji, change, now)
    }

    /// A stale line is looked at with every correction: it may be right again.
    fn concerns(&self, line: &CitedLine) -> bool {
        line.citations.iter().any(|citation| self.changed.contains(&citation.utterance_id))
    }

    fn recheck_item(&self, item: &mut ActionItem) {
        self.reanchor(&mut item.line);
        let outcome = self.verifier.check_action(item);
        settle(&mut item.line, outcome);
    }

    fn reanchor(&self, line: &mut CitedLine) {
        line.citations.retain_mut(|citation| {
            let Some(utterance) = self.utterances.get(&citation.utterance_id) else { return false };
            citation.start_ms = utterance.start_ms;
            if !contains_quote(&utterance.text, &citation.quote) {
                citation.quote.clone_from(&utterance.text);
            }
            true
        });
    }
}

fn settle(line: &mut CitedLine, outcome: Result<(), crate::verification::Rejection>) {
    if let Err(rejection) = outcome {
        line.verification = Verification::Stale { reason: rejection.reason().to_owned() };
    }
}
