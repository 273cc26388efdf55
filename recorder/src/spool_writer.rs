use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use mixer::MixerOutput;
use model::{MediaTime, Rendition, SpanCause, TimelineEventKind};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::Error;
use crate::control::Finished;
use crate::next_sequences::NextSequences;
use crate::open_segment::OpenSegment;
use crate::reserve::Reserve;
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
    reserve: Reserve,
    /// Renditions that lost something because the disk is full, and have not gone on yet.
    broken: BTreeSet<Rendition>,
    /// Lines of the event file that could not be written yet.
    events: String,
    last_problem: Option<String>,
}

/// What the writer has made durable so far, for status reports.
#[derive(Debug, Default)]
pub(crate) struct SpoolProgress {
    pub(crate) closed_files: AtomicU64,
    pub(crate) durable_until_us: AtomicU64,
    /// Whether something could not be written since the disk was looked at last.
    pub(crate) write_failed: AtomicBool,
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
    pub(crate) fn new(
        spool: Spool,
        epoch: u32,
        next: NextSequences,
        reserve: Reserve,
        progress: Arc<SpoolProgress>,
    ) -> Self {
        Self {
            spool,
            epoch,
            progress,
            open: HashMap::new(),
            next,
            durable_us: BTreeMap::new(),
            reserve,
            broken: BTreeSet::new(),
            events: String::new(),
            last_problem: None,
        }
    }

    /// Writes one output. Returns whether it was the last. A disk that is full costs what comes while it is, marked; it
    /// does not end the recording.
    pub(crate) fn write(&mut self, output: MixerOutput) -> Result<bool, Error> {
        self.flush_events()?;
        match output {
            MixerOutput::Init { rendition, bytes } => {
                self.durable_us.entry(rendition).or_default();
                self.close_file(&SpoolFile::Init { rendition, epoch: self.epoch }, &bytes)?;
            }
            MixerOutput::Chunk { rendition, starts_segment, start_us, duration_us, bytes } => {
                let chunk = Chunk { rendition, starts_segment, start_us, duration_us, bytes: &bytes };
                self.keep_chunk(&chunk)?;
            }
            MixerOutput::Speech { participant_id, start_us, duration_us, bytes } => {
                let sequence = self.next.speech(&participant_id);
                let file =
                    SpoolFile::Speech { participant_id: participant_id.clone(), sequence, start_us, duration_us };
                if self.unless_full(|writer| writer.close_file(&file, &bytes))? {
                    self.next.take_speech(&participant_id);
                }
            }
            MixerOutput::ActiveSpeaker { participant_id, at } => {
                self.note(at, TimelineEventKind::ActiveSpeaker { participant_id })?;
            }
            MixerOutput::Failed { problem } => self.last_problem = Some(problem),
            MixerOutput::Finished { duration_us } => {
                // The end must be written, whatever the reserve was meant for.
                self.reserve.release();
                self.close_segment(Rendition::Video)?;
                self.close_segment(Rendition::Audio)?;
                self.flush_events()?;
                self.spool.write_finished(&Finished { duration_us, problem: self.last_problem.take() })?;
                return Ok(true);
            }
            MixerOutput::Rtcp { .. } | MixerOutput::TrackFailed { .. } => {}
        }
        Ok(false)
    }

    /// Writes a chunk, or marks that it is missing: a rendition that lost something goes on where it can be decoded from.
    fn keep_chunk(&mut self, chunk: &Chunk<'_>) -> Result<(), Error> {
        let Chunk { rendition, starts_segment, start_us, .. } = *chunk;
        let cause = SpanCause::DiskLow;
        if self.broken.contains(&rendition) && rendition == Rendition::Video && !starts_segment {
            return Ok(());
        }
        let at = MediaTime::from_micros(start_us);
        let rendition_named = Some(rendition);
        if self.unless_full(|writer| writer.write_chunk(chunk))? {
            if self.broken.remove(&rendition) {
                self.note(at, TimelineEventKind::SpanEnded { cause, rendition: rendition_named })?;
            }
        } else if self.broken.insert(rendition) {
            self.note(at, TimelineEventKind::SpanBegan { cause, rendition: rendition_named })?;
            self.end_broken_segment(rendition);
        }
        Ok(())
    }

    /// Writes, once more with the reserve let go of when the disk is full. Returns false when there is no room even then.
    fn unless_full(&mut self, mut write: impl FnMut(&mut Self) -> Result<(), Error>) -> Result<bool, Error> {
        let Err(error) = write(self) else { return Ok(true) };
        if !is_full(&error) {
            return Err(error);
        }
        self.progress.write_failed.store(true, Ordering::Relaxed);
        if !self.reserve.release() {
            return Ok(false);
        }
        tracing::error!("the disk is full: the reserve is used up now");
        match write(self) {
            Ok(()) => Ok(true),
            Err(error) if is_full(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn write_chunk(&mut self, chunk: &Chunk<'_>) -> Result<(), Error> {
        let Chunk { rendition, starts_segment, start_us, duration_us, bytes } = *chunk;
        // One that is empty was opened for this very chunk, by an attempt that failed.
        if starts_segment && !self.open.get(&rendition).is_some_and(OpenSegment::is_empty) {
            self.close_segment(rendition)?;
        }
        if !self.open.contains_key(&rendition) {
            let (directory, sequence) = (self.spool.directory(), self.next.segment(rendition));
            let segment = OpenSegment::create(directory, rendition, self.epoch, sequence, start_us)?;
            self.open.insert(rendition, segment);
        }
        let segment = self.open.get_mut(&rendition).expect("it was just opened");
        let is_first = segment.is_empty();
        segment.append(bytes, start_us + duration_us)?;
        let synced_until_us = segment.synced_until_us();
        if is_first {
            self.next.take_segment(rendition);
        }
        self.note_durable(rendition, synced_until_us);
        Ok(())
    }

    /// Closes what there is of a segment whose next chunk is missing.
    fn end_broken_segment(&mut self, rendition: Rendition) {
        if self.open.get(&rendition).is_some_and(OpenSegment::is_empty) {
            self.open.remove(&rendition).into_iter().for_each(OpenSegment::discard);
        } else if let Err(error) = self.close_segment(rendition) {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "a segment cannot be closed and is left to be salvaged");
        }
    }

    /// Writes down something that happened; what cannot be written now is written later.
    fn note(&mut self, at_ms: MediaTime, kind: TimelineEventKind) -> Result<(), Error> {
        let line = serde_json::to_string(&SpooledEvent { at_ms, kind }).map_err(Error::Control)?;
        self.events.push_str(&line);
        self.events.push('\n');
        self.flush_events()
    }

    fn flush_events(&mut self) -> Result<(), Error> {
        if self.events.is_empty() {
            return Ok(());
        }
        match self.spool.append_event(&self.events) {
            Ok(()) => self.events.clear(),
            // A line that was cut short is passed over when it is read, so the lines are written whole again.
            Err(error) if is_full(&error) => self.events.insert(0, '\n'),
            Err(error) => return Err(error),
        }
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

/// A part of a rendition, as it came.
#[derive(Debug, Clone, Copy)]
struct Chunk<'a> {
    rendition: Rendition,
    starts_segment: bool,
    start_us: u64,
    duration_us: u64,
    bytes: &'a [u8],
}

fn is_full(error: &Error) -> bool {
    let full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded, io::ErrorKind::FileTooLarge];
    matches!(error, Error::Spool { source, .. } if full.contains(&source.kind()))
}

#[cfg(test)]
#[path = "spool_writer_tests.rs"]
mod tests;
