//! Decodes what was recorded and finds beeps and flashes in it.

use std::io::Write;

use gst::prelude::*;
use gst_video::VideoFrameExt;
use mixer::TileArea;
use tempfile::NamedTempFile;

const STEP: usize = 240;
const WINDOW: usize = 480;

pub(crate) fn on_disk(bytes: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("written");
    file
}

/// Runs a graph that begins with the file's bytes and hands every sample to `take`.
fn run(bytes: &[u8], graph: &str, mut take: impl FnMut(&gst::Sample)) {
    let file = on_disk(bytes);
    let graph = format!("filesrc location={} ! {graph} ! appsink name=sink sync=false", file.path().display());
    let pipeline = gst::parse::launch(&graph).expect("a valid graph").downcast::<gst::Pipeline>().expect("a pipeline");
    let sink = pipeline.by_name("sink").expect("named").downcast::<gst_app::AppSink>().expect("an appsink");
    pipeline.set_state(gst::State::Playing).expect("playing");
    while let Some(sample) = sink.try_pull_sample(gst::ClockTime::from_seconds(10)) {
        take(&sample);
    }
    let error = pipeline.bus().expect("a bus").pop_filtered(&[gst::MessageType::Error]);
    assert!(error.is_none(), "{error:?}");
    assert!(sink.is_eos(), "decoding stalled");
    pipeline.set_state(gst::State::Null).expect("stopped");
}

/// A decoded frame: when, and the mean colour of each area asked for.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    pub(crate) at_us: i64,
    pub(crate) colours: Vec<[f64; 3]>,
}

pub(crate) fn looks(video: &[u8], areas: &[TileArea]) -> Vec<Look> {
    let mut looks = Vec::new();
    run(video, "qtdemux ! avdec_h264 ! videoconvert ! video/x-raw,format=I420", |sample| {
        let caps = sample.caps().expect("caps");
        let info = gst_video::VideoInfo::from_caps(caps).expect("video");
        let buffer = sample.buffer().expect("a frame");
        let frame = gst_video::VideoFrameRef::from_buffer_ref_readable(buffer, &info).expect("mapped");
        let colours = areas.iter().map(|area| mean_colour(&frame, *area)).collect();
        looks.push(Look { at_us: buffer.pts().expect("a time").useconds() as i64, colours });
    });
    looks
}

fn mean_colour(frame: &gst_video::VideoFrameRef<&gst::BufferRef>, area: TileArea) -> [f64; 3] {
    [0, 1, 2].map(|plane| {
        let shift = u32::from(plane > 0);
        let stride = frame.plane_stride()[plane as usize] as usize;
        let data = frame.plane_data(plane).expect("a plane");
        // The middle half, away from labels, frames and borders.
        let (left, top) = ((area.x + area.width / 4) >> shift, (area.y + area.height / 4) >> shift);
        let (width, height) = ((area.width / 2) >> shift, (area.height / 2) >> shift);
        let rows = (top..top + height).map(|row| &data[row as usize * stride..]);
        let sum: u64 =
            rows.flat_map(|row| &row[left as usize..(left + width) as usize]).map(|&value| u64::from(value)).sum();
        sum as f64 / f64::from(width * height)
    })
}

/// Decoded sound: 48 kHz mono and when it begins.
#[derive(Debug, Default)]
pub(crate) struct Sound {
    pub(crate) start_us: i64,
    pub(crate) samples: Vec<f64>,
}

pub(crate) fn sound(file: &[u8], demultiplexer_and_decoder: &str) -> Sound {
    let mut sound = Sound::default();
    let graph = format!(
        "{demultiplexer_and_decoder} ! audioconvert ! audioresample ! audio/x-raw,format=S16LE,rate=48000,channels=1"
    );
    run(file, &graph, |sample| {
        let buffer = sample.buffer().expect("samples");
        if sound.samples.is_empty() {
            sound.start_us = buffer.pts().expect("a time").useconds() as i64;
        }
        let map = buffer.map_readable().expect("readable");
        sound.samples.extend(map.as_chunks::<2>().0.iter().map(|pair| f64::from(i16::from_le_bytes(*pair))));
    });
    sound
}

impl Sound {
    /// Returns how strong a pitch is in steps of 5 ms, as an amplitude.
    pub(crate) fn pitch(&self, frequency_hz: f64) -> Vec<(i64, f64)> {
        let last = self.samples.len().saturating_sub(WINDOW);
        (0..last)
            .step_by(STEP)
            .map(|first| {
                let window = &self.samples[first..first + WINDOW];
                let (mut sine, mut cosine) = (0.0, 0.0);
                for (index, sample) in window.iter().enumerate() {
                    let turn = std::f64::consts::TAU * frequency_hz * index as f64 / 48_000.0;
                    // A Hann window keeps the other participants' pitches out.
                    let weight = 1.0 - (std::f64::consts::TAU * index as f64 / WINDOW as f64).cos();
                    sine += sample * weight * turn.sin();
                    cosine += sample * weight * turn.cos();
                }
                let middle = (first + WINDOW / 2) as i64 * 1_000_000 / 48_000;
                (self.start_us + middle, 2.0 * sine.hypot(cosine) / WINDOW as f64)
            })
            .collect()
    }

    /// Returns when a pitch sets in.
    pub(crate) fn beeps(&self, frequency_hz: f64) -> Vec<i64> {
        onsets(self.pitch(frequency_hz).into_iter().map(|(at_us, amplitude)| (at_us, amplitude > 2_500.0)))
    }

    /// Returns the strongest a pitch is in a span.
    pub(crate) fn loudest(&self, frequency_hz: f64, from_ms: u64, until_ms: u64) -> f64 {
        let inside = |at_us: &i64| (from_ms as i64 * 1000..until_ms as i64 * 1000).contains(at_us);
        let pitch = self.pitch(frequency_hz).into_iter().filter(|(at_us, _)| inside(at_us));
        pitch.map(|(_, amplitude)| amplitude).fold(0.0, f64::max)
    }
}

/// Returns when an area turns to a colour.
pub(crate) fn flashes(looks: &[Look], area: usize, colour: [u8; 3]) -> Vec<i64> {
    onsets(looks.iter().map(|look| (look.at_us, is_colour(look.colours[area], colour))))
}

pub(crate) fn is_colour(mean: [f64; 3], colour: [u8; 3]) -> bool {
    mean.iter().zip(colour).all(|(mean, wanted)| (mean - f64::from(wanted)).abs() < 25.0)
}

fn onsets(states: impl Iterator<Item = (i64, bool)>) -> Vec<i64> {
    let mut before = false;
    let mut onsets = Vec::new();
    for (at_us, now) in states {
        if now && !before && onsets.last().is_none_or(|last| at_us - last > 300_000) {
            onsets.push(at_us);
        }
        before = now;
    }
    onsets
}

/// Returns the distance of each beep to the nearest flash, in milliseconds, sorted by size.
pub(crate) fn offsets_ms(beeps: &[i64], flashes: &[i64]) -> Vec<i64> {
    let nearest = |beep: &i64| flashes.iter().map(|flash| (beep - flash) / 1000).min_by_key(|offset| offset.abs());
    let mut offsets: Vec<i64> = beeps.iter().filter_map(nearest).filter(|offset| offset.abs() < 500).collect();
    offsets.sort_by_key(|offset| offset.abs());
    offsets
}

pub(crate) fn percentile_95(sorted: &[i64]) -> i64 {
    sorted[(sorted.len() * 95).div_ceil(100).clamp(1, sorted.len()) - 1]
}
