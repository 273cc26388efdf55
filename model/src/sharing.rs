use serde::{Deserialize, Serialize};

use crate::Relation;
use crate::closed_set::closed_set;

closed_set! {
    /// Whom the host has opened a recording to. Each step admits everybody the one before it does; links are apart.
    pub enum ShareScope as "share scope" {
        /// The host and co-hosts.
        OnlyMe = "only_me",
        /// Those who were named as viewers.
        Named = "named",
        /// Those who were in the meeting.
        Participants = "participants",
        /// Everybody with an account of the organisation.
        Organisation = "organisation",
    }
}

closed_set! {
    /// Who may open a link.
    pub enum LinkAudience as "link audience" {
        /// Whoever is signed in to the organisation.
        Organisation = "organisation",
        /// Whoever has it.
        Anyone = "anyone",
    }
}

/// What those admitted may have beside the picture and the sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareRights {
    /// Read what was said; without it there are no captions either.
    pub transcript: bool,
    /// Read the minutes.
    pub minutes: bool,
    /// Take away as a file what may be seen and read.
    pub download: bool,
}

/// What the host decided about a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sharing {
    /// Whom it is open to.
    pub scope: ShareScope,
    /// What they may have.
    pub rights: ShareRights,
    /// Whether members of the organisation who are not admitted may know of it and ask to be.
    pub takes_requests: bool,
    /// Whether every picture that is delivered names its viewer.
    #[serde(default)]
    pub watermark: bool,
}

impl Default for Sharing {
    /// Those who were there may watch and read; nobody else, and nothing is taken away.
    fn default() -> Self {
        Self {
            scope: ShareScope::Participants,
            rights: ShareRights { transcript: true, minutes: true, download: false },
            takes_requests: false,
            watermark: false,
        }
    }
}

/// What an administrator decided for all recordings of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharingPolicy {
    /// The widest audience of a link; none when there are to be no links.
    pub links: Option<LinkAudience>,
    /// How long a link may live; none for as long as its host likes.
    pub link_days_max: Option<u32>,
    /// Whether every recording is delivered with its viewer's name in the picture.
    pub watermark_always: bool,
}

impl Default for SharingPolicy {
    fn default() -> Self {
        Self { links: Some(LinkAudience::Anyone), link_days_max: None, watermark_always: false }
    }
}

impl SharingPolicy {
    /// Says whether a link of an audience may be opened.
    #[must_use]
    pub const fn allows(self, audience: LinkAudience) -> bool {
        match self.links {
            None => false,
            Some(LinkAudience::Anyone) => true,
            Some(LinkAudience::Organisation) => matches!(audience, LinkAudience::Organisation),
        }
    }
}

impl ShareScope {
    /// Says whether an account of the organisation is admitted, given what it is to the recording.
    #[must_use]
    pub const fn admits(self, relation: Option<Relation>) -> bool {
        match self {
            Self::OnlyMe => matches!(relation, Some(Relation::Host | Relation::CoHost)),
            Self::Named => matches!(relation, Some(Relation::Host | Relation::CoHost | Relation::Viewer)),
            Self::Participants => relation.is_some(),
            Self::Organisation => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LinkAudience, ShareScope, Sharing, SharingPolicy};
    use crate::Relation;

    #[test]
    fn each_scope_admits_all_that_a_narrower_one_does() {
        let who =
            [None, Some(Relation::Participant), Some(Relation::Viewer), Some(Relation::CoHost), Some(Relation::Host)];
        let admitted = |scope: ShareScope| who.map(|relation| scope.admits(relation));
        assert_eq!(admitted(ShareScope::OnlyMe), [false, false, false, true, true]);
        assert_eq!(admitted(ShareScope::Named), [false, false, true, true, true]);
        assert_eq!(admitted(ShareScope::Participants), [false, true, true, true, true]);
        assert_eq!(admitted(ShareScope::Organisation), [true; 5]);
    }

    #[test]
    fn a_policy_bounds_links() {
        let allowed = |links| {
            let policy = SharingPolicy { links, ..SharingPolicy::default() };
            [LinkAudience::Organisation, LinkAudience::Anyone].map(|audience| policy.allows(audience))
        };
        assert_eq!(allowed(None), [false, false]);
        assert_eq!(allowed(Some(LinkAudience::Organisation)), [true, false]);
        assert_eq!(allowed(Some(LinkAudience::Anyone)), [true, true]);
    }

    #[test]
    fn the_stored_form_is_read_back() {
        let text = serde_json::to_string(&Sharing::default()).expect("writes");
        assert_eq!(serde_json::from_str::<Sharing>(&text).expect("reads"), Sharing::default());
    }
}
