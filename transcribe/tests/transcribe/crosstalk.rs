use model::{Language, Participant};
use transcribe::{TranscriptBuilder, score_transcript};

use crate::demo_meeting::build;
use crate::fixtures::{SpokenLine, chunks_of, spoken_lines_of, whisper};

/// Everybody who speaks in the lines, with the language that they speak.
fn roster_of(lines: &[SpokenLine]) -> Vec<Participant> {
    let mut roster: Vec<Participant> = Vec::new();
    for SpokenLine { line, .. } in lines {
        if roster.iter().all(|participant| participant.id != line.participant_id) {
            roster.push(Participant {
                id: line.participant_id.clone(),
                display_name: line.participant_id.to_string(),
                user_id: None,
                language: Some(line.language),
            });
        }
    }
    roster
}

/// Returns the share of the speech in which two speak at once.
fn overlap_share(lines: &[SpokenLine]) -> f64 {
    let speakers_at = |moment_ms: u64| {
        lines.iter().filter(|spoken| (spoken.line.start_ms.as_millis()..spoken.end_ms).contains(&moment_ms)).count()
    };
    let end_ms = lines.iter().map(|spoken| spoken.end_ms).max().unwrap();
    let speakers: Vec<usize> = (0..end_ms).step_by(10).map(speakers_at).collect();
    let at_least = |count: usize| speakers.iter().filter(|speaking| **speaking >= count).count() as f64;
    at_least(2) / at_least(1)
}

/// Six people with voices the demo meeting does not have, who talk over each other.
fn check_meeting(directory: &str) {
    let lines = spoken_lines_of(directory);
    let roster = roster_of(&lines);
    assert_eq!(roster.len(), 6);
    assert!(overlap_share(&lines) >= 0.2);
    let mut builder = TranscriptBuilder::new(whisper(), Language::English).unwrap();
    builder.set_roster(&roster);
    builder.push(chunks_of(directory, &roster, u64::MAX)).unwrap();
    let transcript = build(builder);

    let reference: Vec<_> = lines.iter().map(|spoken| spoken.line.clone()).collect();
    let score = score_transcript(&reference, &transcript);
    let texts: Vec<&str> = transcript.utterances.iter().map(|utterance| utterance.text.as_str()).collect();
    assert!(score.english.rate() <= 0.08 && score.mandarin.rate() <= 0.08, "{score:?} {texts:#?}");
    assert_eq!(score.lines_attributed, score.lines, "{texts:#?}");
    let mut start_errors_ms: Vec<u64> = lines
        .iter()
        .map(|spoken| {
            let own = transcript.utterances.iter().filter(|heard| heard.participant_id == spoken.line.participant_id);
            let start_ms = spoken.line.start_ms.as_millis();
            own.map(|heard| heard.start_ms.as_millis().abs_diff(start_ms)).min().unwrap()
        })
        .collect();
    start_errors_ms.sort_unstable();
    assert!(start_errors_ms[start_errors_ms.len() / 2] <= 250, "{start_errors_ms:?}");
    assert_eq!(transcript.coverage.failed_ms + transcript.coverage.waiting_ms, 0, "{:?}", transcript.coverage);
}

#[test]
fn a_security_review_of_six_who_interrupt_each_other() {
    check_meeting("meetings/security-review");
}

#[test]
fn a_budget_round_of_six_who_interrupt_each_other() {
    check_meeting("meetings/budget-round");
}

#[test]
fn a_handover_of_six_who_interrupt_each_other() {
    check_meeting("meetings/handover");
}
