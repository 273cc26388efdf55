//! What mixing costs: CPU seconds per recorded second, beside ffmpeg doing the same mix of the same inputs.
//!
//! Nine 640×360 VP8 inputs at 25 frames a second become one 1280×720 H.264 at 25 frames a second, veryfast, at most
//! 1.5 Mbit/s. The inputs are encoded once, before anything is measured. Huiji's are also cut into RTP packets
//! beforehand; replaying them is part of Huiji's figure, as reading the files is part of ffmpeg's. Both figures are
//! user and system time of the whole process, decoding included. ffmpeg runs as its preset says, with B-frames, which
//! Huiji leaves out so that a crash loses less; with `-bf 0` it would be cheaper by a fifth.

extern crate gstreamer as gst;
extern crate gstreamer_app as gst_app;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use bytes::Bytes;
use gst::prelude::*;
use mixer::{Mixer, MixerOutput, MixerSettings, PushOutcome};
use model::{Codec, Layout, Participant, ParticipantId, Profile, Rendition, Track, TrackId, TrackSource};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

type Failure = Box<dyn Error>;

const INPUTS: u32 = 9;
const SECONDS: u32 = 30;
const ROUNDS: u32 = 3;
const RATIO_WANTED: f64 = 1.1;
/// How many of the inputs move in the meeting in which most people sit still.
const MOVING: u32 = 3;
const STILL_RATIO_WANTED: f64 = 0.6;
/// The kernel's unit for process times, fixed in its interface.
const TICKS_PER_SECOND: f64 = 100.0;

/// What one run cost and made.
struct Run {
    cpu_seconds: f64,
    recorded_seconds: f64,
    bytes: u64,
}

impl Run {
    fn cost(&self) -> f64 {
        self.cpu_seconds / self.recorded_seconds
    }

    fn kbps(&self) -> f64 {
        self.bytes as f64 * 8.0 / self.recorded_seconds / 1000.0
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let results = PathBuf::from(std::env::args().nth(1).ok_or("name the file to write")?);
    let directory = tempfile::tempdir()?;
    gst::init()?;
    let lively = compare(directory.path(), INPUTS).await?;
    let still = compare(directory.path(), MOVING).await?;
    let ratio = lively.ratio();
    let figure = report(&lively, &still);
    let text = serde_json::to_string_pretty(&figure)?;
    if let Some(parent) = results.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(&results, format!("{text}\n"))?;
    std::io::Write::write_all(&mut std::io::stdout(), format!("{text}\n").as_bytes())?;
    if ratio > RATIO_WANTED {
        Err(format!("{ratio:.3} times ffmpeg, wanted at most {RATIO_WANTED}").into())
    } else {
        Ok(())
    }
}

/// The same meeting mixed by both.
struct Comparison {
    huiji: Vec<Run>,
    ffmpeg: Vec<Run>,
}

impl Comparison {
    fn ratio(&self) -> f64 {
        cost(&self.huiji) / cost(&self.ffmpeg)
    }
}

/// Mixes a meeting in which the first `moving` pictures move and the others are still.
async fn compare(directory: &Path, moving: u32) -> Result<Comparison, Failure> {
    let encode = |index| encode_input(directory, index, index < moving);
    let inputs = (0..INPUTS).map(encode).collect::<Result<Vec<_>, _>>()?;
    let feeds = inputs.iter().zip(0..).map(|(input, index)| packetise(input, index)).collect::<Result<Vec<_>, _>>()?;
    let mut comparison = Comparison { huiji: Vec::new(), ffmpeg: Vec::new() };
    for _ in 0..ROUNDS {
        comparison.ffmpeg.push(mix_with_ffmpeg(directory, &inputs)?);
        comparison.huiji.push(mix(&feeds).await?);
    }
    Ok(comparison)
}

/// Encodes detailed pictures that differ from input to input.
fn encode_input(directory: &Path, index: u32, moves: bool) -> Result<PathBuf, Failure> {
    let path = directory.join(format!("input-{index}-{moves}.ivf"));
    let source = if moves { "testsrc2" } else { "smptehdbars" };
    let noise = if moves { ",noise=alls=6:allf=t" } else { "" };
    let picture = format!("{source}=size=640x360:rate=25:duration={SECONDS},hue=h={}{noise}", index * 40);
    let status = Command::new("ffmpeg")
        .args(["-y", "-loglevel", "error", "-f", "lavfi", "-i", &picture])
        .args(["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "500k", "-g", "250"])
        .arg(&path)
        .status()?;
    if status.success() { Ok(path) } else { Err("ffmpeg did not encode an input".into()) }
}

/// Cuts an input into RTP packets with the moment each is sent.
fn packetise(input: &Path, index: u32) -> Result<Vec<(Duration, Bytes)>, Failure> {
    let graph = format!(
        "filesrc location={} ! ivfparse ! rtpvp8pay ssrc={} pt=96 mtu=1200 picture-id-mode=15-bit \
         ! appsink name=sink sync=false",
        input.display(),
        100 + index
    );
    let pipeline = gst::parse::launch(&graph)?.downcast::<gst::Pipeline>().map_err(|_| "not a pipeline")?;
    let sink = pipeline.by_name("sink").and_then(|sink| sink.downcast::<gst_app::AppSink>().ok()).ok_or("no sink")?;
    pipeline.set_state(gst::State::Playing)?;
    let mut packets = Vec::new();
    while let Ok(sample) = sink.pull_sample() {
        let single = sample.buffer_owned();
        let listed = sample.buffer_list_owned();
        for buffer in single.iter().cloned().chain(listed.iter().flat_map(|list| list.iter_owned())) {
            let at = Duration::from_nanos(buffer.pts().ok_or("a packet without a time")?.nseconds());
            packets.push((at, Bytes::copy_from_slice(&buffer.map_readable()?)));
        }
    }
    pipeline.set_state(gst::State::Null)?;
    Ok(packets)
}

async fn mix(feeds: &[Vec<(Duration, Bytes)>]) -> Result<Run, Failure> {
    let names = (0..INPUTS).map(|index| TrackId::new(format!("camera-{index}"))).collect::<Result<Vec<_>, _>>()?;
    let mut schedule: Vec<(Duration, usize, Bytes)> = Vec::new();
    for (index, feed) in feeds.iter().enumerate() {
        // Cameras are not synchronised with each other.
        let phase = Duration::from_millis(index as u64 * 7);
        schedule.extend(feed.iter().map(|(at, packet)| (*at + phase, index, packet.clone())));
    }
    schedule.sort_by_key(|(at, ..)| *at);

    let before = cpu_seconds(Whose::Own)?;
    let (outputs, mut received) = mpsc::channel(256);
    let settings = MixerSettings::new(Profile::High, Layout::Grid, "benchmark");
    let mixer = Mixer::start(settings, outputs)?;
    for (index, name) in names.iter().enumerate() {
        let (track, participant) = camera(name, index)?;
        mixer.add_track(&track, &participant)?;
    }
    let start = Instant::now();
    let mut refused = 0;
    for (at, index, packet) in schedule {
        sleep_until(start + at).await;
        refused += u32::from(mixer.push_rtp(&names[index], packet, Instant::now()) != PushOutcome::Accepted);
    }
    sleep_until(start + Duration::from_secs(u64::from(SECONDS))).await;
    mixer.finish();
    let mut run = Run { cpu_seconds: 0.0, recorded_seconds: 0.0, bytes: 0 };
    while let Some(output) = received.recv().await {
        match output {
            MixerOutput::Chunk { rendition: Rendition::Video, bytes, .. } => run.bytes += bytes.len() as u64,
            MixerOutput::TrackFailed { problem, .. } | MixerOutput::Failed { problem } => return Err(problem.into()),
            MixerOutput::Finished { duration_us } => run.recorded_seconds = duration_us as f64 / 1e6,
            _ => {}
        }
    }
    if refused > 0 {
        return Err(format!("{refused} packets were refused: this machine is too slow for the figure").into());
    }
    run.cpu_seconds = cpu_seconds(Whose::Own)? - before;
    Ok(run)
}

fn camera(name: &TrackId, index: usize) -> Result<(Track, Participant), Failure> {
    let id = ParticipantId::new(format!("person-{index}"))?;
    let track = Track {
        id: name.clone(),
        participant_id: id.clone(),
        source: TrackSource::Camera,
        codec: Codec::Vp8,
        payload_type: 96,
        clock_rate_hz: 90_000,
        ssrc: 100 + index as u32,
        srtp: None,
    };
    Ok((track, Participant { id, display_name: format!("Person {index}"), user_id: None, language: None }))
}

fn mix_with_ffmpeg(directory: &Path, inputs: &[PathBuf]) -> Result<Run, Failure> {
    let output = directory.join("ffmpeg.mp4");
    let tiles: Vec<String> = (0..INPUTS).map(|index| format!("[{index}:v]scale=426:240[t{index}];")).collect();
    let stacked: Vec<String> = (0..INPUTS).map(|index| format!("[t{index}]")).collect();
    let (tiles, stacked) = (tiles.concat(), stacked.concat());
    let places: Vec<String> = (0..INPUTS).map(|index| format!("{}_{}", index % 3 * 426, index / 3 * 240)).collect();
    let graph = format!("{tiles}{stacked}xstack=inputs={INPUTS}:layout={},pad=1280:720[v]", places.join("|"));
    let before = cpu_seconds(Whose::Children)?;
    let mut command = Command::new("ffmpeg");
    command.args(["-y", "-loglevel", "error"]);
    for input in inputs {
        command.arg("-i").arg(input);
    }
    command.args(["-filter_complex", &graph, "-map", "[v]", "-r", "25", "-c:v", "libx264", "-preset", "veryfast"]);
    command.args(["-b:v", "1500k", "-maxrate", "1500k", "-bufsize", "3000k", "-g", "100", "-sc_threshold", "0"]);
    if !command.arg(&output).status()?.success() {
        return Err("ffmpeg did not mix".into());
    }
    let cpu_seconds = cpu_seconds(Whose::Children)? - before;
    Ok(Run { cpu_seconds, recorded_seconds: f64::from(SECONDS), bytes: fs::metadata(&output)?.len() })
}

#[derive(Clone, Copy)]
enum Whose {
    Own,
    Children,
}

/// Returns user and system time from `/proc/self/stat`; children count once they have ended.
fn cpu_seconds(whose: Whose) -> Result<f64, Failure> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let (_, after_name) = stat.rsplit_once(')').ok_or("no process name")?;
    let first = if matches!(whose, Whose::Own) { 11 } else { 13 };
    let mut ticks = 0.0;
    for field in after_name.split_whitespace().skip(first).take(2) {
        ticks += field.parse::<f64>()?;
    }
    Ok(ticks / TICKS_PER_SECOND)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn cost(runs: &[Run]) -> f64 {
    median(runs.iter().map(Run::cost).collect())
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

fn cost_figure(label: &str, comparison: &Comparison, wanted: f64) -> Value {
    let rounds = |runs: &[Run]| runs.iter().map(|run| rounded(run.cost())).collect::<Vec<_>>();
    json!({
        "label": label, "value": rounded(cost(&comparison.huiji)), "unit": "s/s",
        "wanted": format!("ratio at most {wanted}"),
        "peer": "ffmpeg xstack, libx264 veryfast", "peer_value": rounded(cost(&comparison.ffmpeg)),
        "ratio": rounded(comparison.ratio()),
        "rounds": rounds(&comparison.huiji), "peer_rounds": rounds(&comparison.ffmpeg),
    })
}

fn report(lively: &Comparison, still: &Comparison) -> Value {
    let rate = |runs: &[Run]| median(runs.iter().map(Run::kbps).collect());
    let (own_rate, peer_rate) = (rate(&lively.huiji), rate(&lively.ffmpeg));
    let text = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output().ok().filter(|output| output.status.success());
        output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor = processor.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let ffmpeg_version = text("ffmpeg", &["-version"]).unwrap_or_default();
    json!({
        "benchmark": "mixer",
        "machine": {
            "processor": processor.map(|(_, name)| name),
            "threads": std::thread::available_parallelism().map_or(0, usize::from),
            "gstreamer": gst::version_string().as_str(),
            "ffmpeg": ffmpeg_version.lines().next(),
        },
        "commit": text("git", &["rev-parse", "HEAD"]),
        "figures": [
            cost_figure(
                "CPU seconds per recorded second: nine 640x360 VP8 at 25 fps to 1280x720 H.264 veryfast", lively, RATIO_WANTED
            ),
            cost_figure("the same with three of the nine moving and six still", still, STILL_RATIO_WANTED),
            {
                "label": "video bit rate of the same runs", "value": rounded(own_rate), "unit": "kbit/s",
                "wanted": "at most 1500, both near it", "peer": "ffmpeg", "peer_value": rounded(peer_rate),
                "ratio": rounded(own_rate / peer_rate),
            },
        ],
    })
}
