use model::{Plan, SmartRecordingLimit};
use serde::{Deserialize, Serialize};

use crate::Refusal;

/// What a tenant has used of its plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Everything stored, the trash included, in bytes.
    pub stored_bytes: u64,
    /// The recordings with minutes started since [`crate::month_start`].
    pub smart_recordings: u32,
}

/// What a new recording asks of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdmissionRequest {
    /// Whether minutes are to be written.
    pub smart_minutes: bool,
    /// How many people the room is to hold.
    pub room_size: u32,
}

/// Decides whether a recording may start. A running recording is never asked again, so it always finishes.
///
/// # Errors
/// The first [`Refusal`] that applies: storage, then room size, then smart recordings.
pub fn admit_recording(plan: &Plan, usage: &Usage, request: AdmissionRequest) -> Result<(), Refusal> {
    let limit_bytes = plan.storage_bytes();
    if usage.stored_bytes >= limit_bytes {
        return Err(Refusal::StorageFull { plan: plan.name, used_bytes: usage.stored_bytes, limit_bytes });
    }
    if request.room_size > plan.room_size_max {
        return Err(Refusal::RoomTooLarge { plan: plan.name, size: request.room_size, limit: plan.room_size_max });
    }
    match plan.smart_recordings {
        SmartRecordingLimit::PerMonth { count } if request.smart_minutes && usage.smart_recordings >= count => {
            Err(Refusal::SmartRecordingsUsedUp { plan: plan.name, used: usage.smart_recordings, limit: count })
        }
        SmartRecordingLimit::PerMonth { .. } | SmartRecordingLimit::Unlimited => Ok(()),
    }
}

/// How full a tenant's storage is, in the steps at which people are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuotaLevel {
    /// Below 80 %.
    Ample,
    /// From 80 %: time to tidy up or to buy more.
    NearlyFull,
    /// From 95 %: recordings are about to be refused.
    Critical,
    /// From 100 %: running recordings finish, new ones are refused.
    Full,
}

impl QuotaLevel {
    /// Returns the step that `usage` has reached.
    #[must_use]
    pub const fn of(plan: &Plan, usage: &Usage) -> Self {
        let limit_bytes = plan.storage_bytes() as u128;
        let used_hundredfold = usage.stored_bytes as u128 * 100;
        if used_hundredfold >= limit_bytes * 100 {
            Self::Full
        } else if used_hundredfold >= limit_bytes * 95 {
            Self::Critical
        } else if used_hundredfold >= limit_bytes * 80 {
            Self::NearlyFull
        } else {
            Self::Ample
        }
    }
}

#[cfg(test)]
mod tests {
    use model::{Plan, PlanName};
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::{AdmissionRequest, QuotaLevel, Usage, admit_recording};
    use crate::Refusal;

    const GB: u64 = 1_000_000_000;

    #[test]
    fn every_limit_is_checked_at_its_edge() {
        let (free, standard, flagship) = (PlanName::Free, PlanName::Standard, PlanName::Flagship);
        let full = |plan, used_bytes, limit_bytes| Err(Refusal::StorageFull { plan, used_bytes, limit_bytes });
        let smart = |used| Err(Refusal::SmartRecordingsUsedUp { plan: free, used, limit: 2 });
        let room = |plan, size, limit| Err(Refusal::RoomTooLarge { plan, size, limit });
        for (plan, seats, stored_bytes, smart_recordings, smart_minutes, room_size, expected) in [
            (free, 1, 0, 0, true, 10, Ok(())),
            (free, 1, GB - 1, 1, true, 10, Ok(())),
            (free, 1, GB, 0, false, 2, full(free, GB, GB)),
            (free, 3, GB, 0, false, 2, Ok(())),
            (free, 0, 0, 0, false, 2, full(free, 0, 0)),
            (free, 1, 0, 2, true, 2, smart(2)),
            (free, 1, 0, 7, true, 2, smart(7)),
            (free, 1, 0, 2, false, 2, Ok(())),
            (free, 1, 0, 0, false, 11, room(free, 11, 10)),
            (free, 1, 0, 2, true, 11, room(free, 11, 10)),
            (free, 1, 2 * GB, 2, true, 11, full(free, 2 * GB, GB)),
            (standard, 2, 200 * GB - 1, u32::MAX, true, 100, Ok(())),
            (standard, 2, 200 * GB, 0, true, 100, full(standard, 200 * GB, 200 * GB)),
            (standard, 2, 0, 0, true, 101, room(standard, 101, 100)),
            (flagship, 1, 600 * GB - 1, 9, true, 300, Ok(())),
            (flagship, 1, 600 * GB, 9, true, 300, full(flagship, 600 * GB, 600 * GB)),
        ] {
            let usage = Usage { stored_bytes, smart_recordings };
            let request = AdmissionRequest { smart_minutes, room_size };
            let found = admit_recording(&Plan::published(plan, seats), &usage, request);
            assert_eq!(found, expected, "{plan} x {seats}, {usage:?}, {request:?}");
        }
    }

    #[test]
    fn people_are_told_at_80_95_and_100_percent() {
        let plan = Plan::published(PlanName::Standard, 1);
        for (stored_bytes, expected) in [
            (0, QuotaLevel::Ample),
            (80 * GB - 1, QuotaLevel::Ample),
            (80 * GB, QuotaLevel::NearlyFull),
            (95 * GB - 1, QuotaLevel::NearlyFull),
            (95 * GB, QuotaLevel::Critical),
            (100 * GB - 1, QuotaLevel::Critical),
            (100 * GB, QuotaLevel::Full),
            (u64::MAX, QuotaLevel::Full),
        ] {
            assert_eq!(QuotaLevel::of(&plan, &Usage { stored_bytes, smart_recordings: 0 }), expected, "{stored_bytes}");
        }
        assert!(QuotaLevel::Ample < QuotaLevel::Full);
    }

    proptest! {
        #[test]
        fn storage_is_refused_exactly_when_it_is_full(stored_bytes in any::<u64>(), seats in 0_u32..1000) {
            let plan = Plan::published(PlanName::Flagship, seats);
            let usage = Usage { stored_bytes, smart_recordings: 0 };
            let request = AdmissionRequest { smart_minutes: true, room_size: 1 };
            let refused = admit_recording(&plan, &usage, request).is_err();
            prop_assert_eq!(refused, QuotaLevel::of(&plan, &usage) == QuotaLevel::Full);
        }
    }
}
