use serde::{Deserialize, Serialize};

use crate::closed_set::closed_set;

closed_set! {
    /// What a tenant has bought.
    pub enum PlanName as "plan" {
        /// One seat's worth of trying out.
        Free = "free",
        /// For teams.
        Standard = "standard",
        /// For large organisations.
        Flagship = "flagship",
    }
}

/// How many recordings a month may have minutes written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "limit", rename_all = "snake_case")]
pub enum SmartRecordingLimit {
    /// At most this many a calendar month.
    PerMonth {
        /// The number.
        count: u32,
    },
    /// No limit.
    Unlimited,
}

/// The limits of a plan. Plans are data: a row per tenant, editable by its operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Which plan.
    pub name: PlanName,
    /// Storage for each seat in gigabytes of 10^9 bytes.
    pub storage_gb_per_seat: u32,
    /// How many seats the tenant has.
    pub seats: u32,
    /// How many people a room may hold.
    pub room_size_max: u32,
    /// How many recordings a month may have minutes written.
    pub smart_recordings: SmartRecordingLimit,
}

impl Plan {
    /// Returns the product's published limits for a plan with this many seats.
    #[must_use]
    pub const fn published(name: PlanName, seats: u32) -> Self {
        let (storage_gb_per_seat, room_size_max, smart_recordings) = match name {
            PlanName::Free => (1, 10, SmartRecordingLimit::PerMonth { count: 2 }),
            PlanName::Standard => (100, 100, SmartRecordingLimit::Unlimited),
            PlanName::Flagship => (600, 300, SmartRecordingLimit::Unlimited),
        };
        Self { name, storage_gb_per_seat, seats, room_size_max, smart_recordings }
    }

    /// Returns the tenant's storage in bytes.
    #[must_use]
    pub const fn storage_bytes(&self) -> u64 {
        self.storage_gb_per_seat as u64 * self.seats as u64 * 1_000_000_000
    }
}
