//! A worker process as `huiji` starts them, for the tests that kill it. Its argument is the model.

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let model = std::env::args_os().nth(1).unwrap_or_default();
    transcribe::run_transcription_worker(PathBuf::from(model), 1)
}
