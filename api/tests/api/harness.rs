use std::net::SocketAddr;
use std::sync::Arc;

use api::{ApiSettings, ApiState, token_sha256};
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use model::{
    Disposal, Language, Layout, MeetingId, Participant, ParticipantId, Plan, PlanName, Processing, Profile, Recording,
    RecordingState, Relation, Role, TenantId, Timestamp, UserId,
};
use search::{Indexer, Search};
use serde_json::Value;
use store::{
    ApiKey, DatabaseUrl, IdSource, ManualClock, MasterKey, ObjectSettings, SeededIds, Store, StoreSettings, Tenant,
    User,
};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::stand_in_marking::StandInMarking;
use crate::stand_in_recorder::StandInRecorder;

/// 2026-03-02 09:00:00 UTC.
pub(crate) const NOW: Timestamp = Timestamp::from_micros(1_772_442_000_000_000);
pub(crate) const JWT_SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";

/// The API with everything behind it, for one test.
pub(crate) struct TestApi {
    pub(crate) router: axum::Router,
    pub(crate) store: Store,
    pub(crate) indexer: Indexer,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) ids: Arc<SeededIds>,
    pub(crate) recorder: Arc<StandInRecorder>,
    pub(crate) marking: Arc<StandInMarking>,
    pub(crate) shutdown: CancellationToken,
    _directory: TempDir,
}

impl TestApi {
    /// Starts with two tenants, `ours` on the standard plan and `theirs`, and no accounts.
    pub(crate) async fn new() -> Self {
        Self::started(true).await
    }

    /// Starts a server that cannot mark pictures.
    pub(crate) async fn without_marking() -> Self {
        Self::started(false).await
    }

    async fn started(marks: bool) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(StoreSettings {
            database: DatabaseUrl::Sqlite { path: directory.path().join("huiji.sqlite") },
            objects: ObjectSettings::Directory { path: directory.path().join("media") },
            master_key: MasterKey::parse(&"ab".repeat(32)).unwrap(),
        })
        .await
        .unwrap();
        let search = Search::open(directory.path().join("index")).unwrap();
        let clock = Arc::new(ManualClock::new(NOW));
        let ids = Arc::new(SeededIds::new(7));
        let recorder = Arc::new(StandInRecorder::new(store.clone(), Arc::clone(&clock)));
        let marking = Arc::new(StandInMarking::default());
        let shutdown = CancellationToken::new();
        let mut settings = ApiSettings::new("https://huiji.example");
        settings.jwt = Some(api::JwtSettings {
            issuer: "https://meet.example".to_owned(),
            audience: "huiji".to_owned(),
            keys: vec![api::JwtKey::shared_secret(JWT_SECRET).unwrap()],
            leeway_s: 0,
        });
        let router = api::router(ApiState {
            store: store.clone(),
            search: search.clone(),
            recorder: Arc::clone(&recorder) as _,
            marking: marks.then(|| Arc::clone(&marking) as _),
            clock: Arc::clone(&clock) as _,
            ids: Arc::clone(&ids) as _,
            settings,
            shutdown: shutdown.clone(),
        });
        let indexer = Indexer::new(search, store.clone());
        let api = Self { router, store, indexer, clock, ids, recorder, marking, shutdown, _directory: directory };
        api.add_tenant("ours", Plan::published(PlanName::Standard, 1)).await;
        api.add_tenant("theirs", Plan::published(PlanName::Flagship, 1)).await;
        api
    }

    pub(crate) async fn add_tenant(&self, id: &str, plan: Plan) {
        let tenant = Tenant { id: tenant_id(id), name: id.to_owned(), plan };
        self.store.insert_tenant(&tenant, NOW).await.unwrap();
    }

    /// Adds an account and returns a session token of it.
    pub(crate) async fn add_user(&self, tenant: &str, user: &str, role: Role) -> String {
        let account = User {
            id: user_id(user),
            tenant_id: tenant_id(tenant),
            user_name: user.to_owned(),
            display_name: format!("{user} <name>"),
            role,
            password_hash: None,
        };
        self.store.insert_user(&account).await.unwrap();
        let token = self.ids.secret();
        let expires_at = NOW.plus_millis(3_600_000);
        self.store.insert_sign_in(&token_sha256(&token), &account.id, &account.tenant_id, expires_at).await.unwrap();
        token
    }

    /// Opens another session for an account, at a later time.
    pub(crate) async fn add_session(&self, user: &str, now: Timestamp) -> String {
        let token = self.ids.secret();
        let expires_at = now.plus_millis(3_600_000);
        self.store.insert_sign_in(&token_sha256(&token), &user_id(user), &tenant_id("ours"), expires_at).await.unwrap();
        token
    }

    pub(crate) fn now(&self) -> Timestamp {
        store::Clock::now(self.clock.as_ref())
    }

    /// Adds an API key of a service and returns its secret.
    pub(crate) async fn add_api_key(&self, tenant: &str) -> String {
        let secret = format!("hk_{}", self.ids.secret());
        let api_key = ApiKey {
            id: self.ids.api_key_id(),
            tenant_id: tenant_id(tenant),
            name: "platform".to_owned(),
            role: Role::Service,
            secret_sha256: token_sha256(&secret),
        };
        self.store.insert_api_key(&api_key).await.unwrap();
        secret
    }

    /// Stores a recording of `ours` hosted by `host`, with one participant `p1` in its roster.
    pub(crate) async fn add_recording(&self, state: RecordingState, relations: &[(&str, Relation)]) -> Recording {
        let recording = Recording {
            id: self.ids.recording_id(),
            tenant_id: tenant_id("ours"),
            meeting_id: MeetingId::new("meeting-1").unwrap(),
            title: "Launch 发布".to_owned(),
            host_user_id: user_id("host"),
            language: Language::English,
            profile: Profile::Standard,
            layout: Layout::Auto,
            smart_minutes: true,
            time_zone: "UTC".to_owned(),
            created_at: NOW,
            state,
            processing: Processing::default(),
            disposal: Disposal::Active,
            version: 1,
        };
        let participants = [Participant {
            id: ParticipantId::new("p1").unwrap(),
            display_name: "Li <Wei>".to_owned(),
            user_id: None,
            language: None,
        }];
        let relations: Vec<(UserId, Relation)> =
            relations.iter().map(|(user, relation)| (user_id(user), *relation)).collect();
        self.store.insert_recording(&recording, &participants, &relations, NOW).await.unwrap();
        self.recorder.adopt(&recording);
        recording
    }

    pub(crate) fn request(&self, method: Method, path: impl Into<String>) -> TestRequest<'_> {
        TestRequest { api: self, method, path: path.into(), headers: HeaderMap::new(), body: Body::empty(), peer: None }
    }

    pub(crate) fn get(&self, path: impl Into<String>) -> TestRequest<'_> {
        self.request(Method::GET, path)
    }

    pub(crate) fn post(&self, path: impl Into<String>) -> TestRequest<'_> {
        self.request(Method::POST, path)
    }
}

pub(crate) fn tenant_id(text: &str) -> TenantId {
    TenantId::new(text).unwrap()
}

pub(crate) fn user_id(text: &str) -> UserId {
    UserId::new(text).unwrap()
}

pub(crate) fn live() -> RecordingState {
    RecordingState::Live { started_at: NOW }
}

pub(crate) fn sealed() -> RecordingState {
    let stopped_at = NOW.plus_millis(10_000);
    RecordingState::Sealed { started_at: NOW, stopped_at, sealed_at: stopped_at, duration_ms: 10_000 }
}

pub(crate) struct TestRequest<'a> {
    api: &'a TestApi,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Body,
    peer: Option<SocketAddr>,
}

impl TestRequest<'_> {
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(HeaderName::from_static(name), HeaderValue::try_from(value).unwrap());
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Lets the request come from an address, such as `10.0.0.1:5000`.
    pub(crate) fn peer(mut self, address: &str) -> Self {
        self.peer = Some(address.parse().unwrap());
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    pub(crate) fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) async fn response(self) -> axum::response::Response {
        let mut request = Request::new(self.body);
        *request.method_mut() = self.method;
        *request.uri_mut() = self.path.parse().unwrap();
        *request.headers_mut() = self.headers;
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        self.api.router.clone().oneshot(request).await.unwrap()
    }

    pub(crate) async fn send(self) -> Answer {
        let (parts, body) = self.response().await.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Checks that this is a whole problem document and returns it.
    pub(crate) fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], format!("urn:huiji:problem:{code}"));
        assert!(!problem["title"].as_str().unwrap().is_empty());
        assert_eq!(problem["request_id"], self.header("x-request-id"));
        problem
    }

    /// Checks for success and returns the body.
    pub(crate) fn ok(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.body));
        if self.body.is_empty() { Value::Null } else { self.json() }
    }
}
