use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader, TantivyError};
use tokio::time::Instant;

use crate::recording_table::{RecordingSet, RecordingTable, SegmentRecordings};
use crate::request::SortOrder;
use crate::schema::{HOST_COLUMN, RECORDED_AT_COLUMN, SPEAKER_COLUMN, START_COLUMN};

/// How many documents are taken between two looks at the clock.
const DOCUMENTS_PER_LOOK: u32 = 1024;

/// Gathers the matching documents by recording and keeps the best of each.
pub(crate) struct GroupCollector {
    pub(crate) table: Arc<RecordingTable>,
    pub(crate) sort: SortOrder,
    pub(crate) hits_max: usize,
    /// Whether to count who said what.
    pub(crate) facets: bool,
    pub(crate) deadline: Instant,
}

/// The matching documents of one recording.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) total_hits: usize,
    pub(crate) best_score: Score,
    pub(crate) recorded_at_ms: i64,
    pub(crate) hits: Vec<Candidate>,
    /// Who owns the meeting, and how many hits each speaker said; empty unless asked for.
    pub(crate) host: Option<String>,
    pub(crate) speakers: HashMap<String, usize>,
}

/// A document that may be shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    pub(crate) address: DocAddress,
    pub(crate) score: Score,
    start_ms: u64,
}

/// What was gathered, by the number of the recording.
pub(crate) struct Gathered {
    pub(crate) groups: HashMap<usize, Group>,
    /// Whether the deadline passed, so that something is missing.
    pub(crate) expired: bool,
}

impl Group {
    fn new(recorded_at_ms: i64) -> Self {
        Self { total_hits: 0, best_score: 0.0, recorded_at_ms, hits: Vec::new(), host: None, speakers: HashMap::new() }
    }

    fn keep_best(&mut self, sort: SortOrder, hits_max: usize) {
        self.hits.sort_by(|left, right| left.compare(right, sort));
        self.hits.truncate(hits_max);
    }
}

impl Candidate {
    fn compare(&self, other: &Self, sort: SortOrder) -> Ordering {
        let by_start = self.start_ms.cmp(&other.start_ms);
        match sort {
            SortOrder::Relevance => other.score.total_cmp(&self.score).then(by_start),
            SortOrder::Time => by_start.then(other.score.total_cmp(&self.score)),
        }
    }
}

impl Collector for GroupCollector {
    type Fruit = Gathered;
    type Child = GroupSegmentCollector;

    fn for_segment(
        &self,
        segment_ord: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> Result<GroupSegmentCollector, TantivyError> {
        Ok(GroupSegmentCollector {
            segment_ord,
            recordings: self.table.segment(reader),
            starts_ms: reader.fast_fields().u64(START_COLUMN)?,
            recorded_at_ms: reader.fast_fields().i64(RECORDED_AT_COLUMN)?,
            sort: self.sort,
            hits_max: self.hits_max,
            deadline: self.deadline,
            columns: if self.facets { Some(FacetColumns::of(reader)?) } else { None },
            by_speaker: HashMap::new(),
            until_look: 0,
            gathered: Gathered { groups: HashMap::new(), expired: false },
        })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, fruits: Vec<Gathered>) -> Result<Gathered, TantivyError> {
        let mut merged = Gathered { groups: HashMap::new(), expired: false };
        for fruit in fruits {
            merged.expired |= fruit.expired;
            for (number, group) in fruit.groups {
                let target = merged.groups.entry(number).or_insert_with(|| Group::new(group.recorded_at_ms));
                target.total_hits += group.total_hits;
                target.best_score = target.best_score.max(group.best_score);
                target.hits.extend(group.hits);
                target.host = target.host.take().or(group.host);
                for (speaker, hits) in group.speakers {
                    *target.speakers.entry(speaker).or_default() += hits;
                }
            }
        }
        for group in merged.groups.values_mut() {
            group.keep_best(self.sort, self.hits_max);
        }
        Ok(merged)
    }
}

pub(crate) struct GroupSegmentCollector {
    segment_ord: SegmentOrdinal,
    recordings: Option<SegmentRecordings>,
    starts_ms: Column<u64>,
    recorded_at_ms: Column<i64>,
    sort: SortOrder,
    hits_max: usize,
    deadline: Instant,
    columns: Option<FacetColumns>,
    /// Hits by recording and by the segment's number of the speaker.
    by_speaker: HashMap<(usize, u64), usize>,
    until_look: u32,
    gathered: Gathered,
}

impl SegmentCollector for GroupSegmentCollector {
    type Fruit = Gathered;

    fn collect(&mut self, document: DocId, score: Score) {
        if self.until_look == 0 {
            self.until_look = DOCUMENTS_PER_LOOK;
            self.gathered.expired |= Instant::now() >= self.deadline;
        }
        self.until_look -= 1;
        if self.gathered.expired {
            return;
        }
        let Some(number) = self.recordings.as_ref().and_then(|recordings| recordings.of(document)) else { return };
        let recorded_at_ms = self.recorded_at_ms.first(document).unwrap_or_default();
        if let Some(speaker) = self.columns.as_ref().and_then(|columns| columns.speaker(document)) {
            *self.by_speaker.entry((number, speaker)).or_default() += 1;
        }
        let columns = self.columns.as_ref();
        let group = self.gathered.groups.entry(number).or_insert_with(|| Group {
            host: columns.and_then(|columns| columns.host(document)),
            ..Group::new(recorded_at_ms)
        });
        group.total_hits += 1;
        group.best_score = group.best_score.max(score);
        let start_ms = self.starts_ms.first(document).unwrap_or_default();
        group.hits.push(Candidate { address: DocAddress::new(self.segment_ord, document), score, start_ms });
        if group.hits.len() >= self.hits_max.saturating_mul(2).max(16) {
            group.keep_best(self.sort, self.hits_max);
        }
    }

    fn harvest(mut self) -> Gathered {
        let mut names: HashMap<u64, Option<String>> = HashMap::new();
        for ((number, speaker), hits) in self.by_speaker {
            let columns = self.columns.as_ref();
            let name =
                names.entry(speaker).or_insert_with(|| columns.and_then(|columns| columns.speaker_name(speaker)));
            if let (Some(group), Some(name)) = (self.gathered.groups.get_mut(&number), name) {
                *group.speakers.entry(name.clone()).or_default() += hits;
            }
        }
        self.gathered
    }
}

/// The columns of a segment that facets are counted by.
struct FacetColumns {
    speakers: Option<StrColumn>,
    hosts: Option<StrColumn>,
}

impl FacetColumns {
    fn of(reader: &SegmentReader) -> Result<Self, TantivyError> {
        let columns = reader.fast_fields();
        Ok(Self { speakers: columns.str(SPEAKER_COLUMN)?, hosts: columns.str(HOST_COLUMN)? })
    }

    fn speaker(&self, document: DocId) -> Option<u64> {
        self.speakers.as_ref()?.ords().first(document)
    }

    fn speaker_name(&self, ordinal: u64) -> Option<String> {
        text_of(self.speakers.as_ref()?, ordinal)
    }

    fn host(&self, document: DocId) -> Option<String> {
        let hosts = self.hosts.as_ref()?;
        text_of(hosts, hosts.ords().first(document)?)
    }
}

fn text_of(column: &StrColumn, ordinal: u64) -> Option<String> {
    let mut text = String::new();
    column.ord_to_str(ordinal, &mut text).ok()?.then_some(text)
}

/// Gathers only which recordings have a matching document.
pub(crate) struct RecordingSetCollector {
    pub(crate) table: Arc<RecordingTable>,
}

impl Collector for RecordingSetCollector {
    type Fruit = RecordingSet;
    type Child = RecordingSetSegmentCollector;

    fn for_segment(
        &self,
        _segment_ord: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> Result<RecordingSetSegmentCollector, TantivyError> {
        Ok(RecordingSetSegmentCollector { recordings: self.table.segment(reader), found: self.table.empty_set() })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<RecordingSet>) -> Result<RecordingSet, TantivyError> {
        let mut merged = self.table.empty_set();
        for fruit in &fruits {
            merged.union(fruit);
        }
        Ok(merged)
    }
}

pub(crate) struct RecordingSetSegmentCollector {
    recordings: Option<SegmentRecordings>,
    found: RecordingSet,
}

impl SegmentCollector for RecordingSetSegmentCollector {
    type Fruit = RecordingSet;

    fn collect(&mut self, document: DocId, _score: Score) {
        if let Some(number) = self.recordings.as_ref().and_then(|recordings| recordings.of(document)) {
            self.found.insert(number);
        }
    }

    fn harvest(self) -> RecordingSet {
        self.found
    }
}
