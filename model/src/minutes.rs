use serde::{Deserialize, Serialize};

use crate::closed_set::closed_set;
use crate::{
    Language, LineId, MediaTime, MinutesRevision, MinutesSection, MinutesTemplate, ParticipantId, RecordingId,
    Timestamp, UtteranceId,
};

/// The minutes of a recording. Every line cites what was said, and code has checked the citation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Minutes {
    /// The version of this schema.
    pub schema: u32,
    /// The recording.
    pub recording_id: RecordingId,
    /// Counts versions from one; every edit makes a new one.
    pub version: u32,
    /// The transcript version their citations are checked against.
    pub transcript_version: u32,
    /// Who wrote them.
    pub engine: MinutesEngine,
    /// The language they are written in.
    pub language: Language,
    /// When this version was made.
    pub created_at: Timestamp,
    /// Who made this version, and what of it is new.
    #[serde(default)]
    pub revision: MinutesRevision,
    /// What kind of minutes they are.
    #[serde(default)]
    pub template: MinutesTemplate,
    /// The sections a reader sees, in order. The others are kept, so that another template can show them.
    #[serde(default = "MinutesTemplate::general_sections")]
    pub sections: Vec<MinutesSection>,
    /// The highest number that a line of any version has had.
    #[serde(default)]
    pub lines_numbered: u32,
    /// What a language model was asked and how it fared, over all versions; none when it never was.
    #[serde(default)]
    pub model_usage: Option<ModelUsage>,
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
    /// What may go wrong.
    #[serde(default)]
    pub risks: Vec<CitedLine>,
    /// Amounts, shares and counts that matter.
    #[serde(default)]
    pub numbers: Vec<CitedLine>,
    /// What each person said that matters most, by who spoke most.
    #[serde(default)]
    pub speakers: Vec<SpeakerPoints>,
    /// The words that mark this meeting.
    pub keywords: Vec<String>,
}

impl Minutes {
    /// The version of the schema written today. Schema 1 had no risks, numbers, speakers, templates, line ids, provenance
    /// and revisions.
    pub const SCHEMA: u32 = 2;

    /// Brings minutes of an older schema up to today's: lines are numbered, and each says where it comes from.
    #[must_use]
    pub fn upgraded(mut self) -> Self {
        let (engine, transcript_version) = (self.engine.clone(), self.transcript_version);
        self.schema = Self::SCHEMA;
        self.each_line_mut(|line| {
            if line.provenance.transcript_version == 0 {
                line.provenance = Provenance { engine: engine.clone(), prompt_sha256: None, transcript_version };
            }
        });
        self.number_lines();
        self
    }

    /// Leaves what readers may take for what was said: without lines that a reviewer threw out, and without those that the
    /// transcript no longer bears out.
    #[must_use]
    pub fn for_readers(mut self) -> Self {
        self.retain_lines(|line| line.is_borne_out());
        self
    }

    /// Gives a number to every line that has none.
    pub fn number_lines(&mut self) {
        let mut last = self.lines().map(|line| line.id.0).max().unwrap_or(0).max(self.lines_numbered);
        self.each_line_mut(|line| {
            if line.id == LineId::UNNUMBERED {
                last += 1;
                line.id = LineId(last);
            }
        });
        self.lines_numbered = last;
    }

    /// Returns every line with its evidence, those of all sections.
    pub fn lines(&self) -> impl Iterator<Item = &CitedLine> {
        self.summary
            .iter()
            .chain(self.chapters.iter().flat_map(|chapter| &chapter.points))
            .chain(&self.decisions)
            .chain(self.action_items.iter().map(|item| &item.line))
            .chain(&self.open_questions)
            .chain(&self.risks)
            .chain(&self.numbers)
            .chain(self.speakers.iter().flat_map(|speaker| &speaker.points))
    }

    /// Changes every line.
    pub fn each_line_mut(&mut self, mut change: impl FnMut(&mut CitedLine)) {
        self.retain_lines(|line| {
            change(line);
            true
        });
    }

    /// Changes every line, and drops those for which `keep` says no.
    pub fn retain_lines(&mut self, mut keep: impl FnMut(&mut CitedLine) -> bool) {
        self.summary.retain_mut(&mut keep);
        for chapter in &mut self.chapters {
            chapter.points.retain_mut(&mut keep);
        }
        self.decisions.retain_mut(&mut keep);
        self.action_items.retain_mut(|item| keep(&mut item.line));
        self.open_questions.retain_mut(&mut keep);
        self.risks.retain_mut(&mut keep);
        self.numbers.retain_mut(&mut keep);
        for speaker in &mut self.speakers {
            speaker.points.retain_mut(&mut keep);
        }
        self.speakers.retain(|speaker| !speaker.points.is_empty());
    }
}

/// The writer of minutes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "engine", rename_all = "snake_case")]
pub enum MinutesEngine {
    /// The offline writer: every line is made of what was said.
    #[default]
    Extractive,
    /// A language model; its lines were checked by code.
    LanguageModel {
        /// The model's name.
        model: String,
    },
}

/// What a language model was asked for a recording's minutes, for accounting.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelUsage {
    /// Requests answered or failed.
    pub requests: u32,
    /// Tokens sent, as the server counts them; 0 when it does not say.
    pub input_tokens: u64,
    /// Tokens received.
    pub output_tokens: u64,
    /// Facts that the model claimed.
    pub claimed: u64,
    /// Facts that the transcript bears out.
    pub kept: u64,
    /// Requests that were given up; what the rules found stands there.
    pub unanswered: u32,
}

impl ModelUsage {
    /// Adds what another run took.
    #[must_use]
    pub const fn plus(self, other: &Self) -> Self {
        Self {
            requests: self.requests + other.requests,
            input_tokens: self.input_tokens + other.input_tokens,
            output_tokens: self.output_tokens + other.output_tokens,
            claimed: self.claimed + other.claimed,
            kept: self.kept + other.kept,
            unanswered: self.unanswered + other.unanswered,
        }
    }
}

/// A line of minutes with its evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CitedLine {
    /// Names the line in every version that has it.
    #[serde(default)]
    pub id: LineId,
    /// The line. Untrusted text: escape it wherever it is rendered.
    pub text: String,
    /// The evidence; never empty.
    pub citations: Vec<Citation>,
    /// What checking the evidence gave.
    pub verification: Verification,
    /// Where the line comes from.
    #[serde(default)]
    pub provenance: Provenance,
    /// What a reviewer said of it.
    pub review: ReviewState,
}

impl CitedLine {
    /// Says whether it may be taken for what was said: no reviewer threw it out, and the transcript still says it.
    #[must_use]
    pub fn is_borne_out(&self) -> bool {
        self.review != ReviewState::Rejected && !matches!(self.verification, Verification::Stale { .. })
    }

    /// Says whether a person has had a hand in it, so that no engine may take it away.
    #[must_use]
    pub fn is_reviewed(&self) -> bool {
        self.review != ReviewState::Proposed
    }
}

/// Where a line comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// Who wrote it first.
    #[serde(flatten)]
    pub engine: MinutesEngine,
    /// Of a language model: the SHA-256 of what it was asked, in hexadecimal.
    #[serde(default)]
    pub prompt_sha256: Option<String>,
    /// The transcript version it was last checked against; 0 when nobody wrote that down.
    pub transcript_version: u32,
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
    /// The transcript was corrected, and what is cited no longer says this. Kept for the reviewer to decide.
    Stale {
        /// What no longer holds.
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

/// What one person said that matters most.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpeakerPoints {
    /// The person.
    pub participant_id: ParticipantId,
    /// In the order they were said.
    pub points: Vec<CitedLine>,
}

#[cfg(test)]
#[path = "minutes_tests.rs"]
mod tests;
