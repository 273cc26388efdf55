use std::sync::Arc;
use std::time::Duration;

use model::{DiskLevel, MediaTime, Rendition, SpanCause, TimelineEventKind};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::child::Child;
use crate::disk_guard::SpoolDisk;
use crate::reserve::Reserve;
use crate::spool::Spool;
use crate::spool_writer::SpooledEvent;
use crate::upload::blocking;

const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// Looks at the disk while a recording runs and has the picture left out before the sound has no room.
pub(crate) struct DiskWatch {
    pub(crate) disk: SpoolDisk,
    pub(crate) reserve: Reserve,
    pub(crate) spool: Spool,
}

impl DiskWatch {
    /// Watches until the recording is finished.
    pub(crate) async fn watch_until(&self, child: &Arc<Child>, finished: &CancellationToken) {
        let mut ticks = interval(LOOK_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = finished.cancelled() => return,
                _ = ticks.tick() => self.look(child).await,
            }
        }
    }

    async fn look(&self, child: &Arc<Child>) {
        let (watch, child) = (
            Self { disk: self.disk.clone(), reserve: self.reserve.clone(), spool: self.spool.clone() },
            Arc::clone(child),
        );
        let looked = blocking(move || {
            match watch.disk.free_bytes() {
                Ok(free_bytes) => watch.act(&child, free_bytes),
                Err(error) => tracing::warn!(%error, "cannot see how much disk is free"),
            }
            Ok(())
        });
        drop(looked.await);
    }

    fn act(&self, child: &Child, free_bytes: u64) {
        if let Some((at_ms, picture_off)) = child.see_disk(free_bytes) {
            tracing::warn!(free_bytes, picture_off, "the picture follows the disk");
            self.mark(at_ms, picture_off);
        }
        if child.disk_level() == DiskLevel::Ample
            && let Err(error) = self.reserve.hold()
        {
            tracing::debug!(%error, "no disk can be set aside");
        }
    }

    /// The mark is lost when the disk is full; what the writer cannot write it marks by itself, later.
    fn mark(&self, at_ms: MediaTime, picture_off: bool) {
        let (cause, rendition) = (SpanCause::DiskLow, Some(Rendition::Video));
        let kind = if picture_off {
            TimelineEventKind::SpanBegan { cause, rendition }
        } else {
            TimelineEventKind::SpanEnded { cause, rendition }
        };
        let line = serde_json::to_string(&SpooledEvent { at_ms, kind }).expect("an event is plain data") + "\n";
        if let Err(error) = self.spool.append_event(&line) {
            tracing::error!(%error, "a change of the picture was not marked");
        }
    }
}
