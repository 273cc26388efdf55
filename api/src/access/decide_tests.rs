use std::fmt::Write as _;

use model::{
    ApiKeyId, Disposal, Relation, Role, ShareLinkId, ShareRights, ShareScope, Sharing, TenantId, Timestamp, UserId,
};

use super::super::action::{Action, Scope};
use super::super::subject::Subject;
use super::{Decision, Denial, Obligation, RecordingResource, Resource, decide};

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
    Action::ListActionItems,
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
    Action::ReviewMinutes,
    Action::EditMinutes,
    Action::PlayRecording,
    Action::FetchPlayback,
    Action::ExportTranscript,
    Action::ExportMinutes,
    Action::RequestMp4,
    Action::DownloadMp4,
    Action::ReadSharing,
    Action::ChangeSharing,
    Action::ReadViewLog,
    Action::RequestAccess,
    Action::OpenLink,
    Action::ListPeople,
    Action::ReadSharingPolicy,
    Action::ChangeSharingPolicy,
    Action::FetchTranscript,
    Action::FetchMinutes,
    Action::FetchFile,
    Action::ManageWebhooks,
    Action::ManageLabels,
    Action::TrashRecording,
    Action::RestoreRecording,
    Action::PurgeRecording,
    Action::ListTrash,
    Action::ReadHolds,
    Action::PlaceHold,
    Action::ReleaseHold,
    Action::ReadRetention,
    Action::ManageRetention,
    Action::ReadCertificates,
    Action::DownloadCertificate,
    Action::ReadAudit,
    Action::ReadStorage,
    Action::ListCases,
    Action::OpenCase,
    Action::ReadCase,
    Action::ChangeCase,
    Action::SearchCase,
    Action::ExportCase,
    Action::DownloadCase,
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
        Decision::Allow { obligations } if obligations.contains(&Obligation::MarkPictures) => 'm',
        Decision::Allow { obligations } if obligations.contains(&Obligation::OnlyOwn) => 'o',
        Decision::Allow { obligations } if obligations.contains(&Obligation::HostIsCaller) => 'h',
        Decision::Allow { obligations } if obligations.contains(&Obligation::AuditFirst) => 'A',
        Decision::Allow { .. } => 'a',
        Decision::Deny { reason: Denial::Unauthenticated } => '1',
        Decision::Deny { reason: Denial::Invisible } => '4',
        Decision::Deny { reason: Denial::NotDesignated } => 'n',
        Decision::Deny { reason: Denial::WatermarkRequired } => 'w',
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
                    Scope::Case => Resource::Case { tenant_id: &tenant_id, is_member: true, is_open: true },
                    Scope::Recording | Scope::PlaybackSession => Resource::Recording(RecordingResource {
                        tenant_id: &tenant_id,
                        host_user_id: &host_user_id,
                        disposal: &Disposal::Active,
                        relation,
                        sharing: &Sharing::default(),
                        link: None,
                        in_case: false,
                        marks: false,
                    }),
                };
                letter(&decide(&subject, *action, &resource))
            })
            .collect();
        writeln!(table, "{name:<16} {letters}").expect("text takes text");
    }
    let expected = "\
anonymous        aaa11111111111111111111111111111a1111111111111111111111111111
service key      aaa33aAa33aAAAaaA33A3333AAAA3333a3a3333aA33333333333333333333
host             aaaaaahoooaAAAaaaaAaaAAaAAAAaAa3aaa3aaA3Aaa3o3333333333333333
co-host          aaaaaahoooaAAAaaaaAaaAAaAAAAaAa3aaa3aaA3Aaa3o3333333333333333
participant      aaaaaahoooa333aaa33a33Aa33333333aaa3aa333333o3333333333333333
viewer           aaaaaahoooa333aaa33a33Aa33333333aaa3aa333333o3333333333333333
stranger         aaaaaahooo4444444444444444444444aaa344434444o3333333333333333
admin            aaaaaahooo4444444444444444444444aaaA444aAaaaaa33aaaa3a3333333
compliance       aaaaaahaooa3333a333333333333A3A3aaa333333333oaaaa3aaaaaaaaaaa
compliance host  aaaaaahaooaAAAaaaaAaaAAaAAAAaAa3aaa3aaA3Aaa3oaaaa3aaaaaaaaaaa
host elsewhere   aaaaaahaoo4444444444444444444444aaa344434444oaaaa3aaaaaa44444
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
        let resource = Resource::Recording(RecordingResource {
            tenant_id: &tenant_id,
            host_user_id: &host_user_id,
            disposal: &disposal,
            relation: None,
            sharing: &Sharing::default(),
            link: None,
            in_case: false,
            marks: false,
        });
        assert_eq!(letter(&decide(&host, action, &resource)), expected, "{disposal:?} {action:?}");
    };
    let trashed = || Disposal::Trashed { until: Timestamp::from_micros(0) };
    check(trashed(), Action::ReadRecording, 'a');
    check(trashed(), Action::RestoreRecording, 'a');
    check(trashed(), Action::ManageLabels, '3');
    check(trashed(), Action::ReadTranscript, '3');
    check(trashed(), Action::FetchPlayback, '3');
    check(Disposal::Purging, Action::ReadRecording, '4');
    check(Disposal::Purged { certificate: "c".to_owned() }, Action::PlayRecording, '4');
}

const NOTHING_MORE: ShareRights = ShareRights { transcript: false, minutes: false, download: false };
const EVERYTHING: ShareRights = ShareRights { transcript: true, minutes: true, download: true };

/// What the host decides opens and closes; letters as above, n: not a designated viewer.
#[test]
fn every_scope_meets_everybody() {
    let (tenant_id, host_user_id) = (tenant("ours"), user("host"));
    let actions = [
        Action::ReadRecording,
        Action::PlayRecording,
        Action::FetchPlayback,
        Action::ReadTranscript,
        Action::ReadMinutes,
        Action::ExportTranscript,
        Action::DownloadMp4,
        Action::ChangeSharing,
        Action::RequestAccess,
    ];
    let mut table = String::new();
    for scope in ShareScope::ALL {
        for (rights, takes_requests) in [(NOTHING_MORE, false), (EVERYTHING, true)] {
            let sharing = Sharing { scope: *scope, rights, takes_requests, watermark: false };
            for (name, subject, relation) in subjects() {
                if !["co-host", "participant", "viewer", "stranger", "compliance"].contains(&name) {
                    continue;
                }
                let resource = Resource::Recording(RecordingResource {
                    tenant_id: &tenant_id,
                    host_user_id: &host_user_id,
                    disposal: &Disposal::Active,
                    relation,
                    sharing: &sharing,
                    link: None,
                    in_case: false,
                    marks: false,
                });
                let letters: String =
                    actions.iter().map(|action| letter(&decide(&subject, *action, &resource))).collect();
                writeln!(table, "{:<12} {name:<11} {letters}", scope.as_str()).expect("text takes text");
            }
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn a_link_gives_what_it_gives_and_only_to_a_playback_session() {
    let (tenant_id, host_user_id) = (tenant("ours"), user("host"));
    let only_me = Sharing { scope: ShareScope::OnlyMe, ..Sharing::default() };
    let visitor = Subject::Visitor {
        tenant_id: tenant("ours"),
        link_id: ShareLinkId::new("lnk").unwrap(),
        name: "访客".to_owned(),
    };
    let check = |subject: &Subject, action: Action, link: Option<ShareRights>, expected: char| {
        let resource = Resource::Recording(RecordingResource {
            tenant_id: &tenant_id,
            host_user_id: &host_user_id,
            disposal: &Disposal::Active,
            relation: None,
            sharing: &only_me,
            link,
            in_case: false,
            marks: false,
        });
        assert_eq!(letter(&decide(subject, action, &resource)), expected, "{subject:?} {action:?} {link:?}");
    };
    for action in ACTIONS.iter().filter(|action| matches!(action.scope(), Scope::Recording | Scope::PlaybackSession)) {
        let expected = |rights: ShareRights| match action {
            Action::FetchPlayback => 'a',
            Action::FetchTranscript | Action::FetchMinutes if rights == EVERYTHING => 'a',
            Action::FetchFile if rights == EVERYTHING => 'A',
            _ if action.scope() == Scope::PlaybackSession => '3',
            _ => '4',
        };
        check(&visitor, *action, Some(EVERYTHING), expected(EVERYTHING));
        check(&visitor, *action, Some(NOTHING_MORE), expected(NOTHING_MORE));
        check(&visitor, *action, None, '4');
        let elsewhere = account("theirs", "host", Role::Compliance);
        check(&elsewhere, *action, Some(EVERYTHING), '4');
    }
}

#[test]
fn compliance_reads_inside_a_case_only() {
    let (tenant_id, host_user_id) = (tenant("ours"), user("host"));
    let compliance = account("ours", "other", Role::Compliance);
    let letters = |subject: &Subject, in_case: bool| {
        let resource = Resource::Recording(RecordingResource {
            tenant_id: &tenant_id,
            host_user_id: &host_user_id,
            disposal: &Disposal::Active,
            relation: None,
            sharing: &Sharing::default(),
            link: None,
            in_case,
            marks: false,
        });
        let actions = ACTIONS.iter().filter(|action| action.exposes_content());
        actions.map(|action| letter(&decide(subject, *action, &resource))).collect::<String>()
    };
    assert!(letters(&compliance, false).chars().all(|letter| letter == '3'), "{}", letters(&compliance, false));
    let inside = letters(&compliance, true);
    assert!(inside.chars().all(|letter| matches!(letter, 'a' | 'A' | '3')) && inside.contains('A'), "{inside}");
    let stranger = account("ours", "other", Role::Member);
    assert_eq!(letters(&stranger, true), letters(&stranger, false), "a case opens nothing to others");
    let case = |is_member, is_open| Resource::Case { tenant_id: &tenant_id, is_member, is_open };
    for (subject, action, resource, expected) in [
        (&compliance, Action::ReadCase, case(true, true), 'a'),
        (&compliance, Action::ReadCase, case(true, false), 'a'),
        (&compliance, Action::SearchCase, case(true, false), '3'),
        (&compliance, Action::SearchCase, case(false, true), '4'),
        (&stranger, Action::ReadCase, case(true, true), '3'),
        (&account("theirs", "other", Role::Compliance), Action::ReadCase, case(true, true), '4'),
        (&Subject::Anonymous, Action::ReadCase, case(true, true), '1'),
    ] {
        assert_eq!(letter(&decide(subject, action, &resource)), expected, "{subject:?} {action:?}");
    }
}

/// m: allowed with the viewer's name in every picture, w: refused because the file would carry none.
#[test]
fn a_recording_with_watermark_shows_nobody_a_picture_without() {
    let (tenant_id, host_user_id) = (tenant("ours"), user("host"));
    for (name, subject, relation) in subjects() {
        for action in
            ACTIONS.iter().filter(|action| matches!(action.scope(), Scope::Recording | Scope::PlaybackSession))
        {
            let decided = |marks: bool, link: Option<ShareRights>| {
                let resource = Resource::Recording(RecordingResource {
                    tenant_id: &tenant_id,
                    host_user_id: &host_user_id,
                    disposal: &Disposal::Active,
                    relation,
                    sharing: &Sharing { rights: EVERYTHING, ..Sharing::default() },
                    link,
                    in_case: false,
                    marks,
                });
                letter(&decide(&subject, *action, &resource))
            };
            for link in [None, Some(EVERYTHING)] {
                let expected = match (decided(false, link), action) {
                    ('a' | 'A', Action::PlayRecording | Action::FetchPlayback) => 'm',
                    ('a' | 'A', Action::RequestMp4 | Action::DownloadMp4 | Action::FetchFile) => 'w',
                    (without, _) => without,
                };
                assert_eq!(decided(true, link), expected, "{name} {action:?} {link:?}");
            }
        }
    }
}
