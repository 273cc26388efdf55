//! What one process with a nine-tile mix holds in memory, and whether that grows.

use std::path::Path;
use std::time::Duration;

use mixer::{Mixer, MixerSettings};
use model::{Layout, Profile};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::{Instant, interval_at};

use crate::feed::{join, play};
use crate::picture::{INPUTS, encode_inputs, feeds};
use crate::process::resident_mb;
use crate::{Failure, SECONDS, median, rounded};

const SAMPLE_EVERY: Duration = Duration::from_secs(2);
const WANTED_MB: f64 = 300.0;

/// Mixes nine moving pictures for `minutes` and compares the second minute with the last one.
pub(crate) async fn figure(directory: &Path, minutes: u32) -> Result<Value, Failure> {
    let feeds = feeds(&encode_inputs(directory, INPUTS)?)?;
    let (outputs, mut received) = mpsc::channel(256);
    let mixer = [Mixer::start(MixerSettings::new(Profile::High, Layout::Grid, "benchmark"), outputs)?];
    join(&mixer, &feeds)?;
    let playing = async {
        play(&mixer, &feeds, minutes * 60 / SECONDS).await;
        mixer.into_iter().for_each(Mixer::finish);
    };
    let sampling = async {
        let mut samples = Vec::new();
        let mut ticks = interval_at(Instant::now() + SAMPLE_EVERY, SAMPLE_EVERY);
        loop {
            tokio::select! {
                output = received.recv() => if output.is_none() { return Ok(samples) },
                _ = ticks.tick() => samples.push(resident_mb()?),
            }
        }
    };
    let ((), samples): ((), Result<Vec<f64>, Failure>) = tokio::join!(playing, sampling);
    let samples = samples?;
    let per_minute = 30;
    let minute = |from: usize| median(samples.iter().skip(from).take(per_minute).copied().collect());
    let (second, last) = (minute(per_minute), minute(samples.len().saturating_sub(per_minute + 2)));
    Ok(json!({
        "label": format!("memory of a process with a nine-tile mix, after {minutes} min (its inputs included)"),
        "value": rounded(last), "unit": "MB", "wanted": format!("at most {WANTED_MB}, and flat"),
        "second_minute": rounded(second), "growth_mb_per_hour": rounded((last - second) / f64::from(minutes - 2) * 60.0),
    }))
}
