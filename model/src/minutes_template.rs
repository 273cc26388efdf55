use serde::{Deserialize, Serialize};

use crate::closed_set::closed_set;
use crate::{Language, UserId};

closed_set! {
    /// A kind of minutes: which sections they have, in which order, and what a language model is told to look for.
    pub enum MinutesTemplate as "minutes template" {
        /// Any meeting.
        General = "general",
        /// A team's weekly meeting: what is to be done comes first.
        Weekly = "weekly",
        /// A job interview: what the person said, by person, without decisions.
        Interview = "interview",
        /// A medical round: findings with their values, orders, risks.
        MedicalRound = "medical_round",
        /// A resolution of an authority: what was decided and who carries it out.
        GovernmentResolution = "government_resolution",
        /// Sections and wishes of the reviewer's own.
        Custom = "custom",
    }
}

#[expect(clippy::derivable_impls, reason = "the enum is made by a macro that marks no default")]
impl Default for MinutesTemplate {
    fn default() -> Self {
        Self::General
    }
}

closed_set! {
    /// A section of minutes.
    pub enum MinutesSection as "minutes section" {
        /// The whole meeting in a few lines.
        Summary = "summary",
        /// The meeting by topic.
        Chapters = "chapters",
        /// What was decided.
        Decisions = "decisions",
        /// Who is to do what by when.
        ActionItems = "action_items",
        /// What was asked and not answered.
        OpenQuestions = "open_questions",
        /// What may go wrong.
        Risks = "risks",
        /// Amounts, shares and counts.
        Numbers = "numbers",
        /// What each person said.
        Speakers = "speakers",
        /// The words that mark the meeting.
        Keywords = "keywords",
    }
}

impl MinutesTemplate {
    /// Returns the sections of the template, in order; those of [`Self::Custom`] until somebody chooses others.
    #[must_use]
    pub const fn sections(self) -> &'static [MinutesSection] {
        use MinutesSection::{
            ActionItems, Chapters, Decisions, Keywords, Numbers, OpenQuestions, Risks, Speakers, Summary,
        };
        match self {
            Self::General | Self::Custom => {
                &[Summary, Decisions, ActionItems, OpenQuestions, Risks, Numbers, Chapters, Speakers, Keywords]
            }
            Self::Weekly => {
                &[ActionItems, Risks, Decisions, Speakers, Numbers, OpenQuestions, Summary, Chapters, Keywords]
            }
            Self::Interview => &[Summary, Speakers, Chapters, OpenQuestions, Keywords],
            Self::MedicalRound => &[Summary, Numbers, Risks, ActionItems, OpenQuestions, Chapters],
            Self::GovernmentResolution => &[Decisions, ActionItems, Summary, Chapters],
        }
    }

    /// Returns the sections of [`Self::General`].
    #[must_use]
    pub fn general_sections() -> Vec<MinutesSection> {
        Self::General.sections().to_vec()
    }
}

/// What minutes are to be written, and in what words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MinutesWish {
    /// The kind of minutes.
    pub template: MinutesTemplate,
    /// The sections a reader is to see, in order.
    pub sections: Vec<MinutesSection>,
    /// What else a language model is told to look for; the offline writer cannot follow it.
    pub instructions: Option<String>,
    /// The language to write in.
    pub language: Language,
    /// The one section to write anew; none for all.
    pub section: Option<MinutesSection>,
}

/// A wish and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MinutesOrder {
    /// What is to be written.
    pub wish: MinutesWish,
    /// Who wishes for it.
    pub user_id: UserId,
}

impl MinutesWish {
    /// Wishes for minutes of a template, in a language.
    #[must_use]
    pub fn new(template: MinutesTemplate, language: Language) -> Self {
        Self { template, sections: template.sections().to_vec(), instructions: None, language, section: None }
    }
}
