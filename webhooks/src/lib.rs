//! Tells meeting platforms what becomes of their recordings, as [Standard Webhooks] has it.
//!
//! The store queues a message in the transaction of the change it tells of; [`WebhookSender`] sends what is due, signed
//! with the endpoint's secret, and tries again for most of a day. A message may come twice, never not at all while the
//! endpoint is there.
//!
//! Invariant: unless the operator says so, no request leaves for an address that is not public, whatever a name resolves
//! to at that moment, and no redirect is followed.
//!
//! [Standard Webhooks]: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
#![warn(missing_docs)]

mod address_policy;
mod endpoint_url;
mod error;
mod sender;
mod signature;

pub use address_policy::AddressPolicy;
pub use endpoint_url::EndpointUrl;
pub use error::Error;
pub use sender::WebhookSender;
pub use signature::{secret_text, signature};
