use serde::Serialize;
use utoipa::ToSchema;

use super::actor::ActorView;

/// What the organisation stores, how full that is, and what is to come.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = StorageReport)]
pub(crate) struct StorageReportView {
    pub(crate) used_bytes: u64,
    /// A gigabyte is 10^9 bytes.
    pub(crate) limit_bytes: u64,
    pub(crate) level: QuotaLevelName,
    /// By class, state of disposal and hold.
    pub(crate) ledger: Vec<LedgerLineView>,
    /// The largest first, at most 50.
    pub(crate) hosts: Vec<HostShareView>,
    /// The largest first, at most 50.
    pub(crate) departments: Vec<DepartmentShareView>,
    /// What is written on a day on average, over the last 30.
    pub(crate) daily_growth_bytes: u64,
    /// The end of each day, today first: growth goes on and the rules in force are carried out.
    pub(crate) forecast: Vec<ForecastDayView>,
    /// The first day on which new recordings are refused; none within the forecast.
    #[schema(required)]
    pub(crate) full_on: Option<String>,
}

/// The steps at which people are told.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum QuotaLevelName {
    Ample,
    /// From 80 %.
    NearlyFull,
    /// From 95 %.
    Critical,
    /// From 100 %: running recordings finish, new ones are refused.
    Full,
}

impl From<storage_policies::QuotaLevel> for QuotaLevelName {
    fn from(level: storage_policies::QuotaLevel) -> Self {
        match level {
            storage_policies::QuotaLevel::Ample => Self::Ample,
            storage_policies::QuotaLevel::NearlyFull => Self::NearlyFull,
            storage_policies::QuotaLevel::Critical => Self::Critical,
            storage_policies::QuotaLevel::Full => Self::Full,
        }
    }
}

/// What is stored of one class in one state.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = LedgerLine)]
pub(crate) struct LedgerLineView {
    /// `media`, `speech`, `record`, `artefact` or `derived`.
    pub(crate) class: String,
    /// `active`, `trashed` or `purging`. The trash counts until it is purged.
    pub(crate) disposal: String,
    pub(crate) is_held: bool,
    pub(crate) objects: u64,
    pub(crate) stored_bytes: u64,
}

/// What the recordings of a host take.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = HostShare)]
pub(crate) struct HostShareView {
    pub(crate) host: ActorView,
    pub(crate) recordings: u64,
    pub(crate) stored_bytes: u64,
}

/// What the recordings of a department take.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DepartmentShare)]
pub(crate) struct DepartmentShareView {
    /// None for recordings of no department.
    #[schema(required)]
    pub(crate) department: Option<String>,
    pub(crate) recordings: u64,
    pub(crate) stored_bytes: u64,
}

/// A day to come.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ForecastDay)]
pub(crate) struct ForecastDayView {
    #[schema(example = "2026-03-02")]
    pub(crate) day: String,
    pub(crate) stored_bytes: u64,
    pub(crate) purged_bytes: u64,
}
