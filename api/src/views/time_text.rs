use model::Timestamp;

/// Writes a wall-clock time as the API does: RFC 3339 in UTC.
pub(crate) fn time_text(timestamp: Timestamp) -> String {
    timestamp.to_string()
}

/// Parses an RFC 3339 time or a plain date, which stands for its first moment in UTC.
pub(crate) fn parse_time(text: &str) -> Option<Timestamp> {
    if let Ok(timestamp) = text.parse::<jiff::Timestamp>() {
        return Some(Timestamp::from_micros(timestamp.as_microsecond()));
    }
    let date: jiff::civil::Date = text.parse().ok()?;
    let zoned = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Timestamp::from_micros(zoned.timestamp().as_microsecond()))
}

#[cfg(test)]
mod tests {
    use model::Timestamp;

    use super::{parse_time, time_text};

    #[test]
    fn times_and_dates_parse() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(parse_time(text).map(time_text).as_deref(), expected, "{text}");
        };
        check("2026-03-02T09:00:00Z", Some("2026-03-02T09:00:00.000Z"));
        check("2026-03-02T09:00:00+08:00", Some("2026-03-02T01:00:00.000Z"));
        check("2026-03-02", Some("2026-03-02T00:00:00.000Z"));
        check("yesterday", None);
        check("2026-02-30", None);
        check("", None);
    }

    #[test]
    fn times_have_milliseconds() {
        assert_eq!(time_text(Timestamp::from_micros(1_500_000)), "1970-01-01T00:00:01.500Z");
    }
}
