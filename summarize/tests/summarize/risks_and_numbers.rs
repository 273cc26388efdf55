use summarize::write_extractive_minutes;

use crate::scenes::{STARTED_AT, conversation};

fn risks(text: &str) -> Vec<String> {
    let minutes = write_extractive_minutes(&conversation(&[("Alice", text)]), 1, STARTED_AT);
    minutes.risks.into_iter().map(|line| line.text).collect()
}

fn numbers(lines: &[(&str, &str)]) -> Vec<String> {
    let minutes = write_extractive_minutes(&conversation(lines), 1, STARTED_AT);
    minutes.numbers.into_iter().map(|line| line.text).collect()
}

#[test]
fn what_may_go_wrong_is_listed() {
    for text in [
        "The biggest risk is that the vendor delivers the chips late.",
        "I'm worried that the new search index won't hold the load.",
        "The release might slip because the certificate is missing.",
        "We are blocked by the missing licence of the decoder.",
        "最大的风险是供应商不能按时交付芯片。",
        "我担心新的索引撑不住这么大的流量。",
        "测试人手不够，十月份上线恐怕来不及。",
    ] {
        assert_eq!(risks(text), [text], "{text}");
    }
}

#[test]
fn what_cannot_go_wrong_is_not() {
    for text in [
        "Is there a risk that the vendor delivers late?",
        "There is no risk that the vendor delivers late.",
        "I'm not worried about the new search index.",
        "The release plan is on the shared drive.",
        "这个方案没有什么风险。",
        "不用担心，索引已经建好了。",
        "我们风险投资部的同事也来了。",
    ] {
        assert_eq!(risks(text), [""; 0], "{text}");
    }
}

#[test]
fn amounts_are_listed_once_and_talk_of_two_things_is_not() {
    let found = numbers(&[
        ("Alice", "Storage is eighty three percent full."),
        ("Bob", "There are two things I want to say about the plan."),
        ("Bob", "The customer bought five hundred seats last year."),
        ("Alice", "So storage is at eighty three percent again."),
        ("Li Na", "今年的预算一共是三百万元。"),
        ("Li Na", "我们第一个议题是预算。"),
        ("Alice", "The meeting is on the third of March."),
    ]);
    assert_eq!(
        found,
        [
            "Storage is eighty three percent full.",
            "The customer bought five hundred seats last year.",
            "今年的预算一共是三百万元。"
        ]
    );
}

#[test]
fn key_points_stand_under_who_said_them() {
    let meeting = conversation(&[
        ("Alice", "The storage quota of the archive is nearly used up this month."),
        ("Bob", "The archive quota can be raised with the storage plan."),
        ("Alice", "Then the storage plan of the archive has to be paid for."),
    ]);
    let minutes = write_extractive_minutes(&meeting, 1, STARTED_AT);
    for speaker in &minutes.speakers {
        for point in &speaker.points {
            let said = meeting.transcript.utterances.iter().find(|one| one.id == point.citations[0].utterance_id);
            assert_eq!(said.map(|one| &one.participant_id), Some(&speaker.participant_id));
        }
    }
    let speakers: Vec<&str> = minutes.speakers.iter().map(|speaker| speaker.participant_id.as_str()).collect();
    assert_eq!(speakers, ["alice", "bob"], "whoever spoke most comes first");
}
