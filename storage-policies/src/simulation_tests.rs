use jiff::civil::date;
use jiff::tz::TimeZone;
use model::{
    Deletion, Disposal, HoldScope, MeetingId, RecordingId, RetentionFacts, RetentionPolicy, RuleScope, Timestamp,
};
use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, prop_assert_eq, prop_oneof, proptest};

use crate::disposition_tests::{day, facts, hold, rule};
use crate::{Amount, DisposalAction, disposition, simulate};

fn recording(id: &str, ended: i64, stored_bytes: u64) -> RetentionFacts {
    let meeting_id = MeetingId::new(format!("meeting-{id}")).unwrap();
    let recording_id = RecordingId::new(id).unwrap();
    RetentionFacts { recording_id, meeting_id, ended_at: Some(day(ended)), stored_bytes, ..facts() }
}

#[test]
fn a_draft_rule_shows_what_goes_when_and_what_a_hold_blocks() {
    let policy = RetentionPolicy {
        rules: vec![rule("year", RuleScope::Tenant, 0, Deletion::After { days: 365 })],
        trash_days: 30,
    };
    let recordings = [
        recording("old", 0, 5),
        recording("held", 0, 70),
        recording("young", 300, 11),
        recording("new", 399, 13),
        RetentionFacts { disposal: Disposal::Trashed { until: day(410) }, ..recording("binned", 1, 17) },
        RetentionFacts { ended_at: None, ..recording("live", 0, 19) },
        RetentionFacts { disposal: Disposal::Purged { certificate: "c".to_owned() }, ..recording("gone", 0, 0) },
    ];
    let meeting_id = MeetingId::new("meeting-held").unwrap();
    let holds = [hold("hld", HoldScope::Meeting { meeting_id })];
    let simulation = simulate(&recordings, &policy, &holds, day(400), day(700), &TimeZone::UTC);
    let amount = |recordings, stored_bytes| Amount { recordings, stored_bytes };
    let days: Vec<_> = simulation.days.iter().map(|day| (day.day, day.trashed, day.purged)).collect();
    // Day 400 of 1970 is 1971-02-05.
    assert_eq!(
        days,
        [
            (date(1971, 2, 5), amount(1, 5), amount(0, 0)),
            (date(1971, 2, 15), amount(0, 0), amount(1, 17)),
            (date(1971, 3, 7), amount(0, 0), amount(1, 5)),
            (date(1971, 10, 28), amount(1, 11), amount(0, 0)),
            (date(1971, 11, 27), amount(0, 0), amount(1, 11)),
        ]
    );
    assert_eq!((simulation.all, simulation.staying), (amount(6, 135), amount(3, 102)));
    let [blocked] = simulation.blocked.as_slice() else { panic!("one is blocked: {:?}", simulation.blocked) };
    assert_eq!((blocked.recording_id.as_str(), blocked.trashed_at), ("held", Some(day(400))));
    assert_eq!(blocked.held_by, [holds[0].id.clone()]);
    assert!(
        simulate(&recordings, &RetentionPolicy::default(), &[], day(400), day(401), &TimeZone::UTC).days.is_empty()
    );
}

#[test]
fn days_are_those_of_the_people() {
    let policy =
        RetentionPolicy { rules: vec![rule("all", RuleScope::Tenant, 0, Deletion::After { days: 1 })], trash_days: 0 };
    let evening = Timestamp::from_micros(20 * 3_600_000_000);
    let recording = RetentionFacts { ended_at: Some(evening), ..facts() };
    let shanghai = TimeZone::get("Asia/Shanghai").unwrap();
    let day_in = |zone: &TimeZone| {
        simulate(std::slice::from_ref(&recording), &policy, &[], evening, day(9), zone).days.first().map(|day| day.day)
    };
    assert_eq!((day_in(&TimeZone::UTC), day_in(&shanghai)), (Some(date(1970, 1, 2)), Some(date(1970, 1, 3))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn the_simulator_foresees_what_a_daily_sweep_does(
        rules in vec((0..12_u32, prop_oneof![Just(None), (0..12_u32).prop_map(Some)], 0..3_u8), 0..4),
        ended in 0..4_i64,
        trashed_until in prop_oneof![Just(None), (0..9_i64).prop_map(Some)],
        trash_days in 0..5_u32,
    ) {
        let scope = |number| match number {
            0 => RuleScope::Tenant,
            1 => RuleScope::Tag { tag: "board".to_owned() },
            _ => RuleScope::Department { department: "legal".to_owned() },
        };
        let deletion = |days: Option<u32>| days.map_or(Deletion::Never, |days| Deletion::After { days });
        let rules = rules.into_iter().enumerate();
        let rules = rules.map(|(id, (keep, days, number))| rule(&format!("r{id}"), scope(number), keep, deletion(days)));
        let policy = RetentionPolicy { rules: rules.collect(), trash_days };
        let disposal = trashed_until.map_or(Disposal::Active, |until| Disposal::Trashed { until: day(until) });
        let mut swept = RetentionFacts { disposal, ..recording("rec", ended, 1) };
        let simulation = simulate(std::slice::from_ref(&swept), &policy, &[], day(0), day(40), &TimeZone::UTC);
        let foreseen = simulation.going.first().map(|going| (going.trashed_at, going.purged_at));
        let (mut trashed_at, mut purged_at) = (None, None);
        for today in 0..=40 {
            // The trash may be over on the very day, when it keeps for no time.
            for _ in 0..2 {
                match disposition(&swept, &policy.rules, &[], day(today)).action {
                    DisposalAction::Keep => {}
                    DisposalAction::Trash => {
                        trashed_at = Some(day(today));
                        swept.disposal = Disposal::Trashed { until: day(today + i64::from(trash_days)) };
                    }
                    DisposalAction::Purge => {
                        purged_at = Some(day(today));
                        swept.disposal = Disposal::Purged { certificate: "c".to_owned() };
                    }
                }
            }
        }
        let happened = Some((trashed_at, purged_at)).filter(|happened| *happened != (None, None));
        prop_assert_eq!(foreseen, happened);
    }
}
