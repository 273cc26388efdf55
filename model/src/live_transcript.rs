use std::collections::BTreeSet;

use crate::{Transcript, UtteranceId};

/// What has been heard of a meeting that is still going on.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveTranscript {
    /// The text so far, as version zero: it is nobody's version yet. The ids of its utterances hold while the meeting runs.
    pub transcript: Transcript,
    /// The utterances that may still read differently, because the speaker has not finished or more speech is to be heard
    /// with them.
    pub provisional: BTreeSet<UtteranceId>,
    /// Sound that is stored and waits to be heard, all participants together, in milliseconds.
    pub backlog_ms: u64,
    /// Seconds of work for a second of speech, lately; none until something was heard.
    pub real_time_factor: Option<f32>,
}
