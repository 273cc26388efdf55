use std::ops::Range;

use model::{Citation, Utterance};

use crate::meeting::Meeting;
use crate::roster::Roster;
use crate::sentence::Sentence;
use crate::term_vectors::{TermVector, TermWeights};

/// A meeting taken apart: its people and its sentences in the order they were begun.
pub(crate) struct Discussion<'a> {
    pub meeting: &'a Meeting,
    pub roster: Roster,
    pub sentences: Vec<Sentence>,
    /// One for each sentence.
    pub vectors: Vec<TermVector>,
}

impl<'a> Discussion<'a> {
    pub(crate) fn new(meeting: &'a Meeting) -> Self {
        let roster = Roster::new(&meeting.participants);
        let utterances = meeting.transcript.utterances.iter().enumerate();
        let mut sentences: Vec<Sentence> =
            utterances.flat_map(|(position, utterance)| Sentence::all_of(position, utterance, &roster)).collect();
        sentences.sort_by_key(|sentence| (sentence.start_ms, sentence.utterance));
        let weights = TermWeights::new(&sentences);
        let vectors = sentences.iter().map(|sentence| weights.vector(sentence.terms())).collect();
        Self { meeting, roster, sentences, vectors }
    }

    pub(crate) fn utterance(&self, sentence: &Sentence) -> Option<&'a Utterance> {
        self.meeting.transcript.utterances.get(sentence.utterance)
    }

    /// Cites the sentence word for word.
    pub(crate) fn cite(&self, sentence: &Sentence) -> Option<Citation> {
        let utterance = self.utterance(sentence)?;
        Some(Citation {
            utterance_id: utterance.id.clone(),
            quote: sentence.text.clone(),
            start_ms: utterance.start_ms,
        })
    }

    /// Returns what others say after a sentence, starting within the given time of its end, with places in the meeting.
    pub(crate) fn replies(&self, position: usize, within_ms: u64) -> impl Iterator<Item = (usize, &Sentence)> {
        let asked = self.sentences.get(position);
        self.sentences
            .iter()
            .enumerate()
            .skip(position + 1)
            .take_while(move |(_, reply)| asked.is_some_and(|asked| reply.start_ms - asked.end_ms <= within_ms))
            .filter(move |(_, reply)| asked.is_some_and(|asked| reply.speaker != asked.speaker))
    }

    pub(crate) fn range(&self, range: Range<usize>) -> &[Sentence] {
        self.sentences.get(range).unwrap_or_default()
    }
}
