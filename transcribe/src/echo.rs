use crate::audio::SAMPLES_PER_MS;
use crate::error_rate::common_subsequence;
use crate::utterances::UtteranceDraft;

/// Finds utterances that another microphone picked up from a loudspeaker: somebody else said the same at the same time,
/// clearly louder. Returns their indices, in order.
pub(crate) fn find_echoes(drafts: &[UtteranceDraft]) -> Vec<usize> {
    let texts: Vec<Vec<char>> = drafts.iter().map(letters).collect();
    let mut by_start: Vec<usize> = (0..drafts.len()).filter(|index| texts[*index].len() >= LETTERS_MIN).collect();
    by_start.sort_by_key(|index| drafts[*index].start());
    let mut echoes = Vec::new();
    for (position, &early) in by_start.iter().enumerate() {
        let is_near = |late: &&usize| drafts[**late].start().0 - drafts[early].start().0 <= DELAY_MAX;
        for &late in by_start[position + 1..].iter().take_while(is_near) {
            let difference_db = drafts[early].level_db - drafts[late].level_db;
            let is_echo = drafts[early].participant_id != drafts[late].participant_id
                && difference_db.abs() >= DIFFERENCE_MIN_DB
                && is_same(&texts[early], &texts[late]);
            if is_echo {
                echoes.push(if difference_db > 0.0 { late } else { early });
            }
        }
    }
    echoes.sort_unstable();
    echoes.dedup();
    echoes
}

const DELAY_MAX: u64 = 2_000 * SAMPLES_PER_MS;
/// Two people who say the same at once are about as loud; a loudspeaker is far from the microphone.
const DIFFERENCE_MIN_DB: f32 = 6.0;
/// People do say "okay" at once.
const LETTERS_MIN: usize = 6;
const SIMILARITY_MIN: f32 = 0.85;

fn letters(draft: &UtteranceDraft) -> Vec<char> {
    let characters = draft.words.iter().flat_map(|word| word.text.chars());
    characters.filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn is_same(left: &[char], right: &[char]) -> bool {
    let common = common_subsequence(left, right);
    2.0 * common as f32 >= SIMILARITY_MIN * (left.len() + right.len()) as f32
}

#[cfg(test)]
mod tests {
    use model::{Language, ParticipantId};

    use super::find_echoes;
    use crate::audio::{SAMPLES_PER_MS, SamplePosition};
    use crate::utterances::{PlacedWord, UtteranceDraft};

    fn draft(speaker: &str, start_ms: u64, level_db: f32, text: &str) -> UtteranceDraft {
        let start = SamplePosition(start_ms * SAMPLES_PER_MS);
        let word = PlacedWord { text: text.to_owned(), start, end: start, confidence: 1.0, starts_segment: true };
        UtteranceDraft {
            participant_id: ParticipantId::new(speaker).unwrap(),
            language: Language::English,
            words: vec![word],
            region_start: start,
            region_ms: 1_000,
            level_db,
        }
    }

    #[test]
    fn the_quieter_of_two_equal_lines_is_the_echo() {
        let check = |second: UtteranceDraft, expected: &[usize]| {
            let first = draft("alice", 10_000, -20.0, "We need thirty more days.");
            assert_eq!(find_echoes(&[first, second.clone()]), expected, "{second:?}");
        };
        check(draft("bob", 10_150, -34.0, "We need thirty more days."), &[1]);
        check(draft("bob", 9_900, -34.0, "We need thirty four days."), &[1]);
        check(draft("bob", 10_150, -10.0, "We need thirty more days."), &[0]);
        check(draft("bob", 10_150, -22.0, "We need thirty more days."), &[]);
        check(draft("bob", 13_000, -34.0, "We need thirty more days."), &[]);
        check(draft("bob", 10_150, -34.0, "The budget is too high."), &[]);
        check(draft("alice", 11_150, -34.0, "We need thirty more days."), &[]);
    }

    #[test]
    fn short_answers_are_nobodys_echo() {
        let drafts = [draft("alice", 0, -20.0, "Okay."), draft("bob", 100, -34.0, "Okay.")];
        assert!(find_echoes(&drafts).is_empty());
    }
}
