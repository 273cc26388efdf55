//! Who may do what: the decision, the proof that it was made, and the gate in front of every handler.

mod action;
mod decide;
mod facts;
mod gate;
mod permit;
mod request_rate;
mod subject;

pub(crate) use action::{Action, Scope};
pub(crate) use decide::Obligation;
pub(crate) use facts::Facts;
pub(crate) use gate::{Gate, permissions, permit_link, permit_recording, stand_before};
pub(crate) use permit::{CasePermit, RecordingPermit, TenantPermit};
pub(crate) use request_rate::RequestRate;
pub(crate) use subject::Subject;
