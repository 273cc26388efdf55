use model::{Language, ParticipantId};
use proptest::prelude::*;

use super::{PlacedWord, UtteranceDraft, number_utterances, place_word, settle_words, split_sentences};
use crate::audio::{SAMPLES_PER_MS, SamplePosition};
use crate::speech_region::SpeechRegion;
use crate::transcriber::DecodedWord;

fn at(milliseconds: u64) -> SamplePosition {
    SamplePosition(milliseconds * SAMPLES_PER_MS)
}

fn word(text: &str, start_ms: u64, end_ms: u64) -> PlacedWord {
    PlacedWord { text: text.to_owned(), start: at(start_ms), end: at(end_ms), confidence: 0.5, starts_segment: false }
}

fn sentences(texts: &[&str]) -> Vec<String> {
    let words = texts.iter().map(|text| word(text, 0, 0)).collect();
    split_sentences(words).iter().map(|words| words.iter().map(|word| word.text.as_str()).collect()).collect()
}

#[test]
fn sentences_end_at_their_punctuation() {
    assert_eq!(sentences(&[" Good", " morning.", " Welcome."]), [" Good morning.", " Welcome."]);
    assert_eq!(sentences(&[" Dr.", " Li", " pays", " 3.5", " now."]), [" Dr. Li pays 3.5 now."]);
    assert_eq!(sentences(&["好", "的。", "谢谢，", "再见！", "好"]), ["好的。", "谢谢，再见！", "好"]);
    assert_eq!(sentences(&[" So...", " we", " go?", " yes"]), [" So... we go?", " yes"]);
    assert!(sentences(&[]).is_empty());
}

#[test]
fn a_segment_of_the_engine_starts_an_utterance() {
    let mut words = vec![word(" one", 0, 100), word(" two", 100, 200)];
    words[1].starts_segment = true;
    assert_eq!(split_sentences(words).len(), 2);
}

#[test]
fn borders_inside_a_pause_move_to_its_edge() {
    let region = SpeechRegion {
        start: at(0),
        samples: vec![0.0; 4_000 * SAMPLES_PER_MS as usize],
        voiced: vec![200 * 16..1_000 * 16, 2_000 * 16..3_000 * 16],
    };
    let check = |start_ms, end_ms, expected: (u64, u64)| {
        let decoded = DecodedWord { text: "x".to_owned(), start_ms, end_ms, confidence: 1.0 };
        let placed = place_word(&decoded, at(start_ms), at(end_ms), &region, false);
        assert_eq!((placed.start, placed.end), (at(expected.0), at(expected.1)), "{start_ms} to {end_ms}");
    };
    check(1_000, 2_400, (2_000, 2_400));
    check(1_500, 2_400, (2_000, 2_400));
    check(600, 1_400, (600, 1_000));
    check(300, 900, (300, 900));
    check(150, 900, (150, 900));
    check(0, 900, (120, 900));
    check(2_100, 2_500, (2_100, 2_500));
}

#[test]
fn drafts_are_numbered_by_start_then_participant() {
    let draft = |speaker: &str, start_ms| UtteranceDraft {
        participant_id: ParticipantId::new(speaker).unwrap(),
        language: Language::English,
        words: vec![word(" Hello", start_ms, start_ms + 300), word(" there.", start_ms + 300, start_ms + 600)],
        region_start: at(start_ms),
        region_ms: 600,
        level_db: -20.0,
    };
    let utterances = number_utterances(vec![draft("b", 900), draft("a", 900), draft("c", 100)]);
    let order: Vec<(&str, &str, u64)> = utterances
        .iter()
        .map(|utterance| (utterance.id.as_str(), utterance.participant_id.as_str(), utterance.start_ms.as_millis()))
        .collect();
    assert_eq!(order, [("u000001", "c", 100), ("u000002", "a", 900), ("u000003", "b", 900)]);
    assert_eq!(utterances[0].text, "Hello there.");
    assert_eq!(utterances[0].words[1].text, "there.");
    assert_eq!(utterances[0].end_ms.as_millis(), 700);
}

proptest! {
    #[test]
    fn settled_words_are_in_order(times in prop::collection::vec((0_u64..5_000, 0_u64..5_000), 0..20)) {
        let mut words: Vec<PlacedWord> = times.into_iter().map(|(start, end)| word("x", start, end)).collect();
        settle_words(&mut words);
        prop_assert!(words.iter().all(|word| word.start <= word.end));
        prop_assert!(words.windows(2).all(|pair| pair[0].start <= pair[1].start));
    }
}
