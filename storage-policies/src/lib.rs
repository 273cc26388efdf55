//! What a tenant's plan lets it store and record, and how long it stays: pure decisions over plans, rules and holds.
//!
//! A caller reads the plan and the use from the store, asks [`admit_recording`] before a recording starts, and shows
//! [`QuotaLevel`] and [`Forecast`] beside them. [`disposition`] says what is to become of a recording, and [`simulate`]
//! lets time pass under a policy that is not saved yet; [`StorageForecast`] says from that and from the past when the
//! storage will be full. These perform no I/O and read no clock; only [`sweep`], which
//! carries a policy out, works on the store. A gigabyte is 10^9 bytes.
//! A recording that has started is never refused: the gate stands in front of the next one.

mod billing_month;
mod disposition;
#[cfg(test)]
mod disposition_tests;
mod error;
mod forecast;
mod quota;
mod refusal;
mod simulation;
#[cfg(test)]
mod simulation_tests;
mod storage_forecast;
mod sweep;

pub use billing_month::month_start;
pub use disposition::{DisposalAction, Disposition, DispositionReason, disposition, is_held_by};
pub use error::Error;
pub use forecast::Forecast;
pub use quota::{AdmissionRequest, QuotaLevel, Usage, admit_recording};
pub use refusal::Refusal;
pub use simulation::{Amount, SimulatedDay, SimulatedRecording, Simulation, simulate};
pub use storage_forecast::{ForecastDay, StorageForecast};
pub use sweep::{IndexEraser, SweepReport, purge_recording, sweep};
