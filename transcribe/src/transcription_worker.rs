use std::io::{self, Read, Write};
use std::path::PathBuf;

use crate::Error;
use crate::transcriber::Transcriber;
use crate::whisper::{WhisperSettings, WhisperTranscriber};
use crate::window::WindowRule;
use crate::worker_protocol::{WorkerReply, WorkerRequest, read_frame, write_frame};

/// The life of a worker process: loads the model, then transcribes what comes on standard input until it ends. It is
/// started by a [`ProcessTranscriber`](crate::ProcessTranscriber); nothing else may write to standard output.
///
/// # Errors
/// When a stream breaks. A model that cannot be loaded is told to the parent and no error here.
pub fn run_transcription_worker(model: PathBuf, threads: u32) -> io::Result<()> {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    match WhisperTranscriber::open(model, WhisperSettings { threads, workers: 1 }) {
        Ok(transcriber) => serve(&transcriber, &mut input, &mut output),
        Err(error) => send(&mut output, &WorkerReply::Failed(error.to_string())),
    }
}

fn serve(transcriber: &dyn Transcriber, input: &mut impl Read, output: &mut impl Write) -> io::Result<()> {
    let packed_gap_ms_max = match transcriber.window_rule() {
        WindowRule::RegionPerWindow => None,
        WindowRule::Packed { gap_ms_max } => Some(gap_ms_max),
    };
    send(output, &WorkerReply::Ready { engine: transcriber.engine().to_owned(), packed_gap_ms_max })?;
    while let Some(frame) = read_frame(input)? {
        let result = match WorkerRequest::from_bytes(&frame)? {
            WorkerRequest::Transcribe { language, samples } => {
                transcriber.transcribe(&samples, language).map(WorkerReply::Segments)
            }
            WorkerRequest::DetectLanguage { samples } => {
                transcriber.detect_language(&samples).map(WorkerReply::Language)
            }
        };
        send(output, &result.unwrap_or_else(|error: Error| WorkerReply::Failed(error.to_string())))?;
    }
    Ok(())
}

fn send(output: &mut impl Write, reply: &WorkerReply) -> io::Result<()> {
    write_frame(output, &serde_json::to_vec(reply)?)
}
