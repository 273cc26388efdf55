use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{Builder, JoinHandle};

use tokio::sync::mpsc::Sender;

use crate::{Error, MixerOutput};

/// Outputs held for a receiver that is behind; beyond that the mix fails rather than lose media in silence.
const HELD_MAX: usize = 4096;

/// Where media threads put their outputs: never blocks them, whatever the receiver does.
#[derive(Debug)]
pub(crate) struct Outbox {
    held: SyncSender<MixerOutput>,
    overflowed: AtomicBool,
    /// Added to every time on its way out.
    timeline_start_ms: u64,
}

impl Outbox {
    /// Starts the thread that forwards to `outputs`; it ends when the outbox is dropped or nobody receives any more.
    pub(crate) fn start(outputs: Sender<MixerOutput>, timeline_start_ms: u64) -> Result<(Self, JoinHandle<()>), Error> {
        let (held, forwarded): (_, Receiver<MixerOutput>) = sync_channel(HELD_MAX);
        let name = "mixer-outbox";
        let forward = move || {
            for output in forwarded {
                if outputs.blocking_send(output).is_err() {
                    break;
                }
            }
        };
        let thread =
            Builder::new().name(name.to_owned()).spawn(forward).map_err(|source| Error::Thread { name, source })?;
        Ok((Self { held, overflowed: AtomicBool::new(false), timeline_start_ms }, thread))
    }

    /// Hands an output on, in order.
    pub(crate) fn send(&self, mut output: MixerOutput) {
        output.move_by(self.timeline_start_ms);
        match self.held.try_send(output) {
            // When nobody receives any more, the mixer was abandoned and is about to be dropped.
            Ok(()) | Err(TrySendError::Disconnected(_)) => {}
            Err(TrySendError::Full(_)) => self.overflowed.store(true, Ordering::Release),
        }
    }

    /// Says whether an output had to be discarded.
    pub(crate) fn overflowed(&self) -> bool {
        self.overflowed.load(Ordering::Acquire)
    }
}
