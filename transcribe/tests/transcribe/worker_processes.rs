use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use model::{Language, Transcript};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use transcribe::{
    Error, ProcessSettings, ProcessTranscriber, Transcriber, TranscriptBuilder, WorkerCommand, WorkerProcessError,
};

use crate::demo_meeting::build;
use crate::fixtures::{demo_chunks, model_path, roster, whisper};
use crate::guards::assert_adds_up;

/// The example that is built together with the tests.
fn worker_program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent().unwrap().parent().unwrap().join("examples/transcription_worker")
}

fn command(program: impl Into<PathBuf>, arguments: &[PathBuf]) -> WorkerCommand {
    WorkerCommand {
        program: program.into(),
        arguments: arguments.iter().map(|argument| argument.clone().into_os_string()).collect(),
    }
}

fn open() -> ProcessTranscriber {
    let settings = ProcessSettings { workers: 2, window_timeout_ms: 60_000 };
    ProcessTranscriber::open(command(worker_program(), &[model_path()]), settings).unwrap()
}

fn transcribe_with(transcriber: Arc<dyn Transcriber>) -> Transcript {
    let mut builder = TranscriptBuilder::new(transcriber, Language::English).unwrap();
    builder.set_roster(&roster(true));
    builder.push(demo_chunks(52_000)).unwrap();
    build(builder)
}

#[test]
fn twenty_killed_workers_lose_and_double_no_window() {
    const KILLS: u32 = 20;
    let expected = transcribe_with(whisper());
    assert!(expected.utterances.len() >= 15);
    let transcriber = Arc::new(open());
    let (stop, stopped) = sync_channel::<()>(1);
    let killer = std::thread::spawn({
        let transcriber = Arc::clone(&transcriber);
        move || {
            let mut kills = 0;
            let mut random = 0x2545_f491_4f6c_dd1d_u64;
            loop {
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                let moment = Duration::from_millis(100 + random % 900);
                if stopped.recv_timeout(moment) != Err(RecvTimeoutError::Timeout) {
                    return kills;
                }
                let ids = transcriber.process_ids();
                if let Some(id) = ids.get((random >> 32) as usize % ids.len().max(1)) {
                    // A process may have died by itself in between; then it does not count.
                    kills += u32::from(kill(Pid::from_raw(*id as i32), Signal::SIGKILL).is_ok());
                }
                if kills == KILLS {
                    return kills;
                }
            }
        }
    });
    while !killer.is_finished() {
        let transcript = transcribe_with(Arc::<ProcessTranscriber>::clone(&transcriber));
        assert_adds_up(&transcript.coverage);
        assert_eq!(transcript, expected);
    }
    // The killer may be done already.
    stop.send(()).unwrap_or(());
    assert_eq!(killer.join().unwrap(), KILLS);
    assert!(transcriber.process_ids().len() <= 2, "no process is left behind");
}

#[test]
fn a_window_that_crashes_every_worker_costs_that_window() {
    // Greets like a worker and dies of its first window.
    let greeting = r#"{"ready":{"engine":"crasher","packed_gap_ms_max":null}}"#;
    let script =
        format!("printf '\\{:03o}\\000\\000\\000%s' '{greeting}'; head -c 4 > /dev/null; kill -9 $$", greeting.len());
    let crasher = command("/bin/sh", &["-c".into(), script.into()]);
    let transcriber = ProcessTranscriber::open(crasher, ProcessSettings::default()).unwrap();
    assert_eq!(transcriber.engine(), "crasher");
    let error = transcriber.transcribe(&vec![0.1; 16_000], Language::English).unwrap_err();
    assert!(matches!(error, Error::WorkerProcess(WorkerProcessError::Died(_))), "{error}");
    assert!(error.is_transient());
}

#[test]
fn a_stuck_worker_is_given_up() {
    let greeting = r#"{"ready":{"engine":"sleeper","packed_gap_ms_max":30000}}"#;
    let script = format!("printf '\\{:03o}\\000\\000\\000%s' '{greeting}'; exec tail -f /dev/null", greeting.len());
    let settings = ProcessSettings { workers: 1, window_timeout_ms: 50 };
    let transcriber = ProcessTranscriber::open(command("/bin/sh", &["-c".into(), script.into()]), settings).unwrap();
    let error = transcriber.transcribe(&vec![0.1; 480_000], Language::English).unwrap_err();
    assert!(matches!(error, Error::WorkerProcess(WorkerProcessError::Timeout { timeout_ms: 50 })), "{error}");
    assert_eq!(transcriber.process_ids(), Vec::<u32>::new());
}

#[test]
fn a_worker_without_a_model_says_why() {
    let missing = command(worker_program(), &["/nonexistent/model.bin".into()]);
    let Err(error) = ProcessTranscriber::open(missing, ProcessSettings::default()) else { panic!("there is no model") };
    assert!(error.to_string().contains("/nonexistent/model.bin"), "{error}");
    let Err(error) = ProcessTranscriber::open(command("/nonexistent/huiji", &[]), ProcessSettings::default()) else {
        panic!("there is no program")
    };
    assert!(matches!(error, Error::WorkerProcess(WorkerProcessError::Start(_))), "{error}");
}
