use serde::{Deserialize, Serialize};

use crate::{MinutesSection, UserId};

/// The number of a line of minutes, the same in every version that has the line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LineId(pub u32);

impl LineId {
    /// What a line has before it is part of minutes.
    pub const UNNUMBERED: Self = Self(0);
}

/// Who made a version of minutes, and what of it is new.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MinutesRevision {
    /// Who made it.
    pub author: MinutesAuthor,
    /// What is new.
    pub change: MinutesChange,
}

/// Who made a version of minutes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "author", rename_all = "snake_case")]
pub enum MinutesAuthor {
    /// Huiji by itself.
    #[default]
    Huiji,
    /// A person.
    Person {
        /// The account.
        user_id: UserId,
    },
}

/// What is new in a version of minutes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum MinutesChange {
    /// Everything: the first version.
    #[default]
    Written,
    /// Lines were written again; those a person had a hand in stayed.
    Rewritten {
        /// The one section that was asked for; none for all.
        section: Option<MinutesSection>,
    },
    /// A person reviewed lines.
    Reviewed {
        /// The lines.
        lines: Vec<LineId>,
    },
    /// An earlier version was taken again.
    Restored {
        /// The version.
        version: u32,
    },
    /// The transcript was corrected, and the lines that cite what was changed were checked again.
    TranscriptChanged {
        /// The transcript version they are checked against now.
        transcript_version: u32,
        /// The lines that its correction concerns.
        lines: Vec<LineId>,
    },
}
