use model::Language;
use search::{HitKind, Visibility};

use crate::archive::{Archive, Line, recording_id};

/// The script of the demo meeting: speaker, language, start in seconds, text.
fn script() -> Vec<Line> {
    let script = include_str!("../../../tests/fixtures/demo-meeting/script.tsv");
    let line = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [speaker, language, start_s, text] = fields.as_slice() else { panic!("a line of four fields: {line}") };
        let start_s: f64 = start_s.parse().expect("a number");
        let language: Language = language.parse().expect("a language");
        Line { speaker: (*speaker).to_owned(), language, start_ms: (start_s * 1000.0) as u64, text: (*text).to_owned() }
    };
    script.lines().map(line).collect()
}

async fn demo() -> Archive {
    let archive = Archive::new().await;
    let recording = archive.record("rec_demo", "Storage review 存储评审", 10, &script()).await;
    archive.write_minutes(&recording.id, "存储方案太贵", "Bob increases the storage quota").await;
    archive.record("rec_other", "Other", 20, &[Line::new("另一个会议")]).await;
    archive.catch_up().await;
    archive
}

#[tokio::test]
async fn every_piece_of_the_chinese_script_is_found_where_it_was_said() {
    let archive = demo().await;
    let mut asked = 0;
    for line in script().iter().filter(|line| line.language == Language::Mandarin) {
        let characters: Vec<char> = line.text.chars().filter(|character| character.is_alphabetic()).collect();
        for length in 1..=characters.len() {
            for piece in characters.windows(length) {
                let piece: String = piece.iter().collect();
                let hits = archive.hits(&piece).await;
                let hit = hits.iter().find(|hit| hit.text == line.text && hit.start_ms.as_millis() == line.start_ms);
                let hit = hit.unwrap_or_else(|| panic!("{piece} is not found in {}", line.text));
                assert_eq!(hit.speaker.as_ref().map(|speaker| &speaker.name), Some(&line.speaker));
                assert!(!hit.highlights.is_empty());
                asked += 1;
            }
        }
    }
    assert!(asked > 500, "{asked} pieces");
}

#[tokio::test]
async fn every_english_word_of_the_script_is_found() {
    let archive = demo().await;
    for line in script().iter().filter(|line| line.language == Language::English) {
        for word in line.text.split(|character: char| !character.is_alphanumeric() && character != '\'') {
            if !word.is_empty() {
                assert!(archive.texts(word).await.contains(&line.text), "{word}");
            }
        }
        assert!(archive.texts(&format!("\"{}\"", line.text)).await.contains(&line.text), "{}", line.text);
    }
}

#[tokio::test]
async fn a_person_finds_by_meaning_sound_and_script() {
    let archive = demo().await;
    for (query, expected) in [
        // Traditional characters.
        ("儲存方案", None),
        ("存儲方案", Some("我觉得存储方案太贵了。")),
        ("會議紀要", Some("我会发送会议纪要。")),
        // Sounds like 水印, 王伟, 李娜.
        ("税印", Some("待办事项，王伟在周五之前测试水印。")),
        ("王维", Some("王伟，你好。")),
        ("里娜", Some("请李娜在下周二之前准备审计报告。")),
        // Other forms of a word.
        ("recording", Some("We recorded seventy four meetings last month.")),
        ("Increases", Some("Should we increase the storage quota?")),
        // Full width letters.
        ("ＱＵＯＴＡ", Some("The quota is forty six gigabytes.")),
        ("\"storage estimate\"", Some("Let's start with the storage estimate.")),
        ("\"estimate storage\"", None),
    ] {
        let texts = archive.texts(query).await;
        match expected {
            Some(expected) => assert!(texts.iter().any(|text| text == expected), "{query} found {texts:?}"),
            None => assert!(texts.is_empty(), "{query} found {texts:?}"),
        }
    }
}

#[tokio::test]
async fn operators_and_filters_hold() {
    let archive = demo().await;
    let quota = archive.texts("quota -increase in:transcript").await;
    assert_eq!(quota, ["The quota is forty six gigabytes."]);
    let said = archive.hits("存储 speaker:\"Wang Wei\"").await;
    assert_eq!(said.len(), 3);
    assert!(said.iter().all(|hit| hit.speaker.as_ref().is_some_and(|speaker| speaker.id.as_str() == "Wang-Wei")));
    let titles = archive.hits("评审").await;
    assert_eq!((titles.len(), titles[0].kind, titles[0].start_ms.as_millis()), (1, HitKind::Title, 0));
    let minutes = archive.hits("in:minutes quota").await;
    assert_eq!((minutes.len(), minutes[0].kind, minutes[0].start_ms.as_millis()), (1, HitKind::Minutes, 34_500));
    assert_eq!(minutes[0].utterance_id.as_ref().map(model::UtteranceId::as_str), Some("u3"));
    assert!(archive.texts("\"thrown out\"").await.is_empty(), "a rejected line of minutes");
}

#[tokio::test]
async fn marks_are_in_utf16_and_leave_excluded_words_alone() {
    let archive = Archive::new().await;
    archive.record("rec_1", "T", 10, &[Line::new("😀大家說的儲存，不是 quota 方案")]).await;
    archive.catch_up().await;
    let hits = archive.hits("储存 方案 -absent").await;
    let units: Vec<u16> = hits[0].text.encode_utf16().collect();
    let marked = |mark: &search::Highlight| String::from_utf16(&units[mark.start..mark.end]).expect("whole characters");
    assert_eq!(hits[0].highlights.iter().map(marked).collect::<Vec<_>>(), ["儲存", "方案"]);
}

#[tokio::test]
async fn only_visible_recordings_answer() {
    let archive = demo().await;
    let only = |id: &str| Visibility::Recordings(vec![recording_id(id), recording_id("rec_unknown")]);
    assert_eq!(archive.ask("会议").await.total_recordings, 2);
    let other = archive.ask_as(only("rec_other"), "会议").await;
    assert_eq!((other.total_recordings, other.groups[0].total_hits), (1, 1));
    assert_eq!(archive.ask_as(only("rec_other"), "存储").await.total_recordings, 0);
    assert_eq!(archive.ask_as(Visibility::Recordings(Vec::new()), "会议").await.total_recordings, 0);
}
