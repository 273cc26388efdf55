use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use model::{CaseExport, RecordingId, Rendition, SegmentState, Transcript};
use store::{AuditLine, ObjectKey, Store};

use super::manifest::Origin;
use crate::export::{MinutesDocument, SpeakerNames, minutes_markdown, webvtt};

/// Why a file of a bundle cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ContentError {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error("{what} is gone")]
    Gone { what: String },
    #[error("{what} is not what it was when the export was made")]
    Changed { what: String },
}

/// Reads a file of a bundle piece by piece.
pub(crate) struct Content {
    store: Store,
    export: Arc<CaseExport>,
    /// The objects still to come, one after the other.
    objects: VecDeque<(RecordingId, ObjectKey)>,
    /// What was made on the spot.
    text: Option<Bytes>,
}

/// Lists the files of an export with what they are made from.
pub(crate) async fn files(store: &Store, export: &CaseExport) -> Result<Vec<(String, Origin)>, ContentError> {
    let mut files = vec![("audit.jsonl".to_owned(), Origin::Audit), ("holds.jsonl".to_owned(), Origin::Holds)];
    for recording_id in &export.plan.recordings {
        let Some(recording) = store.load_recording(&export.tenant_id, recording_id).await? else { continue };
        if matches!(recording.disposal, model::Disposal::Purging | model::Disposal::Purged { .. }) {
            continue;
        }
        let mut media = BTreeSet::new();
        let mut newest = [None::<u32>; 2];
        for object in store.list_objects(recording_id).await? {
            let path = format!("{recording_id}/{}", object.key.to_string().replace('/', "-"));
            let origin = Origin::Object { recording_id: recording_id.clone(), key: object.key.to_string() };
            match object.key {
                ObjectKey::Init { rendition, epoch } => {
                    media.insert((rendition.to_string(), epoch));
                }
                ObjectKey::Transcript { version } => {
                    newest[0] = newest[0].max(Some(version));
                    files.push((path, origin));
                }
                ObjectKey::Minutes { version } => {
                    newest[1] = newest[1].max(Some(version));
                    files.push((path, origin));
                }
                ObjectKey::Events | ObjectKey::Manifest => files.push((path, origin)),
                ObjectKey::Segment { .. } | ObjectKey::Speech { .. } | ObjectKey::DownloadMp4 => {}
            }
        }
        for (rendition, epoch) in media {
            let rendition: Rendition =
                rendition.parse().map_err(|_| ContentError::Gone { what: format!("rendition {rendition}") })?;
            let origin = Origin::Media { recording_id: recording_id.clone(), rendition, epoch };
            files.push((format!("{recording_id}/{rendition}-{epoch}.mp4"), origin));
        }
        let recording_id = recording_id.clone();
        if let Some(version) = newest[0] {
            let path = format!("{recording_id}/transcript-v{version}.vtt");
            files.push((path, Origin::Captions { recording_id: recording_id.clone(), version }));
        }
        if let Some(version) = newest[1] {
            let path = format!("{recording_id}/minutes-v{version}.md");
            files.push((path, Origin::MinutesText { recording_id, version }));
        }
    }
    files.sort_by(|left, right| left.0.cmp(&right.0));
    Ok(files)
}

impl Content {
    pub(crate) async fn open(store: &Store, export: &Arc<CaseExport>, origin: &Origin) -> Result<Self, ContentError> {
        let mut content =
            Self { store: store.clone(), export: Arc::clone(export), objects: VecDeque::new(), text: None };
        match origin {
            Origin::Media { recording_id, rendition, epoch } => {
                let init = ObjectKey::Init { rendition: *rendition, epoch: *epoch };
                content.objects.push_back((recording_id.clone(), init));
                for stored in store.list_segments(recording_id, Some(SegmentState::Published)).await? {
                    let segment = stored.segment;
                    if segment.rendition == *rendition && segment.epoch == *epoch {
                        let key = ObjectKey::Segment { rendition: *rendition, sequence: segment.sequence };
                        content.objects.push_back((recording_id.clone(), key));
                    }
                }
            }
            Origin::Object { recording_id, key } => content.objects.push_back((recording_id.clone(), key.parse()?)),
            Origin::Captions { recording_id, version } => {
                let transcript = content.transcript(recording_id, Some(*version)).await?;
                let names = content.names(recording_id, &transcript).await?;
                content.text = Some(webvtt(&transcript, &names).into());
            }
            Origin::MinutesText { recording_id, version } => {
                let minutes = store.load_minutes(&export.tenant_id, recording_id, Some(*version)).await?;
                let minutes = minutes.ok_or_else(|| gone("minutes", recording_id))?;
                let transcript = content.transcript(recording_id, Some(minutes.transcript_version)).await?;
                let names = content.names(recording_id, &transcript).await?;
                // The same bytes for ever, wherever the server is reached by then: links begin at the console's root.
                content.text = Some(minutes_markdown(&MinutesDocument::new(&minutes, &names, "")).into());
            }
            Origin::Audit => content.text = Some(content.audit().await?.into()),
            Origin::Holds => {
                let mut text = String::new();
                for hold in &export.plan.holds {
                    text.extend([hold.as_str(), "\n"]);
                }
                content.text = Some(text.into());
            }
        }
        Ok(content)
    }

    /// Returns the next piece; none at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, ContentError> {
        if let Some(text) = self.text.take() {
            return Ok(Some(text));
        }
        let Some((recording_id, key)) = self.objects.pop_front() else { return Ok(None) };
        Ok(Some(self.store.read_object(&self.export.tenant_id, &recording_id, &key).await?))
    }

    async fn transcript(&self, recording_id: &RecordingId, version: Option<u32>) -> Result<Transcript, ContentError> {
        let transcript = self.store.load_transcript(&self.export.tenant_id, recording_id, version).await?;
        transcript.ok_or_else(|| gone("transcript", recording_id))
    }

    async fn names(&self, recording_id: &RecordingId, transcript: &Transcript) -> Result<SpeakerNames, ContentError> {
        let participants = self.store.load_participants(recording_id).await?;
        Ok(SpeakerNames::in_transcript(participants, transcript))
    }

    /// Writes the entries about the case and its recordings, as `huiji audit export` does.
    async fn audit(&self) -> Result<String, ContentError> {
        let log = self.store.load_audit_log(&self.export.tenant_id).await?;
        let case = self.export.case_id.as_str();
        let is_about = |record: &store::AuditRecord| {
            let names_case = || {
                let detail: Option<serde_json::Value> = serde_json::from_str(&record.detail_json).ok();
                detail.is_some_and(|detail| detail.get("case").and_then(|value| value.as_str()) == Some(case))
            };
            record.recording_id.as_ref().is_some_and(|id| self.export.plan.recordings.contains(id)) || names_case()
        };
        let mut text = String::new();
        for record in log.records.into_iter().filter(|record| record.seq <= self.export.plan.audit_until) {
            if is_about(&record) {
                let line = serde_json::to_string(&AuditLine::Entry(record));
                let line = line.map_err(|error| ContentError::Gone { what: format!("an audit entry: {error}") })?;
                text.push_str(&line);
                text.push('\n');
            }
        }
        Ok(text)
    }
}

fn gone(what: &str, recording_id: &RecordingId) -> ContentError {
    ContentError::Gone { what: format!("the {what} of recording {recording_id}") }
}
