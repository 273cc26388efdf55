use model::{Minutes, Transcript};
use serde::Serialize;
use serde_json::Value;

use crate::output::print_line;

/// What a run of the demo has shown; one JSON object with `--json`.
#[derive(Debug, Serialize)]
pub(super) struct DemoReport {
    pub(super) recording_id: String,
    /// Length of the sealed recording.
    pub(super) duration_s: f64,
    /// How long the recording was asked to run, from the answer to create to the call of stop.
    pub(super) ran_s: f64,
    pub(super) segments: u64,
    pub(super) bytes: u64,
    pub(super) packets_received: u64,
    pub(super) packets_lost: u64,
    pub(super) tracks: Vec<TrackLine>,
    /// Word error rate of the English utterances.
    pub(super) wer: f64,
    /// Character error rate of the Mandarin utterances.
    pub(super) cer: f64,
    /// Share of utterances given to the right speaker.
    pub(super) attribution: f64,
    pub(super) utterances: usize,
    pub(super) decisions: usize,
    pub(super) action_items: usize,
    /// Lines of the minutes without a citation of an utterance that exists.
    pub(super) uncited: usize,
    pub(super) stop_to_transcript_s: f64,
    pub(super) stop_to_minutes_s: f64,
    pub(super) stop_to_searchable_s: f64,
    pub(super) console_url: String,
    pub(super) data_dir: String,
}

/// What came over one track.
#[derive(Debug, Serialize)]
pub(super) struct TrackLine {
    pub(super) name: String,
    pub(super) packets_sent: u64,
    pub(super) packets_received: u64,
    pub(super) packets_lost: u64,
}

impl DemoReport {
    /// Prints the report as a table for people.
    pub(super) fn print(&self) {
        let rows = [
            ("recording", self.recording_id.clone()),
            ("duration", format!("{:.2} s (asked for {:.2} s)", self.duration_s, self.ran_s)),
            ("segments", format!("{} ({:.1} MB with everything)", self.segments, self.bytes as f64 / 1e6)),
            ("packets", format!("{} received, {} lost", self.packets_received, self.packets_lost)),
            ("word errors, English", percent(self.wer)),
            ("character errors, Mandarin", percent(self.cer)),
            ("right speaker", format!("{} of {} utterances", percent(self.attribution), self.utterances)),
            ("decisions", self.decisions.to_string()),
            ("action items", self.action_items.to_string()),
            ("lines without evidence", self.uncited.to_string()),
            ("transcript after stop", format!("{:.1} s", self.stop_to_transcript_s)),
            ("minutes after stop", format!("{:.1} s", self.stop_to_minutes_s)),
            ("searchable after stop", format!("{:.1} s", self.stop_to_searchable_s)),
        ];
        print_line("");
        for (label, value) in rows {
            print_line(&format!("  {label:<28}{value}"));
        }
        print_line("");
        print_line(&format!("  {:<28}{:>8} {:>9} {:>6}", "track", "sent", "received", "lost"));
        for track in &self.tracks {
            print_line(&format!(
                "  {:<28}{:>8} {:>9} {:>6}",
                track.name, track.packets_sent, track.packets_received, track.packets_lost
            ));
        }
        print_line("");
    }
}

/// Counts the lines of minutes that cite nothing, or an utterance the transcript does not have.
pub(super) fn count_uncited(minutes: &Minutes, transcript: &Transcript) -> usize {
    let known = |line: &model::CitedLine| {
        !line.citations.is_empty()
            && line
                .citations
                .iter()
                .all(|citation| transcript.utterances.iter().any(|one| one.id == citation.utterance_id))
    };
    minutes.lines().filter(|line| !known(line)).count()
}

/// Reads what a recorder reported of one track in a recording's view.
pub(super) fn track_counters(view: &Value, track_id: &str) -> (u64, u64) {
    let tracks = view["recorder"]["tracks"].as_array().map(Vec::as_slice).unwrap_or_default();
    let track = tracks.iter().find(|track| track["track_id"] == track_id);
    let count = |field: &str| track.and_then(|track| track[field].as_u64()).unwrap_or(0);
    (count("packets_received"), count("packets_lost"))
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
