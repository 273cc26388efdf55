//! What mixing costs, in CPU seconds per recorded second, and what it holds in memory.
//!
//! Nine 640×360 VP8 inputs at 25 frames a second become one 1280×720 H.264 at 25 frames a second, veryfast, at most
//! 1.5 Mbit/s, beside ffmpeg doing the same mix of the same inputs. The inputs are encoded once, before anything is
//! measured. Huiji's are also cut into RTP packets beforehand; replaying them is part of Huiji's figure, as reading the
//! files is part of ffmpeg's. Both figures are user and system time of the whole process, decoding included. ffmpeg runs
//! as its preset says, with B-frames, which Huiji leaves out so that a crash loses less; with `-bf 0` it would be cheaper
//! by a fifth. Huiji also searches a quarter pixel less (`subme=1`); docs/CAPACITY.md says what that costs in quality.
//!
//! Usage: `mixer_cost FILE [MINUTES]`, the minutes being how long memory is watched.

extern crate gstreamer as gst;
extern crate gstreamer_app as gst_app;

mod feed;
mod memory;
mod picture;
mod process;
mod sound;

use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::picture::{Comparison, INPUTS};

type Failure = Box<dyn Error + Send + Sync>;

const SECONDS: u32 = 30;
const ROUNDS: u32 = 3;
const RATIO_WANTED: f64 = 0.9;
/// How many of the inputs move in the meeting in which most people sit still.
const MOVING: u32 = 3;
const STILL_RATIO_WANTED: f64 = 0.6;
const MEMORY_MINUTES: u32 = 10;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let results = PathBuf::from(arguments.next().ok_or("name the file to write")?);
    let minutes = arguments.next().map_or(Ok(MEMORY_MINUTES), |minutes| minutes.parse())?;
    let directory = tempfile::tempdir()?;
    gst::init()?;
    let lively = Comparison::run(directory.path(), INPUTS).await?;
    let still = Comparison::run(directory.path(), MOVING).await?;
    let [sound, sounds] = sound::figures().await?;
    let figures = [
        lively.figure("nine 640x360 VP8 at 25 fps to 1280x720 H.264 veryfast, CPU per recorded second", RATIO_WANTED),
        still.figure("the same with three of the nine moving and six still", STILL_RATIO_WANTED),
        still.figure_beside(&lively, "three moving and six still, beside nine moving", STILL_RATIO_WANTED),
        lively.bit_rate_figure(),
        sound,
        sounds,
        memory::figure(directory.path(), minutes).await?,
    ];
    let text = serde_json::to_string_pretty(&report(&figures))?;
    if let Some(parent) = results.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(&results, format!("{text}\n"))?;
    std::io::Write::write_all(&mut std::io::stdout(), format!("{text}\n").as_bytes())?;
    let ratio = lively.ratio();
    if ratio > RATIO_WANTED {
        return Err(format!("{ratio:.3} times ffmpeg, wanted at most {RATIO_WANTED}").into());
    }
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

fn report(figures: &[Value]) -> Value {
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
        "figures": figures,
    })
}
