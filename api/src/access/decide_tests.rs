use std::fmt::Write as _;

use model::{ApiKeyId, Disposal, Relation, Role, TenantId, Timestamp, UserId};

use super::super::action::{Action, Scope};
use super::super::subject::Subject;
use super::{Decision, Denial, Obligation, Resource, decide};

const ACTIONS: &[Action] = &[
    Action::ReadHealth,
    Action::ReadApiDescription,
    Action::SignIn,
    Action::ReadSession,
    Action::SignOut,
    Action::ReadPlan,
    Action::CreateRecording,
    Action::ListRecordings,
    Action::Search,
    Action::ReadRecording,
    Action::ControlRecording,
    Action::ManageTracks,
    Action::ManageParticipants,
    Action::ReadTimeline,
    Action::ReadJobs,
    Action::ReadTranscript,
    Action::ReviewTranscript,
    Action::EditTranscript,
    Action::ReadMinutes,
    Action::PlayRecording,
    Action::FetchPlayback,
    Action::ExportText,
    Action::RequestMp4,
    Action::DownloadMp4,
];

fn tenant(id: &str) -> TenantId {
    TenantId::new(id).unwrap()
}

fn user(id: &str) -> UserId {
    UserId::new(id).unwrap()
}

fn account(tenant_id: &str, user_id: &str, role: Role) -> Subject {
    Subject::Account {
        tenant_id: tenant(tenant_id),
        user_id: user(user_id),
        role,
        user_name: user_id.to_owned(),
        display_name: user_id.to_owned(),
    }
}

fn api_key(role: Role) -> Subject {
    Subject::ApiKey { tenant_id: tenant("ours"), api_key_id: ApiKeyId::new("key").unwrap(), role }
}

fn subjects() -> Vec<(&'static str, Subject, Option<Relation>)> {
    let ours = |user_id: &str, role| account("ours", user_id, role);
    vec![
        ("anonymous", Subject::Anonymous, None),
        ("service key", api_key(Role::Service), None),
        ("host", ours("host", Role::Member), None),
        ("co-host", ours("other", Role::Member), Some(Relation::CoHost)),
        ("participant", ours("other", Role::Member), Some(Relation::Participant)),
        ("viewer", ours("other", Role::Member), Some(Relation::Viewer)),
        ("stranger", ours("other", Role::Member), None),
        ("admin", ours("other", Role::Admin), None),
        ("compliance", ours("other", Role::Compliance), None),
        ("compliance host", ours("host", Role::Compliance), None),
        ("host elsewhere", account("theirs", "host", Role::Compliance), Some(Relation::Host)),
    ]
}

fn letter(decision: &Decision) -> char {
    match decision {
        Decision::Allow { obligations } if obligations.contains(&Obligation::OnlyOwn) => 'o',
        Decision::Allow { obligations } if obligations.contains(&Obligation::HostIsCaller) => 'h',
        Decision::Allow { obligations } if obligations.contains(&Obligation::AuditFirst) => 'A',
        Decision::Allow { .. } => 'a',
        Decision::Deny { reason: Denial::Unauthenticated } => '1',
        Decision::Deny { reason: Denial::Invisible } => '4',
        Decision::Deny { reason: Denial::Forbidden(_) } => '3',
    }
}

/// a: allowed, A: and audited first, o: own recordings only, h: as host only, 1: sign in, 3: forbidden, 4: not found.
#[test]
fn every_subject_meets_every_action() {
    let (tenant_id, host_user_id) = (tenant("ours"), user("host"));
    let mut table = String::new();
    for (name, subject, relation) in subjects() {
        let letters: String = ACTIONS
            .iter()
            .map(|action| {
                let resource = match action.scope() {
                    Scope::Public => Resource::Public,
                    Scope::Tenant => Resource::Tenant,
                    Scope::Recording | Scope::PlaybackSession => Resource::Recording {
                        tenant_id: &tenant_id,
                        host_user_id: &host_user_id,
                        disposal: &Disposal::Active,
                        relation,
                    },
                };
                letter(&decide(&subject, *action, &resource))
            })
            .collect();
        writeln!(table, "{name:<16} {letters}").expect("text takes text");
    }
    let expected = "\
anonymous        aaa111111111111111111111
service key      aaa33aAa3aAAAaaA33A33AAA
host             aaaaaahooaAAAaaaaAaAaAAA
co-host          aaaaaahooaAAAaaaaAaAaAAA
participant      aaaaaahooa333aaa33aAa333
viewer           aaaaaahooa333aaa33aAa333
stranger         aaaaaahoo444444444444444
admin            aaaaaahoo444444444444444
compliance       aaaaaahaAa333AaAA3AAaAAA
compliance host  aaaaaahaAaAAAaaaaAaAaAAA
host elsewhere   aaaaaahaA444444444444444
";
    assert_eq!(table, expected, "\n{table}");
}

#[test]
fn an_action_and_a_resource_that_do_not_belong_together_are_denied() {
    let host = account("ours", "host", Role::Member);
    for action in ACTIONS.iter().filter(|action| action.scope() != Scope::Public) {
        assert!(matches!(decide(&host, *action, &Resource::Public), Decision::Deny { .. }), "{action:?}");
        if action.scope() != Scope::Tenant {
            assert!(matches!(decide(&host, *action, &Resource::Tenant), Decision::Deny { .. }), "{action:?}");
        }
    }
}

#[test]
fn what_is_on_its_way_out_is_not_shown() {
    let (tenant_id, host_user_id) = (tenant("ours"), user("host"));
    let host = account("ours", "host", Role::Member);
    let check = |disposal: Disposal, action: Action, expected: char| {
        let resource = Resource::Recording {
            tenant_id: &tenant_id,
            host_user_id: &host_user_id,
            disposal: &disposal,
            relation: None,
        };
        assert_eq!(letter(&decide(&host, action, &resource)), expected, "{disposal:?} {action:?}");
    };
    let trashed = || Disposal::Trashed { until: Timestamp::from_micros(0) };
    check(trashed(), Action::ReadRecording, 'a');
    check(trashed(), Action::ReadTranscript, '3');
    check(trashed(), Action::FetchPlayback, '3');
    check(Disposal::Purging, Action::ReadRecording, '4');
    check(Disposal::Purged { certificate: "c".to_owned() }, Action::PlayRecording, '4');
}
