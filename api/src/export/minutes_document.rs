use model::{
    ActionItem, ActionStatus, Citation, CitedLine, Language, Minutes, MinutesEngine, MinutesSection, MinutesTemplate,
    RecordingId, Verification,
};

use super::SpeakerNames;
use super::markdown::position;

/// Minutes as every kind of document shows them: sections in the order of their template, headings in their language,
/// each line with its evidence and where to hear it. What a reviewer threw out, and what the transcript no longer bears
/// out, is left out.
pub(crate) struct MinutesDocument {
    pub(crate) title: String,
    pub(crate) language: Language,
    pub(crate) sections: Vec<DocumentSection>,
    /// Who wrote it, which version it is.
    pub(crate) colophon: String,
}

/// A heading and what stands under it.
pub(crate) struct DocumentSection {
    pub(crate) heading: String,
    pub(crate) entries: Vec<DocumentEntry>,
}

/// A line with its evidence.
pub(crate) struct DocumentEntry {
    /// Of an action item: whether it is done.
    pub(crate) done: Option<bool>,
    pub(crate) text: String,
    /// Of an action item: who and until when.
    pub(crate) terms: Option<String>,
    /// What could not be confirmed.
    pub(crate) doubt: Option<String>,
    pub(crate) evidence: Vec<DocumentEvidence>,
}

/// Words that were said, when, and where they can be heard.
pub(crate) struct DocumentEvidence {
    pub(crate) position: String,
    pub(crate) quote: String,
    pub(crate) url: String,
}

impl MinutesDocument {
    /// Lays minutes out. `public_url` is where readers reach the console.
    pub(crate) fn new(minutes: &Minutes, names: &SpeakerNames, public_url: &str) -> Self {
        let layout = Layout {
            words: Words::of(minutes.language),
            names,
            base: format!("{}/recordings/{}", public_url.trim_end_matches('/'), minutes.recording_id),
        };
        let sections = minutes.sections.iter().flat_map(|section| layout.section(*section, minutes));
        Self {
            title: one_line(&minutes.title),
            language: minutes.language,
            sections: sections.filter(|section| !section.entries.is_empty()).collect(),
            colophon: layout.words.colophon(minutes),
        }
    }
}

/// Returns where a moment of a recording can be heard.
pub(crate) fn moment_url(public_url: &str, recording_id: &RecordingId, citation: &Citation) -> String {
    let base = public_url.trim_end_matches('/');
    format!("{base}/recordings/{recording_id}?tab=minutes&t={}", citation.start_ms.as_millis())
}

/// Takes line breaks and other controls out of untrusted text.
pub(crate) fn one_line(text: &str) -> String {
    text.trim().chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

struct Layout<'a> {
    words: &'static Words,
    names: &'a SpeakerNames,
    base: String,
}

impl Layout<'_> {
    fn section(&self, section: MinutesSection, minutes: &Minutes) -> Vec<DocumentSection> {
        let words = self.words;
        let lines = |heading: &str, lines: &[CitedLine]| DocumentSection {
            heading: heading.to_owned(),
            entries: lines.iter().filter_map(|line| self.entry(line)).collect(),
        };
        let single = match section {
            MinutesSection::Summary => lines(words.summary, &minutes.summary),
            MinutesSection::Decisions => lines(words.decisions, &minutes.decisions),
            MinutesSection::OpenQuestions => lines(words.open_questions, &minutes.open_questions),
            MinutesSection::Risks => lines(words.risks, &minutes.risks),
            MinutesSection::Numbers => lines(words.numbers, &minutes.numbers),
            MinutesSection::ActionItems => DocumentSection {
                heading: words.action_items.to_owned(),
                entries: minutes.action_items.iter().filter_map(|item| self.action(item)).collect(),
            },
            MinutesSection::Keywords => {
                DocumentSection { heading: words.keywords.to_owned(), entries: keywords(minutes).into_iter().collect() }
            }
            MinutesSection::Chapters => {
                let chapters = minutes.chapters.iter().map(|chapter| {
                    let span = format!("({}–{})", position(chapter.start_ms), position(chapter.end_ms));
                    lines(&format!("{} {span}", one_line(&chapter.title)), &chapter.points)
                });
                return chapters.collect();
            }
            MinutesSection::Speakers => {
                let speakers = minutes.speakers.iter().map(|speaker| {
                    let name = one_line(self.names.of(&speaker.participant_id));
                    lines(&format!("{} {name}", words.speaker), &speaker.points)
                });
                return speakers.collect();
            }
        };
        vec![single]
    }

    fn action(&self, item: &ActionItem) -> Option<DocumentEntry> {
        let owner = item.owner.as_ref().map(|owner| one_line(self.names.of(owner)));
        let due = item.due_date.as_ref().or(item.due_text.as_ref());
        let due = due.map(|due| format!("{} {}", self.words.due, one_line(due)));
        let terms: Vec<String> = owner.into_iter().chain(due).collect();
        let entry = self.entry(&item.line)?;
        Some(DocumentEntry {
            done: Some(item.status == ActionStatus::Done),
            terms: (!terms.is_empty()).then(|| terms.join(", ")),
            ..entry
        })
    }

    fn entry(&self, line: &CitedLine) -> Option<DocumentEntry> {
        line.is_borne_out().then(|| DocumentEntry {
            done: None,
            text: one_line(&line.text),
            terms: None,
            doubt: match &line.verification {
                Verification::Weak { reason } => Some(format!("{}: {}", self.words.unconfirmed, one_line(reason))),
                Verification::Verified | Verification::Stale { .. } => None,
            },
            evidence: line.citations.iter().map(|citation| self.evidence(citation)).collect(),
        })
    }

    fn evidence(&self, citation: &Citation) -> DocumentEvidence {
        DocumentEvidence {
            position: position(citation.start_ms),
            quote: one_line(&citation.quote),
            url: format!("{}?tab=minutes&t={}", self.base, citation.start_ms.as_millis()),
        }
    }
}

fn keywords(minutes: &Minutes) -> Option<DocumentEntry> {
    let words: Vec<String> = minutes.keywords.iter().map(|keyword| one_line(keyword)).collect();
    let text = words.join(", ");
    (!words.is_empty()).then_some(DocumentEntry { done: None, text, terms: None, doubt: None, evidence: Vec::new() })
}

struct Words {
    summary: &'static str,
    decisions: &'static str,
    action_items: &'static str,
    open_questions: &'static str,
    risks: &'static str,
    numbers: &'static str,
    speaker: &'static str,
    keywords: &'static str,
    due: &'static str,
    unconfirmed: &'static str,
    version: &'static str,
    extracted: &'static str,
    by_model: &'static str,
}

impl Words {
    const fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &Self {
                summary: "Summary",
                decisions: "Decisions",
                action_items: "Action items",
                open_questions: "Open questions",
                risks: "Risks",
                numbers: "Numbers",
                speaker: "Points of",
                keywords: "Keywords",
                due: "due",
                unconfirmed: "not confirmed",
                version: "Version",
                extracted: "every line is made of what was said",
                by_model: "written by a language model and checked against what was said:",
            },
            Language::Mandarin => &Self {
                summary: "摘要",
                decisions: "决议",
                action_items: "待办事项",
                open_questions: "待解决问题",
                risks: "风险",
                numbers: "关键数字",
                speaker: "发言要点：",
                keywords: "关键词",
                due: "截止",
                unconfirmed: "未经核实",
                version: "版本",
                extracted: "每一条都取自会上原话",
                by_model: "由语言模型撰写并与原话核对：",
            },
        }
    }

    fn colophon(&self, minutes: &Minutes) -> String {
        let engine = match &minutes.engine {
            MinutesEngine::Extractive => self.extracted.to_owned(),
            MinutesEngine::LanguageModel { model } => format!("{} {}", self.by_model, one_line(model)),
        };
        let template = match minutes.template {
            MinutesTemplate::General => String::new(),
            other => format!("{other} · "),
        };
        format!("{} {} · {template}{engine}", self.version, minutes.version)
    }
}
