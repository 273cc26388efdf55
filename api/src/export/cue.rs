use model::{ParticipantId, Utterance};

/// A caption: at most two lines that are shown together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cue {
    pub(super) start_ms: u64,
    pub(super) end_ms: u64,
    pub(super) participant_id: ParticipantId,
    pub(super) lines: Vec<String>,
}

const LINES_MAX: usize = 2;
const DURATION_MS_MAX: u64 = 7_000;
/// A line holds 42 Latin letters or 20 Chinese characters, so a letter counts 10 of 420 and a Chinese character 21.
const LINE_WIDTH_MAX: u32 = 420;

/// Cuts utterances into captions at word boundaries, keeping each word at the time it was said.
pub(super) fn cues(utterances: &[Utterance]) -> Vec<Cue> {
    utterances.iter().flat_map(utterance_cues).collect()
}

/// A stretch of text that is not broken, and when it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    text: String,
    space_before: bool,
    start_ms: u64,
    end_ms: u64,
}

fn utterance_cues(utterance: &Utterance) -> Vec<Cue> {
    let tokens = aligned_tokens(utterance).unwrap_or_else(|| spread_tokens(utterance));
    let mut cues: Vec<Cue> = Vec::new();
    let mut is_sentence_end = true;
    for token in tokens.into_iter().flat_map(split_wide) {
        let fits = cues.last_mut().is_some_and(|cue| !breaks(cue, &token, is_sentence_end) && push(cue, &token));
        is_sentence_end = token.text.ends_with(['.', '?', '!', '。', '？', '！', '…']);
        if !fits {
            cues.push(Cue {
                start_ms: token.start_ms,
                end_ms: token.end_ms.max(token.start_ms + 1),
                participant_id: utterance.participant_id.clone(),
                lines: vec![token.text],
            });
        }
    }
    cues
}

fn breaks(cue: &Cue, token: &Token, after_sentence: bool) -> bool {
    let is_long = cue.lines.len() == LINES_MAX || cue.end_ms - cue.start_ms > DURATION_MS_MAX / 2;
    token.end_ms.saturating_sub(cue.start_ms) > DURATION_MS_MAX || (after_sentence && is_long)
}

/// Adds a token to a cue, on a new line where it has to be; says whether there was room.
fn push(cue: &mut Cue, token: &Token) -> bool {
    let Some(line) = cue.lines.last_mut() else { return false };
    let space = if token.space_before { " " } else { "" };
    if width(line) + width(space) + width(&token.text) <= LINE_WIDTH_MAX {
        line.push_str(space);
        line.push_str(&token.text);
    } else if cue.lines.len() < LINES_MAX {
        cue.lines.push(token.text.clone());
    } else {
        return false;
    }
    cue.end_ms = cue.end_ms.max(token.end_ms);
    true
}

fn width(text: &str) -> u32 {
    text.chars().map(|character| if is_wide(character) { 21 } else { 10 }).sum()
}

/// Says whether a character fills a square: Han, kana, hangul, and their punctuation.
const fn is_wide(character: char) -> bool {
    matches!(character,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' | '\u{2018}'..='\u{201d}' | '\u{2026}')
}

/// Takes the words with their times, when together they are the text. Somebody who edits the text may leave the words.
fn aligned_tokens(utterance: &Utterance) -> Option<Vec<Token>> {
    let mut rest = utterance.text.as_str();
    let mut tokens = Vec::with_capacity(utterance.words.len());
    for word in &utterance.words {
        let trimmed = rest.trim_start();
        let text = word.text.trim();
        let after = trimmed.strip_prefix(text)?;
        let space_before = trimmed.len() < rest.len();
        rest = after;
        let (start_ms, end_ms) = (word.start_ms.as_millis(), word.end_ms.as_millis());
        tokens.push(Token { text: text.to_owned(), space_before, start_ms, end_ms });
    }
    (rest.trim().is_empty() && !tokens.is_empty()).then_some(tokens)
}

/// Spreads the text evenly over the utterance's time.
fn spread_tokens(utterance: &Utterance) -> Vec<Token> {
    let (start_ms, end_ms) = (utterance.start_ms.as_millis(), utterance.end_ms.as_millis());
    let whole = Token { text: utterance.text.clone(), space_before: false, start_ms, end_ms };
    split(&whole, |last, character, space_before| {
        space_before || is_wide(last) || (is_wide(character) && !is_closing(character))
    })
}

/// Splits a token that is wider than a line into its characters.
fn split_wide(token: Token) -> Vec<Token> {
    if width(&token.text) <= LINE_WIDTH_MAX { vec![token] } else { split(&token, |_, _, _| true) }
}

fn split(token: &Token, is_boundary: impl Fn(char, char, bool) -> bool) -> Vec<Token> {
    let count = token.text.chars().count().max(1) as u64;
    let at = |index: u64| token.start_ms + token.end_ms.saturating_sub(token.start_ms) * index / count;
    let mut tokens: Vec<Token> = Vec::new();
    let mut space_before = token.space_before;
    for (index, character) in token.text.chars().enumerate() {
        if character.is_whitespace() {
            space_before = true;
            continue;
        }
        let end_ms = at(index as u64 + 1);
        match tokens.last_mut() {
            Some(last) if !last.text.ends_with(|before| is_boundary(before, character, space_before)) => {
                last.text.push(character);
                last.end_ms = end_ms;
            }
            _ => tokens.push(Token { text: character.into(), space_before, start_ms: at(index as u64), end_ms }),
        }
        space_before = false;
    }
    tokens
}

/// Says whether a character may not start a line.
const fn is_closing(character: char) -> bool {
    matches!(
        character,
        '，' | '。'
            | '、'
            | '；'
            | '：'
            | '？'
            | '！'
            | '）'
            | '》'
            | '」'
            | '』'
            | '】'
            | '\u{2019}'
            | '\u{201d}'
            | '…'
    )
}

#[cfg(test)]
mod tests {
    use super::{Cue, LINE_WIDTH_MAX, cues, width};
    use crate::export::fixtures::{utterance, utterance_without_words};

    fn check_limits(cues: &[Cue]) {
        for cue in cues {
            assert!((1..=2).contains(&cue.lines.len()), "{cue:?}");
            assert!(cue.lines.iter().all(|line| width(line) <= LINE_WIDTH_MAX), "{cue:?}");
            assert!(cue.start_ms < cue.end_ms, "{cue:?}");
        }
    }

    #[test]
    fn english_breaks_between_words_at_42_letters() {
        let text = "we will move the launch to the third of March because the tests are not ready yet and nobody wants a \
                    repeat of last time";
        let cues = cues(&[utterance("en", 1_000, 400, text)]);
        check_limits(&cues);
        assert_eq!(
            cues[0].lines,
            ["we will move the launch to the third of", "March because the tests are not ready yet"]
        );
        assert_eq!((cues[0].start_ms, cues[0].end_ms), (1_000, 7_800));
        let joined: Vec<String> = cues.iter().map(|cue| cue.lines.join(" ")).collect();
        assert_eq!(joined.join(" "), text);
    }

    #[test]
    fn chinese_breaks_at_20_characters_without_spaces() {
        let text = "我们把发布推迟到三月三日因为测试还没有准备好而且没有人想再经历一次上次的事情";
        let cues = cues(&[utterance("zh", 0, 150, text)]);
        check_limits(&cues);
        assert_eq!(cues[0].lines, ["我们把发布推迟到三月三日因为测试还没有准", "备好而且没有人想再经历一次上次的事情"]);
    }

    #[test]
    fn text_without_words_is_spread_over_the_time() {
        let cues =
            cues(&[utterance_without_words("好的，我们下周一再讨论 API 的问题。".repeat(3).as_str(), 0, 12_000)]);
        check_limits(&cues);
        assert!(cues.len() >= 2);
        assert_eq!(cues[0].start_ms, 0);
        assert_eq!(cues.last().unwrap().end_ms, 12_000);
        assert!(cues.iter().flat_map(|cue| &cue.lines).all(|line| !line.starts_with(['，', '。'])), "{cues:?}");
        assert!(cues.iter().any(|cue| cue.lines.concat().contains(" API ")), "{cues:?}");
    }

    #[test]
    fn a_word_wider_than_a_line_is_split() {
        let cues = cues(&[utterance_without_words(&"x".repeat(100), 0, 5_000)]);
        check_limits(&cues);
        let text: String = cues.iter().flat_map(|cue| cue.lines.clone()).collect();
        assert_eq!(text, "x".repeat(100));
    }

    #[test]
    fn silence_has_no_captions() {
        assert_eq!(cues(&[utterance_without_words("   ", 0, 1_000)]), []);
    }
}
