use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::child::Child;
use crate::control::{Message, Request};

const REPORT_INTERVAL: Duration = Duration::from_millis(500);

/// Serves one parent after the other until the recording is finished.
pub(crate) async fn serve_until(child: &Child, listener: &UnixListener, finished: &CancellationToken) {
    loop {
        let stream = tokio::select! {
            () = finished.cancelled() => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "cannot accept on the control socket");
                    continue;
                }
            },
        };
        // A broken connection means the parent went away; the recording goes on and the next parent connects.
        if let Err(error) = converse(child, stream, finished).await {
            tracing::warn!(%error, "lost the parent, recording on");
        }
    }
}

async fn converse(child: &Child, stream: UnixStream, finished: &CancellationToken) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let mut ticks = interval(REPORT_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        let message = tokio::select! {
            () = finished.cancelled() => {
                return writer.write_all(&to_line(&Message::Report(child.report()))).await;
            }
            line = lines.next_line() => match line? {
                None => return Ok(()),
                Some(line) => match serde_json::from_str::<Request>(&line) {
                    Ok(request) => Message::Reply { id: request.id, reply: child.obey(request.command) },
                    Err(error) => {
                        tracing::error!(%error, "malformed command");
                        continue;
                    }
                },
            },
            () = child.file_closed().notified() => Message::Report(child.report()),
            _ = ticks.tick() => Message::Report(child.report()),
        };
        writer.write_all(&to_line(&message)).await?;
    }
}

fn to_line(message: &Message) -> Vec<u8> {
    let mut line = serde_json::to_vec(message).expect("messages have no maps with odd keys");
    line.push(b'\n');
    line
}
