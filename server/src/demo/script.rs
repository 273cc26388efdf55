use std::path::Path;

use anyhow::{Context, ensure};
use model::Language;

/// A line of the demo meeting and when it is spoken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ScriptLine {
    pub(super) speaker: String,
    pub(super) language: Language,
    pub(super) start_ms: u64,
    pub(super) end_ms: u64,
    pub(super) text: String,
}

/// Reads the index of a spoken script: speaker, language, start and end in seconds, text.
pub(super) fn read_script(path: &Path) -> anyhow::Result<Vec<ScriptLine>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    parse_script(&text).with_context(|| format!("understand {}", path.display()))
}

/// Returns the lines that are over a second before the meeting ends.
pub(super) fn lines_within(lines: &[ScriptLine], seconds: u64) -> Vec<ScriptLine> {
    let last_end_ms = seconds.saturating_sub(1) * 1000;
    lines.iter().filter(|line| line.end_ms <= last_end_ms).cloned().collect()
}

fn parse_script(text: &str) -> anyhow::Result<Vec<ScriptLine>> {
    let lines: Vec<ScriptLine> = text.lines().map(parse_line).collect::<anyhow::Result<_>>()?;
    ensure!(!lines.is_empty(), "the script is empty");
    Ok(lines)
}

fn parse_line(line: &str) -> anyhow::Result<ScriptLine> {
    let columns: Vec<&str> = line.split('\t').collect();
    let [speaker, language, start, end, text] = columns.as_slice() else {
        anyhow::bail!("{line:?} does not have five columns");
    };
    let milliseconds = |seconds: &str| -> anyhow::Result<u64> {
        let seconds: f64 = seconds.parse().with_context(|| format!("{seconds:?} is no number"))?;
        ensure!((0.0..1e6).contains(&seconds), "{seconds} s is out of range");
        Ok((seconds * 1000.0).round() as u64)
    };
    Ok(ScriptLine {
        speaker: (*speaker).to_owned(),
        language: language.parse()?,
        start_ms: milliseconds(start)?,
        end_ms: milliseconds(end)?,
        text: (*text).to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::{lines_within, parse_script};

    #[test]
    fn lines_are_parsed_and_cut() {
        let lines =
            parse_script("Alice\ten\t0.50\t2.24\tGood morning.\nLi Na\tzh\t16.53\t18.00\t你好。").expect("good");
        assert_eq!((lines[1].speaker.as_str(), lines[1].start_ms, lines[1].end_ms), ("Li Na", 16_530, 18_000));
        assert_eq!(lines_within(&lines, 18).len(), 1);
        assert_eq!(lines_within(&lines, 19).len(), 2);
    }

    #[test]
    fn odd_lines_are_refused() {
        for odd in ["", "a\ten\t1\t2", "a\txx\t1\t2\tt", "a\ten\t-1\t2\tt", "a\ten\tnan\t2\tt"] {
            assert!(parse_script(odd).is_err(), "{odd:?}");
        }
    }
}
