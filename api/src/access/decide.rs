use model::{Disposal, Recording, Relation, Role, ShareRights, Sharing, TenantId, UserId};

use super::action::{Action, Scope};
use super::subject::Subject;

/// What an action is about, as far as it bears on the decision.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Resource<'a> {
    /// Nobody's data.
    Public,
    /// The caller's own tenant.
    Tenant,
    /// One recording.
    Recording(RecordingResource<'a>),
    /// One case.
    Case {
        tenant_id: &'a TenantId,
        /// Whether the caller works on it.
        is_member: bool,
        is_open: bool,
    },
}

/// What decisions about a recording go by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecordingResource<'a> {
    pub(crate) tenant_id: &'a TenantId,
    pub(crate) host_user_id: &'a UserId,
    pub(crate) disposal: &'a Disposal,
    /// What the caller is to it.
    pub(crate) relation: Option<Relation>,
    /// What the host decided.
    pub(crate) sharing: &'a Sharing,
    /// What the link gives that the caller came with.
    pub(crate) link: Option<ShareRights>,
    /// Whether it belongs to an open case that the caller is a member of.
    pub(crate) in_case: bool,
    /// Whether every picture that is delivered has to name its viewer.
    pub(crate) marks: bool,
}

impl<'a> Resource<'a> {
    pub(crate) const fn recording(
        recording: &'a Recording,
        relation: Option<Relation>,
        sharing: &'a EffectiveSharing,
        link: Option<ShareRights>,
    ) -> Self {
        Self::Recording(RecordingResource {
            tenant_id: &recording.tenant_id,
            host_user_id: &recording.host_user_id,
            disposal: &recording.disposal,
            relation,
            sharing: &sharing.sharing,
            link,
            in_case: false,
            marks: sharing.marks,
        })
    }

    /// Says whether the recording belongs to an open case of the caller.
    pub(crate) const fn with_case(self, in_case: bool) -> Self {
        match self {
            Self::Recording(recording) => Self::Recording(RecordingResource { in_case, ..recording }),
            other => other,
        }
    }
}

/// What the host decided, and what follows from it together with what the administrator did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EffectiveSharing {
    pub(crate) sharing: Sharing,
    /// Whether every picture that is delivered has to name its viewer.
    pub(crate) marks: bool,
}

/// Whether somebody may do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Yes, as long as every obligation is met.
    Allow { obligations: Vec<Obligation> },
    /// No.
    Deny { reason: Denial },
}

/// What has to be done along with an allowed action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Obligation {
    /// The audit log is written before the answer is given; when it cannot be written, there is no answer.
    AuditFirst,
    /// The host of a new recording is the caller.
    HostIsCaller,
    /// Lists and hits are cut down to recordings the caller has a relation to.
    OnlyOwn,
    /// Every picture that is delivered names its viewer.
    MarkPictures,
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denial {
    /// No valid credentials.
    Unauthenticated,
    /// As far as the caller can tell, it does not exist.
    Invisible,
    /// The caller may know of it, but the host has not opened it to them.
    NotDesignated,
    /// Pictures of it are delivered with their viewer's name only, and this would deliver them without.
    WatermarkRequired,
    /// The caller may know of it, but may not do this; says why.
    Forbidden(&'static str),
}

/// Decides whether a subject may perform an action on a resource. What is not allowed here is denied.
pub(crate) fn decide(subject: &Subject, action: Action, resource: &Resource<'_>) -> Decision {
    let verdict = match (action.scope(), resource) {
        (Scope::Public, _) => Ok(Vec::new()),
        (Scope::Tenant, Resource::Tenant) => decide_in_tenant(subject, action),
        (Scope::Recording | Scope::PlaybackSession, Resource::Recording(recording)) => {
            decide_on_recording(subject, action, recording)
        }
        (Scope::Case, Resource::Case { tenant_id, is_member, is_open }) => {
            decide_on_case(subject, action, tenant_id, (*is_member, *is_open))
        }
        (_, _) => Err(Denial::Forbidden("this action does not apply here")),
    };
    match verdict {
        Ok(obligations) => Decision::Allow { obligations },
        Err(reason) => Decision::Deny { reason },
    }
}

type Verdict = Result<Vec<Obligation>, Denial>;

const AUDITED: &[Obligation] = &[Obligation::AuditFirst];

fn decide_in_tenant(subject: &Subject, action: Action) -> Verdict {
    let role = subject.role().ok_or(Denial::Unauthenticated)?;
    let is_person = subject.user_id().is_some();
    match action {
        Action::ReadPlan | Action::ReadSharingPolicy => Ok(Vec::new()),
        Action::ReadSession | Action::SignOut | Action::ListPeople if is_person => Ok(Vec::new()),
        Action::ReadSession | Action::SignOut => Err(Denial::Forbidden("an API key has no session")),
        Action::ManageWebhooks if matches!(role, Role::Service | Role::Admin) => Ok(Vec::new()),
        Action::CreateRecording if role == Role::Service => Ok(AUDITED.to_vec()),
        Action::CreateRecording if is_person => Ok(vec![Obligation::AuditFirst, Obligation::HostIsCaller]),
        Action::ListRecordings if matches!(role, Role::Service | Role::Compliance) => Ok(Vec::new()),
        Action::ListActionItems if !is_person => Err(Denial::Forbidden("an API key has no action items")),
        Action::ListTrash | Action::ManageRetention if is_person && role == Role::Admin => Ok(Vec::new()),
        Action::ListRecordings | Action::Search | Action::ListTrash | Action::ListActionItems if is_person => {
            Ok(vec![Obligation::OnlyOwn])
        }
        Action::ReadHolds
        | Action::ReadRetention
        | Action::ReadCertificates
        | Action::DownloadCertificate
        | Action::ReadStorage
            if is_person && matches!(role, Role::Admin | Role::Compliance) =>
        {
            Ok(Vec::new())
        }
        Action::PlaceHold | Action::ReleaseHold | Action::ReadAudit | Action::ListCases | Action::OpenCase
            if is_person && role == Role::Compliance =>
        {
            Ok(Vec::new())
        }
        Action::Search => Err(Denial::Forbidden("an API key cannot search; sign in as a person")),
        Action::ChangeSharingPolicy if is_person && role == Role::Admin => Ok(AUDITED.to_vec()),
        Action::ChangeSharingPolicy => Err(Denial::Forbidden("only an administrator may change what may be shared")),
        _ => Err(Denial::Forbidden("the account's role does not allow this")),
    }
}

fn decide_on_recording(subject: &Subject, action: Action, resource: &RecordingResource<'_>) -> Verdict {
    if *subject == Subject::Anonymous {
        return Err(Denial::Unauthenticated);
    }
    let gone = matches!(resource.disposal, Disposal::Purging | Disposal::Purged { .. });
    if gone || subject.tenant_id() != Some(resource.tenant_id) {
        return Err(Denial::Invisible);
    }
    let verdict = match resource.link {
        Some(rights) if action.scope() == Scope::PlaybackSession => decide_for_viewer(action, rights),
        Some(_) => Err(Denial::Invisible),
        None => decide_for_account(subject, action, resource),
    }?;
    let stays_open = matches!(
        action,
        Action::ReadRecording | Action::TrashRecording | Action::RestoreRecording | Action::PurgeRecording
    );
    if matches!(resource.disposal, Disposal::Trashed { .. }) && !stays_open {
        return Err(Denial::Forbidden("the recording is in the trash; restore it first"));
    }
    match action {
        Action::PlayRecording | Action::FetchPlayback if resource.marks => {
            Ok([verdict, vec![Obligation::MarkPictures]].concat())
        }
        // A file that was made once for everybody names nobody.
        Action::RequestMp4 | Action::DownloadMp4 | Action::FetchFile if resource.marks => {
            Err(Denial::WatermarkRequired)
        }
        _ => Ok(verdict),
    }
}

fn decide_for_account(subject: &Subject, action: Action, resource: &RecordingResource<'_>) -> Verdict {
    let role = subject.role().ok_or(Denial::Invisible)?;
    let relation = match subject.user_id() {
        Some(user_id) if user_id == resource.host_user_id => Some(Relation::Host),
        Some(_) => resource.relation,
        None => None,
    };
    match (relation, role) {
        (None, Role::Service) => decide_for_service(action),
        (_, Role::Compliance) => {
            let for_compliance = |_| decide_for_compliance(action, resource.in_case);
            decide_for_person(action, relation, *resource.sharing).or_else(for_compliance)
        }
        (_, Role::Admin) => decide_for_person(action, relation, *resource.sharing)
            .or_else(|denial| decide_for_admin(action).ok_or(denial)),
        (_, Role::Member | Role::Service) => decide_for_person(action, relation, *resource.sharing),
    }
}

/// What a person may do by what they are to the recording and by what its host decided; roles add nothing here.
fn decide_for_person(action: Action, relation: Option<Relation>, sharing: Sharing) -> Verdict {
    if matches!(relation, Some(Relation::Host | Relation::CoHost)) {
        return decide_for_host(action);
    }
    if sharing.scope.admits(relation) {
        return decide_for_viewer(action, sharing.rights);
    }
    match action {
        Action::RequestAccess if sharing.takes_requests => Ok(AUDITED.to_vec()),
        _ if relation.is_some() || sharing.takes_requests => Err(Denial::NotDesignated),
        _ => Err(Denial::Invisible),
    }
}

fn decide_for_host(action: Action) -> Verdict {
    match action {
        Action::ReadRecording
        | Action::ReadTimeline
        | Action::ReadJobs
        | Action::ReadTranscript
        | Action::ReadMinutes
        | Action::ReviewTranscript
        | Action::ReviewMinutes
        | Action::ReadSharing
        | Action::ReadViewLog
        | Action::FetchPlayback
        | Action::FetchTranscript
        | Action::FetchMinutes
        // The store writes these two into the audit log itself, in the transaction of the step.
        | Action::TrashRecording
        | Action::RestoreRecording => Ok(Vec::new()),
        Action::PlayRecording
        | Action::ManageLabels
        | Action::EditTranscript
        | Action::EditMinutes
        | Action::ControlRecording
        | Action::ManageTracks
        | Action::ManageParticipants
        | Action::ExportTranscript
        | Action::ExportMinutes
        | Action::RequestMp4
        | Action::DownloadMp4
        | Action::FetchFile
        | Action::ChangeSharing => Ok(AUDITED.to_vec()),
        Action::RequestAccess => Err(Denial::Forbidden("this recording is open to you already")),
        Action::PurgeRecording => Err(Denial::Forbidden("only admins may destroy a recording before its time")),
        _ => Err(Denial::Forbidden("this action does not apply to a recording")),
    }
}

/// What those may do whom the host has admitted, by scope or with a link.
fn decide_for_viewer(action: Action, rights: ShareRights) -> Verdict {
    match action {
        Action::ReadRecording | Action::ReadTimeline | Action::ReadJobs | Action::FetchPlayback => Ok(Vec::new()),
        Action::PlayRecording => Ok(AUDITED.to_vec()),
        Action::ReadTranscript | Action::FetchTranscript if rights.transcript => Ok(Vec::new()),
        Action::ReadMinutes | Action::FetchMinutes if rights.minutes => Ok(Vec::new()),
        Action::ReadTranscript | Action::FetchTranscript => {
            Err(Denial::Forbidden("the host has not opened the transcript to you"))
        }
        Action::ReadMinutes | Action::FetchMinutes => {
            Err(Denial::Forbidden("the host has not opened the minutes to you"))
        }
        Action::ExportTranscript if rights.download && rights.transcript => Ok(AUDITED.to_vec()),
        Action::ExportMinutes if rights.download && rights.minutes => Ok(AUDITED.to_vec()),
        Action::RequestMp4 | Action::DownloadMp4 | Action::FetchFile if rights.download => Ok(AUDITED.to_vec()),
        Action::ExportTranscript
        | Action::ExportMinutes
        | Action::RequestMp4
        | Action::DownloadMp4
        | Action::FetchFile => Err(Denial::Forbidden("the host has not opened downloads to you")),
        Action::ControlRecording | Action::ManageTracks | Action::ManageParticipants => {
            Err(Denial::Forbidden("only the host and co-hosts may control the recording"))
        }
        Action::ReviewTranscript | Action::EditTranscript => {
            Err(Denial::Forbidden("only the host and co-hosts may change the transcript and see its older versions"))
        }
        Action::ReviewMinutes | Action::EditMinutes => {
            Err(Denial::Forbidden("only the host and co-hosts may review the minutes and see their older versions"))
        }
        Action::ReadSharing | Action::ChangeSharing | Action::ReadViewLog => {
            Err(Denial::Forbidden("only the host and co-hosts may share the recording"))
        }
        Action::ManageLabels | Action::TrashRecording | Action::RestoreRecording | Action::PurgeRecording => {
            Err(Denial::Forbidden("only the host, co-hosts and admins may label, delete or restore the recording"))
        }
        Action::RequestAccess => Err(Denial::Forbidden("this recording is open to you already")),
        _ => Err(Denial::Forbidden("this action does not apply to a recording")),
    }
}

/// The meeting platform steers recordings and fetches what was made of them; watching and searching are for people.
fn decide_for_service(action: Action) -> Verdict {
    match action {
        Action::ReadRecording | Action::ReadTimeline | Action::ReadJobs => Ok(Vec::new()),
        Action::ControlRecording
        | Action::ManageTracks
        | Action::ManageParticipants
        | Action::ReadTranscript
        | Action::ReadMinutes
        | Action::ExportTranscript
        | Action::ExportMinutes
        | Action::RequestMp4
        | Action::DownloadMp4
        | Action::ManageLabels => Ok(AUDITED.to_vec()),
        Action::TrashRecording | Action::RestoreRecording | Action::PurgeRecording => {
            Err(Denial::Forbidden("an API key cannot delete a recording; a person must answer for that"))
        }
        Action::ReviewTranscript | Action::EditTranscript => {
            Err(Denial::Forbidden("an API key cannot change a transcript; sign in as a person"))
        }
        Action::ReviewMinutes | Action::EditMinutes => {
            Err(Denial::Forbidden("an API key cannot review minutes; sign in as a person"))
        }
        Action::ReadSharing | Action::ChangeSharing | Action::ReadViewLog | Action::RequestAccess => {
            Err(Denial::Forbidden("an API key cannot share a recording; sign in as a person"))
        }
        _ => Err(Denial::Forbidden("an API key cannot watch a recording; sign in as a person")),
    }
}

/// Admins decide what stays and what goes, without seeing what was said.
fn decide_for_admin(action: Action) -> Option<Vec<Obligation>> {
    match action {
        Action::ManageLabels => Some(AUDITED.to_vec()),
        Action::TrashRecording | Action::RestoreRecording | Action::PurgeRecording => Some(Vec::new()),
        _ => None,
    }
}

/// Compliance may know which recordings there are; what was said in them only inside a case, and each look is logged.
fn decide_for_compliance(action: Action, in_case: bool) -> Verdict {
    match action {
        Action::ReadRecording | Action::ReadJobs => Ok(Vec::new()),
        action if !in_case && (action.exposes_content() || action == Action::ReadTimeline) => {
            Err(Denial::Forbidden("compliance reads recordings inside a case only; add this one to a case of yours"))
        }
        Action::FetchPlayback | Action::FetchTranscript | Action::FetchMinutes => Ok(Vec::new()),
        Action::ReadTimeline
        | Action::ReadTranscript
        | Action::ReviewTranscript
        | Action::ReadMinutes
        | Action::ReviewMinutes
        | Action::ReadSharing
        | Action::ReadViewLog
        | Action::PlayRecording
        | Action::ExportTranscript
        | Action::ExportMinutes
        | Action::RequestMp4
        | Action::DownloadMp4
        | Action::FetchFile => Ok(AUDITED.to_vec()),
        _ => Err(Denial::Forbidden("compliance reads recordings but does not control them")),
    }
}

/// A case is its members'; for others of the compliance team it does not exist. What a closed one says stays readable.
fn decide_on_case(
    subject: &Subject,
    action: Action,
    tenant_id: &TenantId,
    (is_member, is_open): (bool, bool),
) -> Verdict {
    let role = subject.role().ok_or(Denial::Unauthenticated)?;
    if role != Role::Compliance || subject.user_id().is_none() {
        return Err(Denial::Forbidden("cases are for the compliance team"));
    }
    if subject.tenant_id() != Some(tenant_id) || !is_member {
        return Err(Denial::Invisible);
    }
    match action {
        Action::ReadCase => Ok(Vec::new()),
        Action::DownloadCase | Action::ChangeCase | Action::SearchCase | Action::ExportCase if is_open => {
            Ok(Vec::new())
        }
        _ => Err(Denial::Forbidden("the case is closed")),
    }
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
