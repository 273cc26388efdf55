use model::{Language, RecordingId, Timestamp, Transcript};
use transcribe::{TranscriptBuilder, score_transcript};

use crate::fixtures::{demo_chunks, reference_until, roster, spoken_lines, whisper};

pub(crate) fn build(mut builder: TranscriptBuilder) -> Transcript {
    builder.finish(RecordingId::new("demo").unwrap(), 1, Timestamp::from_micros(0))
}

#[test]
fn every_word_of_the_demo_meeting_is_right() {
    let mut builder = TranscriptBuilder::new(whisper(), Language::English).unwrap();
    builder.set_roster(&roster(true));
    builder.push(demo_chunks(u64::MAX)).unwrap();
    let transcript = build(builder);

    let score = score_transcript(&reference_until(u64::MAX), &transcript);
    assert_eq!(score.lines, 50);
    assert_eq!((score.english.errors, score.mandarin.errors), (0, 0), "{score:?}");
    assert_eq!(score.lines_attributed, score.lines);
    assert!(transcript.engine.contains("micro-whisper"));
    check_form(&transcript);
    check_times(&transcript);
}

fn check_form(transcript: &Transcript) {
    let coverage = &transcript.coverage;
    assert_eq!(coverage.speech_ms, coverage.transcribed_ms, "{coverage:?}");
    // The lines last 126 s; pads and pauses add to it.
    assert!((110_000..150_000).contains(&coverage.speech_ms), "{coverage:?}");
    assert_eq!(transcript.utterances.len(), 50);
    for (utterance, number) in transcript.utterances.iter().zip(1..) {
        assert_eq!(utterance.id.as_str(), format!("u{number:06}"));
        assert!(utterance.confidence > 0.5 && utterance.confidence <= 1.0);
        let separator = if utterance.language == Language::English { " " } else { "" };
        let words: Vec<&str> = utterance.words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(words.join(separator), utterance.text);
    }
}

fn check_times(transcript: &Transcript) {
    let lines = spoken_lines();
    let mut start_errors_ms = Vec::new();
    for utterance in &transcript.utterances {
        let (start_ms, end_ms) = (utterance.start_ms.as_millis(), utterance.end_ms.as_millis());
        let spoken = lines
            .iter()
            .filter(|spoken| spoken.line.participant_id == utterance.participant_id)
            .min_by_key(|spoken| spoken.line.start_ms.as_millis().abs_diff(start_ms))
            .unwrap();
        start_errors_ms.push(spoken.line.start_ms.as_millis().abs_diff(start_ms));
        assert_eq!(spoken.line.text, utterance.text);
        for word in &utterance.words {
            let (word_start_ms, word_end_ms) = (word.start_ms.as_millis(), word.end_ms.as_millis());
            assert!(word_start_ms <= word_end_ms && word_start_ms >= start_ms && word_end_ms <= end_ms);
            assert!(word_start_ms + 300 >= spoken.line.start_ms.as_millis() && word_end_ms <= spoken.end_ms + 300);
        }
    }
    start_errors_ms.sort_unstable();
    assert!(start_errors_ms[start_errors_ms.len() * 95 / 100] <= 200, "{start_errors_ms:?}");
}
