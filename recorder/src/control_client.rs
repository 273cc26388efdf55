use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use model::RecordingId;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::Error;
use crate::control::{Command, Message, Reply, Report, Request};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A command on its way to a child, and where its answer goes.
pub(crate) struct Order {
    pub(crate) command: Command,
    pub(crate) answer: oneshot::Sender<Reply>,
}

/// The parent's end of a child's control socket.
pub(crate) struct ControlClient {
    lines: Lines<BufReader<OwnedReadHalf>>,
    writer: OwnedWriteHalf,
    pending: HashMap<u64, oneshot::Sender<Reply>>,
    next_id: u64,
}

impl ControlClient {
    /// Connects to a running child.
    pub(crate) async fn connect(recording_id: &RecordingId, socket: &Path) -> Result<Self, Error> {
        let lost = |problem: String| Error::ChildLost { recording_id: recording_id.clone(), problem };
        let stream = timeout(CONNECT_TIMEOUT, UnixStream::connect(socket))
            .await
            .map_err(|_| lost("its control socket did not answer".to_owned()))?
            .map_err(|source| lost(format!("its control socket cannot be reached: {source}")))?;
        let (reader, writer) = stream.into_split();
        Ok(Self { lines: BufReader::new(reader).lines(), writer, pending: HashMap::new(), next_id: 0 })
    }

    /// Sends a command; its answer arrives through a later [`Self::next_report`].
    pub(crate) async fn send(&mut self, order: Order) -> Result<(), Error> {
        let id = self.next_id;
        self.next_id += 1;
        let mut line = serde_json::to_vec(&Request { id, command: order.command }).map_err(Error::Control)?;
        line.push(b'\n');
        self.pending.insert(id, order.answer);
        // A write that fails means the child is gone, which the next read reports.
        if self.writer.write_all(&line).await.is_err() {
            self.pending.remove(&id);
        }
        Ok(())
    }

    /// Waits for the next report, handing answers out on the way. `None` means the child has closed the socket.
    ///
    /// Safe to drop at any await: no half-read line is lost.
    pub(crate) async fn next_report(&mut self) -> Result<Option<Report>, Error> {
        // A reset is how a killed child's socket ends.
        while let Ok(Some(line)) = self.lines.next_line().await {
            match serde_json::from_str(&line).map_err(Error::Control)? {
                Message::Report(report) => return Ok(Some(report)),
                Message::Reply { id, reply } => {
                    if let Some(answer) = self.pending.remove(&id) {
                        // The caller may have timed out meanwhile; then nobody wants the answer.
                        drop(answer.send(reply));
                    }
                }
            }
        }
        Ok(None)
    }
}
