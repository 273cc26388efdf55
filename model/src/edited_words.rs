use crate::text_replacement::is_han;
use crate::{MediaTime, Utterance, Word};

/// Gives the words of a new text their times. Characters that stay, by the longest common subsequence, keep the time of
/// the word they were in; those written new share the time between them. None when the utterance had no word times.
pub(crate) fn align_words(utterance: &Utterance, text: &str) -> Vec<Word> {
    let old = timed_characters(&utterance.words);
    if old.is_empty() {
        return Vec::new();
    }
    let new: Vec<char> = text.chars().filter(|character| !character.is_whitespace()).collect();
    let origins = common_subsequence(&old, &new);
    let bounds = (utterance.start_ms.as_millis(), utterance.end_ms.as_millis());
    let times = place_characters(&old, &origins, bounds);
    let mut words: Vec<Word> = Vec::new();
    let mut first = 0;
    for token in tokens(text, &old, &origins) {
        let last = first + token.chars().count();
        let is_kept = kept_word(&old, &origins[first..last], &utterance.words);
        words.push(match is_kept {
            Some(index) => utterance.words[index].clone(),
            None => written_word(token, &old, &origins[first..last], &times[first..last]),
        });
        first = last;
    }
    words
}

/// A character of the old text, and its share of the time of its word.
struct TimedCharacter {
    character: char,
    word_index: usize,
    start_ms: u64,
    end_ms: u64,
    confidence: f32,
}

fn timed_characters(words: &[Word]) -> Vec<TimedCharacter> {
    let mut timed = Vec::new();
    for (word_index, word) in words.iter().enumerate() {
        let characters: Vec<char> = word.text.chars().filter(|character| !character.is_whitespace()).collect();
        let (start_ms, lasted_ms) =
            (word.start_ms.as_millis(), word.end_ms.as_millis().saturating_sub(word.start_ms.as_millis()));
        let at = |index: usize| start_ms + lasted_ms * index as u64 / characters.len() as u64;
        for (index, character) in characters.iter().enumerate() {
            timed.push(TimedCharacter {
                character: *character,
                word_index,
                start_ms: at(index),
                end_ms: at(index + 1),
                confidence: word.confidence,
            });
        }
    }
    timed
}

/// Returns for each new character the old one it is.
fn common_subsequence(old: &[TimedCharacter], new: &[char]) -> Vec<Option<usize>> {
    let mut origins = vec![None; new.len()];
    let ahead = old.iter().zip(new).take_while(|(old, new)| old.character == **new).count();
    let behind = old[ahead..]
        .iter()
        .rev()
        .zip(new[ahead..].iter().rev())
        .take_while(|(old, new)| old.character == **new)
        .count();
    for (index, origin) in origins.iter_mut().enumerate().take(ahead) {
        *origin = Some(index);
    }
    for index in 1..=behind {
        origins[new.len() - index] = Some(old.len() - index);
    }
    let (old_middle, new_middle) = (&old[ahead..old.len() - behind], &new[ahead..new.len() - behind]);
    // The length of the longest common subsequence of what is behind each pair of positions.
    let width = new_middle.len() + 1;
    let mut lengths = vec![0_u32; (old_middle.len() + 1) * width];
    for row in (0..old_middle.len()).rev() {
        for column in (0..new_middle.len()).rev() {
            lengths[row * width + column] = if old_middle[row].character == new_middle[column] {
                lengths[(row + 1) * width + column + 1] + 1
            } else {
                lengths[(row + 1) * width + column].max(lengths[row * width + column + 1])
            };
        }
    }
    let (mut row, mut column) = (0, 0);
    while row < old_middle.len() && column < new_middle.len() {
        if old_middle[row].character == new_middle[column] {
            origins[ahead + column] = Some(ahead + row);
            row += 1;
            column += 1;
        } else if lengths[(row + 1) * width + column] >= lengths[row * width + column + 1] {
            row += 1;
        } else {
            column += 1;
        }
    }
    origins
}

/// Returns start and end of each new character: its own, or an even share of the time between its neighbours'.
fn place_characters(old: &[TimedCharacter], origins: &[Option<usize>], bounds: (u64, u64)) -> Vec<(u64, u64)> {
    let mut times = vec![(0, 0); origins.len()];
    let mut index = 0;
    while index < origins.len() {
        if let Some(origin) = origins[index] {
            times[index] = (old[origin].start_ms, old[origin].end_ms);
            index += 1;
            continue;
        }
        let length = origins[index..].iter().take_while(|origin| origin.is_none()).count();
        let from = if index == 0 { bounds.0 } else { times[index - 1].1 };
        let until = origins.get(index + length).copied().flatten().map_or(bounds.1, |origin| old[origin].start_ms);
        let until = until.max(from);
        for offset in 0..length {
            let at = |share: usize| from + (until - from) * share as u64 / length as u64;
            times[index + offset] = (at(offset), at(offset + 1));
        }
        index += length;
    }
    times
}

/// Cuts a text into words: at spaces, and around Chinese characters, which go together only where they were one word
/// before. Marks belong to the word they follow.
fn tokens<'a>(text: &'a str, old: &[TimedCharacter], origins: &[Option<usize>]) -> Vec<&'a str> {
    let mut tokens = Vec::new();
    let mut start = 0;
    let mut before: Option<(char, usize)> = None;
    let mut ordinal = 0;
    for (offset, character) in text.char_indices() {
        if character.is_whitespace() {
            tokens.extend(text.get(start..offset));
            start = offset + character.len_utf8();
            before = None;
            continue;
        }
        if let Some((last, last_ordinal)) = before {
            let word_of = |ordinal: usize| origins[ordinal].map(|origin| old[origin].word_index);
            let is_one_word = word_of(ordinal).is_some() && word_of(ordinal) == word_of(last_ordinal);
            let is_border = character.is_alphanumeric() && (is_han(character) || is_han(last) || is_wide_mark(last));
            if is_border && !is_one_word {
                tokens.extend(text.get(start..offset));
                start = offset;
            }
        }
        before = Some((character, ordinal));
        ordinal += 1;
    }
    tokens.extend(text.get(start..));
    tokens.retain(|token| !token.is_empty());
    tokens
}

const fn is_wide_mark(character: char) -> bool {
    matches!(character, '\u{3001}'..='\u{3003}' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff1f}' | '…' | '”' | '》')
}

/// Returns the old word that a new one is, when it is all of it.
fn kept_word(old: &[TimedCharacter], origins: &[Option<usize>], words: &[Word]) -> Option<usize> {
    let index = old[origins.first().copied().flatten()?].word_index;
    let is_whole = origins.iter().all(|origin| origin.is_some_and(|origin| old[origin].word_index == index));
    let length = words[index].text.chars().filter(|character| !character.is_whitespace()).count();
    (is_whole && origins.len() == length).then_some(index)
}

fn written_word(token: &str, old: &[TimedCharacter], origins: &[Option<usize>], times: &[(u64, u64)]) -> Word {
    let start_ms = times.first().map_or(0, |time| time.0);
    let end_ms = times.iter().map(|time| time.1).max().unwrap_or(start_ms).max(start_ms);
    let is_untouched = origins.iter().all(Option::is_some);
    let heard = origins.iter().flatten().map(|origin| old[*origin].confidence);
    let confidence = if is_untouched { heard.fold(1.0, f32::min) } else { 1.0 };
    Word {
        text: token.to_owned(),
        start_ms: MediaTime::from_millis(start_ms),
        end_ms: MediaTime::from_millis(end_ms),
        confidence,
    }
}

#[cfg(test)]
mod tests {
    use super::align_words;
    use crate::{Language, MediaTime, ParticipantId, Utterance, UtteranceId, Word};

    /// Each word takes 400 ms and its engine is half sure.
    fn utterance(words: &[&str]) -> Utterance {
        let at = |index: usize| MediaTime::from_millis(1_000 + 400 * index as u64);
        let timed = words.iter().enumerate().map(|(index, word)| Word {
            text: (*word).to_owned(),
            start_ms: at(index),
            end_ms: at(index + 1),
            confidence: 0.5,
        });
        Utterance {
            id: UtteranceId::new("u1").expect("valid"),
            participant_id: ParticipantId::new("p1").expect("valid"),
            language: Language::English,
            start_ms: at(0),
            end_ms: at(words.len()),
            text: words.join(" "),
            confidence: 0.5,
            words: timed.collect(),
        }
    }

    fn check(words: &[&str], text: &str, expected: &[(&str, u64, u64, f32)]) {
        let aligned = align_words(&utterance(words), text);
        let aligned: Vec<(&str, u64, u64, f32)> = aligned
            .iter()
            .map(|word| (word.text.as_str(), word.start_ms.as_millis(), word.end_ms.as_millis(), word.confidence))
            .collect();
        assert_eq!(aligned, expected, "{text}");
    }

    #[test]
    fn what_stays_keeps_its_time_and_what_is_new_is_certain() {
        check(
            &["we", "need", "stowage."],
            "we need storage.",
            &[("we", 1_000, 1_400, 0.5), ("need", 1_400, 1_800, 0.5), ("storage.", 1_800, 2_200, 1.0)],
        );
        check(
            &["go", "now"],
            "go right now",
            &[("go", 1_000, 1_400, 0.5), ("right", 1_400, 1_400, 1.0), ("now", 1_400, 1_800, 0.5)],
        );
        check(&["wrong"], "好。", &[("好。", 1_000, 1_400, 1.0)]);
        check(&["a", "b", "c"], "a c", &[("a", 1_000, 1_400, 0.5), ("c", 1_800, 2_200, 0.5)]);
    }

    #[test]
    fn chinese_words_stay_together() {
        check(
            &["我们", "用", "会计", "记录。"],
            "我们用会记记录。",
            &[
                ("我们", 1_000, 1_400, 0.5),
                ("用", 1_400, 1_800, 0.5),
                ("会", 1_800, 2_000, 0.5),
                ("记", 2_000, 2_200, 1.0),
                ("记录。", 2_200, 2_600, 0.5),
            ],
        );
    }

    #[test]
    fn words_that_were_never_timed_stay_so() {
        assert_eq!(align_words(&Utterance { words: Vec::new(), ..utterance(&["a"]) }, "b"), []);
    }
}
