use std::collections::HashMap;

use model::{
    Chapter, Citation, CitedLine, Disposal, MediaTime, Minutes, Participant, ParticipantId, Recording, RecordingId,
    RecordingState, Timestamp, Transcript, UserId, UtteranceId,
};
use serde::{Deserialize, Serialize};

/// What a hit is a piece of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HitKind {
    /// The title of the recording.
    Title,
    /// An utterance of the transcript.
    Utterance,
    /// A line of the minutes.
    Minutes,
}

impl HitKind {
    pub(crate) const ALL: [Self; 3] = [Self::Title, Self::Utterance, Self::Minutes];

    /// Returns the wire name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Utterance => "utterance",
            Self::Minutes => "minutes",
        }
    }
}

/// One entry of the index: a title, one utterance, or one line of minutes.
///
/// An utterance is a document of its own, not a window of several: a hit then points at what was said to the second, and
/// no text is found twice. Words that lie in different utterances still find their recording, because a query's words
/// are joined by recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IndexDocument {
    pub(crate) kind: HitKind,
    pub(crate) start_ms: MediaTime,
    pub(crate) end_ms: MediaTime,
    pub(crate) speaker: Option<Speaker>,
    pub(crate) utterance_id: Option<UtteranceId>,
    pub(crate) text: String,
}

/// What a recording can have; `has:` asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    Transcript,
    Minutes,
    Action,
    Decision,
    Question,
}

impl Mark {
    const ALL: [Self; 5] = [Self::Transcript, Self::Minutes, Self::Action, Self::Decision, Self::Question];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Transcript => "transcript",
            Self::Minutes => "minutes",
            Self::Action => "action",
            Self::Decision => "decision",
            Self::Question => "question",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mark| mark.as_str() == text)
    }

    fn of(transcript: Option<&Transcript>, minutes: Option<&Minutes>) -> Vec<Self> {
        let stands = CitedLine::is_borne_out;
        let has = |mark: &Self| match mark {
            Self::Transcript => transcript.is_some_and(|transcript| !transcript.utterances.is_empty()),
            Self::Minutes => minutes.is_some(),
            Self::Action => minutes.is_some_and(|minutes| minutes.action_items.iter().any(|item| stands(&item.line))),
            Self::Decision => minutes.is_some_and(|minutes| minutes.decisions.iter().any(stands)),
            Self::Question => minutes.is_some_and(|minutes| minutes.open_questions.iter().any(stands)),
        };
        Self::ALL.into_iter().filter(has).collect()
    }
}

/// Who said it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Speaker {
    /// The person's id in the meeting.
    pub id: ParticipantId,
    /// The person's name in the roster, or the id when the roster has none. Untrusted text: escape it.
    pub name: String,
}

/// Everything the index holds of one recording. Indexing it replaces what was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordingDocuments {
    pub(crate) recording_id: RecordingId,
    pub(crate) recorded_at: Timestamp,
    /// Who owns the meeting; none for what is removed.
    pub(crate) host: Option<UserId>,
    /// What there is beside the recording itself.
    pub(crate) marks: Vec<Mark>,
    pub(crate) documents: Vec<IndexDocument>,
}

impl RecordingDocuments {
    /// Returns what removes a recording from the index.
    pub(crate) fn removed(recording_id: RecordingId) -> Self {
        Self {
            recording_id,
            recorded_at: Timestamp::from_micros(0),
            host: None,
            marks: Vec::new(),
            documents: Vec::new(),
        }
    }

    /// Derives the documents of a recording; one on its way out has none.
    pub(crate) fn new(
        recording: &Recording,
        participants: &[Participant],
        transcript: Option<&Transcript>,
        minutes: Option<&Minutes>,
    ) -> Self {
        if recording.disposal != Disposal::Active {
            return Self::removed(recording.id.clone());
        }
        let mut names: HashMap<&ParticipantId, &str> =
            participants.iter().map(|person| (&person.id, person.display_name.as_str())).collect();
        let renamed = transcript.iter().flat_map(|transcript| &transcript.speaker_names);
        names.extend(renamed.map(|(id, name)| (id, name.as_str())));
        let utterances = transcript.iter().flat_map(|transcript| &transcript.utterances).map(|utterance| {
            let name = names.get(&utterance.participant_id).copied();
            let name = name.unwrap_or(utterance.participant_id.as_str()).to_owned();
            IndexDocument {
                kind: HitKind::Utterance,
                start_ms: utterance.start_ms,
                end_ms: utterance.end_ms,
                speaker: Some(Speaker { id: utterance.participant_id.clone(), name }),
                utterance_id: Some(utterance.id.clone()),
                text: utterance.text.clone(),
            }
        });
        let title = line(HitKind::Title, &recording.title, MediaTime::ZERO, MediaTime::ZERO, None);
        let documents =
            std::iter::once(title).chain(utterances).chain(minutes.into_iter().flat_map(minutes_lines)).collect();
        Self {
            recording_id: recording.id.clone(),
            recorded_at: recorded_at(recording),
            host: Some(recording.host_user_id.clone()),
            marks: Mark::of(transcript, minutes),
            documents,
        }
    }
}

/// Returns when the meeting was recorded, or when that was asked for.
fn recorded_at(recording: &Recording) -> Timestamp {
    match recording.state {
        RecordingState::Requested => recording.created_at,
        RecordingState::Live { started_at }
        | RecordingState::Paused { started_at, .. }
        | RecordingState::Finalizing { started_at, .. }
        | RecordingState::Sealed { started_at, .. } => started_at,
        RecordingState::Failed { started_at, .. } => started_at.unwrap_or(recording.created_at),
    }
}

fn minutes_lines(minutes: &Minutes) -> Vec<IndexDocument> {
    let chapter_title =
        |chapter: &Chapter| line(HitKind::Minutes, &chapter.title, chapter.start_ms, chapter.end_ms, None);
    // What people said that matters and the numbers repeat sentences of the other sections.
    let lines = minutes
        .summary
        .iter()
        .chain(minutes.chapters.iter().flat_map(|chapter| &chapter.points))
        .chain(&minutes.decisions)
        .chain(minutes.action_items.iter().map(|item| &item.line))
        .chain(&minutes.open_questions)
        .chain(&minutes.risks)
        .filter(|line| line.is_borne_out())
        .map(cited_line);
    minutes.chapters.iter().map(chapter_title).chain(lines).collect()
}

/// A line of minutes points at the first thing it cites.
fn cited_line(cited: &CitedLine) -> IndexDocument {
    let first: Option<&Citation> = cited.citations.iter().min_by_key(|citation| citation.start_ms);
    let start_ms = first.map_or(MediaTime::ZERO, |citation| citation.start_ms);
    line(HitKind::Minutes, &cited.text, start_ms, start_ms, first.map(|citation| citation.utterance_id.clone()))
}

fn line(
    kind: HitKind,
    text: &str,
    start_ms: MediaTime,
    end_ms: MediaTime,
    utterance_id: Option<UtteranceId>,
) -> IndexDocument {
    IndexDocument { kind, start_ms, end_ms, speaker: None, utterance_id, text: text.to_owned() }
}
