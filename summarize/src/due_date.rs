use jiff::Span;
use jiff::civil::{Date, Weekday};

/// A day as people name it, before it is resolved against the day it was said on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SpokenDay {
    /// So many days from today.
    InDays(i64),
    /// So many weeks from today, to the day.
    InWeeks(i64),
    /// So many months from today, to the day.
    InMonths(i64),
    /// A weekday to come; never today.
    Weekday(Weekday),
    /// A weekday of the calendar week so many weeks on. A day of this week that is over means the next one.
    WeekdayOfWeek(Weekday, i64),
    /// The end of the working week so many weeks on.
    EndOfWeek(i64),
    /// The last day of the month so many months on.
    EndOfMonth(i64),
    /// The last day of a month by its number, this year's or the next one's.
    EndOfNamedMonth(i8),
    /// A day of a month by their numbers, this year's or the next one's.
    DayOfMonth(i8, i8),
    /// A day of the month to come.
    DayNumber(i8),
    /// The last day of the quarter.
    EndOfQuarter,
    /// The last day of the year.
    EndOfYear,
    /// A date in full.
    Full(i16, i8, i8),
    /// Whenever people meet again.
    NextMeeting,
}

impl SpokenDay {
    /// Returns the day that is meant when it is said on `today`; none when no such day exists.
    pub(crate) fn resolve(self, today: Date) -> Option<Date> {
        match self {
            Self::InDays(days) => today.checked_add(Span::new().try_days(days).ok()?).ok(),
            Self::InWeeks(weeks) => today.checked_add(Span::new().try_weeks(weeks).ok()?).ok(),
            Self::InMonths(months) => today.checked_add(Span::new().try_months(months).ok()?).ok(),
            Self::Weekday(weekday) => today.nth_weekday(1, weekday).ok(),
            Self::WeekdayOfWeek(weekday, weeks) => {
                let day = day_of_week(today, weekday, weeks)?;
                if weeks == 0 && day < today { day_of_week(today, weekday, 1) } else { Some(day) }
            }
            Self::EndOfWeek(weeks) => {
                let friday = day_of_week(today, Weekday::Friday, weeks)?;
                if weeks == 0 && friday < today { day_of_week(today, Weekday::Sunday, 0) } else { Some(friday) }
            }
            Self::EndOfMonth(months) => {
                Some(today.first_of_month().checked_add(Span::new().try_months(months).ok()?).ok()?.last_of_month())
            }
            Self::EndOfNamedMonth(month) => {
                let year = if month < today.month() { today.year().checked_add(1)? } else { today.year() };
                Some(Date::new(year, month, 1).ok()?.last_of_month())
            }
            Self::DayOfMonth(month, day) => {
                let this_year = Date::new(today.year(), month, day).ok().filter(|date| *date >= today);
                this_year.or_else(|| Date::new(today.year().checked_add(1)?, month, day).ok())
            }
            Self::DayNumber(day) => {
                let next_month = today.first_of_month().checked_add(Span::new().months(1)).ok()?;
                let this_month = Date::new(today.year(), today.month(), day).ok().filter(|date| *date >= today);
                this_month.or_else(|| Date::new(next_month.year(), next_month.month(), day).ok())
            }
            Self::EndOfQuarter => {
                let month = (today.month() - 1) / 3 * 3 + 3;
                Some(Date::new(today.year(), month, 1).ok()?.last_of_month())
            }
            Self::EndOfYear => Some(today.last_of_year()),
            Self::Full(year, month, day) => Date::new(year, month, day).ok(),
            Self::NextMeeting => None,
        }
    }
}

fn day_of_week(today: Date, weekday: Weekday, weeks_on: i64) -> Option<Date> {
    let monday = today.checked_sub(Span::new().days(today.weekday().to_monday_zero_offset())).ok()?;
    let days = weeks_on.checked_mul(7)?.checked_add(i64::from(weekday.to_monday_zero_offset()))?;
    monday.checked_add(Span::new().try_days(days).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Weekday, date};

    use super::SpokenDay;

    /// A Monday.
    const TODAY: jiff::civil::Date = date(2026, 11, 23);

    fn check(day: SpokenDay, expected: &str) {
        assert_eq!(day.resolve(TODAY).map(|date| date.to_string()).as_deref(), Some(expected), "{day:?}");
    }

    #[test]
    fn days_are_resolved_from_a_monday() {
        check(SpokenDay::InDays(0), "2026-11-23");
        check(SpokenDay::InDays(1), "2026-11-24");
        check(SpokenDay::Weekday(Weekday::Thursday), "2026-11-26");
        check(SpokenDay::Weekday(Weekday::Monday), "2026-11-30");
        check(SpokenDay::WeekdayOfWeek(Weekday::Tuesday, 1), "2026-12-01");
        check(SpokenDay::WeekdayOfWeek(Weekday::Monday, 0), "2026-11-23");
        check(SpokenDay::EndOfWeek(0), "2026-11-27");
        check(SpokenDay::EndOfMonth(0), "2026-11-30");
        check(SpokenDay::EndOfNamedMonth(11), "2026-11-30");
        check(SpokenDay::EndOfNamedMonth(2), "2027-02-28");
        check(SpokenDay::DayOfMonth(3, 5), "2027-03-05");
        check(SpokenDay::DayNumber(5), "2026-12-05");
        check(SpokenDay::EndOfQuarter, "2026-12-31");
    }

    #[test]
    fn days_that_do_not_exist_are_none() {
        assert_eq!(SpokenDay::DayOfMonth(2, 31).resolve(TODAY), None);
        assert_eq!(SpokenDay::InDays(i64::MAX).resolve(TODAY), None);
        assert_eq!(SpokenDay::WeekdayOfWeek(Weekday::Friday, i64::MAX).resolve(TODAY), None);
        assert_eq!(SpokenDay::Full(2026, 13, 1).resolve(TODAY), None);
    }

    #[test]
    fn a_week_that_is_over_ends_on_its_last_day() {
        let saturday = date(2026, 11, 28);
        assert_eq!(SpokenDay::EndOfWeek(0).resolve(saturday), Some(date(2026, 11, 29)));
        assert_eq!(SpokenDay::WeekdayOfWeek(Weekday::Wednesday, 0).resolve(saturday), Some(date(2026, 12, 2)));
    }
}
