use std::collections::BTreeMap;

use model::LiveTranscript;
use serde::Serialize;
use utoipa::ToSchema;

use super::transcript::UtteranceView;

/// What has been heard of a meeting that is going on. In a stream of events, what has changed since the event before.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = LiveTranscript)]
pub(crate) struct LiveTranscriptView {
    pub(crate) recording_id: String,
    /// Whether this is everything; otherwise utterances are added or take the place of those with the same id.
    pub(crate) whole: bool,
    /// Ordered by start. Their ids hold while the meeting runs.
    pub(crate) utterances: Vec<UtteranceView>,
    /// Utterances of events before that are no longer there.
    pub(crate) removed_ids: Vec<String>,
    /// All utterances that may still read differently.
    pub(crate) provisional_ids: Vec<String>,
    /// Sound that is stored and waits to be heard, all participants together, in milliseconds.
    pub(crate) backlog_ms: u64,
    /// Seconds of work for a second of speech, lately; none until something was heard.
    pub(crate) real_time_factor: Option<f32>,
}

impl LiveTranscriptView {
    /// Returns what there is to show when nothing is heard yet.
    pub(crate) fn silent(recording_id: &model::RecordingId) -> Self {
        Self {
            recording_id: recording_id.to_string(),
            whole: true,
            utterances: Vec::new(),
            removed_ids: Vec::new(),
            provisional_ids: Vec::new(),
            backlog_ms: 0,
            real_time_factor: None,
        }
    }
}

/// What a reader of a stream has been told of a live transcript.
#[derive(Debug, Default)]
pub(crate) struct ToldUtterances(Option<BTreeMap<String, String>>);

impl ToldUtterances {
    /// Returns what a reader does not know yet, everything when the reader knows nothing.
    pub(crate) fn news(&mut self, live: &LiveTranscript) -> LiveTranscriptView {
        let told = self.0.take();
        let texts = live.transcript.utterances.iter().map(|one| (one.id.to_string(), one.text.clone()));
        let now: BTreeMap<String, String> = texts.collect();
        let is_news = |one: &&model::Utterance| {
            told.as_ref().is_none_or(|told| told.get(one.id.as_str()).is_none_or(|text| *text != one.text))
        };
        let utterances = live.transcript.utterances.iter().filter(is_news).cloned().map(UtteranceView::from);
        let known = told.iter().flat_map(BTreeMap::keys);
        let view = LiveTranscriptView {
            recording_id: live.transcript.recording_id.to_string(),
            whole: told.is_none(),
            utterances: utterances.collect(),
            removed_ids: known.filter(|id| !now.contains_key(*id)).cloned().collect(),
            provisional_ids: live.provisional.iter().map(ToString::to_string).collect(),
            backlog_ms: live.backlog_ms,
            real_time_factor: live.real_time_factor,
        };
        self.0 = Some(now);
        view
    }
}
