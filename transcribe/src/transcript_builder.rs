use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use model::{
    Coverage, Language, Participant, ParticipantId, RecordingId, SpeechChunk, SuppressionReason, Timestamp, Transcript,
    UtteranceId,
};

use crate::Error;
use crate::echo::find_echoes;
use crate::live_utterances::live_utterances;
use crate::participant_transcription::{Engine, ParticipantTranscription};
use crate::simplified_chinese::SimplifiedChinese;
use crate::transcriber::Transcriber;
use crate::utterances::{SuppressedDraft, UtteranceDraft, number_suppressed, number_utterances};

/// Builds a transcript from speech chunks as they come, during the meeting or after it; the result is the same.
///
/// Every call blocks for as long as the speech in it takes to transcribe: call it on a thread that may block.
pub struct TranscriptBuilder {
    engine: Engine,
    meeting_language: Language,
    languages: BTreeMap<ParticipantId, Language>,
    participants: BTreeMap<ParticipantId, ParticipantTranscription>,
    workers: usize,
}

/// A chunk and its Ogg Opus bytes; none when they cannot be read any more.
#[derive(Debug, Clone)]
pub struct LoadedChunk {
    /// The chunk.
    pub chunk: SpeechChunk,
    /// Its content.
    pub bytes: Option<Vec<u8>>,
}

impl TranscriptBuilder {
    /// Works on as many participants at a time as the transcriber says.
    ///
    /// # Errors
    /// [`Error::ChineseDictionary`] when the library's own dictionary does not load.
    pub fn new(transcriber: Arc<dyn Transcriber>, meeting_language: Language) -> Result<Self, Error> {
        let workers = transcriber.workers().max(1);
        let simplified_chinese = Arc::new(SimplifiedChinese::new()?);
        Ok(Self {
            engine: Engine { transcriber, simplified_chinese },
            meeting_language,
            languages: BTreeMap::new(),
            participants: BTreeMap::new(),
            workers,
        })
    }

    /// Takes over what the roster says about languages; it counts for participants whose first chunk is still to come.
    pub fn set_roster(&mut self, roster: &[Participant]) {
        let spoken = roster.iter().filter_map(|participant| Some((participant.id.clone(), participant.language?)));
        self.languages.extend(spoken);
    }

    /// Sets how many participants are worked on at a time.
    pub fn set_workers(&mut self, workers: usize) {
        self.workers = workers.max(1);
    }

    /// Takes chunks in; those of one participant must come in the order of their sequence, over all calls.
    ///
    /// # Errors
    /// [`Error::OpusDecoder`] when libopus cannot be set up. A chunk that cannot be decoded is no error: it is logged and
    /// counted in the transcript's coverage.
    pub fn push(&mut self, chunks: Vec<LoadedChunk>) -> Result<(), Error> {
        let mut work: BTreeMap<ParticipantId, Vec<LoadedChunk>> = BTreeMap::new();
        for loaded in chunks {
            let participant_id = &loaded.chunk.participant_id;
            if !self.participants.contains_key(participant_id) {
                let participant = ParticipantTranscription::new(
                    participant_id.clone(),
                    self.languages.get(participant_id).copied(),
                    self.meeting_language,
                    self.engine.clone(),
                )?;
                self.participants.insert(participant_id.clone(), participant);
            }
            work.entry(participant_id.clone()).or_default().push(loaded);
        }
        let concerned =
            self.participants.iter_mut().filter_map(|(id, participant)| Some((participant, work.remove(id)?)));
        run_on_threads(self.workers, concerned.collect(), |(participant, chunks)| {
            for LoadedChunk { chunk, bytes } in chunks {
                match bytes {
                    Some(bytes) => participant.push(&chunk, &bytes),
                    None => participant.fail_chunk(&chunk, "its bytes are lost".to_owned()),
                }
            }
        });
        Ok(())
    }

    /// Transcribes what is left and puts everybody's utterances in order. Doing so again gives the same transcript.
    pub fn finish(&mut self, recording_id: RecordingId, version: u32, created_at: Timestamp) -> Transcript {
        run_on_threads(self.workers, self.participants.values_mut().collect(), ParticipantTranscription::finish);
        let mut drafts: Vec<UtteranceDraft> =
            self.participants.values().flat_map(|participant| participant.drafts().iter().cloned()).collect();
        let mut suppressed: Vec<SuppressedDraft> =
            self.participants.values().flat_map(|participant| participant.suppressed().iter().cloned()).collect();
        let mut coverage = self.coverage();
        suppress_echoes(&mut drafts, &mut suppressed, &mut coverage);
        coverage.suppressed = number_suppressed(suppressed);
        Transcript {
            schema: Transcript::SCHEMA,
            recording_id,
            version,
            engine: self.engine.transcriber.engine().to_owned(),
            created_at,
            utterances: number_utterances(drafts),
            coverage,
            speaker_names: BTreeMap::new(),
            revision: None,
        }
    }

    /// Hears sentences that are not finished, for [`TranscriptBuilder::so_far`]. What is heard for good stays the same.
    pub(crate) fn hear_provisionally(&mut self) {
        let participants = self.participants.values_mut().collect();
        run_on_threads(self.workers, participants, ParticipantTranscription::hear_provisionally);
    }

    /// Returns the text so far, as version zero, and the ids of what may still read differently.
    pub(crate) fn so_far(&self, recording_id: RecordingId, now: Timestamp) -> (Transcript, BTreeSet<UtteranceId>) {
        let of_all = |drafts: &dyn Fn(&ParticipantTranscription) -> Vec<UtteranceDraft>| {
            self.participants.values().flat_map(drafts).collect()
        };
        let settled = of_all(&|participant| participant.drafts().to_vec());
        let provisional = of_all(&|participant| participant.provisional_drafts().cloned().collect());
        let (utterances, provisional) = live_utterances(settled, provisional);
        let transcript = Transcript {
            schema: Transcript::SCHEMA,
            recording_id,
            version: 0,
            engine: self.engine.transcriber.engine().to_owned(),
            created_at: now,
            utterances,
            coverage: self.coverage(),
            speaker_names: BTreeMap::new(),
            revision: None,
        };
        (transcript, provisional)
    }

    /// Returns how much of the speech found so far is transcribed; the texts suppressed come with the transcript.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        let mut sum = Coverage::default();
        for coverage in self.participants.values().map(ParticipantTranscription::coverage) {
            sum.speech_ms += coverage.speech_ms;
            sum.transcribed_ms += coverage.transcribed_ms;
            sum.suppressed_ms += coverage.suppressed_ms;
            sum.wordless_ms += coverage.wordless_ms;
            sum.failed_ms += coverage.failed_ms;
            sum.waiting_ms += coverage.waiting_ms;
            sum.failed.extend_from_slice(&coverage.failed);
        }
        sum.failed.sort_by_key(|failed| failed.start_ms);
        sum
    }
}

/// Takes echoes out of the drafts. A region all of whose drafts were echoes counts as suppressed.
fn suppress_echoes(drafts: &mut Vec<UtteranceDraft>, suppressed: &mut Vec<SuppressedDraft>, coverage: &mut Coverage) {
    let echoes: Vec<UtteranceDraft> = find_echoes(drafts).into_iter().rev().map(|index| drafts.remove(index)).collect();
    for draft in echoes.into_iter().rev() {
        let is_region_of = |other: &UtteranceDraft| {
            other.participant_id == draft.participant_id && other.region_start == draft.region_start
        };
        let is_covered = drafts.iter().any(is_region_of)
            || suppressed.iter().any(|other| other.speech_ms > 0 && is_region_of(&other.draft));
        let speech_ms = if is_covered { 0 } else { draft.region_ms };
        coverage.transcribed_ms -= speech_ms;
        coverage.suppressed_ms += speech_ms;
        suppressed.push(SuppressedDraft { reason: SuppressionReason::Echo, draft, speech_ms });
    }
}

fn run_on_threads<T: Send>(workers: usize, items: Vec<T>, work: impl Fn(T) + Sync) {
    let workers = workers.min(items.len());
    let queue = Mutex::new(VecDeque::from(items));
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let drain = || {
        while let Some(item) = next() {
            work(item);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..workers {
            scope.spawn(drain);
        }
        drain();
    });
}
