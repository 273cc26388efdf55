/// A commitment or request heard in a sentence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ActionCue {
    /// Who is to do it; one action item is written for each.
    pub owners: Vec<Owner>,
    /// What else it takes to believe it.
    pub strength: Strength,
}

/// Who is to do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// Whoever speaks.
    Speaker,
    /// A person of the roster, by place.
    Person(usize),
    /// Nobody of the roster is named.
    Unnamed,
}

/// What it takes to believe an action cue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Strength {
    /// Nothing more.
    Commitment,
    /// A due date.
    #[default]
    NeedsDue,
    /// That the person asked does not refuse.
    NamedRequest,
    /// A due date, or that somebody accepts.
    Request,
}

impl ActionCue {
    /// Adds owners; the firmer of two cues in one sentence counts.
    pub(crate) fn add(&mut self, owners: Vec<Owner>, strength: Strength) {
        if self.owners.is_empty() || strength == Strength::Commitment {
            self.strength = strength;
        }
        for owner in owners {
            if !self.owners.contains(&owner) {
                self.owners.push(owner);
            }
        }
    }
}
