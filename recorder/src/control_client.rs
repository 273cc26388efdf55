use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use model::RecordingId;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::TryRecvError;
use tokio::time::timeout;

use crate::Error;
use crate::control::{Command, Message, Reply, Report, Request};

const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A command on its way to a child, and where its answer goes.
pub(crate) struct Order {
    pub(crate) command: Command,
    pub(crate) answer: oneshot::Sender<Reply>,
}

/// A line from the child.
enum Heard {
    Report(Report),
    Answer,
    End,
}

/// The parent's end of a child's control socket.
pub(crate) struct ControlClient {
    lines: Lines<BufReader<OwnedReadHalf>>,
    writer: OwnedWriteHalf,
    pending: BTreeMap<u64, Order>,
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
        Ok(Self { lines: BufReader::new(reader).lines(), writer, pending: BTreeMap::new(), next_id: 0 })
    }

    /// Sends a command; its answer arrives through a later [`Self::next_report`].
    pub(crate) async fn send(&mut self, order: Order) -> Result<(), Error> {
        let id = self.next_id;
        self.next_id += 1;
        let request = Request { id, command: order.command.clone() };
        let mut line = serde_json::to_vec(&request).map_err(Error::Control)?;
        line.push(b'\n');
        self.pending.insert(id, order);
        // A write that fails means the child is gone, which the next read reports.
        if let Err(error) = self.writer.write_all(&line).await {
            tracing::debug!(%error, "command did not reach the recorder process");
        }
        Ok(())
    }

    /// Sends a command and waits for its answer.
    pub(crate) async fn request(&mut self, recording_id: &RecordingId, command: Command) -> Result<Reply, Error> {
        let lost = |problem: &str| Error::ChildLost { recording_id: recording_id.clone(), problem: problem.to_owned() };
        let (answer, mut answered) = oneshot::channel();
        self.send(Order { command, answer }).await?;
        let wait = async {
            loop {
                match answered.try_recv() {
                    Ok(reply) => return Ok(reply),
                    Err(TryRecvError::Closed) => return Err(lost("it dropped a command")),
                    Err(TryRecvError::Empty) => {}
                }
                if matches!(self.next_message().await?, Heard::End) {
                    return Err(lost("it ended before it answered"));
                }
            }
        };
        timeout(ANSWER_TIMEOUT, wait).await.map_err(|_| lost("it did not answer in time"))?
    }

    /// Gives back the commands that were never answered, in the order they were sent.
    pub(crate) fn into_unanswered(self) -> Vec<Order> {
        self.pending.into_values().collect()
    }

    /// Waits for the next report, handing answers out on the way. `None` means the child has closed the socket.
    ///
    /// Safe to drop at any await: no half-read line is lost.
    pub(crate) async fn next_report(&mut self) -> Result<Option<Report>, Error> {
        loop {
            match self.next_message().await? {
                Heard::Report(report) => return Ok(Some(report)),
                Heard::Answer => {}
                Heard::End => return Ok(None),
            }
        }
    }

    /// Waits for a line; an answer is handed to whoever waits for it.
    async fn next_message(&mut self) -> Result<Heard, Error> {
        // A reset is how a killed child's socket ends.
        let Ok(Some(line)) = self.lines.next_line().await else { return Ok(Heard::End) };
        match serde_json::from_str(&line).map_err(Error::Control)? {
            Message::Report(report) => Ok(Heard::Report(report)),
            Message::Reply { id, reply } => {
                if let Some(order) = self.pending.remove(&id) {
                    // The caller may have timed out meanwhile; then nobody wants the answer.
                    drop(order.answer.send(reply));
                }
                Ok(Heard::Answer)
            }
        }
    }
}
