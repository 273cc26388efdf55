use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use model::{DeliveryState, Timestamp, WebhookDelivery};
use reqwest::{Client, StatusCode, redirect};
use store::{AttemptOutcome, ClaimedDelivery, Clock, Store};
use tokio_util::sync::CancellationToken;

use crate::address_policy::PolicyResolver;
use crate::signature::signature;
use crate::{AddressPolicy, EndpointUrl, Error};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);
/// Longer than an attempt can take.
const LEASE_MS: u64 = 60_000;
const AT_ONCE_MAX: usize = 8;
/// Messages that another process queued are found by looking.
const LOOK_INTERVAL_MS: i64 = 5_000;
const LOG_KEPT_MS: i64 = 30 * 24 * 3_600_000;

/// Sends what is due.
pub struct WebhookSender {
    store: Store,
    clock: Arc<dyn Clock>,
    policy: AddressPolicy,
    client: Client,
}

impl WebhookSender {
    /// Prepares to send; nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Client`] when TLS cannot be set up.
    pub fn new(store: Store, clock: Arc<dyn Clock>, policy: AddressPolicy) -> Result<Self, Error> {
        let client = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(ANSWER_TIMEOUT)
            .redirect(redirect::Policy::none())
            // A proxy would resolve names by itself.
            .no_proxy()
            .dns_resolver(Arc::new(PolicyResolver(policy)))
            .user_agent(concat!("huiji/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(Error::Client)?;
        Ok(Self { store, clock, policy, client })
    }

    /// Sends until shutdown. A message that is cut off is sent again by whoever comes next.
    pub async fn work_until(self, shutdown: CancellationToken) {
        loop {
            let work = async {
                if let Err(error) = self.send_due().await {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "webhooks cannot be sent, trying again later");
                }
                self.until_due().await;
            };
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = work => {}
            }
        }
    }

    /// Sends everything that is due now. Returns how many attempts were made.
    ///
    /// # Errors
    /// [`Error::Store`]; a request that fails is noted in the delivery log instead.
    pub async fn send_due(&self) -> Result<usize, Error> {
        let mut attempts = 0;
        loop {
            let mut claimed = Vec::new();
            while claimed.len() < AT_ONCE_MAX
                && let Some(delivery) = self.store.claim_webhook_delivery(self.clock.now(), LEASE_MS).await?
            {
                claimed.push(delivery);
            }
            if claimed.is_empty() {
                let now = self.clock.now();
                self.store.prune_webhook_deliveries(now.plus_millis(-LOG_KEPT_MS)).await?;
                return Ok(attempts);
            }
            attempts += claimed.len();
            for noted in join_all(claimed.iter().map(|delivery| self.attempt(delivery))).await {
                noted?;
            }
        }
    }

    async fn until_due(&self) {
        let due_at = self.store.next_webhook_due_at().await.ok().flatten();
        let wait_ms = due_at.map_or(LOOK_INTERVAL_MS, |due_at| due_at.millis_since(self.clock.now()));
        let wait = Duration::from_millis(wait_ms.clamp(50, LOOK_INTERVAL_MS) as u64);
        tokio::select! {
            () = self.store.webhook_queued().notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }

    async fn attempt(&self, claimed: &ClaimedDelivery) -> Result<(), Error> {
        let delivery = &claimed.delivery;
        let answered = self.post(claimed).await?;
        let outcome = outcome(delivery, answered, self.clock.now());
        match (&outcome.state, &outcome.problem) {
            (DeliveryState::GivenUp { .. }, Some(problem)) => {
                tracing::error!(webhook.id = %delivery.webhook_id, event = %delivery.event, problem, "webhook given up");
            }
            (_, Some(problem)) => {
                let attempts = delivery.attempts;
                tracing::warn!(webhook.id = %delivery.webhook_id, event = %delivery.event, attempts, problem, "webhook failed");
            }
            (_, None) => {}
        }
        Ok(self.store.end_webhook_attempt(claimed, &outcome).await?)
    }

    /// Sends a message. The inner error says what went wrong, for the delivery log.
    async fn post(&self, claimed: &ClaimedDelivery) -> Result<Result<StatusCode, String>, Error> {
        let ClaimedDelivery { tenant_id, delivery } = claimed;
        let Some((endpoint, secret)) = self.store.load_webhook(tenant_id, &delivery.webhook_id).await? else {
            return Ok(Err("the endpoint was removed".to_owned()));
        };
        // The operator may have become stricter since the endpoint was added.
        let url = match EndpointUrl::parse(&endpoint.url, self.policy) {
            Ok(url) => url,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let timestamp_s = self.clock.now().as_millis().div_euclid(1000);
        let request = self
            .client
            .post(url.as_str())
            .header("content-type", "application/json")
            .header("webhook-id", &delivery.id)
            .header("webhook-timestamp", timestamp_s.to_string())
            .header("webhook-signature", signature(&secret, &delivery.id, timestamp_s, &delivery.body))
            .body(delivery.body.clone());
        Ok(request.send().await.map(|response| response.status()).map_err(|error| describe(&error)))
    }
}

/// Decides what becomes of a message after an attempt. `410 Gone` means that it is not wanted any more.
fn outcome(delivery: &WebhookDelivery, answered: Result<StatusCode, String>, now: Timestamp) -> AttemptOutcome {
    let (status, problem) = match answered {
        Ok(status) if status.is_success() => {
            let state = DeliveryState::Delivered { at: now };
            return AttemptOutcome { state, status: Some(status.as_u16()), problem: None };
        }
        Ok(status) => (Some(status), format!("the endpoint answered {status}")),
        Err(problem) => (None, problem),
    };
    let delay_ms = WebhookDelivery::retry_delay_ms(delivery.attempts).filter(|_| status != Some(StatusCode::GONE));
    let state = match delay_ms {
        Some(delay_ms) => DeliveryState::Pending { due_at: now.plus_millis(delay_ms as i64) },
        None => DeliveryState::GivenUp { at: now },
    };
    AttemptOutcome { state, status: status.map(|status| status.as_u16()), problem: Some(problem) }
}

/// Says why a request failed, with its causes and without its address, which may hold a secret.
fn describe(error: &reqwest::Error) -> String {
    let what = if error.is_timeout() { "no answer in time" } else { "the endpoint cannot be reached" };
    let mut text = what.to_owned();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text.chars().take(300).collect()
}
