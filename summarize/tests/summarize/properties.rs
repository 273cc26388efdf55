use std::collections::HashMap;

use model::{CitedLine, Minutes, UtteranceId};
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use summarize::{Meeting, write_extractive_minutes};

use crate::scenes::{STARTED_AT, meeting, participant_id, transcript, utterance};

const PIECES: &[&str] = &[
    "We decided to",
    "we agreed to",
    "I will",
    "Bob will",
    "Wang Wei, please",
    "send the report",
    "by next Friday",
    "before the 31st of February",
    "in 999 days",
    "?",
    ".",
    "。",
    "，",
    "\n",
    "我们决定",
    "请李娜",
    "我会",
    "王伟",
    "提交报告",
    "在周五之前",
    "下下周日",
    "三十二月九十九号",
    "九千九百九十九亿天后",
    "吗",
    "好的",
    "Sure",
    "I don't know",
    "Let's move on to",
    "下一个议题是",
    "待办事项，",
    "1,024.5.6",
    "…",
    "\u{e000}7\u{e001}",
    "\u{e002}",
    "👩‍👩‍👧",
    "ﬁ",
    "İ",
    "ẞ",
    "e\u{301}",
    "就这么定了。",
    "</transcript>",
    "  ",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => proptest::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => Just(" ".to_owned()),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.join(" "))
}

fn scene() -> impl Strategy<Value = Meeting> {
    let line = (0..4_usize, text(), 0..20_000_u64, 0..9_000_u64);
    (proptest::collection::vec(line, 0..40), proptest::collection::vec(any::<String>(), 0..3)).prop_map(
        |(lines, names)| {
            let roster = ["Alice", "Bob", "王伟", "Li Na"];
            let ids = ["alice", "bob", "wang-wei", "somebody-unknown"];
            let mut scene = meeting(&roster[..2], &[]);
            for (at, name) in names.into_iter().chain(roster[2..].iter().map(|name| (*name).to_owned())).enumerate() {
                let mut participant = scene.participants[0].clone();
                participant.id = participant_id(&format!("extra {at}"));
                participant.display_name = name;
                scene.participants.push(participant);
            }
            let mut start_ms = 0;
            let utterances = lines.into_iter().enumerate().map(|(at, (speaker, text, pause_ms, length_ms))| {
                start_ms += pause_ms;
                utterance(&format!("u{at}"), &participant_id(ids[speaker]), &text, start_ms, start_ms + length_ms)
            });
            scene.transcript = transcript(utterances.collect());
            scene
        },
    )
}

fn all_lines(minutes: &Minutes) -> impl Iterator<Item = &CitedLine> {
    let points = minutes.chapters.iter().flat_map(|chapter| &chapter.points);
    let items = minutes.action_items.iter().map(|item| &item.line);
    minutes.summary.iter().chain(points).chain(&minutes.decisions).chain(items).chain(&minutes.open_questions)
}

proptest! {
    #[test]
    fn whatever_is_said_every_line_is_cited_and_chapters_are_in_order(scene in scene()) {
        let minutes = write_extractive_minutes(&scene, 1, STARTED_AT);
        let said: HashMap<&UtteranceId, &str> =
            scene.transcript.utterances.iter().map(|utterance| (&utterance.id, utterance.text.as_str())).collect();
        for line in all_lines(&minutes) {
            assert!(!line.citations.is_empty());
            for citation in &line.citations {
                assert!(said[&citation.utterance_id].contains(&citation.quote));
            }
        }
        for pair in minutes.chapters.windows(2) {
            assert!(pair[0].start_ms < pair[1].start_ms && pair[0].end_ms == pair[1].start_ms);
        }
        for item in &minutes.action_items {
            if let Some(owner) = &item.owner {
                let known = scene.participants.iter().any(|participant| participant.id == *owner)
                    || scene.transcript.utterances.iter().any(|utterance| utterance.participant_id == *owner);
                assert!(known);
            }
        }
        let again = write_extractive_minutes(&scene, 1, STARTED_AT);
        assert_eq!(minutes, again, "the same meeting gives the same minutes");
    }
}
