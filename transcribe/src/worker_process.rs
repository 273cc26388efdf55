use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use crate::worker_protocol::{WorkerReply, WorkerRequest, read_frame, write_frame};

/// How a worker process is started.
#[derive(Debug, Clone)]
pub struct WorkerCommand {
    /// The program, which calls [`run_transcription_worker`](crate::run_transcription_worker).
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<std::ffi::OsString>,
}

/// A worker process and the thread that talks to it. The process ends when this is dropped.
pub(crate) struct WorkerProcess {
    child: Child,
    requests: SyncSender<WorkerRequest>,
    replies: Receiver<io::Result<WorkerReply>>,
}

/// Why a worker process is of no use any more.
#[derive(Debug, thiserror::Error)]
pub enum WorkerProcessError {
    /// It cannot be started.
    #[error("the program cannot be started")]
    Start(#[source] io::Error),
    /// It ended or wrote something else than an answer.
    #[error("the process died")]
    Died(#[source] io::Error),
    /// It took longer than any window should.
    #[error("no answer within {timeout_ms} ms")]
    Timeout {
        /// How long was waited.
        timeout_ms: u64,
    },
}

impl WorkerProcess {
    pub(crate) fn start(command: &WorkerCommand) -> Result<Self, WorkerProcessError> {
        let mut child = Command::new(&command.program)
            .args(&command.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Ctrl-C is for the server, which lets the window under way end.
            .process_group(0)
            .spawn()
            .map_err(WorkerProcessError::Start)?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (stdin, stdout) = pipes.expect("both streams are piped");
        let (requests, incoming) = sync_channel(1);
        // Room for the greeting and an answer, so that the thread never waits for a reader that went away.
        let (outgoing, replies) = sync_channel(2);
        let talker = std::thread::Builder::new().name("transcription worker".to_owned());
        let started = talker.spawn(move || talk(stdin, stdout, &incoming, &outgoing));
        let process = Self { child, requests, replies };
        started.map_err(WorkerProcessError::Start)?;
        Ok(process)
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks and waits for the answer.
    pub(crate) fn ask(&mut self, request: WorkerRequest, timeout: Duration) -> Result<WorkerReply, WorkerProcessError> {
        if self.requests.send(request).is_err() {
            return Err(WorkerProcessError::Died(io::ErrorKind::BrokenPipe.into()));
        }
        self.wait(timeout)
    }

    /// Waits for the next answer; the first one comes unasked.
    pub(crate) fn wait(&mut self, timeout: Duration) -> Result<WorkerReply, WorkerProcessError> {
        match self.replies.recv_timeout(timeout) {
            Ok(reply) => reply.map_err(WorkerProcessError::Died),
            Err(RecvTimeoutError::Timeout) => {
                Err(WorkerProcessError::Timeout { timeout_ms: timeout.as_millis() as u64 })
            }
            Err(RecvTimeoutError::Disconnected) => Err(WorkerProcessError::Died(io::ErrorKind::BrokenPipe.into())),
        }
    }
}

impl Drop for WorkerProcess {
    fn drop(&mut self) {
        // It may have ended already; waiting for it leaves no zombie either way, and its thread ends with its streams.
        if let Err(error) = self.child.kill().and_then(|()| self.child.wait().map(|_| ())) {
            tracing::warn!(%error, process.id = self.child.id(), "cannot end a transcription worker");
        }
    }
}

fn talk(
    mut stdin: ChildStdin,
    mut stdout: ChildStdout,
    requests: &Receiver<WorkerRequest>,
    replies: &SyncSender<io::Result<WorkerReply>>,
) {
    let mut read = || {
        let frame = read_frame(&mut stdout)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(serde_json::from_slice(&frame)?)
    };
    let mut reply: io::Result<WorkerReply> = read();
    loop {
        let is_over = reply.is_err();
        if replies.send(reply).is_err() || is_over {
            return;
        }
        let Ok(request) = requests.recv() else { return };
        reply = write_frame(&mut stdin, &request.to_bytes()).and_then(|()| read());
    }
}
