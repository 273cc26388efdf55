use serde::{Deserialize, Serialize};

use crate::closed_set::closed_set;
use crate::{Language, MediaTime, ParticipantId, RecordingId, Timestamp, UtteranceId};

/// The minutes of a recording. Every line cites what was said, and code has checked the citation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Minutes {
    /// The version of this schema.
    pub schema: u32,
    /// The recording.
    pub recording_id: RecordingId,
    /// Counts versions from one.
    pub version: u32,
    /// The transcript version they were written from.
    pub transcript_version: u32,
    /// Who wrote them.
    pub engine: MinutesEngine,
    /// The language they are written in.
    pub language: Language,
    /// When they were written.
    pub created_at: Timestamp,
    /// The meeting's title.
    pub title: String,
    /// The whole meeting in a few lines.
    pub summary: Vec<CitedLine>,
    /// The meeting by topic, in order, without overlap.
    pub chapters: Vec<Chapter>,
    /// What was decided.
    pub decisions: Vec<CitedLine>,
    /// Who is to do what by when.
    pub action_items: Vec<ActionItem>,
    /// What was asked and not answered.
    pub open_questions: Vec<CitedLine>,
    /// The words that mark this meeting.
    pub keywords: Vec<String>,
}

impl Minutes {
    /// The version of the schema written today.
    pub const SCHEMA: u32 = 1;
}

/// The writer of minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "engine", rename_all = "snake_case")]
pub enum MinutesEngine {
    /// The offline writer: every line is made of what was said.
    Extractive,
    /// A language model; its lines were checked by code.
    LanguageModel {
        /// The model's name.
        model: String,
    },
}

/// A line of minutes with its evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CitedLine {
    /// The line. Untrusted text: escape it wherever it is rendered.
    pub text: String,
    /// The evidence; never empty.
    pub citations: Vec<Citation>,
    /// What checking the evidence gave.
    pub verification: Verification,
    /// What a reviewer said of it.
    pub review: ReviewState,
}

/// A piece of evidence: an utterance and the words in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Citation {
    /// The utterance.
    pub utterance_id: UtteranceId,
    /// The words quoted from it.
    pub quote: String,
    /// Where the utterance starts.
    pub start_ms: MediaTime,
}

/// What checking a line against its evidence gave. Rejected lines never reach a reader, so they have no form here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verification", rename_all = "snake_case")]
pub enum Verification {
    /// Ids exist, quotes match, and numbers, dates, names and owner occur in the evidence.
    Verified,
    /// Something could not be confirmed; shown as such.
    Weak {
        /// What could not be confirmed.
        reason: String,
    },
}

closed_set! {
    /// What a reviewer said of a line.
    pub enum ReviewState as "review state" {
        /// Written by the engine, not yet looked at.
        Proposed = "proposed",
        /// Confirmed by a person.
        Confirmed = "confirmed",
        /// Reworded by a person.
        Edited = "edited",
        /// Thrown out by a person; kept for the record.
        Rejected = "rejected",
    }
}

closed_set! {
    /// Whether an action item is done.
    pub enum ActionStatus as "action status" {
        /// Still to do.
        Open = "open",
        /// Done.
        Done = "done",
    }
}

/// Something somebody is to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActionItem {
    /// What is to be done, with its evidence.
    #[serde(flatten)]
    pub line: CitedLine,
    /// Who is to do it; none when nobody was named or answered.
    pub owner: Option<ParticipantId>,
    /// The due date as it was said.
    pub due_text: Option<String>,
    /// The due date, `YYYY-MM-DD` in the meeting's time zone.
    pub due_date: Option<String>,
    /// Whether it is done.
    pub status: ActionStatus,
}

/// A topic of the meeting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chapter {
    /// What it is about.
    pub title: String,
    /// Where it starts.
    pub start_ms: MediaTime,
    /// Where it ends.
    pub end_ms: MediaTime,
    /// Its main lines.
    pub points: Vec<CitedLine>,
}
