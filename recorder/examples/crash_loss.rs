//! What a killed recorder process costs: `crash_loss ROUNDS RESULTS` kills one at a random moment in each of many
//! recordings and measures how much of the meeting before the kill is missing, and how long until the next one records.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on should say where")]

#[path = "../tests/recorder/meeting.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod meeting;

use std::error::Error;
use std::io::Write;
use std::process::Command;

use meeting::Meeting;
use model::{SpanCause, TimelineEventKind};
use recorder::verify_recording;
use serde_json::json;
use store::{IdSource, SeededIds};

const LOST_MS_WANTED: u64 = 1_000;

struct Round {
    lost_ms: u64,
    gap_ms: u64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let rounds: usize = arguments.next().ok_or("say how many rounds")?.parse()?;
    let results = arguments.next().ok_or("name the file to write")?;
    let random = SeededIds::new(50);
    let mut measured = Vec::new();
    for number in 1..=rounds {
        let bytes = random.random_bytes();
        let wait_ms = 1_500 + u64::from(u16::from_be_bytes([bytes[0], bytes[1]])) % 4_000;
        let round = kill_after(wait_ms).await?;
        writeln!(std::io::stderr(), "{number}: lost {} ms, gap {} ms", round.lost_ms, round.gap_ms)?;
        measured.push(round);
    }
    let report = report(&measured);
    std::fs::write(&results, format!("{}\n", serde_json::to_string_pretty(&report)?))?;
    let worst_ms = measured.iter().map(|round| round.lost_ms).max().unwrap_or(u64::MAX);
    if worst_ms > LOST_MS_WANTED { Err(format!("{worst_ms} ms were lost").into()) } else { Ok(()) }
}

async fn kill_after(wait_ms: u64) -> Result<Round, Box<dyn Error>> {
    let meeting = Meeting::start().await;
    meeting.until_durable(wait_ms).await;
    let killed_ms = meeting.kill_child().await;
    meeting.until_durable(killed_ms + 1_500).await;
    meeting.recorders.stop(&meeting.recording.id).await?;
    meeting.until_sealed().await;
    let (tenant_id, id) = (&meeting.recording.tenant_id, &meeting.recording.id);
    let verified = verify_recording(&meeting.store, tenant_id, id).await?;
    if let Some(problem) = verified.problems.first() {
        return Err(format!("{}: {}", problem.key, problem.problem).into());
    }
    let (mut began_ms, mut ended_ms) = (None, None);
    for event in meeting.store.list_timeline_events(id).await? {
        match event.kind {
            TimelineEventKind::SpanBegan { cause: SpanCause::RecorderRestart, .. } => {
                began_ms = Some(event.at_ms.as_millis());
            }
            TimelineEventKind::SpanEnded { cause: SpanCause::RecorderRestart, .. } => {
                ended_ms = Some(event.at_ms.as_millis());
            }
            _ => {}
        }
    }
    let (began_ms, ended_ms) = began_ms.zip(ended_ms).ok_or("the gap is not marked")?;
    Ok(Round { lost_ms: killed_ms.saturating_sub(began_ms), gap_ms: ended_ms - began_ms })
}

fn report(rounds: &[Round]) -> serde_json::Value {
    let sorted = |figure: fn(&Round) -> u64| {
        let mut values: Vec<u64> = rounds.iter().map(figure).collect();
        values.sort_unstable();
        values
    };
    let text = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let (lost, gap) = (sorted(|round| round.lost_ms), sorted(|round| round.gap_ms));
    let figure = |label: &str, value: Option<&u64>, wanted: &str| json!({"label": label, "value": value, "unit": "ms", "wanted": wanted});
    json!({
        "benchmark": "crashes",
        "machine": { "threads": std::thread::available_parallelism().map_or(0, usize::from) },
        "commit": text("git", &["rev-parse", "HEAD"]),
        "rounds": rounds.len(),
        "figures": [
            figure("media lost before a kill -9 of the recorder process, worst", lost.last(), "at most 1000"),
            figure("media lost before a kill -9 of the recorder process, median", lost.get(lost.len() / 2), ""),
            figure("from the last media before the kill to the first after it, worst", gap.last(), ""),
            figure("from the last media before the kill to the first after it, median", gap.get(gap.len() / 2), ""),
        ],
    })
}
