use model::Language;

use super::script::ScriptLine;

/// What one person does in the demo meeting, in milliseconds of the meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) speaker: String,
    pub(super) language: Language,
    pub(super) joins_ms: u64,
    pub(super) leaves_ms: Option<u64>,
    /// When the microphone is off.
    pub(super) muted: Option<(u64, u64)>,
    /// When the person speaks.
    pub(super) speaking: Vec<(u64, u64)>,
}

const BEFORE_FIRST_LINE_MS: u64 = 4_000;
const AFTER_LAST_LINE_MS: u64 = 2_500;
const MUTE_MARGIN_MS: u64 = 1_500;

/// Lets the person who speaks first last join late, the one who falls silent first leave early, and one of the others
/// mute through the longest silence between two lines; nobody misses a line.
pub(super) fn cast(lines: &[ScriptLine]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for line in lines {
        let span = (line.start_ms, line.end_ms);
        match parts.iter_mut().find(|part| part.speaker == line.speaker) {
            Some(part) => part.speaking.push(span),
            None => parts.push(Part {
                speaker: line.speaker.clone(),
                language: line.language,
                joins_ms: 0,
                leaves_ms: None,
                muted: None,
                speaking: vec![span],
            }),
        }
    }
    let first_start = |part: &Part| part.speaking.first().map_or(0, |span| span.0);
    let last_end = |part: &Part| part.speaking.last().map_or(0, |span| span.1);
    if let Some(late) = parts.iter_mut().max_by_key(|part| first_start(part)) {
        late.joins_ms = first_start(late).saturating_sub(BEFORE_FIRST_LINE_MS);
    }
    if let Some(early) = parts.iter_mut().filter(|part| part.joins_ms == 0).min_by_key(|part| last_end(part)) {
        early.leaves_ms = Some(last_end(early) + AFTER_LAST_LINE_MS);
    }
    let others = parts.iter_mut().filter(|part| part.joins_ms == 0 && part.leaves_ms.is_none());
    if let Some(muting) = others.max_by_key(|part| longest_silence(part).map_or(0, |(start, end)| end - start)) {
        muting.muted = longest_silence(muting);
    }
    parts
}

fn longest_silence(part: &Part) -> Option<(u64, u64)> {
    part.speaking
        .windows(2)
        .map(|pair| (pair[0].1 + MUTE_MARGIN_MS, pair[1].0.saturating_sub(MUTE_MARGIN_MS)))
        .filter(|(start, end)| end > start)
        .max_by_key(|(start, end)| end - start)
}

#[cfg(test)]
mod tests {
    use model::Language;

    use super::cast;
    use crate::demo::script::ScriptLine;

    #[test]
    fn nobody_misses_a_line() {
        let line = |speaker: &str, start_ms, end_ms| ScriptLine {
            speaker: speaker.to_owned(),
            language: Language::English,
            start_ms,
            end_ms,
            text: String::new(),
        };
        let lines = [
            line("a", 0, 1_000),
            line("b", 2_000, 3_000),
            line("c", 10_000, 11_000),
            line("a", 20_000, 21_000),
            line("c", 22_000, 23_000),
        ];
        let parts = cast(&lines);
        let part = |speaker: &str| parts.iter().find(|part| part.speaker == speaker).expect("is in the cast");
        assert_eq!(part("c").joins_ms, 6_000);
        assert_eq!(part("b").leaves_ms, Some(5_500));
        assert_eq!(part("a").muted, Some((2_500, 18_500)));
    }
}
