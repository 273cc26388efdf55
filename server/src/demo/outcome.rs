use std::io::Write;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;
use tokio::time::{Instant, interval};

use super::client::ApiClient;
use super::meeting::HeldMeeting;
use super::report::{DemoReport, count_uncited};
use super::scoring::score;
use super::script::ScriptLine;

const LOOK_EVERY: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_mins(5);

/// Waits until the stopped meeting is transcribed, summarised and searchable, and measures it.
pub(super) async fn await_outcome(
    client: &ApiClient,
    lines: &[ScriptLine],
    held: HeldMeeting,
) -> anyhow::Result<DemoReport> {
    let recording_id = &held.recording_id;
    let (mut transcript_after, mut minutes_after) = (None, None);
    let mut ticks = interval(LOOK_EVERY);
    let view = loop {
        ticks.tick().await;
        let view = client.recording(recording_id).await?;
        let waited = held.stopped_at.elapsed();
        if has_outcome(&view, "transcript")? {
            transcript_after.get_or_insert(waited);
        }
        if has_outcome(&view, "minutes")? {
            minutes_after.get_or_insert(waited);
        }
        show_step(&view, held.stopped_at);
        if minutes_after.is_some() && view["processing"]["searchable"] == true {
            break view;
        }
        if waited > PATIENCE {
            bail!("nothing more came in {} s; the recording is {}", PATIENCE.as_secs(), view["state"]);
        }
    };
    let searchable_after = held.stopped_at.elapsed();
    drop(writeln!(std::io::stderr()));
    let transcript = client.transcript(recording_id).await?;
    let minutes = client.minutes(recording_id).await?;
    let score = score(lines, &transcript)?;
    let seconds = |duration: Option<Duration>| duration.unwrap_or_default().as_secs_f64();
    Ok(DemoReport {
        recording_id: recording_id.to_string(),
        duration_s: view["duration_ms"].as_f64().context("the recording has no duration")? / 1000.0,
        ran_s: ran_s(&view)?,
        segments: 0,
        bytes: view["stored_bytes"].as_u64().unwrap_or(0),
        packets_received: held.packets_received,
        packets_lost: held.packets_lost,
        tracks: held.tracks,
        wer: score.english.rate(),
        cer: score.mandarin.rate(),
        attribution: score.attribution(),
        utterances: lines.len(),
        decisions: minutes.decisions.len(),
        action_items: minutes.action_items.len(),
        uncited: count_uncited(&minutes, &transcript),
        stop_to_transcript_s: seconds(transcript_after),
        stop_to_minutes_s: seconds(minutes_after),
        stop_to_searchable_s: searchable_after.as_secs_f64(),
        console_url: String::new(),
        data_dir: String::new(),
    })
}

fn has_outcome(view: &Value, stage: &str) -> anyhow::Result<bool> {
    let stage_view = &view["processing"][stage];
    match stage_view["outcome"].as_str() {
        Some("done") => Ok(true),
        Some("failed") => bail!("no {stage}: {}", stage_view["problem"]),
        _ if view["state"] == "failed" => bail!("the recording failed: {}", view["failure_reason"]),
        _ => Ok(false),
    }
}

fn show_step(view: &Value, stopped_at: Instant) {
    let outcome = |stage: &str| view["processing"][stage]["outcome"] == "done";
    let step = match (view["state"] == "sealed", outcome("transcript"), outcome("minutes")) {
        (false, _, _) => "storing the last segments",
        (true, false, _) => "transcribing           ",
        (true, true, false) => "writing minutes        ",
        (true, true, true) => "indexing               ",
    };
    drop(write!(std::io::stderr(), "\r  {step} {:>5.1} s", stopped_at.elapsed().as_secs_f64()));
}

/// How long the recording ran by the wall clock, from its media time zero to the host's stop.
fn ran_s(view: &Value) -> anyhow::Result<f64> {
    let time = |field: &str| {
        let text = view[field].as_str().with_context(|| format!("the recording has no {field}"))?;
        text.parse::<jiff::Timestamp>().with_context(|| format!("understand {field}"))
    };
    Ok(time("stopped_at")?.duration_since(time("started_at")?).as_secs_f64())
}
