//! What the program says when something around it is missing or broken: what it was, and what to do.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tests::huiji_binary;

fn huiji(arguments: &[&str], data_dir: &Path) -> Output {
    Command::new(huiji_binary()).args(arguments).arg("--data-dir").arg(data_dir).output().expect("huiji runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_doctor_names_every_missing_piece_at_once() {
    let directory = tempfile::tempdir().expect("a directory");
    let not_a_model = directory.path().join("model.bin");
    fs::write(&not_a_model, b"not a model").expect("written");
    let in_the_way = directory.path().join("media");
    fs::write(&in_the_way, b"a file").expect("written");
    let (model, media) = (not_a_model.to_str().expect("text"), in_the_way.to_str().expect("text"));
    let output = huiji(&["doctor", "--model", model, "--media-dir", media], directory.path());
    let said = text(&output.stdout);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains(model) && said.contains(media), "both problems are named: {said}");
    assert_eq!(said.lines().filter(|line| line.starts_with("missing: ")).count(), 2, "{said}");
}

#[test]
fn the_doctor_is_content_with_a_whole_machine() {
    let directory = tempfile::tempdir().expect("a directory");
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/speech-model");
    let models = fs::read_dir(fixtures).expect("fixtures").filter_map(|entry| Some(entry.ok()?.path()));
    let model = models.into_iter().find(|path| path.extension().is_some_and(|kind| kind == "bin")).expect("a model");
    let output = huiji(&["doctor", "--model", model.to_str().expect("text")], directory.path());
    assert!(output.status.success(), "{}", text(&output.stdout));
}

#[test]
fn a_media_directory_that_cannot_be_written_is_named() {
    let directory = tempfile::tempdir().expect("a directory");
    let in_the_way = directory.path().join("file");
    fs::write(&in_the_way, b"a file").expect("written");
    let media = in_the_way.join("media");
    let media = media.to_str().expect("text");
    let output = huiji(&["serve", "--listen", "127.0.0.1:0", "--media-dir", media], directory.path());
    let said = text(&output.stderr);
    assert!(!output.status.success());
    assert!(said.contains(media) && said.contains("writable"), "{said}");
}

#[test]
fn an_address_that_is_taken_is_named() {
    let directory = tempfile::tempdir().expect("a directory");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("bound").to_string();
    let output = huiji(&["serve", "--listen", &address], directory.path());
    let said = text(&output.stderr);
    assert!(!output.status.success());
    assert!(said.contains(&address) && said.contains("--listen"), "{said}");
}

#[test]
fn a_recording_that_does_not_exist_is_named() {
    let directory = tempfile::tempdir().expect("a directory");
    let output = Command::new(huiji_binary())
        .args(["recordings", "--data-dir"])
        .arg(directory.path())
        .args(["verify", "rec_nothing"])
        .output()
        .expect("huiji runs");
    assert!(!output.status.success());
    assert!(text(&output.stderr).contains("rec_nothing"), "{}", text(&output.stderr));
}
