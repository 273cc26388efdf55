use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use model::{
    Layout, MediaTime, Participant, ParticipantId, Recording, RecordingId, RecordingState, SpanCause, TimelineEvent,
    TimelineEventKind, Track, TrackId, TrackSource,
};
use store::{Clock, Store};

use crate::Error;
use crate::child_process::spawn_child;
use crate::child_settings::{PortRange, Takeover};
use crate::control::{Command, Reply};
use crate::control_client::ControlClient;
use crate::media_ends::MediaEnds;
use crate::next_sequences::NextSequences;
use crate::open_segment::salvage_open_segments;
use crate::spool::Spool;
use crate::upload::blocking;

/// A recorder process that carries on where another one died, with the tracks it was given again.
pub(crate) struct Successor {
    pub(crate) client: ControlClient,
    /// What it answered for each track.
    pub(crate) tracks: BTreeMap<TrackId, Reply>,
}

/// What the meeting looked like to the process that died.
struct Scene {
    layout: Layout,
    paused: bool,
    muted: BTreeSet<(ParticipantId, TrackSource)>,
    participants: Vec<Participant>,
    tracks: Vec<Track>,
}

/// Saves what a dead recorder process left and starts another one into the same recording, on the same ports, with the
/// same tracks, mutes, pause and layout. The time in between is marked on the timeline.
///
/// # Errors
/// What kept the new process from starting. Doing it again is harmless.
pub(crate) async fn take_over(
    store: &Store,
    clock: &dyn Clock,
    executable: &Path,
    recording: &Recording,
    spool: &Spool,
) -> Result<Successor, Error> {
    let recording_id = &recording.id;
    let scene = Scene::of(store, recording).await?;
    let media_ends = prepare_spool(store, recording, spool, scene.layout).await?;
    let mut process = spawn_child(executable, recording_id, spool).await?;
    let successor = match scene.restore(recording_id, spool).await {
        Ok(successor) => successor,
        Err(error) => {
            // It must not go on beside the one that is started next.
            if let Err(error) = process.start_kill() {
                tracing::debug!(recording.id = %recording_id, %error, "the new recorder process is gone already");
            }
            return Err(error);
        }
    };
    if let Err(error) = mark_gap(store, clock, recording, spool, media_ends).await {
        tracing::error!(recording.id = %recording_id, %error, "a gap in the recording was not written down");
    }
    Ok(successor)
}

/// Closes what was left open and writes the settings of the next process. Returns where the media ends that is there.
async fn prepare_spool(
    store: &Store,
    recording: &Recording,
    spool: &Spool,
    layout: Layout,
) -> Result<MediaEnds, Error> {
    let working = spool.clone();
    let (mut settings, facts, spooled) = blocking(move || {
        salvage_open_segments(working.directory())?;
        Ok((working.settings()?, working.facts()?, working.closed_files()?))
    })
    .await?;
    let next_sequences = NextSequences::find(store, &recording.id, &spooled).await?;
    let media_ends = MediaEnds::find(store, &recording.id, &spooled).await?;
    let started_at = recording.state.started_at();
    let started_at = started_at.ok_or_else(|| Error::NotSealed { recording_id: recording.id.clone() })?;
    settings.epoch += 1;
    settings.layout = layout;
    settings.takeover = Some(Takeover { started_at, media_until_us: media_ends.last_us, next_sequences });
    if let Some(facts) = facts {
        settings.ports = Some(PortRange { first: facts.address.rtp_port, last: facts.address.rtcp_port });
    }
    let writing = spool.clone();
    blocking(move || writing.write_settings(&settings)).await?;
    Ok(media_ends)
}

async fn mark_gap(
    store: &Store,
    clock: &dyn Clock,
    recording: &Recording,
    spool: &Spool,
    media_ends: MediaEnds,
) -> Result<(), Error> {
    let reading = spool.clone();
    let facts = blocking(move || reading.facts()).await?;
    let resumed_ms = facts.map_or(media_ends.last_us / 1000, |facts| facts.timeline_start_ms);
    let cause = SpanCause::RecorderRestart;
    let ends = [
        (media_ends.first_us / 1000, TimelineEventKind::SpanBegan { cause, rendition: None }),
        (resumed_ms, TimelineEventKind::SpanEnded { cause, rendition: None }),
    ];
    for (at_ms, kind) in ends {
        let event = TimelineEvent { at_ms: MediaTime::from_millis(at_ms), at: clock.now(), kind };
        store.append_timeline_event(&recording.id, &event).await?;
    }
    let gap_ms = resumed_ms.saturating_sub(media_ends.first_us / 1000);
    tracing::warn!(recording.id = %recording.id, gap_ms, "recorder process died and was replaced");
    Ok(())
}

impl Scene {
    async fn of(store: &Store, recording: &Recording) -> Result<Self, Error> {
        let paused = matches!(recording.state, RecordingState::Paused { .. });
        let participants = store.load_participants(&recording.id).await?;
        let tracks = store.load_tracks(&recording.id).await?;
        let mut scene = Self { layout: recording.layout, paused, muted: BTreeSet::new(), participants, tracks };
        for event in store.list_timeline_events(&recording.id).await? {
            match event.kind {
                TimelineEventKind::LayoutChanged { layout } => scene.layout = layout,
                TimelineEventKind::Muted { participant_id, source, muted: true } => {
                    scene.muted.insert((participant_id, source));
                }
                TimelineEventKind::Muted { participant_id, source, muted: false } => {
                    scene.muted.remove(&(participant_id, source));
                }
                _ => {}
            }
        }
        Ok(scene)
    }

    /// Sets the scene again in a new process: first what is off the record, then the tracks.
    async fn restore(self, recording_id: &RecordingId, spool: &Spool) -> Result<Successor, Error> {
        let mut client = ControlClient::connect(recording_id, &spool.socket_path()).await?;
        if self.paused {
            client.request(recording_id, Command::Pause).await?;
        }
        let mut tracks = BTreeMap::new();
        for track in &self.tracks {
            let Some(participant) = self.participants.iter().find(|one| one.id == track.participant_id) else {
                continue;
            };
            let muted = self.is_muted(track);
            let command = Command::AddTrack { track: track.clone(), participant: participant.clone(), muted };
            let reply = client.request(recording_id, command).await?;
            if let Reply::Refused { problem } = &reply {
                tracing::warn!(recording.id = %recording_id, track.id = %track.id, problem, "track was not taken over");
            }
            tracks.insert(track.id.clone(), reply);
        }
        Ok(Successor { client, tracks })
    }

    fn is_muted(&self, track: &Track) -> bool {
        self.muted.contains(&(track.participant_id.clone(), track.source))
    }
}
