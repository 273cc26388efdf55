use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use model::RecordingId;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::Error;
use crate::spool::Spool;

/// Starting GStreamer for the first time on a machine writes its registry, which takes seconds.
const READY_TIMEOUT: Duration = Duration::from_secs(30);

const READY: &str = "ready";

/// Tells the parent that the control socket listens; called by the child.
pub(crate) fn announce_ready() {
    // The parent may be gone already; the next one connects to the socket.
    drop(writeln!(std::io::stdout(), "{READY}"));
}

/// Starts a recorder process on a prepared spool and waits until it listens. It outlives the handle that is returned.
///
/// The process runs in a group of its own, so that a terminal's Ctrl-C reaches the parent only, and gets none of the
/// parent's environment but what programs need to run: decoders read untrusted media, so secrets stay out of reach.
pub(crate) async fn spawn_child(executable: &Path, recording_id: &RecordingId, spool: &Spool) -> Result<Child, Error> {
    let mut child = Command::new(executable)
        .arg("record")
        .arg(spool.directory())
        .env_clear()
        .envs(std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_harmless)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|source| Error::Spawn { recording_id: recording_id.clone(), source })?;
    let lost = |problem: &str| Error::ChildLost { recording_id: recording_id.clone(), problem: problem.to_owned() };
    let stdout = child.stdout.take().expect("stdout was asked to be piped");
    let first_line = timeout(READY_TIMEOUT, BufReader::new(stdout).lines().next_line()).await;
    match first_line {
        Ok(Ok(Some(line))) if line == READY => Ok(child),
        Ok(Ok(Some(line))) => Err(Error::Refused { recording_id: recording_id.clone(), problem: line }),
        Ok(Ok(None) | Err(_)) => Err(lost("it ended before it was ready; its log says why")),
        Err(_) => {
            // A process that hangs in start-up must not come alive later.
            if let Err(error) = child.start_kill() {
                tracing::warn!(recording.id = %recording_id, %error, "cannot kill a recorder that did not start");
            }
            Err(lost("it was not ready in time"))
        }
    }
}

fn is_harmless(name: &str) -> bool {
    let exact = ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "RUST_LOG", "RUST_BACKTRACE", "LD_LIBRARY_PATH"];
    exact.contains(&name) || name.starts_with("GST_") || name.starts_with("XDG_")
}
