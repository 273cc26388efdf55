use crate::closed_set::closed_set;

closed_set! {
    /// What an account is in its tenant.
    pub enum Role as "role" {
        /// An ordinary account: sees the recordings it has a relation to.
        Member = "member",
        /// Reads recordings for compliance; every read is logged.
        Compliance = "compliance",
        /// Configures the tenant; does not thereby see content.
        Admin = "admin",
        /// A machine of the meeting platform: controls recordings through API keys.
        Service = "service",
    }
}

closed_set! {
    /// What an account is to one recording.
    pub enum Relation as "relation" {
        /// Owns the meeting: starts, stops, shares and edits.
        Host = "host",
        /// Was given the host's rights for this meeting.
        CoHost = "co_host",
        /// Was in the roster of the meeting.
        Participant = "participant",
        /// Was named as a viewer afterwards.
        Viewer = "viewer",
    }
}
