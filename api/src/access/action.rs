/// Everything a route may do. Every route declares one, and the decision is made for it before the handler runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    /// Ask whether the service answers.
    ReadHealth,
    /// Read the description of the API.
    ReadApiDescription,
    /// Open a session with a name and a password.
    SignIn,
    /// Read who one is.
    ReadSession,
    /// Close the session.
    SignOut,
    /// Read what the tenant has bought and uses.
    ReadPlan,
    /// Start a recording.
    CreateRecording,
    /// List recordings; the list holds only what the caller may read.
    ListRecordings,
    /// Search recordings; the answer holds only what the caller may view.
    Search,
    /// Read a recording's row: title, state, roster, processing.
    ReadRecording,
    /// Pause, resume, stop, rearrange.
    ControlRecording,
    /// Add, change and remove tracks.
    ManageTracks,
    /// Say who joins and leaves.
    ManageParticipants,
    /// Read what happened when.
    ReadTimeline,
    /// Read its jobs.
    ReadJobs,
    /// Read what was said.
    ReadTranscript,
    /// Read what became of a transcript: its versions, what they changed, and what is suppressed in it.
    ReviewTranscript,
    /// Change a transcript.
    EditTranscript,
    /// Read the minutes.
    ReadMinutes,
    /// Open a playback session.
    PlayRecording,
    /// Fetch playlists, segments and captions with a playback session.
    FetchPlayback,
    /// Take transcript or minutes away as a file.
    ExportText,
    /// Ask for one MP4 of the recording.
    RequestMp4,
    /// Take the MP4 away.
    DownloadMp4,
}

/// What an action is about, and so what has to be known to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Nobody's data: no credentials are asked for.
    Public,
    /// The caller's own tenant.
    Tenant,
    /// One recording, named by `recording_id` in the path.
    Recording,
    /// One recording, named by the secret of a playback session in the path.
    PlaybackSession,
}

impl Action {
    pub(crate) const fn scope(self) -> Scope {
        match self {
            Self::ReadHealth | Self::ReadApiDescription | Self::SignIn => Scope::Public,
            Self::ReadSession
            | Self::SignOut
            | Self::ReadPlan
            | Self::CreateRecording
            | Self::ListRecordings
            | Self::Search => Scope::Tenant,
            Self::ReadRecording
            | Self::ControlRecording
            | Self::ManageTracks
            | Self::ManageParticipants
            | Self::ReadTimeline
            | Self::ReadJobs
            | Self::ReadTranscript
            | Self::ReviewTranscript
            | Self::EditTranscript
            | Self::ReadMinutes
            | Self::PlayRecording
            | Self::ExportText
            | Self::RequestMp4
            | Self::DownloadMp4 => Scope::Recording,
            Self::FetchPlayback => Scope::PlaybackSession,
        }
    }

    /// Returns the name in the audit log.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ReadHealth => "health.read",
            Self::ReadApiDescription => "api.read",
            Self::SignIn => "session.open",
            Self::ReadSession => "session.read",
            Self::SignOut => "session.close",
            Self::ReadPlan => "plan.read",
            Self::CreateRecording => "recording.create",
            Self::ListRecordings => "recording.list",
            Self::Search => "search",
            Self::ReadRecording => "recording.read",
            Self::ControlRecording => "recording.control",
            Self::ManageTracks => "track.manage",
            Self::ManageParticipants => "participant.manage",
            Self::ReadTimeline => "timeline.read",
            Self::ReadJobs => "job.read",
            Self::ReadTranscript => "transcript.read",
            Self::ReviewTranscript => "transcript.review",
            Self::EditTranscript => "transcript.edit",
            Self::ReadMinutes => "minutes.read",
            Self::PlayRecording => "playback.start",
            Self::FetchPlayback => "playback.fetch",
            Self::ExportText => "export.text",
            Self::RequestMp4 => "export.mp4",
            Self::DownloadMp4 => "download.mp4",
        }
    }

    /// Says whether the action shows or takes away what was said or seen in the meeting.
    pub(crate) const fn exposes_content(self) -> bool {
        matches!(
            self,
            Self::ReadTranscript
                | Self::ReviewTranscript
                | Self::EditTranscript
                | Self::ReadMinutes
                | Self::PlayRecording
                | Self::FetchPlayback
                | Self::ExportText
                | Self::RequestMp4
                | Self::DownloadMp4
        )
    }
}
