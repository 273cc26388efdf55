//! Nine cameras become one picture, beside ffmpeg doing the same.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mixer::{Mixer, MixerOutput, MixerSettings};
use model::{Codec, Layout, Profile, Rendition, TrackSource};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::feed::{Feed, join, play};
use crate::process::{Whose, cpu_seconds};
use crate::{Failure, ROUNDS, SECONDS, median, rounded};

pub(crate) const INPUTS: u32 = 9;

/// What one run cost and made.
struct Run {
    cpu_seconds: f64,
    recorded_seconds: f64,
    bytes: u64,
}

/// The same meeting mixed by both.
pub(crate) struct Comparison {
    huiji: Vec<Run>,
    ffmpeg: Vec<Run>,
}

impl Comparison {
    /// Mixes a meeting in which the first `moving` pictures move and the others are still.
    pub(crate) async fn run(directory: &Path, moving: u32) -> Result<Self, Failure> {
        let inputs = encode_inputs(directory, moving)?;
        let feeds = feeds(&inputs)?;
        let mut comparison = Self { huiji: Vec::new(), ffmpeg: Vec::new() };
        for _ in 0..ROUNDS {
            comparison.ffmpeg.push(mix_with_ffmpeg(directory, &inputs)?);
            comparison.huiji.push(mix(&feeds).await?);
        }
        Ok(comparison)
    }

    pub(crate) fn ratio(&self) -> f64 {
        cost(&self.huiji) / cost(&self.ffmpeg)
    }

    pub(crate) fn figure(&self, label: &str, wanted: f64) -> Value {
        let rounds =
            |runs: &[Run]| runs.iter().map(|run| rounded(run.cpu_seconds / run.recorded_seconds)).collect::<Vec<_>>();
        json!({
            "label": label, "value": rounded(cost(&self.huiji)), "unit": "s/s",
            "wanted": format!("ratio at most {wanted}"),
            "peer": "ffmpeg xstack, libx264 veryfast", "peer_value": rounded(cost(&self.ffmpeg)),
            "ratio": rounded(self.ratio()),
            "rounds": rounds(&self.huiji), "peer_rounds": rounds(&self.ffmpeg),
        })
    }

    /// The cost of this meeting for Huiji beside that of another one for ffmpeg.
    pub(crate) fn figure_beside(&self, lively: &Self, label: &str, wanted: f64) -> Value {
        json!({
            "label": label, "value": rounded(cost(&self.huiji)), "unit": "s/s",
            "wanted": format!("ratio at most {wanted}"),
            "peer": "ffmpeg mixing nine that move", "peer_value": rounded(cost(&lively.ffmpeg)),
            "ratio": rounded(cost(&self.huiji) / cost(&lively.ffmpeg)),
        })
    }

    pub(crate) fn bit_rate_figure(&self) -> Value {
        let kbps = |run: &Run| run.bytes as f64 * 8.0 / run.recorded_seconds / 1000.0;
        let rate = |runs: &[Run]| median(runs.iter().map(kbps).collect());
        let (own, peer) = (rate(&self.huiji), rate(&self.ffmpeg));
        json!({
            "label": "video bit rate of the same runs", "value": rounded(own), "unit": "kbit/s",
            "wanted": "at most 1500, both near it", "peer": "ffmpeg", "peer_value": rounded(peer),
            "ratio": rounded(own / peer),
        })
    }
}

fn cost(runs: &[Run]) -> f64 {
    median(runs.iter().map(|run| run.cpu_seconds / run.recorded_seconds).collect())
}

/// Encodes the meeting's nine pictures, the first `moving` of which move.
pub(crate) fn encode_inputs(directory: &Path, moving: u32) -> Result<Vec<PathBuf>, Failure> {
    (0..INPUTS).map(|index| encode_input(directory, index, index < moving)).collect()
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

/// Cuts the inputs into RTP packets.
pub(crate) fn feeds(inputs: &[PathBuf]) -> Result<Vec<Feed>, Failure> {
    let feed = |(input, index): (&PathBuf, u32)| {
        let graph = format!(
            "filesrc location={} ! ivfparse ! rtpvp8pay ssrc={} pt=96 mtu=1200 picture-id-mode=15-bit \
             ! appsink name=sink sync=false",
            input.display(),
            100 + index
        );
        Feed::take(&graph, index, TrackSource::Camera, Codec::Vp8)
    };
    inputs.iter().zip(0..).map(feed).collect()
}

async fn mix(feeds: &[Feed]) -> Result<Run, Failure> {
    let before = cpu_seconds(Whose::Own)?;
    let (outputs, mut received) = mpsc::channel(256);
    let mixer = [Mixer::start(MixerSettings::new(Profile::High, Layout::Grid, "benchmark"), outputs)?];
    join(&mixer, feeds)?;
    let playing = async {
        let refused = play(&mixer, feeds, 1).await;
        mixer.into_iter().for_each(Mixer::finish);
        refused
    };
    let taking = async {
        let mut run = Run { cpu_seconds: 0.0, recorded_seconds: 0.0, bytes: 0 };
        while let Some(output) = received.recv().await {
            match output {
                MixerOutput::Chunk { rendition: Rendition::Video, bytes, .. } => run.bytes += bytes.len() as u64,
                MixerOutput::TrackFailed { problem, .. } | MixerOutput::Failed { problem } => return Err(problem),
                MixerOutput::Finished { duration_us } => run.recorded_seconds = duration_us as f64 / 1e6,
                _ => {}
            }
        }
        Ok(run)
    };
    let (refused, run) = tokio::join!(playing, taking);
    if refused > 0 {
        return Err(format!("{refused} packets were refused: this machine is too slow for the figure").into());
    }
    Ok(Run { cpu_seconds: cpu_seconds(Whose::Own)? - before, ..run? })
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
