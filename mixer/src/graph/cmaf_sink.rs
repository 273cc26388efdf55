use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use bytes::{Bytes, BytesMut};
use gst::prelude::*;
use model::Rendition;

use super::cmaf::{retime, time_scale};
use crate::{Error, MixerOutput, Outbox};

/// The end of a rendition's branch: turns the multiplexer's buffer lists into outputs.
#[derive(Debug)]
pub(crate) struct CmafSink {
    rendition: Rendition,
    grid: TimelineGrid,
    outbox: Arc<Outbox>,
    progress: Mutex<Progress>,
    end_us: AtomicU64,
    ended: AtomicBool,
    broken: Mutex<Option<&'static str>>,
}

/// Where a rendition begins on the recording's timeline and how long its segments are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimelineGrid {
    pub(crate) start_ms: u64,
    pub(crate) segment_duration_ms: u32,
}

#[derive(Debug, Default)]
struct Progress {
    time_scale: Option<u32>,
    next_start: Option<u64>,
    segment_start: u64,
}

impl CmafSink {
    /// Makes an `appsink` that hands everything to `outbox`, and the state beside it.
    pub(crate) fn make(
        rendition: Rendition,
        grid: TimelineGrid,
        outbox: Arc<Outbox>,
    ) -> Result<(gst::Element, Arc<Self>), Error> {
        let sink = Arc::new(Self {
            rendition,
            grid,
            outbox,
            progress: Mutex::default(),
            end_us: AtomicU64::new(0),
            ended: AtomicBool::new(false),
            broken: Mutex::default(),
        });
        let element = gst::ElementFactory::make("appsink")
            .property("sync", false)
            .property("async", false)
            .property("buffer-list", true)
            .property("enable-last-sample", false)
            .build()
            .map_err(|source| Error::Graph { part: "appsink", source })?;
        let appsink = element.clone().downcast::<gst_app::AppSink>().expect("appsink is an AppSink");
        let (for_samples, for_eos) = (sink.clone(), sink.clone());
        appsink.set_callbacks(
            gst_app::AppSinkCallbacks::builder()
                .new_sample(move |appsink| {
                    let sample = appsink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
                    for_samples.take(&sample).map_err(|problem| {
                        *for_samples.broken.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(problem);
                        gst::FlowError::Error
                    })?;
                    Ok(gst::FlowSuccess::Ok)
                })
                .eos(move |_| for_eos.ended.store(true, Ordering::Release))
                .build(),
        );
        Ok((element, sink))
    }

    /// Says whether the last chunk was handed over.
    pub(crate) fn ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Returns where the rendition ends so far.
    pub(crate) fn end_us(&self) -> u64 {
        self.end_us.load(Ordering::Acquire)
    }

    fn take(&self, sample: &gst::Sample) -> Result<(), &'static str> {
        let list = sample.buffer_list().ok_or("the multiplexer gave a buffer outside a list")?;
        let mut buffers = list.iter().peekable();
        let is_init =
            |buffer: &gst::BufferRef| buffer.flags().contains(gst::BufferFlags::HEADER | gst::BufferFlags::DISCONT);
        let mut progress = self.progress.lock().map_err(|_| "an earlier chunk panicked")?;
        if let Some(init) = buffers.next_if(|buffer| is_init(buffer)) {
            let bytes = concatenate(std::iter::once(init))?.freeze();
            progress.time_scale = Some(time_scale(&bytes).ok_or("the initialisation segment has no time scale")?);
            self.outbox.send(MixerOutput::Init { rendition: self.rendition, bytes });
        }
        let Some(first) = buffers.peek() else { return Ok(()) };
        let flags = first.flags();
        let flagged = flags.contains(gst::BufferFlags::HEADER) && !flags.contains(gst::BufferFlags::DELTA_UNIT);
        let mut bytes = concatenate(buffers)?;
        let scale = u64::from(progress.time_scale.ok_or("a chunk precedes its initialisation segment")?);
        let shift = self.grid.start_ms * scale / 1000;
        let time = retime(&mut bytes, progress.next_start, shift).ok_or("a chunk has no readable time")?;
        let end = time.start + time.duration;
        progress.next_start = Some(end);
        // When the stream ends inside the first chunk of a segment, the multiplexer takes it for more of the one before.
        let segment_ticks = u64::from(self.grid.segment_duration_ms) * scale / 1000;
        let starts_segment = flagged || time.start >= progress.segment_start + segment_ticks;
        if starts_segment {
            progress.segment_start = time.start;
        }
        let (start_us, end_us) = (to_us(time.start, scale), to_us(end, scale));
        self.end_us.store(end_us, Ordering::Release);
        self.outbox.send(MixerOutput::Chunk {
            rendition: self.rendition,
            starts_segment,
            start_us,
            duration_us: end_us - start_us,
            bytes: bytes.freeze(),
        });
        Ok(())
    }

    /// Returns what was wrong with the multiplexer's output, if anything was.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        *self.broken.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn to_us(ticks: u64, scale: u64) -> u64 {
    ((u128::from(ticks) * 1_000_000 + u128::from(scale) / 2) / u128::from(scale)) as u64
}

fn concatenate<'a>(buffers: impl Iterator<Item = &'a gst::BufferRef>) -> Result<BytesMut, &'static str> {
    let mut bytes = BytesMut::new();
    for buffer in buffers {
        let map = buffer.map_readable().map_err(|_| "a buffer of the multiplexer cannot be read")?;
        bytes.extend_from_slice(&map);
    }
    Ok(bytes)
}

/// Zero-copy: GStreamer reads the packet where ingest put it.
pub(crate) fn buffer_of(bytes: Bytes) -> gst::Buffer {
    gst::Buffer::from_slice(bytes)
}
