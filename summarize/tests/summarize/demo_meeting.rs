use std::collections::BTreeSet;

use model::{CitedLine, MediaTime, Minutes, Verification};
use summarize::write_extractive_minutes;

use crate::scenes::{STARTED_AT, demo_meeting};

fn minutes() -> Minutes {
    write_extractive_minutes(&demo_meeting(), 1, STARTED_AT)
}

fn all_lines(minutes: &Minutes) -> Vec<&CitedLine> {
    let points = minutes.chapters.iter().flat_map(|chapter| &chapter.points);
    let items = minutes.action_items.iter().map(|item| &item.line);
    minutes.summary.iter().chain(points).chain(&minutes.decisions).chain(items).chain(&minutes.open_questions).collect()
}

#[test]
fn every_decision_is_found_and_nothing_else() {
    let minutes = minutes();
    let found: Vec<&str> = minutes.decisions.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(
        found,
        [
            "We decided to limit storage to sixty two gigabytes.",
            "我们决定录制保留九十五天。",
            "We agreed to change the retention policy.",
            "We decided to move the release to November.",
            "我们决定把发布推迟到十一月。",
        ]
    );
}

/// Text, owner, due text and due date.
type FoundAction<'a> = (&'a str, Option<&'a str>, Option<&'a str>, Option<&'a str>);

#[test]
fn every_action_item_is_found_with_owner_and_due_date_and_nothing_else() {
    let minutes = minutes();
    let found: Vec<FoundAction<'_>> = minutes
        .action_items
        .iter()
        .map(|item| {
            let owner = item.owner.as_ref().map(model::ParticipantId::as_str);
            (item.line.text.as_str(), owner, item.due_text.as_deref(), item.due_date.as_deref())
        })
        .collect();
    let expected = [
        ("Bob will increase the storage quota by next Thursday.", "bob", "by next Thursday", "2026-12-03"),
        ("我会在周四之前更新存储方案。", "wang-wei", "周四之前", "2026-11-26"),
        ("Li Na will update the retention policy before Wednesday.", "li-na", "before Wednesday", "2026-11-25"),
        ("我负责更新保留策略，周三完成。", "li-na", "周三", "2026-11-25"),
        ("请李娜在下周二之前准备审计报告。", "li-na", "下周二之前", "2026-12-01"),
        ("I will fix the search index by the end of the week.", "bob", "by the end of the week", "2026-11-27"),
        ("Wang Wei, please test the watermark before Friday.", "wang-wei", "before Friday", "2026-11-27"),
        ("王伟在周五之前测试水印。", "wang-wei", "周五之前", "2026-11-27"),
        ("I will send the meeting summary by tomorrow morning.", "alice", "by tomorrow morning", "2026-11-24"),
        ("我会发送会议纪要。", "li-na", "", ""),
    ];
    let some = |text: &'static str| Some(text).filter(|text| !text.is_empty());
    let expected: Vec<_> =
        expected.into_iter().map(|(text, owner, due, date)| (text, Some(owner), some(due), some(date))).collect();
    assert_eq!(found, expected);
}

#[test]
fn an_accepted_request_cites_the_answer() {
    let minutes = minutes();
    let item = minutes.action_items.iter().find(|item| item.line.text.starts_with("Wang Wei, please")).expect("found");
    let quotes: Vec<&str> = item.line.citations.iter().map(|citation| citation.quote.as_str()).collect();
    assert_eq!(quotes, ["Wang Wei, please test the watermark before Friday.", "好的，谢谢。"]);
}

#[test]
fn chapters_follow_the_announced_topics() {
    let minutes = minutes();
    let chapters: Vec<(&str, u64)> =
        minutes.chapters.iter().map(|chapter| (chapter.title.as_str(), chapter.start_ms.as_millis())).collect();
    assert_eq!(
        chapters,
        [
            ("Storage, retention and release", 0),
            ("Storage estimate", 18_600),
            ("Retention", 65_010),
            ("Release plan", 106_050),
        ]
    );
    for pair in minutes.chapters.windows(2) {
        assert_eq!(pair[0].end_ms, pair[1].start_ms, "chapters follow each other");
    }
    assert!(minutes.chapters.last().expect("chapters").end_ms > MediaTime::from_millis(169_330));
    assert!(minutes.chapters.iter().all(|chapter| !chapter.points.is_empty()));
}

#[test]
fn every_line_is_verified_and_quotes_what_was_said() {
    let meeting = demo_meeting();
    let minutes = minutes();
    assert!(minutes.summary.len() >= 3, "the summary has {} lines", minutes.summary.len());
    for line in all_lines(&minutes) {
        assert_eq!(line.verification, Verification::Verified, "{}", line.text);
        assert!(!line.citations.is_empty(), "{}", line.text);
        for citation in &line.citations {
            let utterance = meeting.transcript.utterances.iter().find(|said| said.id == citation.utterance_id);
            let utterance = utterance.expect("the utterance exists");
            assert!(utterance.text.contains(&citation.quote), "{}", citation.quote);
            assert_eq!(utterance.start_ms, citation.start_ms);
        }
    }
}

#[test]
fn every_question_of_the_demo_was_answered() {
    assert_eq!(minutes().open_questions, []);
}

#[test]
fn keywords_are_topics_and_not_people() {
    let keywords: BTreeSet<String> = minutes().keywords.into_iter().collect();
    for topic in ["storage", "watermark"] {
        assert!(keywords.iter().any(|keyword| keyword.contains(topic)), "{topic} is missing in {keywords:?}");
    }
    for name in ["bob", "alice", "wang", "li", "王伟"] {
        assert!(
            !keywords.iter().any(|keyword| keyword.to_lowercase().split(' ').any(|word| word == name)),
            "{keywords:?}"
        );
    }
}

#[test]
fn the_minutes_of_the_demo_meeting() {
    insta::assert_json_snapshot!(minutes());
}
