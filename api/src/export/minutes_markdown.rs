use std::fmt::Write as _;

use super::markdown::escape;
use super::minutes_document::{DocumentEntry, MinutesDocument};

/// Writes minutes as Markdown. Every line keeps its evidence, and each piece of evidence leads to its second.
pub(crate) fn minutes_markdown(document: &MinutesDocument) -> String {
    let mut text = format!("# {}\n", escape(&document.title));
    for section in &document.sections {
        append(&mut text, format_args!("\n## {}\n\n", escape(&section.heading)));
        for entry in &section.entries {
            write_entry(&mut text, entry);
        }
    }
    append(&mut text, format_args!("\n---\n\n{}\n", escape(&document.colophon)));
    text
}

fn append(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments).expect("writing to a string cannot fail");
}

fn write_entry(text: &mut String, entry: &DocumentEntry) {
    let mark = match entry.done {
        Some(true) => "[x] ",
        Some(false) => "[ ] ",
        None => "",
    };
    append(text, format_args!("- {mark}{}", escape(&entry.text)));
    if let Some(terms) = &entry.terms {
        append(text, format_args!(" — {}", escape(terms)));
    }
    if let Some(doubt) = &entry.doubt {
        append(text, format_args!(" _({})_", escape(doubt)));
    }
    text.push('\n');
    for evidence in &entry.evidence {
        append(text, format_args!("  > [{}](<{}>) “{}”\n", evidence.position, evidence.url, escape(&evidence.quote)));
    }
}

#[cfg(test)]
mod tests {
    use model::Language;

    use super::minutes_markdown;
    use crate::export::fixtures::{minutes, participants};
    use crate::export::{MinutesDocument, SpeakerNames};

    fn markdown(language: Language) -> String {
        let names = SpeakerNames::new(participants());
        minutes_markdown(&MinutesDocument::new(&minutes(language), &names, "https://huiji.example/"))
    }

    #[test]
    fn minutes_keep_their_evidence_and_nothing_else_is_mark_up() {
        let text = markdown(Language::English);
        insta::assert_snapshot!(text);
        assert!(!text.contains("Dropped"), "rejected lines are left out");
    }

    #[test]
    fn chinese_minutes_have_chinese_headings() {
        let text = markdown(Language::Mandarin);
        for heading in ["## 摘要", "## 决议", "## 待办事项", "未经核实", "关键词"] {
            assert!(text.contains(heading), "{heading}");
        }
    }
}
