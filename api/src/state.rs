use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use search::Search;
use store::{Clock, IdSource, Store};
use tokio_util::sync::CancellationToken;
use webhooks::AddressPolicy;

use crate::access::{Facts, RequestRate};
use crate::archive::Archive;
use crate::authentication::{Accounts, JwtSettings, JwtVerifier, PasswordVerifier, SignInThrottle};
use crate::picture_marking::PictureMarking;
use crate::playback::MarkedPictures;
use crate::recorder_control::RecorderControl;
use crate::recorder_port::RecorderPort;

/// A player that seeks about fetches a few segments of each rendition; at triple speed it needs three requests a second.
const PLAYBACK_BURST: u32 = 200;
const PLAYBACK_PER_SECOND: u32 = 30;
/// A page that loads sends about ten requests.
const ACCOUNT_BURST: u32 = 600;
const ACCOUNT_PER_SECOND: u32 = 60;

/// What the API needs of the rest of the server.
pub struct ApiState {
    /// Rows and objects.
    pub store: Store,
    /// The index.
    pub search: Search,
    /// The recorder processes.
    pub recorder: Arc<dyn RecorderControl>,
    /// Burns viewers' names into pictures; without it recordings that ask for a watermark are not delivered.
    pub marking: Option<Arc<dyn PictureMarking>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Ids and secrets.
    pub ids: Arc<dyn IdSource>,
    /// What the operator chose.
    pub settings: ApiSettings,
    /// Ends streams of events when the server shuts down.
    pub shutdown: CancellationToken,
}

/// What the operator chose about the API.
#[derive(Debug, Clone)]
pub struct ApiSettings {
    /// Where callers reach the server, such as `https://huiji.example`; `https` makes session cookies secure.
    pub public_url: String,
    /// The tokens of the meeting platform that are accepted; none for local accounts and API keys only.
    pub jwt: Option<JwtSettings>,
    /// How long a session lasts.
    pub session_lifetime: Duration,
    /// How long a playback session lasts.
    pub playback_lifetime: Duration,
    /// The largest request body.
    pub body_bytes_max: usize,
    /// How long a request may take until its answer begins.
    pub request_timeout: Duration,
    /// How long the recorder may take to answer.
    pub recorder_timeout: Duration,
    /// How long a stream of events lasts before its reader has to authenticate again.
    pub event_stream_lifetime: Duration,
    /// Where webhooks may go.
    pub webhook_policy: AddressPolicy,
    /// The language model that writes minutes; none when they are written offline.
    pub language_model: Option<String>,
    /// The pages of the console, which answer every address the API does not.
    pub console: Option<axum::Router>,
}

impl ApiSettings {
    /// Returns the usual choices for a server that is reached at an address.
    #[must_use]
    pub fn new(public_url: impl Into<String>) -> Self {
        const HOUR: Duration = Duration::from_hours(1);
        Self {
            public_url: public_url.into(),
            jwt: None,
            session_lifetime: HOUR * 12,
            playback_lifetime: HOUR * 12,
            body_bytes_max: 1024 * 1024,
            request_timeout: Duration::from_secs(30),
            recorder_timeout: Duration::from_secs(20),
            event_stream_lifetime: HOUR,
            webhook_policy: AddressPolicy::PublicOnly,
            language_model: None,
            console: None,
        }
    }
}

/// The state handlers share. Recording data is behind [`Archive`], which asks for a permit.
#[derive(Clone)]
pub(crate) struct App(Arc<Inner>);

struct Inner {
    archive: Archive,
    facts: Facts,
    accounts: Accounts,
    recorder: RecorderPort,
    marked: MarkedPictures,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    settings: ApiSettings,
    jwt: Option<JwtVerifier>,
    passwords: PasswordVerifier,
    throttle: SignInThrottle,
    link_throttle: SignInThrottle,
    playback_rate: RequestRate,
    account_rate: RequestRate,
    shutdown: CancellationToken,
}

impl App {
    pub(crate) fn new(state: ApiState) -> Self {
        let jwt = state.settings.jwt.as_ref().map(JwtVerifier::new);
        Self(Arc::new(Inner {
            facts: Facts::new(state.store.clone()),
            accounts: Accounts::new(state.store.clone()),
            archive: Archive::new(state.store, state.search),
            recorder: RecorderPort::new(state.recorder, state.settings.recorder_timeout),
            marked: MarkedPictures::new(state.marking),
            passwords: PasswordVerifier::new(),
            throttle: SignInThrottle::default(),
            link_throttle: SignInThrottle::default(),
            playback_rate: RequestRate::new(PLAYBACK_BURST, PLAYBACK_PER_SECOND),
            account_rate: RequestRate::new(ACCOUNT_BURST, ACCOUNT_PER_SECOND),
            clock: state.clock,
            ids: state.ids,
            settings: state.settings,
            jwt,
            shutdown: state.shutdown,
        }))
    }

    pub(crate) fn archive(&self) -> &Archive {
        &self.0.archive
    }

    pub(crate) fn facts(&self) -> &Facts {
        &self.0.facts
    }

    pub(crate) fn accounts(&self) -> &Accounts {
        &self.0.accounts
    }

    pub(crate) fn recorder(&self) -> &RecorderPort {
        &self.0.recorder
    }

    pub(crate) fn marked(&self) -> &MarkedPictures {
        &self.0.marked
    }

    pub(crate) fn now(&self) -> model::Timestamp {
        self.0.clock.now()
    }

    pub(crate) fn ids(&self) -> &dyn IdSource {
        self.0.ids.as_ref()
    }

    pub(crate) fn settings(&self) -> &ApiSettings {
        &self.0.settings
    }

    pub(crate) fn jwt(&self) -> Option<&JwtVerifier> {
        self.0.jwt.as_ref()
    }

    pub(crate) fn passwords(&self) -> &PasswordVerifier {
        &self.0.passwords
    }

    pub(crate) fn throttle(&self) -> &SignInThrottle {
        &self.0.throttle
    }

    /// Slows down guessing of links' passwords, apart from that of accounts.
    pub(crate) fn link_throttle(&self) -> &SignInThrottle {
        &self.0.link_throttle
    }

    /// Bounds how fast one playback session may fetch.
    pub(crate) fn playback_rate(&self) -> &RequestRate {
        &self.0.playback_rate
    }

    /// Bounds how fast one account may ask. Services are not bounded: a large meeting begins with many requests.
    pub(crate) fn account_rate(&self) -> &RequestRate {
        &self.0.account_rate
    }

    pub(crate) fn shutdown(&self) -> &CancellationToken {
        &self.0.shutdown
    }
}

impl fmt::Debug for App {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("App").finish_non_exhaustive()
    }
}
