//! Reads meetings as JSON lines of `{title, language, time_zone, started_at, participants, transcript}` from standard
//! input and writes the minutes of each as a JSON line, with the milliseconds they took.

use std::error::Error;
use std::io::{BufRead, Write};

use model::{Language, Participant, Timestamp, Transcript};
use serde::Deserialize;
use serde_json::json;
use summarize::{Meeting, write_extractive_minutes};
use tokio::time::Instant;

#[derive(Deserialize)]
struct Line {
    title: String,
    language: Language,
    time_zone: String,
    started_at: Option<Timestamp>,
    participants: Vec<Participant>,
    transcript: Transcript,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut output = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let Line { title, language, time_zone, started_at, participants, transcript } = serde_json::from_str(&line?)?;
        let created_at = transcript.created_at;
        let meeting = Meeting { transcript, participants, title, language, time_zone, started_at };
        let began = Instant::now();
        let minutes = write_extractive_minutes(&meeting, 1, created_at);
        let took_ms = began.elapsed().as_millis() as u64;
        writeln!(output, "{}", json!({ "took_ms": took_ms, "minutes": minutes }))?;
    }
    Ok(())
}
