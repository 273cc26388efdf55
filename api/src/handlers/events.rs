use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt as _};
use model::{RecorderStatus, Recording, RecordingId};
use serde::Serialize;
use store::{Change, ChangeKind};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::access::{Action, Obligation, RecordingPermit, Subject, TenantPermit, permit_recording};
use crate::audit::audit;
use crate::error::ApiError;
use crate::recording_view::recording_view;
use crate::state::App;
use crate::views::{JobView, RecorderEventView, RecorderStatusView, ToldUtterances};

const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How often a reader is told how safe a running recording is: nothing is committed while the store is away.
const STATUS_INTERVAL: Duration = Duration::from_secs(2);

/// Streams a recording as it changes: `recording` events with the whole view, `job` events with each job that moved, and
/// while it runs `recorder` events with what the recorder says of it. Who may read the transcript gets `live_transcript`
/// events with what is heard.
#[utoipa::path(get, path = "/recordings/{recording_id}/events", tag = "events",
    params(("recording_id" = String, Path)),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
pub(crate) async fn watch_recording(State(app): State<App>, permit: RecordingPermit) -> Result<Response, ApiError> {
    let changes = app.archive().changes();
    let only = Some(permit.recording().id.clone());
    let mut first = view_events(&app, permit.subject(), &permit.recording().id, ChangeKind::Recording).await;
    let mut live = LiveText::default();
    first.extend(live.events(&app, permit.subject(), &permit.recording().id).await);
    Ok(respond(Watcher::new(app, permit.subject(), only, changes, live), first))
}

/// Streams `recording` events with the view of each recording that changes and that the caller may see.
#[utoipa::path(get, path = "/recordings/events", tag = "events",
    responses((status = 200, content_type = "text/event-stream", body = String)))]
pub(crate) async fn watch_recordings(State(app): State<App>, permit: TenantPermit) -> Result<Response, ApiError> {
    let changes = app.archive().changes();
    Ok(respond(Watcher::new(app, permit.subject(), None, changes, LiveText::default()), Vec::new()))
}

fn respond(watcher: Watcher, first: Vec<Event>) -> Response {
    let ending = watcher.app.shutdown().clone();
    let lifetime = watcher.app.settings().event_stream_lifetime;
    let later = stream::unfold(watcher, |mut watcher| async {
        let events = watcher.next().await?;
        Some((stream::iter(events), watcher))
    });
    let events = stream::iter(first).chain(later.flatten()).map(Ok::<_, Infallible>);
    let events = events.take_until(end_of_stream(ending, lifetime));
    Sse::new(events.boxed()).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
}

/// The reader comes back by itself, and then has to authenticate again.
async fn end_of_stream(shutdown: CancellationToken, lifetime: Duration) {
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = tokio::time::sleep(lifetime) => {}
    }
}

struct Watcher {
    app: App,
    subject: Subject,
    only: Option<RecordingId>,
    changes: Receiver<Change>,
    status_ticks: Interval,
    /// The recorder's status that was sent last.
    told: Option<RecorderStatus>,
    live: LiveText,
}

impl Watcher {
    fn new(app: App, subject: &Subject, only: Option<RecordingId>, changes: Receiver<Change>, live: LiveText) -> Self {
        let mut status_ticks = interval(STATUS_INTERVAL);
        status_ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        status_ticks.reset();
        Self { app, subject: subject.clone(), only, changes, status_ticks, told: None, live }
    }

    /// Waits for a change worth telling; none ends the stream.
    async fn next(&mut self) -> Option<Vec<Event>> {
        loop {
            let change = tokio::select! {
                change = self.changes.recv() => change,
                _ = self.status_ticks.tick(), if self.only.is_some() => match self.recorder_event().await {
                    Some(event) => return Some(vec![event]),
                    None => continue,
                },
            };
            let (recording_id, kind) = match change {
                Ok(change) if self.concerns(&change) => (change.recording_id, change.kind),
                Ok(_) => continue,
                // Some changes were missed: whoever watches one recording is shown it anew, a list has to be read anew.
                Err(RecvError::Lagged(_)) => match &self.only {
                    Some(only) => (only.clone(), ChangeKind::Recording),
                    None => return Some(vec![Event::default().event("reload").data("{}")]),
                },
                Err(RecvError::Closed) => return None,
            };
            if kind == ChangeKind::LiveTranscript {
                // Lists show no text.
                if self.only.is_some() {
                    let events = self.live.events(&self.app, &self.subject, &recording_id).await;
                    if !events.is_empty() {
                        return Some(events);
                    }
                }
                continue;
            }
            let events = view_events(&self.app, &self.subject, &recording_id, kind).await;
            if !events.is_empty() {
                return Some(events);
            }
            if self.only.is_some() {
                // The one recording that is watched may no longer be seen.
                return None;
            }
        }
    }

    /// Makes an event of what the recorder says now; none when it says nothing new.
    async fn recorder_event(&mut self) -> Option<Event> {
        let recording_id = self.only.as_ref()?;
        let permit = permit_recording(&self.app, &self.subject, Action::ReadRecording, recording_id).await.ok()?;
        if !permit.recording().state.accepts_media() {
            return None;
        }
        let status = self.app.recorder().status(permit.recording()).await?;
        if self.told.as_ref() == Some(&status) {
            return None;
        }
        let tracks = self.app.archive().tracks_of(permit.recording()).await.ok()?;
        let recorder = RecorderStatusView::new(&status, &tracks);
        self.told = Some(status);
        event("recorder", &RecorderEventView { recording_id: recording_id.to_string(), recorder }).ok()
    }

    fn concerns(&self, change: &Change) -> bool {
        Some(&change.tenant_id) == self.subject.tenant_id()
            && self.only.as_ref().is_none_or(|only| *only == change.recording_id)
    }
}

/// What is heard of the recording that a stream is about.
#[derive(Default)]
struct LiveText {
    told: ToldUtterances,
    is_audited: bool,
}

impl LiveText {
    /// Makes the event for what is new, none when the subject may not read it or there is none.
    async fn events(&mut self, app: &App, subject: &Subject, recording_id: &RecordingId) -> Vec<Event> {
        match self.try_events(app, subject, recording_id).await {
            Ok(events) => events,
            Err(ApiError::NotFound { .. } | ApiError::Forbidden { .. }) => Vec::new(),
            Err(error) => {
                tracing::warn!(recording.id = %recording_id, %error, "live text could not be rendered");
                Vec::new()
            }
        }
    }

    async fn try_events(
        &mut self,
        app: &App,
        subject: &Subject,
        recording_id: &RecordingId,
    ) -> Result<Vec<Event>, ApiError> {
        let permit = permit_recording(app, subject, Action::ReadTranscript, recording_id).await?;
        let Some(live) = app.archive().live_transcript(&permit)? else { return Ok(Vec::new()) };
        // Following a meeting is one reading of its transcript.
        if permit.permit().obliges(Obligation::AuditFirst) && !self.is_audited {
            audit(app, &permit, "allowed").await?;
            self.is_audited = true;
        }
        Ok(vec![event("live_transcript", &self.told.news(&live))?])
    }
}

/// Makes the events for a change, none when the subject may not see the recording: that is decided anew each time.
async fn view_events(app: &App, subject: &Subject, recording_id: &RecordingId, kind: ChangeKind) -> Vec<Event> {
    match try_view_events(app, subject, recording_id, kind).await {
        Ok(events) => events,
        Err(
            ApiError::NotFound { .. }
            | ApiError::Forbidden { .. }
            | ApiError::NotDesignated { .. }
            | ApiError::ApprovalNeeded,
        ) => Vec::new(),
        Err(error) => {
            tracing::warn!(recording.id = %recording_id, %error, "an event could not be rendered");
            Vec::new()
        }
    }
}

async fn try_view_events(
    app: &App,
    subject: &Subject,
    recording_id: &RecordingId,
    kind: ChangeKind,
) -> Result<Vec<Event>, ApiError> {
    let permit = permit_recording(app, subject, Action::ReadRecording, recording_id).await?;
    let recording: Recording = permit.recording().clone();
    let view = recording_view(app, subject, recording).await?;
    let mut events = vec![event("recording", &view)?];
    if kind == ChangeKind::Job {
        let permit = permit_recording(app, subject, Action::ReadJobs, recording_id).await?;
        for job in app.archive().jobs(&permit).await? {
            events.push(event("job", &JobView::from(job))?);
        }
    }
    Ok(events)
}

fn event(name: &str, view: &impl Serialize) -> Result<Event, ApiError> {
    let event = Event::default().event(name).json_data(view);
    event.map_err(|error| ApiError::internal(format!("event {name}: {error}")))
}
