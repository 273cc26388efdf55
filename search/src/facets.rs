use std::collections::HashMap;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// How many values of a kind are returned.
const VALUES_MAX: usize = 50;

/// How the hits spread, to narrow a search by. Counted over what the caller may see and over nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facets {
    /// By the name of who said it; for `speaker:`. Titles and minutes were said by nobody.
    pub speakers: Vec<FacetCount>,
    /// By the month of the meeting, `2026-11`, in the time zone of the request.
    pub months: Vec<FacetCount>,
    /// By the account that owns the meeting; for `host:`.
    pub hosts: Vec<FacetCount>,
}

/// How often a value comes up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetCount {
    /// The value.
    pub value: String,
    /// In how many recordings.
    pub recordings: usize,
    /// In how many hits.
    pub hits: usize,
}

/// Adds up hits by value; each call is for another recording.
#[derive(Debug, Default)]
pub(crate) struct FacetTally {
    counts: HashMap<String, (usize, usize)>,
}

impl FacetTally {
    pub(crate) fn add(&mut self, value: &str, hits: usize) {
        match self.counts.get_mut(value) {
            Some((recordings, all_hits)) => {
                *recordings += 1;
                *all_hits += hits;
            }
            None => drop(self.counts.insert(value.to_owned(), (1, hits))),
        }
    }

    /// Returns the most frequent values first.
    pub(crate) fn into_counts(self) -> Vec<FacetCount> {
        let counts = self.counts.into_iter();
        let mut counts: Vec<FacetCount> =
            counts.map(|(value, (recordings, hits))| FacetCount { value, recordings, hits }).collect();
        counts.sort_by(|left, right| right.hits.cmp(&left.hits).then_with(|| left.value.cmp(&right.value)));
        counts.truncate(VALUES_MAX);
        counts
    }
}

/// Names the month of a moment; none outside the calendar.
pub(crate) fn month_of(milliseconds: i64, time_zone: &TimeZone) -> Option<String> {
    let moment = jiff::Timestamp::from_millisecond(milliseconds).ok()?;
    let date = moment.to_zoned(time_zone.clone()).date();
    Some(format!("{:04}-{:02}", date.year(), date.month()))
}
