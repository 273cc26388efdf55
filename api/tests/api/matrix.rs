use std::collections::BTreeSet;

use api::{RouteEntry, route_entries};
use axum::http::Method;
use model::{
    Case, CaseId, CaseState, Codec, HoldId, HoldScope, HoldState, LegalHold, LinkAudience, MeetingId, ParticipantId,
    Recording, Relation, Role, ShareLinkId, ShareRights, Track, TrackSource, WebhookEndpoint, WebhookEvent, WebhookId,
};
use serde_json::{Value, json};
use store::{CaseChange, IdSource as _, ShareLink, WebhookSecret};

use crate::harness::{NOW, TestApi, live, tenant_id, user_id};

/// What each subject may do, in the order of [`subjects`]: + allowed, 1 sign in, 3 forbidden, 4 not found.
const EXPECTED: &[(&str, &str)] = &[
    ("health.read", "++++++++++"),
    ("api.read", "++++++++++"),
    ("session.read", "13++++++++"),
    ("session.close", "13++++++++"),
    ("plan.read", "1+++++++++"),
    ("webhook.manage", "1+33333+33"),
    ("recording.create", "1++3333333"),
    ("recording.list", "1+++++++++"),
    ("search", "13++++++++"),
    ("action_item.list", "13++++++++"),
    ("recording.read", "1+++++44+4"),
    ("recording.control", "1+++334434"),
    ("track.manage", "1+++334434"),
    ("participant.manage", "1+++334434"),
    ("timeline.read", "1+++++4434"),
    ("job.read", "1+++++44+4"),
    ("transcript.read", "1+++++4434"),
    ("transcript.review", "13++334434"),
    ("transcript.edit", "13++334434"),
    ("minutes.read", "1+++++4434"),
    ("minutes.review", "13++334434"),
    ("minutes.edit", "13++334434"),
    ("playback.start", "13++++4434"),
    ("export.transcript", "1+++334434"),
    ("export.minutes", "1+++334434"),
    ("export.mp4", "1+++334434"),
    ("download.mp4", "1+++334434"),
    ("label.manage", "1+++334+34"),
    ("recording.trash", "13++334+34"),
    ("recording.restore", "13++334+34"),
    ("recording.purge", "1333334+34"),
    ("trash.list", "13++++++++"),
    ("hold.read", "1333333+++"),
    ("hold.place", "13333333++"),
    ("hold.release", "13333333+4"),
    ("retention.read", "1333333+++"),
    ("retention.manage", "1333333+33"),
    ("certificate.read", "1333333+++"),
    ("certificate.download", "1333333444"),
    ("audit.read", "13333333++"),
    ("storage.read", "1333333+++"),
    ("case.list", "13333333++"),
    ("case.open", "13333333++"),
    ("case.read", "13333333+4"),
    ("case.change", "13333333+4"),
    ("case.search", "13333333+4"),
    ("case.export", "13333333+4"),
    ("case.download", "1333333344"),
    ("playback.fetch", "4444444444"),
    ("playback.transcript", "4444444444"),
    ("playback.minutes", "4444444444"),
    ("playback.download", "4444444444"),
    ("people.list", "13++++++++"),
    ("sharing_policy.read", "1+++++++++"),
    ("sharing_policy.change", "1333333+33"),
    ("sharing.read", "13++3344+4"),
    ("sharing.change", "13++334434"),
    ("view_log.read", "13++3344+4"),
    ("access.request", "1333334434"),
    ("link.open", "4444444444"),
];

/// Returns who asks, with their credentials.
async fn subjects(api: &TestApi) -> Vec<(&'static str, Option<String>)> {
    vec![
        ("anonymous", None),
        ("service key", Some(api.add_api_key("ours").await)),
        ("host", Some(api.add_user("ours", "host", Role::Member).await)),
        ("co-host", Some(api.add_user("ours", "cohost", Role::Member).await)),
        ("participant", Some(api.add_user("ours", "participant", Role::Member).await)),
        ("viewer", Some(api.add_user("ours", "viewer", Role::Member).await)),
        ("stranger", Some(api.add_user("ours", "stranger", Role::Member).await)),
        ("admin", Some(api.add_user("ours", "admin", Role::Admin).await)),
        ("compliance", Some(api.add_user("ours", "compliance", Role::Compliance).await)),
        ("compliance elsewhere", Some(api.add_user("theirs", "elsewhere", Role::Compliance).await)),
    ]
}

async fn recording_with_track(api: &TestApi) -> (Recording, Track) {
    let relations =
        [("cohost", Relation::CoHost), ("participant", Relation::Participant), ("viewer", Relation::Viewer)];
    let recording = api.add_recording(live(), &relations).await;
    let track = Track {
        id: api.ids.track_id(),
        participant_id: ParticipantId::new("p1").unwrap(),
        source: TrackSource::Microphone,
        codec: Codec::Opus,
        payload_type: 111,
        clock_rate_hz: 48_000,
        ssrc: 1,
        srtp: None,
        feed: model::TrackFeed::default(),
    };
    api.store.insert_track(&recording.id, &track, NOW).await.unwrap();
    api.store.insert_share_link(&link(&recording)).await.unwrap();
    api.store.save_access_request(&recording.tenant_id, &recording.id, &user_id("viewer"), ("why", NOW)).await.unwrap();
    (recording, track)
}

fn link(recording: &Recording) -> ShareLink {
    ShareLink {
        id: ShareLinkId::new(recording.id.as_str().replace("rec_", "lnk_")).unwrap(),
        tenant_id: recording.tenant_id.clone(),
        recording_id: recording.id.clone(),
        token_sha256: recording.id.to_string(),
        audience: LinkAudience::Anyone,
        rights: ShareRights { transcript: true, minutes: true, download: true },
        password_hash: None,
        created_by: recording.host_user_id.clone(),
        created_at: NOW,
        expires_at: None,
        views_max: None,
        views: 0,
        revoked_at: None,
    }
}

async fn add_webhook(api: &TestApi) -> WebhookId {
    let id = api.ids.webhook_id();
    let endpoint = WebhookEndpoint {
        id: id.clone(),
        url: "https://hooks.example/".to_owned(),
        events: WebhookEvent::ALL.to_vec(),
        created_at: NOW,
    };
    api.store.insert_webhook(&tenant_id("ours"), &endpoint, &WebhookSecret::new(vec![1; 32])).await.unwrap();
    id
}

/// Returns a body that a permitted caller would succeed with.
pub(crate) fn body_for(entry: &RouteEntry) -> Option<Value> {
    let participant = json!({ "id": "p2", "display_name": "Wang" });
    match (entry.method, entry.path.rsplit('/').next().unwrap()) {
        ("POST", "recordings") => {
            Some(json!({ "meeting_id": "m", "title": "t", "host_user_id": "host", "language": "en" }))
        }
        ("POST", "tracks") => Some(json!({ "participant_id": "p1", "source": "camera", "codec": "vp8",
            "payload_type": 96, "clock_rate_hz": 90000, "ssrc": 2 })),
        ("PATCH", "{track_id}") => Some(json!({ "muted": true })),
        ("POST", "webhooks") => Some(json!({ "url": "https://hooks.example/huiji" })),
        ("POST", "participants") => Some(participant),
        ("POST", "edits") => {
            Some(json!({ "base_version": 1, "edit": { "kind": "remove_utterance", "utterance_id": "u1" } }))
        }
        ("PUT", "sharing") => Some(json!({ "scope": "participants", "takes_requests": false, "watermark": false,
            "rights": { "transcript": true, "minutes": true, "download": false } })),
        ("POST", "links") => Some(json!({ "audience": "anyone",
            "rights": { "transcript": true, "minutes": true, "download": false } })),
        ("POST", "access-requests") => Some(json!({ "reason": "要看" })),
        ("PUT", "{user_id}") if entry.path.contains("access-requests") => Some(json!({ "grant": false })),
        ("PUT", "sharing-policy") => {
            Some(json!({ "links": "anyone", "link_days_max": null, "watermark_always": false }))
        }
        ("POST", "open") => Some(json!({ "token": "no-such-link" })),
        ("POST", "holds") => {
            Some(json!({ "scope": { "scope": "meeting", "meeting_id": "another" }, "reason": "case 7" }))
        }
        ("PUT", "retention") => Some(json!({ "policy": { "trash_days": 30, "rules": [] }, "version": 0 })),
        ("POST", "cases") => Some(json!({ "name": "Case 7" })),
        ("POST", "changes") => Some(json!({ "change": "save_search", "name": "money", "query": "budget" })),
        ("POST", "simulation") => Some(json!({})),
        ("POST", "verify") => Some(json!({ "body": "{}", "public_key": "00", "signature": "" })),
        ("PUT", "labels") => Some(json!({ "department": "sales", "meeting_kind": null, "tags": ["board"] })),
        ("POST", "reviews") => Some(json!({ "base_version": 1, "reviews": [{ "line_id": 1, "verdict": "confirm" }] })),
        ("POST", "restorations") => Some(json!({ "base_version": 1, "version": 1 })),
        ("POST", "rewrites") => Some(json!({ "template": "weekly" })),
        ("PUT", "layout") => Some(json!({ "layout": "grid" })),
        _ => None,
    }
}

/// Puts something into every parameter of a route's path: what is given, and what fits all recordings.
pub(crate) fn fill_path(path: &str, given: &[(&str, &str)]) -> String {
    let always = [
        ("{participant_id}", "p1"),
        ("{export_id}", "no-export"),
        ("{user_id}", "viewer"),
        ("{token}", "no-such-session"),
        ("{rendition}", "video"),
        ("{version}", "1"),
        ("{file}", "playlist.m3u8"),
    ];
    let path = given.iter().chain(&always).fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
    assert!(!path.contains('{'), "{path}: the matrix does not know this parameter");
    path
}

/// Opens a case of `ours` to which a recording belongs.
pub(crate) async fn add_case_with(api: &TestApi, member: &str, recording: &Recording) -> CaseId {
    let case_id = add_case(api, member).await;
    let change = CaseChange::AddRecording(recording.id.clone());
    api.store.change_case(&tenant_id("ours"), &case_id, &change, &user_id(member), NOW).await.unwrap();
    case_id
}

/// Opens a case of `ours`.
pub(crate) async fn add_case(api: &TestApi, member: &str) -> CaseId {
    let case = Case {
        id: api.ids.case_id(),
        tenant_id: tenant_id("ours"),
        name: "Case 7".to_owned(),
        description: String::new(),
        opened_by: user_id(member),
        opened_at: NOW,
        state: CaseState::Open,
    };
    api.store.open_case(&case).await.unwrap();
    case.id
}

/// Places a hold of `ours` that stands in nobody's way.
async fn held_elsewhere(api: &TestApi) -> HoldId {
    let hold = LegalHold {
        id: api.ids.hold_id(),
        tenant_id: tenant_id("ours"),
        scope: HoldScope::Meeting { meeting_id: MeetingId::new("another").unwrap() },
        reason: "case 7".to_owned(),
        placed_by: user_id("compliance"),
        placed_at: NOW,
        state: HoldState::Active,
    };
    api.store.place_hold(&hold).await.unwrap();
    hold.id
}

async fn ask(api: &TestApi, entry: &RouteEntry, credentials: Option<&str>) -> char {
    let (recording, track) = recording_with_track(api).await;
    let (hold_id, link_id) = (held_elsewhere(api).await, link(&recording).id);
    let (webhook_id, case_id) = (add_webhook(api).await, add_case(api, "compliance").await);
    let given = [
        ("{recording_id}", recording.id.as_str()),
        ("{track_id}", track.id.as_str()),
        ("{hold_id}", hold_id.as_str()),
        ("{link_id}", link_id.as_str()),
        ("{webhook_id}", webhook_id.as_str()),
        ("{case_id}", case_id.as_str()),
    ];
    let mut path = fill_path(&entry.path, &given);
    if ["/search", "/search.csv"].iter().any(|end| path.ends_with(end)) {
        path.push_str("?q=x");
    }
    let mut request = api.request(entry.method.parse::<Method>().unwrap(), path);
    if let Some(credentials) = credentials {
        request = request.bearer(credentials);
    }
    if let Some(mut body) = body_for(entry) {
        // Guessing at one link is slowed down; each of these is another.
        if let Some(token) = body.get_mut("token") {
            *token = json!(format!("no link to {}", recording.id));
        }
        request = request.json(&body);
    }
    match request.response().await.status().as_u16() {
        401 => '1',
        403 => '3',
        404 => '4',
        200..=299 | 409 => '+',
        status => panic!("{} {} answered {status}", entry.method, entry.path),
    }
}

#[tokio::test]
async fn every_route_meets_every_subject() {
    let api = TestApi::new().await;
    let entries = route_entries();
    let subjects = subjects(&api).await;
    let mut found: Vec<(RouteEntry, String)> = Vec::new();
    // Signing in is tested by itself, and signing out ends a subject's session, so it goes last.
    let rank = |entry: &RouteEntry| entry.action == "session.close";
    let mut ordered: Vec<RouteEntry> = entries.into_iter().filter(|entry| entry.action != "session.open").collect();
    ordered.sort_by_key(rank);
    for entry in ordered {
        let mut letters = String::new();
        for (_, credentials) in &subjects {
            letters.push(ask(&api, &entry, credentials.as_deref()).await);
        }
        found.push((entry, letters));
    }
    let differences: Vec<String> = found
        .iter()
        .filter_map(|(entry, letters)| {
            let expected = EXPECTED.iter().find(|(action, _)| *action == entry.action);
            let expected = expected.unwrap_or_else(|| panic!("{} has no row in the matrix", entry.action)).1;
            (letters != expected)
                .then(|| format!("{} {} ({}): {letters}, expected {expected}", entry.method, entry.path, entry.action))
        })
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    let tested: BTreeSet<&str> = found.iter().map(|(entry, _)| entry.action).collect();
    let listed: BTreeSet<&str> = EXPECTED.iter().map(|(action, _)| *action).collect();
    assert_eq!(tested, listed, "the matrix has a row without a route");
}

#[tokio::test]
async fn wrong_credentials_are_not_anonymous() {
    let api = TestApi::new().await;
    for authorization in
        ["Bearer nonsense", "Bearer hk_nonsense", "Bearer a.b.c", "Basic aG9zdDpwYXNz", "Bearer", "Bearer  "]
    {
        let answer = api.get("/api/v1/plan").header("authorization", authorization).send().await;
        answer.problem(401, "unauthenticated");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
    api.get("/api/v1/health").bearer("nonsense").send().await.ok(200);
}

#[tokio::test]
async fn the_description_lists_exactly_the_routes() {
    let description: Value = serde_json::from_str(&api::openapi_json().unwrap()).unwrap();
    let mut described = BTreeSet::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys().filter(|key| key.as_str() != "parameters") {
            described.insert((method.to_uppercase(), path.clone()));
        }
    }
    let routed: BTreeSet<(String, String)> =
        route_entries().into_iter().map(|entry| (entry.method.to_owned(), entry.path)).collect();
    assert_eq!(described, routed);
}
