use std::collections::BTreeSet;

use model::{
    Deletion, Disposal, HoldId, HoldScope, HoldState, LegalHold, MeetingId, RecordingId, RetentionFacts, RetentionRule,
    RuleId, RuleScope, TenantId, Timestamp, UserId,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, ProptestConfig, Strategy, prop_assert_eq, prop_oneof, proptest};

use crate::{DisposalAction, Disposition, DispositionReason, disposition};

const DAY_US: i64 = 86_400_000_000;

pub(crate) fn day(number: i64) -> Timestamp {
    Timestamp::from_micros(number * DAY_US)
}

pub(crate) fn facts() -> RetentionFacts {
    RetentionFacts {
        tenant_id: TenantId::new("acme").unwrap(),
        recording_id: RecordingId::new("rec").unwrap(),
        meeting_id: MeetingId::new("weekly").unwrap(),
        host_user_id: UserId::new("host").unwrap(),
        people: BTreeSet::new(),
        department: Some("sales".to_owned()),
        meeting_kind: Some("interview".to_owned()),
        tags: BTreeSet::from(["board".to_owned()]),
        held_by: BTreeSet::new(),
        ended_at: Some(day(0)),
        disposal: Disposal::Active,
        stored_bytes: 10,
    }
}

pub(crate) fn rule(id: &str, scope: RuleScope, keep_days: u32, deletion: Deletion) -> RetentionRule {
    RetentionRule { id: RuleId::new(id).unwrap(), name: id.to_owned(), scope, keep_days, deletion }
}

pub(crate) fn hold(id: &str, scope: HoldScope) -> LegalHold {
    LegalHold {
        id: HoldId::new(id).unwrap(),
        tenant_id: TenantId::new("acme").unwrap(),
        scope,
        reason: "case 7".to_owned(),
        placed_by: UserId::new("counsel").unwrap(),
        placed_at: day(0),
        state: HoldState::Active,
    }
}

fn rule_id(id: &str) -> RuleId {
    RuleId::new(id).unwrap()
}

fn tag() -> RuleScope {
    RuleScope::Tag { tag: "board".to_owned() }
}

const fn after(days: u32) -> Deletion {
    Deletion::After { days }
}

fn kept(why: DispositionReason, until: Option<i64>) -> Disposition {
    Disposition { action: DisposalAction::Keep, why, when: until.map(day) }
}

fn later(id: &str, until: i64) -> Disposition {
    kept(DispositionReason::NotYet { rule_id: rule_id(id) }, Some(until))
}

fn retained(id: &str, until: i64) -> Disposition {
    kept(DispositionReason::Retained { rule_id: rule_id(id) }, Some(until))
}

fn never(id: &str) -> Disposition {
    kept(DispositionReason::KeptForever { rule_id: rule_id(id) }, None)
}

fn trashed(id: &str, since: i64) -> Disposition {
    let why = DispositionReason::Expired { rule_id: rule_id(id) };
    Disposition { action: DisposalAction::Trash, why, when: Some(day(since)) }
}

#[test]
fn rules_meet_as_people_expect() {
    let host = |name: &str| RuleScope::Host { user_id: UserId::new(name).unwrap() };
    let all = |deletion| rule("all", RuleScope::Tenant, 0, deletion);
    let tagged = |id: &str, deletion| rule(id, tag(), 0, deletion);
    let hosted = |name: &str, deletion| rule("h", host(name), 0, deletion);
    let keeping = |id: &str, scope, days| rule(id, scope, days, Deletion::Unspecified);
    let no_rule = || kept(DispositionReason::NoRule, None);
    for (name, rules, now, expected) in [
        ("no rule", vec![], 999, no_rule()),
        ("before its day", vec![all(after(30))], 29, later("all", 30)),
        ("on its day", vec![all(after(30))], 30, trashed("all", 30)),
        ("another's rule", vec![hosted("nobody", after(1))], 99, no_rule()),
        ("explicit is longer", vec![all(after(30)), tagged("tag", after(90))], 60, later("tag", 90)),
        ("explicit is shorter", vec![all(after(90)), hosted("host", after(9))], 9, trashed("h", 9)),
        ("shortest of equals", vec![tagged("a", after(9)), tagged("b", after(5))], 5, trashed("b", 5)),
        ("never beats general", vec![all(after(1)), tagged("tag", Deletion::Never)], 99, never("tag")),
        ("never loses to explicit", vec![all(Deletion::Never), tagged("tag", after(3))], 4, trashed("tag", 3)),
        ("never loses to equals", vec![tagged("a", Deletion::Never), tagged("b", after(3))], 4, trashed("b", 3)),
        ("keeping beats deleting", vec![all(after(3)), keeping("keep", tag(), 7)], 4, retained("keep", 7)),
        ("also general", vec![keeping("k", RuleScope::Tenant, 7), tagged("t", after(3))], 4, retained("k", 7)),
        ("longest", vec![keeping("a", tag(), 7), rule("b", host("host"), 9, after(1))], 8, retained("b", 9)),
        ("after keeping", vec![all(after(3)), keeping("keep", tag(), 7)], 7, trashed("all", 7)),
        ("keeping deletes nothing", vec![keeping("keep", tag(), 7)], 99, no_rule()),
    ] {
        assert_eq!(disposition(&facts(), &rules, &[], day(now)), expected, "{name}");
    }
}

#[test]
fn a_hold_beats_everything_but_a_purge_that_has_begun() {
    let rules = [rule("all", RuleScope::Tenant, 0, after(1))];
    let scopes = [
        HoldScope::Tenant,
        HoldScope::Recording { recording_id: RecordingId::new("rec").unwrap() },
        HoldScope::Meeting { meeting_id: MeetingId::new("weekly").unwrap() },
        HoldScope::Person { user_id: UserId::new("host").unwrap() },
        HoldScope::Person { user_id: UserId::new("guest").unwrap() },
        HoldScope::Query { query: "budget".to_owned() },
    ];
    let mut recording = facts();
    recording.people.insert(UserId::new("guest").unwrap());
    for scope in scopes {
        for disposal in [Disposal::Active, Disposal::Trashed { until: day(2) }] {
            let found = matches!(scope, HoldScope::Query { .. }).then(|| HoldId::new("hld").unwrap());
            let held_by = found.into_iter().collect();
            let recording = RetentionFacts { disposal, held_by, ..recording.clone() };
            let mut hold = hold("hld", scope.clone());
            assert_ne!(disposition(&recording, &rules, &[], day(9)).action, DisposalAction::Keep);
            let held = disposition(&recording, &rules, std::slice::from_ref(&hold), day(9));
            assert_eq!(held.why, DispositionReason::Held { hold_ids: vec![hold.id.clone()] }, "{scope:?}");
            let by = |name: &str| UserId::new(name).unwrap();
            hold.state = HoldState::ReleaseRequested { requested_by: by("a"), requested_at: day(3) };
            assert_eq!(disposition(&recording, &rules, std::slice::from_ref(&hold), day(9)), held, "one person");
            hold.state = HoldState::Released { requested_by: by("a"), released_by: by("b"), released_at: day(4) };
            let released = disposition(&recording, &rules, std::slice::from_ref(&hold), day(9));
            assert_ne!(released.action, DisposalAction::Keep);
            let other = LegalHold { tenant_id: TenantId::new("other").unwrap(), state: HoldState::Active, ..hold };
            assert_eq!(disposition(&recording, &rules, &[other], day(9)), released);
        }
    }
    let everything = [hold("hld", HoldScope::Tenant)];
    let purging = RetentionFacts { disposal: Disposal::Purging, ..facts() };
    assert_eq!(disposition(&purging, &rules, &everything, day(9)).why, DispositionReason::PurgeBegun);
    let purged = RetentionFacts { disposal: Disposal::Purged { certificate: "c".to_owned() }, ..facts() };
    assert_eq!(disposition(&purged, &rules, &everything, day(9)).why, DispositionReason::AlreadyPurged);
    let live = RetentionFacts { ended_at: None, ..facts() };
    assert_eq!(disposition(&live, &rules, &[], day(9)).why, DispositionReason::Unfinished);
}

#[test]
fn what_was_trashed_waits_for_the_trash_and_for_the_rules_that_keep() {
    use DisposalAction::{Keep, Purge};
    let keeping = rule("keep", RuleScope::Tenant, 20, Deletion::Unspecified);
    let retained = DispositionReason::Retained { rule_id: rule_id("keep") };
    for (rules, now, action, why, when) in [
        (vec![], 9, Keep, DispositionReason::InTrash, 10),
        (vec![], 10, Purge, DispositionReason::TrashOver, 10),
        (vec![keeping.clone()], 9, Keep, DispositionReason::InTrash, 20),
        (vec![keeping.clone()], 10, Keep, retained, 20),
        (vec![keeping], 20, Purge, DispositionReason::TrashOver, 20),
    ] {
        let trashed = RetentionFacts { disposal: Disposal::Trashed { until: day(10) }, ..facts() };
        assert_eq!(disposition(&trashed, &rules, &[], day(now)), Disposition { action, why, when: Some(day(when)) });
    }
}

/// Decides by trying every rule against every other, and by walking through the days, without any sorting.
fn oracle(
    facts: &RetentionFacts,
    rules: &[RetentionRule],
    holds: &[LegalHold],
    today: i64,
) -> (DisposalAction, Option<i64>) {
    let covered = |hold: &LegalHold| {
        let in_force = matches!(hold.state, HoldState::Active | HoldState::ReleaseRequested { .. });
        let named = match &hold.scope {
            HoldScope::Tenant => true,
            HoldScope::Query { .. } => facts.held_by.iter().any(|found| found.as_str() == hold.id.as_str()),
            HoldScope::Recording { recording_id } => recording_id.as_str() == facts.recording_id.as_str(),
            HoldScope::Meeting { meeting_id } => meeting_id.as_str() == facts.meeting_id.as_str(),
            HoldScope::Person { user_id } => {
                [&facts.host_user_id].into_iter().chain(&facts.people).any(|person| person == user_id)
            }
        };
        in_force && named && hold.tenant_id == facts.tenant_id
    };
    match facts.disposal {
        Disposal::Purged { .. } => return (DisposalAction::Keep, None),
        Disposal::Purging => return (DisposalAction::Purge, Some(today)),
        _ => {}
    }
    if holds.iter().any(covered) {
        return (DisposalAction::Keep, None);
    }
    let Some(ended) = facts.ended_at.map(|ended| ended.as_micros() / DAY_US) else {
        return (DisposalAction::Keep, None);
    };
    let about: Vec<&RetentionRule> = rules
        .iter()
        .filter(|rule| match &rule.scope {
            RuleScope::Tenant => true,
            RuleScope::MeetingKind { meeting_kind } => facts.meeting_kind.as_deref() == Some(meeting_kind),
            RuleScope::Department { department } => facts.department.as_deref() == Some(department),
            RuleScope::Host { user_id } => user_id == &facts.host_user_id,
            RuleScope::Tag { tag } => facts.tags.iter().any(|own| own == tag),
        })
        .collect();
    let is_kept = |day: i64| about.iter().any(|rule| rule.keep_days > 0 && day < ended + i64::from(rule.keep_days));
    let level = |rule: &RetentionRule| match rule.scope {
        RuleScope::Tenant => 'a',
        RuleScope::MeetingKind { .. } => 'b',
        RuleScope::Department { .. } => 'c',
        RuleScope::Host { .. } => 'd',
        RuleScope::Tag { .. } => 'e',
    };
    let speaks = |rule: &&&RetentionRule| rule.deletion != Deletion::Unspecified;
    let is_overruled = |rule: &RetentionRule| about.iter().filter(speaks).any(|other| level(other) > level(rule));
    let is_deleted = |day: i64| {
        about.iter().filter(speaks).filter(|rule| !is_overruled(rule)).any(|rule| match rule.deletion {
            Deletion::After { days } => day >= ended + i64::from(days),
            _ => false,
        })
    };
    let (is_due, action): (Box<dyn Fn(i64) -> bool>, _) = match facts.disposal {
        Disposal::Trashed { until } => {
            (Box::new(move |day| day >= until.as_micros() / DAY_US && !is_kept(day)), DisposalAction::Purge)
        }
        _ => (Box::new(move |day| is_deleted(day) && !is_kept(day)), DisposalAction::Trash),
    };
    let first = (-2..60).find(|day| is_due(*day));
    if is_due(today) { (action, first) } else { (DisposalAction::Keep, first) }
}

fn scope() -> impl Strategy<Value = RuleScope> {
    let name = |names: [&'static str; 2]| (0..2_usize).prop_map(move |index| names[index].to_owned());
    prop_oneof![
        Just(RuleScope::Tenant),
        name(["interview", "lecture"]).prop_map(|meeting_kind| RuleScope::MeetingKind { meeting_kind }),
        name(["sales", "legal"]).prop_map(|department| RuleScope::Department { department }),
        name(["host", "other"]).prop_map(|id| RuleScope::Host { user_id: UserId::new(id).unwrap() }),
        name(["board", "draft"]).prop_map(|tag| RuleScope::Tag { tag }),
    ]
}

fn any_rule() -> impl Strategy<Value = (RuleScope, u32, Deletion)> {
    let deletion = prop_oneof![
        Just(Deletion::Unspecified),
        Just(Deletion::Never),
        (0..12_u32).prop_map(|days| Deletion::After { days })
    ];
    (scope(), prop_oneof![Just(0), 0..12_u32], deletion)
}

fn any_hold() -> impl Strategy<Value = LegalHold> {
    let person = |name: &str| HoldScope::Person { user_id: UserId::new(name).unwrap() };
    let recording = |name: &str| HoldScope::Recording { recording_id: RecordingId::new(name).unwrap() };
    let meeting = |name: &str| HoldScope::Meeting { meeting_id: MeetingId::new(name).unwrap() };
    let scopes = vec![
        HoldScope::Tenant,
        recording("rec"),
        recording("rec2"),
        meeting("weekly"),
        meeting("daily"),
        person("host"),
        person("guest"),
        person("stranger"),
        HoldScope::Query { query: "budget".to_owned() },
    ];
    let by = || UserId::new("counsel").unwrap();
    let states = vec![
        HoldState::Active,
        HoldState::ReleaseRequested { requested_by: by(), requested_at: day(1) },
        HoldState::Released { requested_by: by(), released_by: by(), released_at: day(1) },
    ];
    let tenants = vec!["acme", "acme", "other"];
    let select = proptest::sample::select::<HoldScope>;
    (select(scopes), proptest::sample::select(states), proptest::sample::select(tenants)).prop_map(
        |(scope, state, tenant)| {
            let id = if matches!(scope, HoldScope::Query { .. }) { "found" } else { "hld" };
            LegalHold { state, tenant_id: TenantId::new(tenant).unwrap(), ..hold(id, scope) }
        },
    )
}

fn any_facts() -> impl Strategy<Value = RetentionFacts> {
    let disposal = prop_oneof![
        6 => Just(Disposal::Active),
        4 => (0..12_i64).prop_map(|until| Disposal::Trashed { until: day(until) }),
        1 => Just(Disposal::Purging),
        1 => Just(Disposal::Purged { certificate: "c".to_owned() }),
    ];
    let name = |name: &'static str| option::of(Just(name.to_owned()));
    let ended_at = prop_oneof![9 => (0..4_i64).prop_map(|ended| Some(day(ended))), 1 => Just(None)];
    let found = option::weighted(0.2, Just(HoldId::new("found").unwrap()));
    (disposal, name("sales"), name("interview"), name("board"), option::of(Just("guest")), ended_at, found).prop_map(
        |(disposal, department, meeting_kind, tag, guest, ended_at, found)| RetentionFacts {
            disposal,
            department,
            meeting_kind,
            tags: tag.into_iter().collect(),
            people: guest.into_iter().map(|guest| UserId::new(guest).unwrap()).collect(),
            ended_at,
            held_by: found.into_iter().collect(),
            ..facts()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100_000))]
    #[test]
    fn the_decision_equals_a_naive_one(
        facts in any_facts(),
        rules in vec(any_rule(), 0..5),
        holds in vec(any_hold(), 0..2),
        today in 0..20_i64,
    ) {
        let rules: Vec<RetentionRule> = rules
            .into_iter()
            .enumerate()
            .map(|(number, (scope, keep_days, deletion))| rule(&format!("r{number}"), scope, keep_days, deletion))
            .collect();
        let found = disposition(&facts, &rules, &holds, day(today));
        let (action, when) = oracle(&facts, &rules, &holds, today);
        prop_assert_eq!((found.action, found.when), (action, when.map(day)), "{:?}", found.why);
    }
}
