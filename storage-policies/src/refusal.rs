use model::{Language, PlanName};
use serde::{Deserialize, Serialize};

/// Why a recording may not start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "snake_case")]
pub enum Refusal {
    /// The tenant's storage is full.
    StorageFull {
        /// The tenant's plan.
        plan: PlanName,
        /// What is stored.
        used_bytes: u64,
        /// What may be stored, all seats together.
        limit_bytes: u64,
    },
    /// The month's recordings with minutes are used up.
    SmartRecordingsUsedUp {
        /// The tenant's plan.
        plan: PlanName,
        /// How many were started this month.
        used: u32,
        /// How many a month may have.
        limit: u32,
    },
    /// The room is larger than the plan allows.
    RoomTooLarge {
        /// The tenant's plan.
        plan: PlanName,
        /// The people asked for.
        size: u32,
        /// The people allowed.
        limit: u32,
    },
}

impl Refusal {
    /// Tells a person the plan, its use, its limit, and what to do, in one paragraph without mark-up.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        match language {
            Language::English => self.english(),
            Language::Mandarin => self.chinese(),
        }
    }

    fn english(&self) -> String {
        match *self {
            Self::StorageFull { plan, used_bytes, limit_bytes } => format!(
                "Storage is full: {} of {} GB of the {plan} plan are used. Delete recordings and empty the trash, add \
                 seats, or change to a larger plan, then start again.",
                gigabytes(used_bytes),
                gigabytes(limit_bytes),
            ),
            Self::SmartRecordingsUsedUp { plan, used, limit } => format!(
                "No recordings with minutes are left this month: {used} of {limit} of the {plan} plan are used. Start \
                 without minutes, wait for next month, or change to a larger plan."
            ),
            Self::RoomTooLarge { plan, size, limit } => format!(
                "The room is too large: {size} people were asked for, the {plan} plan allows {limit}. Make the room \
                 smaller or change to a larger plan."
            ),
        }
    }

    fn chinese(&self) -> String {
        match *self {
            Self::StorageFull { plan, used_bytes, limit_bytes } => format!(
                "存储空间已满：{}共 {} GB，已用 {} GB。请删除录制并清空回收站、增加席位或升级套餐后重试。",
                chinese_name(plan),
                gigabytes(limit_bytes),
                gigabytes(used_bytes),
            ),
            Self::SmartRecordingsUsedUp { plan, used, limit } => format!(
                "本月智能录制次数已用完：{}每月 {limit} 次，已用 {used} 次。请关闭会议纪要后开始录制、等待下个月或升级套餐。",
                chinese_name(plan),
            ),
            Self::RoomTooLarge { plan, size, limit } => format!(
                "会议室人数超限：请求 {size} 人，{}最多 {limit} 人。请缩小会议室规模或升级套餐。",
                chinese_name(plan),
            ),
        }
    }
}

const fn chinese_name(plan: PlanName) -> &'static str {
    match plan {
        PlanName::Free => "免费版",
        PlanName::Standard => "标准版",
        PlanName::Flagship => "旗舰版",
    }
}

/// Writes bytes as gigabytes of 10^9 bytes with two decimals, rounded down so that "full" never reads as less.
fn gigabytes(bytes: u64) -> String {
    let hundredths = bytes / 10_000_000;
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:02}") }
}

#[cfg(test)]
mod tests {
    use model::{Language, PlanName};

    use super::Refusal;

    #[test]
    fn messages_name_plan_use_limit_and_a_way_out() {
        let storage =
            Refusal::StorageFull { plan: PlanName::Free, used_bytes: 1_056_000_000, limit_bytes: 1_000_000_000 };
        let smart = Refusal::SmartRecordingsUsedUp { plan: PlanName::Free, used: 3, limit: 2 };
        let room = Refusal::RoomTooLarge { plan: PlanName::Standard, size: 120, limit: 100 };
        for (refusal, language, parts) in [
            (&storage, Language::English, ["free plan", "1.05", "1 GB", "larger plan"]),
            (&storage, Language::Mandarin, ["免费版", "已用 1.05 GB", "共 1 GB", "升级套餐"]),
            (&smart, Language::English, ["free plan", "3 of", "of 2", "without minutes"]),
            (&smart, Language::Mandarin, ["免费版", "已用 3 次", "每月 2 次", "关闭会议纪要"]),
            (&room, Language::English, ["standard plan", "120 people", "allows 100", "smaller"]),
            (&room, Language::Mandarin, ["标准版", "120 人", "最多 100 人", "缩小"]),
        ] {
            let message = refusal.message(language);
            for part in parts {
                assert!(message.contains(part), "{message:?} lacks {part:?}");
            }
        }
    }

    #[test]
    fn refusals_have_a_stable_wire_form() {
        let refusal = Refusal::RoomTooLarge { plan: PlanName::Free, size: 11, limit: 10 };
        assert_eq!(
            serde_json::to_string(&refusal).unwrap(),
            r#"{"refusal":"room_too_large","plan":"free","size":11,"limit":10}"#
        );
    }
}
