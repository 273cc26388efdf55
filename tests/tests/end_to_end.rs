//! The whole way on real input: RTP in, searchable minutes out, on both kinds of backend, and a browser on top.

use std::process::Command;

use serde_json::Value;
use tests::{Backend, DemoRun, PrivateServers, ServerProcess, huiji_binary};

/// Long enough for both languages, a late joiner, a leaver, a mute, decisions and action items.
const SECONDS: u64 = 60;

#[test]
fn a_meeting_becomes_searchable_minutes_on_embedded_defaults() {
    let directory = tempfile::tempdir().expect("a directory");
    let backend = Backend::Embedded;
    let run = DemoRun::hold(directory.path(), &backend, SECONDS).expect("the demo runs");
    check_report(&run);
    check_stored_media(&run, &backend);
    check_in_browser(&run, &backend);
}

#[test]
fn a_meeting_becomes_searchable_minutes_on_postgresql_and_s3() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let servers = runtime.block_on(PrivateServers::start()).expect("the servers start");
    let backend = Backend::Servers(Box::new(servers));
    let directory = tempfile::tempdir().expect("a directory");
    let run = DemoRun::hold(directory.path(), &backend, SECONDS).expect("the demo runs");
    check_report(&run);
    check_stored_media(&run, &backend);
}

fn check_report(run: &DemoRun) {
    assert!(run.figure("wer") <= 0.05, "word errors: {}", run.report["wer"]);
    assert!(run.figure("cer") <= 0.05, "character errors: {}", run.report["cer"]);
    assert!((run.figure("attribution") - 1.0).abs() < f64::EPSILON, "attribution: {}", run.report["attribution"]);
    assert!((run.figure("duration_s") - run.figure("ran_s")).abs() <= 0.2, "duration: {}", run.report["duration_s"]);
    assert!(run.figure("decisions") >= 1.0, "no decision was found");
    assert!(run.figure("action_items") >= 1.0, "no action item was found");
    assert!(run.figure("uncited") < 0.5, "lines without evidence: {}", run.report["uncited"]);
    assert!(run.figure("packets_lost") < 0.5, "packets lost on loopback: {}", run.report["packets_lost"]);
    assert!(run.figure("stop_to_searchable_s") <= 15.0, "too slow: {}", run.report["stop_to_searchable_s"]);
}

/// `huiji recordings verify` re-reads and decodes everything; it must find nothing wrong and media of the right length.
fn check_stored_media(run: &DemoRun, backend: &Backend) {
    let recording_id = run.report["recording_id"].as_str().expect("an id");
    let output = Command::new(huiji_binary())
        .args(["recordings", "--data-dir"])
        .arg(&run.data_dir)
        .args(["verify", recording_id, "--json"])
        .envs(backend.environment().iter().cloned())
        .output()
        .expect("huiji runs");
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    assert_eq!(report["problems"], Value::Array(Vec::new()));
    assert!(output.status.success());
    let seconds = report["audio_samples"].as_f64().expect("samples") / 48_000.0;
    assert!((seconds - run.figure("duration_s")).abs() < 0.2, "audio of {seconds} s");
    assert!(report["video_frames"].as_u64().expect("frames") as f64 > 14.0 * run.figure("duration_s"));
}

/// The console in Debian's Chromium, against the real server on what the demo left.
fn check_in_browser(run: &DemoRun, backend: &Backend) {
    let server = ServerProcess::start(&run.data_dir, backend).expect("the server starts");
    let web = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../web");
    let status = Command::new("npm")
        .args(["run", "e2e"])
        .current_dir(web)
        .env("HUIJI_E2E_URL", server.url())
        .env("HUIJI_E2E_USER", "alice")
        .env("HUIJI_E2E_PASSWORD", "huiji-demo")
        .status()
        .expect("npm runs");
    assert!(status.success(), "the browser test failed");
}
