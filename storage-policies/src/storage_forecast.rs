use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Amount, SimulatedDay};

/// Growth is taken from the last so many days.
const LOOK_BACK_DAYS: i32 = 30;

/// How full the storage will be, if people go on as they do and the rules in force are carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageForecast {
    /// What is written on a day on average, in bytes.
    pub daily_growth_bytes: u64,
    /// What will be stored at the end of each day, today first.
    pub days: Vec<ForecastDay>,
    /// The first day on which the limit is reached; none when that lies beyond the last.
    pub full_on: Option<Date>,
}

/// A day to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForecastDay {
    /// The day.
    pub day: Date,
    /// What will be stored at its end, in bytes.
    pub stored_bytes: u64,
    /// What the rules will have destroyed on it.
    pub purged: Amount,
}

impl StorageForecast {
    /// Looks ahead for so many days. `written` is what was written on past days and is still there; `purges` is what the
    /// simulation says about what is stored now. What is yet to be recorded is taken to stay.
    #[must_use]
    pub fn new(
        (used_bytes, limit_bytes): (u64, u64),
        written: &[(Date, u64)],
        purges: &[SimulatedDay],
        today: Date,
        days_ahead: u16,
    ) -> Self {
        let daily_growth_bytes = daily_growth(written, today);
        let mut forecast = Self { daily_growth_bytes, days: Vec::new(), full_on: None };
        let mut stored_bytes = used_bytes;
        for ahead in 0..=i32::from(days_ahead) {
            // The end of the calendar ends the forecast.
            let Ok(day) = today.checked_add(ahead.days()) else { break };
            let purged = purges.iter().find(|simulated| simulated.day == day);
            let purged = purged.map_or_else(Amount::default, |simulated| simulated.purged);
            let grown = if ahead == 0 { 0 } else { daily_growth_bytes };
            stored_bytes = stored_bytes.saturating_add(grown).saturating_sub(purged.stored_bytes);
            forecast.days.push(ForecastDay { day, stored_bytes, purged });
            if stored_bytes >= limit_bytes && forecast.full_on.is_none() {
                forecast.full_on = Some(day);
            }
        }
        forecast
    }
}

/// A deployment that is younger than the look back is taken as old as its first bytes.
fn daily_growth(written: &[(Date, u64)], today: Date) -> u64 {
    let age_days = |day: Date| today.since(day).map_or(i32::MAX, |span| span.get_days());
    let recent = written.iter().filter(|(day, _)| (0..LOOK_BACK_DAYS).contains(&age_days(*day)));
    let oldest_days = written.iter().map(|(day, _)| age_days(*day).saturating_add(1)).max().unwrap_or(1);
    let total: u64 = recent.map(|(_, bytes)| *bytes).fold(0, u64::saturating_add);
    total / u64::try_from(oldest_days.clamp(1, LOOK_BACK_DAYS)).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::StorageForecast;
    use crate::{Amount, SimulatedDay};

    fn purge(day: Date, stored_bytes: u64) -> SimulatedDay {
        SimulatedDay { day, trashed: Amount::default(), purged: Amount { recordings: 1, stored_bytes } }
    }

    #[test]
    fn storage_grows_as_it_did_and_shrinks_as_the_rules_say() {
        let today = date(2026, 3, 1);
        let written = [(date(2026, 1, 1), 9_000), (date(2026, 2, 20), 200), (date(2026, 3, 1), 100)];
        let purges = [purge(date(2026, 3, 2), 50), purge(date(2026, 3, 4), 1_000)];
        let forecast = StorageForecast::new((90, 115), &written, &purges, today, 4);
        assert_eq!(forecast.daily_growth_bytes, 10, "300 bytes in 30 days");
        let stored: Vec<u64> = forecast.days.iter().map(|day| day.stored_bytes).collect();
        assert_eq!(stored, [90, 50, 60, 0, 10]);
        assert_eq!(forecast.full_on, None);
        let full = StorageForecast::new((90, 115), &written, &[], today, 4);
        assert_eq!(full.full_on, Some(date(2026, 3, 4)));
    }

    #[test]
    fn a_young_deployment_is_as_old_as_its_first_bytes() {
        let today = date(2026, 3, 3);
        let written = [(date(2026, 3, 2), 60), (date(2026, 3, 3), 20)];
        assert_eq!(StorageForecast::new((0, 1), &written, &[], today, 0).daily_growth_bytes, 40);
        let nothing = StorageForecast::new((0, 0), &[], &[], today, 0);
        assert_eq!((nothing.daily_growth_bytes, nothing.full_on), (0, Some(today)));
    }
}
