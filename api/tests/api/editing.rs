use model::{Recording, Relation, Role, SuppressedSpeech, SuppressionReason, Transcript, UtteranceId};
use serde_json::{Value, json};

use crate::artefacts::transcript;
use crate::harness::{Answer, NOW, TestApi, sealed, tenant_id};
use crate::matrix::add_case_with;

struct Edited {
    api: TestApi,
    recording: Recording,
    host: String,
}

impl Edited {
    async fn new() -> Self {
        let api = TestApi::new().await;
        let host = api.add_user("ours", "host", Role::Member).await;
        let relations = [("cohost", Relation::CoHost), ("viewer", Relation::Viewer)];
        let recording = api.add_recording(sealed(), &relations).await;
        let mut transcript: Transcript = transcript(&recording, "move the lunch");
        let mut utterance = transcript.utterances[0].clone();
        utterance.id = UtteranceId::new("s1").unwrap();
        transcript.coverage.suppressed =
            vec![SuppressedSpeech { reason: SuppressionReason::Loop, utterance, speech_ms: 0 }];
        api.store.save_transcript(&tenant_id("ours"), &transcript, NOW).await.unwrap();
        Self { api, recording, host }
    }

    async fn edit(&self, session: &str, base_version: u32, edit: Value) -> Answer {
        let path = format!("/api/v1/recordings/{}/transcript/edits", self.recording.id);
        let body = json!({ "base_version": base_version, "edit": edit });
        self.api.post(path).bearer(session).json(&body).send().await
    }

    async fn read(&self, what: &str) -> Value {
        let path = format!("/api/v1/recordings/{}/transcript{what}", self.recording.id);
        self.api.get(path).bearer(&self.host).send().await.ok(200)
    }
}

fn correction(text: &str) -> Value {
    json!({ "kind": "correct_utterance", "utterance_id": "u1", "text": text })
}

#[tokio::test]
async fn an_edit_is_a_version_that_can_be_compared_and_undone() {
    let edited = Edited::new().await;
    let second = edited.edit(&edited.host, 1, correction("move the launch")).await.ok(200);
    assert_eq!((&second["version"], &second["utterances"][0]["text"]), (&json!(2), &json!("move the launch")));
    let rename = json!({ "kind": "rename_speaker", "participant_id": "p1", "name": "Li Wei" });
    edited.edit(&edited.host, 2, rename).await.ok(200);
    assert_eq!(edited.read("").await["speaker_names"], json!({ "p1": "Li Wei" }));

    let list = edited.read("/versions").await;
    let kinds: Vec<&Value> = list["versions"].as_array().unwrap().iter().map(|version| &version["edit_kind"]).collect();
    assert_eq!(kinds, [&Value::Null, &json!("correct_utterance"), &json!("rename_speaker")]);
    assert_eq!(list["versions"][1]["author_name"], "host <name>");
    assert_eq!(list["undo_version"], 2);
    let difference = edited.read("/versions/2/differences").await;
    assert_eq!(difference["utterances"][0]["before"]["text"], "move the lunch");
    assert_eq!(difference["utterances"][0]["after"]["text"], "move the launch");
    let both = edited.read("/versions/3/differences?from=1").await;
    assert_eq!((both["utterances"].as_array().unwrap().len(), &both["renames"][0]["after"]), (1, &json!("Li Wei")));

    for (base_version, undo_version) in [(3, 2), (4, 1)] {
        assert_eq!(edited.read("/versions").await["undo_version"], undo_version);
        let undo = json!({ "kind": "restore_version", "version": undo_version });
        edited.edit(&edited.host, base_version, undo).await.ok(200);
    }
    let back = edited.read("").await;
    assert_eq!((&back["version"], &back["utterances"][0]["text"]), (&json!(5), &json!("move the lunch")));
    assert_eq!(back["speaker_names"], json!({}));
    assert_eq!(edited.read("/versions").await["undo_version"], Value::Null);
    assert_eq!(edited.read("/versions/2").await["utterances"][0]["text"], "move the launch");
}

#[tokio::test]
async fn of_two_editors_the_second_is_told_who_was_first() {
    let edited = Edited::new().await;
    let cohost = edited.api.add_user("ours", "cohost", Role::Member).await;
    edited.edit(&cohost, 1, correction("move the launch")).await.ok(200);
    let problem = edited.edit(&edited.host, 1, correction("move the lounge")).await.problem(409, "stale_version");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("version 2 by cohost <name> is the latest"), "{detail}");
    assert_eq!(edited.read("").await["utterances"][0]["text"], "move the launch", "nothing was lost");
}

#[tokio::test]
async fn editors_at_the_same_moment_leave_one_version() {
    let edited = Edited::new().await;
    let texts = ["a", "b", "c", "d", "e", "f"];
    let answers = texts.map(|text| edited.edit(&edited.host, 1, correction(text)));
    let answers = futures_util::future::join_all(answers).await;
    let saved: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(saved.len(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.problem(409, "stale_version");
    }
    assert_eq!(edited.read("").await["version"], 2);
}

#[tokio::test]
async fn what_cannot_be_edited_is_named() {
    let edited = Edited::new().await;
    for (edit, expected) in [
        (correction("move the lunch"), "the edit changes nothing"),
        (
            json!({ "kind": "correct_utterance", "utterance_id": "u9", "text": "x" }),
            "the transcript has no utterance u9",
        ),
        (json!({ "kind": "correct_utterance", "utterance_id": "../", "text": "x" }), "utterance id \"../\" must be"),
        (json!({ "kind": "rename_speaker", "participant_id": "p1", "name": " " }), "name must be 1 to 128 characters"),
        (json!({ "kind": "nonsense" }), "unknown variant `nonsense`"),
    ] {
        let problem = edited.edit(&edited.host, 1, edit).await.problem(400, "invalid_request");
        assert!(problem["detail"].as_str().unwrap().contains(expected), "{problem}");
    }
    edited.edit(&edited.host, 1, json!({ "kind": "restore_version", "version": 7 })).await.problem(404, "not_found");
}

#[tokio::test]
async fn suppressed_text_is_shown_to_those_entitled_and_can_be_taken_back() {
    let edited = Edited::new().await;
    let suppressed = edited.read("/suppressed").await;
    assert_eq!(suppressed["suppressed"][0]["reason"], "loop");
    let viewer = edited.api.add_user("ours", "viewer", Role::Member).await;
    let compliance = edited.api.add_user("ours", "compliance", Role::Compliance).await;
    add_case_with(&edited.api, "compliance", &edited.recording).await;
    let path = format!("/api/v1/recordings/{}/transcript/suppressed", edited.recording.id);
    edited.api.get(path.clone()).bearer(&viewer).send().await.problem(403, "forbidden");
    edited.api.get(path).bearer(&compliance).send().await.ok(200);
    let restore = json!({ "kind": "restore_suppressed", "utterance_id": "s1" });
    let restored = edited.edit(&edited.host, 1, restore.clone()).await.ok(200);
    assert_eq!(restored["utterances"].as_array().unwrap().len(), 2);
    edited.edit(&compliance, 2, restore).await.problem(403, "forbidden");
    let audit = edited.api.store.list_audit(&tenant_id("ours"), Some(&edited.recording.id), 100).await.unwrap();
    let entries: Vec<(&str, &str, &str)> =
        audit.iter().rev().map(|entry| (entry.actor.as_str(), entry.action.as_str(), entry.outcome.as_str())).collect();
    assert_eq!(
        entries,
        [
            ("viewer", "transcript.review", "denied"),
            ("compliance", "transcript.review", "allowed"),
            ("host", "transcript.edit", "allowed"),
            ("compliance", "transcript.edit", "denied"),
        ]
    );
}

#[tokio::test]
async fn exports_take_the_corrected_names() {
    let edited = Edited::new().await;
    let rename = json!({ "kind": "rename_speaker", "participant_id": "p1", "name": "Wang Fang" });
    edited.edit(&edited.host, 1, rename).await.ok(200);
    let path = format!("/api/v1/recordings/{}/exports/transcript.vtt", edited.recording.id);
    let captions = edited.api.get(path).bearer(&edited.host).send().await;
    assert!(captions.text().contains("<v Wang Fang>move the lunch</v>"), "{}", captions.text());
}
