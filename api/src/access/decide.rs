use model::{Disposal, Recording, Relation, Role, TenantId, UserId};

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
    Recording {
        tenant_id: &'a TenantId,
        host_user_id: &'a UserId,
        disposal: &'a Disposal,
        /// What the caller is to it.
        relation: Option<Relation>,
    },
}

impl<'a> Resource<'a> {
    pub(crate) const fn recording(recording: &'a Recording, relation: Option<Relation>) -> Self {
        Self::Recording {
            tenant_id: &recording.tenant_id,
            host_user_id: &recording.host_user_id,
            disposal: &recording.disposal,
            relation,
        }
    }
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
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denial {
    /// No valid credentials.
    Unauthenticated,
    /// As far as the caller can tell, it does not exist.
    Invisible,
    /// The caller may know of it, but may not do this; says why.
    Forbidden(&'static str),
}

/// Decides whether a subject may perform an action on a resource. What is not allowed here is denied.
pub(crate) fn decide(subject: &Subject, action: Action, resource: &Resource<'_>) -> Decision {
    let verdict = match (action.scope(), resource) {
        (Scope::Public, _) => Ok(Vec::new()),
        (Scope::Tenant, Resource::Tenant) => decide_in_tenant(subject, action),
        (Scope::Recording | Scope::PlaybackSession, Resource::Recording { .. }) => {
            decide_on_recording(subject, action, resource)
        }
        (_, _) => Err(Denial::Forbidden("this action does not apply here")),
    };
    match verdict {
        Ok(obligations) => Decision::Allow { obligations },
        Err(reason) => Decision::Deny { reason },
    }
}

type Verdict = Result<Vec<Obligation>, Denial>;

fn decide_in_tenant(subject: &Subject, action: Action) -> Verdict {
    let role = subject.role().ok_or(Denial::Unauthenticated)?;
    let is_person = subject.user_id().is_some();
    match action {
        Action::ReadPlan => Ok(Vec::new()),
        Action::ReadSession | Action::SignOut if is_person => Ok(Vec::new()),
        Action::ReadSession | Action::SignOut => Err(Denial::Forbidden("an API key has no session")),
        Action::CreateRecording if role == Role::Service => Ok(vec![Obligation::AuditFirst]),
        Action::CreateRecording if is_person => Ok(vec![Obligation::AuditFirst, Obligation::HostIsCaller]),
        Action::ListRecordings if matches!(role, Role::Service | Role::Compliance) => Ok(Vec::new()),
        Action::Search if role == Role::Compliance => Ok(vec![Obligation::AuditFirst]),
        Action::ListRecordings | Action::Search if is_person => Ok(vec![Obligation::OnlyOwn]),
        Action::Search => Err(Denial::Forbidden("an API key cannot search; sign in as a person")),
        _ => Err(Denial::Forbidden("the account's role does not allow this")),
    }
}

fn decide_on_recording(subject: &Subject, action: Action, resource: &Resource<'_>) -> Verdict {
    let Resource::Recording { tenant_id, host_user_id, disposal, relation } = *resource else {
        return Err(Denial::Invisible);
    };
    let role = subject.role().ok_or(Denial::Unauthenticated)?;
    if subject.tenant_id() != Some(tenant_id) || matches!(disposal, Disposal::Purging | Disposal::Purged { .. }) {
        return Err(Denial::Invisible);
    }
    let relation = match subject.user_id() {
        Some(user_id) if user_id == host_user_id => Some(Relation::Host),
        Some(_) => relation,
        None => None,
    };
    let verdict = match (relation, role) {
        (Some(relation), Role::Compliance) => {
            decide_by_relation(action, relation).or_else(|_| decide_for_compliance(action))
        }
        (Some(relation), _) => decide_by_relation(action, relation),
        (None, Role::Service) => decide_for_service(action),
        (None, Role::Compliance) => decide_for_compliance(action),
        (None, Role::Member | Role::Admin) => Err(Denial::Invisible),
    }?;
    if matches!(disposal, Disposal::Trashed { .. }) && action != Action::ReadRecording {
        return Err(Denial::Forbidden("the recording is in the trash; restore it first"));
    }
    Ok(verdict)
}

fn decide_by_relation(action: Action, relation: Relation) -> Verdict {
    let may_control = matches!(relation, Relation::Host | Relation::CoHost);
    match action {
        Action::ReadRecording
        | Action::ReadTimeline
        | Action::ReadJobs
        | Action::ReadTranscript
        | Action::ReadMinutes
        | Action::FetchPlayback => Ok(Vec::new()),
        Action::PlayRecording => Ok(vec![Obligation::AuditFirst]),
        Action::ReviewTranscript if may_control => Ok(Vec::new()),
        Action::EditTranscript if may_control => Ok(vec![Obligation::AuditFirst]),
        Action::ReviewTranscript | Action::EditTranscript => {
            Err(Denial::Forbidden("only the host and co-hosts may change the transcript and see its older versions"))
        }
        Action::ControlRecording
        | Action::ManageTracks
        | Action::ManageParticipants
        | Action::ExportText
        | Action::RequestMp4
        | Action::DownloadMp4
            if may_control =>
        {
            Ok(vec![Obligation::AuditFirst])
        }
        Action::ExportText | Action::RequestMp4 | Action::DownloadMp4 => {
            Err(Denial::Forbidden("only the host and co-hosts may export the recording"))
        }
        Action::ControlRecording | Action::ManageTracks | Action::ManageParticipants => {
            Err(Denial::Forbidden("only the host and co-hosts may control the recording"))
        }
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
        | Action::ExportText
        | Action::RequestMp4
        | Action::DownloadMp4 => Ok(vec![Obligation::AuditFirst]),
        Action::ReviewTranscript | Action::EditTranscript => {
            Err(Denial::Forbidden("an API key cannot change a transcript; sign in as a person"))
        }
        _ => Err(Denial::Forbidden("an API key cannot watch a recording; sign in as a person")),
    }
}

fn decide_for_compliance(action: Action) -> Verdict {
    match action {
        Action::ReadRecording | Action::ReadJobs | Action::FetchPlayback => Ok(Vec::new()),
        Action::ReadTimeline
        | Action::ReadTranscript
        | Action::ReviewTranscript
        | Action::ReadMinutes
        | Action::PlayRecording
        | Action::ExportText
        | Action::RequestMp4
        | Action::DownloadMp4 => Ok(vec![Obligation::AuditFirst]),
        _ => Err(Denial::Forbidden("compliance reads recordings but does not control them")),
    }
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
