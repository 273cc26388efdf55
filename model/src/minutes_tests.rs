use serde_json::json;

use super::{Minutes, MinutesEngine, Provenance};
use crate::{LineId, MinutesSection, MinutesTemplate};

/// Minutes as they were stored before lines had ids.
fn schema_1() -> serde_json::Value {
    let line = |text: &str| {
        json!({ "text": text, "citations": [{ "utterance_id": "u1", "quote": text, "start_ms": 10 }],
            "verification": { "verification": "verified" }, "review": "proposed" })
    };
    let mut action = line("do");
    for (key, value) in
        [("owner", json!("p1")), ("due_text", json!(null)), ("due_date", json!(null)), ("status", json!("open"))]
    {
        action[key] = value;
    }
    json!({
        "schema": 1, "recording_id": "rec_1", "version": 3, "transcript_version": 2,
        "engine": { "engine": "language_model", "model": "m" }, "language": "zh", "created_at": 5, "title": "t",
        "summary": [line("a")], "chapters": [{ "title": "c", "start_ms": 0, "end_ms": 9, "points": [line("b")] }],
        "decisions": [line("d")], "action_items": [action], "open_questions": [], "keywords": ["k"],
    })
}

#[test]
fn minutes_of_the_first_schema_are_read_and_numbered() {
    let stored: Minutes = serde_json::from_value(schema_1()).expect("read");
    let minutes = stored.upgraded();
    assert_eq!((minutes.schema, minutes.version, minutes.lines_numbered), (2, 3, 4));
    let ids: Vec<u32> = minutes.lines().map(|line| line.id.0).collect();
    assert_eq!(ids, [1, 2, 3, 4]);
    let engine = MinutesEngine::LanguageModel { model: "m".to_owned() };
    let provenance = Provenance { engine, prompt_sha256: None, transcript_version: 2 };
    assert!(minutes.lines().all(|line| line.provenance == provenance));
    assert_eq!(minutes.template, MinutesTemplate::General);
    assert_eq!(minutes.sections, MinutesTemplate::General.sections());
    let again = serde_json::from_value::<Minutes>(serde_json::to_value(&minutes).expect("JSON")).expect("read");
    assert_eq!(again.upgraded(), minutes, "upgrading twice changes nothing");
}

#[test]
fn numbers_are_never_given_twice() {
    let stored: Minutes = serde_json::from_value(schema_1()).expect("read");
    let mut minutes = stored.upgraded();
    minutes.action_items.clear();
    let mut line = minutes.decisions[0].clone();
    line.id = LineId::UNNUMBERED;
    minutes.risks.push(line);
    minutes.number_lines();
    assert_eq!(minutes.risks[0].id, LineId(5), "4 belonged to the item that went");
}

#[test]
fn every_template_has_each_section_once() {
    for template in MinutesTemplate::ALL {
        let mut sections = template.sections().to_vec();
        sections.sort_unstable();
        sections.dedup();
        assert_eq!(sections.len(), template.sections().len(), "{template}");
        assert!(sections.contains(&MinutesSection::Summary), "{template}");
    }
}
