use std::fmt::Write as _;

use model::{ActionItem, ActionStatus, CitedLine, Language, Minutes, ReviewState, Verification};

use super::SpeakerNames;
use super::markdown::{escape, position};

/// Writes minutes as Markdown in their own language. Every line keeps its evidence; what a reviewer rejected is left out,
/// what could not be confirmed says so.
pub(crate) fn minutes_markdown(minutes: &Minutes, names: &SpeakerNames) -> String {
    let words = Words::of(minutes.language);
    let mut text = format!("# {}\n", escape(&minutes.title));
    section(&mut text, words.summary, minutes.summary.iter().map(|line| cited(line, words)));
    section(&mut text, words.decisions, minutes.decisions.iter().map(|line| cited(line, words)));
    section(&mut text, words.action_items, minutes.action_items.iter().map(|item| action(item, names, words)));
    section(&mut text, words.open_questions, minutes.open_questions.iter().map(|line| cited(line, words)));
    for chapter in &minutes.chapters {
        let span = format!("{} ({}–{})", escape(&chapter.title), position(chapter.start_ms), position(chapter.end_ms));
        section(&mut text, &span, chapter.points.iter().map(|line| cited(line, words)));
    }
    if !minutes.keywords.is_empty() {
        let keywords: Vec<String> = minutes.keywords.iter().map(|keyword| escape(keyword)).collect();
        append(&mut text, format_args!("\n{}: {}\n", words.keywords, keywords.join(", ")));
    }
    text
}

fn append(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments).expect("writing to a string cannot fail");
}

fn section(text: &mut String, heading: &str, lines: impl Iterator<Item = Option<String>>) {
    let lines: Vec<String> = lines.flatten().collect();
    if !lines.is_empty() {
        append(text, format_args!("\n## {heading}\n\n{}", lines.concat()));
    }
}

fn cited(line: &CitedLine, words: &Words) -> Option<String> {
    let text = escape(&line.text);
    with_evidence(line, &text, words)
}

fn action(item: &ActionItem, names: &SpeakerNames, words: &Words) -> Option<String> {
    let mark = match item.status {
        ActionStatus::Open => "[ ]",
        ActionStatus::Done => "[x]",
    };
    let mut text = format!("{mark} {}", escape(&item.line.text));
    if let Some(owner) = &item.owner {
        append(&mut text, format_args!(" — {}", escape(names.of(owner))));
    }
    if let Some(due) = item.due_date.as_ref().or(item.due_text.as_ref()) {
        append(&mut text, format_args!(" ({} {})", words.due, escape(due)));
    }
    with_evidence(&item.line, &text, words)
}

fn with_evidence(line: &CitedLine, text: &str, words: &Words) -> Option<String> {
    if line.review == ReviewState::Rejected {
        return None;
    }
    let mut written = format!("- {text}");
    if let Verification::Weak { reason } = &line.verification {
        append(&mut written, format_args!(" _({}: {})_", words.unconfirmed, escape(reason)));
    }
    written.push('\n');
    for citation in &line.citations {
        append(&mut written, format_args!("  > {} “{}”\n", position(citation.start_ms), escape(&citation.quote)));
    }
    Some(written)
}

struct Words {
    summary: &'static str,
    decisions: &'static str,
    action_items: &'static str,
    open_questions: &'static str,
    keywords: &'static str,
    due: &'static str,
    unconfirmed: &'static str,
}

impl Words {
    const fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &Self {
                summary: "Summary",
                decisions: "Decisions",
                action_items: "Action items",
                open_questions: "Open questions",
                keywords: "Keywords",
                due: "due",
                unconfirmed: "not confirmed",
            },
            Language::Mandarin => &Self {
                summary: "摘要",
                decisions: "决议",
                action_items: "待办事项",
                open_questions: "待解决问题",
                keywords: "关键词",
                due: "截止",
                unconfirmed: "未经核实",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use model::Language;

    use super::minutes_markdown;
    use crate::export::SpeakerNames;
    use crate::export::fixtures::{minutes, participants};

    #[test]
    fn minutes_keep_their_evidence_and_nothing_else_is_mark_up() {
        let text = minutes_markdown(&minutes(Language::English), &SpeakerNames::new(participants()));
        insta::assert_snapshot!(text);
        assert!(!text.contains("Dropped"), "rejected lines are left out");
    }

    #[test]
    fn chinese_minutes_have_chinese_headings() {
        let text = minutes_markdown(&minutes(Language::Mandarin), &SpeakerNames::new(participants()));
        for heading in ["## 摘要", "## 决议", "## 待办事项", "未经核实", "关键词"] {
            assert!(text.contains(heading), "{heading}");
        }
    }
}
