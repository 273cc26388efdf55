use serde::Serialize;
use utoipa::ToSchema;

use super::closed_set_schemas as schemas;

/// What the tenant has bought and what it uses.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Plan)]
pub(crate) struct PlanView {
    #[schema(value_type = schemas::PlanName)]
    pub(crate) name: model::PlanName,
    pub(crate) seats: u32,
    /// In bytes; a gigabyte is 10^9 of them.
    pub(crate) storage_bytes_max: u64,
    pub(crate) storage_bytes_used: u64,
    /// Recordings with minutes this calendar month.
    pub(crate) smart_recordings_used: u32,
    /// Null when unlimited.
    #[schema(required)]
    pub(crate) smart_recordings_max: Option<u32>,
    pub(crate) room_size_max: u32,
}

/// That the service answers.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Health)]
pub(crate) struct HealthView {
    #[schema(example = "ok")]
    pub(crate) status: &'static str,
    pub(crate) version: &'static str,
}
