use jiff::civil::Date;
use jiff::tz::TimeZone;
use model::{Language, MediaTime, Participant, Timestamp, Transcript};

/// A meeting as the writer of minutes sees it: what was said, who was there, and when and where it was.
#[derive(Debug, Clone)]
pub struct Meeting {
    /// What was said.
    pub transcript: Transcript,
    /// The roster; names spoken are matched against it.
    pub participants: Vec<Participant>,
    /// The meeting's title.
    pub title: String,
    /// The language most of the meeting is held in.
    pub language: Language,
    /// The IANA time zone in which spoken dates are resolved.
    pub time_zone: String,
    /// The wall-clock time of media time zero; without it no spoken date is resolved.
    pub started_at: Option<Timestamp>,
}

impl Meeting {
    /// Returns the calendar day in the meeting's time zone at a moment of the recording.
    pub(crate) fn date_at(&self, at: MediaTime) -> Option<Date> {
        let zone = TimeZone::get(&self.time_zone).ok()?;
        let moment = self.started_at?.plus_millis(i64::try_from(at.as_millis()).ok()?);
        Some(jiff::Timestamp::from_microsecond(moment.as_micros()).ok()?.to_zoned(zone).date())
    }
}
