//! What a tenant's plan lets it store and record: pure decisions over a plan and its use.
//!
//! A caller reads the plan and the use from the store, asks [`admit_recording`] before a recording starts, and shows
//! [`QuotaLevel`] and [`Forecast`] beside them. Nothing here performs I/O or reads a clock. A gigabyte is 10^9 bytes.
//! A recording that has started is never refused: the gate stands in front of the next one.

mod billing_month;
mod error;
mod forecast;
mod quota;
mod refusal;

pub use billing_month::month_start;
pub use error::Error;
pub use forecast::Forecast;
pub use quota::{AdmissionRequest, QuotaLevel, Usage, admit_recording};
pub use refusal::Refusal;
