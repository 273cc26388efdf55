use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::Language;

use crate::Error;
use crate::transcriber::{DecodedSegment, Transcriber};
use crate::whisper::WhisperSettings;
use crate::window::WindowRule;
use crate::worker_process::{WorkerCommand, WorkerProcess, WorkerProcessError};
use crate::worker_protocol::{WorkerReply, WorkerRequest};

/// Whisper in processes of its own, one for each window worked on at a time: whatever the C code makes of a window, an
/// abort or a crash costs that window at most. Processes are kept for the next window and replaced when they die.
pub struct ProcessTranscriber {
    command: WorkerCommand,
    settings: ProcessSettings,
    engine: String,
    window_rule: WindowRule,
    idle: Mutex<Vec<WorkerProcess>>,
    /// Every process that runs, idle or not.
    process_ids: Mutex<Vec<u32>>,
}

/// How [`ProcessTranscriber`] uses its processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProcessSettings {
    /// Windows worked on at a time.
    pub workers: usize,
    /// After this long the process is taken for stuck, in milliseconds.
    pub window_timeout_ms: u64,
}

impl Default for ProcessSettings {
    /// As many processes as the machine has cores, at most four because each holds the model; ten minutes for a window
    /// of half a minute.
    fn default() -> Self {
        Self { workers: WhisperSettings::default().workers.min(PROCESSES_MAX), window_timeout_ms: 600_000 }
    }
}

const PROCESSES_MAX: usize = 4;
/// Loading the largest model from a slow disk takes its time.
const START_TIMEOUT: Duration = Duration::from_mins(2);
/// A process that dies may have been killed for another reason than its window: out of memory, an operator.
const ATTEMPTS_MAX: u32 = 3;

impl ProcessTranscriber {
    /// Starts the first process and waits until it has loaded its model.
    ///
    /// # Errors
    /// [`Error::WorkerProcess`] when it does not start, [`Error::WorkerFailed`] when it cannot load the model.
    pub fn open(command: WorkerCommand, settings: ProcessSettings) -> Result<Self, Error> {
        let (process, greeting) = greet(&command)?;
        let (engine, window_rule) = greeting;
        let process_ids = Mutex::new(vec![process.id()]);
        Ok(Self { command, settings, engine, window_rule, idle: Mutex::new(vec![process]), process_ids })
    }

    /// Returns the ids of the processes that run now.
    #[must_use]
    pub fn process_ids(&self) -> Vec<u32> {
        lock(&self.process_ids).clone()
    }

    fn ask(&self, request: &WorkerRequest) -> Result<WorkerReply, Error> {
        let timeout = Duration::from_millis(self.settings.window_timeout_ms);
        let mut attempt = 1;
        loop {
            let mut process = self.take_process()?;
            match process.ask(request.clone(), timeout) {
                Ok(reply) => {
                    lock(&self.idle).push(process);
                    return Ok(reply);
                }
                Err(error) => {
                    lock(&self.process_ids).retain(|id| *id != process.id());
                    drop(process);
                    if attempt == ATTEMPTS_MAX {
                        return Err(Error::WorkerProcess(error));
                    }
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        attempt,
                        "a transcription worker is gone, its window is done again"
                    );
                    attempt += 1;
                }
            }
        }
    }

    fn take_process(&self) -> Result<WorkerProcess, Error> {
        if let Some(process) = lock(&self.idle).pop() {
            return Ok(process);
        }
        let mut attempt = 1;
        loop {
            match greet(&self.command) {
                Ok((process, _)) => {
                    lock(&self.process_ids).push(process.id());
                    return Ok(process);
                }
                Err(Error::WorkerProcess(WorkerProcessError::Died(_))) if attempt < ATTEMPTS_MAX => attempt += 1,
                Err(error) => return Err(error),
            }
        }
    }
}

fn greet(command: &WorkerCommand) -> Result<(WorkerProcess, (String, WindowRule)), Error> {
    let mut process = WorkerProcess::start(command).map_err(Error::WorkerProcess)?;
    match process.wait(START_TIMEOUT).map_err(Error::WorkerProcess)? {
        WorkerReply::Ready { engine, packed_gap_ms_max } => {
            let rule =
                packed_gap_ms_max.map_or(WindowRule::RegionPerWindow, |gap_ms_max| WindowRule::Packed { gap_ms_max });
            Ok((process, (engine, rule)))
        }
        reply => Err(unexpected(reply)),
    }
}

fn unexpected(reply: WorkerReply) -> Error {
    let problem = match reply {
        WorkerReply::Failed(problem) => problem,
        _ => "it gave the answer to another question".to_owned(),
    };
    Error::WorkerFailed { problem }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Transcriber for ProcessTranscriber {
    fn engine(&self) -> &str {
        &self.engine
    }

    fn window_rule(&self) -> WindowRule {
        self.window_rule
    }

    fn workers(&self) -> usize {
        self.settings.workers.max(1)
    }

    fn transcribe(&self, samples: &[f32], language: Language) -> Result<Vec<DecodedSegment>, Error> {
        match self.ask(&WorkerRequest::Transcribe { language, samples: samples.to_vec() })? {
            WorkerReply::Segments(segments) => Ok(segments),
            reply => Err(unexpected(reply)),
        }
    }

    fn detect_language(&self, samples: &[f32]) -> Result<Option<Language>, Error> {
        match self.ask(&WorkerRequest::DetectLanguage { samples: samples.to_vec() })? {
            WorkerReply::Language(language) => Ok(language),
            reply => Err(unexpected(reply)),
        }
    }
}
