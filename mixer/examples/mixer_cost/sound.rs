//! Recordings of sound alone: one, and as many at once as a small machine should bear.

use mixer::{Mixer, MixerOutput, MixerSettings};
use model::{Codec, Layout, Profile, TrackSource};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::feed::{Feed, join, play};
use crate::process::{Whose, cpu_seconds};
use crate::{Failure, SECONDS, rounded};

const SPEAKERS: u32 = 8;
const AT_ONCE: usize = 20;
const CORES_WANTED: f64 = 0.05;
/// What the last packets of a track may lack of its whole length: a packet, and the half chunk being made.
const SPEECH_SHORT_MS_MAX: u64 = 100;

/// Measures eight speakers in one recording, then in many.
pub(crate) async fn figures() -> Result<[Value; 2], Failure> {
    let feeds = (0..SPEAKERS).map(speaker).collect::<Result<Vec<_>, _>>()?;
    let (one, _) = record(&feeds, 1).await?;
    let (many, short) = record(&feeds, AT_ONCE).await?;
    Ok([
        json!({
            "label": "sound alone, 8 Opus speakers mixed and kept apart", "value": rounded(one), "unit": "cores",
            "wanted": format!("at most {CORES_WANTED}"),
        }),
        json!({
            "label": "the same, 20 recordings at once", "value": rounded(many), "unit": "cores",
            "wanted": "within the machine, 0 packets refused, every speaker whole",
            "packets_refused": 0, "speakers_cut_short": short,
        }),
    ])
}

/// Somebody who says a tone in ever new loudness, as speech changes from packet to packet.
fn speaker(index: u32) -> Result<Feed, Failure> {
    let graph = format!(
        "audiotestsrc wave=pink-noise volume=0.{} num-buffers={} samplesperbuffer=960 \
         ! audio/x-raw,rate=48000,channels=1 ! opusenc bitrate=32000 ! rtpopuspay ssrc={} pt=96 \
         ! appsink name=sink sync=false",
        index % 3 + 1,
        SECONDS * 50,
        100 + index
    );
    Feed::take(&graph, index, TrackSource::Microphone, Codec::Opus)
}

/// Makes several recordings of the same speakers at once; returns cores used, and how many speakers are not whole.
async fn record(feeds: &[Feed], recordings: usize) -> Result<(f64, u64), Failure> {
    let before = cpu_seconds(Whose::Own)?;
    let mut mixers = Vec::new();
    let mut takers = JoinSet::new();
    for _ in 0..recordings {
        let (outputs, received) = mpsc::channel(256);
        mixers.push(Mixer::start(MixerSettings::new(Profile::Standard, Layout::Audio, "benchmark"), outputs)?);
        takers.spawn(take_speech(received));
    }
    join(&mixers, feeds)?;
    let refused = play(&mixers, feeds, 1).await;
    mixers.into_iter().for_each(Mixer::finish);
    let mut short = 0;
    while let Some(taken) = takers.join_next().await {
        let speech_ms = taken??;
        let expected_ms = u64::from(SECONDS) * 1000;
        short += speech_ms.iter().filter(|&&length_ms| length_ms + SPEECH_SHORT_MS_MAX < expected_ms).count() as u64;
        short += (feeds.len() - speech_ms.len()) as u64;
    }
    if refused > 0 {
        return Err(format!("{refused} packets were refused: this machine is too slow for the figure").into());
    }
    Ok(((cpu_seconds(Whose::Own)? - before) / f64::from(SECONDS), short))
}

/// Returns how much speech of each participant came out.
async fn take_speech(mut received: mpsc::Receiver<MixerOutput>) -> Result<Vec<u64>, String> {
    let mut speech_us = std::collections::BTreeMap::new();
    while let Some(output) = received.recv().await {
        match output {
            MixerOutput::Speech { participant_id, duration_us, .. } => {
                *speech_us.entry(participant_id).or_insert(0) += duration_us;
            }
            MixerOutput::TrackFailed { problem, .. } | MixerOutput::Failed { problem } => return Err(problem),
            _ => {}
        }
    }
    Ok(speech_us.into_values().map(|length_us: u64| length_us / 1000).collect())
}
