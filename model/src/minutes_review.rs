use serde::{Deserialize, Serialize};

use crate::{
    ActionItem, ActionStatus, CitedLine, Error, LineId, Minutes, MinutesAuthor, MinutesChange, MinutesRevision,
    ParticipantId, ReviewState, Timestamp, UserId, Verification,
};

/// The longest line a person may write, in characters.
const TEXT_MAX: usize = 2_000;

/// What a reviewer does with one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineReview {
    /// The line.
    pub line_id: LineId,
    /// What is done with it.
    pub verdict: LineVerdict,
}

/// What a reviewer may do with a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum LineVerdict {
    /// It is right.
    Confirm,
    /// It is to say this.
    Edit {
        /// The new words.
        text: String,
    },
    /// It is not to be in the minutes.
    Reject,
    /// Nothing was said of it after all.
    Reopen,
    /// Of an action item: somebody else is to do it, or nobody in particular.
    Reassign {
        /// The new owner.
        owner: Option<ParticipantId>,
    },
    /// Of an action item: it is due then, `YYYY-MM-DD`, or at no time.
    Reschedule {
        /// The new due date.
        due_date: Option<String>,
    },
    /// Of an action item: whether it is done.
    SetStatus {
        /// Whether it is done.
        status: ActionStatus,
    },
}

impl Minutes {
    /// Carries out a review and returns the version that comes of it.
    ///
    /// # Errors
    /// [`Error::InvalidReview`] when a line does not exist or what is to be done with it does not fit; nothing is changed
    /// then.
    pub fn reviewed(mut self, reviews: &[LineReview], user_id: UserId, now: Timestamp) -> Result<Self, Error> {
        if reviews.is_empty() {
            return Err(Error::InvalidReview { problem: "it holds nothing to do".to_owned() });
        }
        for LineReview { line_id, verdict } in reviews {
            let found = match self.action_items.iter_mut().find(|item| item.line.id == *line_id) {
                Some(item) => {
                    review_action(item, verdict)?;
                    true
                }
                None => false,
            };
            let mut outcome = Ok(found);
            if !found {
                self.each_line_mut(|line| {
                    if line.id == *line_id {
                        outcome = review_line(line, verdict).map(|()| true);
                    }
                });
            }
            if !outcome? {
                return Err(Error::InvalidReview { problem: format!("there is no line {}", line_id.0) });
            }
        }
        let lines = reviews.iter().map(|review| review.line_id).collect();
        Ok(self.next_version(MinutesAuthor::Person { user_id }, MinutesChange::Reviewed { lines }, now))
    }

    /// Takes the content of an earlier version again, as the version after this one.
    #[must_use]
    pub fn restored(self, earlier: Self, user_id: UserId, now: Timestamp) -> Self {
        let change = MinutesChange::Restored { version: earlier.version };
        let numbered = self.lines_numbered.max(earlier.lines_numbered);
        let content = Self { version: self.version, lines_numbered: numbered, ..earlier };
        content.next_version(MinutesAuthor::Person { user_id }, change, now)
    }

    /// Returns this content as the version after this one.
    #[must_use]
    pub fn next_version(mut self, author: MinutesAuthor, change: MinutesChange, now: Timestamp) -> Self {
        self.version += 1;
        self.created_at = now;
        self.revision = MinutesRevision { author, change };
        self.number_lines();
        self
    }
}

fn review_action(item: &mut ActionItem, verdict: &LineVerdict) -> Result<(), Error> {
    match verdict {
        LineVerdict::Reassign { owner } => item.owner.clone_from(owner),
        LineVerdict::Reschedule { due_date } => {
            if due_date.as_deref().is_some_and(|date| !is_date(date)) {
                return Err(Error::InvalidReview { problem: "a due date is YYYY-MM-DD".to_owned() });
            }
            item.due_date.clone_from(due_date);
            item.due_text = None;
        }
        LineVerdict::SetStatus { status } => item.status = *status,
        _ => return review_line(&mut item.line, verdict),
    }
    // Whoever says whose it is and when it is due has read it.
    if item.line.review == ReviewState::Proposed {
        item.line.review = ReviewState::Confirmed;
    }
    Ok(())
}

fn review_line(line: &mut CitedLine, verdict: &LineVerdict) -> Result<(), Error> {
    line.review = match verdict {
        LineVerdict::Confirm => ReviewState::Confirmed,
        LineVerdict::Reject => ReviewState::Rejected,
        LineVerdict::Reopen => ReviewState::Proposed,
        LineVerdict::Edit { text } => {
            let text = text.trim();
            if text.is_empty() || text.chars().count() > TEXT_MAX || text.chars().any(char::is_control) {
                let problem = format!("a line is 1 to {TEXT_MAX} characters on one line");
                return Err(Error::InvalidReview { problem });
            }
            if text != line.text {
                text.clone_into(&mut line.text);
                let reason = "a person worded it otherwise than what was checked".to_owned();
                line.verification = Verification::Weak { reason };
            }
            ReviewState::Edited
        }
        LineVerdict::Reassign { .. } | LineVerdict::Reschedule { .. } | LineVerdict::SetStatus { .. } => {
            let problem = format!("line {} is no action item", line.id.0);
            return Err(Error::InvalidReview { problem });
        }
    };
    Ok(())
}

/// Says whether a text is a day as `YYYY-MM-DD`, as far as its shape tells.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let number = |part: &str, digits: usize| {
        (part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse::<u32>().ok())?
    };
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    (1..=12).contains(&month) && (1..=days).contains(&day)
}

#[cfg(test)]
#[path = "minutes_review_tests.rs"]
mod tests;
