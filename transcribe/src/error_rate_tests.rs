use model::{Coverage, Language, MediaTime, ParticipantId, RecordingId, Timestamp, Transcript, Utterance, UtteranceId};

use super::{ErrorRate, ReferenceLine, score_transcript};

type Line = (&'static str, Language, u64, &'static str);

const EN: Language = Language::English;
const ZH: Language = Language::Mandarin;

fn reference(lines: &[Line]) -> Vec<ReferenceLine> {
    lines
        .iter()
        .map(|&(speaker, language, start_ms, text)| ReferenceLine {
            participant_id: ParticipantId::new(speaker).unwrap(),
            language,
            start_ms: MediaTime::from_millis(start_ms),
            text: text.to_owned(),
        })
        .collect()
}

fn transcript(lines: &[Line]) -> Transcript {
    let utterances = lines.iter().map(|&(speaker, language, start_ms, text)| Utterance {
        id: UtteranceId::new("u1").unwrap(),
        participant_id: ParticipantId::new(speaker).unwrap(),
        language,
        start_ms: MediaTime::from_millis(start_ms),
        end_ms: MediaTime::from_millis(start_ms + 1_500),
        text: text.to_owned(),
        confidence: 1.0,
        words: Vec::new(),
    });
    Transcript {
        schema: Transcript::SCHEMA,
        recording_id: RecordingId::new("r").unwrap(),
        version: 1,
        engine: "test".to_owned(),
        created_at: Timestamp::from_micros(0),
        utterances: utterances.collect(),
        coverage: Coverage::default(),
        speaker_names: std::collections::BTreeMap::new(),
        revision: None,
    }
}

fn check(said: &[Line], heard: &[Line], english: (u64, u64), mandarin: (u64, u64), attributed: u64) {
    let score = score_transcript(&reference(said), &transcript(heard));
    let rate = |(errors, units)| ErrorRate { errors, units };
    assert_eq!(score.english, rate(english), "{said:?} {heard:?}");
    assert_eq!(score.mandarin, rate(mandarin), "{said:?} {heard:?}");
    assert_eq!((score.lines_attributed, score.lines), (attributed, said.len() as u64), "{said:?} {heard:?}");
}

#[test]
fn punctuation_case_and_width_do_not_count() {
    check(&[("a", EN, 0, "Let's go, Bob: ＡＰＩ 2.")], &[("a", EN, 300, "let’s GO bob api 2")], (0, 5), (0, 0), 1);
    check(&[("a", ZH, 0, "王伟，你好。")], &[("a", ZH, 0, "王伟你好")], (0, 0), (0, 4), 1);
}

#[test]
fn each_kind_of_edit_counts_once() {
    let said: &[Line] = &[("a", EN, 0, "how much storage do we need")];
    check(said, &[("a", EN, 0, "how much storage do you need")], (1, 6), (0, 0), 1);
    check(said, &[("a", EN, 0, "how much storage do need")], (1, 6), (0, 0), 1);
    check(said, &[("a", EN, 0, "how much storage do we really need")], (1, 6), (0, 0), 1);
    check(said, &[], (6, 6), (0, 0), 0);
    check(&[], &[("a", EN, 0, "thank you"), ("b", ZH, 0, "谢谢")], (2, 0), (2, 0), 0);
}

#[test]
fn errors_belong_to_the_language_of_the_line() {
    let said: &[Line] = &[("a", EN, 0, "good morning"), ("a", ZH, 3_000, "早上好")];
    check(said, &[("a", EN, 0, "good evening"), ("a", ZH, 3_000, "早上")], (1, 2), (1, 3), 2);
}

#[test]
fn words_given_to_somebody_else_count_twice() {
    let said: &[Line] = &[("a", EN, 0, "good morning"), ("b", EN, 4_000, "yes I agree")];
    check(said, &[("a", EN, 0, "good morning"), ("a", EN, 4_000, "yes I agree")], (6, 5), (0, 0), 1);
    // The same words at another time are somebody else's line.
    let said: &[Line] = &[("a", EN, 0, "yes I agree"), ("b", EN, 60_000, "yes I agree")];
    check(said, &[("a", EN, 0, "yes I agree"), ("b", EN, 60_000, "yes I agree")], (0, 6), (0, 0), 2);
}

#[test]
fn rates_without_units() {
    let rate = |errors, units| ErrorRate { errors, units }.rate();
    assert!(rate(0, 0).abs() < f64::EPSILON);
    assert!((rate(3, 0) - 1.0).abs() < f64::EPSILON);
    assert!((rate(1, 4) - 0.25).abs() < f64::EPSILON);
}
