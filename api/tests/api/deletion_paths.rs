//! Every way into the server against every kind of legal hold, with crashes and races. The ways come from the router: a
//! route that is added later is tried without anybody thinking of it.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use api::{RouteEntry, route_entries};
use axum::http::Method;
use bytes::Bytes;
use model::{Disposal, HoldScope, HoldState, LegalHold, Participant, ParticipantId, Recording, Relation, Role};
use store::{DisposalReason, IdSource as _, ObjectKey};

use crate::artefacts::transcript;
use crate::harness::{NOW, TestApi, sealed, tenant_id, user_id};
use crate::matrix::{body_for, fill_path};

/// What must not be lost.
const EVIDENCE: &[u8] = b"what was said";

fn scopes(recording: &Recording) -> Vec<HoldScope> {
    vec![
        HoldScope::Recording { recording_id: recording.id.clone() },
        HoldScope::Meeting { meeting_id: recording.meeting_id.clone() },
        HoldScope::Person { user_id: user_id("host") },
        HoldScope::Person { user_id: user_id("guest") },
        HoldScope::Query { query: "rocket".to_owned() },
        HoldScope::Tenant,
    ]
}

async fn evidence(api: &TestApi, is_trashed: bool) -> Recording {
    let recording = api.add_recording(sealed(), &[("cohost", Relation::CoHost)]).await;
    let ours = tenant_id("ours");
    let guest = Participant {
        id: ParticipantId::new("guest").unwrap(),
        display_name: "Guest".to_owned(),
        user_id: Some(user_id("guest")),
        language: None,
    };
    api.store.upsert_participant(&recording.id, &guest).await.unwrap();
    let written = api.store.write_object(&ours, &recording.id, &ObjectKey::Events, Bytes::from_static(EVIDENCE), NOW);
    written.await.unwrap();
    api.store.save_transcript(&ours, &transcript(&recording, "the rocket"), NOW).await.unwrap();
    api.indexer.catch_up(&ours).await.unwrap();
    if is_trashed {
        let reason = DisposalReason::Person { user_id: user_id("host") };
        api.store.trash_recording(&ours, &recording.id, NOW, &reason, NOW).await.unwrap();
    }
    recording
}

fn hold(api: &TestApi, scope: HoldScope) -> LegalHold {
    LegalHold {
        id: api.ids.hold_id(),
        tenant_id: tenant_id("ours"),
        scope,
        reason: "case 7".to_owned(),
        placed_by: user_id("counsel"),
        placed_at: NOW,
        state: HoldState::Active,
    }
}

async fn end(api: &TestApi, hold: &LegalHold) {
    let ours = tenant_id("ours");
    api.store.request_hold_release(&ours, &hold.id, &user_id("counsel"), NOW).await.unwrap();
    api.store.release_hold(&ours, &hold.id, &user_id("partner"), NOW).await.unwrap();
}

/// Everything that was recorded can still be read, and nothing of it is on its way out.
async fn assert_kept(api: &TestApi, recording: &Recording, what: &str) {
    let ours = tenant_id("ours");
    let stored = api.store.load_recording(&ours, &recording.id).await.unwrap().unwrap();
    assert!(matches!(stored.disposal, Disposal::Active | Disposal::Trashed { .. }), "{what}: {:?}", stored.disposal);
    let events = api.store.read_object(&ours, &recording.id, &ObjectKey::Events).await.expect(what);
    assert_eq!(events, EVIDENCE, "{what}");
    // People may correct a transcript; what it was stays beside it.
    let text = api.store.load_transcript(&ours, &recording.id, Some(1)).await.expect(what).expect(what);
    assert_eq!(text.utterances[0].text, "the rocket", "{what}");
}

struct Asker {
    name: &'static str,
    token: String,
}

async fn askers(api: &TestApi) -> Vec<Asker> {
    let mut askers = vec![Asker { name: "service key", token: api.add_api_key("ours").await }];
    for (name, role) in
        [("host", Role::Member), ("cohost", Role::Member), ("admin", Role::Admin), ("counsel", Role::Compliance)]
    {
        askers.push(Asker { name, token: api.add_user("ours", name, role).await });
    }
    askers
}

/// Returns every route that may change something, and not those that end the asker's own session.
fn changing_routes() -> Vec<RouteEntry> {
    let changing = |entry: &RouteEntry| entry.method != "GET" && !entry.action.starts_with("session.");
    route_entries().into_iter().filter(changing).collect()
}

fn request<'a>(
    api: &'a TestApi,
    entry: &RouteEntry,
    recording: &Recording,
    token: &str,
) -> impl Future<Output = axum::response::Response> + Send + use<'a> {
    let given = [
        ("{recording_id}", recording.id.as_str()),
        ("{track_id}", "no-track"),
        ("{hold_id}", "no-hold"),
        ("{link_id}", "no-link"),
        ("{webhook_id}", "no-webhook"),
        ("{case_id}", "no-case"),
    ];
    let path = fill_path(&entry.path, &given);
    let mut request = api.request(entry.method.parse::<Method>().unwrap(), path).bearer(token);
    if let Some(body) = body_for(entry) {
        request = request.json(&body);
    }
    request.response()
}

#[tokio::test]
async fn no_route_loses_what_a_hold_covers() {
    let api = TestApi::new().await;
    let askers = askers(&api).await;
    let routes = changing_routes();
    assert!(routes.len() >= 20, "{routes:?}");
    for is_trashed in [false, true] {
        let recording = evidence(&api, is_trashed).await;
        for scope in scopes(&recording) {
            let hold = hold(&api, scope.clone());
            api.store.place_hold_on(&hold, std::slice::from_ref(&recording.id)).await.unwrap();
            for entry in &routes {
                for asker in &askers {
                    let response = request(&api, entry, &recording, &asker.token).await;
                    let what = format!("{} {} by {} under {scope:?}", entry.method, entry.path, asker.name);
                    assert!(!response.status().is_server_error(), "{what}: {}", response.status());
                    assert_kept(&api, &recording, &what).await;
                }
            }
            // Restoring is no loss; the next scope begins where this one did.
            let stored = api.store.load_recording(&tenant_id("ours"), &recording.id).await.unwrap().unwrap();
            end(&api, &hold).await;
            if is_trashed && stored.disposal == Disposal::Active {
                let reason = DisposalReason::Person { user_id: user_id("host") };
                api.store.trash_recording(&tenant_id("ours"), &recording.id, NOW, &reason, NOW).await.unwrap();
            }
        }
    }
}

/// Polls a request so many times and then drops it, as a crash of the server would.
async fn crash_after<T>(polls: usize, mut request: Pin<Box<dyn Future<Output = T> + Send + '_>>) -> Option<T> {
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        request.as_mut().poll(context).map(Some)
    })
    .await
}

#[tokio::test]
async fn of_a_hold_and_a_deletion_that_race_or_crash_each_knows_of_the_other() {
    let api = TestApi::new().await;
    let askers = askers(&api).await;
    let deleting = |entry: &RouteEntry| ["recording.trash", "recording.purge"].contains(&entry.action);
    let routes: Vec<RouteEntry> = changing_routes().into_iter().filter(deleting).collect();
    let admin = &askers.iter().find(|asker| asker.name == "admin").unwrap().token;
    let (mut held, mut late) = (0, 0);
    for entry in &routes {
        for number in 0..6 {
            for polls in [1, 2, 4, 8, 16, 32, 64, 1_000] {
                let recording = evidence(&api, entry.action == "recording.purge").await;
                let scope = scopes(&recording).swap_remove(number);
                let hold = hold(&api, scope);
                let deletion = crash_after(polls, Box::pin(request(&api, entry, &recording, admin)));
                let found = std::slice::from_ref(&recording.id);
                let (placed, _) = tokio::join!(api.store.place_hold_on(&hold, found), deletion);
                let placed = placed.unwrap();
                if placed.too_late.contains(&recording.id) {
                    late += 1;
                } else {
                    held += 1;
                    assert_kept(&api, &recording, &format!("{} after {polls} polls", entry.path)).await;
                    let again = request(&api, entry, &recording, admin).await;
                    assert_eq!(again.status().as_u16(), 409, "{} under a hold", entry.path);
                    assert_kept(&api, &recording, &entry.path).await;
                }
                end(&api, &hold).await;
            }
        }
    }
    assert!(held > 50, "{held} held, {late} too late");
}
