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
    /// Say who is told what becomes of recordings, and read what was sent.
    ManageWebhooks,
    /// Start a recording.
    CreateRecording,
    /// List recordings; the list holds only what the caller may read.
    ListRecordings,
    /// Search recordings; the answer holds only what the caller may view.
    Search,
    /// List the caller's action items; the list holds only what the caller may read.
    ListActionItems,
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
    /// Read the versions of the minutes, and what can be written.
    ReviewMinutes,
    /// Confirm, reword, reject and have written again.
    EditMinutes,
    /// Open a playback session.
    PlayRecording,
    /// Fetch playlists, segments and captions with a playback session.
    FetchPlayback,
    /// Take the transcript away as a file.
    ExportTranscript,
    /// Take the minutes away as a file.
    ExportMinutes,
    /// Ask for one MP4 of the recording.
    RequestMp4,
    /// Take the MP4 away.
    DownloadMp4,
    /// Read whom a recording is open to, its links and the requests for it.
    ReadSharing,
    /// Change whom a recording is open to.
    ChangeSharing,
    /// Read who watched and took away a recording.
    ReadViewLog,
    /// Ask the host for access.
    RequestAccess,
    /// Open a recording with a link.
    OpenLink,
    /// Look somebody up among the accounts of the organisation.
    ListPeople,
    /// Read what an administrator allows to be shared.
    ReadSharingPolicy,
    /// Change what may be shared.
    ChangeSharingPolicy,
    /// Read what was said with a playback session: captions and transcript.
    FetchTranscript,
    /// Read the minutes with a playback session.
    FetchMinutes,
    /// Ask for the MP4 and take it away with a playback session.
    FetchFile,
    /// Read and change what retention rules go by: department, kind of meeting, tags.
    ManageLabels,
    /// Move a recording to the trash.
    TrashRecording,
    /// Take a recording out of the trash.
    RestoreRecording,
    /// Destroy a recording that is in the trash before its time there is over.
    PurgeRecording,
    /// List the trash; for others than admins it holds only what they host.
    ListTrash,
    /// Read which legal holds there are.
    ReadHolds,
    /// Place a legal hold.
    PlaceHold,
    /// Ask for the end of a legal hold, or agree to it.
    ReleaseHold,
    /// Read the retention rules and simulate others.
    ReadRetention,
    /// Put retention rules in force.
    ManageRetention,
    /// List what was destroyed and check certificates.
    ReadCertificates,
    /// Take a certificate away.
    DownloadCertificate,
    /// Read, check and export the audit log.
    ReadAudit,
    /// Read what is stored by whom and how that goes on.
    ReadStorage,
    /// List the cases one is a member of.
    ListCases,
    /// Open a case.
    OpenCase,
    /// Read what belongs to a case.
    ReadCase,
    /// Change who and what belongs to a case.
    ChangeCase,
    /// Search the whole organisation for a case.
    SearchCase,
    /// Ask for the evidence of a case.
    ExportCase,
    /// Take the evidence of a case away.
    DownloadCase,
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
    /// One case, named by `case_id` in the path.
    Case,
    /// One recording, named by the secret of a playback session in the path.
    PlaybackSession,
}

impl Action {
    pub(crate) const fn scope(self) -> Scope {
        match self {
            Self::ReadHealth | Self::ReadApiDescription | Self::SignIn | Self::OpenLink => Scope::Public,
            Self::ReadSession
            | Self::SignOut
            | Self::ReadPlan
            | Self::ManageWebhooks
            | Self::CreateRecording
            | Self::ListRecordings
            | Self::ListActionItems
            | Self::Search
            | Self::ListPeople
            | Self::ReadSharingPolicy
            | Self::ChangeSharingPolicy
            | Self::ListTrash
            | Self::ReadHolds
            | Self::PlaceHold
            | Self::ReleaseHold
            | Self::ReadRetention
            | Self::ManageRetention
            | Self::ReadCertificates
            | Self::DownloadCertificate
            | Self::ReadAudit
            | Self::ReadStorage
            | Self::ListCases
            | Self::OpenCase => Scope::Tenant,
            Self::ReadCase | Self::ChangeCase | Self::SearchCase | Self::ExportCase | Self::DownloadCase => Scope::Case,
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
            | Self::ReviewMinutes
            | Self::EditMinutes
            | Self::PlayRecording
            | Self::ExportTranscript
            | Self::ExportMinutes
            | Self::RequestMp4
            | Self::DownloadMp4
            | Self::ReadSharing
            | Self::ChangeSharing
            | Self::ReadViewLog
            | Self::RequestAccess
            | Self::ManageLabels
            | Self::TrashRecording
            | Self::RestoreRecording
            | Self::PurgeRecording => Scope::Recording,
            Self::FetchPlayback | Self::FetchTranscript | Self::FetchMinutes | Self::FetchFile => {
                Scope::PlaybackSession
            }
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
            Self::ManageWebhooks => "webhook.manage",
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
            Self::ReviewMinutes => "minutes.review",
            Self::EditMinutes => "minutes.edit",
            Self::ListActionItems => "action_item.list",
            Self::PlayRecording => "playback.start",
            Self::FetchPlayback => "playback.fetch",
            Self::ExportTranscript => "export.transcript",
            Self::ExportMinutes => "export.minutes",
            Self::RequestMp4 => "export.mp4",
            Self::DownloadMp4 => "download.mp4",
            Self::ReadSharing => "sharing.read",
            Self::ChangeSharing => "sharing.change",
            Self::ReadViewLog => "view_log.read",
            Self::RequestAccess => "access.request",
            Self::OpenLink => "link.open",
            Self::ListPeople => "people.list",
            Self::ReadSharingPolicy => "sharing_policy.read",
            Self::ChangeSharingPolicy => "sharing_policy.change",
            Self::FetchTranscript => "playback.transcript",
            Self::FetchMinutes => "playback.minutes",
            Self::FetchFile => "playback.download",
            Self::ManageLabels => "label.manage",
            Self::TrashRecording => "recording.trash",
            Self::RestoreRecording => "recording.restore",
            Self::PurgeRecording => "recording.purge",
            Self::ListTrash => "trash.list",
            Self::ReadHolds => "hold.read",
            Self::PlaceHold => "hold.place",
            Self::ReleaseHold => "hold.release",
            Self::ReadRetention => "retention.read",
            Self::ManageRetention => "retention.manage",
            Self::ReadCertificates => "certificate.read",
            Self::DownloadCertificate => "certificate.download",
            Self::ReadAudit => "audit.read",
            Self::ReadStorage => "storage.read",
            Self::ListCases => "case.list",
            Self::OpenCase => "case.open",
            Self::ReadCase => "case.read",
            Self::ChangeCase => "case.change",
            Self::SearchCase => "case.search",
            Self::ExportCase => "case.export",
            Self::DownloadCase => "case.download",
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
                | Self::ReviewMinutes
                | Self::EditMinutes
                | Self::PlayRecording
                | Self::FetchPlayback
                | Self::ExportTranscript
                | Self::ExportMinutes
                | Self::FetchTranscript
                | Self::FetchMinutes
                | Self::FetchFile
                | Self::RequestMp4
                | Self::DownloadMp4
        )
    }
}
