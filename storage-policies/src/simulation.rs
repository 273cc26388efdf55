use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use model::{Disposal, HoldId, LegalHold, RecordingId, RetentionFacts, RetentionPolicy, RuleId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::disposition::{days_after, is_held_by};
use crate::{DisposalAction, DispositionReason, disposition};

/// What a policy would do, before it is saved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Simulation {
    /// What goes on which day of the asked-for time zone, in order.
    pub days: Vec<SimulatedDay>,
    /// What would go but for a hold.
    pub blocked: Vec<SimulatedRecording>,
    /// What goes, by the first thing that happens to it.
    pub going: Vec<SimulatedRecording>,
    /// What is there to be looked at: everything that is not purged.
    pub all: Amount,
    /// What stays beyond the horizon.
    pub staying: Amount,
}

/// What happens on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimulatedDay {
    /// The day.
    pub day: Date,
    /// What is moved to the trash.
    pub trashed: Amount,
    /// What is destroyed.
    pub purged: Amount,
}

/// What happens to one recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimulatedRecording {
    /// The recording.
    pub recording_id: RecordingId,
    /// What it takes, in bytes.
    pub stored_bytes: u64,
    /// The rule that moves it to the trash; none when it is there already.
    pub rule_id: Option<RuleId>,
    /// When it is moved to the trash; none when it is there already.
    pub trashed_at: Option<Timestamp>,
    /// When it is destroyed; none when that lies beyond the horizon.
    pub purged_at: Option<Timestamp>,
    /// The holds that keep all this from happening, ordered.
    pub held_by: Vec<HoldId>,
}

/// So many recordings and bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// How many recordings.
    pub recordings: u64,
    /// How many bytes in the object store.
    pub stored_bytes: u64,
}

impl Amount {
    const fn add(&mut self, stored_bytes: u64) {
        self.recordings += 1;
        self.stored_bytes = self.stored_bytes.saturating_add(stored_bytes);
    }
}

/// Lets time pass under a policy, from `now` up to and including `horizon`, as if the sweep ran at every moment and
/// nobody did anything: the same [`disposition`] decides. Days are those of `time_zone`.
#[must_use]
pub fn simulate(
    facts: &[RetentionFacts],
    policy: &RetentionPolicy,
    holds: &[LegalHold],
    now: Timestamp,
    horizon: Timestamp,
    time_zone: &TimeZone,
) -> Simulation {
    let mut simulation = Simulation::default();
    let mut days: BTreeMap<Date, SimulatedDay> = BTreeMap::new();
    for facts in facts {
        if matches!(facts.disposal, Disposal::Purged { .. }) {
            continue;
        }
        simulation.all.add(facts.stored_bytes);
        let mut simulated = pass_time(facts, policy, now, horizon);
        if simulated.trashed_at.is_none() && simulated.purged_at.is_none() {
            simulation.staying.add(facts.stored_bytes);
            continue;
        }
        // A hold that comes when a purge has begun is too late.
        if facts.disposal != Disposal::Purging {
            let in_force = holds.iter().filter(|hold| is_held_by(facts, hold));
            simulated.held_by = in_force.map(|hold| hold.id.clone()).collect();
            simulated.held_by.sort();
        }
        if !simulated.held_by.is_empty() {
            simulation.staying.add(facts.stored_bytes);
            simulation.blocked.push(simulated);
            continue;
        }
        for (moment, is_purge) in [(simulated.trashed_at, false), (simulated.purged_at, true)] {
            if let Some(day) = moment.and_then(|moment| day_of(moment, time_zone)) {
                let empty = SimulatedDay { day, trashed: Amount::default(), purged: Amount::default() };
                let entry = days.entry(day).or_insert(empty);
                let amount = if is_purge { &mut entry.purged } else { &mut entry.trashed };
                amount.add(facts.stored_bytes);
            }
        }
        simulation.going.push(simulated);
    }
    let first = |simulated: &SimulatedRecording| simulated.trashed_at.or(simulated.purged_at);
    let order = |left: &SimulatedRecording, right: &SimulatedRecording| {
        first(left).cmp(&first(right)).then_with(|| left.recording_id.cmp(&right.recording_id))
    };
    simulation.going.sort_by(order);
    simulation.blocked.sort_by(order);
    simulation.days = days.into_values().collect();
    simulation
}

/// Follows one recording from decision to decision, as if nothing held it.
fn pass_time(
    facts: &RetentionFacts,
    policy: &RetentionPolicy,
    now: Timestamp,
    horizon: Timestamp,
) -> SimulatedRecording {
    let mut facts = facts.clone();
    let mut simulated = SimulatedRecording {
        recording_id: facts.recording_id.clone(),
        stored_bytes: facts.stored_bytes,
        rule_id: None,
        trashed_at: None,
        purged_at: None,
        held_by: Vec::new(),
    };
    let mut moment = now;
    loop {
        let decided = disposition(&facts, &policy.rules, &[], moment);
        match (decided.action, decided.when) {
            (DisposalAction::Trash, _) => {
                simulated.trashed_at = Some(moment);
                if let DispositionReason::Expired { rule_id } = decided.why {
                    simulated.rule_id = Some(rule_id);
                }
                facts.disposal = Disposal::Trashed { until: days_after(moment, policy.trash_days) };
            }
            (DisposalAction::Purge, _) => {
                simulated.purged_at = Some(moment);
                return simulated;
            }
            (DisposalAction::Keep, Some(next)) if next > moment && next <= horizon => moment = next,
            (DisposalAction::Keep, _) => return simulated,
        }
    }
}

fn day_of(moment: Timestamp, time_zone: &TimeZone) -> Option<Date> {
    let moment = jiff::Timestamp::from_microsecond(moment.as_micros()).ok()?;
    Some(moment.to_zoned(time_zone.clone()).date())
}
