use model::{Deletion, Disposal, HoldId, HoldScope, LegalHold, RetentionFacts, RetentionRule, RuleId, Timestamp};
use serde::{Deserialize, Serialize};

const DAY_MS: i64 = 86_400_000;

/// What is to become of a recording now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disposition {
    /// What to do.
    pub action: DisposalAction,
    /// Why.
    pub why: DispositionReason,
    /// For [`DisposalAction::Keep`] the moment from which the answer may be another, none when time alone changes
    /// nothing; for the others the moment since which they are due.
    pub when: Option<Timestamp>,
}

/// What can be done with a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisposalAction {
    /// Leave it where it is.
    Keep,
    /// Move it to the trash.
    Trash,
    /// Destroy it.
    Purge,
}

/// Why that is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum DispositionReason {
    /// Legal holds keep it.
    Held {
        /// All of them, ordered.
        hold_ids: Vec<HoldId>,
    },
    /// The meeting goes on.
    Unfinished,
    /// No rule deletes it.
    NoRule,
    /// The most explicit rule about deleting it says never.
    KeptForever {
        /// The rule.
        rule_id: RuleId,
    },
    /// A rule will delete it, but not yet.
    NotYet {
        /// The rule.
        rule_id: RuleId,
    },
    /// Its deletion is due, but another rule keeps it longer.
    Retained {
        /// The rule that keeps it.
        rule_id: RuleId,
    },
    /// A rule deletes it.
    Expired {
        /// The rule.
        rule_id: RuleId,
    },
    /// It is in the trash for now.
    InTrash,
    /// Its time in the trash is over.
    TrashOver,
    /// Its purge has begun and is to be finished; its key is gone already.
    PurgeBegun,
    /// It is gone.
    AlreadyPurged,
}

/// Decides what is to become of a recording. In this order: a hold keeps whatever it covers; of all rules that keep, the
/// longest counts, also against every rule that deletes; of the rules about deleting, the more explicit scope counts, and
/// of equally explicit ones the shortest time. What is destroyed was in the trash before.
#[must_use]
pub fn disposition(
    facts: &RetentionFacts,
    rules: &[RetentionRule],
    holds: &[LegalHold],
    now: Timestamp,
) -> Disposition {
    match facts.disposal {
        Disposal::Purged { .. } => return keep(DispositionReason::AlreadyPurged, None),
        Disposal::Purging => {
            return Disposition { action: DisposalAction::Purge, why: DispositionReason::PurgeBegun, when: Some(now) };
        }
        Disposal::Active | Disposal::Trashed { .. } => {}
    }
    let mut hold_ids: Vec<HoldId> =
        holds.iter().filter(|hold| is_held_by(facts, hold)).map(|hold| hold.id.clone()).collect();
    if !hold_ids.is_empty() {
        hold_ids.sort();
        hold_ids.dedup();
        return keep(DispositionReason::Held { hold_ids }, None);
    }
    let Some(ended_at) = facts.ended_at else { return keep(DispositionReason::Unfinished, None) };
    let rules: Vec<&RetentionRule> = rules.iter().filter(|rule| rule.scope.covers(facts)).collect();
    let kept = kept_until(&rules, ended_at);
    match facts.disposal {
        Disposal::Trashed { until } => trashed_disposition(kept, until, now),
        _ => active_disposition(&rules, kept, ended_at, now),
    }
}

/// Says whether a hold in force covers a recording.
#[must_use]
pub fn is_held_by(facts: &RetentionFacts, hold: &LegalHold) -> bool {
    hold.is_in_force()
        && hold.tenant_id == facts.tenant_id
        && (facts.held_by.contains(&hold.id)
            || match &hold.scope {
                HoldScope::Recording { recording_id } => *recording_id == facts.recording_id,
                HoldScope::Meeting { meeting_id } => *meeting_id == facts.meeting_id,
                HoldScope::Person { user_id } => *user_id == facts.host_user_id || facts.people.contains(user_id),
                // What the search found is in `held_by`.
                HoldScope::Query { .. } => false,
                HoldScope::Tenant => true,
            })
}

fn active_disposition(
    rules: &[&RetentionRule],
    kept: Option<(Timestamp, &RetentionRule)>,
    ended_at: Timestamp,
    now: Timestamp,
) -> Disposition {
    let Some(rule) = deleting_rule(rules) else { return keep(DispositionReason::NoRule, None) };
    let rule_id = rule.id.clone();
    let Deletion::After { days } = rule.deletion else {
        return keep(DispositionReason::KeptForever { rule_id }, None);
    };
    let delete_at = days_after(ended_at, days);
    let due_at = kept.map_or(delete_at, |(kept_until, _)| delete_at.max(kept_until));
    if now >= due_at {
        return Disposition {
            action: DisposalAction::Trash,
            why: DispositionReason::Expired { rule_id },
            when: Some(due_at),
        };
    }
    match kept {
        Some((_, keeper)) if now >= delete_at => {
            keep(DispositionReason::Retained { rule_id: keeper.id.clone() }, Some(due_at))
        }
        _ => keep(DispositionReason::NotYet { rule_id }, Some(due_at)),
    }
}

fn trashed_disposition(kept: Option<(Timestamp, &RetentionRule)>, until: Timestamp, now: Timestamp) -> Disposition {
    let due_at = kept.map_or(until, |(kept_until, _)| until.max(kept_until));
    if now >= due_at {
        return Disposition { action: DisposalAction::Purge, why: DispositionReason::TrashOver, when: Some(due_at) };
    }
    match kept {
        Some((_, keeper)) if now >= until => {
            keep(DispositionReason::Retained { rule_id: keeper.id.clone() }, Some(due_at))
        }
        _ => keep(DispositionReason::InTrash, Some(due_at)),
    }
}

/// Returns until when the rules keep a recording and the rule that keeps it longest; of several the first by id.
fn kept_until<'a>(rules: &[&'a RetentionRule], ended_at: Timestamp) -> Option<(Timestamp, &'a RetentionRule)> {
    let longest = rules.iter().filter(|rule| rule.keep_days > 0);
    let longest =
        longest.max_by(|left, right| left.keep_days.cmp(&right.keep_days).then_with(|| right.id.cmp(&left.id)))?;
    Some((days_after(ended_at, longest.keep_days), longest))
}

/// Returns the rule that decides about deleting: the most explicit, then the shortest, then the first by id.
fn deleting_rule<'a>(rules: &[&'a RetentionRule]) -> Option<&'a RetentionRule> {
    let days = |rule: &RetentionRule| match rule.deletion {
        Deletion::After { days } => Some(days),
        Deletion::Never | Deletion::Unspecified => None,
    };
    let order = |left: &RetentionRule, right: &RetentionRule| {
        let explicit = right.scope.explicitness().cmp(&left.scope.explicitness());
        let shorter = || days(left).unwrap_or(u32::MAX).cmp(&days(right).unwrap_or(u32::MAX));
        explicit
            .then_with(shorter)
            // A rule may name the longest time there is; it still deletes, and never does not.
            .then_with(|| days(left).is_none().cmp(&days(right).is_none()))
            .then_with(|| left.id.cmp(&right.id))
    };
    let deleting = rules.iter().filter(|rule| rule.deletion != Deletion::Unspecified);
    deleting.min_by(|left, right| order(left, right)).copied()
}

pub(crate) const fn days_after(moment: Timestamp, days: u32) -> Timestamp {
    moment.plus_millis(DAY_MS * days as i64)
}

const fn keep(why: DispositionReason, when: Option<Timestamp>) -> Disposition {
    Disposition { action: DisposalAction::Keep, why, when }
}
