//! Messages to endpoints that answer, refuse, vanish and lie inside the network: a real store and real HTTP, and a clock
//! that is driven.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use model::{
    DeliveryState, Disposal, FailureReason, Language, Layout, MeetingId, Plan, PlanName, Processing, Profile,
    Recording, RecordingEvent, RecordingId, RecordingState, TenantId, Timestamp, UserId, WebhookDelivery,
    WebhookEndpoint, WebhookEvent, WebhookId,
};
use serde_json::{Value, json};
use store::{Clock, DatabaseUrl, ManualClock, MasterKey, ObjectSettings, Store, StoreSettings, Tenant, WebhookSecret};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use webhooks::{AddressPolicy, WebhookSender, signature};

const START: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);

/// What arrived: headers and body.
type Arrived = Arc<Mutex<Vec<(HeaderMap, String)>>>;

/// An endpoint that gives its answers in order, then 204.
struct Endpoint {
    url: String,
    arrived: Arrived,
    _server: JoinSet<()>,
}

impl Endpoint {
    async fn answering(answers: &[StatusCode]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let arrived = Arrived::default();
        let answers = Arc::new(Mutex::new(VecDeque::from(answers.to_vec())));
        let take = async |State((arrived, answers)): State<(Arrived, Arc<Mutex<VecDeque<StatusCode>>>)>,
                          headers: HeaderMap,
                          body: Bytes| {
            arrived.lock().unwrap().push((headers, String::from_utf8(body.to_vec()).unwrap()));
            let answer = answers.lock().unwrap().pop_front().unwrap_or(StatusCode::NO_CONTENT);
            (answer, [("location", "http://127.0.0.1:1/elsewhere")])
        };
        let router = Router::new().route("/hook", post(take)).with_state((Arc::clone(&arrived), answers));
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, arrived, _server: server }
    }

    fn arrived(&self) -> Vec<(HeaderMap, String)> {
        self.arrived.lock().unwrap().clone()
    }
}

struct Office {
    store: Store,
    clock: Arc<ManualClock>,
    tenant_id: TenantId,
    recording: Recording,
    _directory: tempfile::TempDir,
}

impl Office {
    async fn open() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let settings = StoreSettings {
            database: DatabaseUrl::Sqlite { path: directory.path().join("huiji.db") },
            objects: ObjectSettings::Directory { path: directory.path().join("objects") },
            master_key: MasterKey::parse(&"5a".repeat(32)).unwrap(),
        };
        let store = Store::open(settings).await.unwrap();
        let tenant_id = TenantId::new("acme").unwrap();
        let plan = Plan::published(PlanName::Standard, 1);
        store.insert_tenant(&Tenant { id: tenant_id.clone(), name: "Acme".to_owned(), plan }, START).await.unwrap();
        let recording = Recording {
            id: RecordingId::new("rec_1").unwrap(),
            tenant_id: tenant_id.clone(),
            meeting_id: MeetingId::new("weekly").unwrap(),
            title: "秘密 secret plans".to_owned(),
            host_user_id: UserId::new("alice").unwrap(),
            language: Language::English,
            profile: Profile::Standard,
            layout: Layout::Auto,
            smart_minutes: false,
            time_zone: "UTC".to_owned(),
            created_at: START,
            state: RecordingState::Requested,
            processing: Processing::default(),
            disposal: Disposal::Active,
            version: 1,
        };
        store.insert_recording(&recording, &[], &[], START).await.unwrap();
        Self { store, clock: Arc::new(ManualClock::new(START)), tenant_id, recording, _directory: directory }
    }

    async fn add(&self, id: &str, url: &str, events: &[WebhookEvent]) -> WebhookId {
        let id = WebhookId::new(id).unwrap();
        let endpoint =
            WebhookEndpoint { id: id.clone(), url: url.to_owned(), events: events.to_vec(), created_at: START };
        self.store.insert_webhook(&self.tenant_id, &endpoint, &secret()).await.unwrap();
        id
    }

    async fn apply(&mut self, event: RecordingEvent) {
        let before = self.recording.state.clone();
        self.recording.state = before.clone().apply(event).unwrap();
        let now = self.clock.now();
        self.recording = self.store.save_transition(&self.recording, &before, now).await.unwrap();
    }

    fn sender(&self, policy: AddressPolicy) -> WebhookSender {
        WebhookSender::new(self.store.clone(), Arc::clone(&self.clock) as Arc<dyn Clock>, policy).unwrap()
    }

    async fn log(&self, webhook_id: &WebhookId) -> Vec<WebhookDelivery> {
        self.store.list_webhook_deliveries(&self.tenant_id, webhook_id, 100).await.unwrap()
    }
}

fn secret() -> WebhookSecret {
    WebhookSecret::new(b"a secret of this endpoint alone".to_vec())
}

#[tokio::test]
async fn every_change_of_a_recording_is_told_signed_and_once() {
    let mut office = Office::open().await;
    let endpoint = Endpoint::answering(&[]).await;
    let all = office.add("whk_all", &endpoint.url, WebhookEvent::ALL).await;
    let ends = office.add("whk_ends", &endpoint.url, &[WebhookEvent::Failed]).await;
    let sender = office.sender(AddressPolicy::Anywhere);
    for event in [
        RecordingEvent::Start { started_at: START },
        RecordingEvent::Pause { at: START },
        RecordingEvent::Resume,
        RecordingEvent::Fail { at: START, reason: FailureReason::RecorderLost },
        RecordingEvent::Seal { at: START, duration_ms: 7 },
    ] {
        office.clock.advance_ms(1_000);
        office.apply(event).await;
        sender.send_due().await.unwrap();
    }
    assert_eq!(sender.send_due().await.unwrap(), 0, "nothing is sent twice");
    let told: Vec<String> = endpoint
        .arrived()
        .iter()
        .map(|(headers, body)| {
            let header = |name: &str| headers[name].to_str().unwrap().to_owned();
            let timestamp_s: i64 = header("webhook-timestamp").parse().unwrap();
            assert_eq!(header("webhook-signature"), signature(&secret(), &header("webhook-id"), timestamp_s, body));
            assert_eq!(timestamp_s, office.clock.now().as_millis() / 1000 - (5 - told_second(body)));
            assert!(!body.contains("secret"), "no title leaves: {body}");
            let body: Value = serde_json::from_str(body).unwrap();
            assert_eq!(body["data"]["recording_id"], "rec_1");
            body["type"].as_str().unwrap().to_owned()
        })
        .collect();
    let expected =
        ["started", "paused", "resumed", "failed", "failed", "sealed"].map(|name| format!("recording.{name}"));
    assert_eq!(told, expected);
    let log = office.log(&all).await;
    assert_eq!(log.len(), 5);
    assert!(log.iter().all(|delivery| matches!(delivery.state, DeliveryState::Delivered { .. })));
    assert_eq!(office.log(&ends).await.len(), 1);
}

/// The second after the start in which something happened.
fn told_second(body: &str) -> i64 {
    let body: Value = serde_json::from_str(body).unwrap();
    let at: String = body["timestamp"].as_str().unwrap().to_owned();
    (1..=5).find(|second| START.plus_millis(second * 1000).to_string() == at).expect("one of the five seconds")
}

#[tokio::test]
async fn a_message_is_sent_again_until_it_is_taken_and_given_up_at_last() {
    let mut office = Office::open().await;
    let failing = [StatusCode::INTERNAL_SERVER_ERROR, StatusCode::FOUND, StatusCode::TOO_MANY_REQUESTS];
    let endpoint = Endpoint::answering(&failing).await;
    let patient = office.add("whk_patient", &endpoint.url, &[WebhookEvent::Started]).await;
    // Nobody listens here: the port was just given back.
    let vanished = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let gone = office.add("whk_gone", &format!("http://{vanished}/"), &[WebhookEvent::Started]).await;
    office.apply(RecordingEvent::Start { started_at: START }).await;
    let sender = office.sender(AddressPolicy::Anywhere);
    let mut attempts = Vec::new();
    for _ in 0..12 {
        attempts.push(sender.send_due().await.unwrap());
        let Some(due_at) = office.store.next_webhook_due_at().await.unwrap() else { break };
        office.clock.advance_ms(due_at.millis_since(office.clock.now()));
    }
    assert_eq!(attempts, [2, 2, 2, 2, 1, 1, 1, 1, 1], "four tries until one is taken, nine until one is given up");
    let arrived = endpoint.arrived();
    assert_eq!(arrived.len(), 4);
    let ids: Vec<_> = arrived.iter().map(|(headers, _)| headers["webhook-id"].clone()).collect();
    assert!(ids.windows(2).all(|pair| pair[0] == pair[1]), "receivers tell repetitions by the id: {ids:?}");
    let taken = &office.log(&patient).await[0];
    assert!(matches!(taken.state, DeliveryState::Delivered { .. }));
    assert_eq!((taken.attempts, taken.last_status, taken.last_problem.as_deref()), (4, Some(204), None));
    let given_up = &office.log(&gone).await[0];
    assert!(matches!(given_up.state, DeliveryState::GivenUp { .. }));
    assert!(given_up.last_problem.as_deref().unwrap().starts_with("the endpoint cannot be reached"));

    office.clock.advance_ms(31 * 24 * 3_600_000);
    sender.send_due().await.unwrap();
    assert_eq!(office.log(&gone).await, [], "the log is kept for thirty days");
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_not_asked_again_and_a_removed_one_never() {
    let mut office = Office::open().await;
    let endpoint = Endpoint::answering(&[StatusCode::GONE]).await;
    let gone = office.add("whk_gone", &endpoint.url, &[WebhookEvent::Started]).await;
    let removed = office.add("whk_removed", &endpoint.url, &[WebhookEvent::Started]).await;
    office.apply(RecordingEvent::Start { started_at: START }).await;
    office.store.delete_webhook(&office.tenant_id, &removed).await.unwrap();
    assert_eq!(office.sender(AddressPolicy::Anywhere).send_due().await.unwrap(), 1);
    assert!(matches!(office.log(&gone).await[0].state, DeliveryState::GivenUp { .. }));
    assert_eq!(office.log(&removed).await, []);
}

#[tokio::test]
async fn nothing_is_sent_into_the_operators_network() {
    let mut office = Office::open().await;
    let endpoint = Endpoint::answering(&[]).await;
    let port = endpoint.url.rsplit_once(':').unwrap().1.to_owned();
    // As an address, as a name that stands for one, and without TLS.
    let literal = office.add("whk_literal", &format!("https://127.0.0.1:{port}"), &[WebhookEvent::Started]).await;
    let named = office.add("whk_named", &format!("https://localhost:{port}"), &[WebhookEvent::Started]).await;
    let plain = office.add("whk_plain", &endpoint.url, &[WebhookEvent::Started]).await;
    office.apply(RecordingEvent::Start { started_at: START }).await;
    assert_eq!(office.sender(AddressPolicy::PublicOnly).send_due().await.unwrap(), 3);
    assert_eq!(endpoint.arrived().len(), 0);
    let problem = async |id: &WebhookId| office.log(id).await[0].last_problem.clone().unwrap();
    assert_eq!(problem(&literal).await, "the address must be public");
    assert_eq!(problem(&plain).await, "the address must begin with https://");
    let refused = problem(&named).await;
    assert!(refused.ends_with("the name stands for no public address"), "{refused}");
}

#[tokio::test]
async fn notices_carry_what_they_are_given() {
    let office = Office::open().await;
    let endpoint = Endpoint::answering(&[]).await;
    office.add("whk", &endpoint.url, WebhookEvent::ALL).await;
    let data = json!({ "recording_id": "rec_1", "concerns": ["disk_low"] });
    let (tenant_id, id) = (&office.tenant_id, &office.recording.id);
    office.store.notify_webhooks(tenant_id, id, WebhookEvent::Degraded, data.clone(), START).await.unwrap();
    assert_eq!(office.sender(AddressPolicy::Anywhere).send_due().await.unwrap(), 1);
    let body: Value = serde_json::from_str(&endpoint.arrived()[0].1).unwrap();
    assert_eq!((&body["type"], &body["data"]), (&json!("recording.degraded"), &data));
}
