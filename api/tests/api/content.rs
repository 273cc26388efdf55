use model::{Layout, MediaTime, Relation, Role, TimelineEvent, TimelineEventKind};

use crate::artefacts::{minutes, transcript};
use crate::harness::{NOW, TestApi, sealed, tenant_id};
use crate::matrix::add_case_with;

#[tokio::test]
async fn transcript_minutes_and_timeline_are_shown() {
    let api = TestApi::new().await;
    let viewer = api.add_user("ours", "viewer", Role::Member).await;
    let recording = api.add_recording(sealed(), &[("viewer", Relation::Viewer)]).await;
    let read =
        async |what: &str| api.get(format!("/api/v1/recordings/{}/{what}", recording.id)).bearer(&viewer).send().await;
    for what in ["transcript", "minutes"] {
        let problem = read(what).await.problem(409, "not_ready");
        assert!(problem["detail"].as_str().unwrap().starts_with(what), "{problem}");
    }
    api.store.save_transcript(&tenant_id("ours"), &transcript(&recording, "move the launch"), NOW).await.unwrap();
    api.store.save_minutes(&tenant_id("ours"), &minutes(&recording), NOW).await.unwrap();
    let event = TimelineEvent {
        at_ms: MediaTime::from_millis(5),
        at: NOW,
        kind: TimelineEventKind::LayoutChanged { layout: Layout::Grid },
    };
    api.store.append_timeline_event(&recording.id, &event).await.unwrap();
    insta::assert_json_snapshot!("transcript", read("transcript").await.ok(200));
    insta::assert_json_snapshot!("minutes", read("minutes").await.ok(200));
    insta::assert_json_snapshot!("timeline", read("timeline").await.ok(200));
    let view = api.get(format!("/api/v1/recordings/{}", recording.id)).bearer(&viewer).send().await.ok(200);
    assert_eq!(view["processing"]["transcript"]["version"], 1);
    assert_eq!(view["processing"]["searchable"], false);
    assert!(view["stored_bytes"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn exports_are_files() {
    let api = TestApi::new().await;
    let host = api.add_user("ours", "host", Role::Member).await;
    let recording = api.add_recording(sealed(), &[]).await;
    let export = async |what: &str| {
        api.get(format!("/api/v1/recordings/{}/exports/{what}", recording.id)).bearer(&host).send().await
    };
    export("transcript.vtt").await.problem(409, "not_ready");
    api.store.save_transcript(&tenant_id("ours"), &transcript(&recording, "move <the> launch"), NOW).await.unwrap();
    api.store.save_minutes(&tenant_id("ours"), &minutes(&recording), NOW).await.unwrap();
    let check = async |what: &str, content_type: &str, text: &str| {
        let answer = export(what).await;
        assert_eq!(answer.status, 200, "{what}");
        assert_eq!(answer.header("content-type"), content_type);
        assert!(answer.header("content-disposition").contains("filename*=UTF-8''Launch%20%E5%8F%91%E5%B8%83."));
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.text().contains(text), "{}", answer.text());
    };
    check("transcript.vtt", "text/vtt; charset=utf-8", "<v Li &lt;Wei&gt;>move &lt;the&gt; launch</v>").await;
    check("transcript.srt", "application/x-subrip; charset=utf-8", "00:00:01,000 --> 00:00:02,200\nLi ‹Wei›: ").await;
    check("transcript.md", "text/markdown; charset=utf-8", "**Li &lt;Wei&gt;** (0:00:01)").await;
    check("minutes.md", "text/markdown; charset=utf-8", "The launch moves to \\*March\\*.").await;
    let audit = api.store.list_audit(&tenant_id("ours"), Some(&recording.id), 100).await.unwrap();
    assert_eq!(audit.iter().filter(|entry| entry.action.starts_with("export.") && entry.actor == "host").count(), 5);
}

#[tokio::test]
async fn a_failed_stage_says_why() {
    let api = TestApi::new().await;
    let host = api.add_user("ours", "host", Role::Member).await;
    let recording = api.add_recording(sealed(), &[]).await;
    let stage = store::Stage::Transcript;
    api.store.fail_stage(&tenant_id("ours"), &recording.id, stage, "the model file is missing").await.unwrap();
    for what in ["transcript", "minutes"] {
        let answer = api.get(format!("/api/v1/recordings/{}/{what}", recording.id)).bearer(&host).send().await;
        let problem = answer.problem(409, "not_ready");
        assert_eq!(problem["detail"], "transcript: could not be made: the model file is missing");
    }
}

#[tokio::test]
async fn compliance_reads_are_audited_before_they_are_answered() {
    let api = TestApi::new().await;
    let compliance = api.add_user("ours", "compliance", Role::Compliance).await;
    let recording = api.add_recording(sealed(), &[]).await;
    api.store.save_transcript(&tenant_id("ours"), &transcript(&recording, "move the launch"), NOW).await.unwrap();
    add_case_with(&api, "compliance", &recording).await;
    let path = format!("/api/v1/recordings/{}", recording.id);
    api.get(format!("{path}/transcript")).bearer(&compliance).send().await.ok(200);
    api.post(format!("{path}/stop")).bearer(&compliance).send().await.problem(403, "forbidden");
    let audit = api.store.list_audit(&tenant_id("ours"), Some(&recording.id), 100).await.unwrap();
    let entries: Vec<(&str, &str, &str)> =
        audit.iter().rev().map(|entry| (entry.actor.as_str(), entry.action.as_str(), entry.outcome.as_str())).collect();
    assert_eq!(entries, [("compliance", "transcript.read", "allowed"), ("compliance", "recording.control", "denied")]);
}
