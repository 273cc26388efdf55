use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use mixer::MixerOutput;
use model::{MediaTime, Rendition, TimelineEventKind};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::Error;
use crate::control::Finished;
use crate::next_sequences::NextSequences;
use crate::open_segment::OpenSegment;
use crate::spool::{Spool, SpoolFile};

/// Turns what the mixer puts out into closed spool files, in order. Blocks; runs on a thread of its own.
pub(crate) struct SpoolWriter {
    spool: Spool,
    epoch: u32,
    progress: Arc<SpoolProgress>,
    open: HashMap<Rendition, OpenSegment>,
    next: NextSequences,
    /// Up to where each rendition is durable.
    durable_us: BTreeMap<Rendition, u64>,
    last_problem: Option<String>,
}

/// What the writer has made durable so far, for status reports.
#[derive(Debug, Default)]
pub(crate) struct SpoolProgress {
    pub(crate) closed_files: AtomicU64,
    pub(crate) durable_until_us: AtomicU64,
    pub(crate) changed: Notify,
}

/// A line of the spool's event file.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SpooledEvent {
    pub(crate) at_ms: MediaTime,
    #[serde(flatten)]
    pub(crate) kind: TimelineEventKind,
}

impl SpoolWriter {
    pub(crate) fn new(spool: Spool, epoch: u32, next: NextSequences, progress: Arc<SpoolProgress>) -> Self {
        Self { spool, epoch, progress, open: HashMap::new(), next, durable_us: BTreeMap::new(), last_problem: None }
    }

    /// Writes one output. Returns whether it was the last.
    pub(crate) fn write(&mut self, output: MixerOutput) -> Result<bool, Error> {
        match output {
            MixerOutput::Init { rendition, bytes } => {
                self.durable_us.entry(rendition).or_default();
                self.close_file(&SpoolFile::Init { rendition, epoch: self.epoch }, &bytes)?;
            }
            MixerOutput::Chunk { rendition, starts_segment, start_us, duration_us, bytes } => {
                self.write_chunk(rendition, starts_segment, start_us, duration_us, &bytes)?;
            }
            MixerOutput::Speech { participant_id, start_us, duration_us, bytes } => {
                let sequence = self.next.take_speech(&participant_id);
                let file = SpoolFile::Speech { participant_id, sequence, start_us, duration_us };
                self.close_file(&file, &bytes)?;
            }
            MixerOutput::ActiveSpeaker { participant_id, at } => {
                let event = SpooledEvent { at_ms: at, kind: TimelineEventKind::ActiveSpeaker { participant_id } };
                let line = serde_json::to_string(&event).map_err(Error::Control)? + "\n";
                self.spool.append_event(&line)?;
            }
            MixerOutput::Failed { problem } => self.last_problem = Some(problem),
            MixerOutput::Finished { duration_us } => {
                self.close_segment(Rendition::Video)?;
                self.close_segment(Rendition::Audio)?;
                self.spool.write_finished(&Finished { duration_us, problem: self.last_problem.take() })?;
                return Ok(true);
            }
            MixerOutput::Rtcp { .. } | MixerOutput::TrackFailed { .. } => {}
        }
        Ok(false)
    }

    fn write_chunk(
        &mut self,
        rendition: Rendition,
        starts_segment: bool,
        start_us: u64,
        duration_us: u64,
        bytes: &[u8],
    ) -> Result<(), Error> {
        if starts_segment {
            self.close_segment(rendition)?;
        }
        let segment = match self.open.entry(rendition) {
            Entry::Occupied(open) => open.into_mut(),
            Entry::Vacant(place) => {
                let sequence = self.next.take_segment(rendition);
                let directory = self.spool.directory();
                place.insert(OpenSegment::create(directory, rendition, self.epoch, sequence, start_us)?)
            }
        };
        segment.append(bytes, start_us + duration_us)?;
        let synced_until_us = segment.synced_until_us();
        self.note_durable(rendition, synced_until_us);
        Ok(())
    }

    fn close_segment(&mut self, rendition: Rendition) -> Result<(), Error> {
        let Some(segment) = self.open.remove(&rendition) else { return Ok(()) };
        let end_us = segment.end_us();
        segment.close()?;
        self.note_durable(rendition, end_us);
        self.announce();
        Ok(())
    }

    /// The recording is durable as far as all of its renditions are.
    fn note_durable(&mut self, rendition: Rendition, until_us: u64) {
        self.durable_us.insert(rendition, until_us);
        let until_us = self.durable_us.values().copied().min().unwrap_or(0);
        if self.progress.durable_until_us.fetch_max(until_us, Ordering::Relaxed) == 0 && until_us > 0 {
            self.progress.changed.notify_one();
        }
    }

    fn close_file(&self, name: &SpoolFile, bytes: &[u8]) -> Result<(), Error> {
        self.spool.write_closed(name, bytes)?;
        self.announce();
        Ok(())
    }

    fn announce(&self) {
        self.progress.closed_files.fetch_add(1, Ordering::Relaxed);
        self.progress.changed.notify_one();
    }
}
