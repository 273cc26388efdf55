use jiff::tz::TimeZone;
use model::Timestamp;

use crate::Error;

/// Returns the first moment of the calendar month that holds `now` in an IANA time zone: where the month's smart
/// recordings start to count.
///
/// # Errors
/// [`Error::UnknownTimeZone`] and [`Error::TimeOutOfRange`].
pub fn month_start(now: Timestamp, time_zone: &str) -> Result<Timestamp, Error> {
    let zone = TimeZone::get(time_zone)
        .map_err(|source| Error::UnknownTimeZone { time_zone: time_zone.chars().take(80).collect(), source })?;
    let out_of_range = |source| Error::TimeOutOfRange { micros: now.as_micros(), source };
    let moment = jiff::Timestamp::from_microsecond(now.as_micros()).map_err(out_of_range)?;
    // Midnight of the first may not exist where the clocks change then; jiff takes the first moment that does.
    let first = moment.to_zoned(zone).first_of_month().and_then(|day| day.start_of_day()).map_err(out_of_range)?;
    Ok(Timestamp::from_micros(first.timestamp().as_microsecond()))
}

#[cfg(test)]
mod tests {
    use model::Timestamp;
    use proptest::prelude::{prop_assert, proptest};

    use super::month_start;
    use crate::Error;

    fn micros(text: &str) -> i64 {
        text.parse::<jiff::Timestamp>().unwrap().as_microsecond()
    }

    #[test]
    fn a_month_starts_at_local_midnight() {
        for (now, time_zone, start) in [
            ("2026-11-23T10:00:00Z", "UTC", "2026-11-01T00:00:00Z"),
            ("2026-11-23T10:00:00Z", "Asia/Shanghai", "2026-10-31T16:00:00Z"),
            ("2026-10-31T16:00:00Z", "Asia/Shanghai", "2026-10-31T16:00:00Z"),
            ("2026-10-31T15:59:59.999999Z", "Asia/Shanghai", "2026-09-30T16:00:00Z"),
            ("2026-03-29T12:00:00Z", "Europe/Berlin", "2026-02-28T23:00:00Z"),
            ("2026-11-30T12:00:00Z", "America/New_York", "2026-11-01T04:00:00Z"),
            ("2024-03-01T00:00:00Z", "Pacific/Honolulu", "2024-02-01T10:00:00Z"),
            ("1969-12-31T23:00:00Z", "UTC", "1969-12-01T00:00:00Z"),
        ] {
            let found = month_start(Timestamp::from_micros(micros(now)), time_zone).unwrap();
            assert_eq!(found.as_micros(), micros(start), "{now} in {time_zone}");
        }
    }

    #[test]
    fn unknown_zones_and_times_are_errors() {
        let now = Timestamp::from_micros(0);
        assert!(matches!(month_start(now, "Mars/Olympus"), Err(Error::UnknownTimeZone { .. })));
        assert!(matches!(
            month_start(Timestamp::from_micros(i64::MAX), "UTC"),
            Err(Error::TimeOutOfRange { micros: i64::MAX, .. })
        ));
    }

    proptest! {
        #[test]
        fn a_month_start_is_its_own_start(now in -2_000_000_000_000_000_i64..4_000_000_000_000_000) {
            let now = Timestamp::from_micros(now);
            let start = month_start(now, "Asia/Shanghai").unwrap();
            prop_assert!(start <= now && now.millis_since(start) < 31 * 24 * 3_600_000);
            prop_assert!(month_start(start, "Asia/Shanghai").unwrap() == start);
        }
    }
}
